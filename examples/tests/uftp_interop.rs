//! Our roles against another implementation (shapeshifter-uftp), live on loopback.
//!
//! `INTEROP_DIR` names a folder with the peer's script and its Python environment. Each test waits for what must come, and
//! fails when it has not come in time.

use std::io::{BufRead as _, BufReader};
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use chrono::{TimeDelta, Utc};
use examples::flex_trader::edge::{Endpoints, Node, PATH};
use examples::flex_trader::setup::Need;
use tokio::net::TcpListener;
use usef_messages::d_prognosis;
use usef_messages::discovery::{AddressBook, keys_name};
use usef_messages::flex_offer::{Isp, OfferOption};
use usef_messages::flex_request;
use usef_messages::keys::KeyString;
use usef_messages::payload::Payload;
use usef_messages::roles::agr::Offer;
use usef_messages::roles::dso::{DirectOrder, Wish};
use usef_messages::roles::store::{Direction, MemoryStore, Peer, Stage};
use usef_messages::roles::{Agr, Config, Dso, Participant, Party};
use usef_messages::sealing::{PublicKey, SecretKey};
use usef_messages::values::{Disposition, Domain, Outcome, Role};

const PATIENCE: Duration = Duration::from_secs(45);

fn folder() -> PathBuf {
    PathBuf::from(std::env::var_os("INTEROP_DIR").expect("INTEROP_DIR names the folder of the peers"))
}

fn python() -> Command {
    let mut command = Command::new(folder().join("venv/bin/python"));
    command.current_dir(folder()).env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

fn domain(role: Role) -> Domain {
    format!("{}.dev", role.as_str().to_lowercase()).parse().expect("a domain")
}

/// The keys of a role, as the peer has them.
fn keys(role: Role) -> (PublicKey, SecretKey) {
    let output = python().arg("uftp_peer.py").arg("keys").output().expect("the peer tells its keys");
    let text = String::from_utf8(output.stdout).expect("text");
    let name = domain(role);
    let line = text.lines().find(|line| line.starts_with(name.as_str())).expect("a line for each role");
    let word = |after: &str| line.split(' ').skip_while(|word| *word != after).nth(1).expect("a key");
    (word("public").parse().expect("a key"), word("private").parse().expect("a key"))
}

/// The peer, playing a role.
struct Other {
    child: Child,
    lines: Receiver<String>,
    seen: Vec<String>,
}

impl Drop for Other {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
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

impl Other {
    fn start(command: &mut Command) -> Self {
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = child.expect("the peer starts");
        let (sender, lines) = channel();
        forward(child.stdout.take().expect("output is piped"), sender.clone());
        forward(child.stderr.take().expect("output is piped"), sender);
        Self { child, lines, seen: Vec::new() }
    }

    /// Waits for a line that holds all of `words`.
    fn expect(&mut self, words: &[&str]) {
        let fits = |line: &String| words.iter().all(|word| line.contains(word));
        if self.seen.iter().any(fits) {
            return;
        }
        let until = Instant::now() + PATIENCE;
        loop {
            match self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    self.seen.push(line.clone());
                    if fits(&line) {
                        return;
                    }
                }
                Err(error) => panic!("{words:?}: {error}; it said:\n{}", self.seen.join("\n")),
            }
        }
    }
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    listener.local_addr().expect("it has an address").port()
}

/// Our participant, served, with the peer in another role beside it.
async fn beside<P: Party + Send + 'static>(
    role: Role,
    other: Role,
    make: impl FnOnce(Config, SecretKey, AddressBook) -> Participant<P>,
) -> (Node<P>, Other, [(String, String); 2]) {
    let mut book = AddressBook::default();
    let sign = keys(other).0;
    book.insert_text(&keys_name(&domain(other), other), &KeyString { sign, encrypt: None }.to_string());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
    let (ours, theirs) = (listener.local_addr().expect("an address").port(), free_port());
    let env = [
        (format!("{}_PORT", role.as_str()), ours.to_string()),
        (format!("{}_PORT", other.as_str()), theirs.to_string()),
    ];
    let peer =
        Other::start(python().arg("uftp_peer.py").arg(other.as_str()).envs(env.clone()).env("ACCEPT", "1"));
    let url = format!("http://127.0.0.1:{theirs}{PATH}");
    let endpoints = Endpoints::from([(Peer { domain: domain(other), role: other }, url)]);
    let node = Node::new(make(Config::new(domain(role)), keys(role).1, book), endpoints);
    tokio::spawn(node.clone().serve(listener));
    tokio::spawn(node.clone().run(|_, _, _| Ok(())));
    (node, peer, env)
}

