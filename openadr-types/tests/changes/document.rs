//! Documents as trees, to change them: read by the tokenizer alone, without the crate under test.

use quick_xml::Reader;
use quick_xml::escape::escape;
use quick_xml::events::{BytesStart, Event};

/// An element with what stands in it; text stands before children.
#[derive(Debug, Clone, Default)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) children: Vec<Self>,
    pub(crate) text: String,
}

/// Reads a document.
pub(crate) fn parse(document: &str) -> Element {
    let mut reader = Reader::from_str(document);
    let mut open = vec![Element::default()];
    loop {
        let last = open.len() - 1;
        match reader.read_event().expect("well-formed") {
            Event::Start(tag) => open.push(element(&tag)),
            Event::Empty(tag) => open[last].children.push(element(&tag)),
            Event::End(_) => {
                let mut closed = open.pop().expect("an open element");
                if closed.text.trim().is_empty() {
                    closed.text.clear();
                }
                open[last - 1].children.push(closed);
            }
            Event::Text(text) => open[last].text.push_str(&text),
            Event::CData(text) => open[last].text.push_str(&text),
            Event::GeneralRef(reference) => {
                let name: &str = &reference;
                let text =
                    quick_xml::escape::unescape(&format!("&{name};")).expect("a reference").into_owned();
                open[last].text.push_str(&text);
            }
            Event::Eof => return open.remove(0).children.remove(0),
            _ => {}
        }
    }
}

fn element(tag: &BytesStart<'_>) -> Element {
    let attribute = |attribute: Result<quick_xml::events::attributes::Attribute<'_>, _>| {
        let attribute = attribute.expect("an attribute");
        let value = quick_xml::escape::unescape(&attribute.value).expect("references").into_owned();
        (attribute.key.as_ref().to_owned(), value)
    };
    Element {
        name: tag.name().as_ref().to_owned(),
        attributes: tag.attributes().map(attribute).collect(),
        ..Element::default()
    }
}

impl Element {
    /// A child of this that has its prefix.
    pub(crate) fn sibling(&self, local: &str) -> Self {
        let name =
            self.name.split_once(':').map_or(local.to_owned(), |(prefix, _)| format!("{prefix}:{local}"));
        Self { name, ..Self::default() }
    }

    pub(crate) fn local(&self) -> &str {
        self.name.split_once(':').map_or(&self.name, |(_, local)| local)
    }

    pub(crate) fn write(&self) -> String {
        let mut out = String::new();
        self.write_into(&mut out);
        out
    }

    fn write_into(&self, out: &mut String) {
        out.extend(["<", &self.name]);
        for (name, value) in &self.attributes {
            out.extend([" ", name, "=\"", &escape(value.as_str()).replace('\n', "&#10;"), "\""]);
        }
        out.extend([">", &escape(self.text.as_str())]);
        self.children.iter().for_each(|child| child.write_into(out));
        out.extend(["</", &self.name, ">"]);
    }
}
