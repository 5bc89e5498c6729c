//! The names of a signature's parts, and of what stands beside it.

use xml_wire::Name;

use crate::ns::{DS, DSP, OADR};

pub(super) const PAYLOAD: Name = Name::qualified(OADR, "oadr:oadrPayload");
pub(super) const SIGNED_OBJECT: Name = Name::qualified(OADR, "oadr:oadrSignedObject");

pub(super) const SIGNATURE: Name = Name::qualified(DS, "ds:Signature");
pub(super) const SIGNED_INFO: Name = Name::qualified(DS, "ds:SignedInfo");
pub(super) const CANONICALIZATION_METHOD: Name = Name::qualified(DS, "ds:CanonicalizationMethod");
pub(super) const SIGNATURE_METHOD: Name = Name::qualified(DS, "ds:SignatureMethod");
pub(super) const REFERENCE: Name = Name::qualified(DS, "ds:Reference");
pub(super) const TRANSFORMS: Name = Name::qualified(DS, "ds:Transforms");
pub(super) const TRANSFORM: Name = Name::qualified(DS, "ds:Transform");
pub(super) const DIGEST_METHOD: Name = Name::qualified(DS, "ds:DigestMethod");
pub(super) const DIGEST_VALUE: Name = Name::qualified(DS, "ds:DigestValue");
pub(super) const SIGNATURE_VALUE: Name = Name::qualified(DS, "ds:SignatureValue");
pub(super) const KEY_INFO: Name = Name::qualified(DS, "ds:KeyInfo");
pub(super) const X509_DATA: Name = Name::qualified(DS, "ds:X509Data");
pub(super) const X509_CERTIFICATE: Name = Name::qualified(DS, "ds:X509Certificate");
pub(super) const OBJECT: Name = Name::qualified(DS, "ds:Object");
pub(super) const SIGNATURE_PROPERTIES: Name = Name::qualified(DS, "ds:SignatureProperties");
pub(super) const SIGNATURE_PROPERTY: Name = Name::qualified(DS, "ds:SignatureProperty");

pub(super) const REPLAY_PROTECT: Name = Name::qualified(DSP, "dsp:ReplayProtect");
pub(super) const TIMESTAMP: Name = Name::qualified(DSP, "dsp:timestamp");
pub(super) const NONCE: Name = Name::qualified(DSP, "dsp:nonce");
