//! What is read of a document is what another parser reads of it, tags plain and not; and what that one refuses is
//! refused. (It takes a few things that XML does not have, such as an empty namespace for a prefix.)

use proptest::prelude::*;
use xml_wire::{Decoder, Dialect, Piece, lexical};

static DIALECT: Dialect =
    Dialect { namespaces: &[], is_date_time: lexical::is_date_time, is_duration: lexical::is_duration };

/// A document in one line a piece: elements with their attributes in the order of their names, and texts.
fn ours(document: &[u8]) -> Result<String, xml_wire::Error> {
    let mut seen = Seen::default();
    Decoder::new(&DIALECT).walk(document, |piece| match piece {
        Piece::Start(tag) => {
            let local = tag.name().rsplit(':').next().unwrap_or_default();
            let attributes = tag
                .attributes()
                .map(|(name, uri, value)| {
                    let uri = if name.contains(':') { uri.as_ref() } else { "" };
                    (
                        uri.to_owned(),
                        name.rsplit(':').next().unwrap_or_default().to_owned(),
                        value.into_owned(),
                    )
                })
                .collect();
            seen.start(tag.namespace(), local, attributes);
        }
        Piece::End => seen.line("end".to_owned()),
        Piece::Text(text) => seen.text += &text,
        Piece::Instruction(_) => {}
    })?;
    seen.line(String::new());
    Ok(seen.lines)
}

/// The same by the other parser.
fn theirs(document: &str) -> Result<String, roxmltree::Error> {
    // XML has line ends made line feeds before parsing; this parser forgets it for one before a reference.
    let document = &document.replace("\r\n", "\n").replace('\r', "\n");
    fn see(node: roxmltree::Node<'_, '_>, seen: &mut Seen) {
        let name = node.tag_name();
        let attributes = node
            .attributes()
            .map(|a| {
                (a.namespace().unwrap_or_default().to_owned(), a.name().to_owned(), a.value().to_owned())
            })
            .collect();
        seen.start(name.namespace().unwrap_or_default(), name.name(), attributes);
        for child in node.children() {
            if child.is_element() {
                see(child, seen);
            } else if child.is_text() {
                seen.text += child.text().unwrap_or_default();
            }
        }
        seen.line("end".to_owned());
    }
    let parsed = roxmltree::Document::parse(document)?;
    let mut seen = Seen::default();
    see(parsed.root_element(), &mut seen);
    seen.line(String::new());
    Ok(seen.lines)
}

#[derive(Default)]
struct Seen {
    lines: String,
    /// What was seen since the last tag.
    text: String,
}

impl Seen {
    fn start(&mut self, namespace: &str, name: &str, mut attributes: Vec<(String, String, String)>) {
        attributes.sort();
        self.line(format!("{{{namespace}}}{name} {attributes:?}"));
    }

    fn line(&mut self, line: String) {
        if !self.text.is_empty() {
            self.lines += &format!("{:?}\n", std::mem::take(&mut self.text));
        }
        self.lines += &line;
        self.lines.push('\n');
    }
}

/// An element with whatever may stand in one, most of it plain.
fn element() -> impl Strategy<Value = String> {
    let name = || prop_oneof![8 => "[a-c]", 2 => "p:[a-c]", 1 => "q:[a-c][-.a-z0-9_]{0,3}", 1 => "é[a-c]?"];
    let quoted = prop_oneof![
        6 => "\"[ -!#-%'-;=-~é]{0,6}\"",
        2 => "'[ -%(-;=-~\\]]{0,40}'",
        1 => "\"[\t\n\r ]{0,2}(&lt;|&#10;|&#x41;|&apos;)?[é>]?\"",
    ];
    let attribute = (
        prop_oneof![8 => "[ ]", 1 => "[ \t\n\r]{1,3}"],
        prop_oneof![8 => "[d-h]{1,9}", 2 => "p:[d-h]", 1 => "é[d-h]"],
        prop_oneof![8 => "=", 1 => "[ \n]?=[ \t]?"],
        quoted,
    )
        .prop_map(|(blank, name, equals, value)| format!("{blank}{name}{equals}{value}"));
    let declaration = prop_oneof![Just(" xmlns:q='urn:x'"), Just(" xmlns=\"urn:y\""), Just("\nxmlns = ''")];
    let declaration = prop_oneof![9 => Just(""), 1 => declaration];
    let attributes = (declaration, prop::collection::vec(attribute, 0..4))
        .prop_map(|(first, rest)| first.to_owned() + &rest.concat());
    let text = prop_oneof![
        8 => "[ -%'-;=-~]{0,9}",
        1 => "[\t\n é\\]>]{0,4}",
        1 => Just("&amp;".to_owned()),
        1 => Just("&#13;".to_owned()),
        1 => Just("<![CDATA[a<b&]]>".to_owned()),
        1 => Just("<!-- a - <b> & -->".to_owned()),
        1 => Just("<?go on?>".to_owned()),
    ];
    let end = || prop_oneof![8 => "", 1 => "[ \n\t]{1,2}"];
    let leaf = (name(), attributes.clone(), end())
        .prop_map(|(name, attributes, end)| format!("<{name}{}{end}/>", attributes));
    leaf.prop_recursive(4, 24, 4, move |inner| {
        let content = prop::collection::vec(prop_oneof![inner, text.clone()], 0..4);
        (name(), attributes.clone(), end(), content, end()).prop_map(
            |(name, attributes, start_end, content, end)| {
                format!("<{name}{}{start_end}>{}</{name}{end}>", attributes, content.concat())
            },
        )
    })
}

fn document() -> impl Strategy<Value = String> {
    let before = prop_oneof![3 => "", 1 => "<\\?xml version=\"1\\.0\"\\?>\n?", 1 => "\n?<!-- a -->"];
    (before, element(), prop_oneof![3 => "", 1 => "\n?<\\?a\\?>"]).prop_map(|(before, inside, after)| {
        format!("{before}<r xmlns:p='urn:p' xmlns:q=\"urn:q\">{inside}</r>{after}")
    })
}

/// A byte taken away, put in or replaced somewhere.
fn changed(document: &str, (at, what, byte): (prop::sample::Index, u8, u8)) -> Option<String> {
    let mut bytes = document.as_bytes().to_vec();
    let at = at.index(bytes.len());
    match what % 3 {
        0 => drop(bytes.remove(at)),
        1 => bytes.insert(at, byte),
        _ => bytes[at] = byte,
    }
    String::from_utf8(bytes).ok()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_document_is_read_as_another_parser_reads_it(document in document()) {
        match theirs(&document) {
            Ok(theirs) => prop_assert_eq!(ours(document.as_bytes()).expect("a sound document"), theirs),
            Err(_) => prop_assert!(ours(document.as_bytes()).is_err()),
        }
    }

    #[test]
    fn a_changed_document_that_is_read_is_read_as_another_parser_reads_it(
        document in document(),
        change in (any::<prop::sample::Index>(), any::<u8>(), prop::sample::select(&b"<>/='\"&;:!?[]- \t\nax1\x01\x7F"[..])),
    ) {
        let Some(document) = changed(&document, change) else { return Ok(()) };
        match (ours(document.as_bytes()), theirs(&document)) {
            (Ok(ours), Ok(theirs)) => prop_assert_eq!(ours, theirs),
            (Err(_), _) => {}
            (Ok(ours), Err(theirs)) => prop_assert!(false, "{document:?}\nours: {ours:?}\ntheirs: {theirs:?}"),
        }
    }
}
