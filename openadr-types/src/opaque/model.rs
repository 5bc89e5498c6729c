//! Content models: read from a line of the tables, and held against the elements that stand in an element.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use xml_wire::Namespace;

use super::tables::{ATOM, DS, DSIG11, ESPI, Line};
use crate::ns;

/// What may stand in an element.
#[derive(Debug)]
pub(super) struct Type {
    /// Name, type, whether it is required.
    pub(super) attributes: Vec<(&'static str, &'static str, bool)>,
    /// Whether those of XML itself may stand too.
    pub(super) with_xml: bool,
    /// Whether any attribute may stand.
    pub(super) any_attribute: bool,
    pub(super) content: Content,
}

#[derive(Debug)]
pub(super) enum Content {
    Text(&'static str),
    Elements { mixed: bool, model: Particle },
}

/// A part of a model.
#[derive(Debug)]
pub(super) enum Particle {
    Element { local: &'static str, kind: Kind },
    Wildcard(Wildcard),
    All(Vec<Self>),
    Either(Vec<Self>),
    Times { least: usize, most: usize, what: Box<Self> },
}

/// The type of an element in a model.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Simple(&'static str),
    Named(&'static str),
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Wildcard {
    which: Which,
    /// Whether the elements have to be known.
    pub(super) strict: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    Any,
    Other,
    Xhtml,
}

/// The namespace of what Atom may hold as XHTML.
pub(super) const XHTML: &str = "http://www.w3.org/1999/xhtml";

impl Wildcard {
    /// Whether it takes elements of a namespace, standing in one of another.
    fn takes(self, namespace: &str, own: &str) -> bool {
        match self.which {
            Which::Any => true,
            Which::Other => !namespace.is_empty() && namespace != own,
            Which::Xhtml => namespace == XHTML,
        }
    }
}

/// By namespace and name.
type Types = BTreeMap<&'static str, BTreeMap<&'static str, Type>>;

static TYPES: LazyLock<Types> = LazyLock::new(|| {
    let tables: [(Namespace, &[Line]); 4] =
        [(ns::DS, DS), (ns::DSIG11, DSIG11), (ns::ATOM, ATOM), (ns::ESPI, ESPI)];
    let parse = |lines: &[Line]| lines.iter().map(|line| (line.0, Type::parse(line))).collect();
    tables.into_iter().map(|(namespace, lines)| (namespace.uri(), parse(lines))).collect()
});

impl Type {
    /// The type of an element that may stand wherever any may.
    pub(super) fn global(namespace: &str, local: &str) -> Option<&'static Self> {
        TYPES.get(namespace)?.get(local)
    }

    /// The type of a name in a model.
    pub(super) fn named(namespace: &str, name: &str) -> &'static Self {
        let types = TYPES.get(namespace);
        let named = |name: &str| types.and_then(|types| types.get(name));
        let found = named(name).or_else(|| named(&format!(".{name}")));
        found.expect("the tables have every type they name")
    }

    /// Whether the schema knows elements of a namespace that are not in the tables.
    pub(super) fn are_elsewhere(namespace: &str) -> bool {
        // It does not take in that of ReplayProtect.
        let known = ns::ALL.iter().any(|ns| ns.uri() == namespace && *ns != ns::DSP);
        known && !TYPES.contains_key(namespace)
    }

    /// Whether nothing may stand in the element, not even a blank.
    pub(super) fn is_empty(&self) -> bool {
        matches!(&self.content, Content::Elements { mixed: false, model: Particle::All(parts) } if parts.is_empty())
    }

    fn parse(&(_, attributes, content): &Line) -> Self {
        let mut list = Vec::new();
        for (name, kind) in attributes.split(' ').filter_map(|attribute| attribute.split_once(':')) {
            let required = name.strip_suffix('!');
            list.push((required.unwrap_or(name), kind, required.is_some()));
        }
        let has = |flag: &str| attributes.split(' ').any(|attribute| attribute == flag);
        let content = match content.strip_prefix('=') {
            Some(kind) => Content::Text(kind),
            None => {
                let model = content.strip_prefix('~');
                let mut words = model.unwrap_or(content).split_whitespace();
                Content::Elements { mixed: model.is_some(), model: Particle::parse(&mut words).0 }
            }
        };
        Self { attributes: list, with_xml: has("xml"), any_attribute: has("*"), content }
    }
}

impl Particle {
    /// Reads a model to its end or to the bracket that closes it, and what stands behind that.
    fn parse(words: &mut dyn Iterator<Item = &'static str>) -> (Self, &'static str) {
        let (mut parts, mut is_choice, mut behind) = (Vec::new(), false, "");
        while let Some(word) = words.next() {
            if let Some(count) = word.strip_prefix(')') {
                behind = count;
                break;
            }
            parts.push(match word {
                "|" => {
                    is_choice = true;
                    continue;
                }
                "(" => {
                    let (inner, count) = Self::parse(words);
                    inner.times(count)
                }
                _ => {
                    let name = word.trim_end_matches(['?', '*', '+']);
                    Self::one(name).times(&word[name.len()..])
                }
            });
        }
        (if is_choice { Self::Either(parts) } else { Self::All(parts) }, behind)
    }

