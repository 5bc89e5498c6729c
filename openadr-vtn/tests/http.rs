//! The HTTP edge over a socket of this machine.
#![cfg(feature = "http")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::net::SocketAddr;

use axum::http::HeaderName;
use chrono::{DateTime, Utc};
use openadr_types::Payload;
use openadr_types::envelope::{Envelope, Reading, Writing};
use openadr_types::message::Service;
use openadr_types::poll::Poll;
use openadr_types::registration::{CreatePartyRegistration, QueryRegistration};
use openadr_types::response::{EiResponse, Response};
use openadr_types::{Message, ids::VenId};
use openadr_vtn::http::{self, ForwardedCertificate, Handle, Options, PATH};
use openadr_vtn::{Config, Notice, Vtn};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::UnboundedReceiver;

struct Server {
    address: SocketAddr,
    handle: Handle,
    notices: UnboundedReceiver<Notice>,
}

impl Server {
    async fn start(options: Options) -> Self {
        let (router, handle, notices) = http::router(Vtn::new(Config::default(), 1), options);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(http::serve(listener, router));
        Self { address, handle, notices }
    }

    /// The status and the body of the answer to a request.
    async fn send(&self, method: &str, path: &str, headers: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: vtn\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(!head.to_lowercase().contains("transfer-encoding"), "{head}");
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }

    async fn post(&self, message: impl Into<Message>) -> Message {
        self.post_with("", message).await
    }

    async fn post_with(&self, headers: &str, message: impl Into<Message>) -> Message {
        let message = message.into();
        let path = format!("{PATH}/{}", message.service().as_str());
        let headers = format!("{XML}{headers}");
        let (status, body) =
            self.send("POST", &path, &headers, &Payload::new(message).to_xml().unwrap()).await;
        assert_eq!(status, 200);
        Payload::from_xml(body.as_bytes()).unwrap().into_message()
    }
}

const XML: &str = "Content-Type: application/xml\r\n";

fn poll() -> String {
    Payload::new(Poll::new("ven-7")).to_xml().unwrap()
}

fn path(service: Service) -> String {
    format!("{PATH}/{}", service.as_str())
}

#[tokio::test]
async fn a_ven_registers_and_the_operator_hears_of_it() {
    let now: DateTime<Utc> = "2031-01-01T00:00:00Z".parse().unwrap();
    let clock = std::sync::Arc::new(move || now);
    let mut server = Server::start(Options { clock, ..Options::default() }).await;
    let answer = server.post(CreatePartyRegistration::pull("request-1", "pump")).await;
    let Message::CreatedPartyRegistration(created) = answer else { panic!("{answer:?}") };
    let notice = server.notices.recv().await;
    assert!(
        matches!(notice, Some(Notice::Registered { ven_id, .. }) if Some(&ven_id) == created.ven_id.as_ref())
    );
    let seen = server.handle.with(|vtn, _| vtn.vens().next().map(|ven| ven.last_seen()));
    assert_eq!(seen, Some(now), "by the clock that was given");
}

#[tokio::test]
async fn transport_faults_have_http_statuses() {
    let server = Server::start(Options { max_body: 2000, ..Options::default() }).await;
    let path = path(Service::Poll);
    let long = format!("{}{}", poll(), " ".repeat(2000));
    let table = [
        ("POST", path.as_str(), XML, poll(), 200),
        ("POST", path.as_str(), "content-type: text/xml; charset=UTF-8\r\n", poll(), 200),
        ("POST", path.as_str(), "Content-Type: application/xml; charset=\"utf-8\"\r\n", poll(), 200),
        ("POST", path.as_str(), "Content-Type: application/xml; charset=utf-16\r\n", poll(), 415),
        ("POST", path.as_str(), "Content-Type: text/plain\r\n", poll(), 415),
        ("POST", path.as_str(), "", poll(), 415),
        ("POST", path.as_str(), XML, long, 413),
        ("GET", path.as_str(), "", String::new(), 405),
        ("POST", "/OpenADR2/Simple/2.0b/oadrpoll", XML, poll(), 404),
        ("POST", "/OpenADR2/Simple/2.0b/EiFoo", XML, poll(), 404),
        ("POST", "/OpenADR2/Simple/OadrPoll", XML, poll(), 404),
    ];
    for (method, path, headers, body, expected) in table {
        let (status, _) = server.send(method, path, headers, &body).await;
        assert_eq!(status, expected, "{method} {path} {headers}");
    }
}

