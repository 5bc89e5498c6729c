//! `inspect usef`.

use std::path::{Path, PathBuf};

use usef_messages::envelope::SignedMessage;
use usef_messages::{Edition, Error, ErrorKind, Payload, usef_2015};

use super::{Finding, Outcome, Output, Problem, Status, problem, usef_summary};

/// Reads messages of USEF flexibility trading (UFTP 3 and USEF 2015).
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Refuse whatever the edition's schema would refuse
    #[arg(long)]
    strict: bool,
    /// The edition: 3.0.0, 3.1.0 or 2015; without, the one that the message names, or else the newest that reads it
    #[arg(long, value_name = "EDITION")]
    edition: Option<Edition>,
    #[command(flatten)]
    output: Output,
    /// Files of one message each, in its signed envelope or bare
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> Status {
    arguments.files.iter().map(|file| one(arguments, file)).max().unwrap_or(Status::Fine)
}

fn one(arguments: &Arguments, file: &Path) -> Status {
    let (outcome, document, summary) = match std::fs::read(file) {
        Ok(document) => inspect(arguments, file, document),
        Err(error) => (Outcome::unreadable(file, &error), Vec::new(), Vec::new()),
    };
    arguments.output.print(&outcome, &String::from_utf8_lossy(&document), &summary);
    outcome.status()
}

/// What was read, of either family.
enum Read {
    Uftp(Box<Payload>, Edition),
    Usef2015(Box<usef_2015::Payload>),
    /// The receipt that USEF 2015 has for an envelope.
    Receipt(usef_2015::envelope::SignedMessageReply),
}

impl Read {
    fn name(&self) -> &'static str {
        match self {
            Self::Uftp(payload, _) => payload.name(),
            Self::Usef2015(payload) => payload.name(),
            Self::Receipt(_) => "SignedMessageReply",
        }
    }

    fn edition(&self) -> Edition {
        match self {
            Self::Uftp(_, edition) => *edition,
            Self::Usef2015(_) | Self::Receipt(_) => Edition::Usef2015,
        }
    }

    fn to_xml(&self) -> Result<String, Error> {
        match self {
            Self::Uftp(payload, _) => payload.to_xml(),
            Self::Usef2015(payload) => payload.to_xml(),
            Self::Receipt(receipt) => receipt.to_xml(),
        }
    }

    fn to_json(&self) -> Option<serde_json::Value> {
        match self {
            Self::Uftp(payload, _) => serde_json::to_value(payload),
            Self::Usef2015(payload) => serde_json::to_value(payload),
            Self::Receipt(receipt) => serde_json::to_value(receipt),
        }
        .ok()
    }

    fn summary(&self) -> Vec<String> {
        match self {
            Self::Uftp(payload, _) => usef_summary::lines(payload),
            Self::Usef2015(payload) => usef_summary::lines_2015(payload),
            Self::Receipt(receipt) => {
                vec![format!("{} to message {}: {}", receipt.result, receipt.message_id, receipt.status)]
            }
        }
    }

    /// The rules that the message breaks by itself.
    fn findings(&self) -> Vec<Finding> {
        Vec::new()
    }
}

/// What became of a file, the document that an error is about, and what is in the message.
fn inspect(arguments: &Arguments, file: &Path, document: Vec<u8>) -> (Outcome, Vec<u8>, Vec<String>) {
    let (signature, envelope, document) = match unwrap(arguments, &document) {
        Ok(Some(message)) => ("present", "SignedMessage", message),
        Ok(None) => ("none", "none", document),
        Err(problem) => return (Outcome::refused(file, problem), document, Vec::new()),
    };
    let read = match read(arguments, &document, envelope == "none") {
        Ok(read) => read,
        Err(error) => {
            let refused = Outcome::refused(file, problem(&error));
            let envelope = (signature == "present").then_some(envelope);
            return (Outcome { signature, envelope, ..refused }, document, Vec::new());
        }
    };
    let write = || read.to_xml().map_err(|error| error.to_string());
    if let Err(error) = arguments.output.rewrite(file, write) {
        return (Outcome::unreadable(file, &error), document, Vec::new());
    }
    let outcome = Outcome {
        file: file.display().to_string(),
        ok: true,
        message: Some(read.name().to_owned()),
        envelope: Some(envelope),
        edition: Some(match read.edition() {
            Edition::V3_0_0 => "3.0.0",
            Edition::V3_1_0 => "3.1.0",
            Edition::Usef2015 => "2015",
        }),
        signature,
        error: None,
        findings: read.findings(),
        value: read.to_json(),
    };
    let summary = read.summary();
    (outcome, document, summary)
}

