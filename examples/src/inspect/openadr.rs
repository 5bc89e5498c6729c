//! `inspect openadr`.

use std::path::{Path, PathBuf};

use openadr_types::ErrorKind;
use openadr_types::envelope::{Envelope, Payload, Reading, Writing};

use super::{Outcome, Output, Problem, Status, summary};

/// Reads OpenADR 2.0b messages.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Refuse whatever the published schema would refuse
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    output: Output,
    /// Files of one message each
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> Status {
    let statuses = arguments.files.iter().map(|file| one(arguments, file));
    statuses.max().unwrap_or(Status::Fine)
}

fn one(arguments: &Arguments, file: &Path) -> Status {
    let (outcome, document, summary) = match std::fs::read(file) {
        Ok(document) => {
            let (outcome, summary) = inspect(arguments, file, &document);
            (outcome, String::from_utf8_lossy(&document).into_owned(), summary)
        }
        Err(error) => (Outcome::unreadable(file, &error), String::new(), Vec::new()),
    };
    arguments.output.print(&outcome, &document, &summary);
    outcome.status()
}

fn inspect(arguments: &Arguments, file: &Path, document: &[u8]) -> (Outcome, Vec<String>) {
    let reading = Reading { strict: arguments.strict, ..Reading::default() };
    let (payload, envelope) = match reading.read(document) {
        Ok(read) => read,
        Err(error) => return (Outcome::refused(file, problem(&error)), Vec::new()),
    };
    let signature = if payload.signature.is_some() { "present" } else { "none" };
    let unsigned = Payload { signature: None, ..payload };
    let write = || Writing { envelope, ..Writing::default() }.write(&unsigned).map_err(|e| e.to_string());
    if let Err(error) = arguments.output.rewrite(file, write) {
        return (Outcome::unreadable(file, &error), Vec::new());
    }
    let message = unsigned.message();
    let outcome = Outcome {
        file: file.display().to_string(),
        ok: true,
        message: Some(message.name().to_owned()),
        envelope: Some(match envelope {
            Envelope::Wrapped => "oadrPayload",
            Envelope::Bare => "none",
        }),
        edition: Some("2.0b"),
        signature,
        error: None,
        findings: Vec::new(),
        value: serde_json::to_value(message).ok(),
    };
    (outcome, summary::lines(message))
}

fn problem(error: &openadr_types::Error) -> Problem {
    let kind = match error.kind() {
        ErrorKind::Syntax => "syntax",
        ErrorKind::Forbidden => "forbidden",
        ErrorKind::Limit => "limit",
        ErrorKind::UnexpectedRoot => "unexpected_root",
        ErrorKind::Missing => "missing",
        ErrorKind::Duplicate => "duplicate",
        ErrorKind::Unknown => "unknown",
        ErrorKind::Order => "order",
        ErrorKind::Value => "value",
        // Reading ends in none of the others; the enum may grow.
        _ => "unwritable",
    };
    let (line, column) = (error.line(), error.column());
    Problem { kind, path: error.path().to_owned(), line, column, text: error.to_string() }
}
