//! Three participants, their programs and their stores.

use chrono::{DateTime, TimeDelta, Utc};
use usef_messages::discovery::{AddressBook, keys_name};
use usef_messages::keys::KeyString;
use usef_messages::payload::{Kind, Payload};
use usef_messages::roles::store::{Direction, Entry, MemoryStore, Stage};
use usef_messages::roles::{Agr, Config, Cro, Dso, status};
use usef_messages::sealing::SecretKey;
use usef_messages::values::{Domain, Outcome, Role};

use crate::network::{Faults, Network, Packet};
use crate::outcome;
use crate::trade::{AgrProgram, CroProgram, DsoProgram, Plan};

const SEEDS: [(Role, u8); 3] = [(Role::Agr, 1), (Role::Dso, 2), (Role::Cro, 3)];

pub(crate) fn domain(role: Role) -> Domain {
    format!("{}.example", role.as_str().to_lowercase()).parse().unwrap()
}

fn book() -> AddressBook {
    let mut book = AddressBook::default();
    for (role, seed) in SEEDS {
        let sign = SecretKey::from_seed(&[seed; 32]).public_key();
        book.insert_text(&keys_name(&domain(role), role), &KeyString { sign, encrypt: None }.to_string());
    }
    book
}

/// A participant with the program that uses it, and what survives both.
pub(crate) enum Node {
    Agr(Agr, AgrProgram),
    Dso(Dso, DsoProgram),
    Cro(Cro, CroProgram),
}

macro_rules! each {
    ($node:expr, $it:ident => $body:expr) => {
        match $node {
            Node::Agr($it, _) => $body,
            Node::Dso($it, _) => $body,
            Node::Cro($it, _) => $body,
        }
    };
}

impl Node {
    pub(crate) fn waiting(&self) -> usize {
        each!(self, it => it.waiting())
    }

    pub(crate) fn entries(&self) -> Vec<Entry> {
        each!(self, it => it.messages().cloned().collect())
    }

    fn role(&self) -> Role {
        match self {
            Self::Agr(..) => Role::Agr,
            Self::Dso(..) => Role::Dso,
            Self::Cro(..) => Role::Cro,
        }
    }
}

pub(crate) struct Market {
    pub(crate) network: Network,
    pub(crate) now: DateTime<Utc>,
    nodes: Vec<(Node, MemoryStore, u64)>,
    plan: Plan,
}

impl Market {
    pub(crate) fn new(seed: u64, plan: Plan, faults: Faults) -> Self {
        let mut market = Self {
            network: Network::new(seed, faults),
            now: "2026-11-22T11:00:00Z".parse().unwrap(),
            nodes: Vec::new(),
            plan,
        };
        for (role, _) in SEEDS {
            let store = MemoryStore::default();
            let node = market.start(role, store.clone(), None);
            market.nodes.push((node, store, 0));
        }
        market
    }

    /// Starts a program; what survived it is handed over.
    fn start(&mut self, role: Role, store: MemoryStore, before: Option<Node>) -> Node {
        let (seed, key) = (self.network.random(u64::MAX), key(role));
        let config = Config::new(domain(role));
        let ask = TimeDelta::minutes(90);
        match role {
            Role::Agr => {
                let config = config.asking([Kind::FlexSettlement], ask);
                let agr = Agr::new(config, key, book(), store, seed).unwrap();
                let program = match before {
                    Some(Node::Agr(_, program)) => program,
                    _ => AgrProgram::new(self.plan),
                };
                Node::Agr(agr, program)
            }
            Role::Dso => {
                let config = config.asking([Kind::DPrognosis], ask);
                let dso = Dso::new(config, key, book(), store, seed).unwrap();
                let program = match before {
                    Some(Node::Dso(_, program)) => program,
                    _ => DsoProgram::default(),
                };
                Node::Dso(dso, program)
            }
            Role::Cro => {
                let cro = Cro::new(config, key, book(), store, seed).unwrap();
                let program = match before {
                    Some(Node::Cro(_, program)) => program,
                    _ => CroProgram::default(),
                };
                Node::Cro(cro, program)
            }
        }
    }

    pub(crate) fn run(&mut self, lasts: TimeDelta) {
        let end = self.now + lasts;
        loop {
            self.settle();
            let timeouts = self.nodes.iter().filter_map(|(node, ..)| each!(node, it => it.poll_timeout()));
            let next = timeouts.chain(self.network.next()).min().unwrap_or(end);
            let next = next.max(self.now + TimeDelta::milliseconds(1));
            if next > end {
                break;
            }
            self.now = next;
            while let Some(packet) = self.network.take(self.now) {
                self.arrive(packet);
            }
            for (node, ..) in &mut self.nodes {
                each!(node, it => it.handle_timeout(self.now));
            }
        }
        self.now = end;
        self.settle();
    }

    /// Lets every program act, and posts what it has to say.
    fn settle(&mut self) {
        for index in 0..self.nodes.len() {
            let (now, network) = (self.now, &mut self.network);
            let (node, _, run) = &mut self.nodes[index];
            let mut killed = false;
            match node {
                Node::Agr(agr, program) => killed |= program.act(agr, network, now),
                Node::Dso(dso, program) => killed |= program.act(dso, network, now),
                Node::Cro(cro, program) => killed |= program.act(cro, network, now),
            }
            let from = node.role();
            while let Some(transmit) = each!(node, it => it.poll_transmit(now)) {
                network.post(from, transmit, *run, now);
            }
            if killed {
                self.restart(index);
            }
        }
    }

