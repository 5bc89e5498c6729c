//! Keeps the namespace declarations in force.

use std::borrow::Cow;

use smallvec::SmallVec;

use crate::attributes::{Attributes, Fault, RawAttribute};
use crate::name::{Dialect, Key, NONE, OTHER, XML, XML_URI, XMLNS_URI};

/// One namespace declaration in force.
#[derive(Debug, Clone)]
pub(crate) struct Binding<'i> {
    pub(crate) prefix: &'i str,
    pub(crate) uri: Cow<'i, str>,
    pub(crate) ns: u8,
    /// Of the prefix.
    key: Key,
    /// Where the first declaration in force with the same namespace stands, if the dialect does not know that.
    first: usize,
}

/// The namespace declarations in force, innermost last.
#[derive(Debug)]
pub(crate) struct Bindings<'i> {
    all: SmallVec<[Binding<'i>; 16]>,
    /// What short prefixes were resolved to by the declarations in force, each in its key's place.
    recent: [Recent; RECENT],
}

/// A prefix's key and its namespace.
type Recent = (Key, u8);

const RECENT: usize = 16;

const NOTHING: Recent = (Key::NONE, NONE);

/// Where a key is remembered.
fn recent_place(key: Key) -> usize {
    key.spread() as usize % RECENT
}

impl<'i> Bindings<'i> {
    pub(crate) fn new() -> Self {
        let mut all = SmallVec::new();
        let (prefix, uri) = ("xml", Cow::Borrowed(XML_URI));
        all.push(Binding { prefix, uri, ns: XML, key: Key::of("xml"), first: 0 });
        Self { all, recent: [NOTHING; RECENT] }
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    /// Those declared since there were `outside`.
    pub(crate) fn since(&self, outside: usize) -> &[Binding<'i>] {
        &self.all[outside..]
    }

    #[inline]
    pub(crate) fn truncate(&mut self, len: usize) {
        while self.all.len() > len {
            if let Some(gone) = self.all.pop() {
                self.forget(gone.key);
            }
        }
    }

    /// What was remembered about a prefix, or about one with the same place, holds no longer.
    fn forget(&mut self, key: Key) {
        self.recent[recent_place(key)] = NOTHING;
    }

    /// The namespace of the prefix with that key; `None` where it is not declared. No prefix is no namespace, unless
    /// declared.
    #[inline]
    pub(crate) fn resolve<'a>(&mut self, key: Key, prefix: impl FnOnce() -> &'a str) -> Option<u8> {
        let recent = self.recent[recent_place(key)];
        if recent.0 == key && key.is_whole() {
            return Some(recent.1);
        }
        self.look_up(prefix(), key)
    }

    fn look_up(&mut self, prefix: &str, key: Key) -> Option<u8> {
        let ns = match self.binding(prefix) {
            Some(binding) => binding.ns,
            None if prefix.is_empty() => NONE,
            None => return None,
        };
        self.recent[recent_place(key)] = (key, ns);
        Some(ns)
    }

    pub(crate) fn binding(&self, prefix: &str) -> Option<&Binding<'i>> {
        let key = Key::of(prefix);
        let is_it =
            |binding: &&Binding<'_>| binding.key == key && (key.is_whole() || binding.prefix == prefix);
        self.all.iter().rev().find(is_it)
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
    ) -> Result<(), Fault<'i>> {
        self.declare_and_resolve(attributes, dialect)?;
        for (index, attribute) in attributes.iter().enumerate().skip(1) {
            if attributes[..index].iter().any(|earlier| same(earlier, attribute)) {
                return Err((format!("attribute {} stands twice", attribute.name), attribute.name));
            }
        }
        Ok(())
    }

    fn declare_and_resolve(
        &mut self,
        attributes: &mut Attributes<'i>,
        dialect: &Dialect,
    ) -> Result<(), Fault<'i>> {
        let before = self.all.len();
        for attribute in attributes.iter() {
            let Some(prefix) = attribute.declares() else { continue };
            let uri = attribute.text();
            let reserved = uri == XML_URI || uri == XMLNS_URI || prefix == "xmlns" || prefix == "xml";
            if reserved && !(prefix == "xml" && uri == XML_URI) {
                return Err((format!("{} cannot be declared so", attribute.name), attribute.name));
            }
            if !prefix.is_empty() && uri.is_empty() {
                return Err((format!("{} cannot be undeclared", attribute.name), attribute.name));
            }
            let key = Key::of(prefix);
            if self.all[before..].iter().any(|binding| binding.key == key && binding.prefix == prefix) {
                return Err((format!("attribute {} stands twice", attribute.name), attribute.name));
            }
            self.forget(key);
            let ns = dialect.namespace_of(&uri);
            let equal = |other: &Binding<'_>| other.ns == ns && other.uri == uri;
            let first = if ns == OTHER { self.all.iter().position(equal) } else { None };
            let first = first.unwrap_or(self.all.len());
            self.all.push(Binding { prefix, uri, ns, key, first });
        }
        attributes.retain(|attribute| attribute.declares().is_none());
        for attribute in attributes.iter_mut().filter(|attribute| attribute.prefix_len != 0) {
            let prefix = attribute.prefix();
            attribute.ns = self
                .resolve(Key::of(prefix), || prefix)
                .ok_or_else(|| (format!("prefix {prefix} is not declared"), attribute.name))?;
            if attribute.ns == OTHER {
                attribute.other = self.binding(prefix).map_or(0, |binding| binding.first);
            }
        }
        Ok(())
    }
}

/// Whether two attributes have one name.
fn same(a: &RawAttribute<'_>, b: &RawAttribute<'_>) -> bool {
    a.key == b.key && a.ns == b.ns && a.other == b.other && a.local() == b.local()
}
