//! Any message at all: every part absent or present, every value of every list, every text that XML can carry.
//!
//! All of it is valid under the published schemas.

mod portfolio;
pub(crate) mod uftp;
pub(crate) mod usef_2015;

use std::fmt::Debug;
use std::num::NonZeroU32;
use std::str::FromStr;

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use proptest::prelude::*;
use proptest::{collection, sample};
use rust_decimal::Decimal;
use usef_messages::values::{
    ActivationFactor, Amount, Base64, Currency, Disposition, Domain, EntityAddress, MeteringPoint, Outcome,
    Period, Quantity, RedispatchBy, TimeZone, Uuid, Verdict, Version,
};
use usef_messages::{Duration, Fragment};

/// Declares a function that gives any value of a struct, from those of its fields.
///
/// A message is marked by the type it extends in the schema: `Message`, `Answers`, `FlexMessage` (UFTP), `FlexBase` (USEF
/// 2015). What that type holds is added.
macro_rules! any_of {
    ($name:ident: $module:ident::$type:ident: Message { $($own:tt)* }) => {
        any_of!($name: $module::$type {
            version: crate::strategies::version(),
            sender_domain: crate::strategies::domain(),
            recipient_domain: crate::strategies::domain(),
            time_stamp: crate::strategies::time(),
            message_id: crate::strategies::uuid(),
            conversation_id: crate::strategies::uuid(),
            $($own)*
        });
    };
    ($name:ident: $module:ident::$type:ident: Answers { $($own:tt)* }) => {
        any_of!($name: $module::$type: Message {
            result: crate::strategies::outcome(),
            rejection_reason: proptest::option::of(crate::strategies::text()),
            $($own)*
        });
    };
    ($name:ident: $module:ident::$type:ident: FlexMessage { $($own:tt)* }) => {
        any_of!($name: $module::$type: Message {
            isp_duration: crate::strategies::duration(),
            time_zone: crate::strategies::time_zone(),
            period: crate::strategies::period(),
            congestion_point: crate::strategies::address(),
            $($own)*
        });
    };
    ($name:ident: $module:ident::$type:ident: FlexBase { $($own:tt)* }) => {
        any_of!($name: $module::$type {
            metadata: crate::strategies::usef_2015::metadata(),
            ptu_duration: crate::strategies::duration(),
            period: crate::strategies::period(),
            time_zone: crate::strategies::time_zone(),
            congestion_point: proptest::option::of(crate::strategies::address()),
            sequence: any::<i64>(),
            expiration_date_time: crate::strategies::time(),
            ptus: crate::strategies::list(crate::strategies::usef_2015::prognosis_ptu()),
            extensions: crate::strategies::extensions(),
            $($own)*
        });
    };
    ($name:ident: $module:ident::$type:ident { $($field:ident: $strategy:expr),* $(,)? }) => {
        proptest::prop_compose! {
            pub(crate) fn $name()($($field in $strategy),*) -> $module::$type {
                $module::$type { $($field),* }
            }
        }
    };
}

pub(crate) use any_of;

fn read<T: Debug + FromStr<Err: Debug>>(pattern: &'static str) -> impl Strategy<Value = T> {
    pattern.prop_map(|text| text.parse().unwrap_or_else(|error| panic!("{text:?}: {error:?}")))
}

pub(crate) fn version() -> impl Strategy<Value = Version> {
    read(r"[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}")
}

pub(crate) fn domain() -> impl Strategy<Value = Domain> {
    read(r"([a-z0-9]{1,5}(-[a-z0-9]{1,3}){0,2}\.){1,3}[a-z]{2,6}")
}

pub(crate) fn uuid() -> impl Strategy<Value = Uuid> {
    read("[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}")
}

pub(crate) fn time_zone() -> impl Strategy<Value = TimeZone> {
    read("(Africa|America|Australia|Europe|Pacific)/[a-zA-Z0-9_/]{3,20}")
}

pub(crate) fn currency() -> impl Strategy<Value = Currency> {
    read("[A-Z]{3}")
}

pub(crate) fn address() -> impl Strategy<Value = EntityAddress> {
    read(r"(ea1\.[0-9]{4}-[0-9]{2}\.[ -~]{1,30}:[ -~é€]{1,30}|ean\.[0-9]{12,34})")
}

pub(crate) fn metering_point() -> impl Strategy<Value = MeteringPoint> {
    read("[Ee][0-9]{16}")
}

