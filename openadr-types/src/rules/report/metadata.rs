//! Rules about reports on offer.

use std::collections::BTreeSet;

use xml_wire::Duration;

use super::super::finding::{Findings, Place};
use super::super::{Context, Role, Rule, general, unit};
use super::data_name;
use crate::report::{ReadingType, RegisterReport, Report, ReportDescription, ReportName, ReportType};
use crate::units::ItemBase;

pub(in super::super) fn check_register(
    message: &RegisterReport,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Findings,
) {
    asked_for(message, place, context, out);
    if context.sender == Role::Ven {
        offers_telemetry(message, place, out);
        offers_usage(message, place, out);
    }
    let mut ids = BTreeSet::new();
    for (index, report) in message.reports.iter().enumerate() {
        let place = &place.nth("oadr:oadrReport", index);
        if !ids.insert(&report.report_specifier_id) {
            let text =
                format!("Give each report its own identifier: {} is taken.", report.report_specifier_id);
            out.info(Rule::SpecifierId, &place.at("ei:reportSpecifierID"), text);
        }
        general::created_time(report.created_date_time, 60, place, context, out);
        request_id(report, place, out);
        content(report, place, out);
        data_points(report, place, out);
        if context.sender == Role::Ven {
            duration(report, place, out);
            status(report, place, out);
        }
    }
}

/// The whole names a request for metadata only where it answers one.
fn asked_for(message: &RegisterReport, place: &Place<'_>, context: &Context<'_>, out: &mut Findings) {
    let (Some(conversation), Some(id)) = (context.conversation, &message.report_request_id) else { return };
    let asked = conversation.party(context.sender).asked.get(id);
    if asked.is_none_or(|asked| asked.request.specifier.report_specifier_id.as_str() != "METADATA") {
        let text = "Leave this out: it names a request for metadata, and none was made with it.";
        out.error(Rule::MetadataRequest, &place.at("ei:reportRequestID"), text);
    }
}

/// Each report on offer carries request identifier `0`.
fn request_id(report: &Report, place: &Place<'_>, out: &mut Findings) {
    let id = &report.report_request_id;
    if id.as_str() != "0" {
        let text = format!("Carry 0 in metadata, not \"{id}\".");
        out.error(Rule::MetadataRequestId, &place.at("ei:reportRequestID"), text);
    }
}

/// A VEN that offers anything offers telemetry of status and of usage.
fn offers_telemetry(message: &RegisterReport, place: &Place<'_>, out: &mut Findings) {
    let offers = |name: &ReportName| message.reports.iter().any(|report| report.name.as_ref() == Some(name));
    for wanted in [ReportName::MetadataTelemetryStatus, ReportName::MetadataTelemetryUsage] {
        if !message.reports.is_empty() && !offers(&wanted) {
            out.info(Rule::OfferedReports, place, format!("Offer {} too.", wanted.as_str()));
        }
    }
}

/// Metadata hold descriptions, under a name that says so, and no data.
fn content(report: &Report, place: &Place<'_>, out: &mut Findings) {
    let text = "Leave this out of metadata.";
    if report.start.is_some() {
        out.info(Rule::MetadataContent, &place.at("xcal:dtstart"), text);
    }
    if !report.intervals.is_empty() {
        out.info(Rule::MetadataContent, &place.at("strm:intervals"), text);
    }
    if report.report_id.is_some() {
        out.info(Rule::MetadataContent, &place.at("ei:eiReportID"), text);
    }
    let is_own = matches!(report.name, Some(ReportName::Other(_)));
    if report.name.as_ref().and_then(data_name).is_none() && !is_own {
        let text = "Name the metadata METADATA_ and the name of the data.";
        out.info(Rule::MetadataContent, &place.at("ei:reportName"), text);
    }
}

