//! Rules about reports that are sent.

use std::collections::{BTreeMap, BTreeSet};

use xml_wire::{DateTime, Duration};

use super::super::conversation::{Conversation, ReportState};
use super::super::finding::{Findings, Place, some_of};
use super::super::time::after;
use super::super::{Context, Rule, general, series};
use super::data_name;
use crate::ids::{ReportRequestId, Rid};
use crate::interval::{Interval, PayloadBase, StreamPayload};
use crate::message::Message;
use crate::report::{Report, ReportName, ReportPayload, UpdateReport, UpdatedReport};

pub(in super::super) fn check_update(
    message: &UpdateReport,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Findings,
) {
    let mut wanted = BTreeMap::new();
    for (index, report) in message.reports.iter().enumerate() {
        let place = &place.nth("oadr:oadrReport", index);
        general::created_time(report.created_date_time, 60, place, context, out);
        content(report, place, out);
        if report.name != Some(ReportName::HistoryGreenButton) {
            series::uids(&report.intervals, &place.at("strm:intervals"), out);
            start(report, place, out);
            agreement(report, place, out);
        }
        load_control_state(report, place, out);
        if let Some(conversation) = context.conversation {
            asked_for(report, conversation, &mut wanted, place, context, out);
            name(report, conversation, place, context, out);
        }
    }
}

/// Data have a start, intervals and a name of data, and no descriptions.
fn content(report: &Report, place: &Place<'_>, out: &mut Findings) {
    if report.start.is_none() {
        out.info(Rule::ReportContent, &place.at("xcal:dtstart"), "Say when the data start.");
    }
    if report.intervals.is_empty() {
        out.info(Rule::ReportContent, &place.at("strm:intervals"), "Send data, in intervals.");
    }
    if !report.descriptions.is_empty() {
        let place = &place.nth("oadr:oadrReportDescription", 0);
        out.info(Rule::ReportContent, place, "Leave descriptions to the metadata.");
    }
    if report.name.as_ref().is_none_or(|name| data_name(name).is_some()) {
        let text = "Name the report as its metadata do, without METADATA_.";
        out.info(Rule::ReportContent, &place.at("ei:reportName"), text);
    }
}

/// An interval without a start uses the report's, so there is one.
fn start(report: &Report, place: &Place<'_>, out: &mut Findings) {
    if report.start.is_none()
        && let Some(index) = report.intervals.iter().position(|interval| interval.start.is_none())
    {
        let place = &place.at("strm:intervals");
        let text = "Say when the interval starts, or when the report does.";
        out.error(Rule::ReportStart, &place.nth("ei:interval", index), text);
    }
}

/// If one interval has a start or a duration all do, the first starts with the report, and all cover its duration.
fn agreement(report: &Report, place: &Place<'_>, out: &mut Findings) {
    let intervals = &report.intervals;
    let intervals_place = &place.at("strm:intervals");
    let has = |part: fn(&Interval) -> bool| intervals.iter().any(part);
    if has(|interval| interval.start.is_some())
        && let Some(index) = intervals.iter().position(|interval| interval.start.is_none())
    {
        let place = &intervals_place.nth("ei:interval", index);
        out.error(Rule::ReportIntervals, &place.at("xcal:dtstart"), "Give all intervals a start, or none.");
    }
    if has(|interval| interval.duration.is_some())
        && let Some(index) = intervals.iter().position(|interval| interval.duration.is_none())
    {
        let place = &intervals_place.nth("ei:interval", index);
        out.error(
            Rule::ReportIntervals,
            &place.at("xcal:duration"),
            "Give all intervals a duration, or none.",
        );
    }
    let first_start = intervals.first().and_then(|interval| interval.start);
    if let (Some(start), Some(first)) = (report.start, first_start)
        && start != first
    {
        let text = format!("Let the report start with its first interval, at {first}, not at {start}.");
        out.error(Rule::ReportIntervals, &place.at("xcal:dtstart"), text);
    }
    if let (Some(duration), Some((from, to))) = (&report.duration, covered(report))
        && after(from, duration).is_some_and(|end| end != to)
    {
        let covered = Duration::from(to.to_utc() - from.to_utc());
        let text = format!("Let the report last as long as its intervals cover, {covered}, not {duration}.");
        out.error(Rule::ReportIntervals, &place.at("xcal:duration"), text);
    }
}

