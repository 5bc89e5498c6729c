//! Namespaces cost what they are worth: none is long, and what fragments repeat of them is bounded.

use xml_wire::{Decoder, Dialect, ErrorKind, Fragment, Limits, Piece, Xml, XmlChoice, lexical};

static DIALECT: Dialect =
    Dialect { namespaces: &[], is_date_time: lexical::is_date_time, is_duration: lexical::is_duration };

#[derive(Debug, PartialEq, XmlChoice)]
enum Root {
    #[xml("list")]
    List(List),
}

#[derive(Debug, PartialEq, Xml)]
struct List {
    #[xml(other)]
    others: Vec<Fragment>,
}

fn walked(document: &str) -> Result<(), xml_wire::Error> {
    Decoder::new(&DIALECT).walk(document.as_bytes(), |_| {})
}

#[test]
fn refuses_a_namespace_of_more_than_1024_bytes() {
    let document = |namespace: &str| format!("<a>\n<b xmlns:p='{namespace}'/></a>");
    walked(&document(&"u".repeat(1024))).unwrap();
    walked(&document(&"&#117;".repeat(1024))).unwrap();
    for namespace in ["u".repeat(1025), "&#117;".repeat(1025)] {
        let error = walked(&document(&namespace)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit);
        assert_eq!(error.to_string(), "more than 1024 bytes in a namespace in /a at line 2 column 1");
    }
}

#[test]
fn refuses_fragments_that_repeat_more_than_a_document_may_have() {
    let namespace = "u".repeat(1000);
    let document = |count: usize| format!("<list xmlns:p='{namespace}'>\n{}</list>", "<p:x/>".repeat(count));
    let decoder = Decoder::new(&DIALECT).with_limits(Limits { bytes: 10_010, ..Limits::default() });
    let Root::List(list) = decoder.read_str(&document(10)).unwrap();
    assert!(list.others.iter().all(|other| other.as_str().contains(&namespace)));
    let error = decoder.read_str::<Root>(&document(11)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    assert_eq!(
        error.to_string(),
        "more than 10010 bytes of declarations in fragments in /list at line 2 column 61"
    );
}

#[test]
fn tells_attributes_apart_by_namespaces_it_does_not_know() {
    let document = |inside: &str| format!("<a xmlns:p='urn:p' xmlns:q='urn:q' xmlns:r='urn:p'>{inside}</a>");
    for fine in [
        "<b p:x='1' q:x='2' x='3'/>",
        "<b xmlns:r='urn:r' p:x='1' r:x='2'/><b p:x='1' q:x='2'/>",
        "<b xmlns:p='urn:q' p:x='1' r:x='2'/><b q:x='1' r:x='2'/>",
        "<b xmlns:s='urn:s'/><b xmlns:t='urn:t' t:x='1' p:x='2'/>",
    ] {
        walked(&document(fine)).unwrap();
    }
    for twice in [
        "<b p:x='1' r:x='2'/>",
        "<b xmlns:p='urn:q' p:x='1' q:x='2'/>",
        "<b xmlns:r='urn:r'/><b p:x='1' y='2' r:x='3'/>",
        "<b xmlns:s='urn:s' xmlns:t='urn:s' s:x='1' t:x='2'/>",
    ] {
        let error = walked(&document(twice)).unwrap_err();
        assert!(error.what().ends_with("x stands twice"), "{twice}: {error}");
    }
}

#[test]
fn shows_each_element_with_the_namespace_in_force() {
    let mut seen = Vec::new();
    let document = b"<a xmlns='urn:1'><b xmlns=''/><c xmlns:p='urn:2'><p:d xmlns:p='urn:3'/><p:e/></c></a>";
    Decoder::new(&DIALECT)
        .walk(document, |piece| {
            if let Piece::Start(tag) = piece {
                seen.push(format!("{{{}}}{}", tag.namespace(), tag.name()));
            }
        })
        .unwrap();
    assert_eq!(seen, ["{urn:1}a", "{}b", "{urn:1}c", "{urn:3}p:d", "{urn:2}p:e"]);
}
