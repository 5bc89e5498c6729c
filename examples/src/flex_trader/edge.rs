//! The HTTP edge of a participant: a route that takes documents, and a loop that posts them.
//!
//! What happens to a message is up to the participant. Here are sockets, headers and the clock, and nothing else.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use axum::Router;
use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::post;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use usef_messages::roles::delivery::{DeliveryResult, TransmitId};
use usef_messages::roles::store::Peer;
use usef_messages::roles::{Event, Participant, Party, Refusal, Transmit, status};
use usef_messages::status::Status;
use usef_messages::validation::{Failure, Wording, rejection_reason};

/// Where messages of UFTP 3 are posted to, below the host.
pub const PATH: &str = "/shapeshifter/api/v3/message";

/// The longest document that is read, in bytes.
const MAX_BODY: usize = 8 << 20;

/// How long a post may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// How much of an answer's text is kept, in bytes.
const MAX_TEXT: usize = 500;

/// The endpoints of peers.
pub type Endpoints = BTreeMap<Peer, String>;

/// What is done with a participant, beside its protocol.
pub trait Application<P: Party>: Send + 'static {
    /// Acts on an event.
    ///
    /// # Errors
    /// When it cannot. That is told, and all else goes on: a peer may ask for what cannot be done.
    fn act(
        &mut self,
        participant: &mut Participant<P>,
        event: Event<P::Request, P::Response>,
        now: DateTime<Utc>,
    ) -> Result<()>;

    /// Does what follows from time alone. Returns when to come back; sooner is no matter.
    ///
    /// # Errors
    /// When there is no use in going on: the node ends.
    fn go_on(
        &mut self,
        _participant: &mut Participant<P>,
        _now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>> {
        Ok(None)
    }
}

/// A participant that is being served.
pub struct Node<P> {
    participant: Arc<Mutex<Participant<P>>>,
    endpoints: Arc<Endpoints>,
    wake: Arc<Notify>,
    changed: Arc<Notify>,
    stopped: Arc<watch::Sender<bool>>,
    report: Arc<Report>,
}

/// What goes wrong between two participants.
#[derive(Debug)]
pub enum Trouble<'a> {
    /// A try to post to a peer that did not deliver.
    Undelivered(&'a Peer, &'a DeliveryResult),
    /// Something that was posted here and not taken, with the reason that is answered.
    Refused(&'a str),
    /// An event that the application could not act on.
    GivenUp(&'a anyhow::Error),
}

/// Hears of all that goes wrong.
type Report = dyn Fn(Trouble<'_>) + Send + Sync;

impl<P> Clone for Node<P> {
    fn clone(&self) -> Self {
        Self {
            participant: Arc::clone(&self.participant),
            endpoints: Arc::clone(&self.endpoints),
            wake: Arc::clone(&self.wake),
            changed: Arc::clone(&self.changed),
            stopped: Arc::clone(&self.stopped),
            report: Arc::clone(&self.report),
        }
    }
}

impl<P: std::fmt::Debug> std::fmt::Debug for Node<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Node").field("endpoints", &self.endpoints).finish_non_exhaustive()
    }
}

