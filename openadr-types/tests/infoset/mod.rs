//! What a document says, apart from how it is written: read with another parser than the one under test.
//!
//! Elements and attributes count by namespace and local name, elements in their order. Prefixes, comments, white space
//! between elements, `xsi:schemaLocation` and signatures do not count.

use std::collections::BTreeMap;

use openadr_types::{DateTime, Duration};
use quick_xml::NsReader;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;

type Name = (String, String);

/// An element, its attributes, its text where it has no children, and its children.
#[derive(Debug, Default)]
pub(crate) struct Element {
    name: Name,
    attributes: BTreeMap<Name, String>,
    text: String,
    children: Vec<Self>,
}

const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
const SIGNATURE: &str = "http://www.w3.org/2000/09/xmldsig#";

/// The document element.
pub(crate) fn parse(document: &str) -> Element {
    let mut reader = NsReader::from_str(document);
    let mut open = vec![Element::default()];
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Start(tag) => open.push(element(&reader, &tag)),
            Event::Empty(tag) => {
                let element = element(&reader, &tag);
                close(&mut open, element);
            }
            Event::End(_) => {
                let element = open.pop().expect("an end has a start");
                close(&mut open, element);
            }
            Event::Text(text) => last(&mut open).text.push_str(&text),
            Event::CData(text) => last(&mut open).text.push_str(&text),
            Event::GeneralRef(reference) => {
                let text = match reference.resolve_char_ref().expect("a character") {
                    Some(character) => character.to_string(),
                    None => {
                        quick_xml::escape::resolve_xml_entity(&reference).expect("one of five").to_owned()
                    }
                };
                last(&mut open).text.push_str(&text);
            }
            Event::Eof => return last(&mut open).children.pop().expect("a document element"),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::DocType(_) => {}
        }
    }
}

fn last(open: &mut [Element]) -> &mut Element {
    open.last_mut().expect("the document stays open")
}

fn close(open: &mut [Element], mut element: Element) {
    if !element.children.is_empty() && element.text.trim().is_empty() {
        element.text.clear();
    }
    if element.name != (SIGNATURE.to_owned(), "Signature".to_owned()) {
        last(open).children.push(element);
    }
}

fn element(reader: &NsReader<&[u8]>, tag: &BytesStart<'_>) -> Element {
    let name = |(namespace, local): (ResolveResult<'_>, quick_xml::name::LocalName<'_>)| {
        let namespace = match namespace {
            ResolveResult::Bound(namespace) => namespace.as_ref().to_owned(),
            ResolveResult::Unbound => String::new(),
            ResolveResult::Unknown(prefix) => panic!("undeclared prefix {prefix}"),
        };
        (namespace, local.as_ref().to_owned())
    };
    let mut element =
        Element { name: name(reader.resolver().resolve_element(tag.name())), ..Element::default() };
    for attribute in tag.attributes() {
        let attribute = attribute.expect("well-formed");
        if attribute.key.as_namespace_binding().is_some() {
            continue;
        }
        let key = name(reader.resolver().resolve_attribute(attribute.key));
        if key != (XSI.to_owned(), "schemaLocation".to_owned()) {
            let value = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).expect("well-formed");
            element.attributes.insert(key, value.into_owned());
        }
    }
    element
}

/// The first difference in what two elements say, with the path to it.
pub(crate) fn difference(left: &Element, right: &Element) -> Option<String> {
    let local = &left.name.1;
    if left.name != right.name {
        return Some(format!("{:?} became {:?}", left.name, right.name));
    }
    let keys = |element: &Element| element.attributes.keys().cloned().collect::<Vec<_>>();
    if keys(left) != keys(right) {
        return Some(format!("{local}: attributes {:?} became {:?}", left.attributes, right.attributes));
    }
    let unlike =
        left.attributes.iter().find(|(key, value)| !same_value(&key.1, value, &right.attributes[key]));
    if let Some((key, value)) = unlike {
        return Some(format!("{local}@{}: {value:?} became {:?}", key.1, right.attributes[key]));
    }
    if !same_value(local, &left.text, &right.text) {
        return Some(format!("{local}: {:?} became {:?}", left.text, right.text));
    }
    let pairs = left.children.iter().zip(&right.children);
    if let Some(inner) = pairs.into_iter().find_map(|(left, right)| difference(left, right)) {
        return Some(format!("{local}/{inner}"));
    }
    (left.children.len() != right.children.len())
        .then(|| format!("{local}: {} children became {}", left.children.len(), right.children.len()))
}

/// Whether two texts are the same value: the same text, token, number, truth, time or duration.
///
/// Identifiers are the same only as texts.
fn same_value(local: &str, left: &str, right: &str) -> bool {
    if left == right {
        return true;
    }
    if local.ends_with("ID") || matches!(local, "mrid" | "node" | "text") {
        return false;
    }
    same::<f64>(left, right)
        || same::<bool>(&truth(left), &truth(right))
        || same::<DateTime>(left, right)
        || same::<Duration>(left, right)
        || left.split_whitespace().eq(right.split_whitespace())
}

fn same<T: std::str::FromStr + PartialEq>(left: &str, right: &str) -> bool {
    matches!((left.trim().parse::<T>(), right.trim().parse::<T>()), (Ok(left), Ok(right)) if left == right)
}

fn truth(text: &str) -> String {
    text.trim().replace('0', "false").replace('1', "true")
}
