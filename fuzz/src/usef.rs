//! Messages of USEF flexibility trading, their envelopes, their values and the calendar of their periods.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use serde::Serialize;
use serde::de::DeserializeOwned;
use usef_messages::calendar::{IspCalendar, Run, Tz, conflicts};
use usef_messages::conversation::{self, Memory, Store as _, Thread};
use usef_messages::keys::{KeyString, PublishedKeys};
use usef_messages::sealing::{Content, PublicKey, Received, SecretKey, encoded_twice, seal, seal_message};
use usef_messages::usef_2015::envelope::SignedMessageReply;
use usef_messages::validation::{Context, Failure, Policy};
use usef_messages::values::{Domain, EntityAddress, MeteringPoint, Period, TimeZone};
use usef_messages::{Duration, Edition, Error, Payload, envelope, usef_2015, validation};

/// A kind of document: how it is read in both modes, and written.
struct Document<T> {
    lenient: fn(&[u8]) -> Result<T, Error>,
    strict: fn(&[u8]) -> Result<T, Error>,
    write: fn(&T) -> Result<String, Error>,
}

impl<T: Debug + PartialEq + Serialize + DeserializeOwned> Document<T> {
    /// What reads is written and reads back equal, as XML and as JSON; what is strictly right is also leniently right,
    /// means the same but for white space around free texts, and is written strictly right.
    fn check(&self, data: &[u8]) -> Option<T> {
        let strict = (self.strict)(data).ok();
        let lenient = match ((self.lenient)(data), &strict) {
            (Ok(lenient), _) => lenient,
            (Err(error), Some(_)) => panic!("lenient reading refuses what strict reading takes: {error}"),
            (Err(_), None) => return None,
        };
        let written = (self.write)(&lenient).expect("what was read can be written");
        assert_eq!((self.lenient)(written.as_bytes()).expect("our own document reads"), lenient);
        if let Some(strict) = strict {
            let exact = (self.write)(&strict).expect("what was read can be written");
            assert_eq!((self.strict)(exact.as_bytes()).expect("our own document reads"), strict);
            assert_eq!((self.lenient)(exact.as_bytes()).expect("our own document reads"), lenient);
            (self.strict)(written.as_bytes()).expect("what was valid is written valid");
        }
        let json = serde_json::to_string(&lenient).expect("every message has a JSON form");
        assert_eq!(serde_json::from_str::<T>(&json).expect("our own JSON reads"), lenient);
        Some(lenient)
    }
}

/// Any bytes as a message of UFTP or of USEF 2015: besides what holds for any document, a message of one edition becomes
/// one of another or is refused, and the rules judge whatever was read.
pub fn payload(data: &[u8]) {
    let older = Document {
        lenient: usef_2015::Payload::from_xml,
        strict: usef_2015::Payload::from_xml_strict,
        write: usef_2015::Payload::to_xml,
    };
    if let Some(message) = older.check(data) {
        let policy = Policy::anyone();
        let mut failures = validation::check_2015(&message);
        failures.extend(conversation::validate_2015(&message, &Context::new(&policy), &[message.clone()]));
        named(&failures, message.name());
    }
    let document =
        Document { lenient: Payload::from_xml, strict: Payload::from_xml_strict, write: Payload::to_xml };
    let Some(message) = document.check(data) else { return };
    for edition in [Edition::Usef2015, Edition::V3_0_0, Edition::V3_1_0] {
        match message.to_edition(edition) {
            Ok(converted) => {
                assert_eq!(converted.payload.check_edition(edition), Ok(()));
                let written = converted.payload.to_xml().expect("what was read can be written");
                assert_eq!(
                    Payload::from_xml(written.as_bytes()).expect("our own document reads"),
                    converted.payload
                );
            }
            Err(error) => assert!(message.check_edition(edition).is_err(), "{error}"),
        }
    }
    named(&validation::check(&message), message.name());
    in_conversation(&message);
}

/// Failures are told of the message that they are of, and no more of them than may be.
fn named(failures: &[Failure], name: &str) {
    for failure in failures {
        assert!(failure.path.starts_with(&format!("/{name}")), "{failure}");
    }
    assert!(failures.len() <= 400, "{}", failures.len());
}

/// A message alone and behind itself: it is found again, and can be asked what follows from it.
fn in_conversation(message: &Payload) {
    let (policy, now) = (Policy::anyone(), message.time_stamp());
    let context = Context::new(&policy).at(now);
    let mut memory = Memory::default();
    for _ in 0..2 {
        let failures = conversation::validate(message, &context, &memory).expect("memory is read");
        named(&failures, message.name());
        memory.insert(message.clone(), b"document", now).expect("there is room");
        assert_eq!(memory.len(), 1);
    }
    let thread = Thread::of(message);
    conversation::next(&thread, now, &memory).expect("memory is read");
}

