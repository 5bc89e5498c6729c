//! Canonical forms of plain XML, by looking at each byte once: most of a document is the message, and most of a message
//! is in its canonical form as it stands.
//!
//! Plain is what needs no more than to put declarations and attributes in their places: no comment, no processing
//! instruction, no CDATA, no reference but the three that remain, no line end but a line feed, names in
//! ASCII. What is not plain, and whatever is not well-formed, is left to [`super::tree`] and [`super::c14n`], whose outcome this has to equal.

use xml_wire::Limits;

use super::algorithm::Canonicalization;
use super::scan::{NOT_IN_TEXT, Name, class, is_space, key, name, value};

/// A namespace by its prefix.
#[derive(Debug, Clone, Copy)]
pub(super) struct Binding<'i> {
    prefix: &'i str,
    key: u64,
    uri: &'i str,
}

impl<'i> Binding<'i> {
    /// `None` for a prefix too long to compare at once.
    pub(super) fn new(prefix: &'i str, uri: &'i str) -> Option<Self> {
        (prefix.len() <= 8).then(|| Self { prefix, key: key(prefix.as_bytes(), prefix.len()), uri })
    }
}

/// The canonical form of an element's content in the making.
#[derive(Debug)]
pub(super) struct Plain<'i> {
    pub(super) how: Canonicalization,
    pub(super) limits: Limits,
    /// The form up to here; at first the element's own tag.
    pub(super) out: String,
    /// The declarations in force, innermost last.
    pub(super) in_force: Vec<Binding<'i>>,
    /// The declarations written and in force, innermost last.
    pub(super) rendered: Vec<Binding<'i>>,
    /// How many elements are open around the content.
    pub(super) depth: usize,
    /// How many elements there are elsewhere.
    pub(super) elements: usize,
}

/// An element whose end tag is still to come.
struct Open<'i> {
    name: &'i str,
    rendered: usize,
    in_force: usize,
}

/// An attribute, with its namespace once that is known.
struct Attribute<'i> {
    name: Name<'i>,
    uri: &'i str,
    value: &'i str,
}

impl<'i> Attribute<'i> {
    /// What tells it from the others of its tag, and by which they are put in order.
    fn key(&self) -> (&'i str, &'i str) {
        (self.uri, self.name.local)
    }
}

impl<'i> Plain<'i> {
    /// The whole form, up to and without the element's own end tag; `None` where the content is not plain.
    ///
    /// What may stand once in a document is not looked for here: where the content has it, it is not plain either.
    pub(super) fn content(mut self, content: &'i str) -> Option<String> {
        let bytes = content.as_bytes();
        self.out.reserve(content.len() + content.len() / 4);
        let mut open: Vec<Open<'i>> = Vec::with_capacity(16);
        // What was looked at, and what of it was written.
        let (mut here, mut written) = (0, 0);
        loop {
            here += bytes[here..].iter().take_while(|byte| class(**byte) & NOT_IN_TEXT == 0).count();
            let start = here;
            match bytes.get(here..) {
                Some([]) if open.is_empty() => break,
                Some([b'<', b'/', ..]) => {
                    let Open { name, rendered, in_force } = open.pop()?;
                    here += 2;
                    if !bytes[here..].starts_with(name.as_bytes())
                        || bytes.get(here + name.len()) != Some(&b'>')
                    {
                        return None;
                    }
                    here += name.len() + 1;
                    self.rendered.truncate(rendered);
                    self.in_force.truncate(in_force);
                }
                Some([b'<', ..]) => {
                    let name = name(content, here + 1)?;
                    here += 1 + name.whole.len();
                    self.elements += 1;
                    if self.elements > self.limits.elements
                        || self.depth + open.len() >= self.limits.depth
                        || self.out.len() > self.limits.bytes
                        || matches!(name.local, "Signature" | "oadrSignedObject" | "ReplayProtect")
                    {
                        return None;
                    }
                    let outside = Open {
                        name: name.whole,
                        rendered: self.rendered.len(),
                        in_force: self.in_force.len(),
                    };
                    if bytes.get(here) == Some(&b'>') {
                        // All that it can want is a declaration.
                        if let Some(wanted) = self.wanted(name)? {
                            self.out.push_str(&content[written..here]);
                            self.declare(wanted);
                            written = here;
                        }
                        here += 1;
                        open.push(outside);
                        continue;
                    }
                    self.out.push_str(&content[written..start]);
                    let empty = self.tag(name, content, &mut here)?;
                    written = here;
                    if empty {
                        self.out.extend(["</", name.whole, ">"]);
                        self.rendered.truncate(outside.rendered);
                        self.in_force.truncate(outside.in_force);
                    } else {
                        open.push(outside);
                    }
                }
                // References that stand in canonical forms too.
                Some(rest) => {
                    here +=
                        ["&amp;", "&lt;", "&gt;"].iter().find(|name| rest.starts_with(name.as_bytes()))?.len()
                }
                None => return None,
            }
        }
        self.out.push_str(&content[written..]);
        Some(self.out)
    }

