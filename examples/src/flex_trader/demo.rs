//! A grid operator and an aggregator in one process, each with its own port, who know each other by HTTP only.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use chrono::TimeDelta;
use tokio::net::TcpListener;
use usef_messages::roles::store::MemoryStore;
use usef_messages::values::Role;

use super::aggregator::{Aggregator, number};
use super::edge::PATH;
use super::grid_operator::GridOperator;
use super::setup::{BASELINE_W, Flexibility, FlexibilityOption, KnownPeer, Need, Setup, new_key};
use super::standing::Standing;
use super::story::{Step, summarise};
use crate::out;

/// How long the whole trade may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long the aggregator has for an offer.
const OFFERS_WITHIN: TimeDelta = TimeDelta::seconds(10);

/// What the aggregator of the demonstration can do.
pub fn flexibility() -> Result<Flexibility> {
    let option = |reference: &str, reduction_w: u32, price: &str, least: &str| -> Result<_> {
        let (price, least) = (price.parse()?, Some(least.parse()?));
        let reduction_w = number(reduction_w)?;
        Ok(FlexibilityOption { reference: reference.to_owned(), reduction_w, price, least })
    };
    Ok(Flexibility {
        currency: "EUR".parse()?,
        baseline_w: BASELINE_W,
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
    out::say(format_args!(
        "Grid operator at {}\nAggregator    at {}\n",
        url(&dso_listener)?,
        url(&agr_listener)?
    ));
    let (agr, mut agr_runs) =
        Aggregator::start(&agr_setup, flexibility()?, MemoryStore::default(), agr_listener)?;
    let program = GridOperator::new(Need::default(), &dso_setup, OFFERS_WITHIN);
    let (dso, mut dso_runs) = program.clone().start(&dso_setup, MemoryStore::default(), dso_listener)?;
    let trade = async {
        dso.until(|dso| program.is_over(dso)).await;
        agr.until(|agr| agr.waiting() == 0).await;
    };
    tokio::select! {
        in_time = tokio::time::timeout(PATIENCE, trade) => {
            in_time.with_context(|| format!("the trade was not over within {} s", PATIENCE.as_secs()))?;
        }
        result = &mut agr_runs => result??,
        result = &mut dso_runs => result??,
    }
    dso.look(|dso| summarise(Role::Dso, dso.messages()));
    if let Standing::Failed(reason) = dso.look(|dso| program.standing(dso, &agr_setup.domain)) {
        bail!("the trade came to nothing: {reason}");
    }
    let seen: BTreeSet<Step> = dso.look(|dso| dso.messages().filter_map(Step::of).collect());
    if seen.len() < Step::ALL.len() {
        bail!("not every step was seen");
    }
    out::say("\nEvery step was seen to happen.");
    Ok(())
}
