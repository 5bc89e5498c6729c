//! Canonical XML 1.0 and Exclusive XML Canonicalization 1.0, of one element and all within, without comments.

use smallvec::SmallVec;
use xml_wire::Limits;

use super::algorithm::Canonicalization;
use super::error::Error;
use super::plain::{Binding, Plain};
use super::tree::{Attribute, Piece, Place, Tree, is_same};

/// The canonical form of an element.
///
/// Exclusive forms repeat declarations, so that a small document may have a large one: past `limit` bytes it is
/// refused.
pub(super) fn canonical(
    tree: &Tree<'_>,
    apex: Place,
    how: Canonicalization,
    limit: usize,
) -> Result<String, Error> {
    let mut form = Form::new(tree, apex, how, limit);
    for piece in tree.pieces(apex) {
        match piece {
            Piece::Start(place) => form.start(*place)?,
            Piece::End => form.end(),
            Piece::Text(text) => escape(text, in_text, &mut form.out),
            Piece::Instruction(pi) => form.instruction(pi),
        }
        form.check_length()?;
    }
    Ok(form.out)
}

/// The canonical form of an element that is empty in the tree, with this content: `None` where it is not plain.
pub(super) fn with_content<'t>(
    tree: &'t Tree<'_>,
    apex: Place,
    how: Canonicalization,
    limits: Limits,
    content: &'t str,
) -> Option<String> {
    let mut form = Form::new(tree, apex, how, limits.bytes);
    form.start(apex).ok()?;
    let mut in_force = Vec::with_capacity(32);
    let outer: Vec<Place> = tree.outwards(apex).collect();
    for (prefix, uri) in outer.iter().rev().flat_map(|place| tree.declarations(*place)) {
        in_force.push(Binding::new(prefix, uri)?);
    }
    let rendered =
        form.rendered.iter().map(|(prefix, uri)| Binding::new(prefix, uri)).collect::<Option<_>>()?;
    let (depth, elements) = (outer.len(), tree.len());
    let plain = Plain { how, limits, out: form.out, in_force, rendered, depth, elements };
    let mut out = plain.content(content)?;
    out.extend(["</", tree.element(apex).name, ">"]);
    (out.len() <= limits.bytes).then_some(out)
}

/// A canonical form in the making.
struct Form<'t, 'i> {
    tree: &'t Tree<'i>,
    apex: Place,
    how: Canonicalization,
    limit: usize,
    out: String,
    /// The declarations written and in force, prefix and namespace, innermost last.
    rendered: Few<(&'t str, &'t str)>,
    /// The open elements: name, and how many declarations were in force outside.
    open: Few<(&'t str, usize)>,
    /// The declarations that the element at hand asks for.
    wanted: Few<(&'t str, &'t str)>,
}

/// As many as there are in nearly all signatures stand without an allocation.
type Few<T> = SmallVec<[T; 12]>;

impl<'t, 'i> Form<'t, 'i> {
    fn new(tree: &'t Tree<'i>, apex: Place, how: Canonicalization, limit: usize) -> Self {
        // Most of a small form is declarations.
        let out = String::with_capacity((512 + 32 * tree.pieces(apex).len()).min(limit));
        Self { tree, apex, how, limit, out, rendered: Few::new(), open: Few::new(), wanted: Few::new() }
    }

    fn start(&mut self, place: Place) -> Result<(), Error> {
        let name = self.tree.element(place).name;
        self.open.push((name, self.rendered.len()));
        self.out.push('<');
        self.out.push_str(name);
        self.declarations(place)?;
        self.attributes(place)?;
        self.out.push('>');
        Ok(())
    }

    fn end(&mut self) {
        if let Some((name, outside)) = self.open.pop() {
            self.rendered.truncate(outside);
            self.out.push_str("</");
            self.out.push_str(name);
            self.out.push('>');
        }
    }