/// From when to when the intervals are, where all of them tell.
fn covered(report: &Report) -> Option<(DateTime, DateTime)> {
    let intervals = &report.intervals;
    let first = intervals.first()?;
    if first.start.is_none() {
        let bounds = series::bounds(intervals, report.start?)?;
        return Some((bounds.first()?.0, bounds.last()?.1));
    }
    let (mut from, mut to) = (first.start?, first.start?);
    for interval in intervals {
        let start = interval.start?;
        from = from.min(start);
        to = to.max(after(start, interval.duration.as_ref()?)?);
    }
    Some((from, to))
}

/// The state of a load control has the same parts in all intervals.
fn load_control_state(report: &Report, place: &Place<'_>, out: &mut Findings) {
    let mut parts: BTreeMap<&Rid, [bool; 4]> = BTreeMap::new();
    for (index, interval) in report.intervals.iter().enumerate() {
        for payload in readings(interval) {
            let PayloadBase::ResourceStatus(status) = &payload.value else { continue };
            let state = status.load_control_state.as_deref();
            let present = [
                state.is_some_and(|state| state.capacity.is_some()),
                state.is_some_and(|state| state.level_offset.is_some()),
                state.is_some_and(|state| state.percent_offset.is_some()),
                state.is_some_and(|state| state.set_point.is_some()),
            ];
            if *parts.entry(&payload.rid).or_insert(present) != present {
                let place = &place.at("strm:intervals");
                let text =
                    format!("Report the same parts of the load control of {} in all intervals.", payload.rid);
                return out.info(Rule::LoadControlState, &place.nth("ei:interval", index), text);
            }
        }
    }
}

/// Data were asked for, are those asked for, and end when that is cancelled.
///
/// `wanted` keeps the data points of requests that were looked up before.
fn asked_for<'a>(
    report: &Report,
    conversation: &'a Conversation,
    wanted: &mut BTreeMap<&'a ReportRequestId, BTreeSet<&'a Rid>>,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Findings,
) {
    let id = &report.report_request_id;
    let id_place = &place.at("ei:reportRequestID");
    let Some((asked_id, asked)) = conversation.party(context.sender).asked.get_key_value(id) else {
        let text = format!("Send reports that were asked for: {id} was not, and will be refused with 452.");
        return out.warning(Rule::ReportAskedFor, id_place, text);
    };
    if asked.state == ReportState::Ended {
        out.error(Rule::CancelledReport, id_place, format!("Send no more of report {id}: it was cancelled."));
    }
    let wanted = wanted
        .entry(asked_id)
        .or_insert_with(|| asked.request.specifier.payloads.iter().map(|payload| &payload.rid).collect());
    let sent: BTreeSet<&Rid> =
        report.intervals.iter().flat_map(readings).map(|payload| &payload.rid).collect();
    if sent != *wanted && !sent.is_empty() {
        let list = |rids: &BTreeSet<&Rid>| some_of(rids.iter().map(|rid| rid.as_str()));
        let text = format!("Report the data points asked for, {}, not {}.", list(wanted), list(&sent));
        out.info(Rule::ReportDataPoints, &place.at("strm:intervals"), text);
    }
}

/// Data are of the kind that was on offer.
fn name(
    report: &Report,
    conversation: &Conversation,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Findings,
) {
    let offer = conversation.party(context.sender).offers.get(&report.report_specifier_id);
    let offered = offer.and_then(|offer| offer.name.as_ref()).and_then(data_name);
    if let (Some(offered), Some(name)) = (offered, &report.name)
        && name.as_str() != offered
    {
        let text = format!("Name the report {offered}, as on offer, not {}.", name.as_str());
        out.info(Rule::ReportName, &place.at("ei:reportName"), text);
    }
}

fn readings(interval: &Interval) -> impl Iterator<Item = &ReportPayload> {
    interval.payloads.iter().filter_map(|payload| match payload {
        StreamPayload::Report(payload) => Some(payload),
        StreamPayload::Signal(_) | StreamPayload::GreenButton(_) => None,
    })
}

