//! EiRegisterParty's messages, and the poll.

use openadr_types::poll::Poll;
use openadr_types::registration::{
    CancelPartyRegistration, CanceledPartyRegistration, CreatePartyRegistration, CreatedPartyRegistration,
    Extension, Info, Profile, QueryRegistration, RequestReregistration, ServiceInfo,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::event::ei_response;
use super::scalar::{duration, flag, id, listed, schema_version, text};

pub(crate) fn poll() -> BoxedStrategy<Poll> {
    (schema_version(), id()).prop_map(|(schema_version, ven_id)| Poll { schema_version, ven_id }).boxed()
}

pub(crate) fn query_registration() -> BoxedStrategy<QueryRegistration> {
    (schema_version(), id())
        .prop_map(|(schema_version, request_id)| QueryRegistration { schema_version, request_id })
        .boxed()
}

pub(crate) fn request_reregistration() -> BoxedStrategy<RequestReregistration> {
    (schema_version(), id())
        .prop_map(|(schema_version, ven_id)| RequestReregistration { schema_version, ven_id })
        .boxed()
}

pub(crate) fn create_party_registration() -> BoxedStrategy<CreatePartyRegistration> {
    let who = (schema_version(), id(), option::of(id()), option::of(id()));
    let how =
        (listed(), listed(), option::of(text()), flag(), flag(), option::of(text()), option::of(flag()));
    (who, how)
        .prop_map(|((schema_version, request_id, registration_id, ven_id), how)| {
            let (profile, transport, transport_address, report_only, xml_signature, ven_name, pull) = how;
            CreatePartyRegistration {
                schema_version,
                request_id,
                registration_id,
                ven_id,
                profile,
                transport,
                transport_address,
                report_only,
                xml_signature,
                ven_name,
                http_pull_model: pull,
            }
        })
        .boxed()
}

fn info() -> BoxedStrategy<Info> {
    (text(), text()).prop_map(|(key, value)| Info { key, value }).boxed()
}

pub(crate) fn created_party_registration() -> BoxedStrategy<CreatedPartyRegistration> {
    let profile = (listed(), vec(listed(), 1..3)).prop_map(|(name, transports)| Profile { name, transports });
    let service = (listed(), vec(info(), 1..3)).prop_map(|(service, info)| ServiceInfo { service, info });
    let extension = (text(), vec(info(), 0..3)).prop_map(|(name, info)| Extension { name, info });
    let who = (schema_version(), ei_response(), option::of(id()), option::of(id()), id());
    let settings = (option::of(vec(service, 0..3)), option::of(vec(extension, 0..3)));
    (who, vec(profile, 1..3), option::of(duration()), settings)
        .prop_map(|(who, profiles, poll_freq, (service_specific_info, extensions))| {
            let (schema_version, response, registration_id, ven_id, vtn_id) = who;
            CreatedPartyRegistration {
                schema_version,
                response,
                registration_id,
                ven_id,
                vtn_id,
                profiles,
                poll_freq,
                service_specific_info,
                extensions,
            }
        })
        .boxed()
}

pub(crate) fn cancel_party_registration() -> BoxedStrategy<CancelPartyRegistration> {
    (schema_version(), id(), id(), option::of(id()))
        .prop_map(|(schema_version, request_id, registration_id, ven_id)| CancelPartyRegistration {
            schema_version,
            request_id,
            registration_id,
            ven_id,
        })
        .boxed()
}

pub(crate) fn canceled_party_registration() -> BoxedStrategy<CanceledPartyRegistration> {
    (schema_version(), ei_response(), option::of(id()), option::of(id()))
        .prop_map(|(schema_version, response, registration_id, ven_id)| CanceledPartyRegistration {
            schema_version,
            response,
            registration_id,
            ven_id,
        })
        .boxed()
}
