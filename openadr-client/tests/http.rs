//! The edge against a server of a few lines on the loopback interface.
#![cfg_attr(feature = "http", expect(clippy::unwrap_used, reason = "a test fails by panicking"))]
#![cfg(feature = "http")]

use std::time::Duration;

use openadr_client::http::{Client, Driver, SystemClock};
use openadr_client::notice::Why;
use openadr_client::{Config, Failure, Notice, Reply, Ven};
use openadr_types::envelope::Envelope;
use openadr_types::message::Service;
use openadr_types::poll::Poll;
use openadr_types::registration::{CanceledPartyRegistration, CreatedPartyRegistration};
use openadr_types::report::RegisteredReport;
use openadr_types::response::{EiResponse, Response};
use openadr_types::{Message, Payload};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Head and body of a request.
async fn read(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut bytes = Vec::new();
    loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..at].to_vec()).unwrap().to_lowercase();
            let length =
                head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
            let end = at + 4 + length.parse::<usize>().unwrap();
            if bytes.len() >= end {
                return Some((head, String::from_utf8(bytes[at + 4..end].to_vec()).unwrap()));
            }
        }
        if stream.read_buf(&mut bytes).await.unwrap() == 0 {
            return None;
        }
    }
}

fn answer(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

/// Answers each request with what `serve` makes of its head and body; the address to post to.
async fn server(mut serve: impl FnMut(&str, &str) -> String + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            while let Some((head, body)) = read(&mut stream).await {
                let answer = serve(&head, &body);
                // A client that has read enough may be gone.
                if stream.write_all(answer.as_bytes()).await.is_err() {
                    break;
                }
            }
        }
    });
    format!("http://{address}/OpenADR2/Simple/2.0b")
}

fn xml(message: impl Into<Message>) -> String {
    Payload::new(message).to_xml().unwrap()
}

async fn post(client: &Client) -> Result<Reply, Failure> {
    client.post(Service::Poll, Poll::new("ven-1").into()).await
}

#[tokio::test]
async fn posts_xml_of_a_stated_length_to_the_service() {
    let address = server(|head, body| {
        assert!(head.starts_with("post /openadr2/simple/2.0b/oadrpoll http/1.1"), "{head}");
        assert!(head.contains("content-type: application/xml"), "{head}");
        assert!(!head.contains("transfer-encoding"), "{head}");
        let payload = Payload::from_xml(body.as_bytes()).unwrap();
        assert_eq!(payload, Payload::new(Poll::new("ven-1")));
        answer("200 OK", &xml(Response::new(EiResponse::ok("r"), None)))
    })
    .await;
    let client = Client::builder(address).build().unwrap();
    assert_eq!(post(&client).await, Ok(Response::new(EiResponse::ok("r"), None).into()));
}

#[tokio::test]
async fn posts_bare_messages_where_told_to() {
    let address = server(|_, body| {
        assert!(body.contains("<oadr:oadrPoll") && !body.contains("oadrSignedObject"), "{body}");
        answer("204 No Content", "")
    })
    .await;
    let client = Client::builder(address).envelope(Envelope::Bare).build().unwrap();
    assert_eq!(post(&client).await, Ok(Reply::Empty));
}

#[tokio::test]
async fn tells_answers_from_failures() {
    let not_a_message = Failure::Unreadable(Payload::from_xml(b"<html/>").unwrap_err().to_string());
    let table = [
        (answer("200 OK", " \n"), Ok(Reply::Empty)),
        (answer("200 OK", "<html/>"), Err(not_a_message)),
        (answer("500 Internal Server Error", "<html/>"), Err(Failure::Status(500))),
        (
            "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://192.0.2.1/\r\ncontent-length: 0\r\n\r\n"
                .to_owned(),
            Err(Failure::Status(307)),
        ),
        (answer("200 OK", &"x".repeat(1001)), Err(Failure::Unreadable("longer than 1000 bytes".to_owned()))),
    ];
    for (text, expected) in table {
        let address = server(move |_, _| text.clone()).await;
        let client = Client::builder(address).longest_answer(1000).build().unwrap();
        assert_eq!(post(&client).await, expected);
    }
}

