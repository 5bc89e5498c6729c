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
    /// How long the prefix is; 0 where there is none.
    prefix_len: usize,
    /// Whether the value stands for itself: it has neither references nor white space other than blanks.
    plain: bool,
    /// Set when resolved.
    pub(crate) ns: u8,
    /// Whether the typed message has taken it.
    pub(crate) taken: bool,
}

impl<'i> RawAttribute<'i> {
    pub(crate) fn prefix(&self) -> &'i str {
        &self.name[..self.prefix_len]
    }

    pub(crate) fn local(&self) -> &'i str {
        if self.prefix_len == 0 { self.name } else { &self.name[self.prefix_len + 1..] }
    }

    /// The value with its references resolved, which [`split`] has checked.
    pub(crate) fn text(&self) -> Cow<'i, str> {
        if self.plain {
            return Cow::Borrowed(self.value);
        }
        references::resolve_attribute(self.value).unwrap_or(Cow::Borrowed(self.value))
    }

    /// The prefix this attribute declares, if it is a namespace declaration.
    pub(crate) fn declares(&self) -> Option<&'i str> {
        match self.prefix() {
            "xmlns" => Some(self.local()),
            "" if self.name == "xmlns" => Some(""),
            _ => None,
        }
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
    let bytes = text.as_bytes();
    let mut here = 0;
    loop {
        let blanks = blanks(&bytes[here..]);
        here += blanks;
        if here == bytes.len() {
            return Ok(());
        }
        let name_at = at + here;
        if blanks == 0 {
            return Err(("attributes must be apart from what precedes them".to_owned(), name_at));
        }
        if into.len() == limit {
            return Err((String::new(), name_at));
        }
        let (name, prefix_len) = match plain_name(&bytes[here..]) {
            Some((len, prefix_len)) => {
                let name = &text[here..here + len];
                here += len + 1;
                (name, Some(prefix_len))
            }
            None => {
                let Some(equals) = bytes[here..].iter().position(|b| *b == b'=') else {
                    return Err(("an attribute without a value".to_owned(), name_at));
                };
                let name = text[here..here + equals].trim_end_matches(crate::lexical::is_space);
                here += equals + 1;
                (name, name_prefix(name))
            }
        };
        here += self::blanks(&bytes[here..]);
        let Some(quote @ (b'"' | b'\'')) = bytes.get(here).copied() else {
            return Err((format!("the value of {name} is not in quotes"), name_at));
        };
        here += 1;
        let Some(len) = memchr::memchr(quote, &bytes[here..]) else {
            return Err((format!("the value of {name} does not end"), name_at));
        };
        let (value, value_at) = (&text[here..here + len], at + here);
        here += len + 1;
        let Some(prefix_len) = prefix_len else {
            return Err((format!("{name:?} is not a name"), name_at));
        };
        let plain = is_plain(value);
        if !plain {
            if let Some(lt) = value.find('<') {
                return Err((format!("the value of {name} holds a bare <"), value_at + lt));
            }
            references::resolve_attribute(value).map_err(|(what, within)| (what, value_at + within))?;
        }
        into.push(RawAttribute {
            name,
            value,
            at: name_at,
            value_at,
            prefix_len,
            plain,
            ns: NONE,
            taken: false,
        });
    }
}

/// The length of the name that `text` starts with, if an equals sign follows it at once and all its characters are
/// ASCII, and the length of its prefix: so stand nearly all names.
fn plain_name(text: &[u8]) -> Option<(usize, usize)> {
    let (mut colon, mut allowed) = (0, START);
    for (at, &byte) in text.iter().enumerate() {
        let class = CLASSES[usize::from(byte)];
        if class <= allowed {
            allowed = INSIDE;
        } else if byte == b'=' && allowed == INSIDE {
            return Some((at, colon));
        } else if byte == b':' && allowed == INSIDE && colon == 0 {
            (colon, allowed) = (at, START);
        } else {
            return None;
        }
    }
    None
}

/// A byte that a name can start with.
const START: u8 = 0;
/// A byte that can stand further on in a name.
const INSIDE: u8 = 1;

/// What each byte can be in a name of ASCII characters.
static CLASSES: [u8; 256] = {
    let mut classes = [2; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        classes[byte as usize] = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => START,
            b'0'..=b'9' | b'-' | b'.' => INSIDE,
            _ => 2,
        };
        byte += 1;
    }
    classes
};

/// The length of a name's prefix, 0 where there is none; `None` where it is no name.
fn name_prefix(name: &str) -> Option<usize> {
    match name.split_once(':') {
        Some((prefix, local)) => (is_ncname(prefix) && is_ncname(local)).then_some(prefix.len()),
        None => is_ncname(name).then_some(0),
    }
}

/// How much white space the text starts with.
fn blanks(text: &[u8]) -> usize {
    text.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r')).count()
}

/// Whether a value has no reference, no `<` and no white space other than blanks. Looks at every byte, as that is done
/// many at a time.
fn is_plain(value: &str) -> bool {
    !value.bytes().fold(false, |special, b| special | (b < b' ') | (b == b'&') | (b == b'<'))
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
    /// What short prefixes were resolved to by the declarations in force, each in its key's place.
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
        while self.all.len() > len {
            if let Some(gone) = self.all.pop() {
                self.forget(gone.key);
            }
        }
    }

    /// What was remembered about a prefix, or about one with the same place, holds no longer.
    fn forget(&mut self, key: u64) {
        self.recent[recent_place(key)] = NOTHING;
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
        let is_plain = |attribute: &RawAttribute<'_>| attribute.prefix_len == 0 && attribute.name != "xmlns";
        if !attributes.iter().all(is_plain) {
            self.declare_and_resolve(attributes, dialect)?;
        }
        for (index, attribute) in attributes.iter().enumerate().skip(1) {
            if attributes[..index].iter().any(|earlier| self.same(earlier, attribute)) {
                return Err((format!("attribute {} stands twice", attribute.name), attribute.at));
            }
        }
        Ok(())
    }

    fn declare_and_resolve(
        &mut self,
        attributes: &mut Attributes<'i>,
        dialect: &Dialect,
    ) -> Result<(), Fault> {
        let before = self.all.len();
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
            let key = key(prefix);
            self.forget(key);
            self.all.push(Binding { prefix, ns: dialect.namespace_of(&uri), uri, key });
        }
        attributes.retain(|attribute| attribute.declares().is_none());
        for attribute in attributes.iter_mut().filter(|attribute| attribute.prefix_len != 0) {
            let prefix = attribute.prefix();
            attribute.ns = self
                .resolve(prefix)
                .ok_or_else(|| (format!("prefix {prefix} is not declared"), attribute.at))?;
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
