//! Texts, numbers, times, lists and fragments.

use std::fmt::Debug;
use std::str::FromStr;
use std::sync::LazyLock;

use openadr_types::ids::{Id, MarketContext};
use openadr_types::message::SchemaVersion;
use openadr_types::response::ResponseCode;
use openadr_types::units::Currency;
use openadr_types::{DateTime, Decimal, Duration, Float, Fragment};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use xml_wire::{Text, lexical};

/// Any character that XML can carry, those that it treats specially more often.
fn character() -> impl Strategy<Value = char> {
    prop_oneof![
        4 => proptest::char::range(' ', '~'),
        3 => select(vec!['<', '>', '&', '"', '\'', ' ', '\t', '\n', '\r', ']', ';', '-', '{', '%']),
        1 => select(vec!['\u{7f}', '\u{85}', '\u{a0}', '\u{2028}', '\u{feff}', '\u{fffd}', '\u{10ffff}', 'é', '字', '😀']),
        1 => any::<char>().prop_filter("XML cannot carry it", |c| {
            matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
        }),
    ]
}

/// Any text that XML can carry.
pub(crate) fn text() -> BoxedStrategy<String> {
    prop_oneof![
        4 => vec(character(), 0..10).prop_map(String::from_iter),
        1 => select(vec!["]]>", "<![CDATA[", "<!-- -->", "&lt;", "&#13;", "\r\n", " a ", "a  b"]).prop_map(str::to_owned),
    ]
    .boxed()
}

/// Any identifier that is any text.
pub(crate) fn id<T: From<String> + Debug + 'static>() -> BoxedStrategy<T> {
    text().prop_map(T::from).boxed()
}

/// A URI: what an operator would name a programme, with all that one can hold.
pub(crate) fn market_context() -> BoxedStrategy<MarketContext> {
    "(https?://[a-z]{1,8}(\\.[a-z]{2})?(:[0-9]{2})?/[a-zA-Zé字0-9%20/~_.-]{0,8}(\\?a=[a-z']{0,3}&b=[0-9])?(#[a-z]{1,3})?|urn:[a-z]{2,6}:[a-z0-9.:-]{1,8}|[a-z0-9_/]{1,12}|)"
        .prop_map(|uri: String| MarketContext::from(uri.replace("%", "%25")))
        .boxed()
}

/// An XML name, different from all others in the document.
pub(crate) fn name() -> BoxedStrategy<Id> {
    ("[A-Za-z_é字][A-Za-z0-9_.é·-]{0,4}", any::<u64>())
        .prop_map(|(start, number)| Id::from(format!("{start}-{number:x}")))
        .boxed()
}

pub(crate) fn flag() -> BoxedStrategy<bool> {
    any::<bool>().boxed()
}

pub(crate) fn number() -> BoxedStrategy<u32> {
    prop_oneof![Just(0), Just(u32::MAX), any::<u32>()].boxed()
}

/// Any number of double precision, and more often those that people write.
pub(crate) fn float() -> BoxedStrategy<Float> {
    prop_oneof![
        4 => (any::<i32>(), 0..6).prop_map(|(digits, places)| Float(f64::from(digits) / 10f64.powi(places))),
        2 => proptest::num::f64::ANY.prop_map(Float),
        1 => any::<f32>().prop_map(|value| Float(value.into())),
        1 => select(vec![0.0, -0.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MIN_POSITIVE, f64::MAX, 1e18, 1e-9])
            .prop_map(Float),
    ]
    .boxed()
}

/// A decimal number of as many digits as every validator takes.
pub(crate) fn decimal() -> BoxedStrategy<Decimal> {
    (-999_999_999_999_999_999i64..=999_999_999_999_999_999, 0..=18u32)
        .prop_map(|(digits, places)| Decimal::new(digits, places))
        .boxed()
}

/// A time in a year that the schema admits: four digits, with or without a sign, and no year 0.
pub(crate) fn time() -> BoxedStrategy<DateTime> {
    let clock = (
        0..24u32,
        0..60u32,
        0..60u32,
        option::of(prop_oneof![0..1_000_000_000u32, (0..1000u32).prop_map(|ms| ms * 1_000_000)]),
    );
    let year = prop_oneof![6 => 1970..2100i32, 1 => 2..9999i32, 1 => -9998..-1i32, 1 => select(vec![1, -1, 9999, -9999])];
    (year, 1..=12u32, 1..=28u32, clock, option::of(-14 * 60..=14 * 60i32))
        .prop_map(|(year, month, day, (hour, minute, second, nanos), offset)| {
            let sign = if year < 0 { "-" } else { "" };
            let date = format!("{sign}{:04}-{month:02}-{day:02}", year.unsigned_abs());
            let fraction = nanos.map(|nanos| format!(".{nanos:09}")).unwrap_or_default();
            // An offset must not move the time into a year that the schema lacks.
            let zone = match offset.filter(|_| !matches!(year, 1 | -1 | 9999 | -9999)) {
                Some(minutes) => {
                    let sign = if minutes < 0 { '-' } else { '+' };
                    format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
                }
                None => "Z".to_owned(),
            };
            format!("{date}T{hour:02}:{minute:02}:{second:02}{fraction}{zone}").parse().expect("a time")
        })
        .boxed()
}

