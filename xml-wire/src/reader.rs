//! Pulls typed values out of a document: what derived code calls.

use std::borrow::Cow;

use quick_xml::events::Event;

use crate::attributes::{self, Bindings, RawAttribute};
use crate::error::{Error, ErrorKind};
use crate::fields::{Cursor, Hit};
use crate::lexical::{Lexical, is_ncname, is_space};
use crate::limits::Limits;
use crate::name::{Name, OTHER, XSI};
use crate::references;
use crate::text::Text;

/// Reads one document, element by element.
///
/// A value's `read` is called with its start tag just read; it takes the attributes, then the content, and
/// [`Reader::end`] closes it. Derived code does all of this; written by hand it is needed for opaque content only.
#[derive(Debug)]
pub struct Reader<'i> {
    input: &'i str,
    tokens: quick_xml::Reader<&'i [u8]>,
    lexical: Lexical,
    limits: Limits,
    open: Vec<Open<'i>>,
    bindings: Bindings<'i>,
    /// The last start tag's, without namespace declarations.
    attributes: Vec<RawAttribute<'i>>,
    elements: usize,
    /// Where the last token starts.
    at: usize,
    /// Whether the innermost element has ended but is still open here.
    ended: bool,
}

/// An element whose end tag is still to come.
#[derive(Debug, Clone, Copy)]
struct Open<'i> {
    /// As the document writes it.
    name: &'i str,
    ns: u8,
    /// How many declarations were in force outside it.
    bindings: usize,
    /// Where its tag starts.
    at: usize,
}

