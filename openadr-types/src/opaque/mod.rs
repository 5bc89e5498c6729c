//! What strict reading asks of parts that no type of this crate describes: signatures, Atom feeds with Green Button data,
//! and the components of an active period.
//!
//! Their types stand in a table, and a document is held against it piece by piece. What is asked is what the schema
//! decides: where it lets in elements of any namespace, those that are in the table are held against it, those that are
//! not are refused where they have to be known.
//!
//! The schema does not take in that of `dsp:ReplayProtect`, which is therefore left to those who verify signatures.
//!
//! All elements are asked, besides, for what XML Schema says of every one: names in `gml:id` and the like stand once, and
//! `xsi:type` calls an element by its type.
//!
//! **Interpretation:** elements of OpenADR's own namespaces are not looked into there, where no peer puts them.

mod declared;
mod model;
mod simple;
mod tables;

use std::collections::BTreeSet;

use xml_wire::{Decoder, Error, ErrorKind, Fault, Limits, Mark, Piece, Spot, Tag};

use self::model::{Content, Kind, Matching, Particle, Type};
use crate::ns;

/// Holds the opaque parts of a document, which was read strictly, against the schema.
///
/// # Errors
/// The first fault, and where it is.
pub(crate) fn check(document: &[u8], limits: Limits) -> Result<(), Error> {
    let mut checker = Checker { open: Vec::with_capacity(16), ids: BTreeSet::new() };
    Decoder::new(&ns::DIALECT).with_limits(limits).try_walk(document, |piece| checker.see(piece))
}

struct Checker<'i> {
    open: Vec<Open<'i>>,
    ids: BTreeSet<String>,
}

/// An element's namespace, as far as it makes a difference, and its local name.
type Name<'i> = (&'static str, &'i str);

/// An element whose end is still to come.
struct Open<'i> {
    name: Name<'i>,
    mode: Mode,
    children: Vec<Name<'i>>,
    /// Where each of them stands.
    marks: Vec<Mark>,
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

/// A namespace as one that lasts: itself if it is known, else one that stands for all others.
fn lasting(namespace: &str) -> &'static str {
    let known = ns::ALL.iter().map(xml_wire::Namespace::uri).chain(["", model::XHTML]);
    known.into_iter().find(|known| *known == namespace).unwrap_or("another")
}

impl<'i> Checker<'i> {
    fn see(&mut self, piece: Piece<'_, 'i>) -> Result<(), Fault> {
        match piece {
            Piece::Start(tag) => self.start(&tag),
            Piece::End => {
                let open = self.open.pop();
                open.map_or(Ok(()), |open| open.check())
            }
            Piece::Text(text) => self.text(&text),
            Piece::Instruction(_) => Ok(()),
        }
    }

    fn start(&mut self, tag: &Tag<'_, 'i>) -> Result<(), Fault> {
        let name = (lasting(tag.namespace()), local(tag.name()));
        let Some(mode) = self.mode(name) else {
            let what = format!("unexpected element {}", conventional(name, tag.name()));
            return Err(Fault::new(ErrorKind::Unknown, what, Spot::Stranger));
        };
        if let Some(Open { mode: Mode::Known(_), children, marks, .. }) = self.open.last_mut() {
            children.push(name);
            marks.push(tag.mark());
        }
        self.open.push(Open { name, mode, children: Vec::new(), marks: Vec::new(), text: String::new() });
        self.attributes(mode, tag)
    }

    /// What is asked of an element that stands next; `None` where it does not belong.
    fn mode(&self, name: Name<'_>) -> Option<Mode> {
        let global = || Type::global(name.0, name.1).map(Mode::Known);
        let Some(outer) = self.open.last() else { return Some(Mode::Typed) };
        let own = outer.name.0;
        match outer.mode {
            Mode::Typed if name.1 == "components" && outer.name.1 == "eiActivePeriod" => Some(Mode::Lax),
            Mode::Typed => Some(global().unwrap_or(Mode::Typed)),
            Mode::Lax => Some(global().unwrap_or(Mode::Lax)),
            Mode::Simple(_) => None,
            Mode::Known(Type { content: Content::Text(_), .. }) => None,
            Mode::Known(Type { content: Content::Elements { model, .. }, .. }) => {
                match model.find(name, own)? {
                    Particle::Element { kind: Kind::Simple(kind), .. } => Some(Mode::Simple(kind)),
                    Particle::Element { kind: Kind::Named(kind), .. } => {
                        Some(Mode::Known(Type::named(own, kind)))
                    }
                    Particle::Wildcard(wildcard) => {
                        let open = !wildcard.strict || Type::are_elsewhere(name.0);
                        global().or_else(|| open.then_some(Mode::Lax))
                    }
                    _ => None,
                }
            }
        }
    }

