//! What a VEN says as it happens, a line each.

use chrono::{DateTime, Local, TimeDelta, Utc};
use examples::out;
use openadr_client::Notice;
use openadr_client::http::Handle;
use openadr_client::known::SignalValue;
use openadr_client::notice::Why;
use openadr_types::event::OptType;
use openadr_types::ids::EventId;

/// Prints a notice.
pub(crate) async fn tell(notice: &Notice, handle: &Handle) {
    say(&match notice {
        Notice::Registered { registration, new } => {
            let again = if *new { "registered" } else { "registered again" };
            let every = registration.poll_freq.as_ref().map(|every| format!(", polling every {every}"));
            let (ven, vtn) = (&registration.ven_id, &registration.vtn_id);
            format!("{again} with {vtn} as {ven}{}", every.unwrap_or_default())
        }
        Notice::RegistrationRefused { code, description, retry_at } => {
            let retry =
                retry_at.map_or("not trying again".to_owned(), |at| format!("trying again at {}", time(at)));
            format!("! not registered: {code} {description}; {retry}")
        }
        Notice::Unregistered(Why::Asked) => "registration cancelled".to_owned(),
        Notice::Unregistered(why) => format!("! not registered any more: {}", reason(*why)),
        Notice::EventReceived { event_id, decide_by } => {
            format!("event {event_id}: {}{}", describe(event_id, handle).await, ask(event_id, *decide_by))
        }
        Notice::EventChanged { event_id, decide_by } => {
            format!(
                "event {event_id} changed: {}{}",
                describe(event_id, handle).await,
                ask(event_id, *decide_by)
            )
        }
        Notice::EventCancelled { event_id, implied: false } => format!("event {event_id} cancelled"),
        Notice::EventCancelled { event_id, implied: true } => format!("event {event_id} gone, so cancelled"),
        Notice::EventRefused { event_id, code, description } => {
            format!("event {event_id} refused: {code} {description}")
        }
        Notice::EventAnswered { event_id, opt } => format!("event {event_id}: told the VTN {}", word(*opt)),
        Notice::EventNear { event_id, .. } => format!("event {event_id} ramps up"),
        Notice::EventStarted { event_id, test, values } => {
            let test = if *test { " (a test)" } else { "" };
            format!("> event {event_id} runs{test}: {}", signals(values))
        }
        Notice::IntervalChanged { event_id, values, .. } => {
            format!("> event {event_id}: {}", signals(values))
        }
        Notice::EventEnded { event_id } => format!("> event {event_id} is over, back to normal"),
        Notice::ReportRequested { report_request_id, report_specifier_id } => {
            format!("report {report_specifier_id} wanted as {report_request_id}")
        }
        Notice::ReportSent { report_request_id, intervals } => {
            let values = if *intervals == 1 { "value" } else { "values" };
            format!("report {report_request_id}: sent {intervals} {values}")
        }
        Notice::ReportEnded { report_request_id } => format!("report {report_request_id} done"),
        Notice::OptAccepted { opt_id } => format!("opt {opt_id} accepted"),
        Notice::OptCancelled { opt_id } => format!("opt {opt_id} withdrawn"),
        Notice::Refused { message, code, description } => {
            format!("! the VTN refuses {message}: {code} {description}")
        }
        Notice::Rejected { message, code, description } => {
            format!("! refused {message}: {code} {description}")
        }
        Notice::Failed { message, failure, retry_at } => {
            format!("! {message}: {failure}; next try at {}", time(*retry_at))
        }
        other => format!("{other:?}"),
    });
}

async fn describe(event_id: &EventId, handle: &Handle) -> String {
    let id = event_id.clone();
    let known = handle.with(move |ven, _| ven.event(&id).cloned()).await;
    let Ok(Some(known)) = known else { return "over".to_owned() };
    let values = known.event.signals.iter().map(|signal| {
        let steps = signal.intervals.iter().filter_map(|step| step.value()).map(|value| value.to_string());
        let unit = signal.unit.as_ref().map(|unit| format!(" {}", unit.symbol())).unwrap_or_default();
        format!("{} {}{unit}", signal.name.as_str(), steps.collect::<Vec<_>>().join(", "))
    });
    let end = known.end.map_or("without end".to_owned(), |end| format!("to {}", time(end)));
    format!("{} from {} {end}", values.collect::<Vec<_>>().join("; "), time(known.start))
}

fn ask(event_id: &EventId, decide_by: Option<DateTime<Utc>>) -> String {
    decide_by
        .map_or(String::new(), |by| format!("\n{:10}type `out {event_id}` by {} to stay out", "", time(by)))
}

fn signals(values: &[SignalValue]) -> String {
    let values = values.iter().map(|signal| {
        let unit = signal.unit.as_ref().map(|unit| format!(" {}", unit.symbol())).unwrap_or_default();
        format!("{} {}{unit}", signal.name.as_str(), signal.value)
    });
    values.collect::<Vec<_>>().join("; ")
}

fn reason(why: Why) -> &'static str {
    match why {
        Why::Asked => "as asked for",
        Why::ByVtn => "the VTN cancelled it",
        Why::NotAuthorised => "the VTN says that this VEN is not authorised",
        Why::Forgotten => "the VTN does not know this VEN",
        Why::Refused => "the VTN refused to renew it",
    }
}

fn word(opt: OptType) -> &'static str {
    match opt {
        OptType::In => "in",
        OptType::Out => "out",
    }
}

fn time(at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&Local);
    let far = (at - Utc::now()).abs() > TimeDelta::hours(18);
    local.format(if far { "%Y-%m-%d %H:%M:%S" } else { "%H:%M:%S" }).to_string()
}

/// Prints a line with the time before it.
pub(crate) fn say(line: &str) {
    out::say(format_args!("{}  {line}", Local::now().format("%H:%M:%S")));
}
