//! Documents as trees, to compare and to change them: read by the tokenizer alone, without the crate under test.

pub(crate) mod mutation;

use chrono::DateTime;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use rust_decimal::Decimal;

/// An element with what stands in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) children: Vec<Self>,
    /// White space around it left out.
    pub(crate) text: String,
}

/// Reads a document.
pub(crate) fn parse(document: &str) -> Element {
    let mut reader = Reader::from_str(document);
    let mut open = vec![Element::new("")];
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Start(tag) => open.push(element(&tag)),
            Event::Empty(tag) => {
                let element = element(&tag);
                open.last_mut().expect("an open element").children.push(element);
            }
            Event::End(_) => {
                let mut closed = open.pop().expect("an open element");
                closed.text = closed.text.trim().to_owned();
                open.last_mut().expect("an open element").children.push(closed);
            }
            Event::Text(text) => {
                open.last_mut().expect("an open element").text.push_str(text.as_ref());
            }
            Event::GeneralRef(reference) => {
                let name: &str = reference.as_ref();
                let text =
                    quick_xml::escape::unescape(&format!("&{name};")).expect("a reference").into_owned();
                open.last_mut().expect("an open element").text.push_str(&text);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    open.remove(0).children.remove(0)
}

fn element(tag: &BytesStart<'_>) -> Element {
    let mut element = Element::new(tag.name().as_ref());
    for attribute in tag.attributes() {
        let attribute = attribute.expect("an attribute");
        let name = attribute.key.as_ref().to_owned();
        element
            .attributes
            .push((name, quick_xml::escape::unescape(&attribute.value).expect("references").into_owned()));
    }
    element
}

impl Element {
    pub(crate) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), attributes: Vec::new(), children: Vec::new(), text: String::new() }
    }

    /// Writes the element.
    pub(crate) fn write(&self) -> String {
        use quick_xml::escape::escape;
        let attributes: String = self
            .attributes
            .iter()
            .map(|(name, value)| format!(" {name}=\"{}\"", escape(value.as_str()).replace('\n', "&#10;")))
            .collect();
        let children: String = self.children.iter().map(Self::write).collect();
        format!("<{0}{attributes}>{1}{children}</{0}>", self.name, escape(self.text.as_str()))
    }

    /// How this differs from another in what it says; `None` where it does not.
    pub(crate) fn difference(&self, other: &Self) -> Option<String> {
        let inside = |what: String| Some(format!("{}: {what}", self.name));
        if self.name != other.name {
            return inside(format!("{} instead", other.name));
        }
        if !same(&self.text, &other.text) {
            return inside(format!("{:?} became {:?}", self.text, other.text));
        }
        for (name, value) in &self.attributes {
            match other.attribute(name) {
                Some(written) if same(value, written) => {}
                written => return inside(format!("{name}={value:?} became {written:?}")),
            }
        }
        if self.attributes.len() != other.attributes.len() || self.children.len() != other.children.len() {
            return inside(format!("{:?} has more than {:?}", other, self));
        }
        self.children.iter().zip(&other.children).find_map(|(mine, theirs)| mine.difference(theirs))
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(candidate, _)| candidate == name).map(|(_, value)| value.as_str())
    }
}

/// Whether two texts are the same value: as they stand, or as numbers, truth values or points in time.
fn same(a: &str, b: &str) -> bool {
    let truth = |text: &str| match text {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    };
    let time = |text: &str| {
        let zoned = text.contains('T') && text.get(10..).is_some_and(|time| !time.contains(['Z', '+', '-']));
        DateTime::parse_from_rfc3339(&if zoned { format!("{text}Z") } else { text.to_owned() }).ok()
    };
    let equal = |a: Option<Decimal>, b: Option<Decimal>| a.is_some() && a == b;
    let (a, b) = (a.trim(), b.trim());
    a == b
        || equal(a.parse().ok(), b.parse().ok())
        || (truth(a).is_some() && truth(a) == truth(b))
        || (time(a).is_some() && time(a) == time(b))
}
