//! Accepts a signed message, or says why not.

use std::borrow::Cow;

use xml_wire::{Base64, Decoder, Lexical, Limits, Text as _};

use super::algorithm::{self, Canonicalization, SignatureMethod, sha256};
use super::c14n::{canonical, with_content};
use super::certificate::{Certificate, Fingerprint, Trust};
use super::error::Error;
use super::outline::Outline;
use super::parts::{ReplayProtect, Root, SignedInfo};
use super::replay::ReplayGuard;
use super::tree::{Place, Tree};
use crate::DateTime;
use crate::envelope::Reading;
use crate::message::Message;
use crate::ns::{DIALECT, DS, DSP, OADR};

/// How many certificates of a signature are looked at.
const MAX_CERTIFICATES: usize = 8;

/// A message whose signature was verified; there is no other way to make one.
///
/// The message was read from the very bytes that were hashed, so nothing outside the signed object has a part in it. XML
/// that a message keeps as it stands ([`crate::Fragment`]) is therefore in its canonical form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    message: Message,
    sender: Certificate,
    replay_protect: ReplayProtect,
}

impl Verified {
    /// What was signed.
    pub fn message(&self) -> &Message {
        &self.message
    }

    /// What was signed, alone.
    pub fn into_message(self) -> Message {
        self.message
    }

    /// The certificate whose key made the signature.
    pub fn sender(&self) -> &Certificate {
        &self.sender
    }

    /// The sender's fingerprint, to compare with the one that was registered for the VEN or VTN in the message.
    pub fn fingerprint(&self) -> Fingerprint {
        self.sender.fingerprint()
    }

    /// When the sender signed.
    pub fn timestamp(&self) -> DateTime {
        self.replay_protect.timestamp
    }

    /// The text that tells this message from the sender's others.
    pub fn nonce(&self) -> &str {
        &self.replay_protect.nonce
    }
}

/// Verifies signed messages.
///
/// What is accepted is one form: a payload that holds one signature and one signed object, in either order; both that
/// object and the replay protection in the signature's own `ds:Object` referred to by their `Id`; one of the
/// [`Canonicalization`]s as the only transform; SHA-256; one of the [`SignatureMethod`]s. Nothing is fetched, and no
/// path or style sheet evaluated.
#[derive(Debug, Clone)]
pub struct Verifier {
    trust: Trust,
    reading: Reading,
}

impl Verifier {
    /// Accepts whom `trust` accepts, and reads messages leniently.
    pub fn new(trust: Trust) -> Self {
        Self { trust, reading: Reading::default() }
    }

    /// Reads messages so, and keeps these limits; canonical forms are not longer than documents may be.
    #[must_use]
    pub fn with_reading(mut self, reading: Reading) -> Self {
        self.reading = reading;
        self
    }

    /// How messages are read.
    pub fn reading(&self) -> Reading {
        self.reading
    }

    /// Verifies a document that came in at a time, and accepts it once.
    ///
    /// # Errors
    /// When it is refused; the guard remembers accepted messages only.
    pub fn verify(&self, document: &[u8], at: DateTime, guard: &mut ReplayGuard) -> Result<Verified, Error> {
        let verified = self.check(document, Some(at))?;
        guard.admit(&verified.sender, &verified.replay_protect, at)?;
        Ok(verified)
    }

    /// Verifies a document out of the past, such as a capture: however old it is, and however often it came.
    ///
    /// A certificate must have been valid when the document says that it was signed.
    ///
    /// # Errors
    /// When it is refused.
    pub fn verify_at_any_time(&self, document: &[u8]) -> Result<Verified, Error> {
        self.check(document, None)
    }

    /// All but the time of the message.
    ///
    /// Most of a document is its message, in which nothing is looked up: where it is plain, its canonical form is made
    /// from its source, and only what stands around it is taken apart.
    fn check(&self, document: &[u8], at: Option<DateTime>) -> Result<Verified, Error> {
        let limits = self.reading.limits;
        if let Some(outline) = Outline::of(document, limits)
            && let Ok(tree) = Tree::read(outline.text.as_bytes(), limits)
            && let Ok(parts) = self.parts(&tree)
            && let Some(object) = parts.plain_object(&tree, &outline, limits)
        {
            return self.check_parts(&tree, &parts, Some(&object), document, at);
        }
        let tree = Tree::read(document, limits)?;
        self.check_parts(&tree, &self.parts(&tree)?, None, document, at)
    }

    /// What is signed and where it stands, before anything is known to be true.
    fn parts(&self, tree: &Tree<'_>) -> Result<Parts, Error> {
        let places = Places::find(tree)?;
        let how = places.canonicalization(tree)?;
        let signed = self.canonical(tree, places.signed_info, how)?;
        let signed_info = self.signed_info(&signed)?;
        Ok(Parts { places, how, signed, signed_info })
    }

