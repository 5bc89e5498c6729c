//! What a VTN says as it happens, a line each.

use examples::out;
use openadr_types::event::OptType;
use openadr_types::units::ItemBase;
use openadr_vtn::http::Handle;
use openadr_vtn::report::Value;
use openadr_vtn::{Notice, Party};
use tokio::sync::mpsc::UnboundedReceiver;

/// Prints what happens, as it happens.
pub(crate) async fn tell(mut notices: UnboundedReceiver<Notice>, handle: &Handle) {
    while let Some(notice) = notices.recv().await {
        out::say(format_args!("{}  {}", handle.now().format("%H:%M:%S"), sentence(&notice)));
    }
}

fn sentence(notice: &Notice) -> String {
    match notice {
        Notice::Registered { ven_id, name, renewed } => {
            let again = if *renewed { " again" } else { "" };
            format!("{ven_id} ({}) registered{again}", name.as_deref().unwrap_or("no name"))
        }
        Notice::Unregistered { ven_id, by: Party::Ven } => format!("{ven_id} cancelled its registration"),
        Notice::Unregistered { ven_id, by: Party::Vtn } => format!("{ven_id} is no longer registered"),
        Notice::Refused { ven_id, message, refusal } => {
            let who = ven_id.as_ref().map_or("someone", |ven_id| ven_id.as_str());
            format!("{message} of {who} refused with {}: {refusal}", refusal.code())
        }
        Notice::ReportsOffered { ven_id, reports } => {
            let names: Vec<_> = reports.iter().map(|report| report.report_specifier_id.as_str()).collect();
            format!(
                "{ven_id} offers reports: {}",
                if names.is_empty() { "none".to_owned() } else { names.join(", ") }
            )
        }
        Notice::ReportAnswered { ven_id, report_request_id, code, description } => {
            let why = description.as_deref().unwrap_or_default();
            format!("{ven_id} answered report request {report_request_id}: {code} {why}")
        }
        Notice::Telemetry { ven_id, readings, .. } => {
            let values: Vec<_> = readings
                .iter()
                .map(|reading| {
                    let value = match &reading.value {
                        Value::Number(number) => format!("{:.3}{}", number.0, unit(reading.unit.as_ref())),
                        Value::Status(status) if status.online => "online".to_owned(),
                        Value::Status(_) => "not online".to_owned(),
                        Value::GreenButton(_) => "Green Button data".to_owned(),
                    };
                    format!("{} {value} at {}", reading.rid, reading.start.format("%H:%M:%S"))
                })
                .collect();
            format!("{ven_id} reports {}", values.join(", "))
        }
        Notice::ReportCanceled { ven_id, report_request_id } => {
            format!("{ven_id} sends report {report_request_id} no more")
        }
        Notice::Opt { ven_id, event, opt_type, code } => {
            let why = if code.is_success() { String::new() } else { format!(" with {code}") };
            let preposition = if *opt_type == OptType::In { "to" } else { "of" };
            format!("{ven_id} {} {preposition} event {}{why}", opted(*opt_type), event.event_id)
        }
        Notice::EventsRefused { ven_id, code, description } => {
            format!("{ven_id} refused its events: {code} {}", description.as_deref().unwrap_or_default())
        }
        Notice::OptSchedule(opt) => {
            let times = opt.availability.as_ref().map_or(0, |availability| availability.available.len());
            format!("{} {} for {times} times, as {}", opt.ven_id, opted(opt.opt_type), opt.opt_id)
        }
        Notice::OptCanceled { ven_id, opt_id } => format!("{ven_id} withdrew opt {opt_id}"),
        Notice::Event { event_id, status } => format!("event {event_id} is {}", status.as_str()),
        Notice::Silent { ven_id, last_seen } => {
            format!("{ven_id} has been silent since {}", last_seen.format("%H:%M:%S"))
        }
        Notice::Returned { ven_id } => format!("{ven_id} is back"),
        Notice::Unanswered { ven_id, message } => format!("{ven_id} never answered {message}"),
        other => format!("{other:?}"),
    }
}

fn unit(unit: Option<&ItemBase>) -> String {
    unit.map(|unit| format!(" {}", unit.symbol())).unwrap_or_default()
}

/// What a VEN does.
pub(crate) fn opted(opt_type: OptType) -> &'static str {
    match opt_type {
        OptType::In => "opts in",
        OptType::Out => "opts out",
    }
}
