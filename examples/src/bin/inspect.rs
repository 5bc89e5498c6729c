//! Says what a captured message is, what is in it, and what is wrong with it.

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    examples::inspect::run(examples::inspect::Arguments::parse())
}
