//! What a program says: on standard output, of which its reader may have enough, and at its end.

use std::fmt::Display;
use std::io::{ErrorKind, IsTerminal as _, Write as _};
use std::process::ExitCode;

/// Prints a text as it stands; ends the program where that is not possible, in success if only nobody reads any more.
pub fn put(text: impl Display) {
    let written = write!(std::io::stdout().lock(), "{text}");
    if let Err(error) = written {
        if error.kind() == ErrorKind::BrokenPipe {
            std::process::exit(0);
        }
        eprintln!("cannot write to standard output: {error}");
        std::process::exit(2);
    }
}

/// Prints a line.
pub fn say(line: impl Display) {
    put(format_args!("{line}\n"));
}

/// How a program ends; of an error it tells first.
pub fn ended(result: anyhow::Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether to print in colour: to a terminal, unless `NO_COLOR` says no.
pub fn is_colourful() -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|text| !text.is_empty());
    std::io::stdout().is_terminal() && !refused
}
