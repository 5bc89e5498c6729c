//! Reads meters from captured frames, live frames, or what displays publish.

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    examples::meter_reader::run(&examples::meter_reader::Arguments::parse())
}
