//! EiReport's messages.

use openadr_types::report::{
    CancelReport, CanceledReport, Confidence, CreateReport, CreatedReport, LoadControl, LoadControlState,
    RegisterReport, RegisteredReport, Report, ReportDescription, ReportPayload, ReportRequest,
    ReportSpecifier, ResourceStatus, SamplingRate, SpecifierPayload, UpdateReport, UpdatedReport,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::event::{ei_response, interval, payload_base, period};
use super::scalar::{duration, flag, float, id, market_context, open_list, schema_version, time};
use super::target::target;
use super::units::unit;

fn load_control() -> BoxedStrategy<LoadControl> {
    (option::of(float()), option::of(float()), float(), option::of(float()))
        .prop_map(|(min, max, current, normal)| LoadControl { min, max, current, normal })
        .boxed()
}

pub(crate) fn resource_status() -> BoxedStrategy<ResourceStatus> {
    let setting = || option::of(load_control());
    let state = (setting(), setting(), setting(), setting()).prop_map(
        |(capacity, level_offset, percent_offset, set_point)| {
            Box::new(LoadControlState { capacity, level_offset, percent_offset, set_point })
        },
    );
    (flag(), flag(), option::of(state))
        .prop_map(|(online, manual_override, load_control_state)| ResourceStatus {
            online,
            manual_override,
            load_control_state,
        })
        .boxed()
}

pub(crate) fn report_payload() -> BoxedStrategy<ReportPayload> {
    let confidence = (0..=100u8).prop_map(|percent| Confidence::new(percent).expect("at most 100"));
    (id(), option::of(confidence), option::of(float()), payload_base(), option::of(open_list()))
        .prop_map(|(rid, confidence, accuracy, value, data_quality)| ReportPayload {
            rid,
            confidence,
            accuracy,
            value,
            data_quality,
        })
        .boxed()
}

fn description() -> BoxedStrategy<ReportDescription> {
    let about = (id(), option::of(target()), option::of(target()), open_list());
    let rate = (duration(), duration(), flag())
        .prop_map(|(min_period, max_period, on_change)| SamplingRate { min_period, max_period, on_change });
    (about, option::of(unit()), open_list(), option::of(market_context()), option::of(rate))
        .prop_map(|(about, unit, reading_type, market_context, sampling_rate)| {
            let (rid, subject, data_source, report_type) = about;
            ReportDescription {
                rid,
                subject,
                data_source,
                report_type,
                unit,
                reading_type,
                market_context,
                sampling_rate,
            }
        })
        .boxed()
}

fn report() -> BoxedStrategy<Report> {
    let data = (option::of(time()), option::of(duration()), vec(interval(), 0..3), option::of(id()));
    let ids = (id(), id(), option::of(open_list()), time());
    (data, vec(description(), 0..3), ids)
        .prop_map(|((start, duration, intervals, report_id), descriptions, ids)| {
            let (report_request_id, report_specifier_id, name, created_date_time) = ids;
            Report {
                start,
                duration,
                intervals,
                report_id,
                descriptions,
                report_request_id,
                report_specifier_id,
                name,
                created_date_time,
            }
        })
        .boxed()
}

fn report_request() -> BoxedStrategy<ReportRequest> {
    let payload = (id(), option::of(unit()), open_list())
        .prop_map(|(rid, unit, reading_type)| SpecifierPayload { rid, unit, reading_type });
    (id(), id(), duration(), duration(), option::of(period()), vec(payload, 1..3))
        .prop_map(|(report_request_id, report_specifier_id, granularity, back, report_interval, payloads)| {
            let specifier = ReportSpecifier {
                report_specifier_id,
                granularity,
                report_back_duration: back,
                report_interval,
                payloads,
            };
            ReportRequest { report_request_id, specifier }
        })
        .boxed()
}

pub(crate) fn register_report() -> BoxedStrategy<RegisterReport> {
    (schema_version(), id(), vec(report(), 0..3), option::of(id()), option::of(id()))
        .prop_map(|(schema_version, request_id, reports, ven_id, report_request_id)| RegisterReport {
            schema_version,
            request_id,
            reports,
            ven_id,
            report_request_id,
        })
        .boxed()
}

pub(crate) fn registered_report() -> BoxedStrategy<RegisteredReport> {
    (schema_version(), ei_response(), vec(report_request(), 0..3), option::of(id()))
        .prop_map(|(schema_version, response, report_requests, ven_id)| RegisteredReport {
            schema_version,
            response,
            report_requests,
            ven_id,
        })
        .boxed()
}

pub(crate) fn create_report() -> BoxedStrategy<CreateReport> {
    (schema_version(), id(), vec(report_request(), 1..3), option::of(id()))
        .prop_map(|(schema_version, request_id, report_requests, ven_id)| CreateReport {
            schema_version,
            request_id,
            report_requests,
            ven_id,
        })
        .boxed()
}

pub(crate) fn created_report() -> BoxedStrategy<CreatedReport> {
    (schema_version(), ei_response(), vec(id(), 0..3), option::of(id()))
        .prop_map(|(schema_version, response, pending_reports, ven_id)| CreatedReport {
            schema_version,
            response,
            pending_reports,
            ven_id,
        })
        .boxed()
}

pub(crate) fn update_report() -> BoxedStrategy<UpdateReport> {
    (schema_version(), id(), vec(report(), 0..3), option::of(id()))
        .prop_map(|(schema_version, request_id, reports, ven_id)| UpdateReport {
            schema_version,
            request_id,
            reports,
            ven_id,
        })
        .boxed()
}

pub(crate) fn updated_report() -> BoxedStrategy<UpdatedReport> {
    (schema_version(), ei_response(), option::of(cancel_report()), option::of(id()))
        .prop_map(|(schema_version, response, cancel_report, ven_id)| UpdatedReport {
            schema_version,
            response,
            cancel_report,
            ven_id,
        })
        .boxed()
}

pub(crate) fn cancel_report() -> BoxedStrategy<CancelReport> {
    (schema_version(), id(), vec(id(), 1..4), flag(), option::of(id()))
        .prop_map(|(schema_version, request_id, report_request_ids, report_to_follow, ven_id)| CancelReport {
            schema_version,
            request_id,
            report_request_ids,
            report_to_follow,
            ven_id,
        })
        .boxed()
}

pub(crate) fn canceled_report() -> BoxedStrategy<CanceledReport> {
    (schema_version(), ei_response(), vec(id(), 0..3), option::of(id()))
        .prop_map(|(schema_version, response, pending_reports, ven_id)| CanceledReport {
            schema_version,
            response,
            pending_reports,
            ven_id,
        })
        .boxed()
}