/// Waits until a message that fits is there.
async fn until<P: Party + Send + 'static>(
    node: &Node<P>,
    what: &str,
    fits: impl Fn(&Payload, Direction, &Stage) -> bool,
) {
    let end = Instant::now() + PATIENCE;
    while !node
        .with(|it, _| it.messages().any(|entry| fits(&entry.message, entry.direction, &entry.state.stage)))
    {
        let all = || {
            node.with(|it, _| {
                it.messages()
                    .map(|entry| format!("{} {:?}", entry.message.name(), entry.state))
                    .collect::<Vec<_>>()
            })
        };
        assert!(Instant::now() < end, "{what} did not come: {:#?}", all());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn accepted<P: Party + Send + 'static>(node: &Node<P>, response: &str) {
    until(node, response, |message, direction, stage| {
        message.name() == response
            && direction == Direction::Received
            && *stage == Stage::Taken
            && message.result() != Some(Outcome::Rejected)
    })
    .await;
}

fn isp(start: u32, count: u32) -> Isp {
    let number = |number| NonZeroU32::new(number).expect("not 0");
    Isp { power_w: -500_000, start: number(start), duration: Some(number(count)) }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the Python peer"]
async fn our_grid_operator_trades_with_shapeshifter_as_aggregator() {
    let (dso, mut peer, _) = beside(Role::Dso, Role::Agr, |config, key, book| {
        Dso::new(config, key, book, MemoryStore::default(), 1).expect("an empty store")
    })
    .await;
    let agr = domain(Role::Agr);
    let (subject, ..) = Need::default().tomorrow().expect("tomorrow");
    dso.with(|dso, now| {
        dso.test(&Peer { domain: agr.clone(), role: Role::Agr }, now).expect("sent");
        dso.update_reservation(&agr, subject.clone(), "c", "r", vec![isp(69, 8)], now).expect("sent");
        let wanted = isp(69, 8);
        let wish = Wish {
            expires: now + TimeDelta::hours(1),
            isps: vec![flex_request::Isp {
                disposition: Some(Disposition::Requested),
                min_power_w: -500_000,
                max_power_w: 0,
                start: wanted.start,
                duration: wanted.duration,
            }],
            contract_id: None,
            service_type: None,
        };
        dso.request_flex(&agr, subject.clone(), wish, now).expect("sent");
        let order = DirectOrder {
            order_reference: "order-1".to_owned(),
            price: "80.00".parse().expect("an amount"),
            currency: "EUR".parse().expect("a currency"),
            isps: vec![wanted],
            contract_id: Some("c".to_owned()),
            service_type: None,
            d_prognosis_message_id: None,
            baseline_reference: None,
        };
        dso.order_unsolicited(&agr, subject.clone(), order, now).expect("sent");
    });
    for kind in ["TestMessage", "FlexReservationUpdate", "FlexRequest", "FlexOrder"] {
        peer.expect(&["received", &format!("\"{kind}\"")]);
        accepted(&dso, &format!("{kind}Response")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the Python peer"]
async fn our_aggregator_trades_with_shapeshifter_as_grid_operator() {
    let (agr, mut peer, env) = beside(Role::Agr, Role::Dso, |config, key, book| {
        Agr::new(config, key, book, MemoryStore::default(), 2).expect("an empty store")
    })
    .await;
    let dso = domain(Role::Dso);
    let (subject, ..) = Need::default().tomorrow().expect("tomorrow");
    agr.with(|agr, now| {
        agr.test(&Peer { domain: dso.clone(), role: Role::Dso }, now).expect("sent");
        let plan = d_prognosis::Isp { power_w: 900_000, start: 1, duration: Some(96) };
        agr.prognosis(&dso, subject.clone(), vec![plan], now).expect("sent");
        let option = OfferOption {
            option_reference: "a".to_owned(),
            price: "80.00".parse().expect("an amount"),
            min_activation_factor: None,
            isps: vec![isp(69, 8)],
        };
        let offer = Offer::new(now + TimeDelta::hours(1), "EUR".parse().expect("a currency"), vec![option]);
        let offer = agr.offer_unsolicited(&dso, subject.clone(), offer, now).expect("sent");
        agr.revoke(&dso, &offer, now).expect("sent");
    });
    for kind in ["TestMessage", "FlexOffer", "FlexOfferRevocation"] {
        peer.expect(&["received", &format!("\"{kind}\"")]);
        accepted(&agr, &format!("{kind}Response")).await;
    }
    peer.expect(&["received", "Prognosis"]);

    // The other way round: the peer's client asks, and has our answer.
    let script = format!(
        "from interop_common import *\nimport shapeshifter_uftp as S\nfrom shapeshifter_uftp.uftp import *\n\
         c=S.ShapeshifterDsoAgrClient('dso.dev',keys('dso.dev')[1],'agr.dev',endpoint_lookup('agr.dev','AGR'),keys('agr.dev')[0])\n\
         c.send_flex_request(FlexRequest(isp_duration='PT15M',time_zone='Europe/Amsterdam',period='{day}',\
         congestion_point='ean.871685900012636543',revision=1,expiration_date_time='{expires}',\
         isps=[FlexRequestISP(disposition=AvailableRequested.REQUESTED,min_power=-500000,max_power=0,start=69,duration=8)]))\n\
         print('posted',flush=True)\n",
        day = subject.period,
        expires = (Utc::now() + TimeDelta::hours(1)).to_rfc3339(),
    );
    let mut client = Other::start(python().arg("-c").arg(script).envs(env));
    client.expect(&["posted"]);
    until(&agr, "FlexRequest", |message, direction, stage| {
        matches!(message, Payload::FlexRequest(_)) && direction == Direction::Received && stage.is_accepted()
    })
    .await;
    peer.expect(&["received", "FlexRequestResponse", "Accepted"]);
}
