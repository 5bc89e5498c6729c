//! Where the parts of a signature stand in a document, each of which stands once.

use smallvec::SmallVec;
use xml_wire::{Base64, Lexical, Name, Text as _};

use super::algorithm::SignatureMethod;
use super::certificate::{Carried, Trust};
use super::error::Error;
use super::names;
use super::tree::{Place, Tree};

/// How many certificates of a signature are looked at.
const MAX_CERTIFICATES: usize = 8;

/// Where in a document the parts of its signature stand, each of which stands once.
pub(super) struct Places {
    pub(super) signed_info: Place,
    value: Place,
    key_info: Option<Place>,
    pub(super) object: Place,
    pub(super) replay_protect: Place,
}

impl Places {
    pub(super) fn find(tree: &Tree<'_>) -> Result<Self, Error> {
        if !tree.is(0, &names::PAYLOAD) {
            return Err(Error::Unsigned);
        }
        let signature =
            only(tree.named(names::SIGNATURE), || Error::SecondSignature)?.ok_or(Error::Unsigned)?;
        if tree.parent(signature) != Some(0) {
            return Err(Error::MisplacedSignature);
        }
        let object = only(tree.named(names::SIGNED_OBJECT), || Error::SecondObject)?;
        let object = object.filter(|place| tree.parent(*place) == Some(0)).ok_or(Error::MisplacedObject)?;
        let mut ids: SmallVec<[&str; 16]> = tree.ids().map(|(id, _)| id).collect();
        ids.sort_unstable();
        if let Some((id, _)) = ids.iter().zip(ids.iter().skip(1)).find(|(one, other)| one == other) {
            return Err(Error::DuplicateId { id: (*id).to_owned() });
        }
        let part =
            |name: Name| only(tree.children_named(signature, name), || Error::Part { name: name.as_str() });
        let required = |name: Name| part(name)?.ok_or(Error::Part { name: name.as_str() });
        let replay_protect = only(tree.named(names::REPLAY_PROTECT), || Error::SecondReplayProtect)?;
        let replay_protect = replay_protect.filter(|place| {
            let mut around = tree.outwards(*place).skip(1);
            let names = [names::SIGNATURE_PROPERTY, names::SIGNATURE_PROPERTIES, names::OBJECT];
            names.iter().all(|name| around.next().is_some_and(|outer| tree.is(outer, name)))
                && around.next() == Some(signature)
        });
        Ok(Self {
            signed_info: required(names::SIGNED_INFO)?,
            value: required(names::SIGNATURE_VALUE)?,
            key_info: part(names::KEY_INFO)?,
            object,
            replay_protect: replay_protect.ok_or(Error::NoReplayProtect)?,
        })
    }

    /// The value of the signature.
    pub(super) fn value(&self, tree: &Tree<'_>) -> Option<Vec<u8>> {
        Base64::parse(&tree.text(self.value), &Lexical::LENIENT).map(|bytes| bytes.0)
    }

    /// Whether an element is the replay protection or holds it, within the signature's `ds:Object`.
    pub(super) fn protects(&self, tree: &Tree<'_>, place: Place) -> bool {
        // Property, properties and object stand around it; the signature does not count.
        tree.outwards(self.replay_protect).take(4).any(|outer| outer == place)
    }

    pub(super) fn certificates(&self, tree: &Tree<'_>, trust: &Trust) -> Result<Certificates, Error> {
        let Some(key_info) = self.key_info else { return Err(Error::NoCertificate) };
        let all = tree
            .children_named(key_info, names::X509_DATA)
            .flat_map(|data| tree.children_named(data, names::X509_CERTIFICATE))
            .take(MAX_CERTIFICATES)
            .map(|place| trust.carried(&tree.text(place)));
        let all: Vec<Carried> = all.collect::<Result<_, _>>()?;
        if all.is_empty() { Err(Error::NoCertificate) } else { Ok(Certificates(all)) }
    }
}

/// The sender's certificate and those of its issuers, in no certain order.
pub(super) struct Certificates(Vec<Carried>);

impl Certificates {
    /// The one whose key made the signature, and the others.
    pub(super) fn sender(
        mut self,
        method: SignatureMethod,
        text: &[u8],
        value: &[u8],
    ) -> Result<(Carried, Vec<Carried>), Error> {
        let mut sender = None;
        for (place, carried) in self.0.iter().enumerate() {
            let certificate = carried.certificate.read()?;
            if sender.is_none() && method.is_from(&certificate, text, value) {
                sender = Some(place);
            }
        }
        Ok((self.0.swap_remove(sender.ok_or(Error::Signature)?), self.0))
    }
}

/// The first of some places; an error if there is another.
fn only(mut places: impl Iterator<Item = Place>, second: impl Fn() -> Error) -> Result<Option<Place>, Error> {
    let first = places.next();
    if places.next().is_some() { Err(second()) } else { Ok(first) }
}

#[cfg(test)]
mod tests {
    use super::super::certificate::Certificate;
    use super::super::forger::{Forger, part};
    use super::super::verify::Verifier;
    use super::*;

    #[test]
    fn takes_a_signature_whatever_is_said_of_languages_and_blanks_around_it() {
        let forger = Forger::new();
        let verifier = Verifier::new(Trust::anyone());
        let around = "<oadr:oadrPayload xml:lang=\"nl\" xml:space=\"preserve\"";
        let document = forger.sign(forger.sound().replace("<oadr:oadrPayload", around));
        let verified = verifier.verify_at_any_time(document.as_bytes()).unwrap();
        assert_eq!(verified.message().name(), "oadrPoll");
        // It is signed as well.
        let error = verifier.verify_at_any_time(document.replace("\"nl\"", "\"fr\"").as_bytes()).unwrap_err();
        assert!(matches!(error, Error::Signature), "{error}");
    }

    #[test]
    fn knows_a_listed_sender_however_its_certificate_is_laid_out() {
        let forger = Forger::new();
        let (listed, other) = (forger.certificate.clone(), Forger::new().certificate);
        let document = forger.sound();
        let (start, end) = ("<ds:X509Certificate>", "</ds:X509Certificate>");
        let text = part(&document, start, end).strip_prefix(start).unwrap().strip_suffix(end).unwrap();
        let lines: String =
            text.as_bytes().chunks(64).map(|line| format!("{}\r\n", str::from_utf8(line).unwrap())).collect();
        for (layout, is_read) in [
            (text.to_owned(), true),
            (format!("\n\t{lines}  "), true),
            (text.replacen('M', "M<!-- -->", 1), true),
            (format!("={text}"), false),
            (format!("{text}AAAA"), false),
        ] {
            let document = document.replace(text, &layout);
            let verify = |certificate: &Certificate| {
                let trust = Trust::nobody().with_sender(certificate.clone());
                Verifier::new(trust).verify_at_any_time(document.as_bytes())
            };
            assert_eq!(verify(&listed).is_ok(), is_read, "{layout}");
            let error = verify(&other).unwrap_err();
            assert_eq!(matches!(error, Error::UnknownCertificate { .. }), is_read, "{layout}: {error}");
        }
    }
}
