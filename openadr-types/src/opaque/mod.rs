//! What strict reading asks of parts that no type of this crate describes: signatures, Atom feeds with Green Button data,
//! and the components of an active period.
//!
//! Their types stand in a table, and a document is held against it piece by piece. What is asked is what the schema
//! decides: where it lets in elements of any namespace, those that are in the table are held against it, those that are
//! not are refused where they have to be known.
//!
//! The schema does not take in that of `dsp:ReplayProtect`, which is therefore left to those who verify signatures.
//!
//! **Interpretation:** elements of OpenADR's own namespaces are not looked into there, where no peer puts them; nor does
//! an `xsi:type` count.

mod model;
mod simple;
mod tables;

use std::borrow::Cow;
use std::collections::BTreeSet;

use xml_wire::{Decoder, ErrorKind, Limits, Piece, Tag};

use self::model::{Content, Kind, Matching, Particle, Type};
use crate::ns;

/// What is wrong with the opaque parts of a document that was read strictly.
///
/// # Errors
/// The first fault, with the path to it from where the part begins.
pub(crate) fn check(document: &[u8], limits: Limits) -> Result<(), (ErrorKind, String)> {
    let mut checker = Checker { open: Vec::with_capacity(16), ids: BTreeSet::new(), fault: None };
    let walked = Decoder::new(&ns::DIALECT).with_limits(limits).walk(document, |piece| {
        if checker.fault.is_none() {
            checker.see(piece);
        }
    });
    match (checker.fault, walked) {
        (Some(fault), _) => Err(fault),
        (None, Err(error)) => Err((error.kind(), error.what().to_owned())),
        (None, Ok(())) => Ok(()),
    }
}

struct Checker<'i> {
    open: Vec<Open<'i>>,
    ids: BTreeSet<String>,
    fault: Option<(ErrorKind, String)>,
}

/// An element whose end is still to come.
struct Open<'i> {
    namespace: String,
    name: &'i str,
    mode: Mode,
    /// Namespaces and local names.
    children: Vec<(String, String)>,
    text: String,
}