    fn check_parts(
        &self,
        tree: &Tree<'_>,
        parts: &Parts,
        plain: Option<&Form>,
        document: &[u8],
        at: Option<DateTime>,
    ) -> Result<Verified, Error> {
        let Parts { places, how, signed, signed_info } = parts;
        let replay_protect = self.replay_protect(&self.canonical(tree, places.replay_protect, *how)?)?;

        let method = SignatureMethod::from_uri(&signed_info.method.algorithm)?;
        let value = base64(tree, places.value).ok_or(Error::Signature)?;
        let (sender, others) = places.certificates(tree)?.sender(method, signed.as_bytes(), &value)?;
        self.trust.check(&sender, &others, at.unwrap_or(replay_protect.timestamp))?;

        let object = self.digested(tree, places, signed_info, plain)?;
        let message = self.message(&object, document)?;
        Ok(Verified { message, sender, replay_protect })
    }

    fn canonical(&self, tree: &Tree<'_>, place: Place, how: Canonicalization) -> Result<String, Error> {
        canonical(tree, place, how, self.reading.limits.bytes)
    }

    /// Reads what is signed strictly: an element that this profile does not have could mean anything.
    fn signed_info(&self, canonical: &str) -> Result<SignedInfo, Error> {
        let decoder = Decoder::new(&DIALECT).with_limits(self.reading.limits).strict();
        match decoder.read_str(canonical).map_err(Error::Malformed)? {
            Root::SignedInfo(signed_info) => Ok(signed_info),
            _ => Err(Error::Part { name: "ds:SignedInfo" }),
        }
    }

    fn replay_protect(&self, canonical: &str) -> Result<ReplayProtect, Error> {
        let decoder = Decoder::new(&DIALECT).with_limits(self.reading.limits);
        match decoder.read_str(canonical).map_err(Error::Malformed)? {
            Root::ReplayProtect(replay_protect) => Ok(replay_protect),
            _ => Err(Error::NoReplayProtect),
        }
    }

    /// Compares the digests of both references, and returns the form of the object that was hashed.
    fn digested<'f>(
        &self,
        tree: &Tree<'_>,
        places: &Places,
        signed_info: &SignedInfo,
        plain: Option<&'f Form>,
    ) -> Result<Cow<'f, str>, Error> {
        let mut digested = Vec::new();
        let mut object = None;
        for reference in &signed_info.references {
            let refused = || Error::Reference { uri: reference.uri.clone() };
            let id = reference.uri.strip_prefix('#').ok_or_else(refused)?;
            let target = tree.ids().find(|(other, _)| *other == id).ok_or_else(refused)?.1;
            if digested.contains(&target) || !(target == places.object || places.protects(tree, target)) {
                return Err(refused());
            }
            let [transform] = reference.transforms.as_slice() else {
                return Err(Error::Transforms { count: reference.transforms.len() });
            };
            let how = Canonicalization::from_uri(&transform.algorithm)?;
            algorithm::check_digest(&reference.digest_method.algorithm)?;
            let form = match plain {
                // The tree has it empty.
                Some(form) if target == places.object && how != form.how => return Err(refused()),
                Some(form) if target == places.object => Cow::Borrowed(form.text.as_str()),
                _ => Cow::Owned(self.canonical(tree, target, how)?),
            };
            if sha256(form.as_bytes()).as_ref() != reference.digest.0 {
                return Err(Error::Digest { uri: reference.uri.clone() });
            }
            digested.push(target);
            if target == places.object {
                object = Some(form);
            }
        }
        if !digested.iter().any(|target| places.protects(tree, *target)) {
            return Err(Error::UnsignedReplayProtect);
        }
        object.ok_or(Error::UnsignedObject)
    }

    fn message(&self, object: &str, document: &[u8]) -> Result<Message, Error> {
        let decoder = Decoder::new(&DIALECT).with_limits(self.reading.limits);
        let decoder = if self.reading.strict { decoder.strict() } else { decoder };
        match decoder.read_str(object) {
            Ok(Root::Object(object)) => Ok(object.message),
            Ok(_) => Err(Error::UnsignedObject),
            // Places in the document say more than those in its canonical form.
            Err(error) => Err(self.reading.read(document).err().unwrap_or(error).into()),
        }
    }
}

/// What is signed, and how.
struct Parts {
    places: Places,
    how: Canonicalization,
    /// The canonical form of the signed information.
    signed: String,
    signed_info: SignedInfo,
}

/// The canonical form of the signed object.
struct Form {
    how: Canonicalization,
    text: String,
}

impl Parts {
    /// The form of the signed object with the content that was taken out of it.
    fn plain_object(&self, tree: &Tree<'_>, outline: &Outline<'_>, limits: Limits) -> Option<Form> {
        let object = self.places.object;
        if !outline.is_around(tree, object) {
            return None;
        }
        let id = tree.ids().find(|(_, place)| *place == object)?.0;
        let reference = self.signed_info.references.iter().find(|r| r.uri.strip_prefix('#') == Some(id))?;
        let how = Canonicalization::from_uri(&reference.transforms.first()?.algorithm).ok()?;
        Some(Form { how, text: with_content(tree, object, how, limits, outline.content)? })
    }
}

