//! Splits a start tag into its attributes, and keeps the namespace declarations in force.

use std::borrow::Cow;

use smallvec::SmallVec;

use crate::lexical::is_ncname;
use crate::name::{Dialect, NONE, OTHER, XML, XML_URI, XMLNS_URI};
use crate::references;

/// An attribute as it stands in the document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RawAttribute<'i> {
    pub(crate) name: &'i str,
    pub(crate) value: &'i str,
    /// Where the name starts in the document.
    pub(crate) at: usize,
    /// Where the value starts in the document.
    pub(crate) value_at: usize,
    /// Set when resolved.
    pub(crate) ns: u8,
    /// Whether the typed message has taken it.
    pub(crate) taken: bool,
}

impl<'i> RawAttribute<'i> {
    pub(crate) fn prefix(&self) -> &'i str {
        self.name.split_once(':').map_or("", |(prefix, _)| prefix)
    }

    pub(crate) fn local(&self) -> &'i str {
        self.name.split_once(':').map_or(self.name, |(_, local)| local)
    }

    /// The value with its references resolved, which [`split`] has checked.
    pub(crate) fn text(&self) -> Cow<'i, str> {
        references::resolve_attribute(self.value).unwrap_or(Cow::Borrowed(self.value))
    }

    /// The prefix this attribute declares, if it is a namespace declaration.
    pub(crate) fn declares(&self) -> Option<&'i str> {
        if self.name == "xmlns" { Some("") } else { self.name.strip_prefix("xmlns:") }
    }
}

/// A tag's attributes; as many as most document elements have declarations stand without an allocation.
pub(crate) type Attributes<'i> = SmallVec<[RawAttribute<'i>; 16]>;

/// A fault in a tag: what, and where in the document.
pub(crate) type Fault = (String, usize);

/// Splits `text`, which follows the name in a start tag and starts at `at` in the document.
pub(crate) fn split<'i>(
    text: &'i str,
    at: usize,
    limit: usize,
    into: &mut Attributes<'i>,
) -> Result<(), Fault> {
    into.clear();
    let mut rest = text;
    loop {
        let trimmed = rest.trim_start_matches(crate::lexical::is_space);
        let name_at = at + text.len() - trimmed.len();
        if trimmed.is_empty() {
            return Ok(());
        }
        if trimmed.len() == rest.len() {
            return Err(("attributes must be apart from what precedes them".to_owned(), name_at));
        }
        if into.len() == limit {
            return Err((String::new(), name_at));
        }
        let Some((name, tail)) = trimmed.split_once('=') else {
            return Err(("an attribute without a value".to_owned(), name_at));
        };
        let name = name.trim_end_matches(crate::lexical::is_space);
        let tail = tail.trim_start_matches(crate::lexical::is_space);
        let Some(quote @ ('"' | '\'')) = tail.chars().next() else {
            return Err((format!("the value of {name} is not in quotes"), name_at));
        };
        let Some((value, tail)) = tail[1..].split_once(quote) else {
            return Err((format!("the value of {name} does not end"), name_at));
        };
        let value_at = at + text.len() - tail.len() - 1 - value.len();
        let named = match name.split_once(':') {
            Some((prefix, local)) => is_ncname(prefix) && is_ncname(local),
            None => is_ncname(name),
        };
        if !named {
            return Err((format!("{name:?} is not a name"), name_at));
        }
        if let Some(lt) = value.find('<') {
            return Err((format!("the value of {name} holds a bare <"), value_at + lt));
        }
        if value.contains('&') {
            references::resolve_attribute(value).map_err(|(what, within)| (what, value_at + within))?;
        }
        into.push(RawAttribute { name, value, at: name_at, value_at, ns: NONE, taken: false });
        rest = tail;
    }
}

/// One namespace declaration in force.
#[derive(Debug, Clone)]
pub(crate) struct Binding<'i> {
    pub(crate) prefix: &'i str,
    pub(crate) uri: Cow<'i, str>,
    pub(crate) ns: u8,
    key: u64,
}

/// A number that two prefixes of less than eight bytes share only if they are equal, to compare without a call.
fn key(prefix: &str) -> u64 {
    prefix.bytes().take(8).fold(prefix.len() as u64, |key, byte| (key << 8) | u64::from(byte))
}

/// The namespace declarations in force, innermost last.
#[derive(Debug)]
pub(crate) struct Bindings<'i> {
    all: SmallVec<[Binding<'i>; 16]>,
    /// What short prefixes were resolved to since the declarations last changed, each in its key's place.
    recent: [Recent; RECENT],
}