    fn one(name: &'static str) -> Self {
        let strict = name.ends_with('!');
        let which = match name.trim_end_matches('!') {
            "any" => Which::Any,
            "other" => Which::Other,
            "xhtml" => Which::Xhtml,
            _ => {
                let (local, kind) = match (name.split_once('='), name.split_once(':')) {
                    (Some((local, kind)), _) => (local, Kind::Simple(kind)),
                    (None, Some((local, kind))) => (local, Kind::Named(kind)),
                    (None, None) => (name, Kind::Named(name)),
                };
                return Self::Element { local, kind };
            }
        };
        Self::Wildcard(Wildcard { which, strict })
    }

    fn times(self, count: &str) -> Self {
        let (least, most) = match count {
            "?" => (0, 1),
            "*" => (0, usize::MAX),
            "+" => (1, usize::MAX),
            _ => return self,
        };
        Self::Times { least, most, what: Box::new(self) }
    }

    /// What the model has for an element, wherever in it: a name has one type in a model.
    pub(super) fn find(&self, child: (&str, &str), own: &str) -> Option<&Self> {
        match self {
            Self::Element { local, .. } => (child == (own, *local)).then_some(self),
            Self::Wildcard(wildcard) => wildcard.takes(child.0, own).then_some(self),
            Self::All(parts) | Self::Either(parts) => parts.iter().find_map(|part| part.find(child, own)),
            Self::Times { what, .. } => what.find(child, own),
        }
    }
}

/// The elements that stand in an element, as far as they were taken.
///
/// No model asks to look ahead, so that what fits is taken at once.
pub(super) struct Matching<'a> {
    pub(super) own: &'a str,
    pub(super) children: &'a [(&'static str, &'a str)],
    pub(super) next: usize,
    /// What was wanted and did not come.
    pub(super) wanted: Option<&'static str>,
}

impl Matching<'_> {
    pub(super) fn take(&mut self, particle: &Particle) -> bool {
        match particle {
            Particle::Element { local, .. } => {
                let is = self.child().is_some_and(|child| child == (self.own, *local));
                if is {
                    self.take_one()
                } else {
                    self.wanted = Some(local)
                }
                is
            }
            Particle::Wildcard(wildcard) => {
                let is = self.child().is_some_and(|(namespace, _)| wildcard.takes(namespace, self.own));
                if is {
                    self.take_one();
                }
                is
            }
            Particle::All(parts) => parts.iter().all(|part| self.take(part)),
            Particle::Either(parts) => {
                let start = self.next;
                let mut empty = false;
                for part in parts {
                    let taken = self.take(part);
                    if taken && self.next > start {
                        return true;
                    }
                    empty |= taken;
                    self.next = start;
                }
                self.wanted = None;
                empty
            }
            Particle::Times { least, most, what } => {
                let mut count = 0;
                while count < *most {
                    let start = self.next;
                    let taken = self.take(what);
                    if !taken {
                        self.next = start;
                        break;
                    }
                    count += 1;
                    if self.next == start {
                        count = count.max(*least);
                        break;
                    }
                }
                count >= *least
            }
        }
    }

    fn child(&self) -> Option<(&str, &str)> {
        self.children.get(self.next).copied()
    }

    fn take_one(&mut self) {
        self.next += 1;
        self.wanted = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_every_type_that_a_model_names() {
        fn visit(particle: &Particle, namespace: &str) {
            match particle {
                Particle::Element { kind: Kind::Named(name), .. } => drop(Type::named(namespace, name)),
                Particle::Element { kind: Kind::Simple(kind), .. } => {
                    assert!(super::super::simple::is_of(kind, "") || !kind.is_empty())
                }
                Particle::Wildcard(_) => {}
                Particle::All(parts) | Particle::Either(parts) => {
                    parts.iter().for_each(|part| visit(part, namespace));
                }
                Particle::Times { what, .. } => visit(what, namespace),
            }
        }
        for (namespace, kind) in
            TYPES.iter().flat_map(|(namespace, types)| types.values().map(move |kind| (namespace, kind)))
        {
            for (_, simple, _) in &kind.attributes {
                super::super::simple::is_of(simple, "");
            }
            match &kind.content {
                Content::Text(simple) => drop(super::super::simple::is_of(simple, "")),
                Content::Elements { model, .. } => visit(model, namespace),
            }
        }
    }

    #[test]
    fn takes_elements_in_order_as_often_as_the_model_has_them() {
        let is_taken = |model: &'static str, children: &str| {
            let (model, _) = Particle::parse(&mut model.split(' '));
            let children: Vec<_> =
                children.split("").filter(|name| !name.is_empty()).map(|name| ("urn:x", name)).collect();
            let mut matching = Matching { own: "urn:x", children: &children, next: 0, wanted: None };
            matching.take(&model) && matching.next == children.len()
        };
        for (model, good, bad) in [
            ("a b? c*", ["a", "ab", "abcc", "ac"], ["", "b", "aa", "acb"]),
            ("( a | b )+ c", ["ac", "bac", "abc", "bbc"], ["c", "a", "acc", "cab"]),
            ("( a b )? ( c | ( d e ) )", ["c", "abc", "de", "abde"], ["ac", "ab", "d", "cde"]),
            ("( a b? )*", ["", "a", "aba", "abab"], ["b", "abb", "c", "ac"]),
        ] {
            assert!(good.iter().all(|children| is_taken(model, children)), "{model}");
            assert!(!bad.iter().any(|children| is_taken(model, children)), "{model}");
        }
    }
}