#[tokio::test]
async fn says_what_is_wrong_with_a_body_before_it_arrives() {
    let server = Server::start(Options { max_body: 2000, ..Options::default() }).await;
    let table = [
        ("Content-Length: 2001\r\n", "HTTP/1.1 413 ", "longer than 2000 bytes\n"),
        ("Content-Length: 2001\r\nExpect: 100-continue\r\n", "HTTP/1.1 413 ", "longer than 2000 bytes\n"),
        (
            "Content-Length: 5\r\nContent-Encoding: gzip\r\n",
            "HTTP/1.1 415 ",
            "expected no Content-Encoding\n",
        ),
    ];
    for (headers, status, why) in table {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let head = format!("POST {} HTTP/1.1\r\nHost: vtn\r\n{XML}{headers}\r\n", path(Service::Poll));
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with(status) && answer.ends_with(why), "{answer}");
    }
    let (status, _) = server
        .send("POST", &path(Service::Poll), &format!("{XML}Content-Encoding: identity\r\n"), &poll())
        .await;
    assert_eq!(status, 200);
}

/// On a clock that jumps ahead when nothing happens.
#[tokio::test(start_paused = true)]
async fn a_client_that_takes_too_long_is_hung_up_on() {
    let (router, _handle, _notices) = http::router(Vtn::new(Config::default(), 1), Options::default());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(http::serve(listener, router));
    let head = format!("POST {} HTTP/1.1\r\nHost: vtn\r\n{XML}", path(Service::Poll));
    let late = format!("{head}Content-Length: {}\r\n\r\n", poll().len() + 1);
    let table = [
        (String::new(), "", 45),
        (head, "", 45),
        (format!("{late}{}", poll()), "HTTP/1.1 408 Request Timeout\r\n", 60),
        (format!("{late}{} ", poll()), "HTTP/1.1 200 OK\r\n", 45),
    ];
    for (request, expected, after_s) in table {
        let begin = tokio::time::Instant::now();
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with(expected), "{answer}");
        assert_eq!(begin.elapsed().as_secs(), after_s, "{request}");
    }
}

#[tokio::test]
async fn unreadable_payloads_are_answered_with_454() {
    let server = Server::start(Options::default()).await;
    for body in ["", "<a>", "not XML", &poll().replace("<ei:venID>ven-7</ei:venID>", "")] {
        let (status, answer) = server.send("POST", &path(Service::Poll), XML, body).await;
        assert_eq!(status, 200);
        let Message::Response(answer) = Payload::from_xml(answer.as_bytes()).unwrap().into_message() else {
            panic!()
        };
        assert_eq!(answer.response.code.as_str(), "454");
        assert!(answer.response.description.is_some_and(|why| why.contains(" at line ")), "{body}");
    }
}

#[tokio::test]
async fn answers_in_the_envelope_it_was_asked_in() {
    let server = Server::start(Options::default()).await;
    for envelope in [Envelope::Wrapped, Envelope::Bare] {
        let query = Payload::new(QueryRegistration::new("query-1"));
        let body = Writing { envelope, ..Writing::default() }.write(&query).unwrap();
        let (_, answer) = server.send("POST", &path(Service::RegisterParty), XML, &body).await;
        assert_eq!(Reading::strict().read(answer.as_bytes()).unwrap().1, envelope);
    }
}

#[tokio::test]
async fn an_acknowledgement_is_answered_with_nothing() {
    let server = Server::start(Options::default()).await;
    let body = Payload::new(Response::new(EiResponse::ok(""), Some("ven-7".into()))).to_xml().unwrap();
    let answer = server.send("POST", &path(Service::RegisterParty), XML, &body).await;
    assert_eq!(answer, (200, String::new()));
}

#[tokio::test]
async fn a_ven_is_held_to_the_certificate_that_the_proxy_forwards() {
    let forwarded = ForwardedCertificate {
        header: HeaderName::from_static("x-client-cert"),
        proxies: vec!["127.0.0.1".parse().unwrap()],
    };
    let server = Server::start(Options { forwarded: Some(forwarded), ..Options::default() }).await;
    let register = CreatePartyRegistration::pull("request-1", "pump");
    let answer = server.post_with("X-Client-Cert: YWJjZGVm\r\n", register).await;
    let Message::CreatedPartyRegistration(created) = answer else { panic!("{answer:?}") };
    let ven_id: VenId = created.ven_id.unwrap();
    for (headers, code) in [("X-Client-Cert: YWJjZGVn\r\n", "463"), ("", "463")] {
        let answer = server.post_with(headers, Poll::new(ven_id.clone())).await;
        let Message::Response(answer) = answer else { panic!("{answer:?}") };
        assert_eq!(answer.response.code.as_str(), code);
    }
    let answer = server.post_with("X-Client-Cert: YWJjZGVm\r\n", Poll::new(ven_id)).await;
    assert!(matches!(answer, Message::RegisterReport(_)));
}
