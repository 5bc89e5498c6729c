//! Accepts a signed message, or says why not.

use std::borrow::Cow;

use ring::digest::Digest;
use xml_wire::{Decoder, Limits};

use super::algorithm::{self, Canonicalization, SignatureMethod, sha256};
use super::c14n::{canonical, with_content};
use super::certificate::Trust;
use super::error::Error;
use super::names;
use super::outline::Outline;
use super::parts::{ReplayProtect, Root, SignedInfo};
use super::places::Places;
use super::replay::ReplayGuard;
use super::tree::{Place, Tree};
use super::usual;
use super::verified::{Authentic, Verified};
use crate::DateTime;
use crate::envelope::Reading;
use crate::ns::DIALECT;

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
        let verified = self.check(document, Some(at))?.read()?;
        guard.admit(verified.sender(), verified.replay_protect(), at)?;
        Ok(verified)
    }

    /// Verifies a document out of the past, such as a capture: however old it is, and however often it came.
    ///
    /// A certificate must have been valid when the document says that it was signed.
    ///
    /// # Errors
    /// When it is refused.
    pub fn verify_at_any_time(&self, document: &[u8]) -> Result<Verified, Error> {
        self.authenticate(document)?.read()
    }

    /// The same as far as the signature goes, without reading the message: to pass it on, or to keep it as evidence.
    ///
    /// # Errors
    /// When the signature does not hold.
    pub fn authenticate<'d>(&self, document: &'d [u8]) -> Result<Authentic<'d>, Error> {
        self.check(document, None)
    }

    /// All but the time of the message.
    ///
    /// Most of a document is its message, in which nothing is looked up, and only what stands around it is taken apart:
    /// where it has its digest as it stands, it is taken so, and where it is plain, its canonical form is made from its
    /// source.
    fn check<'d>(&self, document: &'d [u8], at: Option<DateTime>) -> Result<Authentic<'d>, Error> {
        let limits = self.reading.limits;
        if let Some(outline) = Outline::of(document, limits)
            && let Ok(tree) = Tree::read(outline.text.as_bytes(), limits)
            && let Ok(parts) = self.parts(&tree)
            && let Some(object) = parts.plain_object(&tree, &outline, limits)
        {
            return self.check_parts(&tree, &parts, Some(object), document, at);
        }
        let tree = Tree::read(document, limits)?;
        self.check_parts(&tree, &self.parts(&tree)?, None, document, at)
    }

    /// What is signed and where it stands, before anything is known to be true.
    fn parts(&self, tree: &Tree<'_>) -> Result<Parts, Error> {
        let places = Places::find(tree)?;
        let signed_info = match usual::signed_info(tree, places.signed_info) {
            Some(signed_info) => signed_info,
            None => self.signed_info(tree, places.signed_info)?,
        };
        let how = Canonicalization::from_uri(&signed_info.canonicalization.algorithm)?;
        let signed = self.canonical(tree, places.signed_info, how)?;
        Ok(Parts { places, signed, signed_info })
    }

    fn check_parts<'d>(
        &self,
        tree: &Tree<'_>,
        parts: &Parts,
        plain: Option<Form<'d>>,
        document: &'d [u8],
        at: Option<DateTime>,
    ) -> Result<Authentic<'d>, Error> {
        let Parts { places, signed, signed_info } = parts;
        let replay_protect = match usual::replay_protect(tree, places.replay_protect) {
            Some(replay_protect) => replay_protect,
            None => self.replay_protect(tree, places.replay_protect)?,
        };

        let method = SignatureMethod::from_uri(&signed_info.method.algorithm)?;
        let value = places.value(tree).ok_or(Error::Signature)?;
        let certificates = places.certificates(tree, &self.trust)?;
        let (sender, others) = certificates.sender(method, signed.as_bytes(), &value)?;
        self.trust.check(&sender, &others, at.unwrap_or(replay_protect.timestamp))?;

        let object = self.digested(tree, places, signed_info, plain)?;
        let sender = sender.certificate;
        Ok(Authentic { object, sender, replay_protect, reading: self.reading, document })
    }

    fn canonical(&self, tree: &Tree<'_>, place: Place, how: Canonicalization) -> Result<String, Error> {
        canonical(tree, place, how, self.reading.limits.bytes)
    }

    /// Reads what is signed strictly: an element that this profile does not have could mean anything.
    #[cold]
    fn signed_info(&self, tree: &Tree<'_>, place: Place) -> Result<SignedInfo, Error> {
        match self.part(tree, place, DECODER.strict())? {
            Root::SignedInfo(signed_info) => Ok(signed_info),
            _ => Err(Error::Part { name: names::SIGNED_INFO.as_str() }),
        }
    }

    #[cold]
    fn replay_protect(&self, tree: &Tree<'_>, place: Place) -> Result<ReplayProtect, Error> {
        match self.part(tree, place, DECODER)? {
            Root::ReplayProtect(replay_protect) => Ok(replay_protect),
            _ => Err(Error::NoReplayProtect),
        }
    }

    /// Reads a part of the signature alone. Languages and the like that stand around it are in its inclusive form too, and
    /// say nothing about it.
    fn part(&self, tree: &Tree<'_>, place: Place, decoder: Decoder) -> Result<Root, Error> {
        let alone = self.canonical(tree, place, Canonicalization::Exclusive)?;
        decoder.with_limits(self.reading.limits).read_str(&alone).map_err(Error::Malformed)
    }

    /// Compares the digests of both references, and returns the form of the object that was hashed.
    fn digested<'d>(
        &self,
        tree: &Tree<'_>,
        places: &Places,
        signed_info: &SignedInfo,
        mut plain: Option<Form<'d>>,
    ) -> Result<Cow<'d, str>, Error> {
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
            let form = match plain.take_if(|_| target == places.object) {
                // The tree has it empty.
                Some(form) if form.how != how => return Err(refused()),
                Some(form) => form,
                None => Form::new(how, self.canonical(tree, target, how)?.into()),
            };
            if form.digest.as_ref() != reference.digest.0 {
                return Err(Error::Digest { uri: reference.uri.clone() });
            }
            digested.push(target);
            if target == places.object {
                object = Some(form.text);
            }
        }
        if !digested.iter().any(|target| places.protects(tree, *target)) {
            return Err(Error::UnsignedReplayProtect);
        }
        object.ok_or(Error::UnsignedObject)
    }
}