/// Data points have identifiers of their own, a unit as it is to be and, as telemetry, a sampling rate.
fn data_points(report: &Report, place: &Place<'_>, out: &mut Findings) {
    let telemetry =
        matches!(report.name, Some(ReportName::MetadataTelemetryUsage | ReportName::MetadataTelemetryStatus));
    let mut ids = BTreeSet::new();
    for (index, description) in report.descriptions.iter().enumerate() {
        let place = &place.nth("oadr:oadrReportDescription", index);
        if !ids.insert(&description.rid) {
            let text = format!(
                "Give each data point of the report its own identifier: {} is taken.",
                description.rid
            );
            out.info(Rule::DataPointId, &place.at("ei:rID"), text);
        }
        unit::check(description.unit.as_ref(), place, out);
        if telemetry && description.sampling_rate.is_none() {
            let place = &place.at("oadr:oadrSamplingRate");
            out.info(Rule::SamplingRate, place, "Say how often the telemetry is taken.");
        }
    }
}

/// Data are kept for at least the longest sampling period; only a warning where it is not said for how long.
fn duration(report: &Report, place: &Place<'_>, out: &mut Findings) {
    let place = &place.at("xcal:duration");
    let max_period = |description: &ReportDescription| {
        description.sampling_rate.as_ref().and_then(|rate| rate.max_period.to_time_delta())
    };
    let Some(longest) = report.descriptions.iter().filter_map(max_period).max() else { return };
    let longest_text = Duration::from(longest);
    match &report.duration {
        None => {
            let text =
                format!("Say for how long data are kept: at least {longest_text}, the longest period.");
            out.warning(Rule::MetadataDuration, place, text);
        }
        Some(kept) if kept.to_time_delta().is_some_and(|kept| kept < longest) => {
            let text = format!("Keep data for at least {longest_text}, the longest period, not for {kept}.");
            out.error(Rule::MetadataDuration, place, text);
        }
        Some(_) => {}
    }
}

/// Where usage is offered, it is energy or power read directly.
///
/// **Interpretation:** it is so for one data point of each kind of report, and only a warning where it is not.
fn offers_usage(message: &RegisterReport, place: &Place<'_>, out: &mut Findings) {
    for kind in [ReportName::MetadataTelemetryUsage, ReportName::MetadataHistoryUsage] {
        let offers =
            |report: &&Report| report.name.as_ref() == Some(&kind) && !report.descriptions.is_empty();
        let mut points = message.reports.iter().filter(offers).flat_map(|report| &report.descriptions);
        let first = message.reports.iter().position(|report| offers(&report));
        if let Some(first) = first.filter(|_| !points.any(is_plain_usage)) {
            let text =
                "Offer usage, as power:energyReal or power:powerReal, by Direct Read among the data points.";
            out.warning(Rule::DataPoints, &place.nth("oadr:oadrReport", first), text);
        }
    }
}

/// Status is that of resources, which has no unit and no reading type.
fn status(report: &Report, place: &Place<'_>, out: &mut Findings) {
    if report.name != Some(ReportName::MetadataTelemetryStatus) {
        return;
    }
    let is_status = |d: &ReportDescription| d.report_type == ReportType::ResourceStatus;
    if !report.descriptions.is_empty() && !report.descriptions.iter().any(is_status) {
        out.warning(Rule::DataPoints, place, "Offer x-resourceStatus among the data points.");
    }
    for (index, description) in report.descriptions.iter().enumerate().filter(|(_, d)| is_status(d)) {
        if description.unit.is_some() || description.reading_type != ReadingType::NotApplicable {
            let place = &place.nth("oadr:oadrReportDescription", index);
            let text = "Describe resource status without a unit and with reading type x-notApplicable.";
            out.error(Rule::DataPoints, place, text);
        }
    }
}

fn is_plain_usage(description: &ReportDescription) -> bool {
    description.report_type == ReportType::Usage
        && matches!(description.unit, Some(ItemBase::PowerReal(_) | ItemBase::EnergyReal(_)))
        && description.reading_type == ReadingType::DirectRead
}

#[cfg(test)]
mod tests {
    use super::super::super::example;
    use super::super::super::{Context, Severity, check_message};
    use super::*;
    use crate::interval::Interval;
    use crate::message::Message;
    use crate::report::{CreateReport, ReportRequest};

    type Case = example::Case<RegisterReport>;

