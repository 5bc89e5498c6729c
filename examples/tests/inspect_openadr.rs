//! `inspect openadr` as a user runs it.

#![expect(clippy::unwrap_used, reason = "what fails in a step of a test fails the test")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use openadr_types::Payload;
use openadr_types::event::{DistributeEvent, DistributedEvent, Event, EventSignal, Level, ResponseRequired};
use openadr_types::poll::Poll;
use openadr_types::response::{EiResponse, Response};
use openadr_types::signature::{Certificate, PrivateKey, ReplayProtect, Signer};
use serde_json::Value;

const NOON: &str = "2026-11-23T12:00:00Z";

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_inspect"))
        .arg("openadr")
        .args(arguments)
        .output()
        .expect("the program starts")
}

/// The exit status and the objects that `--json` prints.
fn inspect(arguments: &[&str]) -> (Option<i32>, Vec<Value>) {
    let output = run(&[&["--json"], arguments].concat());
    let text = String::from_utf8(output.stdout).expect("the program writes text");
    let objects = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    (output.status.code(), objects)
}

/// A file of this test run.
fn file(name: &str, content: &str) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, content).expect("the folder for tests is there");
    path.display().to_string()
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

fn poll() -> String {
    Payload::new(Poll::new("ven-7")).to_xml().unwrap()
}

/// An event that lasts longer than its one interval.
fn uneven_event() -> DistributeEvent {
    let signal = EventSignal::simple("s-1", [("PT1H".parse().unwrap(), Level::Moderate)]);
    let (created, start) = (NOON.parse().unwrap(), "2026-11-23T17:00:00Z".parse().unwrap());
    let mut event = Event::new("event-1", "http://example.com/peak", created, start, signal);
    event.active_period.duration = "PT2H".parse().unwrap();
    let mut message = DistributeEvent::new("req-1", "vtn-1");
    message.events.push(DistributedEvent { event, response_required: ResponseRequired::Always });
    message
}

/// A signed poll, and the signer's certificate.
fn signed() -> (String, String) {
    let key = rcgen::KeyPair::generate().unwrap();
    let params = rcgen::CertificateParams::new(vec!["ven.example".to_owned()]).unwrap();
    let certificate = params.self_signed(&key).unwrap().pem();
    let certificates = Certificate::from_pem(certificate.as_bytes()).unwrap();
    let signer = Signer::new(PrivateKey::from_pkcs8(&key.serialize_der()).unwrap(), certificates).unwrap();
    let at = ReplayProtect::new(NOON.parse().unwrap(), "nonce-1");
    (signer.sign(Payload::new(Poll::new("ven-7")), &at).unwrap(), certificate)
}

#[test]
fn tells_what_a_message_is_and_which_rules_it_breaks_where() {
    let sound = file("o-poll.xml", &poll());
    let (status, found) = inspect(&[&sound]);
    assert_eq!(status, Some(0));
    let [found] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(found["file"], sound);
    for (field, value) in [
        ("ok", Value::from(true)),
        ("message", "oadrPoll".into()),
        ("envelope", "oadrPayload".into()),
        ("edition", "2.0b".into()),
        ("signature", "none".into()),
        ("error", Value::Null),
        ("findings", Value::Array(Vec::new())),
    ] {
        assert_eq!(found[field], value, "{field}");
    }
    let uneven = Payload::new(uneven_event()).to_xml().unwrap();
    let (before, message) = uneven.split_once("<oadr:oadrSignedObject>").unwrap();
    let message = message.split_once("</oadr:oadrSignedObject>").unwrap().0;
    let declarations = before.split_once("<oadr:oadrPayload").unwrap().1.trim_end_matches('>');
    let bare =
        message.replacen("<oadr:oadrDistributeEvent", &format!("<oadr:oadrDistributeEvent{declarations}"), 1);
    for (name, document, envelope, above) in [
        ("o-uneven.xml", uneven.clone(), "oadrPayload", "/oadr:oadrPayload/oadr:oadrSignedObject"),
        ("o-uneven-bare.xml", bare, "none", ""),
    ] {
        let (status, found) = inspect(&[&file(name, &document)]);
        assert_eq!(status, Some(1), "{found:?}");
        assert_eq!((&found[0]["ok"], &found[0]["envelope"]), (&true.into(), &envelope.into()));
        let finding = found[0]["findings"].as_array().unwrap().iter().find(|f| f["rule"] == "8").unwrap();
        assert_eq!(finding["severity"], "error");
        let below =
            "/oadr:oadrDistributeEvent/oadr:oadrEvent[1]/ei:eiEvent/ei:eiEventSignals/ei:eiEventSignal[1]";
        assert_eq!(finding["path"], format!("{above}{below}/strm:intervals"));
    }
}

