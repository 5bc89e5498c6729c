//! Rules about requests for reports.

use std::collections::{BTreeMap, BTreeSet};

use super::super::conversation::ReportState;
use super::super::finding::{Findings, Place, some_of};
use super::super::{Context, Rule, unit};
use crate::ids::{ReportSpecifierId, Rid};
use crate::report::{ReadingType, Report, ReportDescription, ReportName, ReportRequest};

pub(in super::super) fn check_requests(
    requests: &[ReportRequest],
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Findings,
) {
    let mut ids = BTreeSet::new();
    let mut points: BTreeMap<&ReportSpecifierId, Points<'_>> = BTreeMap::new();
    for (index, request) in requests.iter().enumerate() {
        let place = &place.nth("oadr:oadrReportRequest", index);
        let first = ids.insert(&request.report_request_id);
        if is_metadata(request) {
            metadata(request, place, out);
            continue;
        }
        id(request, first, place, context, out);
        payloads(request, place, out);
        interval(request, place, out);
        if let Some(conversation) = context.conversation {
            let offers = &conversation.party(context.sender.other()).offers;
            match offers.get(&request.specifier.report_specifier_id) {
                Some(offer) => {
                    let by_id = || offer.descriptions.iter().map(|point| (&point.rid, point)).collect();
                    let points = points.entry(&offer.report_specifier_id).or_insert_with(by_id);
                    offered(request, offer, points, place, out);
                }
                None => {
                    let place = &place.at("ei:reportSpecifier/ei:reportSpecifierID");
                    let id = &request.specifier.report_specifier_id;
                    let text = format!("Ask for a report on offer: {id} will be refused with 461.");
                    out.info(Rule::ReportOffered, place, text);
                }
            }
        }
    }
}

/// The data points of a report on offer.
type Points<'a> = BTreeMap<&'a Rid, &'a ReportDescription>;

fn is_metadata(request: &ReportRequest) -> bool {
    request.specifier.report_specifier_id.as_str() == "METADATA"
}

/// Metadata are asked for by `METADATA` and the one data point `0`.
fn metadata(request: &ReportRequest, place: &Place<'_>, out: &mut Findings) {
    let rids: Vec<&str> = request.specifier.payloads.iter().map(|payload| payload.rid.as_str()).collect();
    if rids != ["0"] {
        let place = &place.at("ei:reportSpecifier");
        let place = &place.nth("ei:specifierPayload", 0);
        let text = format!(
            "Ask for data point 0, and no other, where metadata are wanted, not for {}.",
            some_of(rids.into_iter())
        );
        out.error(Rule::MetadataRequest, &place.at("ei:rID"), text);
    }
}

/// A request has an identifier of its own, neither empty nor `0`.
fn id(request: &ReportRequest, first: bool, place: &Place<'_>, context: &Context<'_>, out: &mut Findings) {
    let id = &request.report_request_id;
    let running = context.conversation.is_some_and(|conversation| {
        let asked = conversation.party(context.sender.other()).asked.get(id);
        asked.is_some_and(|asked| asked.state == ReportState::Running && asked.request != *request)
    });
    if !first || running || ["", "0"].contains(&id.as_str().trim()) {
        let text =
            "Give the request an identifier that no other has, and that is not 0, which metadata carry.";
        out.info(Rule::ReportRequestId, &place.at("ei:reportRequestID"), text);
    }
}

/// Unit and reading type are as the metadata say, so they are not repeated.
fn payloads(request: &ReportRequest, place: &Place<'_>, out: &mut Findings) {
    let place = &place.at("ei:reportSpecifier");
    for (index, payload) in request.specifier.payloads.iter().enumerate() {
        let place = &place.nth("ei:specifierPayload", index);
        if payload.reading_type != ReadingType::NotApplicable {
            let place = &place.at("ei:readingType");
            out.info(
                Rule::SpecifierPayload,
                place,
                "Set x-notApplicable: the metadata have the reading type.",
            );
        }
        unit::check(payload.unit.as_ref(), place, out);
        if payload.unit.is_some() {
            out.info(Rule::SpecifierPayload, place, "Leave the unit out: the metadata have it.");
        }
    }
}

/// A periodic request says from when for how long, and nothing else about its interval.
fn interval(request: &ReportRequest, place: &Place<'_>, out: &mut Findings) {
    let place = &place.at("ei:reportSpecifier/ei:reportInterval");
    let Some(interval) = &request.specifier.report_interval else {
        if !request.specifier.report_back_duration.is_zero() {
            out.info(Rule::ReportInterval, place, "Say from when for how long periodic reports are wanted.");
        }
        return;
    };
    let extra = [
        ("xcal:tolerance", interval.tolerance.is_some()),
        ("ei:x-eiNotification", interval.notification.is_some()),
        ("ei:x-eiRampUp", interval.ramp_up.is_some()),
        ("ei:x-eiRecovery", interval.recovery.is_some()),
    ];
    let place = &place.at("xcal:properties");
    for (step, _) in extra.into_iter().filter(|(_, present)| *present) {
        out.info(
            Rule::ReportInterval,
            &place.at(step),
            "Leave this out: an interval has a start and a duration.",
        );
    }
}

