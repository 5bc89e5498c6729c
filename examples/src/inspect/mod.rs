//! The conformance program `inspect`, over the crates.
//!
//! Each kind of message has a file that turns bytes into an `Outcome`; here they are read from files and printed,
//! for people or as a JSON object a line.

mod frame_tree;
mod openadr;
mod show;
mod summary;
mod usef;
mod zigbee;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use openadr_types::rules::{self, Severity};
use openadr_types::{Error, ErrorKind};
use serde::Serialize;

use crate::out;

/// Says what captured messages are, what is in them, and what is wrong with them.
#[derive(Debug, clap::Parser)]
#[command(
    name = "inspect",
    version,
    after_help = "Exit status: 0 all was read and breaks no rule; 1 something was refused or breaks a rule; 2 wrong \
                  arguments, or a file that cannot be opened.\n\nExamples:\n  inspect openadr capture/*.xml\n  inspect \
                  openadr --strict --json --rewrite out message.xml | jq .error\n  inspect usef --edition 3.1.0 flex/*.xml\n  inspect zigbee --key 6576… evening.pcap"
)]
pub struct Arguments {
    #[command(subcommand)]
    kind: Kind,
}

#[derive(Debug, clap::Subcommand)]
enum Kind {
    /// OpenADR 2.0b messages, one a file
    Openadr(openadr::Arguments),
    /// Messages of USEF flexibility trading, one a file
    Usef(usef::Arguments),
    /// Zigbee frames, from captures or JSON lines
    Zigbee(zigbee::Arguments),
}

/// What became of one input: the object that `--json` prints.
#[derive(Debug, Serialize)]
struct Outcome {
    file: String,
    ok: bool,
    message: Option<String>,
    envelope: Option<&'static str>,
    edition: Option<&'static str>,
    signature: &'static str,
    error: Option<Problem>,
    findings: Vec<Finding>,
    value: Option<serde_json::Value>,
}

/// A rule that a message breaks.
#[derive(Debug, Serialize)]
struct Finding {
    rule: String,
    severity: Severity,
    path: String,
    text: String,
}

impl From<rules::Finding> for Finding {
    fn from(finding: rules::Finding) -> Self {
        let rules::Finding { rule, severity, path, text } = finding;
        Self { rule: rule.to_string(), severity, path, text }
    }
}

/// Why an input was refused.
#[derive(Debug, Serialize)]
struct Problem {
    kind: &'static str,
    path: String,
    line: u32,
    column: u32,
    text: String,
}

impl Outcome {
    /// A file that could not be read or written.
    fn unreadable(file: &Path, error: &std::io::Error) -> Self {
        let problem =
            Problem { kind: "io", path: String::new(), line: 0, column: 0, text: error.to_string() };
        Self::refused(file, problem)
    }

    fn refused(file: &Path, problem: Problem) -> Self {
        Self {
            file: file.display().to_string(),
            ok: false,
            message: None,
            envelope: None,
            edition: None,
            signature: "none",
            error: Some(problem),
            findings: Vec::new(),
            value: None,
        }
    }

    fn breaks_a_rule(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }

    fn status(&self) -> Status {
        match &self.error {
            Some(problem) if problem.kind == "io" => Status::Unopened,
            Some(_) => Status::Refused,
            None if self.signature == "invalid" || self.breaks_a_rule() => Status::Refused,
            None => Status::Fine,
        }
    }
}

/// The error of either message crate: both read through the same binding.
fn problem(error: &Error) -> Problem {
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

/// How a run ended; the worst of its inputs decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Status {
    Fine,
    Refused,
    Unopened,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        match status {
            Status::Fine => Self::SUCCESS,
            Status::Refused => Self::from(1),
            Status::Unopened => Self::from(2),
        }
    }
}

/// Runs the program.
pub fn run(arguments: Arguments) -> ExitCode {
    match arguments.kind {
        Kind::Openadr(arguments) => openadr::run(&arguments).into(),
        Kind::Usef(arguments) => usef::run(&arguments).into(),
        Kind::Zigbee(arguments) => zigbee::run(&arguments).into(),
    }
}

/// Where and how outcomes are printed.
#[derive(Debug, clap::Args)]
struct Output {
    /// Print one JSON object a line, and nothing else
    #[arg(long)]
    json: bool,
    /// Write each message that was read, written anew, to this folder under its file's name
    #[arg(long, value_name = "DIR")]
    rewrite: Option<PathBuf>,
}

impl Output {
    fn print(&self, outcome: &Outcome, document: &str, summary: &[String]) {
        if self.json {
            match serde_json::to_string(outcome) {
                Ok(line) => out::say(line),
                Err(error) => eprintln!("{}: {error}", outcome.file),
            }
        } else {
            out::put(show::report(outcome, document, summary, show::Style::of_terminal()));
        }
    }

    /// Writes a message anew, if asked to.
    fn rewrite(&self, file: &Path, text: impl FnOnce() -> Result<String, String>) -> std::io::Result<()> {
        let (Some(folder), Some(name)) = (&self.rewrite, file.file_name()) else { return Ok(()) };
        let to = folder.join(name);
        let text = text().map_err(std::io::Error::other)?;
        std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&to, text)).map_err(|error| {
            std::io::Error::new(error.kind(), format!("cannot write {}: {error}", to.display()))
        })
    }
}
