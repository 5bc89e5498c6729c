//! A grid operator and an aggregator in one process, each with its own port, who know each other by HTTP only.

use std::time::Duration;

use anyhow::{Result, bail};
use tokio::net::TcpListener;
use usef_messages::payload::Kind;
use usef_messages::roles::store::MemoryStore;
use usef_messages::roles::{Agr, Config, Dso};
use usef_messages::values::Role;

use super::aggregator::Aggregator;
use super::edge::{Node, PATH};
use super::grid_operator::GridOperator;
use super::setup::{Flexibility, FlexibilityOption, KnownPeer, Need, Setup, new_key};
use super::story::Story;

/// How long the whole trade may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often to look whether it is over.
const LOOK: Duration = Duration::from_millis(20);

/// What the aggregator of the demonstration can do.
pub fn flexibility() -> Result<Flexibility> {
    let option = |reference: &str, reduction_w, price: &str, least: &str| -> Result<_> {
        let (price, least) = (price.parse()?, Some(least.parse()?));
        Ok(FlexibilityOption { reference: reference.to_owned(), reduction_w, price, least })
    };
    Ok(Flexibility {
        currency: "EUR".parse()?,
        options: vec![
            option("heat-pumps", 300_000, "54.00", "0.50")?,
            option("heat-pumps-and-chargers", 500_000, "80.00", "0.20")?,
        ],
    })
}

/// Trades, and says what was seen.
///
/// # Errors
/// When a step was not seen in time, or something fails.
pub async fn run() -> Result<()> {
    let (dso_listener, agr_listener) =
        (TcpListener::bind("127.0.0.1:0").await?, TcpListener::bind("127.0.0.1:0").await?);
    let (dso_key, agr_key) = (new_key(), new_key());
    let url =
        |listener: &TcpListener| -> Result<String> { Ok(format!("http://{}{PATH}", listener.local_addr()?)) };
    let setup = |listener: &TcpListener, domain: &str, key: &str, peer: KnownPeer| -> Result<Setup> {
        Ok(Setup {
            domain: domain.parse()?,
            secret_key: key.to_owned(),
            listen: listener.local_addr()?,
            peers: vec![peer],
        })
    };
    let dso_peer = KnownPeer {
        domain: "dso.example".parse()?,
        role: Role::Dso,
        public_key: dso_key.public_key(),
        url: url(&dso_listener)?,
    };
    let agr_peer = KnownPeer {
        domain: "agr.example".parse()?,
        role: Role::Agr,
        public_key: agr_key.public_key(),
        url: url(&agr_listener)?,
    };
    let dso_setup = setup(&dso_listener, "dso.example", &dso_key.to_base64(), agr_peer)?;
    let agr_setup = setup(&agr_listener, "agr.example", &agr_key.to_base64(), dso_peer)?;
    println!("Grid operator at {}\nAggregator    at {}\n", url(&dso_listener)?, url(&agr_listener)?);
    let story = Story::default();
    let agr = start_agr(&agr_setup, flexibility()?, agr_listener, &story)?;
    let dso = start_dso(&dso_setup, Need::default(), dso_listener, &story)?;
    let trade = async {
        while !story.is_complete() {
            tokio::time::sleep(LOOK).await;
        }
    };
    let in_time = tokio::time::timeout(PATIENCE, trade).await.is_ok();
    agr.with(|agr, _| agr.messages().for_each(|entry| story.carried(&entry.message)));
    story.summarise();
    let unsent = dso.with(|dso, _| dso.waiting()) + agr.with(|agr, _| agr.waiting());
    if !in_time {
        bail!("not every step was seen within {} s; {unsent} messages are under way", PATIENCE.as_secs());
    }
    println!("\nEvery step was seen to happen.");
    Ok(())
}

/// Has an aggregator listen and trade.
///
/// # Errors
/// When its key is none.
pub fn start_agr(
    setup: &Setup,
    flexibility: Flexibility,
    listener: TcpListener,
    story: &Story,
) -> Result<Node<usef_messages::roles::agr::Aggregator>> {
    let config = Config::new(setup.domain.clone());
    let agr = Agr::new(config, setup.key()?, setup.book(), MemoryStore::default(), rand::random())?;
    let node = Node::new(agr, setup.endpoints());
    let mut program = Aggregator::new(flexibility, story.clone());
    tokio::spawn(node.clone().serve(listener));
    tokio::spawn(told(node.clone().run(move |agr, event, now| program.act(agr, event, now))));
    Ok(node)
}

/// Has a grid operator listen, and trade with every aggregator it knows.
///
/// # Errors
/// When its key is none, or a message cannot be made.
pub fn start_dso(
    setup: &Setup,
    need: Need,
    listener: TcpListener,
    story: &Story,
) -> Result<Node<usef_messages::roles::dso::GridOperator>> {
    let config = Config::new(setup.domain.clone()).asking([Kind::DPrognosis], chrono::TimeDelta::minutes(1));
    let dso = Dso::new(config, setup.key()?, setup.book(), MemoryStore::default(), rand::random())?;
    let node = Node::new(dso, setup.endpoints());
    let mut program = GridOperator::new(need, story.clone());
    for agr in setup.peers_as(Role::Agr) {
        node.with(|dso, now| program.begin(dso, agr, now))?;
    }
    tokio::spawn(node.clone().serve(listener));
    tokio::spawn(told(node.clone().run(move |dso, event, now| program.act(dso, event, now))));
    Ok(node)
}

async fn told(run: impl Future<Output = Result<()>>) {
    if let Err(error) = run.await {
        eprintln!("{error:#}");
    }
}
