//! The layer below: one token at a time, tags matched, prefixes resolved, limits kept, faults placed.
//!
//! What nearly all of a document is made of is taken here as it stands: tags whose names are ASCII and whose attribute
//! values stand for themselves, and the text between them. Whatever is less plain goes to the tokenizer.

use quick_xml::events::{BytesText, Event};

use super::{Open, Reader, Token, split_name};
use crate::attributes;
use crate::error::{Error, ErrorKind};
use crate::lexical::is_ncname;
use crate::name::Key;
use crate::references;

/// Namespaces are compared often, and a fragment repeats those it uses: a long one would be out of all proportion.
const LONGEST_NAMESPACE: usize = 1024;

/// An element's name as the document writes it, taken apart.
struct QualifiedName<'i> {
    text: &'i str,
    /// Where the part behind the prefix starts.
    local_at: usize,
    prefix_key: Key,
    /// Of the part behind the prefix.
    key: Key,
}

impl<'i> QualifiedName<'i> {
    fn prefix(&self) -> &'i str {
        &self.text[..self.local_at.saturating_sub(1)]
    }
}

impl<'i> Reader<'i> {
    /// The next token inside the innermost element.
    pub(super) fn token(&mut self) -> Result<Token<'i>, Error> {
        self.token_and(|_| {})
    }

    /// The next token inside the innermost element; processing instructions before it are shown.
    pub(super) fn token_and(&mut self, mut instruction: impl FnMut(&'i str)) -> Result<Token<'i>, Error> {
        if self.ended {
            return Ok(Token::End);
        }
        loop {
            self.at = self.position;
            match self.input.as_bytes().get(self.at..) {
                Some([b'<', b'/', ..]) if self.plain_end() => return Ok(Token::End),
                Some([b'<', ..]) if self.plain_start()? => return Ok(Token::Start),
                Some([first, ..]) if !matches!(first, b'<' | b'&') => return self.text_token(),
                _ => {}
            }
            return match self.event()? {
                Event::Text(_) => unreachable!("handled above"),
                Event::Start(start) => self.start(start.name().as_ref().len(), false).map(|()| Token::Start),
                Event::Empty(start) => self.start(start.name().as_ref().len(), true).map(|()| Token::Start),
                Event::End(end) => {
                    let expected = self.innermost().name;
                    if *end != *expected {
                        let what = format!("</{}> does not close <{expected}>", &*end);
                        return Err(self.error_at_token(ErrorKind::Syntax, what));
                    }
                    self.ended = true;
                    Ok(Token::End)
                }
                Event::CData(_) => Ok(Token::Data(&self.input[self.at + 9..self.position - 3])),
                Event::GeneralRef(name) => match references::character(&name) {
                    Some(character) => Ok(Token::Character(character)),
                    None => {
                        Err(self.error_at_token(ErrorKind::Syntax, format!("unknown reference &{};", &*name)))
                    }
                },
                Event::Comment(_) => continue,
                Event::PI(pi) => {
                    self.instruction(&pi)?;
                    instruction(&self.input[self.at + 2..self.position - 2]);
                    continue;
                }
                Event::DocType(_) => Err(self.doctype()),
                Event::Decl(_) => Err(self.misplaced_declaration()),
                Event::Eof => {
                    let what = format!("the document ends inside <{}>", self.innermost().name);
                    Err(self.error_at_token(ErrorKind::Syntax, what))
                }
            };
        }
    }

    /// Opens the element whose tag is next, if it is plain; else nothing is taken.
    pub(super) fn plain_start(&mut self) -> Result<bool, Error> {
        let bytes = self.input.as_bytes();
        let name_at = self.at + 1;
        if bytes.get(self.at) != Some(&b'<') {
            return Ok(false);
        }
        let Some((local, name_end)) = attributes::plain_name(bytes, name_at) else { return Ok(false) };
        self.attributes.clear();
        let (end, empty) = match bytes[name_end] {
            b'>' => (name_end + 1, false),
            _ => {
                let limit = self.limits.attributes;
                let end = attributes::split_plain(self.input, name_end, limit, &mut self.attributes);
                match attributes::after_blanks(bytes, end) {
                    (at, [b'>', ..]) => (at + 1, false),
                    (at, [b'/', b'>', ..]) => (at + 2, true),
                    _ => return Ok(false),
                }
            }
        };
        self.position = end;
        let name = QualifiedName {
            text: &self.input[name_at..name_end],
            local_at: local - name_at,
            prefix_key: Key::of_first(&bytes[name_at..], (local - name_at).saturating_sub(1)),
            key: Key::of_first(&bytes[local..], name_end - local),
        };
        self.open(name, empty).map(|()| true)
    }

    /// Takes the end tag that is next, if it is plain and the innermost element's.
    fn plain_end(&mut self) -> bool {
        let name = self.innermost().name;
        let rest = self.input.as_bytes().get(self.at + 2..).unwrap_or_default();
        let is_next = rest.get(name.len()) == Some(&b'>') && rest.get(..name.len()) == Some(name.as_bytes());
        if is_next {
            self.position = self.at + name.len() + 3;
            self.ended = true;
        }
        is_next
    }

    /// Takes all that stands in the innermost element, its end tag with it, if that is a text as it stands; else nothing
    /// is taken.
    pub(super) fn plain_content(&mut self) -> Option<&'i str> {
        if self.ended || !self.plain {
            return None;
        }
        self.at = self.position;
        let text = self.text_here();
        self.at += text.len();
        self.plain_end().then_some(text)
    }

    /// The token that is next, whatever it is.
    pub(super) fn event(&mut self) -> Result<Event<'i>, Error> {
        let text = self.text_here();
        if !text.is_empty() {
            self.position += text.len();
            return Ok(Event::Text(BytesText::from_escaped(text)));
        }
        let rest = &self.input[self.at..];
        let mut tokens = quick_xml::Reader::from_str(rest);
        let config = tokens.config_mut();
        // Names are compared here, where the path for the message is known.
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.check_comments = true;
        // The input is in memory, so its length fits.
        let place = |offset: u64| self.at + usize::try_from(offset).unwrap_or(rest.len());
        match tokens.read_event() {
            Ok(event) => {
                self.position = place(tokens.buffer_position());
                Ok(event)
            }
            Err(error) => {
                Err(self.error(ErrorKind::Syntax, error.to_string(), place(tokens.error_position())))
            }
        }
    }

    /// The text up to the next tag or reference; empty where there is none.
    fn text_here(&self) -> &'i str {
        let rest = &self.input[self.at..];
        match memchr::memchr2(b'<', b'&', rest.as_bytes()) {
            Some(len) => &rest[..len],
            None => rest,
        }
    }

    fn text_token(&mut self) -> Result<Token<'i>, Error> {
        let text = self.text_here();
        self.position = self.at + text.len();
        if !self.plain
            && let Some(at) = text.find("]]>")
        {
            return Err(self.error(ErrorKind::Syntax, "]]> in a text".to_owned(), self.at + at));
        }
        Ok(Token::Text(text))
    }

    /// Opens the element whose tag was looked at by the tokenizer and whose name is `len` long.
    pub(super) fn start(&mut self, len: usize, empty: bool) -> Result<(), Error> {
        let name_at = self.at + 1;
        let name = &self.input[name_at..name_at + len];
        let end = self.position - if empty { 2 } else { 1 };
        let limit = self.limits.attributes;
        match attributes::split(&self.input[name_at + len..end], limit, &mut self.attributes) {
            Err((what, _)) if what.is_empty() => return Err(self.limit("attributes on one tag", limit)),
            Err((what, part)) => return Err(self.error(ErrorKind::Syntax, what, self.offset(part))),
            Ok(()) => {}
        }
        let (prefix, local) = split_name(name);
        if !is_ncname(local) || (local.len() < name.len() && !is_ncname(prefix)) {
            return Err(self.error_at_token(ErrorKind::Syntax, format!("{name:?} is not a name")));
        }
        let local_at = name.len() - local.len();
        self.open(
            QualifiedName { text: name, local_at, prefix_key: Key::of(prefix), key: Key::of(local) },
            empty,
        )
    }

    /// Opens the element whose attributes are split.
    fn open(&mut self, name: QualifiedName<'i>, empty: bool) -> Result<(), Error> {
        self.elements += 1;
        if self.elements > self.limits.elements {
            return Err(self.limit("elements", self.limits.elements));
        }
        if self.open.len() == self.limits.depth {
            return Err(self.limit("elements open at once", self.limits.depth));
        }
        self.next_attribute = 0;
        let outside = self.bindings.len();
        if !attributes::are_simple(&self.attributes) {
            self.declare(outside)?;
        }
        let Some(ns) = self.bindings.resolve(name.prefix_key, || name.prefix()) else {
            let what = format!("prefix {} is not declared", name.prefix());
            return Err(self.error_at_token(ErrorKind::Syntax, what));
        };
        let QualifiedName { text, local_at, key, .. } = name;
        self.open.push(Open { name: text, local_at, key, ns, bindings: outside, at: self.at });
        self.ended = empty;
        Ok(())
    }

    /// Takes the namespace declarations out of the attributes, and resolves the rest.
    fn declare(&mut self, outside: usize) -> Result<(), Error> {
        match self.bindings.declare(&mut self.attributes, self.lexical.dialect) {
            Err((what, part)) => Err(self.error(ErrorKind::Syntax, what, self.offset(part))),
            Ok(()) if self.bindings.len() > self.limits.namespaces => {
                Err(self.limit("namespace declarations in force", self.limits.namespaces))
            }
            Ok(())
                if self
                    .bindings
                    .since(outside)
                    .iter()
                    .any(|binding| binding.uri.len() > LONGEST_NAMESPACE) =>
            {
                Err(self.limit("bytes in a namespace", LONGEST_NAMESPACE))
            }
            Ok(()) => Ok(()),
        }
    }

    pub(super) fn limit(&self, what: &str, limit: usize) -> Error {
        self.error_at_token(ErrorKind::Limit, format!("more than {limit} {what}"))
    }

    pub(crate) fn innermost(&self) -> &Open<'i> {
        self.open.last().expect("an element is open while its content is read")
    }

    /// Where a part of the document starts in it.
    pub(super) fn offset(&self, part: &str) -> usize {
        attributes::offset(part, self.input)
    }

    /// An error at the start tag of the innermost element, which is not part of the path.
    pub(crate) fn error_at_tag(&self, kind: ErrorKind, what: String) -> Error {
        let outer = &self.open[..self.open.len().saturating_sub(1)];
        self.error_in(kind, what, self.innermost().at, outer)
    }

    /// An error where the last token stands.
    pub(crate) fn error_here(&self, kind: ErrorKind, what: String) -> Error {
        self.error(kind, what, self.at)
    }

    pub(super) fn error_at_token(&self, kind: ErrorKind, what: String) -> Error {
        self.error(kind, what, self.at)
    }

    pub(crate) fn error(&self, kind: ErrorKind, what: String, at: usize) -> Error {
        self.error_in(kind, what, at, &self.open)
    }

    /// Where the innermost element's tag starts in the document.
    pub(super) fn place_of_tag(&self) -> usize {
        self.innermost().at
    }

    /// An error inside these elements.
    pub(super) fn error_in(&self, kind: ErrorKind, what: String, at: usize, open: &[Open<'_>]) -> Error {
        let path = open.iter().fold(String::new(), |path, open| path + "/" + &self.conventional(open));
        let (line, column) = place(self.input, at);
        Error::new(kind, what, path, line, column)
    }

    /// An error about an element that may be closed already, at its tag.
    pub(crate) fn error_of(&self, kind: ErrorKind, what: String, element: Open<'_>) -> Error {
        self.error_in(kind, what, element.at, &[element])
    }

    /// An element's name with its namespace's conventional prefix.
    pub(super) fn conventional(&self, open: &Open<'_>) -> String {
        match self.lexical.dialect.prefix_of(open.ns) {
            Some(prefix) => format!("{prefix}:{}", open.local()),
            None => open.name.to_owned(),
        }
    }
}

/// Line and column of a byte, both from 1, the column in characters.
pub(crate) fn place(input: &str, at: usize) -> (u32, u32) {
    let mut at = at.min(input.len());
    while !input.is_char_boundary(at) {
        at -= 1;
    }
    let before = &input[..at];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
    let column = before[line_start..].chars().count() + 1;
    (line.try_into().unwrap_or(u32::MAX), column.try_into().unwrap_or(u32::MAX))
}
