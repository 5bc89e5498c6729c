//! Trades flexibility by UFTP over HTTP: a grid operator, an aggregator, or both at once to look at.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, bail};
use clap::{Parser, Subcommand};
use examples::flex_trader::setup::{Need, Setup, new_key, read};
use examples::flex_trader::story::Story;
use examples::flex_trader::{demo, edge::PATH};
use tokio::net::TcpListener;

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
power in tomorrow's evening peak. The aggregator offers options; the grid operator orders the cheapest. The aggregator
plans accordingly and sends what its meter showed; the grid operator settles. Each message is signed, posted to the
other's endpoint, and answered there by a message of its own.

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
    \"quarters\": 8, \"reduction_w\": 500000, \"contract_id\": \"evening-peak\" }

Messages are kept in memory: a process that ends forgets its trades.";

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
    },
    /// A new pair of keys
    Keys,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    match Arguments::parse().command {
        Command::Demo => demo::run().await,
        Command::Keys => {
            let key = new_key();
            println!("secret {}\npublic {}", &*key.to_base64(), key.public_key());
            Ok(())
        }
        Command::Agr { setup, flexibility } => {
            let setup: Setup = read(&setup)?;
            let flexibility = flexibility.map_or_else(demo::flexibility, |path| read(&path))?;
            let listener = listen(&setup).await?;
            let _node = demo::start_agr(&setup, flexibility, listener, &Story::default())?;
            tokio::signal::ctrl_c().await?;
            Ok(())
        }
        Command::Dso { setup, need, within } => {
            let setup: Setup = read(&setup)?;
            let need = need.map_or_else(|| Ok(Need::default()), |path| read(&path))?;
            let (listener, story) = (listen(&setup).await?, Story::default());
            let node = demo::start_dso(&setup, need, listener, &story)?;
            let trade = async {
                while !story.is_complete_but_for_the_other() {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            };
            let in_time = tokio::time::timeout(Duration::from_secs(within), trade).await.is_ok();
            node.with(|dso, _| dso.messages().for_each(|entry| story.carried(&entry.message)));
            story.summarise();
            if !in_time {
                bail!("the trade was not over within {within} s");
            }
            Ok(())
        }
    }
}

async fn listen(setup: &Setup) -> Result<TcpListener> {
    let listener = TcpListener::bind(setup.listen).await?;
    println!("{} takes messages at http://{}{PATH}", setup.domain, listener.local_addr()?);
    Ok(listener)
}
