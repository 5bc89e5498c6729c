//! Trades flexibility by UFTP over HTTP: a grid operator, an aggregator, or both at once to look at.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use chrono::TimeDelta;
use clap::{Parser, Subcommand};
use examples::flex_trader::aggregator::Aggregator;
use examples::flex_trader::demo;
use examples::flex_trader::edge::PATH;
use examples::flex_trader::grid_operator::GridOperator;
use examples::flex_trader::journal::Journal;
use examples::flex_trader::setup::{Flexibility, Need, Setup, new_key, read};
use examples::flex_trader::standing::Standing;
use examples::flex_trader::story::summarise;
use examples::out;
use tokio::net::TcpListener;
use usef_messages::roles::store::{Change, Direction, Entry, MemoryStore, Store, StoreError};
use usef_messages::values::{Domain, Role};

/// Trades flexibility by UFTP (Shapeshifter) 3.1 over HTTP.
#[derive(Debug, Parser)]
#[command(after_help = HELP)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const HELP: &str = "\
Start here:  flex-trader demo

A trade: the grid operator (DSO) tells the aggregator (AGR) what stays reserved under a contract and asks for less
power in tomorrow's evening peak. The aggregator offers options. When all aggregators have offered, or had their time
for it, the grid operator orders the cheapest, of several aggregators as many as it needs. The aggregator plans
accordingly and sends what its meter showed; the grid operator settles. Each message is signed, posted to the other's
endpoint, and answered there by a message of its own.

