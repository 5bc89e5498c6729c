//! Splits a start tag into its attributes.

use std::borrow::Cow;

use smallvec::SmallVec;

use crate::lexical::{is_ncname, is_space};
use crate::name::{Key, NONE, Name};
use crate::references;

/// An attribute as it stands in the document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RawAttribute<'i> {
    pub(crate) name: &'i str,
    pub(crate) value: &'i str,
    /// How long the prefix is; 0 where there is none.
    pub(crate) prefix_len: usize,
    /// Of the name without its prefix.
    pub(crate) key: Key,
    /// Whether the value stands for itself: it has neither references nor white space other than blanks.
    plain: bool,
    /// Set when resolved.
    pub(crate) ns: u8,
    /// Set when resolved to a namespace that the dialect does not know: [`crate::bindings::Binding::first`].
    pub(crate) other: usize,
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

    /// Whether it is called so.
    #[inline]
    pub(crate) fn is(&self, name: &Name) -> bool {
        self.key == name.key && self.ns == name.ns && (name.key.is_whole() || self.local() == name.local)
    }

    /// The value with its references resolved, which [`split`] has checked.
    #[inline]
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

const XMLNS: Key = Key::of("xmlns");

/// A tag's attributes; as many as most document elements have declarations stand without an allocation.
pub(crate) type Attributes<'i> = SmallVec<[RawAttribute<'i>; 16]>;

/// A fault in a tag: what, and the part of the document that starts where it is.
pub(crate) type Fault<'i> = (String, &'i str);

/// Splits `text`, which follows the name in a start tag.
pub(crate) fn split<'i>(text: &'i str, limit: usize, into: &mut Attributes<'i>) -> Result<(), Fault<'i>> {
    into.clear();
    let mut here = 0;
    loop {
        here = split_plain(text, here, limit, into);
        let rest = text[here..].trim_start_matches(is_space);
        if rest.is_empty() {
            return Ok(());
        }
        if rest.len() == text.len() - here {
            return Err(("attributes must be apart from what precedes them".to_owned(), rest));
        }
        if into.len() == limit {
            return Err((String::new(), rest));
        }
        let attribute = any_attribute(rest)?;
        here = offset(attribute.value, text) + attribute.value.len() + 1;
        into.push(attribute);
    }
}

/// Splits from `here` on while attributes are as nearly all are: a name of ASCII characters, an equals sign, and at once
/// a value that stands for itself. Returns how far it came.
pub(crate) fn split_plain<'i>(
    text: &'i str,
    mut here: usize,
    limit: usize,
    into: &mut Attributes<'i>,
) -> usize {
    let bytes = text.as_bytes();
    while into.len() < limit {
        let (start, _) = after_blanks(bytes, here);
        let Some((local, name_end)) = plain_name(bytes, start) else { break };
        let [b'=', quote @ (b'"' | b'\''), rest @ ..] = &bytes[name_end..] else { break };
        let Some(len) = plain_len(rest) else { break };
        if rest[len] != *quote || start == here {
            break;
        }
        let value = name_end + 2;
        here = value + len + 1;
        into.push(RawAttribute {
            name: &text[start..name_end],
            value: &text[value..value + len],
            prefix_len: (local - start).saturating_sub(1),
            key: Key::of_first(&bytes[local..], name_end - local),
            plain: true,
            ns: NONE,
            other: 0,
            taken: false,
        });
    }
    here
}

/// How long the part of a value is that stands for itself, if something follows it.
#[inline]
fn plain_len(text: &[u8]) -> Option<usize> {
    // Without early exit a chunk is a handful of vector instructions.
    let is_plain = |chunk: &&[u8; 16]| {
        let special = |b: u8| (b < b' ') | (b == b'"') | (b == b'\'') | (b == b'&') | (b == b'<');
        !chunk.iter().fold(false, |any, b| any | special(*b))
    };
    let skipped = 16 * text.as_chunks().0.iter().take_while(is_plain).count();
    text[skipped..].iter().position(|byte| class(*byte) == SPECIAL).map(|len| skipped + len)
}

