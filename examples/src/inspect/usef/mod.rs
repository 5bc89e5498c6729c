//! `inspect usef`.

mod envelope;
mod read;
mod summary;

use std::path::{Path, PathBuf};

use openadr_types::rules::Severity;
use usef_messages::sealing::PublicKey;
use usef_messages::usef_2015::envelope::SignedMessage;
use usef_messages::{Edition, Error, ErrorKind, Payload, Reading, keys, usef_2015};

use super::{Finding, Outcome, Output, Status, problem};
use envelope::Opened;
use read::{Read, read};

/// Reads messages of USEF flexibility trading (UFTP 3 and USEF 2015).
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Refuse whatever the edition's schema would refuse
    #[arg(long)]
    strict: bool,
    /// The edition: 3.0.0, 3.1.0 or 2015; without, the one that the message names, or else the newest that reads it
    #[arg(long, value_name = "EDITION")]
    edition: Option<Edition>,
    /// Check signatures with the sender's public key, or with either of two; as it stands or as it is published (cs1.…)
    #[arg(long = "key", value_name = "BASE64", value_parser = public_key)]
    keys: Vec<PublicKey>,
    #[command(flatten)]
    output: Output,
    /// Files of one message each, in its signed envelope or bare
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

fn public_key(text: &str) -> anyhow::Result<PublicKey> {
    if text.starts_with("cs1.") {
        return Ok(text.parse::<keys::KeyString>()?.sign);
    }
    Ok(text.parse()?)
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

impl Arguments {
    fn reading(&self) -> Reading {
        Reading { strict: self.strict, ..Reading::default() }
    }
}

/// What became of a file, the document that an error is about, and what is in the message.
fn inspect(arguments: &Arguments, file: &Path, document: Vec<u8>) -> (Outcome, Vec<u8>, Vec<String>) {
    let refused = |problem, document, opened: Option<&Opened>| {
        let refused = Outcome::refused(file, problem);
        let Some(opened) = opened else { return (refused, document, Vec::new()) };
        let outcome = Outcome { signature: opened.signature, envelope: Some("SignedMessage"), ..refused };
        (outcome, document, opened.reason.iter().cloned().collect())
    };
    // The envelopes differ in the roles only, and that of USEF 2015 takes those of UFTP too.
    let (reading, keys) = (arguments.reading(), &arguments.keys);
    let opened = match arguments.edition {
        Some(Edition::V3_0_0 | Edition::V3_1_0) => Opened::of::<Payload>(&document, reading, keys),
        Some(Edition::Usef2015) | None => Opened::of::<usef_2015::Payload>(&document, reading, keys),
    };
    let opened = match opened {
        Ok(opened) => opened,
        Err(problem) => return refused(problem, document, None),
    };
    let payload = opened.as_ref().map_or(&document, |opened| &opened.payload);
    let read = match read(payload, arguments.edition, &reading, opened.is_none()) {
        Ok(read) => read,
        Err(error) => {
            if let Some(opened) = &opened
                && !matches!(error.kind(), ErrorKind::Syntax | ErrorKind::Forbidden | ErrorKind::Limit)
            {
                return envelope_alone(arguments, file, document, opened, &error);
            }
            return refused(problem(&error), payload.clone(), opened.as_ref());
        }
    };
    if let (Read::Uftp(..), Some(_)) = (&read, &opened) {
        // Now that the family is known, so are the roles.
        if let Err(problem) = Opened::of::<Payload>(&document, reading, keys) {
            return refused(problem, document, None);
        }
    }
    let write = || read.to_xml().map_err(|error| error.to_string());
    if let Err(error) = arguments.output.rewrite(file, write) {
        return (Outcome::unreadable(file, &error), document, Vec::new());
    }
    let outcome = Outcome {
        file: file.display().to_string(),
        ok: true,
        message: Some(read.name().to_owned()),
        envelope: Some(if opened.is_some() { "SignedMessage" } else { "none" }),
        edition: Some(name(read.edition())),
        signature: opened.as_ref().map_or("none", |opened| opened.signature),
        error: None,
        findings: read.findings(opened.as_ref()),
        value: read.to_json(),
    };
    let mut summary = read.summary();
    summary.extend(opened.and_then(|opened| opened.reason));
    (outcome, document, summary)
}

/// What is said of a sound envelope around a document that is no valid message. Any body is valid under the schema of the
/// envelope, so what is wrong inside is a finding.
fn envelope_alone(
    arguments: &Arguments,
    file: &Path,
    document: Vec<u8>,
    opened: &Opened,
    error: &Error,
) -> (Outcome, Vec<u8>, Vec<String>) {
    let envelope = match SignedMessage::from_xml_with(&document, &arguments.reading()) {
        Ok(envelope) => envelope,
        Err(error) => return (Outcome::refused(file, problem(&error)), document, Vec::new()),
    };
    let write = || envelope.to_xml().map_err(|error| error.to_string());
    if let Err(error) = arguments.output.rewrite(file, write) {
        return (Outcome::unreadable(file, &error), document, Vec::new());
    }
    let edition = arguments.edition.unwrap_or(match opened.party() {
        Some(_) => Edition::V3_1_0,
        None => Edition::Usef2015,
    });
    let finding = Finding {
        rule: "payload".to_owned(),
        severity: Severity::Error,
        path: "/SignedMessage/@Body".to_owned(),
        text: format!("the message inside is refused: {error}"),
    };
    let outcome = Outcome {
        file: file.display().to_string(),
        ok: true,
        message: Some("SignedMessage".to_owned()),
        envelope: Some("SignedMessage"),
        edition: Some(name(edition)),
        signature: opened.signature,
        error: None,
        findings: vec![finding],
        value: serde_json::to_value(&envelope)
            .ok()
            .map(|envelope| serde_json::json!({"SignedMessage": envelope})),
    };
    let mut summary = vec![format!("from {} as {}", opened.sender_domain, opened.sender_role)];
    summary.extend(opened.reason.clone());
    (outcome, document, summary)
}

fn name(edition: Edition) -> &'static str {
    match edition {
        Edition::V3_0_0 => "3.0.0",
        Edition::V3_1_0 => "3.1.0",
        Edition::Usef2015 => "2015",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser as _;
    use usef_messages::envelope;
    use usef_messages::sealing::{SecretKey, encoded_twice, seal};
    use usef_messages::values::Role;

    const PING: &str = r#"<TestMessage Version="3.0.0" SenderDomain="dso.example" RecipientDomain="agr.example"
        TimeStamp="2026-11-22T11:00:00Z" MessageID="1e3d5155-3942-5525-baf1-7cd0c48e1e98"
        ConversationID="610fbabf-904b-5a60-a025-743f36c1fff4"/>"#;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        arguments: Arguments,
    }

    fn full(options: &[&str], document: &str) -> (Outcome, Vec<u8>, Vec<String>) {
        let line = Line::try_parse_from([&["inspect"], options, &["a.xml"]].concat()).unwrap();
        inspect(&line.arguments, Path::new("a.xml"), document.as_bytes().to_vec())
    }

    fn outcome(options: &[&str], document: &str) -> serde_json::Value {
        serde_json::to_value(full(options, document).0).unwrap()
    }

    /// A message of USEF 2015.
    fn older(precedence: &str) -> String {
        let attributes = r#"SenderDomain="brp.example" SenderRole="BRP" RecipientDomain="agr.example" RecipientRole="AGR"
            TimeStamp="2026-11-22T11:00:00Z" MessageID="1e3d5155-3942-5525-baf1-7cd0c48e1e98"
            ConversationID="610fbabf-904b-5a60-a025-743f36c1fff4""#;
        format!(r#"<TestMessage><MessageMetadata {attributes} Precedence="{precedence}"/></TestMessage>"#)
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
        assert_eq!(outcome(&["--strict"], &older("Routine"))["edition"], "2015");
        let error = &outcome(&[], &older("Rare"))["error"];
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
        assert_eq!(short["error"]["path"], "/SignedMessage/@Body");
        assert_eq!((&short["error"]["line"], &short["error"]["column"]), (&1.into(), &60.into()));
        // 66 zero bytes: a signature and two more that are no document.
        let empty = outcome(&[], &wrapped("DSO", &"A".repeat(88)));
        assert_eq!((&empty["error"]["kind"], &empty["signature"]), (&"syntax".into(), &"present".into()));
        assert_eq!(empty["envelope"], "SignedMessage");
        let role = outcome(&["--edition", "3.1.0"], &wrapped("BRP", "AAAA"));
        assert_eq!(role["error"]["kind"], "value");
    }

    fn sealed(payload: &str, domain: &str, role: Role) -> envelope::SignedMessage {
        seal(payload.as_bytes(), &domain.parse().unwrap(), role, &SecretKey::from_seed(&[7; 32]))
    }

    #[test]
    fn a_sound_envelope_around_no_valid_message_is_a_finding() {
        for inside in ["<TestMessage/>", "<Nothing/>"] {
            let document = sealed(inside, "dso.example", Role::Dso).to_xml().unwrap();
            let (outcome, _, _) = full(&["--strict"], &document);
            assert_eq!((outcome.ok, outcome.message.as_deref()), (true, Some("SignedMessage")), "{inside}");
            assert_eq!((outcome.findings.len(), outcome.status()), (1, Status::Refused), "{inside}");
            assert_eq!(outcome.findings[0].path, "/SignedMessage/@Body");
        }
    }

    #[test]
    fn checks_signatures_with_the_key_given() {
        let (key, other) = (SecretKey::from_seed(&[7; 32]), SecretKey::from_seed(&[8; 32]));
        let (key, other) = (key.public_key().to_string(), other.public_key().to_string());
        let envelope = sealed(PING, "dso.example", Role::Dso);
        for document in [envelope.to_xml().unwrap(), encoded_twice(envelope).to_xml().unwrap()] {
            for (options, signature, status) in [
                (&[][..], "present", Status::Fine),
                (&["--key", &key], "valid", Status::Fine),
                (&["--key", &other, "--key", &format!("cs1.{key}")], "valid", Status::Fine),
                (&["--key", &other], "invalid", Status::Refused),
                (&["--edition", "3.1.0", "--key", &key], "valid", Status::Fine),
            ] {
                let (outcome, _, summary) = full(options, &document);
                assert_eq!((outcome.ok, outcome.signature), (true, signature), "{options:?}");
                assert!(outcome.findings.is_empty() && outcome.status() == status, "{options:?}");
                let said = summary
                    .iter()
                    .any(|line| line == "signature: the signature is not by dso.example as DSO");
                assert_eq!(said, signature == "invalid");
            }
        }
        assert_eq!(outcome(&["--key", &key], PING)["signature"], "none");
        let (outcome, ..) =
            full(&["--key", &key], &sealed("hello", "dso.example", Role::Dso).to_xml().unwrap());
        assert_eq!((outcome.signature, outcome.error.unwrap().kind), ("valid", "syntax"));
        for no_key in ["AAAA", "cs1.AAAA", "=", &"A".repeat(43)] {
            assert!(Line::try_parse_from(["inspect", "--key", no_key, "a.xml"]).is_err(), "{no_key}");
        }
    }

    #[test]
    fn says_what_is_against_the_rules() {
        let late = PING.replace("<TestMessage ", "<D-PrognosisResponse DPrognosisMessageID='1e3d5155-3942-5525-baf1-7cd0c48e1e98' Result='Rejected' ");
        let read = outcome(&[], &late.replace("DPrognosisMessageID", "D-PrognosisMessageID"));
        assert_eq!(read["findings"][0]["rule"], "reason-missing", "{read}");
        assert_eq!(read["findings"][0]["severity"], "warning");

        let (outcome, ..) = full(&[], &sealed(PING, "evil.example", Role::Dso).to_xml().unwrap());
        assert_eq!(outcome.findings[0].rule, "sender-envelope");
        assert_eq!(outcome.findings[0].path, "/TestMessage/@SenderDomain");
        assert_eq!(outcome.status(), Status::Refused);

        let older = older("Routine");
        let sealed = |domain: &str, role| -> SignedMessage {
            seal(older.as_bytes(), &domain.parse().unwrap(), role, &SecretKey::from_seed(&[7; 32]))
        };
        use usef_2015::metadata::Role as OlderRole;
        let rules =
            |document: &str| full(&[], document).0.findings.into_iter().map(|f| f.rule).collect::<Vec<_>>();
        assert!(rules(&sealed("brp.example", OlderRole::Brp).to_xml().unwrap()).is_empty());
        let other = sealed("agr.example", OlderRole::Agr).to_xml().unwrap();
        assert_eq!(rules(&other), ["sender-envelope", "sender-role"]);
    }

    #[test]
    fn a_message_of_uftp_comes_in_no_envelope_of_another_role() {
        let envelope = sealed(PING, "dso.example", Role::Dso).to_xml().unwrap();
        let (outcome, ..) = full(&[], &envelope.replace("\"DSO\"", "\"BRP\""));
        let error = outcome.error.unwrap();
        assert_eq!((error.kind, error.path.as_str()), ("value", "/SignedMessage"));
    }
}