impl<'i> Open<'i> {
    fn local(&self) -> &'i str {
        split_name(self.name).1
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
        let mut tokens = quick_xml::Reader::from_str(input);
        let config = tokens.config_mut();
        // Names are compared here, where the path for the message is known.
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.check_comments = true;
        Self {
            input,
            tokens,
            lexical,
            limits,
            open: Vec::with_capacity(16),
            bindings: Bindings::new(),
            attributes: Vec::with_capacity(4),
            elements: 0,
            at: 0,
            ended: false,
        }
    }

    /// Whether whatever the schema would refuse is to be refused.
    pub fn is_strict(&self) -> bool {
        self.lexical.strict
    }

    /// Finds the document element, whatever it is.
    pub(crate) fn any_root(&mut self) -> Result<(), Error> {
        if self.prologue()? {
            return Ok(());
        }
        Err(self.error_here(ErrorKind::Syntax, "there is no element".to_owned()))
    }

    /// Finds the document element among `roots`.
    pub(crate) fn root(&mut self, roots: &'static [Name]) -> Result<usize, Error> {
        self.any_root()?;
        let root = self.innermost();
        let (ns, local) = (root.ns, root.local());
        roots.iter().position(|name| name.ns == ns && name.local == local).ok_or_else(|| {
            let expected = match roots {
                [one] => one.qualified.to_owned(),
                _ => format!("one of {} document elements", roots.len()),
            };
            let namespace = match self.bindings.binding(split_name(root.name).0) {
                Some(binding) => format!(" in namespace {:?}", binding.uri),
                None => " in no namespace".to_owned(),
            };
            let found = format!("unexpected document element {}{namespace}, expected {expected}", root.name);
            self.error_at_tag(ErrorKind::UnexpectedRoot, found)
        })
    }

    /// Reads up to the document element; false where there is none.
    fn prologue(&mut self) -> Result<bool, Error> {
        loop {
            self.at = self.position();
            let event = self.tokens.read_event();
            match event {
                Ok(Event::Start(start)) => {
                    let len = start.name().as_ref().len();
                    self.start(len, false)?;
                    return Ok(true);
                }
                Ok(Event::Empty(start)) => {
                    let len = start.name().as_ref().len();
                    self.start(len, true)?;
                    return Ok(true);
                }
                Ok(Event::Eof) => return Ok(false),
                other => self.outside(other)?,
            }
        }
    }

    /// Checks that nothing but comments stands after the document element.
    pub(crate) fn epilogue(&mut self) -> Result<(), Error> {
        loop {
            self.at = self.position();
            let event = self.tokens.read_event();
            match event {
                Ok(Event::Eof) => return Ok(()),
                Ok(Event::Start(_) | Event::Empty(_) | Event::End(_)) => {
                    return Err(
                        self.error_at_token(ErrorKind::Syntax, "a tag after the document's end".to_owned())
                    );
                }
                other => self.outside(other)?,
            }
        }
    }

    /// Handles what may stand outside the document element.
    fn outside(&mut self, event: Result<Event<'i>, quick_xml::Error>) -> Result<(), Error> {
        match event {
            Ok(Event::Decl(_)) if self.at == 0 => self.declaration(),
            Ok(Event::Comment(_)) => Ok(()),
            Ok(Event::PI(pi)) => self.instruction(&pi),
            Ok(Event::Text(text)) if text.chars().all(is_space) => Ok(()),
            Ok(Event::DocType(_)) => Err(self.doctype()),
            Ok(Event::Decl(_)) => Err(self.misplaced_declaration()),
            Ok(_) => {
                Err(self.error_at_token(ErrorKind::Syntax, "text outside the document element".to_owned()))
            }
            Err(error) => Err(self.token_error(&error)),
        }
    }

    fn declaration(&mut self) -> Result<(), Error> {
        let text = &self.input[self.at..self.position()];
        let inside = text.strip_prefix("<?xml").and_then(|text| text.strip_suffix("?>")).unwrap_or_default();
        let mut attributes = Vec::new();
        attributes::split(inside, self.at + 5, 3, &mut attributes)
            .map_err(|(what, at)| self.error(ErrorKind::Syntax, what, at))?;
        let mut expected = ["version", "encoding", "standalone"].iter();
        for attribute in &attributes {
            let known = expected.any(|name| *name == attribute.name);
            let ok = match attribute.name {
                "version" => attribute.value == "1.0" || attribute.value == "1.1",
                "encoding" if attribute.value.eq_ignore_ascii_case("utf-8") => true,
                "encoding" => {
                    let what = format!("encoding {:?} is not accepted, only UTF-8", attribute.value);
                    return Err(self.error(ErrorKind::Forbidden, what, attribute.value_at));
                }
                "standalone" => attribute.value == "yes" || attribute.value == "no",
                _ => false,
            };
            if !known || !ok {
                let what = format!("{}={:?} in the XML declaration", attribute.name, attribute.value);
                return Err(self.error(ErrorKind::Syntax, what, attribute.at));
            }
        }
        if attributes.first().is_some_and(|first| first.name == "version") {
            Ok(())
        } else {
            Err(self.error_at_token(ErrorKind::Syntax, "the XML declaration has no version".to_owned()))
        }
    }

    fn instruction(&self, pi: &str) -> Result<(), Error> {
        let target = pi.split(is_space).next().unwrap_or_default();
        if is_ncname(target) && !target.eq_ignore_ascii_case("xml") {
            return Ok(());
        }
        Err(self.error_at_token(ErrorKind::Syntax, format!("{target:?} is no processing instruction")))
    }

    fn doctype(&self) -> Error {
        self.error_at_token(ErrorKind::Forbidden, "a DOCTYPE is not accepted".to_owned())
    }

    fn misplaced_declaration(&self) -> Error {
        self.error_at_token(ErrorKind::Syntax, "the XML declaration must come first".to_owned())
    }

    /// The next token inside the innermost element.
    fn token(&mut self) -> Result<Token<'i>, Error> {
        if self.ended {
            return Ok(Token::End);
        }
        loop {
            self.at = self.position();
            let event = match self.tokens.read_event() {
                Ok(event) => event,
                Err(error) => return Err(self.token_error(&error)),
            };
            return match event {
                Event::Start(start) => {
                    let len = start.name().as_ref().len();
                    self.start(len, false).map(|()| Token::Start)
                }
                Event::Empty(start) => {
                    let len = start.name().as_ref().len();
                    self.start(len, true).map(|()| Token::Start)
                }
                Event::End(end) => {
                    let expected = self.innermost().name;
                    if *end != *expected {
                        let what = format!("</{}> does not close <{expected}>", &*end);
                        return Err(self.error_at_token(ErrorKind::Syntax, what));
                    }
                    self.ended = true;
                    Ok(Token::End)
                }
                Event::Text(_) => {
                    let text = &self.input[self.at..self.position()];
                    match text.find(']').and_then(|_| text.find("]]>")) {
                        Some(at) => {
                            Err(self.error(ErrorKind::Syntax, "]]> in a text".to_owned(), self.at + at))
                        }
                        None => Ok(Token::Text(text)),
                    }
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

    /// Opens the element whose tag is the last token and whose name is `name_len` long.
    fn start(&mut self, name_len: usize, empty: bool) -> Result<(), Error> {
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
        if after_name.is_empty() {
            self.attributes.clear();
        } else {
            self.split_attributes(after_name, name_at + name_len)?;
        }
        let (prefix, _) = split_name(name);
        let Some(ns) = self.bindings.resolve(prefix) else {
            let what = format!("prefix {prefix} is not declared");
            return Err(self.error_at_token(ErrorKind::Syntax, what));
        };
        self.open.push(Open { name, ns, bindings: outside, at: self.at });
        self.ended = empty;
        Ok(())
    }

    fn split_attributes(&mut self, text: &'i str, at: usize) -> Result<(), Error> {
        let limit = self.limits.attributes;
        let split = attributes::split(text, at, limit, &mut self.attributes)
            .and_then(|()| self.bindings.declare(&mut self.attributes, self.lexical.dialect));
        match split {
            Err((what, _)) if what.is_empty() => Err(self.limit("attributes on one tag", limit)),
            Err((what, at)) => Err(self.error(ErrorKind::Syntax, what, at)),
            Ok(()) if self.bindings.len() > self.limits.namespaces => {
                Err(self.limit("namespace declarations in force", self.limits.namespaces))
            }
            Ok(()) => Ok(()),
        }
    }

    fn limit(&self, what: &str, limit: usize) -> Error {
        self.error_at_token(ErrorKind::Limit, format!("more than {limit} {what}"))
    }

    /// The next child that is one of the cursor's fields; `None` at the element's end, required fields checked.
    ///
    /// # Errors
    /// When a field is missing, repeated or (strictly) out of order, or when something does not belong here.
    pub fn child(&mut self, cursor: &mut Cursor) -> Result<Option<Hit>, Error> {
        loop {
            match self.token()? {
                Token::Start => {
                    let Open { ns, name, .. } = self.innermost();
                    let local = split_name(name).1;
                    let Some(hit) = cursor.find(ns, local) else {
                        self.refuse_unknown(cursor, ns, name, local)?;
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
    fn refuse_unknown(&self, cursor: &Cursor, ns: u8, name: &str, local: &str) -> Result<(), Error> {
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
            let what = format!("unexpected element {}", self.conventional(&self.innermost()));
            return Err(self.error_at_tag(ErrorKind::Unknown, what));
        }
        if !is_ncname(local) {
            return Err(self.error_at_tag(ErrorKind::Syntax, format!("{name:?} is not a name")));
        }
        Ok(())
    }

    /// Text between elements: white space is layout, anything else does not belong.
    fn between(&self, text: &str) -> Result<(), Error> {
        if text.bytes().all(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r')) {
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

    fn well_named(&self) -> Result<(), Error> {
        let name = self.innermost().name;
        let (prefix, local) = split_name(name);
        if is_ncname(local) && (prefix.is_empty() || is_ncname(prefix)) {
            return Ok(());
        }
        Err(self.error_at_tag(ErrorKind::Syntax, format!("{name:?} is not a name")))
    }

    /// The value of an attribute of the innermost element, whose start tag was just read.
    ///
    /// # Errors
    /// When its text is outside the type.
    pub fn attribute<T: Text>(&mut self, name: &Name) -> Result<Option<T>, Error> {
        let matches =
            |attribute: &RawAttribute<'_>| attribute.ns == name.ns && attribute.local() == name.local;
        let Some(index) = self.attributes.iter().position(matches) else { return Ok(None) };
        self.attributes[index].taken = true;
        let attribute = self.attributes[index];
        let text = attribute.text();
        let value = T::parse(&text, &self.lexical);
        value.map(Some).ok_or_else(|| {
            let what = format!("{} for {}", not::<T>(&text), name.qualified);
            self.error(ErrorKind::Value, what, attribute.value_at)
        })
    }

    /// The value of an attribute that must be there.
    ///
    /// # Errors
    /// When it is absent or its text is outside the type.
    pub fn required_attribute<T: Text>(&mut self, name: &Name) -> Result<T, Error> {
        match self.attribute(name)? {
            Some(value) => Ok(value),
            None => {
                Err(self.error_at_tag(ErrorKind::Missing, format!("missing attribute {}", name.qualified)))
            }
        }
    }

    /// Refuses, in strict mode, attributes that were not asked for; those of XML Schema itself may always stand.
    ///
    /// # Errors
    /// When there is one.
    pub fn no_more_attributes(&self) -> Result<(), Error> {
        if !self.is_strict() {
            return Ok(());
        }
        match self.attributes.iter().find(|attribute| !attribute.taken && attribute.ns != XSI) {
            Some(attribute) => {
                let what = format!("unexpected attribute {}", attribute.name);
                Err(self.error(ErrorKind::Unknown, what, attribute.at))
            }
            None => Ok(()),
        }
    }

    /// Whether the innermost element says `xsi:nil="true"`.
    ///
    /// # Errors
    /// When the attribute is neither true nor false.
    pub fn is_nil(&mut self) -> Result<bool, Error> {
        const NIL: Name = Name { ns: XSI, qualified: "xsi:nil", local: "nil" };
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
        let start = self.position();
        let text = self.characters()?;
        T::parse(&text, &self.lexical).ok_or_else(|| {
            let at = start
                + (text.len() - text.trim_start_matches(is_space).len()).min(self.at.saturating_sub(start));
            self.error(ErrorKind::Value, not::<T>(&text), at)
        })
    }

    /// Reads the content of the innermost element as a text, without closing it.
    pub(crate) fn peek_text(&mut self) -> Result<String, Error> {
        self.no_more_attributes()?;
        self.content()
    }

    /// An error about the innermost element's value.
    pub(crate) fn error_in_value(&self, what: String) -> Error {
        let open = self.innermost();
        let at = self.input[open.at..].find('>').map_or(open.at, |end| open.at + end + 1);
        self.error(ErrorKind::Value, what, at)
    }

    fn characters(&mut self) -> Result<Cow<'i, str>, Error> {
        let mut all = Cow::Borrowed("");
        loop {
            let more = match self.token()? {
                Token::End => return Ok(all),
                Token::Text(text) | Token::Data(text) => references::line_ends(text),
                Token::Character(c) => Cow::Owned(c.into()),
                Token::Start => {
                    let what =
                        format!("unexpected element {} in a value", self.conventional(&self.innermost()));
                    return Err(self.error_at_tag(ErrorKind::Unknown, what));
                }
            };
            if all.is_empty() {
                all = more;
            } else {
                all.to_mut().push_str(&more);
            }
        }
    }

    /// Whether the innermost element has neither attributes nor content; if so it is closed.
    pub(crate) fn is_bare(&mut self) -> Result<bool, Error> {
        let closes = format!("</{}>", self.innermost().name);
        let bare =
            self.attributes.is_empty() && (self.ended || self.input[self.position()..].starts_with(&closes));
        if bare {
            self.token()?;
            self.end();
        }
        Ok(bare)
    }

    /// Reads past the innermost element and closes it; returns its source, tag to tag, and the declarations in
    /// force outside it that names within it use.
    pub(crate) fn raw(&mut self) -> Result<(&'i str, Vec<(String, String)>), Error> {
        let Open { at, bindings: outside, .. } = self.innermost();
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
        let source = &self.input[at..self.position()];
        self.end();
        let declared = |prefix: &&'i str| {
            self.bindings.binding(prefix).map(|b| (b.prefix.to_owned(), b.uri.to_string()))
        };
        Ok((source, used.iter().filter_map(declared).collect()))
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

    fn innermost(&self) -> Open<'i> {
        *self.open.last().expect("an element is open while its content is read")
    }

    fn position(&self) -> usize {
        // The input is in memory, so its length fits.
        usize::try_from(self.tokens.buffer_position()).unwrap_or(usize::MAX)
    }

    fn token_error(&self, error: &quick_xml::Error) -> Error {
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

    fn error_at_token(&self, kind: ErrorKind, what: String) -> Error {
        self.error(kind, what, self.at)
    }

    fn error(&self, kind: ErrorKind, what: String, at: usize) -> Error {
        self.error_in(kind, what, at, &self.open)
    }

    fn error_in(&self, kind: ErrorKind, what: String, at: usize, open: &[Open<'_>]) -> Error {
        let path = open.iter().fold(String::new(), |path, open| path + "/" + &self.conventional(open));
        let (line, column) = place(self.input, at);
        Error::new(kind, what, path, line, column)
    }

    /// An element's name with its namespace's conventional prefix.
    fn conventional(&self, open: &Open<'_>) -> String {
        match self.lexical.dialect.prefix_of(open.ns) {
            Some(prefix) => format!("{prefix}:{}", open.local()),
            None => open.name.to_owned(),
        }
    }
}

fn not<T: Text>(text: &str) -> String {
    let shown: String = text.chars().take(60).collect();
    let more = if shown.len() < text.len() { "…" } else { "" };
    let expected = T::EXPECTED;
    format!("\"{}{more}\" is not {expected}", shown.trim_matches(is_space).escape_debug())
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
