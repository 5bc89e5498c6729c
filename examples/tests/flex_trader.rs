//! The grid operator and the aggregator as two processes, one of which is killed again and again in the middle of a trade.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use examples::flex_trader::edge::PATH;
use examples::flex_trader::journal::Journal;
use examples::flex_trader::setup::{KnownPeer, Setup, new_key};
use usef_messages::payload::Kind;
use usef_messages::roles::store::{Direction, Entry, Stage, Store as _};
use usef_messages::values::Role;

/// How long a program may be silent that has more to say.
const PATIENCE: Duration = Duration::from_secs(30);

/// A folder of its own with the files of both, gone at the end.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder that is left over does no harm.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("flex-trader-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        let ports = [free_port(), free_port()];
        let keys = [new_key(), new_key()];
        let names = [("dso", Role::Dso), ("agr", Role::Agr)];
        for (own, other) in [(0, 1), (1, 0)] {
            let domain = |at: usize| format!("{}.example", names[at].0).parse().expect("a domain");
            let setup = Setup {
                domain: domain(own),
                secret_key: keys[own].to_base64().to_string(),
                listen: ([127, 0, 0, 1], ports[own]).into(),
                peers: vec![KnownPeer {
                    domain: domain(other),
                    role: names[other].1,
                    public_key: keys[other].public_key(),
                    url: format!("http://127.0.0.1:{}{PATH}", ports[other]),
                }],
            };
            let text = serde_json::to_string(&setup).expect("it is JSON");
            std::fs::write(path.join(format!("{}.json", names[own].0)), text).expect("it is written");
        }
        Self(path)
    }

    fn state(&self, role: &str) -> PathBuf {
        self.0.join(format!("{role}.state"))
    }

    fn start(&self, role: &str) -> Running {
        let mut child = Command::new(env!("CARGO_BIN_EXE_flex-trader"))
            .arg(role)
            .arg(self.0.join(format!("{role}.json")))
            .arg("--state")
            .arg(self.state(role))
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let output = BufReader::new(child.stdout.take().expect("output is piped"));
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            output.lines().map_while(Result::ok).all(|line| sender.send(line).is_ok());
        });
        Running { child, lines, role: role.to_owned() }
    }

    /// All that a role holds.
    fn entries(&self, role: &str) -> Vec<Entry> {
        Journal::open(&self.state(role)).expect("nobody uses it").load().expect("it is read")
    }
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    listener.local_addr().expect("it has an address").port()
}

struct Running {
    child: Child,
    lines: Receiver<String>,
    role: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Running {
    /// Reads what it says until a line holds these words; whether there was such a line before it ended or had nothing
    /// more to say.
    fn until(&mut self, words: &str) -> bool {
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            println!("{} | {line}", self.role);
            if line.contains(words) {
                return true;
            }
        }
        false
    }
}

/// How many messages of a kind went one way.
fn count(entries: &[Entry], direction: Direction, kind: Kind) -> usize {
    entries.iter().filter(|entry| entry.direction == direction && entry.message.kind() == kind).count()
}

/// Everything happened once, and both hold the same.
fn check(folder: &Folder) {
    let (dso, agr) = (folder.entries("dso"), folder.entries("agr"));
    for (entries, others) in [(&dso, &agr), (&agr, &dso)] {
        for kind in Kind::ALL {
            let sent = count(entries, Direction::Sent, *kind);
            let received = count(others, Direction::Received, *kind);
            // The grid operator does not wait for the end of what it did not order.
            let is_spare = matches!(kind, Kind::FlexOffer | Kind::FlexOfferResponse)
                || matches!(kind, Kind::FlexOfferRevocation | Kind::FlexOfferRevocationResponse);
            assert!(received == sent || (is_spare && received < sent), "{received} of {sent} {kind}");
        }
    }
    // The grid operator ends when it knows so; the aggregator may be killed before it knows.
    for entry in dso.iter().filter(|entry| entry.direction == Direction::Sent) {
        assert_eq!(entry.state.stage, Stage::Delivered, "{}", entry.message.name());
    }
    let expected = [
        (&dso, Kind::TestMessage, 1),
        (&dso, Kind::FlexReservationUpdate, 1),
        (&dso, Kind::FlexRequest, 1),
        (&agr, Kind::FlexOffer, 2),
        (&dso, Kind::FlexOrder, 1),
        (&agr, Kind::DPrognosis, 1),
        (&agr, Kind::Metering, 1),
        (&dso, Kind::FlexSettlement, 1),
    ];
    for (entries, kind, times) in expected {
        assert_eq!(count(entries, Direction::Sent, kind), times, "{kind}");
    }
    assert!(count(&agr, Direction::Sent, Kind::FlexOfferRevocation) <= 1);
}

