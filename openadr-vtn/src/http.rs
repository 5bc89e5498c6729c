//! The HTTP edge: an axum router around a [`Vtn`].
//!
//! VENs post to `…/OpenADR2/Simple/2.0b/{EiEvent,EiOpt,EiReport,EiRegisterParty,OadrPoll}`. What the VTN thinks of a
//! message stands in the answer, with status 200; other statuses are about HTTP alone. TLS is for whatever serves the
//! router: `tls::serve` with the feature `tls`, or a proxy before it: see [`ForwardedCertificate`]. With the feature
//! `signature`, `signed_router` verifies what VENs send and signs what they are sent.
//!
//! ```no_run
//! use openadr_vtn::http::{self, Options};
//! use openadr_vtn::{Config, Vtn};
//!
//! # async fn serve() -> std::io::Result<()> {
//! let (router, handle, mut notices) = http::router(Vtn::new(Config::default(), 1), Options::default());
//! tokio::spawn(async move { handle.keep_time().await });
//! tokio::spawn(async move {
//!     while let Some(notice) = notices.recv().await {
//!         println!("{notice:?}");
//!     }
//! });
//! http::serve(tokio::net::TcpListener::bind("127.0.0.1:8080").await?, router).await;
//! # Ok(())
//! # }
//! ```

mod certificate;
mod exchange;
mod serve;
#[cfg(feature = "tls")]
#[cfg_attr(docsrs, doc(cfg(feature = "tls")))]
pub mod tls;

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::body::{Bytes, HttpBody as _};
use axum::extract::{ConnectInfo, DefaultBodyLimit, FromRequest as _, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use chrono::{DateTime, Utc};
use openadr_types::Message;
use openadr_types::envelope::{Envelope, Reading};
use openadr_types::message::Service;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

use exchange::{Exchange, Received};

pub use certificate::{ForwardedCertificate, fingerprint};
#[cfg(feature = "signature")]
#[cfg_attr(docsrs, doc(cfg(feature = "signature")))]
pub use exchange::Signing;
pub use serve::serve;

use crate::notice::Notice;
use crate::peer::Peer;
use crate::vtn::{Reply, Vtn};

/// Where the services are, below whatever the router is nested in (rule 511).
pub const PATH: &str = "/OpenADR2/Simple/2.0b";

/// How long, in real time, to wait before looking at the clock again.
const TICK: Duration = Duration::from_millis(200);

/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(60);

/// How the edge behaves.
#[derive(Clone)]
pub struct Options {
    /// The time. Default: the system's clock.
    pub clock: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    /// The longest body that is read, in bytes. Default 4 MiB.
    pub max_body: usize,
    /// How payloads are read. Default: leniently.
    pub reading: Reading,
    /// Where a proxy puts the client's certificate. Default: nowhere.
    pub forwarded: Option<ForwardedCertificate>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            clock: Arc::new(|| SystemTime::now().into()),
            max_body: 4 << 20,
            reading: Reading::default(),
            forwarded: None,
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("max_body", &self.max_body)
            .field("reading", &self.reading)
            .field("forwarded", &self.forwarded)
            .finish_non_exhaustive()
    }
}

/// The routes of a VTN, a handle for its operator, and its notices.
///
/// Notices wait without limit until they are taken; where the receiver is dropped they are lost. For
/// [`Options::forwarded`] the router must be served with connect info. A server that ends TLS itself can tell who the
/// client is by putting a [`Peer`] into the request's extensions.
pub fn router(vtn: Vtn, options: Options) -> (Router, Handle, UnboundedReceiver<Notice>) {
    let exchange = Exchange::plain(options.reading);
    routes(vtn, options, exchange)
}

/// The same where messages are signed. All answers are; what is demanded of VENs stands in
/// [`Config::signatures`](crate::Config::signatures) and in [`Signing::acceptance`], which also has the place of
/// [`Options::reading`].
#[cfg(feature = "signature")]
#[cfg_attr(docsrs, doc(cfg(feature = "signature")))]
pub fn signed_router(
    vtn: Vtn,
    options: Options,
    signing: Signing,
) -> (Router, Handle, UnboundedReceiver<Notice>) {
    routes(vtn, options, Exchange::signed(signing))
}

fn routes(vtn: Vtn, options: Options, exchange: Exchange) -> (Router, Handle, UnboundedReceiver<Notice>) {
    let (sender, notices) = unbounded_channel();
    let max_body = options.max_body;
    let handle = Handle { vtn: Arc::new(Mutex::new(vtn)), options, exchange, notices: sender };
    let services = [Service::Event, Service::Opt, Service::Report, Service::RegisterParty, Service::Poll];
    let router = services.into_iter().fold(Router::new(), |router, service| {
        let handle = handle.clone();
        let receive = move |request: Request| async move { handle.receive(service, request).await };
        router.route(&format!("{PATH}/{}", service.as_str()), post(receive))
    });
    (router.layer(DefaultBodyLimit::max(max_body)), handle, notices)
}

/// A VTN that is being served, for its operator.
#[derive(Debug, Clone)]
pub struct Handle {
    vtn: Arc<Mutex<Vtn>>,
    options: Options,
    exchange: Exchange,
    notices: UnboundedSender<Notice>,
}