/// What is asked of an element.
#[derive(Clone, Copy)]
enum Mode {
    /// Nothing: a typed message has it.
    Typed,
    /// Nothing but of elements within that are known.
    Lax,
    Known(&'static Type),
    Simple(&'static str),
}

const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
const XML: &str = "http://www.w3.org/XML/1998/namespace";

fn local(name: &str) -> &str {
    name.split_once(':').map_or(name, |(_, local)| local)
}

impl<'i> Checker<'i> {
    fn see(&mut self, piece: Piece<'_, 'i>) {
        match piece {
            Piece::Start(tag) => self.start(&tag),
            Piece::End => {
                if let Err((kind, what)) = self.end() {
                    self.fail(kind, &what);
                }
                self.open.pop();
            }
            Piece::Text(text) => self.text(&text),
            Piece::Instruction(_) => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_, 'i>) {
        let (namespace, name) = (tag.namespace().as_ref(), local(tag.name()));
        let mode = self.mode(namespace, name);
        let unexpected = mode.is_none();
        let mode = mode.unwrap_or(Mode::Lax);
        if let Some(outer) = self.open.last_mut()
            && let Mode::Known(_) = outer.mode
        {
            outer.children.push((namespace.to_owned(), name.to_owned()));
        }
        // Only names of elements that are looked at are asked for.
        let namespace = if let Mode::Typed = mode { String::new() } else { namespace.to_owned() };
        self.open.push(Open { namespace, name: tag.name(), mode, children: Vec::new(), text: String::new() });
        if unexpected {
            let what = format!("unexpected element {}", self.conventional(self.open.len() - 1));
            self.open.pop();
            self.fail(ErrorKind::Unknown, &what);
        } else if let Err((kind, what)) = self.attributes(tag) {
            self.fail(kind, &what);
        }
    }

    /// What is asked of an element that stands next; `None` where it does not belong.
    fn mode(&self, namespace: &str, name: &str) -> Option<Mode> {
        let global = || Type::global(namespace, name).map(Mode::Known);
        let Some(outer) = self.open.last() else { return Some(Mode::Typed) };
        match outer.mode {
            Mode::Typed if name == "components" && local(outer.name) == "eiActivePeriod" => Some(Mode::Lax),
            Mode::Typed => Some(global().unwrap_or(Mode::Typed)),
            Mode::Lax => Some(global().unwrap_or(Mode::Lax)),
            Mode::Simple(_) => None,
            Mode::Known(Type { content: Content::Text(_), .. }) => None,
            Mode::Known(Type { content: Content::Elements { model, .. }, .. }) => {
                match model.find((namespace, name), &outer.namespace)? {
                    Particle::Element { kind: Kind::Simple(kind), .. } => Some(Mode::Simple(kind)),
                    Particle::Element { kind: Kind::Named(kind), .. } => {
                        Some(Mode::Known(Type::named(&outer.namespace, kind)))
                    }
                    Particle::Wildcard(wildcard) => {
                        let open = !wildcard.strict || Type::are_elsewhere(namespace);
                        global().or_else(|| open.then_some(Mode::Lax))
                    }
                    _ => None,
                }
            }
        }
    }

    fn attributes(&mut self, tag: &Tag<'_, 'i>) -> Result<(), (ErrorKind, String)> {
        let mode = self.open.last().map_or(Mode::Typed, |open| open.mode);
        let mut seen = Vec::new();
        for (name, namespace, value) in tag.attributes() {
            let unexpected = || Err((ErrorKind::Unknown, format!("unexpected attribute {name}")));
            let kind = match (mode, namespace.as_ref()) {
                (Mode::Typed, uri) if uri == ns::OADR.uri() && local(name) == "Id" => "id",
                // The only one of these that may be nil.
                (Mode::Lax, XSI) if local(name) == "nil" && local(tag.name()) == "components" => "boolean",
                (Mode::Typed | Mode::Lax, _) => continue,
                (_, XSI) if local(name) != "nil" => continue,
                (Mode::Known(kind), "") => match kind.attributes.iter().find(|(known, ..)| *known == name) {
                    Some((known, kind, _)) => {
                        seen.push(*known);
                        *kind
                    }
                    None if kind.any_attribute => continue,
                    None => return unexpected(),
                },
                (Mode::Known(kind), uri) if kind.any_attribute && uri != XSI => continue,
                (Mode::Known(kind), XML) if kind.with_xml => match name {
                    "xml:base" => "uri",
                    "xml:lang" => "language",
                    "xml:space" => "space",
                    _ => return unexpected(),
                },
                (Mode::Known(kind), uri)
                    if kind.with_xml && uri == ns::EI.uri() && local(name) == "schemaVersion" =>
                {
                    continue;
                }
                _ => return unexpected(),
            };
            if !simple::is_of(kind, &value) {
                return Err((ErrorKind::Value, format!("{:?} is not of its type for {name}", clip(&value))));
            }
            if kind == "id" && !self.ids.insert(xml_wire::lexical::collapse(&value).to_owned()) {
                return Err((ErrorKind::Value, format!("the {name} {:?} stands twice", clip(&value))));
            }
        }
        let Mode::Known(kind) = mode else { return Ok(()) };
        match kind.attributes.iter().find(|(name, _, required)| *required && !seen.contains(name)) {
            Some((name, ..)) => Err((ErrorKind::Missing, format!("missing attribute {name}"))),
            None => Ok(()),
        }
    }

    fn text(&mut self, text: &str) {
        let Some(open) = self.open.last_mut() else { return };
        match open.mode {
            Mode::Typed | Mode::Lax => {}
            Mode::Known(Type { content: Content::Elements { mixed: true, .. }, .. }) => {}
            Mode::Simple(_) | Mode::Known(Type { content: Content::Text(_), .. }) => open.text.push_str(text),
            Mode::Known(kind) if !kind.is_empty() && xml_wire::lexical::collapse(text).is_empty() => {}
            Mode::Known(_) => {
                let what = format!("unexpected text {:?}", clip(xml_wire::lexical::collapse(text)));
                self.fail(ErrorKind::Unknown, &what);
            }
        }
    }

    /// Checks what has come of an element.
    fn end(&self) -> Result<(), (ErrorKind, String)> {
        let Some(open) = self.open.last() else { return Ok(()) };
        let (model, own) = match open.mode {
            Mode::Typed | Mode::Lax => return Ok(()),
            Mode::Simple(kind) | Mode::Known(&Type { content: Content::Text(kind), .. }) => {
                if simple::is_of(kind, &open.text) {
                    return Ok(());
                }
                return Err((ErrorKind::Value, format!("{:?} is not of its type", clip(&open.text))));
            }
            Mode::Known(Type { content: Content::Elements { model, .. }, .. }) => {
                (model, open.namespace.as_str())
            }
        };
        let mut matching = Matching { own, children: &open.children, next: 0, wanted: None };
        let whole = matching.take(model);
        match open.children.get(matching.next) {
            Some((_, name)) => Err((ErrorKind::Order, format!("{name} may not stand there"))),
            None if whole => Ok(()),
            None => {
                let what = format!("missing {}", matching.wanted.unwrap_or("an element"));
                Err((ErrorKind::Missing, what))
            }
        }
    }

    fn fail(&mut self, kind: ErrorKind, what: &str) {
        let opaque = (0..self.open.len())
            .filter(|at| !matches!(self.open.get(*at), Some(Open { mode: Mode::Typed, .. })));
        let path: String = opaque.map(|at| format!("/{}", self.conventional(at))).collect();
        self.fault = Some((kind, format!("{what} in {path}")));
    }

    /// An element's name with the prefix that is conventional for its namespace.
    fn conventional(&self, at: usize) -> Cow<'i, str> {
        let Some(open) = self.open.get(at) else { return Cow::Borrowed("") };
        match ns::ALL.iter().find(|ns| ns.uri() == open.namespace) {
            Some(ns) => Cow::Owned(format!("{}:{}", ns.prefix(), local(open.name))),
            None => Cow::Borrowed(open.name),
        }
    }
}

/// As much of a text as an error shows.
fn clip(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(part: &str) -> Result<(), String> {
        let document = format!("<p>{part}</p>");
        super::check(document.as_bytes(), Limits::default())
            .map_err(|(kind, what)| format!("{kind:?}: {what}"))
    }

    fn signature(object: &str) -> String {
        let algorithm = |name: &str| format!("<{name} Algorithm='urn:x'/>");
        format!(
            "<Signature xmlns='{}'><SignedInfo>{}{}<Reference URI='#a'>{}<DigestValue>QUJD</DigestValue></Reference>\
             </SignedInfo><SignatureValue>QUJD</SignatureValue>{object}</Signature>",
            ns::DS.uri(),
            algorithm("CanonicalizationMethod"),
            algorithm("SignatureMethod"),
            algorithm("DigestMethod"),
        )
    }

    fn feed(entry: &str) -> String {
        format!(
            "<feed xmlns='{}' xmlns:g='{}'><id/><title/><entry>{entry}</entry></feed>",
            ns::ATOM.uri(),
            ns::ESPI.uri()
        )
    }

    #[test]
    fn takes_what_the_schema_takes() {
        for part in [
            signature(""),
            signature(
                "<KeyInfo>text<KeyName/><x xmlns='urn:x'><y z='1'/></x></KeyInfo><Object Id='a'><x/></Object>",
            ),
            feed(
                "<content type='x' xml:lang='nl'>text<g:ReadingType><g:kind>12</g:kind></g:ReadingType></content>",
            ),
            feed("<g:UsagePoint><g:extension a='1'>text<x/></g:extension></g:UsagePoint>"),
            "<x><Unknown/></x>".to_owned(),
        ] {
            assert_eq!(check(&part), Ok(()), "{part}");
        }
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        let ds = signature("");
        for (part, fault) in [
            (
                ds.replace("<SignatureValue>QUJD</SignatureValue>", ""),
                "Missing: missing SignatureValue in /ds:Signature",
            ),
            (signature("<KeyInfo/>"), "Missing: missing an element in /ds:Signature/ds:KeyInfo"),
            (signature("<x xmlns='urn:x'/>"), "Unknown: unexpected element x in /ds:Signature"),
            (
                signature("<KeyInfo><KeyName/></KeyInfo><KeyInfo><KeyName/></KeyInfo>"),
                "Order: KeyInfo may not stand there in /ds:Signature",
            ),
            (signature("text"), "Unknown: unexpected text \"text\" in /ds:Signature"),
            (
                signature(
                    "<KeyInfo><KeyInfoReference xmlns='http://www.w3.org/2009/xmldsig11#' URI=''> </KeyInfoReference></KeyInfo>",
                ),
                "Unknown: unexpected text \"\" in /ds:Signature/ds:KeyInfo/dsig11:KeyInfoReference",
            ),
            (
                feed(
                    "<g:UsagePoint><g:extension xsi:nil='true' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'/></g:UsagePoint>",
                ),
                "Unknown: unexpected attribute xsi:nil in /atom:feed/atom:entry/espi:UsagePoint/espi:extension",
            ),
            (signature("<Object b='1'/>"), "Unknown: unexpected attribute b in /ds:Signature/ds:Object"),
            (
                signature("<Object Id='1'/>"),
                "Value: \"1\" is not of its type for Id in /ds:Signature/ds:Object",
            ),
            (
                signature("<Object Id='a'/><Object Id='a'/>"),
                "Value: the Id \"a\" stands twice in /ds:Signature/ds:Object",
            ),
            (
                ds.replacen(" Algorithm='urn:x'", "", 1),
                "Missing: missing attribute Algorithm in /ds:Signature/ds:SignedInfo/ds:CanonicalizationMethod",
            ),
            (
                ds.replacen("QUJD", "Q", 1),
                "Value: \"Q\" is not of its type in /ds:Signature/ds:SignedInfo/ds:Reference/ds:DigestValue",
            ),
            (
                ds.replacen("QUJD", "<x/>", 1),
                "Unknown: unexpected element ds:x in /ds:Signature/ds:SignedInfo/ds:Reference/ds:DigestValue",
            ),
            (feed("<x xmlns='urn:x'/>"), "Unknown: unexpected element x in /atom:feed/atom:entry"),
            (
                feed("<content><g:ReadingType><g:kind>-1</g:kind></g:ReadingType></content>"),
                "Value: \"-1\" is not of its type in /atom:feed/atom:entry/atom:content/espi:ReadingType/espi:kind",
            ),
        ] {
            assert_eq!(check(&part).unwrap_err(), fault, "{part}");
        }
    }
}
