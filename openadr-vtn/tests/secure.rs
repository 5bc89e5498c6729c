//! TLS and signatures over sockets of this machine, with VENs of an authority made for the test.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::net::SocketAddr;

use openadr_client::http::{Client, ClientIdentity, Driver, ServerTrust, SystemClock};
use openadr_client::{Failure, Reply, Ven};
use openadr_types::Message;
use openadr_types::ids::VenId;
use openadr_types::message::Service;
use openadr_types::poll::Poll;
use openadr_types::registration::{CreatePartyRegistration, QueryRegistration};
use openadr_types::response::ResponseCode;
use openadr_types::signature::{Acceptance, Certificate, PrivateKey, Signer, Trust, Unsigned, Verifier};
use openadr_vtn::http::tls::{self, ClientCertificates, Tls, TlsError};
use openadr_vtn::http::{self, Handle, Options, Signing};
use openadr_vtn::{Config, Notice, Signatures, Vtn};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::UnboundedReceiver;

struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn pem(&self) -> Vec<u8> {
        self.0.pem().into_bytes()
    }

    fn issue(&self) -> Party {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
        Party { certificate: params.signed_by(&key, &self.0).unwrap().pem(), key: key.serialize_pem() }
    }

    fn trust(&self) -> Trust {
        Trust::listed(Certificate::from_pem(&self.pem()).unwrap()).unwrap()
    }
}

/// Somebody with a certificate.
struct Party {
    certificate: String,
    key: String,
}

impl Party {
    fn signer(&self) -> Signer {
        let key = PrivateKey::from_pem(self.key.as_bytes()).unwrap();
        Signer::new(key, Certificate::from_pem(self.certificate.as_bytes()).unwrap()).unwrap()
    }

    fn identity(&self) -> ClientIdentity {
        ClientIdentity::from_cert_and_key(self.certificate.as_bytes(), self.key.as_bytes())
    }

    fn tls(&self, clients: &ClientCertificates) -> Tls {
        Tls::new(self.certificate.as_bytes(), self.key.as_bytes(), clients).unwrap()
    }
}

struct Server {
    address: SocketAddr,
    handle: Handle,
    notices: UnboundedReceiver<Notice>,
}

impl Server {
    async fn start(signatures: Signatures, signing: Option<Signing>, tls: Tls) -> Self {
        let vtn = Vtn::new(Config { announce_reports: false, signatures, ..Config::default() }, 1);
        let (router, handle, notices) = match signing {
            Some(signing) => http::signed_router(vtn, Options::default(), signing),
            None => http::router(vtn, Options::default()),
        };
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = tcp.local_addr().unwrap();
        tokio::spawn(tls::serve(tcp, tls, router));
        Self { address, handle, notices }
    }

    /// A VTN that wants signatures of all.
    async fn signed(authority: &Authority) -> Self {
        let vtn = authority.issue();
        let acceptance = Acceptance::new(Verifier::new(authority.trust()));
        let signing = Signing { signer: vtn.signer(), acceptance };
        let tls = vtn.tls(&ClientCertificates::Required(authority.pem()));
        Self::start(Signatures::Required, Some(signing), tls).await
    }

    fn client(&self, authority: &Authority, shows: Option<&Party>, signs: Option<&Party>) -> Client {
        let mut builder = Client::builder(format!("https://localhost:{}{}", self.address.port(), http::PATH));
        builder = builder.trust(ServerTrust::Pem(authority.pem()));
        if let Some(party) = shows {
            builder = builder.identity(party.identity());
        }
        if let Some(party) = signs {
            let acceptance = Acceptance::new(Verifier::new(authority.trust()));
            builder = builder.signer(party.signer()).acceptance(acceptance);
        }
        builder.build().unwrap()
    }
}

async fn post(client: &Client, message: impl Into<Message>) -> Result<Message, Failure> {
    let message = message.into();
    match client.post(message.service(), message).await? {
        Reply::Message(message) => Ok(message),
        Reply::Empty => panic!("an empty reply"),
    }
}

async fn register(client: &Client, name: &str) -> VenId {
    let answer = post(client, CreatePartyRegistration::pull("request-1", name)).await.unwrap();
    let Message::CreatedPartyRegistration(created) = answer else { panic!("{answer:?}") };
    created.ven_id.unwrap()
}