const DECODER: Decoder = Decoder::new(&DIALECT);

/// What is signed, and how.
struct Parts {
    places: Places,
    /// The canonical form of the signed information.
    signed: String,
    signed_info: SignedInfo,
}

impl Parts {
    /// The form of the signed object with the content that was taken out of it.
    fn plain_object<'d>(&self, tree: &Tree<'_>, outline: &Outline<'d>, limits: Limits) -> Option<Form<'d>> {
        let object = self.places.object;
        if !outline.is_around(tree, object) {
            return None;
        }
        let id = tree.ids().find(|(_, place)| *place == object)?.0;
        let reference = self.signed_info.references.iter().find(|r| r.uri.strip_prefix('#') == Some(id))?;
        let how = Canonicalization::from_uri(&reference.transforms.first()?.algorithm).ok()?;
        let empty = canonical(tree, object, how, limits.bytes).ok()?;
        let elements = limits.elements.checked_sub(tree.len())?;
        let standing = outline.standing(&empty, tree.element(object).name, elements);
        let standing = standing.map(|source| Form::new(how, source.into()));
        standing.filter(|form| form.digest.as_ref() == reference.digest.0).or_else(|| {
            let made = with_content(tree, object, how, limits, outline.content)?;
            Some(Form::new(how, made.into()))
        })
    }
}

/// A canonical form, and its digest.
struct Form<'d> {
    how: Canonicalization,
    text: Cow<'d, str>,
    digest: Digest,
}

impl<'d> Form<'d> {
    fn new(how: Canonicalization, text: Cow<'d, str>) -> Self {
        let digest = sha256(text.as_bytes());
        Self { how, text, digest }
    }
}