/// Whether no attribute has a prefix, declares a namespace or stands twice: [`crate::bindings::Bindings::declare`] has nothing to do.
pub(crate) fn are_simple(attributes: &[RawAttribute<'_>]) -> bool {
    let mut seen = 0;
    let mut may_repeat = false;
    for attribute in attributes {
        if attribute.prefix_len != 0 || attribute.key == XMLNS {
            return false;
        }
        let bit = 1_u64 << attribute.key.spread();
        may_repeat |= seen & bit != 0;
        seen |= bit;
    }
    let repeats =
        |(index, one): (usize, &RawAttribute<'_>)| attributes[..index].iter().any(|a| a.key == one.key);
    !(may_repeat && attributes.iter().enumerate().any(repeats))
}

/// Where the local part of the name begins that starts `here`, and where the name ends, if all its characters are ASCII
/// and something follows it.
#[inline]
pub(crate) fn plain_name(bytes: &[u8], here: usize) -> Option<(usize, usize)> {
    let end = plain_ncname(bytes, here)?;
    if bytes[end] != b':' {
        return Some((here, end));
    }
    Some((end + 1, plain_ncname(bytes, end + 1)?))
}

/// The attribute that `text` starts with, whatever it is.
#[cold]
fn any_attribute(text: &str) -> Result<RawAttribute<'_>, Fault<'_>> {
    let Some((name, after)) = text.split_once('=') else {
        return Err(("an attribute without a value".to_owned(), text));
    };
    let name = name.trim_end_matches(is_space);
    let quoted = after.trim_start_matches(is_space);
    let Some(quote @ ('"' | '\'')) = quoted.chars().next() else {
        return Err((format!("the value of {name} is not in quotes"), text));
    };
    let Some((value, _)) = quoted[1..].split_once(quote) else {
        return Err((format!("the value of {name} does not end"), text));
    };
    let (prefix, local) = name.split_once(':').unwrap_or(("", name));
    let has_prefix = local.len() != name.len();
    if !is_ncname(local) || (has_prefix && !is_ncname(prefix)) {
        return Err((format!("{name:?} is not a name"), text));
    }
    if let Some(lt) = value.find('<') {
        return Err((format!("the value of {name} holds a bare <"), &value[lt..]));
    }
    references::resolve_attribute(value).map_err(|(what, within)| (what, &value[within..]))?;
    Ok(RawAttribute {
        name,
        value,
        prefix_len: prefix.len(),
        key: Key::of(local),
        plain: false,
        ns: NONE,
        other: 0,
        taken: false,
    })
}

/// Where the name without a colon ends that starts `here` and is followed by something, if all its characters are ASCII.
#[inline]
fn plain_ncname(bytes: &[u8], here: usize) -> Option<usize> {
    let name = bytes.get(here..)?;
    if class(*name.first()?) != START {
        return None;
    }
    name.iter().position(|byte| class(*byte) > INSIDE).map(|len| here + len)
}

/// A byte that a name can start with.
const START: u8 = 0;
/// A byte that can stand further on in a name.
const INSIDE: u8 = 1;
/// A byte that can stand in a value only.
const VALUE: u8 = 2;
/// A byte that ends a value, or has to be looked at in one.
const SPECIAL: u8 = 3;

fn class(byte: u8) -> u8 {
    CLASSES[usize::from(byte)]
}

/// What each byte can be, as far as names of ASCII characters go.
static CLASSES: [u8; 256] = {
    let mut classes = [VALUE; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        classes[byte as usize] = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => START,
            b'0'..=b'9' | b'-' | b'.' => INSIDE,
            b'"' | b'\'' | b'&' | b'<' | 0..b' ' => SPECIAL,
            _ => VALUE,
        };
        byte += 1;
    }
    classes
};

/// Where a part of a text starts in it.
pub(crate) fn offset(part: &str, text: &str) -> usize {
    part.as_ptr().addr() - text.as_ptr().addr()
}

/// Where the white space that starts `here` ends, and what follows.
#[inline]
pub(crate) fn after_blanks(bytes: &[u8], here: usize) -> (usize, &[u8]) {
    let rest = bytes.get(here..).unwrap_or_default();
    let len = rest.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r')).count();
    (here + len, &rest[len..])
}