/// A request asks for data points on offer, not closer than they are sampled, and for history all at once.
fn offered(
    request: &ReportRequest,
    offer: &Report,
    points: &Points<'_>,
    place: &Place<'_>,
    out: &mut Findings,
) {
    let specifier = &request.specifier;
    let place = &place.at("ei:reportSpecifier");
    let granularity = specifier.granularity.to_time_delta();
    for (index, payload) in specifier.payloads.iter().enumerate() {
        let place = &place.nth("ei:specifierPayload", index);
        let Some(point) = points.get(&payload.rid) else {
            let text = format!("Ask for a data point on offer: {} is not.", payload.rid);
            out.info(Rule::ReportOffered, &place.at("ei:rID"), text);
            continue;
        };
        let min_period = point.sampling_rate.as_ref().map(|rate| &rate.min_period);
        if let (Some(granularity), Some(min_period)) = (granularity, min_period)
            && !specifier.granularity.is_zero()
            && min_period.to_time_delta().is_some_and(|min_period| granularity < min_period)
        {
            let text = format!("Ask for {} no closer than every {min_period}, or PT0S.", payload.rid);
            out.info(Rule::Granularity, place, text);
        }
    }
    let history =
        matches!(offer.name, Some(ReportName::MetadataHistoryUsage | ReportName::MetadataHistoryGreenButton));
    if history && !(specifier.granularity.is_zero() && specifier.report_back_duration.is_zero()) {
        let text = "Ask for history with granularity and report back duration PT0S.";
        out.info(Rule::Granularity, place, text);
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::example;
    use super::super::super::{Role, Severity};
    use super::*;
    use crate::period::Tolerance;
    use crate::report::CreateReport;
    use crate::report::SpecifierPayload;
    use crate::units::{ItemBase, SiScale};

    type Case = example::Case<CreateReport>;

    const SPECIFIER: &str = "/oadr:oadrReportRequest[1]/ei:reportSpecifier";

    #[test]
    fn finds_what_is_wrong_with_a_request() {
        example::run(
            example::request,
            Role::Vtn,
            &[
                Case::new(Rule::MetadataRequest, Severity::Error, |m| {
                    m.report_requests[0].specifier.report_specifier_id = "METADATA".into();
                })
                .at(format!("{SPECIFIER}/ei:specifierPayload[1]/ei:rID")),
                Case::new(Rule::ReportRequestId, Severity::Info, |m| {
                    m.report_requests[0].report_request_id = "0".into();
                })
                .at("/oadr:oadrReportRequest[1]/ei:reportRequestID"),
                Case::new(Rule::ReportRequestId, Severity::Info, |m| {
                    let request = m.report_requests[0].clone();
                    m.report_requests.push(request);
                })
                .at("/oadr:oadrReportRequest[2]/ei:reportRequestID"),
                Case::new(Rule::SpecifierPayload, Severity::Info, |m| {
                    m.report_requests[0].specifier.payloads[0].reading_type = ReadingType::DirectRead;
                })
                .at(format!("{SPECIFIER}/ei:specifierPayload[1]/ei:readingType")),
                Case::new(Rule::SpecifierPayload, Severity::Info, |m| {
                    m.report_requests[0].specifier.payloads[0].unit =
                        Some(ItemBase::power_real_w(SiScale::Kilo));
                })
                .at(format!("{SPECIFIER}/ei:specifierPayload[1]")),
                Case::new(Rule::ReportInterval, Severity::Info, |m| {
                    m.report_requests[0].specifier.report_interval = None;
                })
                .at(format!("{SPECIFIER}/ei:reportInterval")),
                Case::new(Rule::ReportInterval, Severity::Info, |m| {
                    let interval = m.report_requests[0].specifier.report_interval.as_mut().unwrap();
                    interval.tolerance = Some(Tolerance { start_after: None });
                })
                .at(format!("{SPECIFIER}/ei:reportInterval/xcal:properties/xcal:tolerance")),
            ],
        );
    }

    #[test]
    fn compares_a_request_with_the_offer() {
        let mut registration = example::register();
        let mut history = registration.reports[0].clone();
        history.report_specifier_id = "history".into();
        history.name = Some(ReportName::MetadataHistoryUsage);
        registration.reports.push(history);
        let offered = example::observed(&[(registration.into(), Role::Ven)]);
        example::run_after(
            example::request,
            Role::Vtn,
            &offered,
            &[
                Case::new(Rule::ReportOffered, Severity::Info, |m| {
                    m.report_requests[0].specifier.report_specifier_id = "other".into();
                })
                .at(format!("{SPECIFIER}/ei:reportSpecifierID")),
                Case::new(Rule::ReportOffered, Severity::Info, |m| {
                    m.report_requests[0].specifier.payloads.push(SpecifierPayload::new("other"));
                })
                .at(format!("{SPECIFIER}/ei:specifierPayload[2]/ei:rID")),
                Case::new(Rule::Granularity, Severity::Info, |m| {
                    m.report_requests[0].specifier.granularity = "PT1M".parse().unwrap();
                })
                .at(format!("{SPECIFIER}/ei:specifierPayload[1]")),
                Case::new(Rule::Granularity, Severity::Info, |m| {
                    m.report_requests[0].specifier.report_specifier_id = "history".into();
                })
                .at(SPECIFIER),
            ],
        );
    }
}
