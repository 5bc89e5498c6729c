//! Signatures at the edge, against a server of a few lines on the loopback interface.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use openadr_client::http::Client;
use openadr_client::{Failure, Reply};
use openadr_types::Payload;
use openadr_types::message::Service;
use openadr_types::poll::Poll;
use openadr_types::response::{EiResponse, Response};
use openadr_types::signature::{Acceptance, Certificate, PrivateKey, Signer, Trust, Unsigned, Verifier};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

fn signer() -> Signer {
    let key = rcgen::KeyPair::generate().unwrap();
    let made =
        rcgen::CertificateParams::new(vec!["vtn.example".to_owned()]).unwrap().self_signed(&key).unwrap();
    let certificate = Certificate::from_der(made.der().to_vec()).unwrap();
    Signer::new(PrivateKey::from_pkcs8(&key.serialize_der()).unwrap(), vec![certificate]).unwrap()
}

/// Answers every request with the same body; the address, and the first body that it was sent.
async fn server(answer: String) -> (String, oneshot::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (sender, received) = oneshot::channel();
    let mut sender = Some(sender);
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = String::new();
            while !request.ends_with("oadrPayload>") {
                let mut piece = [0; 4096];
                let length = stream.read(&mut piece).await.unwrap();
                request.push_str(std::str::from_utf8(&piece[..length]).unwrap());
            }
            let body = request.split_once("\r\n\r\n").unwrap().1.to_owned();
            if let Some(sender) = sender.take() {
                sender.send(body).unwrap();
            }
            let head =
                format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", answer.len());
            stream.write_all(format!("{head}{answer}").as_bytes()).await.unwrap();
        }
    });
    (address, received)
}

fn nothing() -> Response {
    Response::new(EiResponse::ok("r"), Some("ven-7".into()))
}

fn now() -> openadr_types::DateTime {
    chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now()).into()
}

async fn post(client: &Client) -> Result<Reply, Failure> {
    client.post(Service::Poll, Poll::new("ven-7").into()).await
}

fn holding(vtn: &Signer) -> Acceptance {
    Acceptance::new(Verifier::new(Trust::nobody().with_sender(vtn.certificate().clone())))
}

#[tokio::test]
async fn signs_what_it_posts() {
    let ven = signer();
    let trust = Trust::nobody().with_sender(ven.certificate().clone());
    let (address, received) = server(Payload::new(nothing()).to_xml().unwrap()).await;
    let client = Client::builder(address).signer(ven).build().unwrap();
    assert_eq!(post(&client).await, Ok(nothing().into()), "signatures of answers are not asked for");
    let verified = Verifier::new(trust).verify_at_any_time(received.await.unwrap().as_bytes()).unwrap();
    assert_eq!(verified.message(), &Poll::new("ven-7").into());
}

#[tokio::test]
async fn takes_a_signed_answer_once() {
    let vtn = signer();
    let (address, _received) = server(vtn.sign_at(nothing(), now()).unwrap()).await;
    let client = Client::builder(address).acceptance(holding(&vtn)).build().unwrap();
    assert_eq!(post(&client).await, Ok(nothing().into()));
    let Err(Failure::Signature(why)) = post(&client.clone()).await else { panic!() };
    assert!(why.contains("came before"), "{why}");
}

#[tokio::test]
async fn ignores_answers_that_are_not_signed_as_they_have_to_be() {
    let vtn = signer();
    let plain = Payload::new(nothing()).to_xml().unwrap();
    let good = vtn.sign_at(nothing(), now()).unwrap();
    for (answer, why) in [
        (plain.clone(), "the document is not signed"),
        (good.replace("ven-7", "ven-8"), "is not what was signed"),
        (signer().sign_at(nothing(), now()).unwrap(), "is not accepted"),
    ] {
        let (address, _received) = server(answer).await;
        let client = Client::builder(address).acceptance(holding(&vtn)).build().unwrap();
        let Err(failure @ Failure::Signature(_)) = post(&client).await else { panic!("{why}") };
        assert!(failure.to_string().starts_with("answer not accepted: "), "{failure}");
        assert!(failure.to_string().contains(why), "{failure}");
    }
    let (address, _received) = server("<x>".to_owned()).await;
    let client = Client::builder(address).acceptance(holding(&vtn)).build().unwrap();
    assert!(matches!(post(&client).await, Err(Failure::Unreadable(_))));

    let (address, _received) = server(plain).await;
    let lenient = holding(&vtn).with_unsigned(Unsigned::Accepted);
    let client = Client::builder(address).acceptance(lenient).build().unwrap();
    assert_eq!(post(&client).await, Ok(nothing().into()));
}
