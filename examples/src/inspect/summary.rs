//! What is in an OpenADR message, in a few lines.

use openadr_types::Message;
use openadr_types::event::{Event, EventSignal};
use openadr_types::interval::{Interval, PayloadBase, StreamPayload};
use openadr_types::report::{Report, ReportRequest};
use openadr_types::response::EiResponse;
use openadr_types::target::Target;

/// At most this many entries of a list are shown.
const SHOWN: usize = 6;

/// The lines that say what is in a message.
pub(super) fn lines(message: &Message) -> Vec<String> {
    match message {
        Message::DistributeEvent(m) => {
            let mut lines = vec![format!(
                "from {}, request {}, {}",
                m.vtn_id,
                m.request_id,
                count(m.events.len(), "event")
            )];
            lines.extend(m.response.as_ref().map(response));
            lines.extend(some(&m.events).flat_map(|event| {
                event_lines(&event.event, &format!("response {}", event.response_required))
            }));
            rest(&mut lines, m.events.len());
            lines
        }
        Message::CreatedEvent(m) => {
            let mut lines = vec![format!("from {}", m.ven_id), response(&m.response)];
            lines.extend(some(m.answers()).map(|answer| {
                let id = &answer.qualified_event_id;
                format!(
                    "{} to {} (modification {}): {}",
                    answer.opt_type, id.event_id, id.modification_number, answer.code
                )
            }));
            rest(&mut lines, m.answers().len());
            lines
        }
        Message::RequestEvent(m) => {
            vec![format!("{} asks for its events, request {}", m.ven_id, m.request_id)]
        }
        Message::Response(m) => vec![response(&m.response)],
        Message::CancelOpt(m) => vec![format!("{} withdraws {}", m.ven_id, m.opt_id)],
        Message::CanceledOpt(m) => vec![response(&m.response)],
        Message::CreateOpt(m) => {
            let mut lines = vec![format!("{} of {}, {}: {}", m.opt_type, m.ven_id, m.opt_id, m.reason)];
            lines.extend(
                m.qualified_event_id
                    .iter()
                    .map(|id| format!("for event {} (modification {})", id.event_id, id.modification_number)),
            );
            lines.extend(m.availability.iter().flat_map(|availability| {
                some(&availability.available)
                    .map(|period| format!("from {} for {}", period.start, period.duration))
            }));
            lines.extend(target(&m.target));
            lines
        }
        Message::CreatedOpt(m) => vec![format!("{}: {}", m.opt_id, response(&m.response))],
        Message::CancelReport(m) => {
            let ids: Vec<&str> = m.report_request_ids.iter().map(|id| id.as_str()).collect();
            vec![format!("of {}, last report to follow: {}", ids.join(", "), m.report_to_follow)]
        }
        Message::CanceledReport(m) => vec![response(&m.response), pending(m.pending_reports.len())],
        Message::CreateReport(m) => m.report_requests.iter().flat_map(request).collect(),
        Message::CreatedReport(m) => vec![response(&m.response), pending(m.pending_reports.len())],
        Message::RegisterReport(m) => reports(&m.reports),
        Message::RegisteredReport(m) => {
            let requests = m.report_requests.iter().flat_map(request);
            std::iter::once(response(&m.response)).chain(requests).collect()
        }
        Message::UpdateReport(m) => reports(&m.reports),
        Message::UpdatedReport(m) => vec![response(&m.response)],
        Message::CancelPartyRegistration(m) => vec![format!("of registration {}", m.registration_id)],
        Message::CanceledPartyRegistration(m) => vec![response(&m.response)],
        Message::CreatePartyRegistration(m) => {
            let name = m.ven_name.as_deref().unwrap_or("a VEN without a name");
            let model = match m.http_pull_model {
                Some(true) => "pull",
                Some(false) => "push",
                None => "neither pull nor push",
            };
            vec![format!("{name}: profile {}, {}, {model}", m.profile, m.transport)]
        }
        Message::CreatedPartyRegistration(m) => {
            let mut lines = vec![response(&m.response), format!("by {}", m.vtn_id)];
            if let (Some(ven), Some(registration)) = (&m.ven_id, &m.registration_id) {
                lines.push(format!("{ven} is registered as {registration}"));
            }
            lines.extend(m.poll_freq.as_ref().map(|freq| format!("poll every {freq}")));
            lines
        }
        Message::RequestReregistration(m) => vec![format!("{} is to register anew", m.ven_id)],
        Message::QueryRegistration(m) => vec![format!("request {}", m.request_id)],
        Message::Poll(m) => vec![format!("by {}", m.ven_id)],
    }
}

fn count(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

fn some<T>(all: &[T]) -> std::iter::Take<std::slice::Iter<'_, T>> {
    all.iter().take(SHOWN)
}