/// What a signed envelope holds; `None` for a document that is none.
fn unwrap(arguments: &Arguments, document: &[u8]) -> Result<Option<Vec<u8>>, Problem> {
    // The envelopes differ in the roles only, so that of USEF 2015 takes those of UFTP too.
    let opened =
        match (arguments.edition, arguments.strict) {
            (Some(Edition::V3_0_0 | Edition::V3_1_0), true) => SignedMessage::from_xml_strict(document)
                .map(|envelope| envelope.unverified_body().map(<[u8]>::to_vec)),
            (Some(Edition::V3_0_0 | Edition::V3_1_0), false) => SignedMessage::from_xml(document)
                .map(|envelope| envelope.unverified_body().map(<[u8]>::to_vec)),
            (_, true) => usef_2015::envelope::SignedMessage::from_xml_strict(document)
                .map(|envelope| envelope.unverified_body()),
            (_, false) => usef_2015::envelope::SignedMessage::from_xml(document)
                .map(|envelope| envelope.unverified_body()),
        };
    match opened {
        Ok(Some(message)) => Ok(Some(message)),
        Ok(None) => Err(Problem {
            kind: "value",
            path: "/SignedMessage".to_owned(),
            line: 1,
            column: 1,
            text: "Body is too short for a signature".to_owned(),
        }),
        Err(error) if error.kind() == ErrorKind::UnexpectedRoot => Ok(None),
        Err(error) => Err(problem(&error)),
    }
}

/// Reads a message as the edition that was asked for, that it names, or that reads it.
fn read(arguments: &Arguments, document: &[u8], bare: bool) -> Result<Read, Error> {
    let strict = arguments.strict;
    match arguments.edition {
        Some(Edition::Usef2015) => usef_2015(document, strict, bare),
        Some(edition) => uftp(document, strict, Some(edition)),
        None => uftp(document, strict, None).or_else(|error| {
            let other = usef_2015(document, strict, bare);
            // Names are shared; what all messages of USEF 2015 hold tells which family the document belongs to.
            let mark = b"<MessageMetadata";
            let older = error.kind() == ErrorKind::UnexpectedRoot
                || document.windows(mark.len()).any(|window| window == mark);
            if older { other } else { other.map_err(|_| error) }
        }),
    }
}

fn uftp(document: &[u8], strict: bool, asked: Option<Edition>) -> Result<Read, Error> {
    let payload = if strict { Payload::from_xml_strict(document)? } else { Payload::from_xml(document)? };
    let edition = asked.or_else(|| Edition::of(payload.version())).unwrap_or(Edition::V3_1_0);
    if strict {
        Payload::from_xml_strict_as(document, edition)?;
    }
    Ok(Read::Uftp(Box::new(payload), edition))
}

