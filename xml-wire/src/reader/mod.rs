//! Pulls typed values out of a document: what derived code calls.

mod document;
mod tokens;
mod walk;

use std::borrow::Cow;

use smallvec::SmallVec;

use crate::attributes::{Attributes, Binding, Bindings, RawAttribute};
use crate::error::{Error, ErrorKind};
use crate::fields::{Cursor, Hit};
use crate::lexical::{Lexical, is_ncname, is_space};
use crate::limits::Limits;
use crate::name::{Key, Name, OTHER, XSI};
use crate::references;
use crate::text::Text;

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

/// An element as it stands in the document.
pub(crate) struct Raw<'i> {
    /// Its source, tag to tag.
    pub(crate) source: &'i str,
    /// The declarations outside it that names within it use.
    pub(crate) needed: Vec<Binding<'i>>,
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
                Token::Text(text) => self.between(text)?,
                Token::Data(_) => self.between("[CDATA]")?,
                Token::Character(c) => self.between(c.encode_utf8(&mut [0; 4]))?,
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
        if !is_ncname(local) {
            return Err(self.error_at_tag(ErrorKind::Syntax, format!("{name:?} is not a name")));
        }
        Ok(())
    }

    /// Text between elements: white space is layout, anything else is unknown, so only strict reading minds.
    fn between(&self, text: &str) -> Result<(), Error> {
        if !self.is_strict() || text.bytes().all(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r')) {
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
                Token::Start => self.well_named()?,
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

    /// The value of an attribute of the innermost element, whose start tag was just read.
    ///
    /// # Errors
    /// When its text is outside the type.
    pub fn attribute<T: Text>(&mut self, name: &Name) -> Result<Option<T>, Error> {
        let Some(text) = self.take_attribute(name) else { return Ok(None) };
        match T::parse(&text, &self.lexical) {
            Some(value) => Ok(Some(value)),
            None => Err(self.refused_attribute(name, &text, T::EXPECTED)),
        }
    }

    /// The text of an attribute, which counts as read then.
    fn take_attribute(&mut self, name: &Name) -> Option<Cow<'i, str>> {
        // Most documents keep the schema's order, so it is most often the one behind the last.
        let next = self.next_attribute;
        let index = match self.attributes.get(next) {
            Some(attribute) if attribute.is(name) => next,
            _ => self.attributes.iter().position(|attribute| attribute.is(name))?,
        };
        self.next_attribute = index + 1;
        let attribute = &mut self.attributes[index];
        attribute.taken = true;
        Some(attribute.text())
    }

    /// The error for the text of the attribute that was taken last.
    #[cold]
    fn refused_attribute(&self, name: &Name, text: &str, expected: &str) -> Error {
        let attribute = &self.attributes[self.next_attribute - 1];
        let what = format!("{} for {}", not(text, expected), name.qualified);
        self.error(ErrorKind::Value, what, self.offset(attribute.value))
    }

    /// The value of an attribute that must be there.
    ///
    /// # Errors
    /// When it is absent or its text is outside the type.
    pub fn required_attribute<T: Text>(&mut self, name: &Name) -> Result<T, Error> {
        match self.attribute(name)? {
            Some(value) => Ok(value),
            None => Err(self.missing_attribute(name)),
        }
    }

    #[cold]
    fn missing_attribute(&self, name: &Name) -> Error {
        let what = format!("missing attribute {}", name.qualified);
        self.error(ErrorKind::Missing, what, self.place_of_tag())
    }

    /// Refuses, in strict mode, attributes that were not asked for; those of XML Schema itself may always stand, but for
    /// `xsi:nil`.
    ///
    /// # Errors
    /// When there is one.
    pub fn no_more_attributes(&self) -> Result<(), Error> {
        if !self.is_strict() {
            return Ok(());
        }
        match self
            .attributes
            .iter()
            .find(|attribute| !attribute.taken && (attribute.ns != XSI || attribute.local() == "nil"))
        {
            Some(attribute) => {
                let what = format!("unexpected attribute {}", attribute.name);
                Err(self.error(ErrorKind::Unknown, what, self.offset(attribute.name)))
            }
            None => Ok(()),
        }
    }

    /// Whether the innermost element says `xsi:nil="true"`.
    ///
    /// # Errors
    /// When the attribute is neither true nor false.
    pub fn is_nil(&mut self) -> Result<bool, Error> {
        const NIL: Name = Name { ns: XSI, qualified: "xsi:nil", local: "nil", key: Key::of("nil") };
        Ok(self.attribute(&NIL)?.unwrap_or(false))
    }

    /// Reads the innermost element as a text, and closes it.
    ///
    /// # Errors
    /// When it holds an element, or its text is outside the type.
    pub fn text<T: Text>(&mut self) -> Result<T, Error> {
        self.no_more_attributes()?;
        let value = self.content()?;
        self.end();
        Ok(value)
    }

    /// Reads the content of the innermost element as a text; its end is reached then.
    ///
    /// # Errors
    /// When it holds an element, or its text is outside the type.
    pub fn content<T: Text>(&mut self) -> Result<T, Error> {
        let start = self.position;
        match self.characters()? {
            Cow::Borrowed(text) => match T::parse(text, &self.lexical) {
                Some(value) => Ok(value),
                None => Err(self.refused_content(start, text, T::EXPECTED)),
            },
            Cow::Owned(text) => T::from_owned(text, &self.lexical)
                .map_err(|text| self.refused_content(start, &text, T::EXPECTED)),
        }
    }

    /// The error for the content that was read from `start` on.
    #[cold]
    fn refused_content(&self, start: usize, text: &str, expected: &str) -> Error {
        let blanks = text.len() - text.trim_start_matches(is_space).len();
        let at = start + blanks.min(self.at.saturating_sub(start));
        self.error(ErrorKind::Value, not(text, expected), at)
    }

    /// Reads the content of the innermost element as a text, without closing it.
    pub(crate) fn peek_text(&mut self) -> Result<Cow<'i, str>, Error> {
        self.no_more_attributes()?;
        self.characters()
    }

    /// An error about the innermost element's value.
    pub(crate) fn error_in_value(&self, what: String) -> Error {
        self.error(ErrorKind::Value, what, self.place_of_content())
    }

    /// Where the innermost element's content starts: behind its tag.
    fn place_of_content(&self) -> usize {
        let start = self.place_of_tag();
        let mut quote = None;
        let end = self.input.bytes().skip(start).position(|byte| match quote {
            Some(open) => {
                quote = quote.filter(|_| byte != open);
                false
            }
            None => {
                quote = Some(byte).filter(|byte| matches!(byte, b'"' | b'\''));
                byte == b'>'
            }
        });
        end.map_or(start, |end| start + end + 1)
    }

    fn characters(&mut self) -> Result<Cow<'i, str>, Error> {
        let mut all = Cow::Borrowed("");
        loop {
            let more = match self.token()? {
                Token::End => return Ok(all),
                Token::Text(text) | Token::Data(text) if self.plain => Cow::Borrowed(text),
                Token::Text(text) | Token::Data(text) => references::line_ends(text),
                Token::Character(c) => {
                    self.own(&mut all).push(c);
                    continue;
                }
                Token::Start => {
                    self.well_named()?;
                    let what =
                        format!("unexpected element {} in a value", self.conventional(self.innermost()));
                    return Err(self.error_at_tag(ErrorKind::Unknown, what));
                }
            };
            if all.is_empty() {
                all = more;
            } else {
                self.own(&mut all).push_str(&more);
            }
        }
    }

    /// The text so far as one to add to, with room for what the value can still hold.
    fn own<'a>(&self, text: &'a mut Cow<'i, str>) -> &'a mut String {
        if let Cow::Borrowed(borrowed) = *text {
            let rest = &self.input.as_bytes()[self.position..];
            let left = memchr::memchr(b'<', rest).unwrap_or(rest.len());
            let mut owned = String::with_capacity(borrowed.len() + left + 4);
            owned.push_str(borrowed);
            *text = Cow::Owned(owned);
        }
        text.to_mut()
    }

    /// Whether the innermost element has neither attributes nor content; if so it is closed.
    pub(crate) fn is_bare(&mut self) -> Result<bool, Error> {
        let rest = &self.input[self.position..];
        let closed = rest.strip_prefix("</").and_then(|rest| rest.strip_prefix(self.innermost().name));
        let bare =
            self.attributes.is_empty() && (self.ended || closed.is_some_and(|rest| rest.starts_with('>')));
        if bare {
            self.token()?;
            self.end();
        }
        Ok(bare)
    }

    /// Reads past the innermost element and closes it.
    pub(crate) fn raw(&mut self) -> Result<Raw<'i>, Error> {
        let &Open { at, bindings: outside, .. } = self.innermost();
        let depth = self.open.len();
        let mut used: Vec<&'i str> = Vec::new();
        self.note_prefixes(outside, &mut used)?;
        loop {
            match self.token()? {
                Token::Start => self.note_prefixes(outside, &mut used)?,
                Token::End if self.open.len() == depth => break,
                Token::End => self.end(),
                Token::Text(_) | Token::Data(_) | Token::Character(_) => {}
            }
        }
        let source = &self.input[at..self.position];
        self.end();
        let needed = used.iter().filter_map(|prefix| self.bindings.binding(prefix));
        self.repeated +=
            needed.clone().map(|binding| binding.prefix.len() + binding.uri.len()).sum::<usize>();
        if self.repeated > self.limits.bytes {
            let limit = self.limits.bytes;
            return Err(self.error(
                ErrorKind::Limit,
                format!("more than {limit} bytes of declarations in fragments"),
                at,
            ));
        }
        Ok(Raw { source, needed: needed.cloned().collect() })
    }

    /// Notes the prefixes in the innermost element's tag that are declared among the first `outside` declarations.
    fn note_prefixes(&self, outside: usize, used: &mut Vec<&'i str>) -> Result<(), Error> {
        self.well_named()?;
        let element = std::iter::once(split_name(self.innermost().name).0);
        let attributes = self.attributes.iter().map(RawAttribute::prefix).filter(|prefix| !prefix.is_empty());
        let types = self
            .attributes
            .iter()
            .filter(|a| a.ns == XSI && a.local() == "type")
            .map(|a| split_name(a.value).0);
        for prefix in element.chain(attributes).chain(types) {
            let from_outside = self.bindings.place(prefix).is_some_and(|place| place < outside);
            if from_outside && prefix != "xml" && !used.contains(&prefix) {
                used.push(prefix);
            }
        }
        Ok(())
    }
}

fn not(text: &str, expected: &str) -> String {
    let shown: String = text.chars().take(60).collect();
    let more = if shown.len() < text.len() { "…" } else { "" };
    format!("\"{}{more}\" is not {expected}", shown.trim_matches(is_space).escape_debug())
}
