use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::peer::Fingerprint;

/// The client's certificate in a header that a proxy sets: URL-encoded PEM as of nginx's `$ssl_client_escaped_cert`, or
/// base64 of the DER form.
///
/// The proxy has to demand the certificate, check it, and set the header in every request, or clients could make one
/// up. A header from anywhere else than the proxies is not looked at.
#[derive(Debug, Clone)]
pub struct ForwardedCertificate {
    /// The header's name.
    pub header: HeaderName,
    /// The addresses that requests of the proxies come from.
    pub proxies: Vec<IpAddr>,
}

impl ForwardedCertificate {
    pub(super) fn read(&self, headers: &HeaderMap, address: IpAddr) -> Option<Fingerprint> {
        let mut values = headers.get_all(&self.header).iter();
        let (Some(value), None) = (values.next(), values.next()) else { return None };
        if !self.proxies.contains(&address.to_canonical()) {
            return None;
        }
        Some(fingerprint(&der(value.to_str().ok()?)?))
    }
}

/// The fingerprint of a certificate in its DER form.
pub fn fingerprint(der: &[u8]) -> Fingerprint {
    let digest: [u8; 32] = Sha256::digest(der).into();
    let mut last = [0; 10];
    last.copy_from_slice(&digest[22..]);
    Fingerprint::new(last)
}

/// The certificate in a header's value.
fn der(value: &str) -> Option<Vec<u8>> {
    let text = percent_decoded(value)?;
    let body = match text.split_once("-----BEGIN CERTIFICATE-----") {
        Some((_, rest)) => rest.split_once("-----END CERTIFICATE-----")?.0,
        None => text.as_str(),
    };
    let packed: String = body.chars().filter(|c| !c.is_whitespace()).collect();
    if packed.is_empty() { None } else { STANDARD.decode(packed).ok() }
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut pieces = text.split('%');
    let mut decoded = pieces.next()?.to_owned();
    for piece in pieces {
        let (code, rest) = piece.split_at_checked(2)?;
        decoded.push(u8::from_str_radix(code, 16).ok().filter(u8::is_ascii)?.into());
        decoded.push_str(rest);
    }
    Some(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEM: &str = "-----BEGIN CERTIFICATE-----\nYWJj\nZGVm\n-----END CERTIFICATE-----\n";
    const ESCAPED: &str = "-----BEGIN%20CERTIFICATE-----%0AYWJj%0AZGVm%0A-----END%20CERTIFICATE-----%0A";

    #[test]
    fn takes_the_last_ten_bytes_of_the_digest() {
        assert_eq!("6F:1F:C6:C5:C6:DC:D9:3C:47:21".parse(), Ok(fingerprint(b"abcdef")));
    }

    #[test]
    fn reads_certificates_as_proxies_write_them() {
        assert_eq!(der(ESCAPED).unwrap(), b"abcdef");
        assert_eq!(der(PEM).unwrap(), b"abcdef");
        assert_eq!(der("YWJjZGVm").unwrap(), b"abcdef");
        for value in ["", "%", "%zz", "%ff", "a", "-----BEGIN%20CERTIFICATE-----YWJj"] {
            assert_eq!(der(value), None, "{value}");
        }
    }

    #[test]
    fn believes_only_proxies_and_only_one_header() {
        let forwarded = ForwardedCertificate {
            header: HeaderName::from_static("x-client-cert"),
            proxies: vec!["127.0.0.1".parse().unwrap()],
        };
        let mut headers = HeaderMap::new();
        headers.insert("x-client-cert", ESCAPED.parse().unwrap());
        let proxy = "::ffff:127.0.0.1".parse().unwrap();
        assert_eq!(forwarded.read(&headers, proxy), Some(fingerprint(b"abcdef")));
        assert_eq!(forwarded.read(&headers, "192.0.2.1".parse().unwrap()), None);
        headers.append("x-client-cert", ESCAPED.parse().unwrap());
        assert_eq!(forwarded.read(&headers, proxy), None);
    }
}
