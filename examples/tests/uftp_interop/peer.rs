//! The other implementation as a process, and our participant beside it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use examples::flex_trader::edge::{Application, Endpoints, Node, PATH};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use usef_messages::discovery::{AddressBook, keys_name};
use usef_messages::keys::KeyString;
use usef_messages::payload::{Kind, Payload};
use usef_messages::roles::store::{Direction, Entry, Peer as Party, Stage};
use usef_messages::roles::{Config, Event, Participant, Party as Acting};
use usef_messages::sealing::{PublicKey, SecretKey};
use usef_messages::values::{Domain, Outcome, Period, Role};

const PATIENCE: Duration = Duration::from_secs(60);

/// What the peer runs.
const PEER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/uftp_interop/peer.py");

fn folder() -> PathBuf {
    PathBuf::from(std::env::var_os("INTEROP_DIR").expect("INTEROP_DIR names the folder of the peers"))
}

fn python() -> Command {
    let mut command = Command::new(folder().join("venv/bin/python"));
    command.current_dir(folder()).env("PYTHONPATH", folder()).env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

pub(crate) fn domain(role: Role) -> Domain {
    format!("{}.dev", role.as_str().to_lowercase()).parse().expect("a domain")
}

pub(crate) fn party(role: Role) -> Party {
    Party { domain: domain(role), role }
}

/// The keys of a role, as the peer has them.
fn keys(role: Role) -> (PublicKey, SecretKey) {
    let script = format!("import interop_common as n; print(*n.keys('{}'))", domain(role));
    let output = python().arg("-c").arg(script).output().expect("the peer tells its keys");
    let text = String::from_utf8(output.stdout).expect("text");
    let (public, secret) = text.trim().split_once(' ').expect("two keys");
    (public.parse().expect("a key"), secret.parse().expect("a key"))
}

/// What the library calls a message.
fn library_name(kind: Kind) -> String {
    kind.as_str().replace("AGR", "Agr").replace("DSO", "Dso").replace("D-", "D")
}

fn forward(pipe: impl std::io::Read + Send + 'static, to: Sender<String>) {
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            println!("peer | {line}");
            if to.send(line).is_err() {
                return;
            }
        }
    });
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    listener.local_addr().expect("it has an address").port()
}

/// The library, playing a role.
pub(crate) struct Peer {
    role: Role,
    child: Child,
    lines: Receiver<String>,
    said: Vec<Value>,
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Peer {
    fn start(role: Role, env: &[(String, String)]) -> Self {
        let mut command = python();
        command.arg(PEER).arg(role.as_str()).envs(env.iter().cloned());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the peer starts");
        let (sender, lines) = channel();
        forward(child.stdout.take().expect("output is piped"), sender.clone());
        forward(child.stderr.take().expect("output is piped"), sender);
        let mut peer = Self { role, child, lines, said: Vec::new() };
        peer.wait_for("ready", |said| said["ready"] == role.as_str());
        peer
    }

    /// Waits until it says something that fits.
    fn wait_for(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        self.wait_after(0, what, fits)
    }

    /// The same, of what it says after so many things.
    fn wait_after(&mut self, said: usize, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        if let Some(said) = self.said.iter().skip(said).find(|said| fits(said)) {
            return said.clone();
        }
        let until = Instant::now() + PATIENCE;
        loop {
            match self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    // Its log is no JSON.
                    let Ok(said) = serde_json::from_str::<Value>(&line) else { continue };
                    self.said.push(said.clone());
                    if fits(&said) {
                        return said;
                    }
                }
                Err(error) => panic!("{what}: {error}; it said {:#?}", self.said),
            }
        }
    }

    /// Waits for a message of ours, as the library read it, and returns it as the library writes it.
    pub(crate) fn received(&mut self, kind: Kind) -> Payload {
        let name = library_name(kind);
        let said = self.wait_for(&name, |said| said["received"] == *name);
        let xml = said["xml"].as_str().expect("a document");
        Payload::from_xml(xml.as_bytes()).unwrap_or_else(|error| panic!("{xml}: {error}"))
    }

    /// Waits for a response of ours.
    pub(crate) fn received_response(&mut self, kind: Kind, outcome: Outcome, reason: Option<&str>) {
        let (name, outcome) = (library_name(kind), outcome.as_str());
        self.wait_for(&format!("{name} {outcome} {reason:?}"), |said| {
            said["received"] == *name && said["result"] == outcome && said["reason"].as_str() == reason
        });
    }

    /// Has it send a message with the library's client, and waits until that was posted.
    pub(crate) fn send(&mut self, kind: Kind, to: Role, day: Period, more: Value) {
        let name = library_name(kind);
        let expires = (Utc::now() + TimeDelta::hours(1)).to_rfc3339();
        let mut command =
            json!({ "send": name, "to": to.as_str(), "period": day.to_string(), "expires": expires });
        if let (Value::Object(command), Value::Object(more)) = (&mut command, more) {
            command.extend(more);
        }
        let pipe = self.child.stdin.as_mut().expect("input is piped");
        writeln!(pipe, "{command}").expect("it reads its input");
        let before = self.said.len();
        let failed = |said: &Value| said["failed"] == *name;
        let said = self.wait_after(before, &name, |said| said["sent"] == *name || failed(said));
        assert!(!failed(&said), "{said}");
    }

    /// That every message has been received and sent that the library takes from us and sends to us in these roles.
    pub(crate) fn has_done_all(mut self, ours: Role) {
        let (theirs, ready) = (self.role, self.wait_for("ready", |said| !said["ready"].is_null()));
        for (list, did, route) in [("takes", "received", (ours, theirs)), ("sends", "sent", (theirs, ours))] {
            let names = ready[list].as_array().expect("a list").iter().filter_map(Value::as_str);
            let kinds = names.map(|name| {
                *Kind::ALL.iter().find(|kind| library_name(**kind) == name).expect("a kind that we know")
            });
            let kinds: Vec<_> = kinds.filter(|kind| kind.routing().contains(&route)).collect();
            assert!(!kinds.is_empty(), "{ready}");
            for kind in kinds {
                let name = library_name(kind);
                self.wait_for(&format!("{did} {name}"), |said| said[did] == *name);
            }
        }
    }
}