/// Any duration that the schema admits.
pub(crate) fn duration() -> BoxedStrategy<Duration> {
    let part = |designator: char| {
        let number = prop_oneof![4 => 0..100u32, 1 => any::<u32>()];
        option::weighted(0.3, number)
            .prop_map(move |number| number.map(|n| format!("{n}{designator}")).unwrap_or_default())
    };
    let date = (part('Y'), part('M'), part('D')).prop_map(|(y, m, d)| y + &m + &d);
    let clock = (part('H'), part('M'), part('S')).prop_map(|(h, m, s)| h + &m + &s);
    prop_oneof![
        4 => (select(vec!["", "-", "+"]), date, select(vec!["", "T"]), clock)
            .prop_map(|(sign, date, t, clock)| format!("{sign}P{date}{t}{clock}")),
        2 => (0..100_000u32).prop_map(|seconds| format!("PT{seconds}S")),
        1 => (0..1000u32).prop_map(|weeks| format!("{weeks}W")),
        1 => any::<i32>().prop_map(|seconds| Duration::from_seconds(seconds.into()).to_string()),
    ]
    .prop_map(|text| text.parse().expect("a duration"))
    .boxed()
}

/// Any value of a list; the type itself says which there are.
pub(crate) fn listed<T>() -> BoxedStrategy<T>
where
    T: Text + FromStr<Err: Debug> + Clone + Debug + 'static,
{
    let list = T::EXPECTED.strip_prefix("one of ").expect("a list");
    let list = list.strip_suffix(", or an extension starting with x-").unwrap_or(list);
    let values: Vec<T> = list.split(", ").map(|value| value.parse().expect("a value of the list")).collect();
    select(values).boxed()
}

/// Any value of a list that peers may extend, or an extension.
pub(crate) fn open_list<T>() -> BoxedStrategy<T>
where
    T: Text + FromStr<Err: Debug> + Clone + Debug + 'static,
{
    let first =
        character().prop_filter("white space may not follow", |c| !matches!(c, ' ' | '\t' | '\r' | '\n'));
    let extension = (first, vec(character(), 0..6))
        .prop_map(|(first, rest)| format!("x-{first}{}", String::from_iter(rest)))
        .prop_map(|text| lexical::token(&text).parse().expect("an extension"));
    prop_oneof![6 => listed(), 1 => extension].boxed()
}

pub(crate) fn schema_version() -> BoxedStrategy<Option<SchemaVersion>> {
    option::of(open_list()).boxed()
}

pub(crate) fn response_code() -> BoxedStrategy<ResponseCode> {
    (0..1000u32).prop_map(|code| ResponseCode::new(&format!("{code:03}")).expect("three digits")).boxed()
}

/// Any currency of the schema's list.
pub(crate) fn currency() -> BoxedStrategy<Currency> {
    static ALL: LazyLock<Vec<Currency>> = LazyLock::new(|| {
        let letters = || 'A'..='Z';
        let codes = letters()
            .flat_map(|a| letters().flat_map(move |b| letters().map(move |c| String::from_iter([a, b, c]))));
        codes.filter_map(|code| code.parse().ok()).collect()
    });
    assert!(ALL.len() > 150, "{} currencies", ALL.len());
    select(ALL.as_slice()).boxed()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\r', "&#13;")
}

/// A Green Button feed: Atom around anything, in one prefix or another.
pub(crate) fn feed() -> BoxedStrategy<Fragment> {
    (select(vec!["", "atom:", "é:"]), text(), select(vec!["", "<!-- <&> -->", "\n  ", "<?keep this?>"]))
        .prop_map(|(prefix, title, filler)| {
            let declaration = match prefix.strip_suffix(':') {
                Some(prefix) => format!("xmlns:{prefix}"),
                None => "xmlns".to_owned(),
            };
            let title = escaped(&title);
            format!(
                "<{prefix}feed {declaration}='http://www.w3.org/2005/Atom'>{filler}<{prefix}id>urn:uuid:1</{prefix}id>\
                 <{prefix}title type=\"text\">{title}</{prefix}title>\
                 <{prefix}updated>2026-11-23T12:00:00Z</{prefix}updated>{filler}</{prefix}feed >"
            )
        })
        .prop_map(|source| Fragment::parse(&source).expect("well-formed"))
        .boxed()
}

/// An `xcal:components` that is not as empty as it should be.
pub(crate) fn components() -> BoxedStrategy<Fragment> {
    let nil = r#"<components xmlns="urn:ietf:params:xml:ns:icalendar-2.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>"#;
    let nil = Fragment::parse(nil).expect("well-formed");
    let full = text().prop_map(|text| {
        let text = escaped(&text);
        let source = format!(
            r#"<x:components xmlns:x="urn:ietf:params:xml:ns:icalendar-2.0"> <y xmlns="urn:y" z="&lt;&#10;">{text}</y>{text}</x:components>"#
        );
        Fragment::parse(&source).expect("well-formed")
    });
    prop_oneof![Just(nil), full].boxed()
}

/// A signature, of the right form only.
pub(crate) fn signature() -> BoxedStrategy<Fragment> {
    (select(vec!["", "\n", "\r\n  "]), vec(any::<u8>(), 0..30))
        .prop_map(|(filler, value)| {
            let mut base64 = String::new();
            value.chunks_exact(3).for_each(|bytes| {
                bytes.iter().chain(bytes.first()).for_each(|byte| base64.push(char::from(b'A' + byte % 26)));
            });
            format!(
                r##"<Signature xmlns="http://www.w3.org/2000/09/xmldsig#">{filler}<SignedInfo><CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/><SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/><Reference URI="#a"><DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><DigestValue>{base64}</DigestValue></Reference></SignedInfo>{filler}<SignatureValue>{base64}</SignatureValue></Signature>"##
            )
        })
        .prop_map(|source| Fragment::parse(&source).expect("well-formed"))
        .boxed()
}