    /// Writes the declarations that are not in force already, by prefix.
    fn declarations(&mut self, place: Place) -> Result<(), Error> {
        self.wanted.clear();
        match self.how {
            Canonicalization::Inclusive if place == self.apex => self.want_all_in_force(place),
            Canonicalization::Inclusive => {
                self.wanted.extend(self.tree.declarations(place).iter().map(|(p, uri)| (*p, uri.as_ref())));
            }
            Canonicalization::Exclusive => {
                let tree = self.tree;
                let prefix = tree.element(place).prefix();
                self.wanted.push((prefix, tree.namespace(place, prefix)));
                let prefixed = tree.attributes(place).iter().filter(|a| !a.prefix().is_empty());
                self.wanted.extend(prefixed.map(|a| (a.prefix(), tree.namespace(place, a.prefix()))));
            }
        }
        if self.wanted.len() > 1 {
            self.wanted.sort_unstable();
        }
        for &(prefix, uri) in &self.wanted {
            let in_force = self.rendered.iter().rev().find(|(rendered, _)| is_same(rendered, prefix));
            if prefix == "xml" || in_force.map_or("", |(_, uri)| uri) == uri {
                continue;
            }
            self.out.push_str(if prefix.is_empty() { " xmlns" } else { " xmlns:" });
            self.out.push_str(prefix);
            value(uri, &mut self.out);
            self.rendered.push((prefix, uri));
            if self.out.len() > self.limit {
                return Err(Error::TooLarge { limit: self.limit });
            }
        }
        Ok(())
    }

    fn want_all_in_force(&mut self, place: Place) {
        for outer in self.tree.outwards(place) {
            for (prefix, uri) in self.tree.declarations(outer) {
                if !self.wanted.iter().any(|(inner, _)| is_same(inner, prefix)) {
                    self.wanted.push((prefix, uri));
                }
            }
        }
    }

    /// Writes the attributes by namespace, then local name.
    fn attributes(&mut self, place: Place) -> Result<(), Error> {
        let own = self.tree.attributes(place);
        if let ([] | [_], false) = (own, place == self.apex) {
            own.iter().for_each(|attribute| self.attribute(attribute));
            return Ok(());
        }
        // Without a prefix it is in no namespace, whatever the default is.
        let namespace = |attribute: &'t Attribute<'_>| match attribute.prefix() {
            "" => "",
            prefix => self.tree.namespace(place, prefix),
        };
        // Each namespace is looked up once: a hostile document has it far out.
        let mut all: Few<(&'t str, &'t Attribute<'_>)> = own.iter().map(|a| (namespace(a), a)).collect();
        if place == self.apex && self.how == Canonicalization::Inclusive {
            for outer in self.tree.outwards(place).skip(1) {
                for attribute in self.tree.attributes(outer).iter().filter(|a| a.prefix() == "xml") {
                    if !all.iter().any(|(_, inner)| inner.name == attribute.name) {
                        all.push((namespace(attribute), attribute));
                    }
                }
            }
        }
        all.sort_unstable_by_key(|(namespace, attribute)| (*namespace, attribute.local));
        for (_, attribute) in all {
            self.attribute(attribute);
            self.check_length()?;
        }
        Ok(())
    }

    fn attribute(&mut self, attribute: &Attribute<'_>) {
        self.out.push(' ');
        self.out.push_str(attribute.name);
        value(&attribute.value, &mut self.out);
    }

    /// One blank stands between target and content.
    fn instruction(&mut self, pi: &str) {
        let pi = pi.replace("\r\n", "\n").replace('\r', "\n");
        let space = [' ', '\t', '\n'];
        let (target, content) = pi.split_once(space).unwrap_or((&pi, ""));
        let content = content.trim_start_matches(space);
        self.out.push_str("<?");
        self.out.push_str(target);
        if !content.is_empty() {
            self.out.push(' ');
            self.out.push_str(content);
        }
        self.out.push_str("?>");
    }

    fn check_length(&self) -> Result<(), Error> {
        if self.out.len() > self.limit { Err(Error::TooLarge { limit: self.limit }) } else { Ok(()) }
    }
}

/// An attribute's value, with what stands around it.
fn value(text: &str, out: &mut String) {
    out.push_str("=\"");
    escape(text, in_value, out);
    out.push('"');
}

fn in_text(byte: u8) -> Option<&'static str> {
    match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'\r' => Some("&#xD;"),
        _ => None,
    }
}

fn in_value(byte: u8) -> Option<&'static str> {
    match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'"' => Some("&quot;"),
        b'\t' => Some("&#x9;"),
        b'\n' => Some("&#xA;"),
        b'\r' => Some("&#xD;"),
        _ => None,
    }
}

#[inline]
fn escape(text: &str, replacement: impl Fn(u8) -> Option<&'static str>, out: &mut String) {
    // Most texts have none of these. Without early exit that is looked up many bytes at a time.
    let special = |b: u8| (b < b' ') | (b == b'"') | (b == b'&') | (b == b'<') | (b == b'>');
    if !text.bytes().fold(false, |any, b| any | special(b)) {
        out.push_str(text);
        return;
    }
    let mut from = 0;
    for (at, &byte) in text.as_bytes().iter().enumerate() {
        // Everything that is replaced lies below `?`.
        if byte <= b'>'
            && let Some(replacement) = replacement(byte)
        {
            out.push_str(&text[from..at]);
            out.push_str(replacement);
            from = at + 1;
        }
    }
    out.push_str(&text[from..]);
}