fn usef_2015(document: &[u8], strict: bool, bare: bool) -> Result<Read, Error> {
    use usef_messages::usef_2015::envelope::SignedMessageReply;
    let payload = if strict {
        usef_2015::Payload::from_xml_strict(document)
    } else {
        usef_2015::Payload::from_xml(document)
    };
    match payload {
        Ok(payload) => Ok(Read::Usef2015(Box::new(payload))),
        Err(error) if error.kind() == ErrorKind::UnexpectedRoot && bare => {
            let receipt = if strict {
                SignedMessageReply::from_xml_strict(document)
            } else {
                SignedMessageReply::from_xml(document)
            };
            match receipt {
                Ok(receipt) => Ok(Read::Receipt(receipt)),
                Err(other) if other.kind() == ErrorKind::UnexpectedRoot => Err(error),
                Err(other) => Err(other),
            }
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser as _;

    const PING: &str = r#"<TestMessage Version="3.0.0" SenderDomain="dso.example" RecipientDomain="agr.example"
        TimeStamp="2026-11-22T11:00:00Z" MessageID="1e3d5155-3942-5525-baf1-7cd0c48e1e98"
        ConversationID="610fbabf-904b-5a60-a025-743f36c1fff4"/>"#;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        arguments: Arguments,
    }

    fn outcome(options: &[&str], document: &str) -> serde_json::Value {
        let line = Line::try_parse_from([&["inspect"], options, &["a.xml"]].concat()).unwrap();
        let (outcome, ..) = inspect(&line.arguments, Path::new("a.xml"), document.as_bytes().to_vec());
        serde_json::to_value(&outcome).unwrap()
    }

    fn wrapped(role: &str, body: &str) -> String {
        format!(r#"<SignedMessage SenderDomain="dso.example" SenderRole="{role}" Body="{body}"/>"#)
    }

    #[test]
    fn tells_the_edition_that_a_message_names() {
        assert_eq!(outcome(&[], PING)["edition"], "3.0.0");
        assert_eq!(outcome(&["--edition", "3.1.0"], PING)["edition"], "3.1.0");
        assert_eq!(outcome(&[], &PING.replace("3.0.0", "3.2.0"))["edition"], "3.1.0");
        assert_eq!(outcome(&["--edition", "2015"], PING)["error"]["kind"], "missing");
        assert!(Line::try_parse_from(["inspect", "--edition", "4", "a.xml"]).is_err());
    }

    #[test]
    fn reads_both_families_and_says_which_one_is_wrong() {
        let attributes = r#"SenderDomain="brp.example" SenderRole="BRP" RecipientDomain="agr.example" RecipientRole="AGR"
            TimeStamp="2026-11-22T11:00:00Z" MessageID="1e3d5155-3942-5525-baf1-7cd0c48e1e98"
            ConversationID="610fbabf-904b-5a60-a025-743f36c1fff4""#;
        let older =
            format!(r#"<TestMessage><MessageMetadata {attributes} Precedence="Routine"/></TestMessage>"#);
        assert_eq!(outcome(&["--strict"], &older)["edition"], "2015");
        let error = &outcome(&[], &older.replace("Routine", "Rare"))["error"];
        assert_eq!(
            (&error["kind"], &error["path"]),
            (&"value".into(), &"/TestMessage/MessageMetadata".into())
        );
        assert_eq!(outcome(&[], &PING.replace("dso.example", "DSO"))["error"]["kind"], "value");
        let receipt = r#"<SignedMessageReply MessageID="1e3d5155-3942-5525-baf1-7cd0c48e1e98" Result="Accepted" Status="Submitted"/>"#;
        assert_eq!(outcome(&["--strict"], receipt)["message"], "SignedMessageReply");
        assert_eq!(outcome(&[], "<Nothing/>")["error"]["kind"], "unexpected_root");
    }

    #[test]
    fn opens_envelopes() {
        let short = outcome(&[], &wrapped("DSO", "AAAA"));
        assert_eq!((&short["error"]["kind"], &short["signature"]), (&"value".into(), &"none".into()));
        // 66 zero bytes: a signature and two more that are no document.
        let empty = outcome(&[], &wrapped("DSO", &"A".repeat(88)));
        assert_eq!((&empty["error"]["kind"], &empty["signature"]), (&"syntax".into(), &"present".into()));
        assert_eq!(empty["envelope"], "SignedMessage");
        let role = outcome(&["--edition", "3.1.0"], &wrapped("BRP", "AAAA"));
        assert_eq!(role["error"]["kind"], "value");
    }
}
