//! How a request went: the response part of every answer, and the answer that is nothing else.
//!
//! Application errors travel in an answer with HTTP status 200; the code says what was wrong.
//!
//! ```
//! use openadr_types::response::{EiResponse, ResponseCode};
//!
//! let refusal = EiResponse::error(ResponseCode::INVALID_ID, "no such registration", "req-7");
//! assert!(!refusal.code.is_success());
//! assert_eq!(refusal.code.as_str(), "452");
//! ```

use std::fmt;

use xml_wire::{Escape, Lexical, Text, Xml};

use crate::ids::{RequestId, VenId};
use crate::message::SchemaVersion;

/// An acknowledgement or a refusal that carries nothing else (`oadr:oadrResponse`).
///
/// Also what a poll is answered with when nothing is queued.
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct Response {
    /// The profile version of the payload.
    #[xml("@ei:schemaVersion")]
    pub schema_version: Option<SchemaVersion>,
    /// How the request went.
    #[xml("ei:eiResponse")]
    pub response: EiResponse,
    /// The VEN that answers or is answered; certification wants it from a VEN.
    #[xml("ei:venID")]
    pub ven_id: Option<VenId>,
}

impl Response {
    /// An answer of version 2.0b.
    pub fn new(response: EiResponse, ven_id: Option<VenId>) -> Self {
        Self { schema_version: Some(SchemaVersion::V2_0b), response, ven_id }
    }
}

/// How a request went (`ei:eiResponse`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct EiResponse {
    /// Three digits; the first decides.
    #[xml("ei:responseCode")]
    pub code: ResponseCode,
    /// For people.
    #[xml("ei:responseDescription")]
    pub description: Option<String>,
    /// That of the request; empty where there is none to echo.
    #[xml("pyld:requestID")]
    pub request_id: RequestId,
}

impl EiResponse {
    /// Success: code 200, described as `OK`.
    pub fn ok(request_id: impl Into<RequestId>) -> Self {
        Self { code: ResponseCode::OK, description: Some("OK".to_owned()), request_id: request_id.into() }
    }

    /// A refusal, with a description for people.
    pub fn error(
        code: ResponseCode,
        description: impl Into<String>,
        request_id: impl Into<RequestId>,
    ) -> Self {
        Self { code, description: Some(description.into()), request_id: request_id.into() }
    }
}

/// Three digits that say how a request went (`ei:responseCode`).
///
/// The first digit decides: 1 information, 2 success, 3 pending, 4 the requester's fault, 5 the responder's.
/// 45x are breaches of the protocol, 46x faults of the deployment (rule 48).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "String", into = "String"))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema), schemars(extend("pattern" = "^[0-9]{3}$")))]
pub struct ResponseCode([u8; 3]);

impl ResponseCode {
    /// Done.
    pub const OK: Self = Self(*b"200");
    /// Out of sequence: an older modification of an event, an answer nobody waits for.
    pub const OUT_OF_SEQUENCE: Self = Self(*b"450");
    /// Not allowed.
    pub const NOT_ALLOWED: Self = Self(*b"451");
    /// An identifier that is not known.
    pub const INVALID_ID: Self = Self(*b"452");
    /// Not recognised.
    pub const NOT_RECOGNIZED: Self = Self(*b"453");
    /// Data that is not valid.
    pub const INVALID_DATA: Self = Self(*b"454");
    /// Any other breach of the protocol.
    pub const COMPLIANCE_ERROR: Self = Self(*b"459");
    /// A signal, or its unit, that is not supported (rule 109).
    pub const SIGNAL_NOT_SUPPORTED: Self = Self(*b"460");
    /// A report that is not supported.
    pub const REPORT_NOT_SUPPORTED: Self = Self(*b"461");
    /// A target that does not match.
    pub const TARGET_MISMATCH: Self = Self(*b"462");
    /// Not registered, or not authorised.
    pub const NOT_REGISTERED: Self = Self(*b"463");
    /// Any other fault of the deployment.
    pub const DEPLOYMENT_ERROR: Self = Self(*b"469");

    /// The code of three ASCII digits, or none if `text` is anything else.
    pub fn new(text: &str) -> Option<Self> {
        let digits: [u8; 3] = text.as_bytes().try_into().ok()?;
        digits.iter().all(u8::is_ascii_digit).then_some(Self(digits))
    }

    /// The three digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("made of ASCII digits")
    }

    /// Whether the request was accepted: the first digit is 2.
    pub const fn is_success(self) -> bool {
        self.0[0] == b'2'
    }
}

impl fmt::Debug for ResponseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ResponseCode({})", self.as_str())
    }
}

impl fmt::Display for ResponseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<ResponseCode> for String {
    fn from(code: ResponseCode) -> Self {
        code.as_str().to_owned()
    }
}

impl TryFrom<String> for ResponseCode {
    type Error = NotAResponseCode;

    fn try_from(text: String) -> Result<Self, NotAResponseCode> {
        Self::new(&text).ok_or(NotAResponseCode)
    }
}

/// A text that is no response code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a response code of three digits")]
pub struct NotAResponseCode;

impl Text for ResponseCode {
    const EXPECTED: &'static str = "a response code of three digits";

    fn parse(text: &str, how: &Lexical) -> Option<Self> {
        Self::new(if how.strict { text } else { text.trim() })
    }

    fn write(&self, out: &mut Escape<'_>) -> fmt::Result {
        out.plain(self.as_str());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_exactly_three_digits() {
        assert_eq!(ResponseCode::new("200"), Some(ResponseCode::OK));
        for text in ["", "20", "2000", "20x", " 200", "２００"] {
            assert_eq!(ResponseCode::new(text), None, "{text}");
        }
    }

    #[test]
    fn succeeds_by_the_first_digit() {
        assert!(ResponseCode::new("299").unwrap().is_success());
        assert!(!ResponseCode::NOT_REGISTERED.is_success());
        assert!(!ResponseCode::new("100").unwrap().is_success());
    }
}
