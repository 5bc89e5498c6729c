//! `inspect openadr`.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use openadr_types::envelope::{Envelope, Payload, Reading, Writing};
use openadr_types::rules::{self, Context, Role};
use openadr_types::signature::{self, Certificate, ReplayGuard, Trust, Verifier};
use openadr_types::{DateTime, ErrorKind};

use super::{Outcome, Output, Status, problem, summary};
use crate::signing::read;

/// Reads OpenADR 2.0b messages.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Refuse whatever the published schema would refuse
    #[arg(long)]
    strict: bool,
    /// Check signatures
    #[arg(long)]
    verify: bool,
    /// Accept signatures of this certificate, or of those it issued; without, a signature must fit its own certificate
    #[arg(long, value_name = "CERT.pem", requires = "verify")]
    trust: Vec<PathBuf>,
    /// The time that signatures must be fresh at, such as 2026-11-23T12:00:00Z; without, their age is not looked at
    #[arg(long, value_name = "DATETIME", requires = "verify")]
    at: Option<DateTime>,
    #[command(flatten)]
    output: Output,
    /// Files of one message each
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> Status {
    let mut inspector = match Inspector::new(arguments) {
        Ok(inspector) => inspector,
        Err(error) => {
            eprintln!("{error:#}");
            return Status::Unopened;
        }
    };
    arguments.files.iter().map(|file| inspector.one(file)).max().unwrap_or(Status::Fine)
}

/// What is kept from file to file: whom to trust, and which signatures were seen.
struct Inspector<'a> {
    arguments: &'a Arguments,
    reading: Reading,
    verifier: Verifier,
    guard: ReplayGuard,
}

impl<'a> Inspector<'a> {
    fn new(arguments: &'a Arguments) -> anyhow::Result<Self> {
        let reading = Reading { strict: arguments.strict, ..Reading::default() };
        let mut certificates = Vec::new();
        for file in &arguments.trust {
            let pem = read(file)?;
            certificates.extend(Certificate::from_pem(&pem).with_context(|| file.display().to_string())?);
        }
        let trust = if certificates.is_empty() { Trust::anyone() } else { Trust::listed(certificates)? };
        let verifier = Verifier::new(trust).with_reading(reading);
        Ok(Self { arguments, reading, verifier, guard: ReplayGuard::default() })
    }

    fn one(&mut self, file: &Path) -> Status {
        let (outcome, document, summary) = match std::fs::read(file) {
            Ok(document) => {
                let (outcome, summary) = self.inspect(file, &document);
                (outcome, String::from_utf8_lossy(&document).into_owned(), summary)
            }
            Err(error) => (Outcome::unreadable(file, &error), String::new(), Vec::new()),
        };
        self.arguments.output.print(&outcome, &document, &summary);
        outcome.status()
    }

    fn inspect(&mut self, file: &Path, document: &[u8]) -> (Outcome, Vec<String>) {
        let (payload, envelope) = match self.reading.read(document) {
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::UnexpectedRoot => {
                return self.unit(file, document, &error);
            }
            Err(error) => return (Outcome::refused(file, problem(&error)), Vec::new()),
        };
        let signed = payload.signature.is_some();
        let unsigned = Payload { signature: None, ..payload };
        let write = || Writing { envelope, ..Writing::default() }.write(&unsigned).map_err(|e| e.to_string());
        if let Err(error) = self.arguments.output.rewrite(file, write) {
            return (Outcome::unreadable(file, &error), Vec::new());
        }
        let message = unsigned.message();
        let mut lines = summary::lines(message);
        let (signature, error) = self.signature(signed, document);
        lines.extend(error.as_ref().map(|error| format!("signature: {error}")));
        let context = Context::new(Role::usual_sender(message));
        let findings = match envelope {
            Envelope::Wrapped => rules::check(&unsigned, &context),
            Envelope::Bare => rules::check_message(message, &context),
        };
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
            findings: findings.into_iter().map(Into::into).collect(),
            value: serde_json::to_value(message).ok(),
        };
        (outcome, lines)
    }

    /// What is to be said of the signature, and why it is invalid.
    fn signature(&mut self, signed: bool, document: &[u8]) -> (&'static str, Option<signature::Error>) {
        if !signed {
            return ("none", None);
        }
        if !self.arguments.verify {
            return ("present", None);
        }
        let verified = match self.arguments.at {
            Some(at) => self.verifier.verify(document, at, &mut self.guard),
            None => self.verifier.verify_at_any_time(document),
        };
        match verified {
            Ok(_) => ("valid", None),
            Err(error) => ("invalid", Some(error)),
        }
    }

    /// A document that is no message may still be a unit by itself.
    fn unit(&self, file: &Path, document: &[u8], error: &openadr_types::Error) -> (Outcome, Vec<String>) {
        let (name, unit) = match self.reading.read_unit(document) {
            Ok(read) => read,
            Err(of_unit) => {
                let error = if of_unit.kind() == ErrorKind::UnexpectedRoot { error } else { &of_unit };
                return (Outcome::refused(file, problem(error)), Vec::new());
            }
        };
        let write = || Writing::default().write_unit(&unit).map_err(|e| e.to_string());
        if let Err(error) = self.arguments.output.rewrite(file, write) {
            return (Outcome::unreadable(file, &error), Vec::new());
        }
        let outcome = Outcome {
            file: file.display().to_string(),
            ok: true,
            message: Some(name.to_owned()),
            envelope: Some("none"),
            edition: Some("2.0b"),
            signature: "none",
            error: None,
            findings: rules::check_unit(&unit).into_iter().map(Into::into).collect(),
            value: serde_json::to_value(&unit).ok(),
        };
        (outcome, vec![format!("a unit alone: {}", unit.symbol())])
    }
}