#[cfg(test)]
mod tests {
    use xml_wire::Limits;

    use super::*;

    /// Both forms of the first element with a local name.
    fn forms(document: &str, local: &str) -> [String; 2] {
        let tree = Tree::read(document.as_bytes(), Limits::default()).unwrap();
        let mut place = 0;
        while tree.element(place).local != local {
            place += 1;
        }
        [Canonicalization::Inclusive, Canonicalization::Exclusive]
            .map(|how| canonical(&tree, place, how, 1 << 20).unwrap())
    }

    #[test]
    fn writes_declarations_by_prefix_and_attributes_by_namespace() {
        let document = r#"<e xmlns:z="urn:a" xmlns:a="urn:z" xmlns="urn:d" a:n='1' z:n="2" b="3" a="4"/>"#;
        let form = r#"<e xmlns="urn:d" xmlns:a="urn:z" xmlns:z="urn:a" a="4" b="3" z:n="2" a:n="1"></e>"#;
        assert_eq!(forms(document, "e"), [form, form]);
    }

    #[test]
    fn takes_in_what_is_in_force_or_only_what_is_in_use() {
        let document = r#"<r xmlns="urn:d" xmlns:u="urn:u" xmlns:v="urn:v" xml:lang="nl" xml:space="default"><m xml:space="preserve" xmlns:v="urn:w"><u:e xml:lang="en"><x xmlns="" v:a="1"/></u:e></m></r>"#;
        assert_eq!(
            forms(document, "e"),
            [
                r#"<u:e xmlns="urn:d" xmlns:u="urn:u" xmlns:v="urn:w" xml:lang="en" xml:space="preserve"><x xmlns="" v:a="1"></x></u:e>"#,
                r#"<u:e xmlns:u="urn:u" xml:lang="en"><x xmlns:v="urn:w" v:a="1"></x></u:e>"#,
            ]
        );
    }

    #[test]
    fn repeats_no_declaration_unless_it_changed() {
        let document = r#"<a xmlns="urn:1" xmlns:p="urn:p"><b xmlns="urn:1" xmlns:p="urn:p"><p:c/><c xmlns=""><d xmlns="urn:1"/></c></b></a>"#;
        assert_eq!(
            forms(document, "a"),
            [
                r#"<a xmlns="urn:1" xmlns:p="urn:p"><b><p:c></p:c><c xmlns=""><d xmlns="urn:1"></d></c></b></a>"#,
                r#"<a xmlns="urn:1"><b><p:c xmlns:p="urn:p"></p:c><c xmlns=""><d xmlns="urn:1"></d></c></b></a>"#,
            ]
        );
    }

    #[test]
    fn escapes_and_normalises() {
        let document = "<e a='&quot;&lt;&gt;&amp;&apos;&#9;&#10;&#13;\r\n\t'>\r\n&#13;&gt;]]&gt;<![CDATA[<&>\"]]>'é<!-- c --><?p   q\r\n?><?r?></e>";
        let form = "<e a=\"&quot;&lt;>&amp;'&#x9;&#xA;&#xD;  \">\n&#xD;&gt;]]&gt;&lt;&amp;&gt;\"'é<?p q\n?><?r?></e>";
        assert_eq!(forms(document, "e"), [form, form]);
    }

    #[test]
    fn stops_where_the_form_grows_past_its_limit() {
        let uri = "u".repeat(1000);
        let document = format!("<a xmlns:p='{uri}'>{}</a>", "<p:b/>".repeat(1000));
        let tree = Tree::read(document.as_bytes(), Limits::default()).unwrap();
        assert!(canonical(&tree, 0, Canonicalization::Inclusive, 50_000).is_ok());
        let error = canonical(&tree, 0, Canonicalization::Exclusive, 50_000).unwrap_err();
        assert!(matches!(error, Error::TooLarge { limit: 50_000 }), "{error}");
    }

    #[test]
    fn takes_no_more_memory_than_the_form_may_have() {
        let document = format!("<a>{}</a>", "&amp;".repeat(5000));
        let tree = Tree::read(document.as_bytes(), Limits::default()).unwrap();
        let form = canonical(&tree, 0, Canonicalization::Inclusive, 50_000).unwrap();
        assert_eq!(form.len(), document.len());
        assert!(form.capacity() <= 50_000, "{}", form.capacity());
    }
}