/// Nothing is done about events: the test does all.
struct Nothing;

impl<P: Acting> Application<P> for Nothing {
    fn act(
        &mut self,
        _: &mut Participant<P>,
        _: Event<P::Request, P::Response>,
        _: DateTime<Utc>,
    ) -> anyhow::Result<()> {
        Ok(())
    }
}

/// Our participant, served, with the library in other roles beside it.
pub(crate) async fn beside<P: Acting + Send + 'static, const N: usize>(
    role: Role,
    others: [Role; N],
    env: &[(&str, &str)],
    make: impl FnOnce(Config, SecretKey, AddressBook) -> Participant<P>,
) -> (Node<P>, [Peer; N]) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
    let ours = listener.local_addr().expect("an address").port();
    let ports = others.map(|other| (other, free_port()));
    let mut env: Vec<_> = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    env.extend(
        ports
            .iter()
            .chain(&[(role, ours)])
            .map(|(role, port)| (format!("{}_PORT", role.as_str()), port.to_string())),
    );
    let (mut book, mut endpoints) = (AddressBook::default(), Endpoints::new());
    for (other, port) in ports {
        let sign = keys(other).0;
        book.insert_text(&keys_name(&domain(other), other), &KeyString { sign, encrypt: None }.to_string());
        endpoints.insert(party(other), format!("http://127.0.0.1:{port}{PATH}"));
    }
    let node = Node::new(make(Config::new(domain(role)), keys(role).1, book), endpoints);
    tokio::spawn(node.clone().serve(listener));
    tokio::spawn(node.clone().run(Nothing));
    (node, others.map(|other| Peer::start(other, &env)))
}

/// Waits until we have a message that fits, and returns it.
pub(crate) async fn until<P: Acting + Send + 'static>(
    node: &Node<P>,
    what: &str,
    fits: impl Fn(&Entry) -> bool,
) -> Payload {
    let end = Instant::now() + PATIENCE;
    loop {
        let found =
            node.with(|it, _| it.messages().find(|entry| fits(entry)).map(|entry| entry.message.clone()));
        if let Some(found) = found {
            return found;
        }
        let all = node.with(|it, _| {
            let line = |entry: &Entry| format!("{} {:?}", entry.message.name(), entry.state.stage);
            it.messages().map(line).collect::<Vec<_>>()
        });
        assert!(Instant::now() < end, "{what} did not come: {all:#?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Waits for a request of the peer's that we accepted.
pub(crate) async fn accepted<P: Acting + Send + 'static>(node: &Node<P>, kind: Kind) -> Payload {
    until(node, kind.as_str(), |entry| {
        entry.message.kind() == kind
            && entry.direction == Direction::Received
            && entry.state.stage.is_accepted()
    })
    .await
}

/// Waits for the peer's response to a request of ours, by which it accepts.
pub(crate) async fn answered<P: Acting + Send + 'static>(node: &Node<P>, kind: Kind) -> Payload {
    until(node, kind.as_str(), |entry| {
        entry.message.kind() == kind
            && entry.direction == Direction::Received
            && entry.state.stage == Stage::Taken
            && entry.message.result() != Some(Outcome::Rejected)
    })
    .await
}