Two processes: make keys for each with `flex-trader keys`, then a file for each like this:

  { \"domain\": \"dso.example\", \"secret_key\": \"...\", \"listen\": \"127.0.0.1:9103\",
    \"peers\": [ { \"domain\": \"agr.example\", \"role\": \"AGR\", \"public_key\": \"...\",
                 \"url\": \"http://127.0.0.1:9101/shapeshifter/api/v3/message\" } ] }

and run `flex-trader agr agr.json` and `flex-trader dso dso.json`. What the aggregator can do is read from
`--flexibility FILE`:

  { \"currency\": \"EUR\", \"options\": [
    { \"reference\": \"heat-pumps\", \"reduction_w\": 300000, \"price\": \"54.00\", \"least\": \"0.50\" } ] }

and what the grid operator needs from `--need FILE`; all of its parts may be left out:

  { \"congestion_point\": \"ean.871685900012636543\", \"time_zone\": \"Europe/Amsterdam\", \"from\": \"17:00:00\",
    \"quarters\": 8, \"reduction_w\": 500000, \"baseline_w\": 900000, \"currency\": \"EUR\",
    \"contract_id\": \"evening-peak\" }

With `--state FILE` a process that is killed and started again goes on where it was: each message goes out, and is acted
on, once. Without it a process that ends forgets its trades.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Both in one process, on free ports; exits with 0 when every step was seen
    Demo,
    /// A grid operator: trades with every aggregator it knows, and ends when all is settled
    Dso {
        /// Who it is and whom it knows
        setup: PathBuf,
        /// What it needs
        #[arg(long)]
        need: Option<PathBuf>,
        /// Where its messages are kept; made where there is none
        #[arg(long)]
        state: Option<PathBuf>,
        /// How long each aggregator has for its first offer, in seconds; then what was offered till then is chosen from
        #[arg(long, default_value_t = 30)]
        offers_within: u32,
        /// How long the trade may take, in seconds
        #[arg(long, default_value_t = 600)]
        within: u64,
    },
    /// An aggregator: answers grid operators for ever
    Agr {
        /// Who it is and whom it knows
        setup: PathBuf,
        /// What it can do
        #[arg(long)]
        flexibility: Option<PathBuf>,
        /// Where its messages are kept; made where there is none
        #[arg(long)]
        state: Option<PathBuf>,
    },
    /// A new pair of keys
    Keys,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    out::ended(run(Arguments::parse().command).await)
}

async fn run(command: Command) -> Result<()> {
    match command {
        Command::Demo => demo::run().await,
        Command::Keys => {
            let key = new_key();
            out::say(format_args!("secret {}\npublic {}", &*key.to_base64(), key.public_key()));
            Ok(())
        }
        Command::Agr { setup, flexibility, state } => {
            let setup = Setup::read(&setup, Role::Dso)?;
            let flexibility = flexibility.map_or_else(demo::flexibility, |path| Flexibility::read(&path))?;
            let (store, listener) = (Kept::open(state.as_deref(), &setup.domain)?, listen(&setup).await?);
            let (_node, runs) = Aggregator::start(&setup, flexibility, store, listener)?;
            tokio::select! {
                result = runs => result?,
                result = tokio::signal::ctrl_c() => Ok(result?),
            }
        }
        Command::Dso { setup, need, state, offers_within, within } => {
            let setup = Setup::read(&setup, Role::Agr)?;
            let need = need.map_or_else(|| Ok(Need::default()), |path| read(&path))?;
            let program = GridOperator::new(need, &setup, TimeDelta::seconds(offers_within.into()));
            let (store, listener) = (Kept::open(state.as_deref(), &setup.domain)?, listen(&setup).await?);
            let (node, mut runs) = program.clone().start(&setup, store, listener)?;
            let over = node.until(|dso| program.is_over(dso));
            tokio::select! {
                // What it waits for is told below.
                _ = tokio::time::timeout(Duration::from_secs(within), over) => {}
                result = &mut runs => return result?,
                result = tokio::signal::ctrl_c() => {
                    result?;
                    bail!("interrupted before the trade was over");
                }
            };
            node.stop();
            if let Ok(ended) = tokio::time::timeout(LAST_ANSWERS, runs).await {
                ended??;
            }
            node.look(|dso| summarise(Role::Dso, dso.messages()));
            for agr in program.aggregators() {
                match node.look(|dso| program.standing(dso, agr)) {
                    Standing::Failed(reason) => bail!("the trade with {agr} came to nothing: {reason}"),
                    Standing::Open(awaited) => {
                        bail!("the trade with {agr} was not over within {within} s: it waits for {awaited}");
                    }
                    Standing::None | Standing::Unneeded | Standing::Settled => {}
                }
            }
            Ok(())
        }
    }
}

/// How long the last answers may take to be carried.
const LAST_ANSWERS: Duration = Duration::from_secs(5);

/// Where messages are kept: in a file, or as long as the process lives.
enum Kept {
    File(Journal),
    Memory(MemoryStore),
}

impl Kept {
    fn open(path: Option<&Path>, domain: &Domain) -> Result<Self> {
        let Some(path) = path else { return Ok(Self::Memory(MemoryStore::default())) };
        let mut journal = Journal::open(path)?;
        let entries = journal.load()?;
        let foreign = entries
            .iter()
            .find(|entry| entry.direction == Direction::Sent && entry.message.sender_domain() != domain);
        if let Some(entry) = foreign {
            bail!("{} is the state of {}, not of {domain}", path.display(), entry.message.sender_domain());
        }
        Ok(Self::File(journal))
    }
}

impl Store for Kept {
    fn load(&mut self) -> Result<Vec<Entry>, StoreError> {
        match self {
            Self::File(journal) => journal.load(),
            Self::Memory(memory) => memory.load(),
        }
    }

    fn commit(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        match self {
            Self::File(journal) => journal.commit(changes),
            Self::Memory(memory) => memory.commit(changes),
        }
    }
}

async fn listen(setup: &Setup) -> Result<TcpListener> {
    let listener = TcpListener::bind(setup.listen);
    let listener = listener.await.with_context(|| format!("listening at {}", setup.listen))?;
    out::say(format_args!("{} takes messages at http://{}{PATH}", setup.domain, listener.local_addr()?));
    Ok(listener)
}