    #[test]
    fn finds_what_is_wrong_with_metadata() {
        example::run(
            example::register,
            Role::Ven,
            &[
                Case::new(Rule::MetadataRequestId, Severity::Error, |m| {
                    m.reports[0].report_request_id = "rr-1".into();
                })
                .at("/oadr:oadrReport[1]/ei:reportRequestID"),
                Case::new(Rule::MetadataDuration, Severity::Error, |m| {
                    m.reports[0].duration = Some("PT1M".parse().unwrap());
                })
                .at("/oadr:oadrReport[1]/xcal:duration"),
                Case::new(Rule::MetadataDuration, Severity::Warning, |m| m.reports[0].duration = None),
                Case::new(Rule::DataPoints, Severity::Warning, |m| {
                    m.reports[0].descriptions[0].report_type = ReportType::Reading;
                })
                .at("/oadr:oadrReport[1]"),
                Case::new(Rule::DataPoints, Severity::Error, |m| {
                    m.reports[1].descriptions[0].reading_type = ReadingType::DirectRead;
                })
                .at("/oadr:oadrReport[2]/oadr:oadrReportDescription[1]"),
                Case::new(Rule::DataPoints, Severity::Warning, |m| {
                    m.reports[1].descriptions[0].report_type = ReportType::OperatingState;
                })
                .at("/oadr:oadrReport[2]"),
                Case::new(Rule::OfferedReports, Severity::Info, |m| drop(m.reports.pop())),
                Case::new(Rule::SpecifierId, Severity::Info, |m| {
                    m.reports[1].report_specifier_id = m.reports[0].report_specifier_id.clone();
                })
                .at("/oadr:oadrReport[2]/ei:reportSpecifierID"),
                Case::new(Rule::DataPointId, Severity::Info, |m| {
                    let description = m.reports[0].descriptions[0].clone();
                    m.reports[0].descriptions.push(description);
                })
                .at("/oadr:oadrReport[1]/oadr:oadrReportDescription[2]/ei:rID"),
                Case::new(Rule::SamplingRate, Severity::Info, |m| {
                    m.reports[0].descriptions[0].sampling_rate = None;
                }),
                Case::new(Rule::MetadataContent, Severity::Info, |m| {
                    m.reports[0].report_id = Some("r".into())
                })
                .at("/oadr:oadrReport[1]/ei:eiReportID"),
                Case::new(Rule::MetadataContent, Severity::Info, |m| {
                    m.reports[0].start = Some("2026-11-23T12:00:00Z".parse().unwrap());
                })
                .at("/oadr:oadrReport[1]/xcal:dtstart"),
                Case::new(Rule::MetadataContent, Severity::Info, |m| {
                    m.reports[0].intervals.push(Interval::at("2026-11-23T12:00:00Z".parse().unwrap()));
                })
                .at("/oadr:oadrReport[1]/strm:intervals"),
                Case::new(Rule::MetadataContent, Severity::Info, |m| {
                    m.reports[0].name = Some(ReportName::TelemetryUsage);
                })
                .at("/oadr:oadrReport[1]/ei:reportName"),
                Case::new(Rule::CreatedTime, Severity::Info, |m| {
                    m.reports[0].created_date_time = "2026-11-23T11:58:00Z".parse().unwrap();
                })
                .at("/oadr:oadrReport[1]/ei:createdDateTime"),
            ],
        );
    }

    #[test]
    fn lets_a_vtn_offer_what_it_likes_and_a_ven_offer_nothing() {
        let mut message = example::register();
        message.reports[0].duration = None;
        assert!(!example::fires(message, Role::Vtn, Rule::MetadataDuration));
        let mut message = example::register();
        message.reports.clear();
        assert!(!example::fires(message, Role::Ven, Rule::OfferedReports));
    }

    #[test]
    fn names_a_request_for_metadata_only_where_there_is_one() {
        let request = CreateReport::new("req-1", vec![ReportRequest::metadata("rr-meta")], None);
        let asked = example::observed(&[(request.into(), Role::Vtn)]);
        let fires = |id: &str| {
            let mut message = example::register();
            message.report_request_id = Some(id.into());
            check_message(&Message::from(message), &Context::new(Role::Ven).after(&asked))
                .iter()
                .any(|finding| finding.rule == Rule::MetadataRequest)
        };
        assert!(!fires("rr-meta"));
        assert!(fires("rr-1"));
    }
}
