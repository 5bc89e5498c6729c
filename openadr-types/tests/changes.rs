//! Strict reading has the schema's verdict, on tens of thousands of changes to the messages under `CONFORMANCE_DATA` and to
//! the samples here.

#[path = "changes/document.rs"]
mod document;
#[path = "changes/mutation.rs"]
mod mutation;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use openadr_types::envelope::Reading;

/// Messages with everything that stays opaque to this crate, and with units that are called by their types.
const SAMPLES: [(&str, &str); 3] = [
    ("signature.xml", include_str!("changes/signature.xml")),
    ("green_button.xml", include_str!("changes/green_button.xml")),
    ("general_units.xml", include_str!("changes/general_units.xml")),
];

#[test]
fn strict_reading_has_the_verdict_of_the_schema_on_changed_messages() {
    let Some(data) = std::env::var_os("CONFORMANCE_DATA").map(PathBuf::from) else {
        return say("SKIPPED: CONFORMANCE_DATA is not set");
    };
    if Command::new("xmllint").arg("--version").output().is_err() {
        return say("SKIPPED: no xmllint here, so the schema was not asked");
    }
    let schema = data.join("openadr/xsd/oadr_20b.xsd");
    let changed: Vec<(String, String)> = changed_documents(&data);
    say(&format!("{} changed documents", changed.len()));
    let chunks: Vec<&[(String, String)]> = changed.chunks(500).collect();
    let wrong = in_parallel(&chunks, |chunk| disagreements(&schema, chunk)).concat();
    assert!(wrong.is_empty(), "{} of {} wrong\n{}", wrong.len(), changed.len(), wrong.join("\n"));
    assert!(changed.len() > 20_000, "only {} changed documents", changed.len());
    say(&format!("{} changed documents have the schema's verdict", changed.len()));
}

/// Each change once, in the smallest message that has its place.
fn changed_documents(data: &Path) -> Vec<(String, String)> {
    let table = std::fs::read_to_string(data.join("openadr/verdicts.tsv")).expect("a table of verdicts");
    let valid =
        table.lines().filter(|line| line.contains("\tPASS")).filter_map(|line| line.split('\t').next());
    let read = |file: &str| std::fs::read_to_string(data.join("openadr/corpus").join(file)).expect("UTF-8");
    let mut originals: Vec<(String, String)> = valid.map(|file| (file.to_owned(), read(file))).collect();
    originals.extend(SAMPLES.map(|(file, text)| (file.to_owned(), text.to_owned())));
    // Units that stand alone are no messages.
    originals.retain(|(_, text)| !document::parse(text).local().starts_with("currency"));
    originals.sort_by_key(|(_, text)| text.len());
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for (file, text) in originals {
        let changes = mutation::all(&document::parse(&text), &mut seen);
        let decided = changes.into_iter().filter(|(what, _)| !is_undecided(what));
        all.extend(decided.map(|(what, root)| (format!("{file}: {what}"), root.write())));
    }
    all
}

/// Whether libxml2's verdict is none, as it skips characters that are no base64, or is about what is not looked into: the
/// type of something that may be anything.
fn is_undecided(what: &str) -> bool {
    let place = what.split(' ').next().unwrap_or_default();
    let mut steps = place.rsplit('/');
    let (last, above) = (steps.next().unwrap_or_default(), steps.next().unwrap_or_default());
    let keys = [
        "RSAKeyValue",
        "DSAKeyValue",
        "PGPData",
        "SPKIData",
        "Curve",
        "ECParameters",
        "ECKeyValue",
        "ValidationData",
    ];
    let base64 = [
        "DigestValue",
        "SignatureValue",
        "X509Certificate",
        "X509SKI",
        "X509CRL",
        "X509Digest",
        "DEREncodedKeyValue",
    ];
    let anything = ["components", "extension", "denominator", "x", "y"].contains(&last)
        || place.contains("ReplayProtect");
    if anything && what.contains("xsi:type") {
        return true;
    }
    (base64.contains(&last) || keys.contains(&above)) && what.contains(" text ")
}

/// Where strict reading and the schema differ.
fn disagreements(schema: &Path, documents: &[(String, String)]) -> Vec<String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("changes-{:?}", thread::current().id()));
    std::fs::create_dir_all(&folder).expect("a writable directory");
    let files: Vec<PathBuf> = (0..documents.len()).map(|place| folder.join(format!("{place}.xml"))).collect();
    for (file, (_, text)) in files.iter().zip(documents) {
        std::fs::write(file, text).expect("a writable directory");
    }
    let output =
        Command::new("xmllint").args(["--nonet", "--noout", "--schema"]).arg(schema).args(&files).output();
    let output = output.expect("xmllint was there");
    let log = String::from_utf8_lossy(&output.stderr);
    let valid: BTreeSet<&Path> =
        log.lines().filter_map(|l| l.strip_suffix(" validates")).map(Path::new).collect();
    let invalid = log.lines().filter(|line| line.ends_with(" fails to validate")).count();
    assert_eq!(valid.len() + invalid, documents.len(), "{log}");
    let differs = |(file, (what, text)): (&PathBuf, &(String, String))| match (
        Reading::strict().read(text.as_bytes()),
        valid.contains(file.as_path()),
    ) {
        (Ok(_), false) => Some(format!("{what} was read")),
        (Err(error), true) => Some(format!("{what} was refused: {error}")),
        _ => None,
    };
    files.iter().zip(documents).filter_map(differs).collect()
}

/// Does something to each, on as many threads as there are processors; what came of it, in order.
fn in_parallel<T: Sync, R: Send>(all: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(one) = all.get(index) else { return done };
            done.push((index, work(one)));
        }
    };
    let mut done: Vec<(usize, R)> = thread::scope(|scope| {
        let threads = thread::available_parallelism().map_or(2, usize::from);
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic)))
            .collect()
    });
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Says something even where the test passes, whose output is held back otherwise.
fn say(what: &str) {
    writeln!(std::io::stderr(), "{what}").expect("a standard error");
}
