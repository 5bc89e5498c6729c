//! Namespaces and names: what a message crate writes down once.
//!
//! ```
//! use xml_wire::{Name, Namespace};
//!
//! const EI: Namespace = Namespace::new(0, "ei", "http://docs.oasis-open.org/ns/energyinterop/201110");
//! const EVENT_ID: Name = Name::qualified(EI, "ei:eventID");
//! assert_eq!(EVENT_ID.local(), "eventID");
//! ```

/// The most namespaces one [`Dialect`] can hold.
pub const MAX_NAMESPACES: usize = 32;

/// No namespace at all, as for UFTP's elements and for unprefixed attributes.
pub(crate) const NONE: u8 = 255;
/// A namespace that the dialect does not know.
pub(crate) const OTHER: u8 = 254;
/// `http://www.w3.org/2001/XMLSchema-instance`.
pub(crate) const XSI: u8 = 253;
/// `http://www.w3.org/XML/1998/namespace`.
pub(crate) const XML: u8 = 252;

pub(crate) const XSI_URI: &str = "http://www.w3.org/2001/XMLSchema-instance";
pub(crate) const XML_URI: &str = "http://www.w3.org/XML/1998/namespace";
pub(crate) const XMLNS_URI: &str = "http://www.w3.org/2000/xmlns/";

/// A namespace with the prefix that is conventional for it.
///
/// Peers may use any prefix; the conventional one is written, and named in errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Namespace {
    pub(crate) index: u8,
    pub(crate) prefix: &'static str,
    pub(crate) uri: &'static str,
}

impl Namespace {
    /// A namespace that stands at `index` in its dialect's list.
    ///
    /// # Panics
    /// When `index` is not below [`MAX_NAMESPACES`]; in a constant that is a compile error.
    pub const fn new(index: u8, prefix: &'static str, uri: &'static str) -> Self {
        assert!((index as usize) < MAX_NAMESPACES, "too many namespaces in one dialect");
        Self { index, prefix, uri }
    }

    /// Checks at compile time that each namespace stands where its index says.
    ///
    /// # Panics
    /// When one does not; call it as `const _: () = Namespace::check(ALL);`.
    pub const fn check(all: &[Self]) {
        let mut i = 0;
        while i < all.len() {
            assert!(all[i].index as usize == i, "a namespace's index is not its place in the list");
            i += 1;
        }
    }

    /// The conventional prefix, without the colon.
    pub const fn prefix(&self) -> &'static str {
        self.prefix
    }

    /// The namespace name.
    pub const fn uri(&self) -> &'static str {
        self.uri
    }
}

/// The name of an element or attribute, as the standard writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name {
    pub(crate) ns: u8,
    pub(crate) qualified: &'static str,
    pub(crate) local: &'static str,
    /// Of the local name.
    pub(crate) key: Key,
}

/// A name's namespace and how it begins: [`Name::is`] compares the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShortName {
    pub(crate) ns: u8,
    /// Of the local name.
    pub(crate) key: Key,
}

/// The first eight bytes of a name, to compare most names without a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key(u64);

impl Key {
    /// The key of no name.
    pub(crate) const NONE: Self = Self(u64::MAX);

    pub(crate) const fn of(name: &str) -> Self {
        Self::of_first(name.as_bytes(), name.len())
    }

    /// The key of the name that is the first `len` of these bytes.
    #[inline]
    pub(crate) const fn of_first(bytes: &[u8], len: usize) -> Self {
        if len > 0
            && let Some(eight) = bytes.first_chunk()
        {
            let unused = 64 - if len < 8 { 8 * len as u32 } else { 64 };
            return Self((u64::from_le_bytes(*eight) << unused) >> unused);
        }
        let (mut key, mut at) = (0, 0);
        while at < len {
            key |= (bytes[at] as u64) << (8 * at);
            at += 1;
        }
        Self(key)
    }

    /// Whether only one name has this key: one of less than eight bytes, as no name has a zero byte.
    pub(crate) const fn is_whole(self) -> bool {
        self.0 >> 56 == 0
    }

    /// A number below 64, most often another one for another key.
    pub(crate) const fn spread(self) -> u32 {
        // The multiplier is 2^64 divided by the golden ratio.
        (self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 58) as u32
    }
}

impl Name {
    /// A name in `namespace`; `qualified` starts with the namespace's prefix and a colon.
    ///
    /// # Panics
    /// When the prefix is another one; in a constant that is a compile error.
    pub const fn qualified(namespace: Namespace, qualified: &'static str) -> Self {
        let prefix = namespace.prefix.as_bytes();
        let bytes = qualified.as_bytes();
        let mut i = 0;
        while i < prefix.len() {
            assert!(bytes[i] == prefix[i], "the name does not start with its namespace's prefix");
            i += 1;
        }
        assert!(bytes[i] == b':', "the name does not start with its namespace's prefix and a colon");
        let local = qualified.split_at(prefix.len() + 1).1;
        Self { ns: namespace.index, qualified, local, key: Key::of(local) }
    }

    /// A name in no namespace.
    pub const fn plain(name: &'static str) -> Self {
        Self { ns: NONE, qualified: name, local: name, key: Key::of(name) }
    }

    /// The name with its conventional prefix, such as `ei:eventID`.
    pub const fn as_str(&self) -> &'static str {
        self.qualified
    }

    /// Whether it is the name that is this in short, and without its prefix `local`.
    #[inline]
    pub fn is(&self, short: ShortName, local: &str) -> bool {
        self.key == short.key && self.ns == short.ns && (self.key.is_whole() || self.local == local)
    }

    /// The name without prefix, such as `eventID`.
    pub const fn local(&self) -> &'static str {
        self.local
    }
}

/// What a family of messages has in common: its namespaces, and where its schema narrows XSD's own lexical forms.
///
/// The two patterns are asked in strict mode only; lenient reading accepts all that [`crate::DateTime`] and
/// [`crate::Duration`] can hold.
#[derive(Debug, Clone, Copy)]
pub struct Dialect {
    /// In the order of their indices.
    pub namespaces: &'static [Namespace],
    /// Whether the schema accepts this text (surrounding white space already removed) as a date and time.
    pub is_date_time: fn(&str) -> bool,
    /// Whether the schema accepts this text, exactly as it stands, as a duration.
    pub is_duration: fn(&str) -> bool,
}

impl Dialect {
    pub(crate) fn namespace_of(&self, uri: &str) -> u8 {
        match self.namespaces.iter().find(|ns| ns.uri == uri) {
            Some(ns) => ns.index,
            None if uri.is_empty() => NONE,
            None if uri == XSI_URI => XSI,
            None if uri == XML_URI => XML,
            None => OTHER,
        }
    }

    pub(crate) fn prefix_of(&self, ns: u8) -> Option<&'static str> {
        match ns {
            XSI => Some("xsi"),
            XML => Some("xml"),
            _ => self.namespaces.get(usize::from(ns)).map(|ns| ns.prefix),
        }
    }
}
