//! Messages of other implementations, and the published schema: the data under `CONFORMANCE_DATA`.
//!
//! Every document that the schema accepts is read, strictly and leniently, and written again: the result says the same
//! and is valid itself. Every document that the schema refuses is refused by strict reading.

mod infoset;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use openadr_types::Error;
use openadr_types::envelope::{Reading, Writing};
use openadr_types::ns::DIALECT;
use openadr_types::units::ItemBase;
use xml_wire::{Decoder, Encoder};

/// One line of the table of verdicts.
struct Verdict {
    file: String,
    root: String,
    passes: bool,
}

#[test]
fn reads_and_rewrites_what_the_schema_accepts() {
    let Some(data) = Data::find() else { return };
    let mut rewritten = Vec::new();
    let mut roots = BTreeMap::<String, usize>::new();
    for verdict in data.verdicts().into_iter().filter(|verdict| verdict.passes) {
        let document = data.document(&verdict);
        let text =
            rewrite(&verdict.root, &document).unwrap_or_else(|error| panic!("{}: {error}", verdict.file));
        let source = String::from_utf8(document).expect("UTF-8");
        if let Some(difference) = infoset::difference(&infoset::parse(&source), &infoset::parse(&text)) {
            panic!("{}: {difference}", verdict.file);
        }
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(verdict.file.replace('/', "__"));
        std::fs::write(&file, text).expect("a writable directory");
        rewritten.push(file);
        *roots.entry(verdict.root).or_default() += 1;
    }
    eprintln!("read and rewrote, by document element: {roots:?}");
    assert!(rewritten.len() > 200, "{} documents", rewritten.len());
    assert_valid(&data, &rewritten);
}

#[test]
fn strict_reading_refuses_what_the_schema_refuses() {
    let Some(data) = Data::find() else { return };
    let verdicts: Vec<Verdict> = data.verdicts().into_iter().filter(|verdict| !verdict.passes).collect();
    assert!(!verdicts.is_empty());
    for verdict in verdicts {
        match Reading::strict().read(&data.document(&verdict)) {
            Ok(_) => panic!("{} was accepted", verdict.file),
            Err(error) => eprintln!("{}: {error}", verdict.file),
        }
    }
}

#[test]
fn our_own_fixtures_are_valid() {
    let Some(data) = Data::find() else { return };
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let files = std::fs::read_dir(directory).expect("fixtures").map(|entry| entry.expect("an entry").path());
    assert_valid(&data, &files.collect::<Vec<_>>());
}

#[test]
fn the_comparison_sees_what_differs_and_only_that() {
    let source = r#"<a xmlns="urn:1" xmlns:p="urn:2" p:x="1"><b> 1.50 </b><c>true</c><rID>1</rID><d/></a>"#;
    let same = r#"<q:a xmlns:q="urn:1" xmlns:r="urn:2" r:x="1"><q:b>1.5</q:b><q:c>1</q:c><q:rID>1</q:rID><q:d></q:d></q:a>"#;
    let differs = |other: &str| infoset::difference(&infoset::parse(source), &infoset::parse(other));
    assert_eq!(differs(same), None);
    for (from, to) in [
        ("1.50", "1.51"),
        ("true", "false"),
        ("<rID>1</rID>", "<rID>1.0</rID>"),
        ("<d/>", ""),
        ("<d/>", "<e/>"),
        (" p:x=\"1\"", ""),
        (" p:x", " x"),
        ("\"urn:1\"", "\"urn:3\""),
    ] {
        assert!(differs(&source.replace(from, to)).is_some(), "{from} to {to}");
    }
}

/// Reads a document both ways and writes it; units, which stand alone in some samples, as units.
fn rewrite(root: &str, document: &[u8]) -> Result<String, Error> {
    if root.starts_with("currency") {
        let unit: ItemBase = Decoder::new(&DIALECT).strict().read(document)?;
        assert_eq!(Decoder::new(&DIALECT).read::<ItemBase>(document)?, unit);
        return Encoder::new(&DIALECT).write(&unit);
    }
    let (payload, envelope) = Reading::strict().read(document)?;
    assert_eq!(Reading::default().read(document)?, (payload.clone(), envelope));
    Writing { envelope, indent: None }.write(&payload)
}

fn assert_valid(data: &Data, files: &[PathBuf]) {
    let schema = data.0.join("openadr/xsd/oadr_20b.xsd");
    let run =
        Command::new("xmllint").args(["--nonet", "--noout", "--schema"]).arg(schema).args(files).output();
    let Ok(output) = run else {
        say("SKIPPED: no xmllint here, so the schema was not asked");
        return;
    };
    let log = String::from_utf8_lossy(&output.stderr);
    let complaints: Vec<&str> = log.lines().filter(|line| !line.ends_with(" validates")).collect();
    assert!(output.status.success(), "{}", complaints.join("\n"));
}

/// Says something even where the test passes, whose output is held back otherwise.
fn say(what: &str) {
    writeln!(std::io::stderr(), "{what}").expect("a standard error");
}

/// The directory of conformance data.
struct Data(PathBuf);

impl Data {
    fn find() -> Option<Self> {
        let directory = std::env::var_os("CONFORMANCE_DATA").map(PathBuf::from);
        if directory.is_none() {
            say("SKIPPED: CONFORMANCE_DATA is not set");
        }
        directory.map(Self)
    }

    fn verdicts(&self) -> Vec<Verdict> {
        let table =
            std::fs::read_to_string(self.0.join("openadr/verdicts.tsv")).expect("a table of verdicts");
        let row = |line: &str| {
            let columns: Vec<&str> = line.split('\t').collect();
            let [file, _, root, _, _, result, ..] = columns.as_slice() else { panic!("{line:?}") };
            Verdict { file: (*file).to_owned(), root: (*root).to_owned(), passes: *result == "PASS" }
        };
        table.lines().skip(1).map(row).collect()
    }

    fn document(&self, verdict: &Verdict) -> Vec<u8> {
        std::fs::read(self.0.join("openadr/corpus").join(&verdict.file)).expect(&verdict.file)
    }
}
