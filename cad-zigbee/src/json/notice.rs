//! What is no measured value: an object with `meter`, `notice`, `time` and what the notice is about.

use crate::readings::{
    LoadControl, LoadControlCancellation, Message, MessageCancellation, Meter, News, Notice, PriceInForce,
};
use crate::timestamp::Timestamp;
use serde_json::{Value, json};
use std::string::{String, ToString};
use std::vec::Vec;

/// A notice: `meter` and `time` as of a [reading](super::reading), `notice` says what it is, and the rest depends on
/// that. Times are RFC 3339, prices decimal numbers as strings.
///
/// | `notice` | more |
/// |---|---|
/// | `supply` | `cause`, `state` |
/// | `supply_change` | `state`, `at` |
/// | `status` | `flags`, `set`: the names of the bits |
/// | `ambient` | `level` |
/// | `credit_status`, `payment_control`, `prepayment_alarms` | `flags` |
/// | `label` | `of`, `text` |
/// | `price` | `price`, `generation_price`, `unit`, `tier`, `label`, `start`, `end`, `now` |
/// | `load_control` | `event`, `device_class`, `group`, `criticality`, `duty_cycle_percent`, `average_load_percent`, the set points and offsets in tenths and hundredths of a degree, `start`, `end` |
/// | `load_control_cancelled` | `event` (null for all), `at` |
/// | `message` | `id`, `text`, `urgency`, `protected`, `confirm`, `start`, `end` |
/// | `message_cancelled` | `id` (null for all), `at` |
pub fn notice(notice: &Notice) -> Value {
    let mut object = news(&notice.news);
    super::insert(&mut object, "time", time(notice.time));
    let meter = match notice.source.meter {
        Meter::Unnamed => None,
        meter => Some(meter.to_string()),
    };
    super::insert(&mut object, "meter", meter);
    object
}

fn time(time: Option<Timestamp>) -> Option<String> {
    time.map(|time| time.to_string())
}

fn news(news: &News) -> Value {
    match news {
        News::Supply { cause, state } => {
            json!({"notice": "supply", "cause": cause.to_string(), "state": state.to_string()})
        }
        News::SupplyChange { state, at } => {
            json!({"notice": "supply_change", "state": state.to_string(), "at": time(*at)})
        }
        News::Status { flags, device_type } => {
            let set: Vec<&str> = News::status_names(*flags, *device_type).collect();
            json!({"notice": "status", "flags": flags, "set": set})
        }
        News::Ambient(level) => json!({"notice": "ambient", "level": level.to_string()}),
        News::CreditStatus(flags) => json!({"notice": "credit_status", "flags": flags}),
        News::PaymentControl(flags) => json!({"notice": "payment_control", "flags": flags}),
        News::PrepaymentAlarms(flags) => json!({"notice": "prepayment_alarms", "flags": flags}),
        News::Label { of, text } => json!({"notice": "label", "of": of.to_string(), "text": text}),
        News::Price(price) => self::price(price),
        News::LoadControl(control) => load_control(control),
        News::LoadControlCancelled(LoadControlCancellation::One { cancelled, at }) => json!({
            "notice": "load_control_cancelled",
            "event": cancelled.issuer_event_id,
            "device_class": cancelled.device_class.0,
            "group": cancelled.utility_enrollment_group,
            "at": time(*at),
        }),
        News::LoadControlCancelled(LoadControlCancellation::All(_)) => {
            json!({"notice": "load_control_cancelled", "event": null, "at": null})
        }
        News::Message(message) => self::message(message),
        News::MessageCancelled(MessageCancellation::One(id)) => {
            json!({"notice": "message_cancelled", "id": id, "at": null})
        }
        News::MessageCancelled(MessageCancellation::All { at }) => {
            json!({"notice": "message_cancelled", "id": null, "at": time(*at)})
        }
    }
}

fn price(price: &PriceInForce) -> Value {
    json!({
        "notice": "price",
        "price": price.price.map(|price| price.to_string()),
        "generation_price": price.generation_price.map(|price| price.to_string()),
        "unit": price.unit.to_string(),
        "tier": price.tier,
        "label": price.label,
        "start": time(price.start),
        "end": time(price.end),
        "now": price.now,
    })
}

fn load_control(control: &LoadControl) -> Value {
    let event = &control.event;
    json!({
        "notice": "load_control",
        "event": event.issuer_event_id,
        "device_class": event.device_class.0,
        "group": event.utility_enrollment_group,
        "criticality": event.criticality.id(),
        "duty_cycle_percent": event.duty_cycle.get(),
        "average_load_percent": event.average_load_adjustment_percent.get(),
        "cooling_offset": event.cooling_offset.get(),
        "heating_offset": event.heating_offset.get(),
        "cooling_set_point": event.cooling_set_point.get(),
        "heating_set_point": event.heating_set_point.get(),
        "start": time(control.start),
        "end": time(control.end),
    })
}

fn message(message: &Message) -> Value {
    use crate::energy::messaging::Urgency;
    json!({
        "notice": "message",
        "id": message.id,
        "text": message.text,
        "urgency": match message.urgency {
            Urgency::Low => "low",
            Urgency::Medium => "medium",
            Urgency::High => "high",
            Urgency::Critical => "critical",
        },
        "protected": message.protected,
        "confirm": message.wants_confirmation,
        "start": time(message.start),
        "end": time(message.end),
    })
}
