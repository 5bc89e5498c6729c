//! Elements that are kept as they stand.

use super::{Open, Reader, Token, split_name};
use crate::attributes::RawAttribute;
use crate::bindings::Binding;
use crate::error::{Error, ErrorKind};
use crate::name::XSI;

/// An element as it stands in the document.
pub(crate) struct Raw<'i> {
    /// Its source, tag to tag.
    pub(crate) source: &'i str,
    /// The declarations outside it that names within it use.
    pub(crate) needed: Vec<Binding<'i>>,
}

impl<'i> Reader<'i> {
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
        self.note_prefixes(outside, &mut used);
        loop {
            match self.token()? {
                Token::Start => self.note_prefixes(outside, &mut used),
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
    fn note_prefixes(&self, outside: usize, used: &mut Vec<&'i str>) {
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
    }
}