pub(in super::super) fn check_updated(
    message: &UpdatedReport,
    request: Option<&Message>,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Findings,
) {
    let (Some(conversation), Some(Message::UpdateReport(update))) = (context.conversation, request) else {
        return;
    };
    refuses_unknown(message, update, conversation, place, context, out);
    cancels_what_was_sent(message, update, place, out);
}

/// A report that was not asked for is refused with 452.
fn refuses_unknown(
    message: &UpdatedReport,
    update: &UpdateReport,
    conversation: &Conversation,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Findings,
) {
    let asked = &conversation.party(context.sender.other()).asked;
    let unknown = update.reports.iter().find(|report| !asked.contains_key(&report.report_request_id));
    if let Some(report) = unknown.filter(|_| message.response.code.is_success()) {
        let text = format!("Refuse with 452: report {} was not asked for.", report.report_request_id);
        out.error(Rule::ReportAskedFor, &place.at("ei:eiResponse/ei:responseCode"), text);
    }
}

/// An update's answer cancels only reports that were in the update.
fn cancels_what_was_sent(
    message: &UpdatedReport,
    update: &UpdateReport,
    place: &Place<'_>,
    out: &mut Findings,
) {
    let sent: BTreeSet<_> = update.reports.iter().map(|report| &report.report_request_id).collect();
    let cancelled = message.cancel_report.iter().flat_map(|cancel| &cancel.report_request_ids);
    for (index, id) in cancelled.enumerate() {
        if !sent.contains(id) {
            let place = &place.at("oadr:oadrCancelReport");
            let text = format!("Cancel {id} by an oadrCancelReport of its own: it was not in the update.");
            out.info(Rule::UpdateCancel, &place.nth("ei:reportRequestID", index), text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::example;
    use super::super::super::{Role, Severity};
    use super::*;
    use crate::report::{CancelReport, CanceledReport, LoadControlState, ResourceStatus};
    use crate::response::EiResponse;

    type Case = example::Case<UpdateReport>;

    const REPORT: &str = "/oadr:oadrReport[1]";

    #[test]
    fn finds_what_is_wrong_with_data() {
        example::run(
            example::update,
            Role::Ven,
            &[
                Case::new(Rule::IntervalUids, Severity::Error, |m| {
                    m.reports[0].intervals[1].uid = Some(0.into());
                })
                .at(format!("{REPORT}/strm:intervals/ei:interval[2]/xcal:uid")),
                Case::new(Rule::IntervalUids, Severity::Warning, |m| {
                    m.reports[0].intervals.iter_mut().for_each(|interval| interval.uid = None);
                }),
                Case::new(Rule::ReportStart, Severity::Error, |m| {
                    m.reports[0].start = None;
                    m.reports[0].intervals.iter_mut().for_each(|interval| interval.start = None);
                })
                .at(format!("{REPORT}/strm:intervals/ei:interval[1]")),
                Case::new(Rule::ReportIntervals, Severity::Error, |m| m.reports[0].intervals[1].start = None)
                    .at(format!("{REPORT}/strm:intervals/ei:interval[2]/xcal:dtstart")),
                Case::new(Rule::ReportIntervals, Severity::Error, |m| {
                    m.reports[0].intervals[1].duration = None
                })
                .at(format!("{REPORT}/strm:intervals/ei:interval[2]/xcal:duration")),
                Case::new(Rule::ReportIntervals, Severity::Error, |m| {
                    m.reports[0].start = Some("2026-11-23T11:00:00Z".parse().unwrap());
                })
                .at(format!("{REPORT}/xcal:dtstart")),
                Case::new(Rule::ReportIntervals, Severity::Error, |m| {
                    m.reports[0].duration = Some("PT1H".parse().unwrap());
                })
                .at(format!("{REPORT}/xcal:duration")),
                Case::new(Rule::ReportContent, Severity::Info, |m| m.reports[0].start = None)
                    .at(format!("{REPORT}/xcal:dtstart")),
                Case::new(Rule::ReportContent, Severity::Info, |m| m.reports[0].intervals.clear())
                    .at(format!("{REPORT}/strm:intervals")),
                Case::new(Rule::ReportContent, Severity::Info, |m| {
                    m.reports[0].name = Some(ReportName::MetadataTelemetryUsage);
                })
                .at(format!("{REPORT}/ei:reportName")),
                Case::new(Rule::ReportContent, Severity::Info, |m| {
                    m.reports[0].descriptions = example::register().reports[0].descriptions.clone();
                })
                .at(format!("{REPORT}/oadr:oadrReportDescription[1]")),
                Case::new(Rule::LoadControlState, Severity::Info, |m| {
                    for (interval, state) in
                        m.reports[0].intervals.iter_mut().zip([None, Some(Default::default())])
                    {
                        let state = state.map(|capacity| {
                            Box::new(LoadControlState { capacity: Some(capacity), ..Default::default() })
                        });
                        let status = ResourceStatus {
                            online: true,
                            manual_override: false,
                            load_control_state: state,
                        };
                        interval.payloads =
                            vec![StreamPayload::Report(ReportPayload::status("status", status))];
                    }
                })
                .at(format!("{REPORT}/strm:intervals/ei:interval[2]")),
                Case::new(Rule::CreatedTime, Severity::Info, |m| {
                    m.reports[0].created_date_time = "2026-11-23T11:58:00Z".parse().unwrap();
                }),
            ],
        );
    }

    fn asked() -> Conversation {
        example::observed(&[(example::register().into(), Role::Ven), (example::request().into(), Role::Vtn)])
    }

    #[test]
    fn compares_data_with_request_and_offer() {
        example::run_after(
            example::update,
            Role::Ven,
            &asked(),
            &[
                Case::new(Rule::ReportAskedFor, Severity::Warning, |m| {
                    m.reports[0].report_request_id = "rr-9".into();
                })
                .at(format!("{REPORT}/ei:reportRequestID")),
                Case::new(Rule::ReportDataPoints, Severity::Info, |m| {
                    m.reports[0].intervals[0].payloads =
                        vec![StreamPayload::Report(ReportPayload::new("other", 1.0))];
                })
                .at(format!("{REPORT}/strm:intervals")),
                Case::new(Rule::ReportName, Severity::Info, |m| {
                    m.reports[0].name = Some(ReportName::TelemetryStatus);
                })
                .at(format!("{REPORT}/ei:reportName")),
            ],
        );
    }

    #[test]
    fn lets_a_cancelled_report_follow_at_most_once() {
        let update = || Message::from(example::update());
        let fires = |conversation: &Conversation| {
            example::fires_after(update(), Role::Ven, conversation, Rule::CancelledReport)
        };
        for (to_follow, reports) in [(false, 0), (true, 1)] {
            let mut conversation = asked();
            let mut cancel = CancelReport::new("req-9", vec!["rr-1".into()], None);
            cancel.report_to_follow = to_follow;
            conversation.observe(&cancel.into(), Role::Vtn);
            assert!(!fires(&conversation), "before the cancellation is answered");
            let canceled = CanceledReport::new(EiResponse::ok("req-9"), Vec::new(), Some("ven-7".into()));
            conversation.observe(&canceled.into(), Role::Ven);
            for _ in 0..reports {
                assert!(!fires(&conversation), "the report that follows");
                conversation.observe(&update(), Role::Ven);
            }
            assert!(fires(&conversation));
        }
    }

    #[test]
    fn compares_the_answer_with_the_update() {
        let mut unknown = example::update();
        unknown.reports[0].report_request_id = "rr-9".into();
        let fires = |update: UpdateReport, answer: UpdatedReport, rule: Rule| {
            let mut conversation = asked();
            conversation.observe(&update.into(), Role::Ven);
            example::fires_after(answer.into(), Role::Vtn, &conversation, rule)
        };
        let accepted = || UpdatedReport::new(EiResponse::ok("req-60"), None);
        assert!(!fires(example::update(), accepted(), Rule::ReportAskedFor));
        assert!(fires(unknown, accepted(), Rule::ReportAskedFor));

        let cancelling = |id: &str| UpdatedReport {
            cancel_report: Some(CancelReport::new("req-61", vec![id.into()], None)),
            ..accepted()
        };
        assert!(!fires(example::update(), cancelling("rr-1"), Rule::UpdateCancel));
        assert!(fires(example::update(), cancelling("rr-2"), Rule::UpdateCancel));
    }
}
