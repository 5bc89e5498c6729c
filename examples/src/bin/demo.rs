//! The whole chain on one machine: a VTN, a VEN, a house with its meter, and an evening in sixteen seconds.

use std::process::ExitCode;

use clap::Parser;

/// An evening of a house with a 7 kW car charger, in sixteen seconds, on loopback: its meter's encrypted frames, a VEN that
/// reports them, a VTN, an event, and the fall; takes no arguments.
#[derive(Debug, Parser)]
struct Arguments {}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    Arguments::parse();
    match examples::demo::run().await {
        Ok(seen) if seen.all() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