async fn poll(client: &Client, ven_id: &VenId) -> ResponseCode {
    match post(client, Poll::new(ven_id.clone())).await.unwrap() {
        Message::Response(response) => response.response.code,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_ven_is_who_its_certificate_says_and_nobody_else() {
    let authority = Authority::new();
    let tls = authority.issue().tls(&ClientCertificates::Required(authority.pem()));
    let server = Server::start(Signatures::Unsupported, None, tls).await;
    let (one, other) = (authority.issue(), authority.issue());
    let (one, other) =
        (server.client(&authority, Some(&one), None), server.client(&authority, Some(&other), None));
    let (first, second) = (register(&one, "one").await, register(&other, "other").await);
    assert_eq!(poll(&one, &first).await, ResponseCode::OK);
    assert_eq!(poll(&other, &second).await, ResponseCode::OK);
    assert_eq!(poll(&other, &first).await, ResponseCode::NOT_REGISTERED);
    assert_eq!(poll(&one, &second).await, ResponseCode::NOT_REGISTERED);
}

#[tokio::test]
async fn only_who_shows_a_certificate_of_the_authority_is_served_where_it_is_required() {
    let authority = Authority::new();
    let tls = authority.issue().tls(&ClientCertificates::Required(authority.pem()));
    let server = Server::start(Signatures::Unsupported, None, tls).await;
    let stranger = Authority::new().issue();
    for shows in [None, Some(&stranger)] {
        let refused = post(&server.client(&authority, shows, None), Poll::new("ven-7")).await;
        assert!(matches!(refused, Err(Failure::Transport(_))), "{refused:?}");
    }
    assert_eq!(server.handle.with(|vtn, _| vtn.vens().count()), 0);
}

#[tokio::test]
async fn who_shows_none_is_served_where_it_is_not_required() {
    let authority = Authority::new();
    for clients in [ClientCertificates::Optional(authority.pem()), ClientCertificates::NotAsked] {
        let server = Server::start(Signatures::Unsupported, None, authority.issue().tls(&clients)).await;
        let bare = server.client(&authority, None, None);
        let ven_id = register(&bare, "bare").await;
        assert_eq!(poll(&bare, &ven_id).await, ResponseCode::OK);
        let known = server.handle.with(|vtn, _| vtn.ven(&ven_id).unwrap().fingerprint());
        assert_eq!(known, None);
    }
}

#[tokio::test]
async fn knows_a_ven_by_its_certificate_however_it_is_served() {
    let authority = Authority::new();
    let tls = authority.issue().tls(&ClientCertificates::Required(authority.pem()));
    let (router, handle, notices) = http::router(Vtn::new(Config::default(), 1), Options::default());
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = Server { address: tcp.local_addr().unwrap(), handle, notices };
    tokio::spawn(tls::serve(tcp, tls, router));
    let party = authority.issue();
    let ven_id = register(&server.client(&authority, Some(&party), None), "pump").await;
    let known = server.handle.with(|vtn, _| vtn.ven(&ven_id).unwrap().fingerprint());
    let certificate = Certificate::from_pem(party.certificate.as_bytes()).unwrap();
    assert_eq!(known, Some(certificate[0].fingerprint().into()));
}

#[tokio::test]
async fn a_ven_is_told_whom_it_does_not_trust() {
    let authority = Authority::new();
    let tls = authority.issue().tls(&ClientCertificates::Required(authority.pem()));
    let server = Server::start(Signatures::Unsupported, None, tls).await;
    let failure = post(&server.client(&Authority::new(), None, None), Poll::new("ven-7")).await.unwrap_err();
    let why = "an authority of the same name, but another than the trusted one, has issued it";
    assert!(failure.to_string().contains(why), "{failure}");
}

#[tokio::test]
async fn a_client_that_says_nothing_holds_up_no_other() {
    let authority = Authority::new();
    let tls = authority.issue().tls(&ClientCertificates::NotAsked);
    let server = Server::start(Signatures::Unsupported, None, tls).await;
    let _silent = TcpStream::connect(server.address).await.unwrap();
    register(&server.client(&authority, None, None), "pump").await;
}

#[tokio::test]
async fn a_signed_conversation_runs_from_registration_on() {
    let authority = Authority::new();
    let mut server = Server::signed(&authority).await;
    let pump = authority.issue();
    let client = server.client(&authority, Some(&pump), Some(&pump));
    let config = openadr_client::Config { xml_signature: true, ..openadr_client::Config::new("pump") };
    let (driver, _handle, mut notices) = Driver::new(client, Ven::new(config, 1), SystemClock);
    tokio::spawn(driver.run());
    let told = notices.next().await;
    assert!(matches!(told, Some(openadr_client::Notice::Registered { .. })), "{told:?}");
    let Some(Notice::Registered { ven_id, .. }) = server.notices.recv().await else { panic!() };
    let (signs, known) = server.handle.with(|vtn, _| {
        let ven = vtn.ven(&ven_id).unwrap();
        (ven.signs(), ven.fingerprint())
    });
    assert!(signs);
    assert_eq!(known, Some(pump.signer().certificate().fingerprint().into()));
}

#[tokio::test]
async fn what_is_not_signed_by_who_it_should_be_is_refused_in_the_answer_to_it() {
    let authority = Authority::new();
    let mut server = Server::signed(&authority).await;
    let (pump, other, stranger) = (authority.issue(), authority.issue(), Authority::new().issue());
    let pumps = server.client(&authority, Some(&pump), Some(&pump));
    let ven_id = register(&pumps, "pump").await;
    assert_eq!(poll(&pumps, &ven_id).await, ResponseCode::OK);
    for (shows, signs, why) in [
        (&pump, None, "the document is not signed"),
        (&pump, Some(&other), "the message is signed with another certificate than the connection's"),
        (&other, Some(&other), "registered with another certificate"),
        (&other, Some(&pump), "the message is signed with another certificate than the connection's"),
        (&pump, Some(&stranger), "is not accepted"),
    ] {
        while server.notices.try_recv().is_ok() {}
        let client = server.client(&authority, Some(shows), signs);
        assert_eq!(poll(&client, &ven_id).await, ResponseCode::NOT_REGISTERED, "{why}");
        let Some(Notice::Refused { refusal, .. }) = server.notices.recv().await else { panic!() };
        assert!(refusal.to_string().contains(why), "{refusal}");
    }
    let unsigned = server.client(&authority, Some(&pump), None);
    let answer = post(&unsigned, QueryRegistration::new("query-1")).await.unwrap();
    let Message::CreatedPartyRegistration(answer) = answer else { panic!("{answer:?}") };
    assert_eq!(answer.response.code, ResponseCode::NOT_REGISTERED);
    assert_eq!(answer.response.request_id.as_str(), "query-1");
}

#[tokio::test]
async fn signatures_are_up_to_the_ven_where_they_are_optional() {
    let authority = Authority::new();
    let vtn = authority.issue();
    let acceptance = Acceptance::new(Verifier::new(authority.trust())).with_unsigned(Unsigned::Accepted);
    let signing = Signing { signer: vtn.signer(), acceptance };
    let tls = vtn.tls(&ClientCertificates::Required(authority.pem()));
    let server = Server::start(Signatures::Optional, Some(signing), tls).await;
    let (pump, boiler) = (authority.issue(), authority.issue());
    let signs = server.client(&authority, Some(&pump), Some(&pump));
    let create =
        CreatePartyRegistration { xml_signature: true, ..CreatePartyRegistration::pull("request-1", "pump") };
    let Message::CreatedPartyRegistration(created) = post(&signs, create).await.unwrap() else { panic!() };
    let pumps = created.ven_id.unwrap();
    let plain = server.client(&authority, Some(&boiler), None);
    let boilers = register(&plain, "boiler").await;
    assert_eq!(poll(&signs, &pumps).await, ResponseCode::OK);
    assert_eq!(poll(&plain, &boilers).await, ResponseCode::OK);
    let downgraded = server.client(&authority, Some(&pump), None);
    assert_eq!(poll(&downgraded, &pumps).await, ResponseCode::NOT_REGISTERED);
}

#[tokio::test]
async fn a_message_that_was_taken_is_not_taken_again() {
    let authority = Authority::new();
    let vtn = authority.issue();
    let acceptance = Acceptance::new(Verifier::new(authority.trust()));
    let signing = Signing { signer: vtn.signer(), acceptance };
    let vtn = Vtn::new(Config { signatures: Signatures::Required, ..Config::default() }, 1);
    let (router, _handle, mut notices) = http::signed_router(vtn, Options::default(), signing);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });

    let create = CreatePartyRegistration::pull("request-1", "pump");
    let now = chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now());
    let document = authority.issue().signer().sign_at(create, now.into()).unwrap();
    for code in ["200", "463"] {
        let answer = send(address, &document).await;
        assert!(answer.contains("<ds:Signature"), "{answer}");
        assert!(answer.contains(&format!("<ei:responseCode>{code}<")), "{answer}");
        assert!(answer.contains("<pyld:requestID>request-1<"), "{answer}");
    }
    assert!(matches!(notices.recv().await, Some(Notice::Registered { .. })));
    let Some(Notice::Refused { refusal, .. }) = notices.recv().await else { panic!() };
    assert!(refusal.to_string().contains("came before"), "{refusal}");
    let answer = send(address, "<x>").await;
    assert!(answer.contains("<ei:responseCode>454<"), "{answer}");
}