#[test]
fn says_where_a_document_is_refused_strictly_or_not() {
    let (signed, _) = signed();
    for (name, document, options, kind, path, line, column) in [
        ("o-doctype.xml", format!("<!DOCTYPE x>{}", poll()), &[] as &[&str], "forbidden", "", 1, 1),
        ("o-missing.xml", poll().replace("venID", "x"), &[], "missing", "/oadr:oadrPoll", 2, 0),
        (
            "o-opaque.xml",
            signed.replace("<ds:SignedInfo>", "<ds:SignedInfo>\n  <ds:Extra/>"),
            &["--strict"],
            "unknown",
            "/oadr:oadrPayload/ds:Signature/ds:SignedInfo",
            3,
            3,
        ),
        (
            "o-algorithm.xml",
            signed.replace("<ds:DigestMethod ", "\n<ds:DigestMethod x='1' "),
            &["--strict"],
            "unknown",
            "/oadr:oadrPayload/ds:Signature/ds:SignedInfo/ds:Reference/ds:DigestMethod",
            3,
            18,
        ),
    ] {
        let (status, found) = inspect(&[options, &[&file(name, &document)]].concat());
        assert_eq!(status, Some(1), "{name}");
        let error = &found[0]["error"];
        assert_eq!((&found[0]["ok"], &error["kind"]), (&false.into(), &kind.into()), "{error}");
        assert!(error["path"].as_str().unwrap().ends_with(path), "{error}");
        assert_eq!(error["line"], line, "{error}");
        assert!(column == 0 || error["column"] == column, "{error}");
    }
    let (status, found) = inspect(&[&file(
        "o-opaque-lenient.xml",
        &signed.replace("<ds:SignedInfo>", "<ds:SignedInfo><ds:Extra/>"),
    )]);
    assert_eq!((status, &found[0]["signature"]), (Some(0), &"present".into()));
}

#[test]
fn goes_on_after_a_file_that_cannot_be_opened() {
    let sound = file("o-after.xml", &poll());
    let (status, found) = inspect(&["no/such/file.xml", &sound]);
    assert_eq!(status, Some(2));
    assert_eq!((&found[0]["ok"], &found[0]["error"]["kind"]), (&false.into(), &"io".into()));
    assert_eq!(found[1]["ok"], true);
    assert_eq!(run(&[]).status.code(), Some(2));
    assert_eq!(run(&["--trust", "x.pem", &sound]).status.code(), Some(2), "--trust is for --verify");
    assert_eq!(run(&["--verify", "--trust", "no/such.pem", &sound]).status.code(), Some(2));
}

#[test]
fn checks_signatures_against_certificates_and_time() {
    let (document, certificate) = signed();
    let (sound, trusted) = (file("o-signed.xml", &document), file("o-trusted.pem", &certificate));
    let stranger = file("o-stranger.pem", &signed().1);
    let object = &document
        [document.find("<oadr:oadrPoll").unwrap()..document.find("</oadr:oadrSignedObject>").unwrap()];
    let ei = "xmlns:ei=\"http://docs.oasis-open.org/ns/energyinterop/201110\"";
    let double =
        format!("<oadr:x-oadrSignedObject {ei}>{object}</oadr:x-oadrSignedObject></oadr:oadrPayload>");
    let moved = document.replace("ven-7", "ven-8").replace("</oadr:oadrPayload>", &double);
    assert!(moved.contains("ven-7") && moved.contains("ven-8"));
    let (changed, moved) =
        (file("o-changed.xml", &document.replace("ven-7", "ven-8")), file("o-moved.xml", &moved));
    for (options, path, signature, status) in [
        (&[] as &[&str], &sound, "present", 0),
        (&["--verify"], &sound, "valid", 0),
        (&["--verify", "--trust", &trusted], &sound, "valid", 0),
        (&["--verify", "--trust", &stranger], &sound, "invalid", 1),
        (&["--verify", "--trust", &stranger, "--trust", &trusted], &sound, "valid", 0),
        (&["--verify", "--at", "2026-11-23T12:00:04Z"], &sound, "valid", 0),
        (&["--verify", "--at", "2026-11-23T12:00:06Z"], &sound, "invalid", 1),
        (&["--verify"], &changed, "invalid", 1),
        (&["--verify"], &moved, "invalid", 1),
    ] {
        let (code, found) = inspect(&[options, &[path]].concat());
        assert_eq!((code, &found[0]["signature"]), (Some(status), &signature.into()), "{options:?} {path}");
        assert_eq!(found[0]["ok"], true);
    }
    let (code, found) = inspect(&["--verify", "--at", NOON, &sound, &sound]);
    assert_eq!((code, &found[1]["signature"]), (Some(1), &"invalid".into()), "the same nonce came before");
    let (_, found) = inspect(&["--verify", &file("o-unsigned.xml", &poll())]);
    assert_eq!(found[0]["signature"], "none");
}