/// Where in a document the parts of its signature stand, each of which stands once.
struct Places {
    signed_info: Place,
    value: Place,
    key_info: Option<Place>,
    object: Place,
    replay_protect: Place,
}

impl Places {
    fn find(tree: &Tree<'_>) -> Result<Self, Error> {
        if !tree.is(0, OADR, "oadrPayload") {
            return Err(Error::Unsigned);
        }
        let signature =
            only(tree.named(DS, "Signature"), || Error::SecondSignature)?.ok_or(Error::Unsigned)?;
        if tree.parent(signature) != Some(0) {
            return Err(Error::MisplacedSignature);
        }
        let object = only(tree.named(OADR, "oadrSignedObject"), || Error::SecondObject)?;
        let object = object.filter(|place| tree.parent(*place) == Some(0)).ok_or(Error::MisplacedObject)?;
        let mut ids: Vec<&str> = tree.ids().map(|(id, _)| id).collect();
        ids.sort_unstable();
        if let Some((id, _)) = ids.iter().zip(ids.iter().skip(1)).find(|(one, other)| one == other) {
            return Err(Error::DuplicateId { id: (*id).to_owned() });
        }
        let part = |name: &'static str| {
            let missing = || Error::Part { name };
            let local = name.trim_start_matches("ds:");
            only(tree.children_named(signature, DS, local), missing)
        };
        let required = |name| part(name)?.ok_or(Error::Part { name });
        let replay_protect = only(tree.named(DSP, "ReplayProtect"), || Error::SecondReplayProtect)?;
        let replay_protect = replay_protect.filter(|place| {
            let around: Vec<Place> = tree.outwards(*place).skip(1).take(4).collect();
            let names = ["SignatureProperty", "SignatureProperties", "Object"];
            around.last() == Some(&signature)
                && around.iter().zip(names).all(|(a, name)| tree.is(*a, DS, name))
        });
        Ok(Self {
            signed_info: required("ds:SignedInfo")?,
            value: required("ds:SignatureValue")?,
            key_info: part("ds:KeyInfo")?,
            object,
            replay_protect: replay_protect.ok_or(Error::NoReplayProtect)?,
        })
    }

    /// How the signed information itself is hashed.
    fn canonicalization(&self, tree: &Tree<'_>) -> Result<Canonicalization, Error> {
        let name = "ds:CanonicalizationMethod";
        let missing = || Error::Part { name };
        let method = only(tree.children_named(self.signed_info, DS, "CanonicalizationMethod"), missing)?;
        let attributes = tree.attributes(method.ok_or_else(missing)?);
        let algorithm = attributes.iter().find(|attribute| attribute.name == "Algorithm");
        Canonicalization::from_uri(&algorithm.ok_or_else(missing)?.value)
    }

    /// Whether an element is the replay protection or holds it, within the signature's `ds:Object`.
    fn protects(&self, tree: &Tree<'_>, place: Place) -> bool {
        // Property, properties and object stand around it; the signature does not count.
        tree.outwards(self.replay_protect).take(4).any(|outer| outer == place)
    }

    fn certificates(&self, tree: &Tree<'_>) -> Result<Certificates, Error> {
        let Some(key_info) = self.key_info else { return Err(Error::NoCertificate) };
        let all = tree
            .children_named(key_info, DS, "X509Data")
            .flat_map(|data| tree.children_named(data, DS, "X509Certificate"))
            .take(MAX_CERTIFICATES)
            .map(|place| Certificate::from_der(base64(tree, place).ok_or(Error::Certificate)?));
        let all: Vec<Certificate> = all.collect::<Result<_, _>>()?;
        if all.is_empty() { Err(Error::NoCertificate) } else { Ok(Certificates(all)) }
    }
}

/// The sender's certificate and those of its issuers, in no certain order.
struct Certificates(Vec<Certificate>);

impl Certificates {
    /// The one whose key made the signature, and the others.
    fn sender(
        mut self,
        method: SignatureMethod,
        text: &[u8],
        value: &[u8],
    ) -> Result<(Certificate, Vec<Certificate>), Error> {
        let made = |certificate: &Certificate| certificate.has_signed(method, text, value);
        let place = self.0.iter().position(made).ok_or(Error::Signature)?;
        Ok((self.0.swap_remove(place), self.0))
    }
}

/// The first of some places; an error if there is another.
fn only(mut places: impl Iterator<Item = Place>, second: impl Fn() -> Error) -> Result<Option<Place>, Error> {
    let first = places.next();
    if places.next().is_some() { Err(second()) } else { Ok(first) }
}

fn base64(tree: &Tree<'_>, place: Place) -> Option<Vec<u8>> {
    Base64::parse(&tree.text(place), &Lexical::LENIENT).map(|bytes| bytes.0)
}