fn rest(lines: &mut Vec<String>, len: usize) {
    if len > SHOWN {
        lines.push(format!("… and {} more", len - SHOWN));
    }
}

fn response(response: &EiResponse) -> String {
    let description = response.description.as_deref().map(|text| format!(" {text}")).unwrap_or_default();
    let request = match response.request_id.as_str() {
        "" => String::new(),
        id => format!(" to request {id}"),
    };
    format!("response {}{description}{request}", response.code)
}

fn pending(n: usize) -> String {
    format!("{} pending", count(n, "report"))
}

fn event_lines(event: &Event, response: &str) -> Vec<String> {
    let descriptor = &event.descriptor;
    let period = &event.active_period;
    let length =
        if period.duration.is_zero() { "open ended".to_owned() } else { format!("for {}", period.duration) };
    let mut lines = vec![format!(
        "event {} (modification {}), {}, from {} {length}, {response}",
        descriptor.event_id, descriptor.modification_number, descriptor.status, period.start
    )];
    lines.extend(event.signals.iter().map(|signal| format!("  {}", signal_line(signal))));
    lines.extend(target(&event.target).map(|target| format!("  {target}")));
    lines
}

fn signal_line(signal: &EventSignal) -> String {
    let unit = signal.unit.as_ref().map(|unit| format!(" in {}", unit.symbol())).unwrap_or_default();
    let values: Vec<String> = some(&signal.intervals).map(interval).collect();
    let more = if signal.intervals.len() > SHOWN { ", …" } else { "" };
    format!("{} {}{unit}: {}{more}", signal.name, signal.signal_type, values.join(", "))
}

fn interval(interval: &Interval) -> String {
    let values: Vec<String> = interval.payloads.iter().map(payload).collect();
    match &interval.duration {
        Some(duration) => format!("{} for {duration}", values.join(" ")),
        None => values.join(" "),
    }
}

fn payload(payload: &StreamPayload) -> String {
    match payload {
        StreamPayload::Signal(signal) => base(&signal.value),
        StreamPayload::Report(report) => format!("{}={}", report.rid, base(&report.value)),
        StreamPayload::GreenButton(_) => "Green Button data".to_owned(),
    }
}

fn base(value: &PayloadBase) -> String {
    match value {
        PayloadBase::Float(value) => value.to_string(),
        PayloadBase::ResourceStatus(status) => {
            let online = if status.online { "online" } else { "offline" };
            if status.manual_override { format!("{online}, overridden") } else { online.to_owned() }
        }
    }
}

fn target(target: &Target) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut add = |label: &str, ids: Vec<&str>| {
        if !ids.is_empty() {
            parts.push(format!("{label} {}", ids.join(", ")));
        }
    };
    add("VEN", target.ven_ids.iter().map(|id| id.as_str()).collect());
    add("resource", target.resource_ids.iter().map(|id| id.as_str()).collect());
    add("group", target.group_ids.iter().map(|id| id.as_str()).collect());
    add("party", target.party_ids.iter().map(|id| id.as_str()).collect());
    if parts.is_empty() { None } else { Some(format!("for {}", parts.join("; "))) }
}

fn reports(reports: &[Report]) -> Vec<String> {
    let mut lines = Vec::new();
    for report in some(reports) {
        let name = report.name.as_ref().map_or("report", |name| name.as_str());
        let mut parts = Vec::new();
        if !report.descriptions.is_empty() {
            parts.push(count(report.descriptions.len(), "data point"));
        }
        if !report.intervals.is_empty() {
            parts.push(count(report.intervals.len(), "interval"));
        }
        lines.push(format!(
            "{name} of specifier {}, request {}: {}",
            report.report_specifier_id,
            report.report_request_id,
            parts.join(", ")
        ));
        lines.extend(some(&report.descriptions).map(|point| {
            let unit = point.unit.as_ref().map(|unit| format!(" in {}", unit.symbol())).unwrap_or_default();
            format!("  {}: {}{unit}, {}", point.rid, point.report_type, point.reading_type)
        }));
        lines.extend(some(&report.intervals).map(|at| {
            let start = at.start.map(|start| format!("{start} ")).unwrap_or_default();
            format!("  {start}{}", interval(at))
        }));
        if report.intervals.len() > SHOWN {
            lines.push(format!("  … and {} more", report.intervals.len() - SHOWN));
        }
    }
    rest(&mut lines, reports.len());
    lines
}

fn request(request: &ReportRequest) -> Vec<String> {
    let specifier = &request.specifier;
    let points: Vec<&str> = specifier.payloads.iter().map(|payload| payload.rid.as_str()).collect();
    vec![format!(
        "{} asks for {} ({}), every {}, reported every {}",
        request.report_request_id,
        specifier.report_specifier_id,
        points.join(", "),
        specifier.granularity,
        specifier.report_back_duration
    )]
}