impl Handle {
    /// Does something with the VTN, at the present time. No message is answered meanwhile.
    pub fn with<T>(&self, act: impl FnOnce(&mut Vtn, DateTime<Utc>) -> T) -> T {
        // A panic elsewhere leaves at worst one message half done, which VENs repeat.
        let mut vtn = self.vtn.lock().unwrap_or_else(PoisonError::into_inner);
        let result = act(&mut vtn, self.now());
        while let Some(notice) = vtn.poll_event() {
            // Nobody listens: that is the operator's choice.
            let _ = self.notices.send(notice);
        }
        result
    }

    /// The time by the clock that the VTN goes by.
    pub fn now(&self) -> DateTime<Utc> {
        (self.options.clock)()
    }

    /// Calls the VTN when its timeouts are due, for ever.
    pub async fn keep_time(&self) {
        loop {
            self.with(|vtn, now| {
                if vtn.poll_timeout().is_some_and(|at| at <= now) {
                    vtn.handle_timeout(now);
                }
            });
            tokio::time::sleep(TICK).await;
        }
    }

    async fn receive(self, service: Service, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let peer = self.peer(&parts);
        let body = match self.body(Request::from_parts(parts, body)).await {
            Ok(body) => body,
            Err((status, why)) => {
                tracing::debug!(service = service.as_str(), %status, "{why}");
                return (status, format!("{why}\n")).into_response();
            }
        };
        let Received { message, envelope, signed_by } = match self.exchange.read(&body, self.now()) {
            Ok(received) => received,
            Err(unread) => {
                tracing::debug!(service = service.as_str(), error = %unread, "payload refused");
                return self.answer(Envelope::Wrapped, self.with(|vtn, _| unread.answer(vtn)));
            }
        };
        let (asked, peer) = (message.name(), Peer { signed_by, ..peer });
        match self.with(|vtn, now| vtn.handle(service, &peer, message, now)) {
            Reply::Message(message) => {
                tracing::debug!(service = service.as_str(), asked, answered = message.name());
                self.answer(envelope, message)
            }
            Reply::Empty => {
                tracing::debug!(service = service.as_str(), asked);
                StatusCode::OK.into_response()
            }
        }
    }

    async fn body(&self, request: Request) -> Result<Bytes, (StatusCode, String)> {
        if !is_xml(request.headers()) {
            let why = "expected application/xml in UTF-8".to_owned();
            return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, why));
        }
        if is_packed(request.headers()) {
            return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, "expected no Content-Encoding".to_owned()));
        }
        let max = self.options.max_body;
        let too_long = || (StatusCode::PAYLOAD_TOO_LARGE, format!("longer than {max} bytes"));
        // What says how long it is need not be sent first.
        if usize::try_from(request.body().size_hint().lower()).is_ok_and(|length| length > max) {
            return Err(too_long());
        }
        match timeout(PATIENCE, Bytes::from_request(request, &())).await {
            Ok(Ok(body)) => Ok(body),
            Ok(Err(rejection)) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(too_long()),
            Ok(Err(rejection)) => Err((rejection.status(), rejection.body_text())),
            Err(_) => {
                let why = format!("the body is not there after {} s", PATIENCE.as_secs());
                Err((StatusCode::REQUEST_TIMEOUT, why))
            }
        }
    }

    fn peer(&self, parts: &Parts) -> Peer {
        if let Some(peer) = parts.extensions.get::<Peer>() {
            return *peer;
        }
        #[cfg(feature = "tls")]
        if let Some(ConnectInfo(caller)) = parts.extensions.get::<ConnectInfo<tls::Caller>>() {
            return caller.peer;
        }
        let address = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let forwarded = self.options.forwarded.as_ref().zip(address);
        Peer {
            fingerprint: forwarded.and_then(|(forwarded, address)| forwarded.read(&parts.headers, address)),
            signed_by: None,
        }
    }

    fn answer(&self, envelope: Envelope, message: Message) -> Response {
        match self.exchange.write(envelope, message, self.now()) {
            Ok(document) => ([(header::CONTENT_TYPE, "application/xml")], document).into_response(),
            Err(error) => {
                tracing::error!(%error, "answer not written");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

/// Whether the body is said to be XML, in UTF-8 or in what the XML itself says.
fn is_xml(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let mut pieces = content_type.unwrap_or_default().split(';').map(str::trim);
    let media_type = pieces.next().unwrap_or_default();
    let is_xml = ["application/xml", "text/xml"].iter().any(|xml| media_type.eq_ignore_ascii_case(xml));
    let is_utf_8 = pieces.all(|parameter| match parameter.split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
            let charset = value.trim().trim_matches('"');
            ["utf-8", "utf8", "us-ascii"].iter().any(|known| charset.eq_ignore_ascii_case(known))
        }
        _ => true,
    });
    is_xml && is_utf_8
}

/// Whether the body is compressed, which nothing here undoes.
fn is_packed(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::CONTENT_ENCODING)
        .iter()
        .any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"))
}