impl<P: Party + Send + 'static> Node<P> {
    /// A participant and where its peers are.
    pub fn new(participant: Participant<P>, endpoints: Endpoints) -> Self {
        Self {
            participant: Arc::new(Mutex::new(participant)),
            endpoints: Arc::new(endpoints),
            wake: Arc::default(),
            changed: Arc::default(),
            stopped: Arc::default(),
            report: Arc::new(|_| {}),
        }
    }

    /// Has all that goes wrong told to this.
    #[must_use]
    pub fn reporting(self, report: impl Fn(Trouble<'_>) + Send + Sync + 'static) -> Self {
        Self { report: Arc::new(report), ..self }
    }

    /// Takes what peers post and posts what is to be sent, until it is stopped or something fails.
    pub fn start(&self, listener: TcpListener, application: impl Application<P>) -> JoinHandle<Result<()>> {
        let (server, client) = (self.clone().serve(listener), self.clone().run(application));
        tokio::spawn(async move { tokio::try_join!(server, client).map(drop) })
    }

    /// Takes nothing new, and ends when those who wait for an answer have it.
    pub fn stop(&self) {
        self.stopped.send_replace(true);
    }

    async fn end(&self) {
        // The sender lives as long as this node.
        let _ = self.stopped.subscribe().wait_for(|stopped| *stopped).await;
    }

    /// Looks at the participant.
    pub fn look<T>(&self, look: impl FnOnce(&Participant<P>) -> T) -> T {
        look(&self.participant.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits until the participant is as wished.
    pub async fn until(&self, wish: impl Fn(&Participant<P>) -> bool) {
        while !self.look(&wish) {
            self.changed.notified().await;
        }
    }

    /// Does something with the participant, at the present time, and lets what follows from it go out.
    pub fn with<T>(&self, act: impl FnOnce(&mut Participant<P>, DateTime<Utc>) -> T) -> T {
        // A panic elsewhere leaves at worst one event half done, which is told again.
        let mut participant = self.participant.lock().unwrap_or_else(PoisonError::into_inner);
        let result = act(&mut participant, Utc::now());
        drop(participant);
        self.wake.notify_one();
        result
    }

    /// Takes what peers post, until it is stopped.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn serve(self, listener: TcpListener) -> Result<()> {
        let node = self.clone();
        let receive = move |headers: HeaderMap, body: Bytes| async move { node.receive(&headers, &body) };
        let router = Router::new().route(PATH, post(receive)).layer(DefaultBodyLimit::max(MAX_BODY));
        let end = async move { self.end().await };
        axum::serve(listener, router).with_graceful_shutdown(end).await.context("serving")
    }

    fn receive(&self, headers: &HeaderMap, body: &[u8]) -> (StatusCode, String) {
        let (status, text) = if !headers.contains_key(header::CONTENT_LENGTH) {
            (Status::LengthRequired, "the request has no Content-Length".to_owned())
        } else if !is_xml(headers) {
            (Status::Malformed, "the request is not text/xml in UTF-8".to_owned())
        } else {
            let result = self.with(|participant, now| participant.handle_request(body, now));
            let text = result.as_ref().map_or_else(told, |_| String::new());
            (status(&result), text)
        };
        if !text.is_empty() {
            (self.report)(Trouble::Refused(&text));
        }
        (StatusCode::from_u16(status.code()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), text)
    }

    /// Posts what the participant has to send and hands its events to the application, until it is stopped.
    ///
    /// # Errors
    /// When the HTTP client cannot be set up, or the application fails.
    pub async fn run(self, mut application: impl Application<P>) -> Result<()> {
        // Another part of the program may have chosen already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .context("the HTTP client")?;
        loop {
            let (transmits, timeout) = {
                let mut participant = self.participant.lock().unwrap_or_else(PoisonError::into_inner);
                let now = Utc::now();
                participant.handle_timeout(now);
                while let Some(event) = participant.poll_event() {
                    let id = event.id();
                    participant.together(|participant| {
                        if let Err(error) = application.act(participant, event, now) {
                            (self.report)(Trouble::GivenUp(&error));
                        }
                        participant.acknowledge(id);
                    })?;
                }
                let back = participant.together(|participant| application.go_on(participant, now))??;
                self.changed.notify_one();
                let transmits: Vec<_> = std::iter::from_fn(|| participant.poll_transmit(now)).collect();
                (transmits, participant.poll_timeout().into_iter().chain(back).min())
            };
            for transmit in transmits {
                tokio::spawn(self.clone().deliver(client.clone(), transmit));
            }
            let wait = timeout.map_or(PATIENCE, |at| (at - Utc::now()).to_std().unwrap_or_default());
            tokio::select! {
                () = self.end() => return Ok(()),
                () = self.wake.notified() => {}
                () = tokio::time::sleep(wait.max(Duration::from_millis(1))) => {}
            }
        }
    }

    async fn deliver(self, client: reqwest::Client, transmit: Transmit) {
        let id: TransmitId = transmit.id;
        let peer = Peer { domain: transmit.recipient, role: transmit.role };
        let result = match transmit.address.as_ref().or_else(|| self.endpoints.get(&peer)) {
            Some(url) => send(&client, url, transmit.body).await,
            None => DeliveryResult::NoEndpoint,
        };
        if !matches!(result, DeliveryResult::Status { code: 200..300, .. }) {
            (self.report)(Trouble::Undelivered(&peer, &result));
        }
        self.with(|participant, now| participant.handle_delivery(id, result, now));
    }
}

/// What the sender of a refused document is told: the reason as the standard words it, and what is wrong where.
fn told(refusal: &Refusal) -> String {
    let failure = match refusal {
        Refusal::Sealing(error) => Failure::of_envelope(error),
        _ => None,
    };
    let wording = Wording { with_values: true, ..Wording::default() };
    rejection_reason(failure.as_slice(), wording).unwrap_or_else(|| refusal.to_string())
}

/// Whether a body says to be what is posted here: XML in UTF-8. A missing character set is UTF-8.
fn is_xml(headers: &HeaderMap) -> bool {
    let Some(Ok(kind)) = headers.get(header::CONTENT_TYPE).map(|kind| kind.to_str()) else { return false };
    let kind = kind.to_ascii_lowercase();
    let mut parts = kind.split(';').map(str::trim);
    let charset =
        |part: &str| part.strip_prefix("charset=").is_none_or(|set| set.trim_matches('"') == "utf-8");
    matches!(parts.next(), Some("text/xml" | "application/xml")) && parts.all(charset)
}

async fn send(client: &reqwest::Client, url: &str, body: Vec<u8>) -> DeliveryResult {
    let request = client.post(url).header(header::CONTENT_TYPE, "text/xml; charset=utf-8").body(body);
    let mut answer = match request.send().await {
        Ok(answer) => answer,
        Err(error) => return DeliveryResult::NoAnswer(innermost(&error)),
    };
    let code = answer.status().as_u16();
    let text_of = |name| answer.headers().get(name).and_then(|value| value.to_str().ok());
    if let (307 | 308, Some(location)) = (code, text_of(header::LOCATION))
        && let Ok(location) = answer.url().join(location)
    {
        return DeliveryResult::Redirect { location: location.into() };
    }
    let retry_after = text_of(header::RETRY_AFTER).and_then(|seconds| seconds.parse().ok());
    let retry_after = retry_after.and_then(TimeDelta::try_seconds);
    DeliveryResult::Status { code, retry_after, text: beginning(&mut answer).await }
}

/// The beginning of an answer's text; the rest, however long, is not read.
async fn beginning(answer: &mut reqwest::Response) -> String {
    let mut text = Vec::new();
    while text.len() < MAX_TEXT
        && let Ok(Some(chunk)) = answer.chunk().await
    {
        text.extend_from_slice(&chunk);
    }
    text.truncate(MAX_TEXT);
    String::from_utf8_lossy(&text).into_owned()
}

/// What an error comes down to: of a failed connection, why.
fn innermost(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |error| error.source())
        .last()
        .map_or_else(String::new, ToString::to_string)
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use usef_messages::Payload;
    use usef_messages::sealing::Received;

    use super::*;

    #[tokio::test]
    async fn an_answer_without_end_is_read_in_its_beginning() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        let endless = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a post");
            let read = stream.read(&mut [0; 1024]).await;
            assert!(read.is_ok_and(|length| length > 0), "the post comes");
            let head = b"HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nTransfer-Encoding: chunked\r\n\r\n";
            stream.write_all(head).await.expect("the head is taken");
            while stream.write_all(b"4\r\nbusy\r\n").await.is_ok() {}
        });
        let client = reqwest::Client::new();
        let result = tokio::time::timeout(PATIENCE, send(&client, &url, b"<a/>".to_vec())).await;
        let text = "busy".repeat(MAX_TEXT / 4);
        let retry_after = Some(TimeDelta::seconds(7));
        assert_eq!(result, Ok(DeliveryResult::Status { code: 503, retry_after, text }));
        endless.await.expect("it hears that nobody reads on");
    }

    #[test]
    fn a_body_says_that_it_is_xml_in_utf_8() {
        let is_taken = |kind: &str| {
            let headers = [(header::CONTENT_TYPE, kind.parse().expect("a header"))];
            is_xml(&HeaderMap::from_iter(headers))
        };
        for kind in ["text/xml", "application/xml", "Text/XML; charset=UTF-8", "text/xml;charset=\"utf-8\""] {
            assert!(is_taken(kind), "{kind}");
        }
        for kind in ["", "text/plain", "application/json", "text/xml; charset=iso-8859-1"] {
            assert!(!is_taken(kind), "{kind}");
        }
        assert!(!is_xml(&HeaderMap::new()));
    }

    #[test]
    fn a_sender_is_told_what_is_wrong_with_its_envelope_and_where() {
        let refusal = |document: &[u8]| {
            told(&Refusal::Sealing(Received::<Payload>::read(document).expect_err("it is none")))
        };
        assert_eq!(
            refusal(br#"<SignedMessage SenderDomain="dso.example" SenderRole="DSO" Body="AAAA"/>"#),
            "Invalid SignedMessage (/SignedMessage/@Body: 3 bytes)"
        );
        assert!(refusal(b"<x").starts_with("Invalid SignedMessage (/SignedMessage: "));
        assert_eq!(told(&Refusal::Busy), "too many messages");
    }
}
