//! Shows a document piece by piece, for what no type describes: canonical forms, look-ups of identifiers.

use std::borrow::Cow;

use super::{Reader, Token, split_name};
use crate::attributes::{Bindings, RawAttribute};
use crate::error::Error;
use crate::references;

/// What a walk comes by, in the document's order; comments are left out.
#[derive(Debug)]
pub enum Piece<'r, 'i> {
    /// A start tag, or an empty element's tag, whose end comes next.
    Start(Tag<'r, 'i>),
    /// The end of the innermost element.
    End,
    /// Text, or part of one: references resolved, line ends as XML defines them.
    Text(Cow<'i, str>),
    /// A processing instruction inside the document element, without `<?` and `?>`.
    Instruction(&'i str),
}

/// A start tag with its namespaces resolved.
#[derive(Debug)]
pub struct Tag<'r, 'i> {
    name: &'i str,
    bindings: &'r Bindings<'i>,
    /// How many of the bindings were in force outside the element.
    outside: usize,
    attributes: &'r [RawAttribute<'i>],
}

impl<'r, 'i> Tag<'r, 'i> {
    /// The name as the document writes it, with its prefix.
    pub fn name(&self) -> &'i str {
        self.name
    }

    /// The element's namespace; empty for none.
    pub fn namespace(&self) -> &'r Cow<'i, str> {
        self.uri(split_name(self.name).0)
    }

    /// The declarations on this tag: prefix, empty for the default, and namespace, empty for none.
    pub fn declarations(&self) -> impl Iterator<Item = (&'i str, &'r Cow<'i, str>)> + use<'r, 'i> {
        self.bindings.since(self.outside).iter().map(|binding| (binding.prefix, &binding.uri))
    }

    /// The attributes in the document's order, without declarations: name as written, namespace, value.
    pub fn attributes(&self) -> impl Iterator<Item = (&'i str, &Cow<'i, str>, Cow<'i, str>)> {
        self.attributes.iter().map(|attribute| {
            let uri = match attribute.prefix() {
                "" => &NO_NAMESPACE,
                prefix => self.uri(prefix),
            };
            (attribute.name, uri, attribute.text())
        })
    }

    fn uri(&self, prefix: &str) -> &'r Cow<'i, str> {
        self.bindings.binding(prefix).map_or(&NO_NAMESPACE, |binding| &binding.uri)
    }
}

static NO_NAMESPACE: Cow<'static, str> = Cow::Borrowed("");

impl<'i> Reader<'i> {
    /// Shows the whole document, which is checked as ever.
    pub(crate) fn walk(mut self, mut see: impl FnMut(Piece<'_, 'i>)) -> Result<(), Error> {
        self.any_root()?;
        self.well_named()?;
        see(Piece::Start(self.tag()));
        while !self.open.is_empty() {
            match self.token_and(|pi| see(Piece::Instruction(pi)))? {
                Token::Start => {
                    self.well_named()?;
                    see(Piece::Start(self.tag()));
                }
                Token::End => {
                    self.end();
                    see(Piece::End);
                }
                Token::Text(text) | Token::Data(text) => see(Piece::Text(references::line_ends(text))),
                Token::Character(c) => see(Piece::Text(Cow::Owned(c.into()))),
            }
        }
        self.epilogue()
    }

    fn tag(&self) -> Tag<'_, 'i> {
        let open = self.innermost();
        Tag {
            name: open.name,
            bindings: &self.bindings,
            outside: open.bindings,
            attributes: &self.attributes,
        }
    }
}