/// A prefix's key and its namespace.
type Recent = (u64, u8);

const RECENT: usize = 16;

/// The key of no prefix: those of short ones start with their length.
const NOTHING: Recent = (u64::MAX, NONE);

/// Where a key is remembered.
fn recent_place(key: u64) -> usize {
    ((key ^ (key >> 8) ^ (key >> 17)) % RECENT as u64) as usize
}

impl<'i> Bindings<'i> {
    pub(crate) fn new() -> Self {
        let mut all = SmallVec::new();
        all.push(Binding { prefix: "xml", uri: Cow::Borrowed(XML_URI), ns: XML, key: key("xml") });
        Self { all, recent: [NOTHING; RECENT] }
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    /// Those declared since there were `outside`.
    pub(crate) fn since(&self, outside: usize) -> &[Binding<'i>] {
        &self.all[outside..]
    }

    pub(crate) fn truncate(&mut self, len: usize) {
        if len < self.all.len() {
            self.all.truncate(len);
            self.recent = [NOTHING; RECENT];
        }
    }

    /// The namespace of a prefix; `None` where it is not declared. No prefix is no namespace, unless declared.
    pub(crate) fn resolve(&mut self, prefix: &str) -> Option<u8> {
        let key = key(prefix);
        let place = recent_place(key);
        if prefix.len() < 8 && self.recent[place].0 == key {
            return Some(self.recent[place].1);
        }
        let ns = match self.binding(prefix) {
            Some(binding) => binding.ns,
            None if prefix.is_empty() => NONE,
            None => return None,
        };
        if prefix.len() < 8 {
            self.recent[place] = (key, ns);
        }
        Some(ns)
    }

    pub(crate) fn binding(&self, prefix: &str) -> Option<&Binding<'i>> {
        let key = key(prefix);
        let short = prefix.len() < 8;
        self.all.iter().rev().find(|binding| binding.key == key && (short || binding.prefix == prefix))
    }

    /// Where the declaration of a prefix stands among those in force, the outermost first.
    pub(crate) fn place(&self, prefix: &str) -> Option<usize> {
        self.all.iter().rposition(|binding| binding.prefix == prefix)
    }

    /// Takes the declarations out of a tag's attributes, then resolves the rest and refuses repeated ones.
    pub(crate) fn declare(
        &mut self,
        attributes: &mut Attributes<'i>,
        dialect: &Dialect,
    ) -> Result<(), Fault> {
        let before = self.all.len();
        self.recent = [NOTHING; RECENT];
        for attribute in attributes.iter() {
            let Some(prefix) = attribute.declares() else { continue };
            let uri = attribute.text();
            let reserved = uri == XML_URI || uri == XMLNS_URI || prefix == "xmlns" || prefix == "xml";
            if reserved && !(prefix == "xml" && uri == XML_URI) {
                return Err((format!("{} cannot be declared so", attribute.name), attribute.at));
            }
            if !prefix.is_empty() && uri.is_empty() {
                return Err((format!("{} cannot be undeclared", attribute.name), attribute.at));
            }
            if self.all[before..].iter().any(|binding| binding.prefix == prefix) {
                return Err((format!("attribute {} stands twice", attribute.name), attribute.at));
            }
            self.all.push(Binding { prefix, ns: dialect.namespace_of(&uri), uri, key: key(prefix) });
        }
        attributes.retain(|attribute| attribute.declares().is_none());
        for index in 0..attributes.len() {
            let attribute = attributes[index];
            let ns = match attribute.prefix() {
                "" => NONE,
                prefix => self
                    .resolve(prefix)
                    .ok_or_else(|| (format!("prefix {prefix} is not declared"), attribute.at))?,
            };
            attributes[index].ns = ns;
            if attributes[..index].iter().any(|earlier| self.same(earlier, &attributes[index])) {
                return Err((format!("attribute {} stands twice", attribute.name), attribute.at));
            }
        }
        Ok(())
    }

    fn same(&self, a: &RawAttribute<'_>, b: &RawAttribute<'_>) -> bool {
        let uri = |attribute: &RawAttribute<'_>| {
            self.binding(attribute.prefix()).map(|binding| binding.uri.as_ref())
        };
        a.ns == b.ns && a.local() == b.local() && (a.ns != OTHER || uri(a) == uri(b))
    }
}