    fn attributes(&mut self, mode: Mode, tag: &Tag<'_, 'i>) -> Result<(), Fault> {
        let mut seen = Vec::new();
        for (index, (name, namespace, value)) in tag.attributes().enumerate() {
            let unexpected = || {
                let what = format!("unexpected attribute {name}");
                Err(Fault::new(ErrorKind::Unknown, what, Spot::Attribute(index)))
            };
            let kind = match (mode, namespace.as_ref()) {
                (Mode::Typed, uri) if uri == ns::OADR.uri() && local(name) == "Id" => "id",
                (Mode::Typed, uri) if uri == ns::GML.uri() && local(name) == "id" => "id",
                (mode, XSI) if local(name) == "type" => {
                    self.type_named(mode, tag, &value).ok_or_else(|| {
                        let what = format!("{:?} is not the type of {}", clip(&value), tag.name());
                        Fault::new(ErrorKind::Value, what, Spot::AttributeValue(index))
                    })?;
                    continue;
                }
                (_, XSI) if ["schemaLocation", "noNamespaceSchemaLocation"].contains(&local(name)) => {
                    continue;
                }
                // The only one of these that may be nil.
                (Mode::Lax, XSI) if local(name) == "nil" && local(tag.name()) == "components" => "boolean",
                (Mode::Typed, XSI) if local(name) != "nil" => return unexpected(),
                (Mode::Typed | Mode::Lax, _) => continue,
                (Mode::Known(kind), "") => match kind.attributes.iter().find(|(known, ..)| *known == name) {
                    Some((known, kind, _)) => {
                        seen.push(*known);
                        *kind
                    }
                    None if kind.any_attribute => continue,
                    None => return unexpected(),
                },
                (Mode::Known(kind), uri) if kind.any_attribute && (uri != XSI || local(name) != "nil") => {
                    continue;
                }
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
            let refused = |what| Err(Fault::new(ErrorKind::Value, what, Spot::AttributeValue(index)));
            if !simple::is_of(kind, &value) {
                return refused(format!("{:?} is not of its type for {name}", clip(&value)));
            }
            if kind == "id" && !self.ids.insert(xml_wire::lexical::collapse(&value).to_owned()) {
                return refused(format!("the {name} {:?} stands twice", clip(&value)));
            }
        }
        let Mode::Known(kind) = mode else { return Ok(()) };
        match kind.attributes.iter().find(|(name, _, required)| *required && !seen.contains(name)) {
            Some((name, ..)) => {
                Err(Fault::new(ErrorKind::Missing, format!("missing attribute {name}"), Spot::Tag))
            }
            None => Ok(()),
        }
    }

    /// What an `xsi:type` says, where it is a name and may stand there.
    ///
    /// An element of a more general type then has the name of the particular one.
    fn type_named(&mut self, mode: Mode, tag: &Tag<'_, 'i>, value: &str) -> Option<()> {
        let name = xml_wire::lexical::collapse(value);
        let (prefix, kind) = name.split_once(':').unwrap_or(("", name));
        let namespace = tag.namespace_of(prefix)?;
        let (own, around) = self.open.split_last_mut()?;
        let outer = around.last().map_or(("", ""), |outer| outer.name);
        let fits = match mode {
            Mode::Typed => declared::admits(own.name, outer, namespace, kind),
            Mode::Lax | Mode::Known(Type { any_attribute: true, .. }) => declared::is_known(namespace, kind),
            Mode::Simple("string") => declared::is_text(namespace, kind),
            Mode::Known(Type { content: Content::Text("string"), attributes, with_xml: false, .. })
                if attributes.is_empty() =>
            {
                declared::is_text(namespace, kind)
            }
            Mode::Known(_) | Mode::Simple(_) => {
                namespace == own.name.0 && kind.strip_suffix("Type").unwrap_or(kind) == own.name.1
            }
        };
        if let Some(particular) = declared::particular(own.name, kind) {
            own.name.1 = particular;
        }
        fits.then_some(())
    }

    fn text(&mut self, text: &str) -> Result<(), Fault> {
        let Some(open) = self.open.last_mut() else { return Ok(()) };
        match open.mode {
            Mode::Typed | Mode::Lax => {}
            Mode::Known(Type { content: Content::Elements { mixed: true, .. }, .. }) => {}
            Mode::Simple(_) | Mode::Known(Type { content: Content::Text(_), .. }) => open.text.push_str(text),
            Mode::Known(kind) if !kind.is_empty() && xml_wire::lexical::collapse(text).is_empty() => {}
            Mode::Known(_) => {
                let what = format!("unexpected text {:?}", clip(xml_wire::lexical::collapse(text)));
                return Err(Fault::new(ErrorKind::Unknown, what, Spot::Piece));
            }
        }
        Ok(())
    }
}

impl Open<'_> {
    /// Checks what has come of an element.
    fn check(&self) -> Result<(), Fault> {
        let model = match self.mode {
            Mode::Typed | Mode::Lax => return Ok(()),
            Mode::Simple(kind) | Mode::Known(&Type { content: Content::Text(kind), .. }) => {
                if simple::is_of(kind, &self.text) {
                    return Ok(());
                }
                let what = format!("{:?} is not of its type", clip(&self.text));
                return Err(Fault::new(ErrorKind::Value, what, Spot::Content));
            }
            Mode::Known(Type { content: Content::Elements { model, .. }, .. }) => model,
        };
        let mut matching = Matching { own: self.name.0, children: &self.children, next: 0, wanted: None };
        let whole = matching.take(model);
        match self.children.get(matching.next) {
            Some(name) => {
                let what = format!("{} may not stand there", conventional(*name, name.1));
                let at = self.marks.get(matching.next).map_or(Spot::Tag, |mark| Spot::Tagged(*mark));
                Err(Fault::new(ErrorKind::Order, what, at))
            }
            None if whole => Ok(()),
            None => {
                let wanted = matching.wanted.map(|local| conventional((self.name.0, local), local));
                let what = format!("missing {}", wanted.as_deref().unwrap_or("an element"));
                Err(Fault::new(ErrorKind::Missing, what, Spot::Piece))
            }
        }
    }
}