/// Any bytes as an envelope of either family, and as what one holds: nothing opens that the key did not sign, and what it
/// signs opens, encoded once or twice, with the very bytes in it.
pub fn signed(data: &[u8]) {
    let envelope = Document {
        lenient: envelope::SignedMessage::from_xml,
        strict: envelope::SignedMessage::from_xml_strict,
        write: envelope::SignedMessage::to_xml,
    };
    envelope.check(data);
    let envelope = Document {
        lenient: usef_2015::envelope::SignedMessage::from_xml,
        strict: usef_2015::envelope::SignedMessage::from_xml_strict,
        write: usef_2015::envelope::SignedMessage::to_xml,
    };
    envelope.check(data);
    let receipt = Document {
        lenient: SignedMessageReply::from_xml,
        strict: SignedMessageReply::from_xml_strict,
        write: SignedMessageReply::to_xml,
    };
    receipt.check(data);

    let key = SecretKey::from_seed(b"a seed that signs no other bytes");
    let keys = [key.public_key()];
    received::<Payload>(data, &keys);
    received::<usef_2015::Payload>(data, &keys);

    let domain: Domain = "dso.example".parse().expect("a domain");
    let sealed: envelope::SignedMessage = seal(data, &domain, usef_messages::values::Role::Dso, &key);
    for sealed in [sealed.clone(), encoded_twice(sealed)] {
        let document = sealed.to_xml().expect("base64 can be written");
        let received = Received::<Payload>::read(document.as_bytes()).expect("our own envelope reads");
        if let Ok(verified) = received.open(&keys) {
            assert_eq!(verified.payload(), data);
        }
    }
    if let Ok(message) = Payload::from_xml(data) {
        for (sender, _) in message.kind().routing() {
            let document =
                seal_message(&message, *sender, &key).expect("its sender may").to_xml().expect("written");
            let received = Received::<Payload>::read(document.as_bytes()).expect("our own envelope reads");
            assert_eq!(received.open(&keys).expect("our own signature holds").into_message(), message);
        }
    }
}

/// Opens an envelope that the key did not sign.
fn received<M: Content>(data: &[u8], keys: &[PublicKey]) {
    for received in [Received::<M>::read(data), Received::<M>::read_strict(data)].into_iter().flatten() {
        assert!(received.open(keys).is_err(), "nobody forges a signature");
        assert!(received.open(&[]).is_err(), "nothing is verified without a key");
    }
}

/// Any text as each value with a form of its own, addresses before all: what reads is written and reads back equal.
pub fn ea_address(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    value::<EntityAddress>(text);
    value::<Domain>(text);
    value::<TimeZone>(text);
    value::<Period>(text);
    if let Ok(point) = text.parse::<MeteringPoint>() {
        assert!(matches!(point.digits().len(), 16 | 18));
        assert_eq!(point.as_str().parse::<MeteringPoint>().expect("our own text reads"), point);
    }
}

/// Any text as the keys that a participant publishes, and as one to verify or to sign with.
pub fn key_string(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    value::<KeyString>(text);
    value::<PublicKey>(text);
    if let Some(keys) = value::<PublishedKeys>(text) {
        assert!(matches!(keys.to_verify().len(), 1 | 2));
    }
    if let Ok(key) = text.parse::<SecretKey>() {
        let again: SecretKey = key.to_base64().parse().expect("our own text reads");
        assert_eq!(again.public_key(), key.public_key());
    }
}

/// A text as a value: its own text reads back equal.
fn value<T: FromStr<Err: Debug> + Display + PartialEq + Debug>(text: &str) -> Option<T> {
    let value: T = text.parse().ok()?;
    assert_eq!(value.to_string().parse::<T>().expect("our own text reads"), value);
    Some(value)
}

/// Any day, time zone, length of a period and runs of periods: the periods of a day follow each other without a gap, and
/// runs of any length cost no more than the day.
pub fn calendar(data: &[u8]) {
    let Some((zone, rest)) = data.split_first_chunk::<2>() else { return };
    let Some((day, rest)) = rest.split_first_chunk::<4>() else { return };
    let (length, rest) = rest.split_at(rest.iter().position(|b| *b == b' ').unwrap_or(rest.len()));
    let zones = chrono_tz::TZ_VARIANTS;
    let zone: Tz = zones[usize::from(u16::from_le_bytes(*zone)) % zones.len()];
    let Some(day) = chrono::NaiveDate::from_num_days_from_ce_opt(i32::from_le_bytes(*day)) else { return };
    let Some(length) = str::from_utf8(length).ok().and_then(|text| text.parse::<Duration>().ok()) else {
        return;
    };
    let Ok(calendar) = IspCalendar::new(day, zone, &length) else { return };

    // A day that was repeated has twice the minutes of one, and a clock that changes adds hours.
    let count = calendar.count();
    assert!(count <= 3 * 24 * 60, "{count} periods");
    let mut at = calendar.start();
    for (isp, interval) in calendar.intervals() {
        assert_eq!(interval.start, at);
        assert_eq!(
            (calendar.isp_at(interval.start), calendar.interval(isp)),
            (Some(isp), Some(interval.clone()))
        );
        at = interval.end;
    }
    assert_eq!(at + calendar.remainder(), calendar.end());

    let number = |bytes: &[u8]| bytes.iter().fold(0_i64, |number, b| (number << 8) | i64::from(*b));
    let runs: Vec<Run> =
        rest.chunks(9).take(64).map(|run| Run::new(number(&run[1..]), number(&run[..1]) - 2)).collect();
    let runs = || runs.iter().copied().chain(runs.iter().map(|run| Run::new(run.duration, run.start)));
    let covered: std::collections::BTreeSet<u32> = runs().flat_map(|run| calendar.isps(run)).collect();
    let missing: usize = calendar.missing(runs()).into_iter().map(|run| calendar.isps(run).count()).sum();
    assert_eq!(covered.len() + missing, usize::try_from(count).expect("it fits"));
    for (first, second) in conflicts(runs()) {
        assert_ne!(first, second);
    }
}
