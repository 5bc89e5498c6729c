//! A document with its message taken out, so that only what stands around it has to be taken apart.

use std::sync::LazyLock;

use memchr::memmem::{self, Finder, FinderRev};
use xml_wire::Limits;

use super::tree::{Place, Tree};

/// A document whose message is left out: all that [`super::tree::Tree`] has to look at.
pub(super) struct Outline<'i> {
    /// The document, with an empty signed object.
    pub(super) text: String,
    /// What stands in the signed object.
    pub(super) content: &'i str,
    /// The document from the tag on that this was taken from behind.
    source: &'i str,
    /// How long that tag is.
    tag_len: usize,
    /// Where the tag starts from behind which that was taken.
    at: usize,
}

impl<'i> Outline<'i> {
    /// Takes the content of the signed object out of a document; `None` where that is not plainly seen.
    ///
    /// Nothing that matters is decided here. If what is taken for the content is not that of an element, either the rest
    /// is not well-formed, or the content is not plain, or the digest is another; whether the element is the signed object,
    /// [`Self::is_around`] tells.
    pub(super) fn of(bytes: &'i [u8], limits: Limits) -> Option<Self> {
        if bytes.len() > limits.bytes {
            return None;
        }
        let document = str::from_utf8(bytes).ok()?;
        let end = END.rfind(bytes)?;
        let end = memchr::memrchr(b'<', &bytes[..end])?;
        let name = document[end..].strip_prefix("</")?.split('>').next()?;
        let is_tag = |at: &usize| bytes[..*at].ends_with(b"<");
        let start = memmem::find_iter(&bytes[..end], name).find(is_tag)? - 1;
        let tag_len = memchr::memchr(b'>', &bytes[start..end])? + 1;
        let content = start + tag_len;
        // A comment, or a part of one.
        let is_marked = memchr::memchr_iter(b'!', &bytes[..start]).any(|at| bytes[..at].ends_with(b"<"));
        if is_marked || bytes[..content].ends_with(b"/>") {
            return None;
        }
        Some(Self {
            text: [&document[..content], &document[end..]].concat(),
            content: &document[content..end],
            source: &document[start..],
            tag_len,
            at: start,
        })
    }

    /// Whether it is this element that the content was taken out of: the signed object, and none that looks like it.
    pub(super) fn is_around(&self, tree: &Tree<'_>, place: Place) -> bool {
        tree.offset(place, &self.text) == Some(self.at)
    }

    /// The element as it stands in the document, if its tags stay as they are in its canonical form, which `empty` is
    /// without the content, and if it is certain that there are at most so many elements in it, and none that may stand once
    /// in a document.
    pub(super) fn standing(&self, empty: &str, name: &str, elements: usize) -> Option<&'i str> {
        let tag = empty.strip_suffix('>')?.strip_suffix(name)?.strip_suffix("</")?;
        let end = &empty[tag.len()..];
        let len = tag.len() + self.content.len() + end.len();
        let element = self.source.get(..len)?;
        let stays = element.starts_with(tag) && element.ends_with(end) && self.tag_len == tag.len();
        // No element is shorter than `<a/>`.
        let has_few = self.content.len() / 4 <= elements;
        (stays && has_few && is_unheeded(self.content)).then_some(element)
    }
}

/// Whether there is nothing in a signed object's content of which a document has one, nor anything with an identifier.
fn is_unheeded(content: &str) -> bool {
    let content = content.as_bytes();
    // One search for `Signature` and `oadrSignedObject`.
    let signs =
        |at: usize| content[at..].starts_with(b"Signature") || content[at..].starts_with(b"SignedObject");
    let identifies = |at: usize| content[at + 2..].trim_ascii_start().starts_with(b"=");
    !SIGN.find_iter(content).any(signs)
        && REPLAY_PROTECT.find(content).is_none()
        && !ID.find_iter(content).any(identifies)
}