    fn restart(&mut self, index: usize) {
        self.network.restarts += 1;
        let (node, store, run) = self.nodes.remove(index);
        let role = node.role();
        let node = self.start(role, store.clone(), Some(node));
        self.nodes.insert(index, (node, store, run + 1));
    }

    fn index(&self, role: Role) -> usize {
        self.nodes.iter().position(|(node, ..)| node.role() == role).unwrap()
    }

    fn arrive(&mut self, packet: Packet) {
        match packet {
            Packet::Post { from, to, body, answer_to } => {
                let index = self.index(to);
                let busy = self.network.happens(self.network.faults.busy);
                let code = if busy {
                    503
                } else {
                    let node = &mut self.nodes[index].0;
                    status(&each!(node, it => it.handle_request(&body, self.now))).code()
                };
                assert!(busy || code == 200, "{to} answers {from} {code}");
                // A program may be killed before its answer is out: what it took, it has.
                if self.network.happens(self.network.faults.restart) {
                    self.restart(index);
                    if let Some((id, run)) = answer_to {
                        self.network.end_at(self.now, from, id, run, crate::network::no_answer());
                    }
                } else if let Some(answer_to) = answer_to {
                    self.network.answer(from, answer_to, code, self.now);
                }
            }
            Packet::End { to, id, run, result } => {
                let index = self.index(to);
                let (node, _, current) = &mut self.nodes[index];
                if run == *current {
                    each!(node, it => it.handle_delivery(id, result, self.now));
                }
            }
        }
    }

    pub(crate) fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.nodes.iter().map(|(node, ..)| node)
    }

    fn entries(&self, role: Role) -> Vec<Entry> {
        self.nodes[self.index(role)].0.entries()
    }

    /// The messages that one sent another and that arrived.
    pub(crate) fn delivered_kinds(&self, from: Role, to: Role) -> Vec<Kind> {
        self.entries(from)
            .iter()
            .filter(|entry| {
                entry.direction == Direction::Sent
                    && entry.peer.role == to
                    && entry.state.stage == Stage::Delivered
            })
            .map(|entry| entry.message.kind())
            .collect()
    }

    /// What programs were told that could not be delivered, each beside all that its participant holds.
    pub(crate) fn undelivered(&self) -> Vec<(Vec<Entry>, Payload)> {
        self.nodes()
            .flat_map(|node| {
                let told = match node {
                    Node::Agr(_, program) => &program.log.undelivered,
                    Node::Dso(_, program) => &program.log.undelivered,
                    Node::Cro(_, program) => &program.log.undelivered,
                };
                told.iter().map(|message| (node.entries(), message.clone())).collect::<Vec<_>>()
            })
            .collect()
    }

    /// Everything happened, once, and both sides hold the same.
    pub(crate) fn check_trade(&self) {
        for (node, ..) in &self.nodes {
            assert_eq!(node.waiting(), 0, "{} has something to send", node.role());
            for entry in node.entries() {
                assert!(entry.state.told, "{} was not told of {}", node.role(), entry.message.name());
            }
        }
        // What one sent, the other has, and the reverse.
        for (one, _) in SEEDS {
            for (other, _) in SEEDS {
                let mut sent = ids(&self.entries(one), Direction::Sent, other);
                let mut received = ids(&self.entries(other), Direction::Received, one);
                sent.sort();
                received.sort();
                assert_eq!(sent, received, "{one} to {other}");
            }
        }
        for (node, ..) in &self.nodes {
            let log = match node {
                Node::Agr(_, program) => &program.log,
                Node::Dso(_, program) => &program.log,
                Node::Cro(_, program) => &program.log,
            };
            log.check(node.role(), self.plan);
        }
        let (agr, dso) = (self.entries(Role::Agr), self.entries(Role::Dso));
        for kind in [Kind::FlexOrderResponse, Kind::FlexOfferRevocationResponse] {
            assert_eq!(outcome(&agr, kind), outcome(&dso, kind), "{kind}");
        }
        let ordered = outcome(&dso, Kind::FlexOrderResponse) == [Some(Outcome::Accepted)];
        let revoked = outcome(&dso, Kind::FlexOfferRevocationResponse);
        match self.plan {
            Plan::Buy => assert!(ordered && revoked == [Some(Outcome::Accepted)]),
            // Either the order stands or the revocation does, never both and never neither.
            Plan::Cross => {
                let taken_back = revoked.contains(&Some(Outcome::Accepted));
                assert_ne!(ordered, taken_back, "{revoked:?}");
            }
        }
    }
}

fn ids(entries: &[Entry], direction: Direction, role: Role) -> Vec<String> {
    entries
        .iter()
        .filter(|entry| entry.direction == direction && entry.peer.role == role)
        .map(|entry| format!("{} {}", entry.message.name(), entry.message.message_id()))
        .collect()
}

fn key(role: Role) -> SecretKey {
    let (_, seed) = SEEDS.into_iter().find(|(known, _)| *known == role).unwrap();
    SecretKey::from_seed(&[seed; 32])
}
