//! Shows a document piece by piece, for what no type describes: canonical forms, look-ups of identifiers.

use std::borrow::Cow;

use super::{Open, Reader, Token, split_name};
use crate::attributes::{self, RawAttribute};
use crate::bindings::Bindings;
use crate::error::{Error, ErrorKind};
use crate::name::ShortName;
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
    open: &'r Open<'i>,
    bindings: &'r Bindings<'i>,
    attributes: &'r [RawAttribute<'i>],
}

impl<'r, 'i> Tag<'r, 'i> {
    /// The name as the document writes it, with its prefix.
    pub fn name(&self) -> &'i str {
        self.open.name
    }

    /// The name without its prefix.
    pub fn local(&self) -> &'i str {
        self.open.local()
    }

    /// The name in short, to compare it with names of the dialect when the tag is gone.
    pub fn short_name(&self) -> ShortName {
        ShortName { ns: self.open.ns, key: self.open.key }
    }

    /// The element's namespace; empty for none.
    pub fn namespace(&self) -> &'r Cow<'i, str> {
        self.uri(split_name(self.open.name).0)
    }

    /// The namespace that a prefix stands for in the element, as for a name in a value; empty for none, and `None` where
    /// the prefix is not declared.
    pub fn namespace_of(&self, prefix: &str) -> Option<&'r str> {
        match self.bindings.binding(prefix) {
            Some(binding) => Some(&binding.uri),
            None => prefix.is_empty().then_some(""),
        }
    }

    /// Where it stands.
    pub fn mark(&self) -> Mark {
        Mark(self.open.at)
    }

    /// The declarations on this tag: prefix, empty for the default, and namespace, empty for none.
    pub fn declarations(&self) -> impl Iterator<Item = (&'i str, &'r Cow<'i, str>)> + use<'r, 'i> {
        self.bindings.since(self.open.bindings).iter().map(|binding| (binding.prefix, &binding.uri))
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

/// What is wrong with a piece, by the judgement of whoever is shown it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    kind: ErrorKind,
    what: String,
    at: Spot,
}

impl Fault {
    /// A fault of a kind: what is wrong, without the place, and the spot.
    pub fn new(kind: ErrorKind, what: impl Into<String>, at: Spot) -> Self {
        Self { kind, what: what.into(), at }
    }
}

/// Where a [`Fault`] is, seen from the piece that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spot {
    /// The piece itself: a tag, or where a text begins that is not white space.
    Piece,
    /// The tag of the innermost element, which lacks something.
    Tag,
    /// The same tag, of an element that does not belong where it stands: the path ends with the one around it.
    Stranger,
    /// The name of an attribute of the tag that is shown, counted from 0.
    Attribute(usize),
    /// The value of that attribute.
    AttributeValue(usize),
    /// What stands in the innermost element.
    Content,
    /// A tag that was shown before.
    Tagged(Mark),
}

/// Where a tag stands, for a [`Fault`] that is seen later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark(usize);

impl<'i> Reader<'i> {
    /// Shows the whole document, which is checked as ever, until a piece is refused.
    pub(crate) fn walk(
        mut self,
        mut judge: impl FnMut(Piece<'_, 'i>) -> Result<(), Fault>,
    ) -> Result<(), Error> {
        self.any_root()?;
        judge(Piece::Start(self.tag())).map_err(|fault| self.refused(fault))?;
        while !self.open.is_empty() {
            let mut refused = None;
            let token = self.token_and(|pi| {
                if refused.is_none() {
                    refused = judge(Piece::Instruction(pi)).err().map(|fault| (fault, pi));
                }
            })?;
            if let Some((Fault { kind, what, .. }, pi)) = refused {
                // An element that came behind it is open already.
                let around = self.open.len() - usize::from(matches!(token, Token::Start));
                return Err(self.error_in(kind, what, self.offset(pi) - "<?".len(), &self.open[..around]));
            }
            let judged = match token {
                Token::Start => judge(Piece::Start(self.tag())),
                Token::End => judge(Piece::End),
                Token::Text(text) | Token::Data(text) => judge(Piece::Text(references::line_ends(text))),
                Token::Character(c) => judge(Piece::Text(Cow::Owned(c.into()))),
            };
            judged.map_err(|fault| self.refused(fault))?;
            if let Token::End = token {
                self.end();
            }
        }
        self.epilogue()
    }

    fn tag(&self) -> Tag<'_, 'i> {
        Tag { open: self.innermost(), bindings: &self.bindings, attributes: &self.attributes }
    }

    /// The error for a fault of the last token, which is not an instruction.
    #[cold]
    fn refused(&self, Fault { kind, what, at }: Fault) -> Error {
        let attribute = |index: usize, part: fn(&RawAttribute<'i>) -> &'i str| {
            self.attributes.get(index).map_or(self.at, |attribute| self.offset(part(attribute)))
        };
        let at = match at {
            Spot::Stranger => return self.error_at_tag(kind, what),
            Spot::Tag => self.place_of_tag(),
            Spot::Attribute(index) => attribute(index, |attribute| attribute.name),
            Spot::AttributeValue(index) => attribute(index, |attribute| attribute.value),
            Spot::Content => self.after_blanks(self.place_of_content()),
            Spot::Tagged(Mark(at)) => at,
            // A text that is nothing else begins with its white space.
            Spot::Piece => {
                Some(self.after_blanks(self.at)).filter(|at| *at < self.position).unwrap_or(self.at)
            }
        };
        self.error(kind, what, at)
    }

    /// Where white space ends that starts somewhere.
    fn after_blanks(&self, at: usize) -> usize {
        attributes::after_blanks(self.input.as_bytes(), at).0
    }
}
