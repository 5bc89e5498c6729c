//! TLS with client certificates, for a router that no proxy stands before.
//!
//! ```no_run
//! use openadr_vtn::http::tls::{self, ClientCertificates, Tls};
//! use openadr_vtn::http::{self, Options};
//! use openadr_vtn::{Config, Vtn};
//!
//! # async fn serve() -> Result<(), Box<dyn std::error::Error>> {
//! let authorities = std::fs::read("ca.pem")?;
//! let clients = ClientCertificates::Required(authorities);
//! let tls = Tls::new(&std::fs::read("vtn.crt")?, &std::fs::read("vtn.key")?, &clients)?;
//! let tcp = tokio::net::TcpListener::bind("127.0.0.1:8443").await?;
//!
//! let (router, handle, notices) = http::router(Vtn::new(Config::default(), 1), Options::default());
//! tokio::spawn(async move { handle.keep_time().await });
//! tls::serve(tcp, tls, router).await;
//! # Ok(())
//! # }
//! ```

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::serve::Listener;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{VerifierBuilderError, WebPkiClientVerifier};
use tokio_rustls::rustls::{self, RootCertStore, ServerConfig};
use tokio_rustls::server::TlsStream;

use super::fingerprint;
use super::serve::serve_from;
use crate::peer::Peer;

/// How many connections may be about to agree on a key at a time.
const HANDSHAKES: usize = 256;

/// How long a client may take for that.
const PATIENCE: Duration = Duration::from_secs(10);

/// Of which clients a certificate is asked. Those in PEM are the authorities that may have issued it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientCertificates {
    /// Of each; the profile has it so.
    Required(Vec<u8>),
    /// Of each, but one without is served too.
    Optional(Vec<u8>),
    /// Of none.
    NotAsked,
}

/// What a server of TLS 1.2 and 1.3 is made of.
///
/// The two suites that the profile makes mandatory are CBC suites, which rustls does not implement; VENs have to offer
/// an ECDHE-GCM suite or TLS 1.3 too.
#[derive(Clone)]
pub struct Tls(Arc<ServerConfig>);

/// Why TLS cannot be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// The VTN's certificate is not in PEM, or there is none.
    #[error("the certificate of the VTN cannot be read")]
    Certificate(#[source] Option<pem::Error>),
    /// The VTN's key is not in PEM, or encrypted.
    #[error("the key of the VTN is not in PEM, or is encrypted")]
    Key(#[source] pem::Error),
    /// The authorities are not in PEM, or there is none.
    #[error("the authorities of the VENs cannot be read")]
    Authorities(#[source] pem::Error),
    /// One of the authorities cannot be one, or there is none.
    #[error("the authorities of the VENs cannot be used")]
    Clients(#[from] VerifierBuilderError),
    /// The key is not that of the certificate, or of no supported kind.
    #[error("certificate and key cannot be used")]
    Server(#[from] rustls::Error),
}

impl Tls {
    /// With the VTN's certificate, those between it and its authority, and its key (not encrypted), all PEM.
    ///
    /// # Errors
    /// When one of them cannot be used.
    pub fn new(certificate: &[u8], key: &[u8], clients: &ClientCertificates) -> Result<Self, TlsError> {
        let chain = read(certificate).map_err(|error| TlsError::Certificate(Some(error)))?;
        if chain.is_empty() {
            return Err(TlsError::Certificate(None));
        }
        let key = PrivateKeyDer::from_pem_slice(key).map_err(TlsError::Key)?;
        let provider = Arc::new(ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider.clone());
        let builder = builder.with_safe_default_protocol_versions()?;
        let verifier = |authorities: &[u8]| -> Result<_, TlsError> {
            let mut roots = RootCertStore::empty();
            for authority in read(authorities).map_err(TlsError::Authorities)? {
                roots.add(authority)?;
            }
            Ok(WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider))
        };
        let builder = match clients {
            ClientCertificates::Required(pem) => builder.with_client_cert_verifier(verifier(pem)?.build()?),
            ClientCertificates::Optional(pem) => {
                builder.with_client_cert_verifier(verifier(pem)?.allow_unauthenticated().build()?)
            }
            ClientCertificates::NotAsked => builder.with_no_client_auth(),
        };
        let mut config = builder.with_single_cert(chain, key)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self(Arc::new(config)))
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls(..)")
    }
}

fn read(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, pem::Error> {
    CertificateDer::pem_slice_iter(pem).collect()
}

/// Serves a router over TLS for ever, as [`http::serve`](super::serve()) does without: connections that are held without
/// need are closed.
pub async fn serve(tcp: TcpListener, tls: Tls, router: Router) {
    let listener = TlsListener { tcp, tls, handshakes: JoinSet::new() };
    serve_from(listener, router, |stream, address| Caller { address, peer: peer(stream) }).await;
}

/// Accepts connections over TLS. Clients agree on their keys beside each other, so that a slow one holds up no other.
#[derive(Debug)]
struct TlsListener {
    tcp: TcpListener,
    tls: Tls,
    handshakes: JoinSet<Option<(TlsStream<TcpStream>, SocketAddr)>>,
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            tokio::select! {
                Some(done) = self.handshakes.join_next() => {
                    if let Ok(Some(ready)) = done {
                        return ready;
                    }
                }
                (stream, address) = Listener::accept(&mut self.tcp), if self.handshakes.len() < HANDSHAKES => {
                    self.handshakes.spawn(shake_hands(self.tls.clone(), stream, address));
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.tcp.local_addr()
    }
}

async fn shake_hands(
    tls: Tls,
    stream: TcpStream,
    address: SocketAddr,
) -> Option<(TlsStream<TcpStream>, SocketAddr)> {
    let agreed = tokio::time::timeout(PATIENCE, TlsAcceptor::from(tls.0).accept(stream)).await;
    match agreed {
        Ok(Ok(stream)) => Some((stream, address)),
        Ok(Err(error)) => {
            tracing::info!(%address, %error, "no TLS");
            None
        }
        Err(_) => {
            tracing::info!(%address, "no TLS in time");
            None
        }
    }
}

/// Who a connection is from: what handlers find as [`ConnectInfo`](axum::extract::ConnectInfo).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// Where from.
    pub address: SocketAddr,
    /// With which certificate.
    pub peer: Peer,
}

fn peer(stream: &TlsStream<TcpStream>) -> Peer {
    let certificates = stream.get_ref().1.peer_certificates().unwrap_or_default();
    let fingerprint = certificates.first().map(|certificate| fingerprint(certificate));
    Peer { fingerprint, signed_by: None }
}
