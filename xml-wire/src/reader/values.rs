//! The values in attributes and in elements that hold nothing but text.

use std::borrow::Cow;

use super::{Reader, Token, split_name};
use crate::attributes::RawAttribute;
use crate::error::{Error, ErrorKind};
use crate::lexical::{self, is_space};
use crate::name::{Key, NONE, Name, XSI};
use crate::references;
use crate::text::Text;

impl<'i> Reader<'i> {
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
        let what = format!("{} for {}", self.not(text, expected), name.qualified);
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

    /// Refuses, in strict mode, attributes that were not asked for; of those of XML Schema itself the locations of schemas
    /// may always stand, and `xsi:type`, which is not looked at.
    ///
    /// # Errors
    /// When there is one.
    pub fn no_more_attributes(&self) -> Result<(), Error> {
        if !self.is_strict() {
            return Ok(());
        }
        const ANYWHERE: [&str; 3] = ["schemaLocation", "noNamespaceSchemaLocation", "type"];
        let may_stand = |attribute: &RawAttribute<'_>| {
            attribute.taken || (attribute.ns == XSI && ANYWHERE.contains(&attribute.local()))
        };
        match self.attributes.iter().find(|attribute| !may_stand(attribute)) {
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

    /// Which of these types the innermost element says it is of (`xsi:type`), where its own is more general.
    ///
    /// # Errors
    /// When it says none of them.
    pub fn instance_type(&self, types: &[Name]) -> Result<usize, Error> {
        let said = self.attributes.iter().find(|a| a.ns == XSI && a.local() == "type");
        let text = said.map(RawAttribute::text);
        let (prefix, local) = split_name(text.as_deref().map_or("", lexical::collapse));
        let ns = match self.bindings.binding(prefix) {
            Some(binding) => Some(binding.ns),
            None => prefix.is_empty().then_some(NONE),
        };
        if let Some(index) = types.iter().position(|name| Some(name.ns) == ns && name.local == local) {
            return Ok(index);
        }
        let types: Vec<&str> = types.iter().map(Name::as_str).collect();
        let element = self.conventional(self.innermost());
        let wanted = format!("{element} has to say by xsi:type which of {} it is", types.join(", "));
        Err(match (said, text) {
            (Some(attribute), Some(text)) => {
                let at = self.offset(attribute.value);
                self.error(ErrorKind::Value, format!("{}; {wanted}", self.not(&text, "one of them")), at)
            }
            _ => self.error_at_tag(ErrorKind::Missing, wanted),
        })
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
        self.error(ErrorKind::Value, self.not(text, expected), at)
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
    pub(super) fn place_of_content(&self) -> usize {
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
        if let Some(text) = self.plain_content() {
            return Ok(Cow::Borrowed(text));
        }
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

    /// White space around the text is shown where it may be the reason.
    fn not(&self, text: &str, expected: &str) -> String {
        let shown: String = text.chars().take(60).collect();
        let more = if shown.len() < text.len() { "…" } else { "" };
        let shown = if self.is_strict() { &shown } else { shown.trim_matches(is_space) };
        format!("\"{}{more}\" is not {expected}", shown.escape_debug())
    }
}