    /// The declaration that a tag without attributes needs.
    #[inline]
    fn wanted(&self, name: Name<'i>) -> Option<Option<Binding<'i>>> {
        let Name { prefix, key, .. } = name;
        let uri = self.uri(name)?;
        let stands = self.how == Canonicalization::Inclusive || self.is_rendered(key, uri);
        Some((!stands).then_some(Binding { prefix, key, uri }))
    }

    /// Writes a declaration.
    fn declare(&mut self, binding: Binding<'i>) {
        let xmlns = if binding.prefix.is_empty() { " xmlns" } else { " xmlns:" };
        self.out.extend([xmlns, binding.prefix, "=\"", binding.uri, "\""]);
        self.rendered.push(binding);
    }

    /// Writes a start tag that does not stay as it is; whether it is that of an empty element.
    fn tag(&mut self, name: Name<'i>, content: &'i str, here: &mut usize) -> Option<bool> {
        let outside = self.in_force.len();
        let (mut attributes, empty) = self.attributes(content, here)?;
        for attribute in &mut attributes {
            attribute.uri = if attribute.name.prefix.is_empty() { "" } else { self.uri(attribute.name)? };
        }
        attributes.sort_unstable_by_key(Attribute::key);
        if attributes.windows(2).any(|pair| matches!(pair, [one, other] if one.key() == other.key())) {
            return None;
        }
        let own = Binding { prefix: name.prefix, key: name.key, uri: self.uri(name)? };
        let mut wanted: Vec<Binding<'i>> = match self.how {
            Canonicalization::Inclusive => self.in_force[outside..].to_vec(),
            Canonicalization::Exclusive => {
                let prefixed = attributes.iter().filter(|attribute| !attribute.name.prefix.is_empty());
                let theirs = prefixed.map(|a| Binding { prefix: a.name.prefix, key: a.name.key, uri: a.uri });
                std::iter::once(own).chain(theirs).collect()
            }
        };
        wanted.sort_unstable_by_key(|binding| binding.prefix);
        self.out.extend(["<", name.whole]);
        for binding in wanted {
            if !self.is_rendered(binding.key, binding.uri) {
                self.declare(binding);
            }
        }
        for Attribute { name, value, .. } in attributes {
            self.out.extend([" ", name.whole, "=\"", value, "\""]);
        }
        self.out.push('>');
        Some(empty)
    }

    /// Reads what follows the name in a tag, to its end: attributes, and declarations, which are in force then.
    fn attributes(&mut self, content: &'i str, here: &mut usize) -> Option<(Vec<Attribute<'i>>, bool)> {
        let (bytes, outside) = (content.as_bytes(), self.in_force.len());
        let mut attributes = Vec::new();
        loop {
            if attributes.len() + self.in_force.len() - outside > self.limits.attributes
                // The reader counts that of `xml` too.
                || self.in_force.len() >= self.limits.namespaces
            {
                return None;
            }
            let blanks = bytes[*here..].iter().take_while(|byte| is_space(**byte)).count();
            *here += blanks;
            match bytes.get(*here..)? {
                [b'>', ..] => {
                    *here += 1;
                    return Some((attributes, false));
                }
                [b'/', b'>', ..] => {
                    *here += 2;
                    return Some((attributes, true));
                }
                _ if blanks == 0 => return None,
                _ => {}
            }
            let name = name(content, *here)?;
            let value = value(content, *here + name.whole.len())?;
            *here = value.end + 1;
            let value = &content[value];
            let declared = match (name.prefix, name.local) {
                ("", "xmlns") => "",
                ("xmlns", prefix) if !value.is_empty() => prefix,
                ("xmlns" | "xml", _) | (_, "Id") => return None,
                _ => {
                    attributes.push(Attribute { name, uri: "", value });
                    continue;
                }
            };
            let binding = Binding::new(declared, value)?;
            let twice = self.in_force[outside..].iter().any(|other| other.key == binding.key);
            // Prefixes and namespaces that XML itself defines.
            if twice
                || declared.starts_with("xml")
                || value.starts_with("http://www.w3.org/XML")
                || value.ends_with("/xmlns/")
            {
                return None;
            }
            self.in_force.push(binding);
        }
    }

