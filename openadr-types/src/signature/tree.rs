//! A document as a whole, for look-ups and canonical forms; messages are never read from it.

use std::borrow::Cow;
use std::ops::Range;

use smallvec::SmallVec;
use xml_wire::{Decoder, Limits, Namespace};

/// All elements of a document, in its order, and what stands in them.
#[derive(Debug)]
pub(super) struct Tree<'i> {
    elements: Vec<Element<'i>>,
    pieces: Vec<Piece<'i>>,
    declarations: Vec<Declaration<'i>>,
    attributes: Vec<Attribute<'i>>,
}

/// A prefix, empty for the default, and its namespace.
type Declaration<'i> = (&'i str, Cow<'i, str>);

/// What is declared without a declaration.
const DECLARED: [Declaration<'static>; 2] =
    [("", Cow::Borrowed("")), ("xml", Cow::Borrowed("http://www.w3.org/XML/1998/namespace"))];

/// The place of an element in its tree.
pub(super) type Place = usize;

#[derive(Debug)]
pub(super) struct Element<'i> {
    /// As the document writes it.
    pub(super) name: &'i str,
    /// Where the part behind the prefix starts.
    local_at: usize,
    /// Which declaration is that of its prefix.
    declaration: usize,
    /// Where the next element stands that is not inside this one.
    next: Place,
    parent: Option<Place>,
    pieces: Range<usize>,
    declarations: Range<usize>,
    attributes: Range<usize>,
}

#[derive(Debug)]
pub(super) struct Attribute<'i> {
    /// As the document writes it.
    pub(super) name: &'i str,
    /// Where the part behind the prefix starts.
    local_at: usize,
    /// Which declaration is that of its prefix.
    declaration: usize,
    pub(super) value: Cow<'i, str>,
}

impl Attribute<'_> {
    pub(super) fn prefix(&self) -> &str {
        before(self.local_at, self.name)
    }

    pub(super) fn local(&self) -> &str {
        &self.name[self.local_at..]
    }
}

impl<'i> Element<'i> {
    pub(super) fn prefix(&self) -> &'i str {
        before(self.local_at, self.name)
    }

    pub(super) fn local(&self) -> &'i str {
        &self.name[self.local_at..]
    }
}

#[derive(Debug)]
pub(super) enum Piece<'i> {
    Start(Place),
    End,
    Text(Cow<'i, str>),
    Instruction(&'i str),
}

/// Where the part of a name behind the prefix starts.
fn local_at(name: &str) -> usize {
    name.bytes().position(|byte| byte == b':').map_or(0, |colon| colon + 1)
}

/// Whether two prefixes are one. Most differ in length or in their first letter, which is seen without a call.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.as_bytes().first() == other.as_bytes().first() && one == other
}

/// The prefix of a name; empty for none.
fn before(local_at: usize, name: &str) -> &str {
    &name[..local_at.saturating_sub(1)]
}

impl<'i> Tree<'i> {
    /// Reads a document, keeping the reader's limits.
    pub(super) fn read(document: &'i [u8], limits: Limits) -> Result<Self, xml_wire::Error> {
        let mut tree = Self {
            elements: Vec::with_capacity(32),
            pieces: Vec::with_capacity(96),
            declarations: Vec::with_capacity(16),
            attributes: Vec::with_capacity(32),
        };
        tree.declarations.extend(DECLARED);
        let mut open: Option<Place> = None;
        let mut in_force = SmallVec::from_slice(&[0, 1]);
        Decoder::new(&crate::ns::DIALECT).with_limits(limits).walk(document, |piece| match piece {
            xml_wire::Piece::Start(tag) => {
                tree.start(&tag, open, &mut in_force);
                open = Some(tree.elements.len() - 1);
            }
            xml_wire::Piece::End => {
                tree.pieces.push(Piece::End);
                let next = tree.elements.len();
                if let Some(element) = open.and_then(|place| tree.elements.get_mut(place)) {
                    element.next = next;
                    element.pieces.end = tree.pieces.len();
                    open = element.parent;
                    in_force.truncate(in_force.len() - element.declarations.len());
                }
            }
            xml_wire::Piece::Text(text) => tree.pieces.push(Piece::Text(text)),
            xml_wire::Piece::Instruction(pi) => tree.pieces.push(Piece::Instruction(pi)),
        })?;
        Ok(tree)
    }

    fn start(
        &mut self,
        tag: &xml_wire::Tag<'_, 'i>,
        parent: Option<Place>,
        in_force: &mut SmallVec<[usize; 16]>,
    ) {
        let (declarations, attributes) = (self.declarations.len(), self.attributes.len());
        for (prefix, uri) in tag.declarations() {
            in_force.push(self.declarations.len());
            self.declarations.push((prefix, uri.clone()));
        }
        let declaration = |prefix: &str| {
            let is_it = |at: &&usize| is_same(self.declarations[**at].0, prefix);
            in_force.iter().rev().find(is_it).copied().unwrap_or_default()
        };
        self.attributes.extend(tag.attributes().map(|(name, _, value)| {
            let local_at = local_at(name);
            let declaration = if local_at == 0 { 0 } else { declaration(before(local_at, name)) };
            Attribute { name, local_at, declaration, value }
        }));
        let place = self.elements.len();
        let (name, local_at) = (tag.name(), local_at(tag.name()));
        self.elements.push(Element {
            name,
            local_at,
            declaration: declaration(before(local_at, name)),
            next: place + 1,
            parent,
            pieces: self.pieces.len()..self.pieces.len(),
            declarations: declarations..self.declarations.len(),
            attributes: attributes..self.attributes.len(),
        });
        self.pieces.push(Piece::Start(place));
    }

