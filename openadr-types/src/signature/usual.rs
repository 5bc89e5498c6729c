//! Signed information and replay protection as nearly all of them stand: what is to be read of them is seen without
//! reading them anew. What is less usual is left to the decoder, whose outcome this has to equal.

use std::slice;

use xml_wire::{Base64, DateTime, Lexical, Name, Text as _};

use super::names;
use super::parts::{Method, Reference, ReplayProtect, SignedInfo};
use super::tree::{Piece, Place, Tree};

/// What is signed, and how, where it is as [`super::sign::Signer`] writes it, blanks aside.
pub(super) fn signed_info(tree: &Tree<'_>, place: Place) -> Option<SignedInfo> {
    let mut parts = Parts::of(tree, place);
    parts.start(names::SIGNED_INFO, [])?;
    let canonicalization = parts.method(names::CANONICALIZATION_METHOD)?;
    let method = parts.method(names::SIGNATURE_METHOD)?;
    let mut references = Vec::with_capacity(2);
    loop {
        let [uri] = parts.start(names::REFERENCE, ["URI"])?;
        let uri = uri.to_owned();
        parts.start(names::TRANSFORMS, [])?;
        let transforms = vec![parts.method(names::TRANSFORM)?];
        parts.end()?;
        let digest_method = parts.method(names::DIGEST_METHOD)?;
        parts.start(names::DIGEST_VALUE, [])?;
        let digest = Base64::parse(parts.text()?, &Lexical::LENIENT)?;
        parts.end()?;
        references.push(Reference { id: None, uri, kind: None, transforms, digest_method, digest });
        if parts.end().is_some() {
            return Some(SignedInfo { id: None, canonicalization, method, references });
        }
    }
}

/// A time and a nonce, where they stand alone.
pub(super) fn replay_protect(tree: &Tree<'_>, place: Place) -> Option<ReplayProtect> {
    let mut parts = Parts::of(tree, place);
    parts.start(names::REPLAY_PROTECT, [])?;
    parts.start(names::TIMESTAMP, [])?;
    let timestamp = DateTime::parse(parts.text()?, &Lexical::LENIENT)?;
    parts.start(names::NONCE, [])?;
    let nonce = parts.text()?.to_owned();
    parts.end()?;
    Some(ReplayProtect { timestamp, nonce })
}

/// What stands in an element, one piece after the other; blanks between elements are passed over.
struct Parts<'t, 'i> {
    tree: &'t Tree<'i>,
    pieces: slice::Iter<'t, Piece<'i>>,
}

impl<'t, 'i> Parts<'t, 'i> {
    fn of(tree: &'t Tree<'i>, place: Place) -> Self {
        Self { tree, pieces: tree.pieces(place).iter() }
    }

    /// Takes the tag that is next, if it is this one with these attributes, and returns their values.
    fn start<const N: usize>(&mut self, name: Name, attributes: [&str; N]) -> Option<[&'t str; N]> {
        let Piece::Start(place) = self.next()? else { return None };
        let own = self.tree.attributes(*place);
        let is_it = self.tree.is(*place, &name) && own.len() == N;
        let mut values = [""; N];
        for ((value, name), attribute) in values.iter_mut().zip(attributes).zip(own) {
            *value = (attribute.name == name).then_some(&*attribute.value)?;
        }
        is_it.then_some(values)
    }

    /// Takes an element that names an algorithm and holds nothing, not even blanks.
    fn method(&mut self, name: Name) -> Option<Method> {
        let [algorithm] = self.start(name, ["Algorithm"])?;
        matches!(self.pieces.next()?, Piece::End).then(|| Method::new(algorithm))
    }

    /// Takes the end of an element, if that is next; else nothing is taken.
    fn end(&mut self) -> Option<()> {
        let mut ahead = Self { tree: self.tree, pieces: self.pieces.clone() };
        matches!(ahead.next()?, Piece::End).then(|| *self = ahead)
    }

    /// Takes the text that is next and the end behind it, if nothing stands between them.
    fn text(&mut self) -> Option<&'t str> {
        match (self.pieces.next()?, self.pieces.next()?) {
            (Piece::Text(text), Piece::End) => Some(text),
            _ => None,
        }
    }

    fn next(&mut self) -> Option<&'t Piece<'i>> {
        let is_blank =
            |piece: &&Piece<'_>| matches!(piece, Piece::Text(text) if text.trim_ascii().is_empty());
        self.pieces.find(|piece| !is_blank(piece))
    }
}

