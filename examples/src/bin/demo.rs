//! The whole chain on one machine: a VTN, a VEN, a house with its meter, and an evening in fifteen seconds.

use std::process::ExitCode;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<ExitCode> {
    let seen = examples::demo::run().await?;
    Ok(if seen.all() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