/// A name with the prefix that is conventional for its namespace; as it is written where there is none.
fn conventional((namespace, local): Name<'_>, written: &str) -> String {
    match ns::ALL.iter().find(|ns| ns.uri() == namespace) {
        Some(ns) => format!("{}:{local}", ns.prefix()),
        None => written.to_owned(),
    }
}

/// As much of a text as an error shows.
fn clip(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is wrong with a part, the path to it, and the text where it is.
    fn check(part: &str) -> Result<(), String> {
        let document = format!("<p>\n{part}</p>");
        super::check(document.as_bytes(), Limits::default()).map_err(|error| {
            let line = document.lines().nth(error.line() as usize - 1).unwrap();
            let here: String = line.chars().skip(error.column() as usize - 1).take(14).collect();
            format!("{:?}: {} in {} at {here}", error.kind(), error.what(), error.path())
        })
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

    /// An element of a message, where prefixes are declared.
    fn message(element: &str) -> String {
        format!(
            "<x xmlns:e='{}' xmlns:g='{}' xmlns:x='{XSI}' xmlns:s='http://www.w3.org/2001/XMLSchema'>{element}</x>",
            ns::EI.uri(),
            ns::GML.uri()
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
            message("<e:venID x:type='s:string' x:schemaLocation='urn:x x.xsd' e:unknown='1'/>"),
            message("<e:eiTarget x:type='e:EiTargetType'/>"),
            message("<a xmlns='http://www.opengis.net/gml/3.2'><b g:id='a'/><b g:id='b'/></a>"),
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
                "Missing: missing ds:SignatureValue in /p/ds:Signature at </Signature></",
            ),
            (
                signature("<KeyInfo/>"),
                "Missing: missing an element in /p/ds:Signature/ds:KeyInfo at <KeyInfo/></Si",
            ),
            (
                signature("<x xmlns='urn:x'/>"),
                "Unknown: unexpected element x in /p/ds:Signature at <x xmlns='urn:",
            ),
            (
                signature("<KeyInfo><KeyName/></KeyInfo><KeyInfo><KeyName>2</KeyName></KeyInfo>"),
                "Order: ds:KeyInfo may not stand there in /p/ds:Signature at <KeyInfo><KeyN",
            ),
            (signature(" \ntext"), "Unknown: unexpected text \"text\" in /p/ds:Signature at text</Signatur"),
            (
                signature(
                    "<KeyInfo><KeyInfoReference xmlns='http://www.w3.org/2009/xmldsig11#' URI=''> </KeyInfoReference></KeyInfo>",
                ),
                "Unknown: unexpected text \"\" in /p/ds:Signature/ds:KeyInfo/dsig11:KeyInfoReference at  </KeyInfoRefe",
            ),
            (
                feed(
                    "<g:UsagePoint><g:extension xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:nil='true'/></g:UsagePoint>",
                ),
                "Unknown: unexpected attribute xsi:nil in /p/atom:feed/atom:entry/espi:UsagePoint/espi:extension at xsi:nil='true'",
            ),
            (
                signature("<Object b='1'/>"),
                "Unknown: unexpected attribute b in /p/ds:Signature/ds:Object at b='1'/></Signa",
            ),
            (
                signature("<Object Id='1'/>"),
                "Value: \"1\" is not of its type for Id in /p/ds:Signature/ds:Object at 1'/></Signatur",
            ),
            (
                signature("<Object Id='a'/><Object MimeType='>' Id='a'/>"),
                "Value: the Id \"a\" stands twice in /p/ds:Signature/ds:Object at a'/></Signatur",
            ),
            (
                ds.replacen(" Algorithm='urn:x'", "", 1),
                "Missing: missing attribute Algorithm in /p/ds:Signature/ds:SignedInfo/ds:CanonicalizationMethod at <Canonicalizat",
            ),
            (
                ds.replacen("QUJD", "Q", 1),
                "Value: \"Q\" is not of its type in /p/ds:Signature/ds:SignedInfo/ds:Reference/ds:DigestValue at Q</DigestValue",
            ),
            (
                signature(
                    "<KeyInfo Id='i'><X509Data><X509Certificate>\n <!-- > -->Q&#65;</X509Certificate></X509Data></KeyInfo>",
                ),
                "Value: \"\\n QA\" is not of its type in /p/ds:Signature/ds:KeyInfo/ds:X509Data/ds:X509Certificate at <!-- > -->Q&#6",
            ),
            (
                ds.replacen("QUJD", "<x/>", 1),
                "Unknown: unexpected element ds:x in /p/ds:Signature/ds:SignedInfo/ds:Reference/ds:DigestValue at <x/></DigestVa",
            ),
            (
                message("<e:venID x:own='1'/>"),
                "Unknown: unexpected attribute x:own in /p/x/ei:venID at x:own='1'/></x",
            ),
            (
                message("<e:venID x:type='e:EiTargetType'/>"),
                "Value: \"e:EiTargetType\" is not the type of e:venID in /p/x/ei:venID at e:EiTargetType",
            ),
            (
                message("<e:venID x:type='u:string'/>"),
                "Value: \"u:string\" is not the type of e:venID in /p/x/ei:venID at u:string'/></x",
            ),
            (
                message("<g:a g:id='i'/><g:b g:id=' i'/>"),
                "Value: the g:id \" i\" stands twice in /p/x/gml:b at  i'/></x></p>",
            ),
            (
                feed("<x xmlns='urn:x'/>"),
                "Unknown: unexpected element x in /p/atom:feed/atom:entry at <x xmlns='urn:",
            ),
            (
                feed("<content><g:ReadingType><g:kind>-1</g:kind></g:ReadingType></content>"),
                "Value: \"-1\" is not of its type in /p/atom:feed/atom:entry/atom:content/espi:ReadingType/espi:kind at -1</g:kind></g",
            ),
        ] {
            assert_eq!(check(&part).unwrap_err(), fault, "{part}");
        }
    }
}
