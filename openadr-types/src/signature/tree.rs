//! A document as a whole, for look-ups and canonical forms; messages are never read from it.

use std::borrow::Cow;
use std::ops::Range;

use xml_wire::{Decoder, Limits, Name, ShortName};

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

/// What the prefix `xml` stands for without a declaration.
const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// The place of an element in its tree.
pub(super) type Place = usize;

#[derive(Debug)]
pub(super) struct Element<'i> {
    /// As the document writes it.
    pub(super) name: &'i str,
    /// The part behind the prefix.
    pub(super) local: &'i str,
    short_name: ShortName,
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
    /// The part behind the prefix.
    pub(super) local: &'i str,
    pub(super) value: Cow<'i, str>,
}

impl<'i> Attribute<'i> {
    pub(super) fn prefix(&self) -> &'i str {
        prefix(self.name, self.local)
    }
}

impl<'i> Element<'i> {
    pub(super) fn prefix(&self) -> &'i str {
        prefix(self.name, self.local)
    }
}

#[derive(Debug)]
pub(super) enum Piece<'i> {
    Start(Place),
    End,
    Text(Cow<'i, str>),
    Instruction(&'i str),
}

/// Whether two prefixes are one. They are short, so that a call would take longer.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.bytes().zip(other.bytes()).all(|(one, other)| one == other)
}

/// The prefix of a name, given the part behind it; empty for none.
fn prefix<'i>(name: &'i str, local: &str) -> &'i str {
    &name[..(name.len() - local.len()).saturating_sub(1)]
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
        let mut open: Option<Place> = None;
        Decoder::new(&crate::ns::DIALECT).with_limits(limits).walk(document, |piece| match piece {
            xml_wire::Piece::Start(tag) => {
                tree.start(&tag, open);
                open = Some(tree.elements.len() - 1);
            }
            xml_wire::Piece::End => {
                tree.pieces.push(Piece::End);
                let next = tree.elements.len();
                if let Some(element) = open.and_then(|place| tree.elements.get_mut(place)) {
                    element.next = next;
                    element.pieces.end = tree.pieces.len();
                    open = element.parent;
                }
            }
            xml_wire::Piece::Text(text) => tree.pieces.push(Piece::Text(text)),
            xml_wire::Piece::Instruction(pi) => tree.pieces.push(Piece::Instruction(pi)),
        })?;
        Ok(tree)
    }

    fn start(&mut self, tag: &xml_wire::Tag<'_, 'i>, parent: Option<Place>) {
        let (declarations, attributes) = (self.declarations.len(), self.attributes.len());
        self.declarations.extend(tag.declarations().map(|(prefix, uri)| (prefix, uri.clone())));
        self.attributes.extend(tag.attributes().map(|(name, _, value)| {
            let local = name.split_once(':').map_or(name, |(_, local)| local);
            Attribute { name, local, value }
        }));
        let place = self.elements.len();
        self.elements.push(Element {
            name: tag.name(),
            local: tag.local(),
            short_name: tag.short_name(),
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

    /// What a prefix stands for in an element; empty for no namespace.
    pub(super) fn namespace(&self, place: Place, prefix: &str) -> &str {
        let mut in_force = self.outwards(place).flat_map(|outer| self.declarations(outer));
        match in_force.find(|(declared, _)| is_same(declared, prefix)) {
            Some((_, uri)) => uri,
            None if prefix == "xml" => XML,
            None => "",
        }
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

    #[inline]
    pub(super) fn is(&self, place: Place, name: &Name) -> bool {
        let element = self.element(place);
        name.is(element.short_name, element.local)
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
    pub(super) fn named(&self, name: Name) -> impl Iterator<Item = Place> {
        (0..self.elements.len()).filter(move |place| self.is(*place, &name))
    }

    /// The children of a name.
    pub(super) fn children_named(&self, place: Place, name: Name) -> impl Iterator<Item = Place> {
        self.children(place).filter(move |child| self.is(*child, &name))
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
            let ids = self.attributes(place).iter().filter(|attribute| attribute.local == "Id");
            ids.map(move |attribute| (attribute.value.as_ref(), place))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ns::{DS, OADR};

    const C: Name = Name::qualified(DS, "ds:c");
    const OTHER: Name = Name::qualified(OADR, "oadr:c");

    #[test]
    fn finds_what_stands_where() {
        let document = r#"<a xmlns="http://www.w3.org/2000/09/xmldsig#" Id="1"><b><c/>x<c x:Id="2" xmlns:x="urn:x">y</c></b><d/></a>"#;
        let tree = Tree::read(document.as_bytes(), Limits::default()).unwrap();
        assert_eq!(tree.children(0).collect::<Vec<_>>(), [1, 4]);
        assert_eq!(tree.children(1).collect::<Vec<_>>(), [2, 3]);
        assert_eq!(tree.children(4).count(), 0);
        assert_eq!(tree.named(C).collect::<Vec<_>>(), [2, 3]);
        assert_eq!(tree.named(OTHER).count(), 0);
        assert_eq!(tree.children_named(0, C).count(), 0);
        assert_eq!(tree.outwards(3).collect::<Vec<_>>(), [3, 1, 0]);
        assert_eq!(tree.text(1), "xy");
        assert_eq!(tree.ids().collect::<Vec<_>>(), [("1", 0), ("2", 3)]);
    }
}