#[cfg(test)]
mod tests {
    use xml_wire::{Decoder, Limits};

    use super::super::certificate::Trust;
    use super::super::forger::{self, Forger, form, part};
    use super::super::parts::Root;
    use super::super::verify::Verifier;
    use super::*;
    use crate::ns::DIALECT;

    #[test]
    fn sees_a_time_and_a_nonce_that_stand_alone_and_takes_them_beside_others_too() {
        let forger = Forger::new();
        let nonce = "<dsp:nonce>nonce-1</dsp:nonce>";
        for (instead, alone) in [
            (nonce.to_owned(), true),
            (format!("\n{nonce}<!-- -->\n"), true),
            ("<dsp:nonce>nonce<!-- -->-1</dsp:nonce>".to_owned(), false),
            (format!("{nonce}<x/>"), false),
            (format!("<x/>{nonce}"), false),
        ] {
            let document = forger.sign(forger.sound().replace(nonce, &instead));
            let tree = Tree::read(document.as_bytes(), Limits::default()).unwrap();
            let place = tree.named(names::REPLAY_PROTECT).next().unwrap();
            let expected = forger::replay_protect();
            assert_eq!(replay_protect(&tree, place), alone.then(|| expected.clone()), "{instead}");
            let verifier = Verifier::new(Trust::anyone());
            let authentic = verifier.authenticate(document.as_bytes()).unwrap();
            assert_eq!(*authentic.replay_protect(), expected, "{instead}");
        }
    }

    /// Signed information with one thing changed: what the decoder reads of it, and whether it is seen without.
    #[test]
    fn sees_signed_information_as_the_decoder_reads_it_or_not_at_all() {
        let sound = Forger::new().sound();
        for (from, to, is_usual, is_read) in [
            ("", "", true, true),
            ("><ds:Reference", ">\n <!-- -->\t<ds:Reference", true, true),
            ("<ds:Reference URI=", "<ds:Reference  URI = ", true, true),
            ("\"#signed\"", "'#&#115;igned'", true, true),
            ("<ds:DigestValue>", "<ds:DigestValue>\n ", true, true),
            ("<ds:DigestValue>", "<ds:DigestValue>&#32;", false, true),
            ("<ds:DigestValue>", "<ds:DigestValue><!-- -->", true, true),
            ("</ds:DigestValue>", "<![CDATA[]]></ds:DigestValue>", false, true),
            ("<ds:SignedInfo", "<ds:SignedInfo Id=\"i\"", false, true),
            ("<ds:Reference URI", "<ds:Reference Type=\"urn:t\" URI", false, true),
            ("<ds:DigestMethod", "<?p?><ds:DigestMethod", false, true),
            ("sha256\"/><ds:DigestValue>", "sha256\"><!-- --></ds:DigestMethod><ds:DigestValue>", true, true),
            ("sha256\"/><ds:DigestValue>", "sha256\"> </ds:DigestMethod><ds:DigestValue>", false, false),
            ("<ds:DigestValue>", "<ds:DigestValue>*", false, false),
            (part(&sound, "<ds:Reference ", "</ds:SignedInfo>"), "</ds:SignedInfo>", false, true),
            ("<ds:Reference URI", "<ds:Reference uri", false, false),
            ("<ds:Reference URI", "<ds:Reference ds:URI", false, false),
            ("<ds:Reference URI", "<ds:Reference other=\"\" URI", false, false),
            ("><ds:Reference", ">text<ds:Reference", false, false),
            ("><ds:Reference", "><x/><ds:Reference", false, false),
            ("<ds:DigestMethod", "<DigestMethod", false, false),
            ("<ds:DigestMethod", "<ds:DigestValue/><ds:DigestMethod", false, false),
        ] {
            assert!(sound.contains(from), "{from}");
            let document = sound.replacen(from, to, usize::from(!from.is_empty()));
            let tree = Tree::read(document.as_bytes(), Limits::default()).unwrap();
            let place = tree.named(names::SIGNED_INFO).next().unwrap();
            let seen = signed_info(&tree, place).map(|signed_info| format!("{signed_info:?}"));
            assert_eq!(seen.is_some(), is_usual, "{to}");
            let read = Decoder::new(&DIALECT).strict().read_str(&form(&tree, place));
            assert_eq!(read.is_ok(), is_read, "{to}");
            if let (Some(seen), Ok(Root::SignedInfo(read))) = (seen, read) {
                assert_eq!(seen, format!("{read:?}"), "{to}");
            }
        }
    }
}