    /// How many elements there are.
    pub(super) fn len(&self) -> usize {
        self.elements.len()
    }

    /// The element at a place, which came from this tree.
    pub(super) fn element(&self, place: Place) -> &Element<'i> {
        &self.elements[place]
    }

    /// An element's namespace; empty for none.
    pub(super) fn namespace(&self, place: Place) -> &str {
        &self.declarations[self.element(place).declaration].1
    }

    /// The namespace of an attribute of this tree; empty for none.
    pub(super) fn namespace_of(&self, attribute: &Attribute<'_>) -> &str {
        &self.declarations[attribute.declaration].1
    }

    /// Where an element's tag starts in the document that the tree was read from.
    pub(super) fn offset(&self, place: Place, document: &str) -> Option<usize> {
        let name = self.element(place).name.as_ptr().addr();
        name.checked_sub(document.as_ptr().addr() + 1).filter(|at| *at < document.len())
    }

    pub(super) fn attributes(&self, place: Place) -> &[Attribute<'i>] {
        &self.attributes[self.element(place).attributes.clone()]
    }

    pub(super) fn declarations(&self, place: Place) -> &[(&'i str, Cow<'i, str>)] {
        &self.declarations[self.element(place).declarations.clone()]
    }

    /// An element's own tag and all within, to its end.
    pub(super) fn pieces(&self, place: Place) -> &[Piece<'i>] {
        &self.pieces[self.element(place).pieces.clone()]
    }

    pub(super) fn is(&self, place: Place, namespace: Namespace, local: &str) -> bool {
        let element = self.element(place);
        element.local() == local && self.namespace(place) == namespace.uri()
    }

    pub(super) fn parent(&self, place: Place) -> Option<Place> {
        self.element(place).parent
    }

    /// The element itself, then those around it, outwards.
    pub(super) fn outwards(&self, place: Place) -> impl Iterator<Item = Place> {
        std::iter::successors(Some(place), |place| self.parent(*place))
    }

    pub(super) fn children(&self, place: Place) -> impl Iterator<Item = Place> {
        let (mut next, end) = (place + 1, self.element(place).next);
        std::iter::from_fn(move || {
            let child = (next < end).then_some(next)?;
            next = self.element(child).next;
            Some(child)
        })
    }

    /// Every element of a name, wherever it stands.
    pub(super) fn named(&self, namespace: Namespace, local: &str) -> impl Iterator<Item = Place> {
        (0..self.elements.len()).filter(move |place| self.is(*place, namespace, local))
    }

    /// The children of a name.
    pub(super) fn children_named(
        &self,
        place: Place,
        namespace: Namespace,
        local: &str,
    ) -> impl Iterator<Item = Place> {
        self.children(place).filter(move |child| self.is(*child, namespace, local))
    }

    /// The text of an element, those within it included.
    pub(super) fn text(&self, place: Place) -> Cow<'_, str> {
        if let [Piece::Start(_), Piece::Text(text), Piece::End] = self.pieces(place) {
            return Cow::Borrowed(text);
        }
        let mut text = String::new();
        for piece in self.pieces(place) {
            if let Piece::Text(part) = piece {
                text.push_str(part);
            }
        }
        text.into()
    }

    /// Every identifier, which is any attribute called `Id` in whatever namespace, and the element it names.
    pub(super) fn ids(&self) -> impl Iterator<Item = (&str, Place)> {
        (0..self.elements.len()).flat_map(|place| {
            let ids = self.attributes(place).iter().filter(|attribute| attribute.local() == "Id");
            ids.map(move |attribute| (attribute.value.as_ref(), place))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ns::{DS, OADR};

    #[test]
    fn finds_what_stands_where() {
        let document = r#"<a xmlns="http://www.w3.org/2000/09/xmldsig#" Id="1"><b><c/>x<c x:Id="2" xmlns:x="urn:x">y</c></b><d/></a>"#;
        let tree = Tree::read(document.as_bytes(), Limits::default()).unwrap();
        assert_eq!(tree.children(0).collect::<Vec<_>>(), [1, 4]);
        assert_eq!(tree.children(1).collect::<Vec<_>>(), [2, 3]);
        assert_eq!(tree.children(4).count(), 0);
        assert_eq!(tree.named(DS, "c").collect::<Vec<_>>(), [2, 3]);
        assert_eq!(tree.named(OADR, "c").count(), 0);
        assert_eq!(tree.children_named(0, DS, "c").count(), 0);
        assert_eq!(tree.outwards(3).collect::<Vec<_>>(), [3, 1, 0]);
        assert_eq!(tree.text(1), "xy");
        assert_eq!(tree.ids().collect::<Vec<_>>(), [("1", 0), ("2", 3)]);
    }
}