#[tokio::test]
async fn says_what_answered_in_place_of_the_vtn() {
    let said = |headers: &str| format!("HTTP/1.1 200 OK\r\n{headers}content-length: 4\r\n\r\n<a/>");
    let table = [
        (said("content-type: text/html; charset=utf-8\r\n"), " (Content-Type: text/html; charset=utf-8)"),
        (said("content-type: text/xml\r\ncontent-encoding: gzip\r\n"), " (Content-Encoding: gzip)"),
        (said("content-type: text/xml\r\n"), " at line 1 column 1"),
        (said(""), " at line 1 column 1"),
        (answer("308 Permanent Redirect", ""), "which is not followed: is the address of the VTN right?"),
        (
            answer("403 Forbidden", ""),
            "HTTP status 403: the VTN, or what stands before it, does not let the VEN in",
        ),
    ];
    for (text, expected) in table {
        let address = server(move |head, _| {
            assert!(head.contains("accept-encoding: identity"), "{head}");
            text.clone()
        })
        .await;
        let failure = post(&Client::builder(address).build().unwrap()).await.unwrap_err().to_string();
        assert!(failure.ends_with(expected), "{failure}");
    }
}

#[tokio::test]
async fn a_vtn_that_is_not_there_or_does_not_answer_is_a_failure() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let client = Client::builder(&address).timeout(Duration::from_millis(50)).build().unwrap();
    // Accepted by the system, read by nobody.
    assert!(matches!(post(&client).await, Err(Failure::Transport(_))));
    drop(listener);
    let Err(Failure::Transport(why)) = post(&client).await else { panic!() };
    assert!(why.to_lowercase().contains("refused"), "{why}");
}

/// Registers anybody and has nothing queued.
fn vtn(_: &str, body: &str) -> String {
    let message = Payload::from_xml(body.as_bytes()).unwrap().into_message();
    let reply = match message {
        Message::CreatePartyRegistration(create) => {
            let mut created = CreatedPartyRegistration::new(EiResponse::ok(create.request_id), "vtn-1");
            created.registration_id = Some("reg-1".into());
            created.ven_id = Some("ven-1".into());
            created.into()
        }
        Message::RegisterReport(register) => {
            Message::from(RegisteredReport::new(EiResponse::ok(register.request_id), Vec::new(), None))
        }
        Message::CancelPartyRegistration(cancel) => {
            let response = EiResponse::ok(cancel.request_id);
            CanceledPartyRegistration::new(response, Some(cancel.registration_id), cancel.ven_id).into()
        }
        _ => Response::new(EiResponse::ok("r"), None).into(),
    };
    answer("200 OK", &xml(reply))
}

#[tokio::test]
async fn runs_from_registration_to_cancellation() {
    let client = Client::builder(server(vtn).await).build().unwrap();
    let ven = Ven::new(Config::new("Boiler room"), 1);
    let (driver, handle, mut notices) = Driver::new(client, ven, SystemClock);
    let running = tokio::spawn(driver.run());
    let Some(Notice::Registered { registration, new: true }) = notices.next().await else { panic!() };
    assert_eq!(registration.ven_id.as_str(), "ven-1");
    assert_eq!(handle.snapshot().await.unwrap().registration, Some(registration));
    assert!(handle.opt("x".into(), openadr_types::event::OptType::In).await.is_err());
    handle.cancel_registration().await.unwrap();
    assert_eq!(notices.next().await, Some(Notice::Unregistered(Why::Asked)));
    handle.stop();
    assert!(!running.await.unwrap().is_registered());
    assert_eq!(notices.next().await, None);
    assert_eq!(handle.snapshot().await.unwrap_err().to_string(), "the VEN is not running");
}

#[tokio::test]
async fn stops_when_no_handle_is_left_and_keeps_its_registration() {
    let client = Client::builder(server(vtn).await).build().unwrap();
    let (driver, handle, mut notices) = Driver::new(client, Ven::new(Config::new("x"), 1), SystemClock);
    let running = tokio::spawn(driver.run());
    notices.next().await.unwrap();
    drop(handle);
    assert!(running.await.unwrap().is_registered());
}
