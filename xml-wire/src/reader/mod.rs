//! Pulls typed values out of a document: what derived code calls.

mod document;
mod raw;
mod tokens;
mod values;
mod walk;

use smallvec::SmallVec;

use crate::attributes::Attributes;
use crate::bindings::Bindings;
use crate::error::{Error, ErrorKind};
use crate::fields::{Cursor, Hit};
use crate::lexical::{Lexical, is_space};
use crate::limits::Limits;
use crate::name::{Key, OTHER};

pub(crate) use raw::Raw;
pub(crate) use tokens::place;
pub use walk::{Fault, Mark, Piece, Spot, Tag};

/// Reads one document, element by element.
///
/// A value's `read` is called with its start tag just read; it takes the attributes, then the content, and
/// [`Reader::end`] closes it. Derived code does all of this; written by hand it is needed for opaque content only.
#[derive(Debug)]
pub struct Reader<'i> {
    input: &'i str,
    lexical: Lexical,
    limits: Limits,
    open: SmallVec<[Open<'i>; 20]>,
    bindings: Bindings<'i>,
    /// The last start tag's, without namespace declarations.
    attributes: Attributes<'i>,
    /// Which of them is likely to be asked for next.
    next_attribute: usize,
    elements: usize,
    /// How many bytes of declarations fragments had to repeat.
    repeated: usize,
    /// Where the last token starts.
    at: usize,
    /// Where the next token starts.
    position: usize,
    /// Whether the innermost element has ended but is still open here.
    ended: bool,
    /// Whether no text can hold a carriage return or the end of a CDATA section: the document has neither character.
    plain: bool,
}

/// An element whose end tag is still to come.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Open<'i> {
    /// As the document writes it.
    name: &'i str,
    /// Where the part behind the prefix starts.
    local_at: usize,
    /// Of the part behind the prefix.
    key: Key,
    ns: u8,
    /// How many declarations were in force outside it.
    bindings: usize,
    /// Where its tag starts.
    at: usize,
}

impl<'i> Open<'i> {
    fn local(&self) -> &'i str {
        &self.name[self.local_at..]
    }
}

/// What stands next, comments and processing instructions left out.
enum Token<'i> {
    /// A start tag, already open.
    Start,
    /// The innermost element's end tag, or the end of its empty tag.
    End,
    /// Text, with line ends as they stand.
    Text(&'i str),
    /// The content of a CDATA section.
    Data(&'i str),
    /// A resolved reference.
    Character(char),
}

fn split_name(name: &str) -> (&str, &str) {
    match name.as_bytes().iter().position(|b| *b == b':') {
        Some(at) => (&name[..at], &name[at + 1..]),
        None => ("", name),
    }
}

impl<'i> Reader<'i> {
    /// Starts on a document whose length and characters were checked.
    pub(crate) fn new(input: &'i str, lexical: Lexical, limits: Limits) -> Self {
        Self {
            input,
            lexical,
            limits,
            open: SmallVec::new(),
            bindings: Bindings::new(),
            attributes: Attributes::with_capacity(16),
            next_attribute: 0,
            elements: 0,
            repeated: 0,
            at: 0,
            position: 0,
            ended: false,
            plain: memchr::memchr2(b'\r', b']', input.as_bytes()).is_none(),
        }
    }

    /// Whether whatever the schema would refuse is to be refused.
    pub fn is_strict(&self) -> bool {
        self.lexical.strict
    }

    /// The next child that is one of the cursor's fields; `None` at the element's end, required fields checked.
    ///
    /// # Errors
    /// When a field is missing, repeated or (strictly) out of order, or when something does not belong here.
    pub fn child(&mut self, cursor: &mut Cursor) -> Result<Option<Hit>, Error> {
        loop {
            match self.token()? {
                Token::Start => {
                    let open = self.innermost();
                    let Some(hit) = cursor.find(open.ns, open.key, &open.name.as_bytes()[open.local_at..])
                    else {
                        self.refuse_unknown(cursor, open)?;
                        self.skip()?;
                        continue;
                    };
                    cursor.take(hit, self)?;
                    return Ok(Some(hit));
                }
                Token::End => {
                    cursor.finish(self)?;
                    return Ok(None);
                }
                Token::Text(text) => self.between(text, cursor)?,
                Token::Data(_) => self.between("[CDATA]", cursor)?,
                Token::Character(c) => self.between(c.encode_utf8(&mut [0; 4]), cursor)?,
            }
        }
    }

    /// Refuses an element that no field wants: always if only its namespace is wrong, else in strict mode.
    fn refuse_unknown(&self, cursor: &Cursor, open: &Open<'i>) -> Result<(), Error> {
        let &Open { ns, name, .. } = open;
        let local = open.local();
        if let Some(expected) = cursor.find_local(local) {
            let namespace = match self.lexical.dialect.prefix_of(ns) {
                Some(prefix) => format!("{prefix}'s"),
                None if ns == OTHER => "another".to_owned(),
                None => "no".to_owned(),
            };
            let what = format!("<{name}> is in {namespace} namespace, expected {}", expected.qualified);
            return Err(self.error_at_tag(ErrorKind::Unknown, what));
        }
        if self.is_strict() {
            let what = format!("unexpected element {}", self.conventional(self.innermost()));
            return Err(self.error_at_tag(ErrorKind::Unknown, what));
        }
        Ok(())
    }

    /// Text between elements: white space is layout, anything else is unknown, so only strict reading minds. Where no
    /// element may stand there is nothing to lay out either.
    fn between(&self, text: &str, cursor: &Cursor) -> Result<(), Error> {
        if !self.is_strict() || text.is_empty() {
            return Ok(());
        }
        if text.bytes().all(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r')) {
            if cursor.takes_nothing() {
                let what = "white space in an element that is to be empty".to_owned();
                return Err(self.error_here(ErrorKind::Unknown, what));
            }
            return Ok(());
        }
        let trimmed = text.trim_start_matches(is_space);
        let shown: String = trimmed.trim_end_matches(is_space).chars().take(40).collect();
        let at = self.at + text.len() - trimmed.len();
        Err(self.error(ErrorKind::Unknown, format!("unexpected text {shown:?}"), at))
    }

    /// The error for a required value that did not come.
    #[doc(hidden)]
    pub fn missing(&self, name: &str) -> Error {
        self.error_here(ErrorKind::Missing, format!("missing {name}"))
    }

    /// Closes the innermost element, whose end was reached.
    pub fn end(&mut self) {
        if let Some(open) = self.open.pop() {
            self.bindings.truncate(open.bindings);
        }
        self.ended = false;
    }

    /// Reads past the innermost element and closes it.
    fn skip(&mut self) -> Result<(), Error> {
        let outside = self.open.len() - 1;
        loop {
            match self.token()? {
                Token::Start => {}
                Token::End => {
                    self.end();
                    if self.open.len() == outside {
                        return Ok(());
                    }
                }
                Token::Text(_) | Token::Data(_) | Token::Character(_) => {}
            }
        }
    }
}
