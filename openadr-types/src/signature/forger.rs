//! Documents that are signed rightly, whatever is in them: what refusals are tried on.

use xml_wire::Limits;

use super::algorithm::{Canonicalization, sha256};
use super::c14n::canonical;
use super::certificate::Certificate;
use super::names;
use super::parts::ReplayProtect;
use super::sign::{PrivateKey, Signer};
use super::tree::{Place, Tree};
use crate::Payload;
use crate::poll::Poll;

/// Someone who signs whatever it is.
pub(super) struct Forger {
    key: rcgen::KeyPair,
    pub(super) certificate: Certificate,
}

impl Forger {
    pub(super) fn new() -> Self {
        let key = rcgen::KeyPair::generate().unwrap();
        let params = rcgen::CertificateParams::new(vec!["ven.example".to_owned()]).unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self { key, certificate: Certificate::from_der(certificate.der().to_vec()).unwrap() }
    }

    pub(super) fn key(&self) -> PrivateKey {
        PrivateKey::from_pkcs8(&self.key.serialize_der()).unwrap()
    }

    /// A signed message with nothing wrong.
    pub(super) fn sound(&self) -> String {
        let signer = Signer::new(self.key(), vec![self.certificate.clone()]).unwrap();
        signer.sign(Payload::new(Poll::new("ven-7")), &replay_protect()).unwrap()
    }

    /// Computes digests and signature anew.
    pub(super) fn sign(&self, mut document: String) -> String {
        for nth in 0..document.matches("<ds:Reference ").count() {
            let tree = Tree::read(document.as_bytes(), Limits::default()).unwrap();
            let reference = tree.named(names::REFERENCE).nth(nth).unwrap();
            let uri = tree.attributes(reference).iter().find(|a| a.name == "URI").unwrap();
            let target = tree.ids().find(|(id, _)| Some(*id) == uri.value.strip_prefix('#'));
            let Some((_, target)) = target else { continue };
            let digest = base64(sha256(form(&tree, target).as_bytes()).as_ref());
            replace(&mut document, "ds:DigestValue", nth, &digest);
        }
        let tree = Tree::read(document.as_bytes(), Limits::default()).unwrap();
        let Some(signed_info) = tree.named(names::SIGNED_INFO).next() else { return document };
        let value = self.key().sign(form(&tree, signed_info).as_bytes()).unwrap();
        replace(&mut document, "ds:SignatureValue", 0, &base64(&value));
        document
    }
}

pub(super) fn replay_protect() -> ReplayProtect {
    ReplayProtect::new("2026-11-23T12:00:00Z".parse().unwrap(), "nonce-1")
}

pub(super) fn form(tree: &Tree<'_>, place: Place) -> String {
    canonical(tree, place, Canonicalization::Inclusive, 1 << 20).unwrap()
}

pub(super) fn base64(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().chain([&0, &0]).take(3).fold(0, |word, byte| word << 8 | u32::from(*byte));
        let digits = (0..4).map(|place| word >> (18 - 6 * place) & 0x3F);
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        text.extend(digits.take(chunk.len() + 1).map(|digit| char::from(alphabet[digit as usize])));
        text.extend(std::iter::repeat_n('=', 3 - chunk.len()));
    }
    text
}

/// Puts another text into the nth element of a name.
pub(super) fn replace(document: &mut String, name: &str, nth: usize, text: &str) {
    let Some((start, tag)) = document.match_indices(&format!("<{name}>")).nth(nth) else { return };
    let start = start + tag.len();
    let end = start + document[start..].find("</").unwrap();
    document.replace_range(start..end, text);
}

/// What stands from one text up to and with another.
pub(super) fn part<'a>(document: &'a str, from: &str, to: &str) -> &'a str {
    let start = document.find(from).unwrap();
    let end = start + document[start..].find(to).unwrap() + to.len();
    &document[start..end]
}