static END: LazyLock<FinderRev<'_>> = LazyLock::new(|| FinderRev::new("oadrSignedObject>"));
static SIGN: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("Sign"));
static REPLAY_PROTECT: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("ReplayProtect"));
static ID: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("Id"));

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::sample::select;
    use proptest::{prop_assert, proptest};

    use super::*;

    #[test]
    fn takes_the_content_out_of_a_document() {
        let of = |document: &'static str| {
            Outline::of(document.as_bytes(), Limits::default()).map(|outline| (outline.text, outline.content))
        };
        let found = of("<p xmlns='urn:x'><s/><o:oadrSignedObject a='b'><a/></o:oadrSignedObject><t/></p>");
        let text = "<p xmlns='urn:x'><s/><o:oadrSignedObject a='b'></o:oadrSignedObject><t/></p>";
        assert_eq!(found, Some((text.to_owned(), "<a/>")));
        for other in [
            "",
            "<p/>",
            "<p><oadrSignedObject/></p>",
            "</oadrSignedObject>",
            "<oadrSignedObject></oadrSignedObject ></p>",
            "<p><!-- c --><oadrSignedObject><a/></oadrSignedObject></p>",
            "<p></a><oadrSignedObject><a></p>",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
        let limits = Limits { bytes: 10, ..Limits::default() };
        assert!(Outline::of(b"<oadrSignedObject></oadrSignedObject>", limits).is_none());
    }

    #[test]
    fn leaves_an_element_as_it_stands_only_if_nothing_in_it_is_looked_up() {
        let standing = |content: &str| {
            let document = format!("<p><oadrSignedObject a=\"b\">{content}</oadrSignedObject></p>");
            let outline = Outline::of(document.as_bytes(), Limits::default()).unwrap();
            let empty = "<oadrSignedObject a=\"b\"></oadrSignedObject>";
            let standing = outline.standing(empty, "oadrSignedObject", 4);
            let whole = format!("<oadrSignedObject a=\"b\">{content}</oadrSignedObject>");
            assert!(standing.is_none_or(|standing| standing == whole));
            assert_eq!(
                outline.standing("<oadrSignedObject></oadrSignedObject>", "oadrSignedObject", 4),
                None
            );
            standing.is_some()
        };
        for content in ["", "text", "<a></a>", "<a><b></b></a>", "<venID>Id</venID>"] {
            assert!(standing(content), "{content}");
        }
        for content in [
            "<a/><a/><a/><a/><a/>",
            "<ds:Signature/>",
            "<ReplayProtect/>",
            "<x-oadrSignedObject></x-oadrSignedObject>",
            "<a Id='1'/>",
            "<a x:Id\n = '1'/>",
        ] {
            assert!(!standing(content), "{content}");
        }
    }

    #[test]
    fn knows_which_element_the_content_was_taken_out_of() {
        let is_around = |document: &str, place: usize| {
            let outline = Outline::of(document.as_bytes(), Limits::default()).unwrap();
            let tree = Tree::read(outline.text.as_bytes(), Limits::default()).unwrap();
            outline.is_around(&tree, place)
        };
        let document = "\u{feff}<p><s/><oadrSignedObject><a/></oadrSignedObject></p>";
        assert!(is_around(document, 2));
        assert!(!is_around(document, 0) && !is_around(document, 1));
        let double =
            "<p><oadrSignedObject></oadrSignedObject><x-oadrSignedObject><a/></x-oadrSignedObject></p>";
        assert!(!is_around(double, 1) && is_around(double, 2));
    }

    proptest! {
        #[test]
        fn whatever_is_taken_out_of_a_document_was_in_it(
            parts in vec(
                select(vec![
                    "<oadrSignedObject>", "<oadrSignedObject/>", "</oadrSignedObject>", "</oadrSignedObject >",
                    "oadrSignedObject>", "<a>", "</a>", "</", "<", ">", "<!", "é", "text",
                ]),
                0..8,
            )
        ) {
            let document = parts.concat();
            if let Some(Outline { text, content, .. }) = Outline::of(document.as_bytes(), Limits::default()) {
                let put_back = |at| Some([text.get(..at)?, content, text.get(at..)?].concat());
                prop_assert!((0..=text.len()).any(|at| put_back(at).as_ref() == Some(&document)));
            }
        }
    }
}
