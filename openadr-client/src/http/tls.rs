use std::fmt;

use reqwest::tls::{Certificate, Identity};

use crate::error::Error;

/// Whom a VEN takes for its VTN: the authorities that may have signed the VTN's certificate.
///
/// The certificate has to name the host in its subjectAltName; the common name does not count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ServerTrust {
    /// Those that the operating system trusts.
    #[default]
    System,
    /// These alone: one or more certificates in PEM.
    Pem(Vec<u8>),
    /// Either.
    Both(Vec<u8>),
}

/// The certificate that a VEN shows, and its private key. It need not be signed by whoever signed the VTN's.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientIdentity(Vec<u8>);

impl ClientIdentity {
    /// From one PEM file that holds the key (not encrypted) and the certificate, in any order, with those between
    /// it and its authority.
    pub fn from_pem_bundle(bundle: impl Into<Vec<u8>>) -> Self {
        Self(bundle.into())
    }

    /// From a certificate, with those between it and its authority, and its key (not encrypted), both PEM.
    pub fn from_cert_and_key(certificate: impl Into<Vec<u8>>, key: impl AsRef<[u8]>) -> Self {
        let mut bundle = certificate.into();
        bundle.push(b'\n');
        bundle.extend_from_slice(key.as_ref());
        Self(bundle)
    }
}

impl fmt::Debug for ClientIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientIdentity(..)")
    }
}

/// Sets up TLS; a client that does no TLS needs no trust, and should not fail for want of any.
pub(super) fn set_up(
    builder: reqwest::ClientBuilder,
    encrypted: bool,
    trust: &ServerTrust,
    identity: Option<&ClientIdentity>,
) -> Result<reqwest::ClientBuilder, Error> {
    // Another provider may be there already; then that one is used.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = match trust {
        _ if !encrypted => builder.tls_certs_only([]),
        ServerTrust::System => builder,
        ServerTrust::Pem(pem) => builder.tls_certs_only(certificates(pem)?),
        ServerTrust::Both(pem) => builder.tls_certs_merge(certificates(pem)?),
    };
    match identity {
        Some(ClientIdentity(bundle)) => {
            let identity = Identity::from_pem(bundle).map_err(|error| setup("client identity", &error))?;
            Ok(builder.identity(identity))
        }
        None => Ok(builder),
    }
}

fn certificates(pem: &[u8]) -> Result<Vec<Certificate>, Error> {
    let found = Certificate::from_pem_bundle(pem).map_err(|error| setup("authorities", &error))?;
    if found.is_empty() {
        return Err(Error::Setup("authorities: no certificate in the PEM".to_owned()));
    }
    Ok(found)
}

pub(super) fn setup(what: &str, error: &reqwest::Error) -> Error {
    Error::Setup(format!("{what}: {}", chain(error)))
}

/// An error with what caused it, which reqwest leaves to whoever prints it.
pub(super) fn chain(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        let cause = error.to_string();
        if !text.contains(&cause) {
            text.push_str(": ");
            text.push_str(&cause);
        }
        source = error.source();
    }
    if let Some((_, hint)) = HINTS.iter().find(|(sign, _)| text.contains(sign)) {
        text.push_str(" (");
        text.push_str(hint);
        text.push(')');
    }
    text
}

/// What is to be done about errors that do not say it.
const HINTS: [(&str, &str); 9] = [
    ("not valid for name", "the VTN's certificate has to name the host in its subjectAltName"),
    ("UnknownIssuer", "no authority that is trusted has issued the VTN's certificate"),
    (
        "certificate: BadSignature",
        "an authority of the same name, but another than the trusted one, has issued it",
    ),
    ("CaUsedAsEndEntity", "the VTN shows the certificate of an authority, not one that an authority issued"),
    ("HandshakeFailure", "no TLS suite in common, or the VTN wants a client certificate that it trusts"),
    ("alert: UnknownCA", "the VTN does not trust whoever issued the client certificate"),
    ("CertificateRequired", "the VTN wants a client certificate"),
    ("key or certificate not found", "both have to be there in PEM, and the key not encrypted"),
    ("KeyMismatch", "the key is not that of the certificate"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_pem_that_is_none() {
        let builder = || reqwest::Client::builder();
        for (trust, identity, text) in [
            (ServerTrust::Pem(b"x".to_vec()), None, "authorities: no certificate in the PEM"),
            (ServerTrust::System, Some(ClientIdentity::from_pem_bundle("x")), "client identity: "),
            (ServerTrust::System, Some(ClientIdentity::from_pem_bundle("x")), "and the key not encrypted)"),
        ] {
            let error = set_up(builder(), true, &trust, identity.as_ref()).unwrap_err().to_string();
            assert!(error.contains(text), "{error}");
        }
    }

    #[test]
    fn does_not_show_the_key() {
        let identity = ClientIdentity::from_cert_and_key("certificate", "secret");
        assert_eq!(format!("{identity:?}"), "ClientIdentity(..)");
    }
}