    /// The namespace of a prefix; `None` where there is none.
    #[inline]
    fn uri(&self, name: Name<'i>) -> Option<&'i str> {
        match last(&self.in_force, name.key) {
            None if name.prefix.is_empty() => Some(""),
            binding => binding.map(|binding| binding.uri),
        }
    }

    /// Whether a prefix stands for this namespace in the form. It is most often the very text of its declaration.
    #[inline]
    fn is_rendered(&self, key: u64, uri: &str) -> bool {
        let rendered = last(&self.rendered, key).map_or("", |binding| binding.uri);
        std::ptr::eq(rendered, uri) || rendered == uri
    }
}

#[inline]
fn last<'b, 'i>(bindings: &'b [Binding<'i>], key: u64) -> Option<&'b Binding<'i>> {
    bindings.iter().rev().find(|binding| binding.key == key)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::{Just, Strategy, prop_oneof};
    use proptest::sample::select;
    use proptest::{prop_assert_eq, proptest};

    use super::super::c14n::{canonical, with_content};
    use super::super::tree::Tree;
    use super::*;

    const APEX: &str = r#"<r xmlns="urn:d" xmlns:p="urn:p" xmlns:q="urn:q">"#;

    /// The form of an element with this content, as it is made in general, and as it is made here.
    fn forms(content: &str, how: Canonicalization) -> (Option<String>, Option<String>) {
        let limits = Limits { depth: 6, elements: 40, attributes: 4, namespaces: 7, ..Limits::default() };
        let outline = format!("{APEX}</r>");
        let outline = Tree::read(outline.as_bytes(), limits).unwrap();
        let plain = with_content(&outline, 0, how, limits, content);
        let document = format!("{APEX}{content}</r>");
        let general = Tree::read(document.as_bytes(), limits).ok();
        (general.map(|tree| canonical(&tree, 0, how, limits.bytes).unwrap()), plain)
    }

    #[test]
    fn takes_what_is_plain_and_leaves_the_rest() {
        let plain = [
            "",
            "text \t\n 'é'\" &amp;&lt;&gt;",
            "<a>1</a> <p:b/>",
            "<p:a x='1'  q:z=\"2\"\n p:y='>' ><q:b/></p:a>",
            "<a xmlns='urn:p'><p:b xmlns:p='urn:d' p:x='' x=''/><p:b/></a>",
            "<a xmlns=''><b/><c xmlns='urn:d'/></a><b/>",
            "<a><a><a><a><a/></a></a></a></a>",
        ];
        let other = [
            "<a>",
            "</a>",
            "<a></b>",
            "<a></a >",
            "<a b></a>",
            "<a b=c/>",
            "<a b='<'/>",
            "<a b='1'c='2'/>",
            "<a b = '1'/>",
            "<a b='1' b='2'/>",
            "<a p:b='1' r:b='2' xmlns:r='urn:p'/>",
            "<u:a/>",
            "<a u:b='1'/>",
            "<a:b:c/>",
            "<:a/>",
            "<a:/>",
            "<p:1/>",
            "<1/>",
            "<é/>",
            "<a/",
            "<a",
            "<",
            ">",
            "]]>",
            "&apos;",
            "&quot;",
            "&#65;",
            "&amp",
            "&",
            "\r",
            "<a b='&lt;'/>",
            "<a b='\t'/>",
            "<a b='\n'/>",
            "<a b='\"'/>",
            "<!-- -->",
            "<?p?>",
            "<![CDATA[]]>",
            "<!DOCTYPE a>",
            "<a Id='1'/>",
            "<a p:Id='1'/>",
            "<a xml:lang='nl'/>",
            "<a xmlns:p=''/>",
            "<a xmlns='http://www.w3.org/2000/xmlns/'/>",
            "<a xmlns:xml='http://www.w3.org/XML/1998/namespace'/>",
            "<a xmlns:r='http://www.w3.org/XML/1998/namespace'/>",
            "<a xmlns:xmlns='urn:x'/>",
            "<a xmlns:r='urn:r' xmlns:r='urn:r'/>",
            "<a xmlns='urn:r' xmlns='urn:r'/>",
            "<p:Signature/>",
            "<oadrSignedObject/>",
            "<q:ReplayProtect/>",
            "<a><a><a><a><a><a/></a></a></a></a></a>",
            "<a a='1' b='2' c='3' d='4' e='5'/>",
            "<a xmlns:a='urn:a'><a xmlns:b='urn:b'><a xmlns:c='urn:c'><a xmlns:d='urn:d'><a xmlns:e='urn:e'/></a></a></a></a>",
        ];
        for how in [Canonicalization::Inclusive, Canonicalization::Exclusive] {
            for content in plain {
                let (general, plain) = forms(content, how);
                assert!(plain.is_some() && plain == general, "{content}: {plain:?} {general:?}");
            }
            for content in other {
                assert_eq!(forms(content, how).1, None, "{content}");
            }
            let many = "<a/>".repeat(39);
            assert_eq!(forms(&many, how).0, forms(&many, how).1);
            assert_eq!(forms(&(many + "<a/>"), how), (None, None));
        }
    }

    #[test]
    fn leaves_a_form_out_of_all_proportion() {
        let limits = Limits { bytes: 20_000, ..Limits::default() };
        let outline = format!("<r xmlns:p='{}'></r>", "u".repeat(500));
        let tree = Tree::read(outline.as_bytes(), limits).unwrap();
        let form = |content: &str| with_content(&tree, 0, Canonicalization::Exclusive, limits, content);
        assert!(form(&"<p:a/>".repeat(20)).is_some());
        assert_eq!(form(&"<p:a/>".repeat(200)), None);
    }

    /// Elements in elements, with declarations, attributes and text of each kind.
    fn content() -> impl Strategy<Value = String> {
        let name = || select(vec!["a", "b", "p:a", "q:a", "p:b", "r:c"]);
        let declaration = select(vec![
            "",
            "",
            "",
            " xmlns='urn:d'",
            " xmlns=''",
            " xmlns:p='urn:p'",
            " xmlns:p='urn:q'",
            " xmlns:r='urn:r'",
            " xmlns:q=\"urn:d\" xmlns='urn:q'",
        ]);
        let attribute = prop_oneof![
            4 => Just(String::new()),
            2 => (name(), select(vec!["'1'", "\"2 3\"", "'>'"])).prop_map(|(name, value)| format!(" {name}={value}")),
        ];
        let text = prop_oneof![
            8 => select(vec!["", " ", "\n  ", "text", "é'\""]),
            1 => select(vec!["&gt;", "]", "<!---->", "<![CDATA[x]]>"]),
        ];
        let leaf = text.prop_map(str::to_owned);
        leaf.prop_recursive(4, 24, 4, move |inner| {
            (name(), declaration.clone(), vec(attribute.clone(), 0..3), vec(inner, 0..4)).prop_map(
                |(name, declaration, attributes, inner)| {
                    let (attributes, inner) = (attributes.concat(), inner.concat());
                    if inner.is_empty() {
                        return format!("<{name}{attributes}{declaration}/>");
                    }
                    format!("<{name}{declaration}{attributes}>{inner}</{name}>")
                },
            )
        })
    }

    proptest! {
        #[test]
        fn whatever_is_plain_has_the_form_it_has_in_general(content in content()) {
            for how in [Canonicalization::Inclusive, Canonicalization::Exclusive] {
                let (general, plain) = forms(&content, how);
                if plain.is_some() {
                    prop_assert_eq!(plain, general, "{:?} of {}", how, content);
                }
            }
        }
    }
}