/// Posts a document as it is.
async fn send(address: SocketAddr, document: &str) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "POST {}/{} HTTP/1.1\r\nHost: vtn\r\nConnection: close\r\nContent-Type: application/xml\r\nContent-Length: {}\r\n\r\n{document}",
        http::PATH,
        Service::RegisterParty.as_str(),
        document.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[test]
fn says_what_of_tls_cannot_be_used() {
    let authority = Authority::new();
    let (vtn, other) = (authority.issue(), authority.issue());
    let required = ClientCertificates::Required(authority.pem());
    let broken = b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n".to_vec();
    let set_up = |certificate: &[u8], key: &str, clients: &ClientCertificates| {
        Tls::new(certificate, key.as_bytes(), clients).unwrap_err()
    };
    let own = vtn.certificate.as_bytes();
    assert!(matches!(set_up(b"", &vtn.key, &required), TlsError::Certificate(None)));
    assert!(matches!(set_up(&broken, &vtn.key, &required), TlsError::Certificate(Some(_))));
    assert!(matches!(set_up(own, "", &required), TlsError::Key(_)));
    assert!(matches!(set_up(own, &other.key, &required), TlsError::Server(_)));
    let clients = ClientCertificates::Required(broken);
    assert!(matches!(set_up(own, &vtn.key, &clients), TlsError::Authorities(_)));
    let clients = ClientCertificates::Optional(Vec::new());
    assert!(matches!(set_up(own, &vtn.key, &clients), TlsError::Clients(_)));
}