#[test]
fn rewrites_a_message_without_its_signature() {
    let (document, _) = signed();
    let out = folder("o-rewritten");
    let source = file("o-rewrite.xml", &document);
    let (status, _) = inspect(&["--rewrite", &out.display().to_string(), &source]);
    assert_eq!(status, Some(0));
    let rewritten = std::fs::read(out.join("o-rewrite.xml")).unwrap();
    let (read, original) =
        (Payload::from_xml(&rewritten).unwrap(), Payload::from_xml(document.as_bytes()).unwrap());
    assert_eq!((read.signature, read.object), (None, original.object));
}

#[test]
fn says_where_it_cannot_write_anew() {
    let taken = file("o-no-folder", "");
    let source = file("o-rewrite-nowhere.xml", &poll());
    let (status, found) = inspect(&["--rewrite", &taken, &source]);
    assert_eq!((status, &found[0]["ok"]), (Some(2), &false.into()));
    let text = found[0]["error"]["text"].as_str().unwrap();
    assert!(text.starts_with(&format!("cannot write {taken}/o-rewrite-nowhere.xml: ")), "{text}");
}

#[test]
fn shows_people_the_line_with_a_mark_under_the_column() {
    let document = poll().replace("<ei:venID>", "\n  <ei:venId>").replace("</ei:venID>", "</ei:venId>");
    let output = run(&["--strict", &file("o-marked.xml", &document)]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let shown = lines.iter().position(|line| line.contains("<ei:venId>")).unwrap();
    assert_eq!(lines[shown + 1].find('^'), lines[shown].find("<ei:venId>"), "{text}");
    assert!(text.contains("unknown: unexpected element ei:venId"), "{text}");
    assert!(!text.contains('\u{1b}'), "no colour where there is no terminal");
}

#[test]
fn finds_what_is_odd_about_a_unit_alone() {
    let unit = |symbol: &str| {
        format!(
            r#"<p:energyReal xmlns:p="http://docs.oasis-open.org/ns/emix/2011/06/power"
                xmlns:s="http://docs.oasis-open.org/ns/emix/2011/06/siscale"><p:itemDescription>RealEnergy</p:itemDescription>
                <p:itemUnits>{symbol}</p:itemUnits><s:siScaleCode>k</s:siScaleCode></p:energyReal>"#
        )
    };
    let (status, found) = inspect(&[&file("o-unit.xml", &unit("Wh"))]);
    assert_eq!((status, &found[0]["findings"]), (Some(0), &Value::Array(Vec::new())));
    let odd = file("o-unit-odd.xml", &unit("kWh"));
    let (status, found) = inspect(&[&odd]);
    assert_eq!((status, &found[0]["findings"][0]["rule"]), (Some(0), &"fixed-value".into()));
    assert_eq!(found[0]["findings"][0]["path"], "/power:energyReal/power:itemUnits");
    let text = String::from_utf8(run(&[&odd]).stdout).unwrap();
    assert!(text.contains("a unit alone: kWh\n"), "{text}");
}

#[test]
fn a_report_for_people_stays_in_its_lines_whatever_a_peer_writes() {
    let mut message = Response::new(EiResponse::ok("req\n\u{9b}1"), Some("ven-7".into()));
    message.response.description = Some("refused\nforged.xml  read\u{9b}2J".into());
    let broken = file("lines\u{1b}.xml", &Payload::new(message).to_xml().unwrap());
    let output = run(&[&broken]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("response 200 refused forged.xml  read 2J to request req  1\n"), "{text}");
    assert_eq!(text.lines().filter(|line| !line.starts_with(' ')).count(), 1, "{text}");
    assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text}");
}

#[test]
fn a_unit_alone_that_is_wrong_is_refused_for_what_is_wrong_with_it() {
    let unit = r#"<currency xmlns="http://openadr.org/oadr-2.0b/2012/07"><itemDescription>currency</itemDescription></currency>"#;
    let (status, objects) = inspect(&[&file("unit.xml", unit)]);
    assert_eq!(status, Some(1));
    assert_eq!(objects[0]["error"]["kind"], "missing");
    assert_eq!(objects[0]["error"]["path"], "/oadr:currency");
}