#[test]
fn a_grid_operator_killed_after_each_step_ends_with_one_trade() {
    let folder = Folder::new("dso");
    let mut agr = folder.start("agr");
    assert!(agr.until("takes messages at"));
    for line in
        ["asks for", "hears that agr.example is there", "accepts offer", "orders", "accepts plan", "settles"]
    {
        let mut dso = folder.start("dso");
        // In its last moments it may have gone further than it said; then this run may be the last.
        if dso.until(line) {
            dso.child.kill().expect("it may be killed");
        }
        dso.child.wait().expect("it ends");
    }
    let mut dso = folder.start("dso");
    dso.until("Steps");
    assert!(dso.child.wait().expect("it ends").success());
    drop(agr);
    check(&folder);
    // Once more: what is settled is not bought again.
    let mut dso = folder.start("dso");
    assert!(dso.until("already") && !dso.until("asks for"));
    assert!(dso.child.wait().expect("it ends").success());
}

#[test]
fn an_aggregator_killed_again_and_again_ends_with_one_trade() {
    let folder = Folder::new("agr");
    // The grid operator is there first, and tries until somebody answers.
    let mut dso = folder.start("dso");
    assert!(dso.until("cannot reach agr.example"));
    for _ in 0..6 {
        let mut agr = folder.start("agr");
        // One thing that it does; what follows from that goes out in part, or not at all.
        agr.until("  AGR  ");
        agr.child.kill().expect("it runs");
        agr.child.wait().expect("it ends");
    }
    let agr = folder.start("agr");
    dso.until("Steps");
    assert!(dso.child.wait().expect("it ends").success());
    drop(agr);
    check(&folder);
}

fn output(arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_flex-trader")).args(arguments).output().expect("it starts");
    (output.status.success(), String::from_utf8(output.stderr).expect("text"))
}

fn text(path: &Path) -> &str {
    path.to_str().expect("text")
}

#[test]
fn says_what_is_wrong_with_files_and_ports() {
    let folder = Folder::new("wrong");
    let (dso, agr) = (folder.0.join("dso.json"), folder.0.join("agr.json"));
    let (dso, agr) = (text(&dso), text(&agr));
    let missing = folder.0.join("missing.json");
    let refused = |arguments: &[&str], words: &str| {
        let (ok, said) = output(arguments);
        assert!(!ok && said.contains(words), "{arguments:?}: {said}");
    };
    refused(&["dso", text(&missing)], "reading ");
    let setup = std::fs::read_to_string(dso).expect("it is there");
    let changed = |old: &str, new: &str| {
        let path = folder.0.join("changed.json");
        assert!(setup.contains(old), "{old}");
        std::fs::write(&path, setup.replace(old, new)).expect("it is written");
        path
    };
    refused(&["dso", text(&changed("\"listen\"", "\"lisen\""))], "unknown field `lisen`");
    refused(&["dso", text(&changed("\"AGR\"", "\"CRO\""))], "none of its peers has the role AGR");
    refused(&["dso", text(&changed("http://", "http//"))], "the url of agr.example is no address");
    refused(&["dso", text(&changed("\"secret_key\":\"", "\"secret_key\":\"!"))], "the secret_key is none");
    let state = folder.state("agr");
    let mut running = folder.start("agr");
    assert!(running.until("takes messages at"));
    refused(&["agr", agr], "listening at 127.0.0.1:");
    refused(&["agr", agr, "--state", text(&state)], "another program uses");
    refused(&["agr", agr, "--state", text(&folder.0.join("no/folder"))], "opening ");
    drop(running);
    let mut other = folder.start("dso");
    // It says so after what it is to send is kept.
    assert!(other.until("cannot reach agr.example"));
    drop(other);
    refused(
        &["agr", agr, "--state", text(&folder.state("dso"))],
        "is the state of dso.example, not of agr.example",
    );
    let (ok, said) = output(&["dso", dso, "--within", "1"]);
    assert!(!ok && said.contains("was not over within 1 s: it waits for its answer"), "{said}");
}
