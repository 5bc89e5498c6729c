//! EiOpt's messages.

use openadr_types::opt::{Availability, CancelOpt, CanceledOpt, CreateOpt, CreatedOpt};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::event::{ei_response, period, qualified_event_id};
use super::scalar::{id, listed, market_context, open_list, schema_version, time};
use super::target::target;

pub(crate) fn create_opt() -> BoxedStrategy<CreateOpt> {
    let availability = vec(period(), 0..3).prop_map(|available| Availability { available });
    let what = (schema_version(), id(), listed(), open_list(), option::of(market_context()), id());
    let when = (option::of(availability), time(), id());
    let whom = (option::of(qualified_event_id()), target(), option::of(target()));
    (what, when, whom)
        .prop_map(|(what, (availability, created_date_time, request_id), whom)| {
            let (schema_version, opt_id, opt_type, reason, market_context, ven_id) = what;
            let (qualified_event_id, target, device_class) = whom;
            CreateOpt {
                schema_version,
                opt_id,
                opt_type,
                reason,
                market_context,
                ven_id,
                availability,
                created_date_time,
                request_id,
                qualified_event_id,
                target,
                device_class,
            }
        })
        .boxed()
}

pub(crate) fn created_opt() -> BoxedStrategy<CreatedOpt> {
    (schema_version(), ei_response(), id())
        .prop_map(|(schema_version, response, opt_id)| CreatedOpt { schema_version, response, opt_id })
        .boxed()
}

pub(crate) fn cancel_opt() -> BoxedStrategy<CancelOpt> {
    (schema_version(), id(), id(), id())
        .prop_map(|(schema_version, request_id, opt_id, ven_id)| CancelOpt {
            schema_version,
            request_id,
            opt_id,
            ven_id,
        })
        .boxed()
}

pub(crate) fn canceled_opt() -> BoxedStrategy<CanceledOpt> {
    (schema_version(), ei_response(), option::of(id()))
        .prop_map(|(schema_version, response, opt_id)| CanceledOpt { schema_version, response, opt_id })
        .boxed()
}