pub(crate) fn duration() -> impl Strategy<Value = Duration> {
    read(
        r"-?P([0-9]{1,2}Y)?[0-9]{1,3}D(T[0-9]{1,2}H([0-9]{1,3}M)?([0-9]{1,2}(\.[0-9]{1,9})?S)?)?|PT[0-9]{1,3}M",
    )
}

/// A point in time of the years 1 to 9999, at any offset.
pub(crate) fn time() -> impl Strategy<Value = usef_messages::DateTime> {
    (-62_135_500_000..253_402_200_000i64, 0..1_000_000_000u32, -840..=840i32).prop_map(
        |(seconds, nanos, offset)| {
            let at = DateTime::<Utc>::from_timestamp(seconds, nanos).expect("in range");
            at.with_timezone(&FixedOffset::east_opt(offset * 60).expect("in range")).into()
        },
    )
}

pub(crate) fn period() -> impl Strategy<Value = Period> {
    let day = (-720_000..2_900_000i32).prop_filter_map("a day", NaiveDate::from_num_days_from_ce_opt);
    let zone = prop_oneof![
        Just(String::new()),
        Just("Z".to_owned()),
        (any::<bool>(), 0..14u32, 0..60u32).prop_map(|(west, hours, minutes)| {
            format!("{}{hours:02}:{minutes:02}", if west { '-' } else { '+' })
        })
    ];
    (day, zone)
        .prop_filter_map("a year that XML Schema has", |(day, zone)| format!("{day}{zone}").parse().ok())
}

pub(crate) fn amount() -> impl Strategy<Value = Amount> {
    (any::<i64>(), 0..=4u32)
        .prop_filter_map("an amount", |(digits, places)| Amount::new(Decimal::new(digits, places)))
}

pub(crate) fn factor() -> impl Strategy<Value = ActivationFactor> {
    (1..=100i64).prop_filter_map("a factor", |percent| ActivationFactor::new(Decimal::new(percent, 2)))
}

/// Of 23 digits, as libxml2 knows no longer ones.
pub(crate) fn quantity() -> impl Strategy<Value = Quantity> {
    (-(10i128.pow(23)) + 1..10i128.pow(23), 0..=22u32)
        .prop_map(|(digits, places)| Decimal::from_i128_with_scale(digits, places).into())
}

pub(crate) fn start() -> impl Strategy<Value = NonZeroU32> {
    (1..=u32::MAX).prop_filter_map("not zero", NonZeroU32::new)
}

/// Any text that XML can carry, without white space around it: lenient reading takes that off.
pub(crate) fn text() -> impl Strategy<Value = String> {
    let character = prop_oneof![
        any::<char>(),
        sample::select(vec!['<', '>', '&', '"', '\'', ' ', '\t', '\n', '\r', ']', 'é', '\u{FFFD}']),
    ];
    let carried = |c: &char| !matches!(c, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}');
    collection::vec(character.prop_filter("a character of XML", carried), 0..12)
        .prop_map(|characters| characters.into_iter().collect::<String>())
        .prop_map(|text| text.trim_matches([' ', '\t', '\n', '\r']).to_owned())
}

pub(crate) fn bytes() -> impl Strategy<Value = Base64> {
    collection::vec(any::<u8>(), 0..200).prop_map(Base64)
}

pub(crate) fn outcome() -> impl Strategy<Value = Outcome> {
    sample::select(vec![Outcome::Accepted, Outcome::Rejected])
}

pub(crate) fn verdict() -> impl Strategy<Value = Verdict> {
    sample::select(vec![Verdict::Accepted, Verdict::Disputed])
}

pub(crate) fn disposition() -> impl Strategy<Value = Disposition> {
    sample::select(vec![Disposition::Available, Disposition::Requested])
}

pub(crate) fn redispatch_by() -> impl Strategy<Value = RedispatchBy> {
    sample::select(vec![RedispatchBy::Agr, RedispatchBy::Dso])
}

/// Elements of other namespaces.
pub(crate) fn extensions() -> impl Strategy<Value = Vec<Fragment>> {
    let sources = [r#"<x:a xmlns:x="urn:x" b="1"> text <c/></x:a>"#, r#"<PTU xmlns="urn:y"/>"#];
    let all = sources.map(|source| Fragment::parse(source).expect("a fragment"));
    collection::vec(sample::select(all.to_vec()), 0..3)
}

/// A list with one entry at least.
pub(crate) fn some<T: Debug>(one: impl Strategy<Value = T>) -> impl Strategy<Value = Vec<T>> {
    collection::vec(one, 1..4)
}

/// A list.
pub(crate) fn list<T: Debug>(one: impl Strategy<Value = T>) -> impl Strategy<Value = Vec<T>> {
    collection::vec(one, 0..3)
}
