//! What may stand in an element, and how far reading has come in it: the tables that the derive writes.

use crate::error::{Error, ErrorKind};
use crate::name::{Key, Name, OTHER};
use crate::reader::Reader;

/// One place in an element: a child by name, or a choice of children.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    names: Names,
    required: bool,
    repeats: bool,
}

#[derive(Debug, Clone, Copy)]
enum Names {
    One(Name),
    Choice(&'static [Name]),
    /// Whatever stands in a namespace that the dialect does not know.
    Foreign,
}

impl Field {
    /// A child that must stand once.
    pub const fn one(name: Name) -> Self {
        Self { names: Names::One(name), required: true, repeats: false }
    }

    /// One of several children, which must stand once.
    pub const fn choice(names: &'static [Name]) -> Self {
        Self { names: Names::Choice(names), required: true, repeats: false }
    }

    /// Any number of children in namespaces that the dialect does not know (`xs:any` with `##other`).
    pub const fn foreign() -> Self {
        Self { names: Names::Foreign, required: false, repeats: true }
    }

    /// The same, but it may be absent.
    pub const fn optional(self) -> Self {
        Self { required: false, ..self }
    }

    /// The same, but any number of times, once at least.
    pub const fn repeated(self) -> Self {
        Self { repeats: true, ..self }
    }

    fn names(&self) -> &[Name] {
        match &self.names {
            Names::One(name) => std::slice::from_ref(name),
            Names::Choice(names) => names,
            Names::Foreign => &[],
        }
    }

    fn name(&self, variant: usize) -> &'static str {
        self.names().get(variant).map_or("an element of another namespace", |name| name.qualified)
    }

    fn label(&self) -> String {
        match self.names() {
            [one] => one.qualified.to_owned(),
            [names @ .., last] => {
                let names: Vec<&str> = names.iter().map(|name| name.qualified).collect();
                format!("one of {} or {}", names.join(", "), last.qualified)
            }
            [] => self.name(0).to_owned(),
        }
    }
}

/// Adds to a list, which grows fourfold, so that a long one is reached in few steps; by half where it takes much memory.
#[doc(hidden)]
pub fn push<T>(list: &mut Vec<T>, item: T) {
    const MUCH: usize = 16 * 1024;
    if list.len() == list.capacity() && !list.is_empty() {
        if size_of_val(list.as_slice()) <= MUCH {
            list.reserve(3 * list.len());
        } else {
            list.reserve_exact(list.len() / 2);
        }
    }
    list.push(item);
}

/// How far reading has come in one element.
#[derive(Debug)]
pub struct Cursor {
    fields: &'static [Field],
    /// A bit for each field that every reading wants.
    required: u64,
    /// A bit for each field that strict reading wants: those, and lists that must have an entry.
    required_strictly: u64,
    seen: u64,
    next: usize,
}

/// The child that was found: which field it is, and which of the field's choices.
#[derive(Debug, Clone, Copy)]
pub struct Hit {
    /// Index into the table of fields.
    pub field: usize,
    /// Index into the choice's names; 0 where there is no choice.
    pub variant: usize,
}

impl Cursor {
    /// At the start of an element with these fields.
    ///
    /// # Panics
    /// When there are more than 64; in a constant that is a compile error.
    pub const fn new(fields: &'static [Field]) -> Self {
        assert!(fields.len() <= 64, "an element can have at most 64 fields");
        let (mut required, mut required_strictly) = (0, 0);
        let mut index = 0;
        while index < fields.len() {
            if fields[index].required {
                required_strictly |= 1 << index;
                // An empty list is readable, though the schema may want one entry at least.
                if !fields[index].repeats {
                    required |= 1 << index;
                }
            }
            index += 1;
        }
        Self { fields, required, required_strictly, seen: 0, next: 0 }
    }

    /// Whether nothing may stand in the element.
    pub(crate) fn takes_nothing(&self) -> bool {
        self.fields.is_empty()
    }

    /// The field that an element of this name is, searched from where the schema expects it.
    pub(crate) fn find(&self, ns: u8, key: Key, local: &[u8]) -> Option<Hit> {
        let is = |name: &Name| {
            name.key == key && name.ns == ns && (key.is_whole() || name.local.as_bytes() == local)
        };
        // Most documents keep the schema's order, so the next field is most often the one.
        if let Some(Field { names: Names::One(name), .. }) = self.fields.get(self.next)
            && is(name)
        {
            return Some(Hit { field: self.next, variant: 0 });
        }
        let (before, after) = self.fields.split_at(self.next);
        let hit = |(field, candidate): (usize, &Field)| match &candidate.names {
            Names::One(name) => is(name).then_some(Hit { field, variant: 0 }),
            Names::Choice(names) => names.iter().position(is).map(|variant| Hit { field, variant }),
            Names::Foreign => (ns == OTHER).then_some(Hit { field, variant: 0 }),
        };
        let ahead = after.iter().enumerate().find_map(|(i, field)| hit((i + self.next, field)));
        ahead.or_else(|| before.iter().enumerate().find_map(hit))
    }

    /// The field with this local name, in whatever namespace.
    pub(crate) fn find_local(&self, local: &str) -> Option<&'static Name> {
        self.fields.iter().find_map(|field| match &field.names {
            Names::One(name) => (name.local == local).then_some(name),
            Names::Choice(names) => names.iter().find(|name| name.local == local),
            Names::Foreign => None,
        })
    }

    /// Notes that a field was found.
    pub(crate) fn take(&mut self, hit: Hit, reader: &Reader<'_>) -> Result<(), Error> {
        let field = &self.fields[hit.field];
        let bit = 1u64 << hit.field;
        if self.seen & bit != 0 && !field.repeats {
            let what = format!("{} stands twice", field.name(hit.variant));
            return Err(reader.error_at_tag(ErrorKind::Duplicate, what));
        }
        if reader.is_strict() && hit.field < self.next && self.fields_after(hit.field) {
            let later = self.fields[self.next.min(self.fields.len()) - 1].label();
            let what = format!("{} must stand before {later}", field.name(hit.variant));
            return Err(reader.error_at_tag(ErrorKind::Order, what));
        }
        self.seen |= bit;
        // A repeating field is expected again; any other makes way for the next.
        self.next = if field.repeats { hit.field } else { hit.field + 1 };
        Ok(())
    }

    /// Whether a field behind `field` was seen already.
    fn fields_after(&self, field: usize) -> bool {
        field < 63 && self.seen >> (field + 1) != 0
    }

    /// Checks at the element's end that nothing required is absent.
    pub(crate) fn finish(&self, reader: &Reader<'_>) -> Result<(), Error> {
        let required = if reader.is_strict() { self.required_strictly } else { self.required };
        let absent = required & !self.seen;
        if let Some(field) = self.fields.get(absent.trailing_zeros() as usize) {
            return Err(reader.error_here(ErrorKind::Missing, format!("missing {}", field.label())));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_takes_much_memory_has_room_for_half_as_many_again_at_most() {
        let mut list = Vec::new();
        for _ in 0..100 {
            push(&mut list, [0_u64; 110]);
        }
        assert!(list.capacity() <= 150, "{}", list.capacity());
    }
}
