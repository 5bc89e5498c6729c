//! The layer below: one token at a time, tags matched, prefixes resolved, limits kept, faults placed.

use quick_xml::events::Event;

use super::{Open, Reader, Token, split_name};
use crate::attributes;
use crate::error::{Error, ErrorKind};
use crate::lexical::is_ncname;
use crate::references;

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
            self.at = self.position();
            let event = self.tokens.read_event();
            // The three that nearly all of a document is made of; by reference, as moving the event costs more than
            // looking at it.
            if let Ok(Event::Start(start)) = &event {
                let len = start.name().as_ref().len();
                return self.start(len, false).map(|()| Token::Start);
            }
            if let Ok(Event::Text(_)) = &event {
                return self.text_token();
            }
            if let Ok(Event::End(end)) = &event {
                let expected = self.innermost().name;
                if **end != *expected {
                    let what = format!("</{}> does not close <{expected}>", &**end);
                    return Err(self.error_at_token(ErrorKind::Syntax, what));
                }
                self.ended = true;
                return Ok(Token::End);
            }
            let event = match event {
                Ok(event) => event,
                Err(error) => return Err(self.token_error(&error)),
            };
            return match event {
                Event::Start(_) | Event::Text(_) | Event::End(_) => unreachable!("handled above"),
                Event::Empty(start) => {
                    let len = start.name().as_ref().len();
                    self.start(len, true).map(|()| Token::Start)
                }
                Event::CData(_) => Ok(Token::Data(&self.input[self.at + 9..self.position() - 3])),
                Event::GeneralRef(name) => match references::character(&name) {
                    Some(character) => Ok(Token::Character(character)),
                    None => {
                        Err(self.error_at_token(ErrorKind::Syntax, format!("unknown reference &{};", &*name)))
                    }
                },
                Event::Comment(_) => continue,
                Event::PI(pi) => {
                    self.instruction(&pi)?;
                    instruction(&self.input[self.at + 2..self.position() - 2]);
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

    fn text_token(&self) -> Result<Token<'i>, Error> {
        let text = &self.input[self.at..self.position()];
        if !self.plain
            && let Some(at) = text.find("]]>")
        {
            return Err(self.error(ErrorKind::Syntax, "]]> in a text".to_owned(), self.at + at));
        }
        Ok(Token::Text(text))
    }

    /// Opens the element whose tag is the last token and whose name is `name_len` long.
    pub(super) fn start(&mut self, name_len: usize, empty: bool) -> Result<(), Error> {
        let name_at = self.at + 1;
        let name = &self.input[name_at..name_at + name_len];
        self.elements += 1;
        if self.elements > self.limits.elements {
            return Err(self.limit("elements", self.limits.elements));
        }
        if self.open.len() == self.limits.depth {
            return Err(self.limit("elements open at once", self.limits.depth));
        }
        let outside = self.bindings.len();
        let end = self.position() - if empty { 2 } else { 1 };
        let after_name = &self.input[name_at + name_len..end];
        self.next_attribute = 0;
        if after_name.is_empty() {
            self.attributes.clear();
        } else {
            self.split_attributes(after_name)?;
        }
        let (prefix, local) = split_name(name);
        if name.starts_with(':') {
            return Err(self.error_at_token(ErrorKind::Syntax, format!("{name:?} is not a name")));
        }
        let Some(ns) = self.bindings.resolve(prefix) else {
            let what = format!("prefix {prefix} is not declared");
            return Err(self.error_at_token(ErrorKind::Syntax, what));
        };
        self.open.push(Open { name, local, ns, bindings: outside, at: self.at });
        self.ended = empty;
        Ok(())
    }

    pub(super) fn split_attributes(&mut self, text: &'i str) -> Result<(), Error> {
        let limit = self.limits.attributes;
        let split = attributes::split(text, limit, &mut self.attributes);
        if split.is_ok() && attributes::are_simple(&self.attributes) {
            return Ok(());
        }
        let declared = split.and_then(|()| self.bindings.declare(&mut self.attributes, self.lexical.dialect));
        match declared {
            Err((what, _)) if what.is_empty() => Err(self.limit("attributes on one tag", limit)),
            Err((what, part)) => Err(self.error(ErrorKind::Syntax, what, self.offset(part))),
            Ok(()) if self.bindings.len() > self.limits.namespaces => {
                Err(self.limit("namespace declarations in force", self.limits.namespaces))
            }
            Ok(()) => Ok(()),
        }
    }

    pub(super) fn limit(&self, what: &str, limit: usize) -> Error {
        self.error_at_token(ErrorKind::Limit, format!("more than {limit} {what}"))
    }

    pub(super) fn well_named(&self) -> Result<(), Error> {
        let name = self.innermost().name;
        let (prefix, local) = split_name(name);
        if is_ncname(local) && (prefix.is_empty() || is_ncname(prefix)) {
            return Ok(());
        }
        Err(self.error_at_tag(ErrorKind::Syntax, format!("{name:?} is not a name")))
    }

    pub(super) fn innermost(&self) -> &Open<'i> {
        self.open.last().expect("an element is open while its content is read")
    }

    pub(super) fn position(&self) -> usize {
        // The input is in memory, so its length fits.
        usize::try_from(self.tokens.buffer_position()).unwrap_or(usize::MAX)
    }

    /// Where a part of the document starts in it.
    pub(super) fn offset(&self, part: &str) -> usize {
        attributes::offset(part, self.input)
    }

    pub(super) fn token_error(&self, error: &quick_xml::Error) -> Error {
        let at = usize::try_from(self.tokens.error_position()).unwrap_or(self.at);
        self.error(ErrorKind::Syntax, error.to_string(), at)
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
    pub(crate) fn place_of_tag(&self) -> usize {
        self.innermost().at
    }

    pub(super) fn error_in(&self, kind: ErrorKind, what: String, at: usize, open: &[Open<'_>]) -> Error {
        let path = open.iter().fold(String::new(), |path, open| path + "/" + &self.conventional(open));
        let (line, column) = place(self.input, at);
        Error::new(kind, what, path, line, column)
    }

    /// An element's name with its namespace's conventional prefix.
    pub(super) fn conventional(&self, open: &Open<'_>) -> String {
        match self.lexical.dialect.prefix_of(open.ns) {
            Some(prefix) => format!("{prefix}:{}", open.local),
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
