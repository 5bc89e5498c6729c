//! Messages of other implementations, and the published schemas: the data under `CONFORMANCE_DATA`.
//!
//! Strict reading takes a document exactly where the schema of its edition does: of every message of the data, and of thousands
//! of changes to them. What is read is written again: the result says the same and is valid itself.

mod document;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use document::{mutation, parse};
use usef_messages::envelope::SignedMessage;
use usef_messages::{Edition, Error, Payload, usef_2015};

/// An edition with the data there is of it.
struct Family {
    edition: Edition,
    schema: &'static str,
    folders: &'static [&'static str],
    messages: usize,
}

const FAMILIES: [Family; 3] = [
    Family {
        edition: Edition::V3_0_0,
        schema: "uftp-3.0.0/ALL.xsd",
        folders: &["synthetic-uftp-3.0.0", "py-lib-2.4.0"],
        messages: 27,
    },
    Family {
        edition: Edition::V3_1_0,
        schema: "uftp-3.1.0/ALL.xsd",
        folders: &["synthetic-uftp-3.1.0", "synthetic-uftp-3.0.0", "days-3.1.0", "py-lib-2.4.0"],
        messages: 27,
    },
    Family {
        edition: Edition::Usef2015,
        schema: "usef-2015-ri-1.3.6/messaging.xsd",
        folders: &["synthetic-usef-2015"],
        messages: 22,
    },
];

#[test]
fn strict_reading_has_the_verdict_of_the_schema() {
    let Some(data) = Data::find() else { return };
    for family in &FAMILIES {
        let documents = data.documents(family);
        data.assert_verdicts(family, &documents);
        let mut names = BTreeMap::<String, usize>::new();
        for (_, text) in &documents {
            *names.entry(parse(text).name).or_default() += 1;
        }
        assert_eq!(names.len(), family.messages, "{names:?}");
        say(&format!("{}: {} documents read", family.edition, documents.len()));
    }
}

#[test]
fn strict_reading_has_the_verdict_of_the_schema_on_changed_messages() {
    let Some(data) = Data::find() else { return };
    let full =
        |family: &Family, file: &str| file.starts_with(family.folders[0]) && file.ends_with("-max.xml");
    let originals: Vec<(&Family, String, String)> = FAMILIES
        .iter()
        .flat_map(|family| data.documents(family).into_iter().map(move |(file, text)| (family, file, text)))
        .filter(|(family, file, _)| full(family, file))
        .collect();
    let counts = in_parallel(&originals, |(family, file, text)| {
        let is_decided = |what: &str| !is_shared(file, what) && !is_undecided(family, what);
        let changed: Vec<(String, String)> = mutation::all(&parse(text), is_decided)
            .into_iter()
            .map(|(what, root)| (format!("{file}: {what}"), root.write()))
            .collect();
        data.assert_verdicts(family, &changed);
        changed.len()
    });
    for family in &FAMILIES {
        let of_it = originals.iter().zip(&counts).filter(|((other, ..), _)| other.edition == family.edition);
        let count: usize = of_it.map(|(_, count)| count).sum();
        assert!(count > 3_000, "{}: only {count} changed documents", family.edition);
        say(&format!("{}: {count} changed documents have the schema's verdict", family.edition));
    }
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

/// Whether a change is of a value that all messages carry, which is tried in one of them.
fn is_shared(file: &str, what: &str) -> bool {
    let names = [
        "Version",
        "SenderDomain",
        "SenderRole",
        "RecipientDomain",
        "RecipientRole",
        "TimeStamp",
        "MessageID",
        "ConversationID",
        "Precedence",
        "ValidUntil",
    ];
    let changed = what.split(' ').nth(1).and_then(|change| change.split_once('=')).map(|(name, _)| name);
    let alone = ["TestMessage-", "SignedMessage-", "SignedMessageReply-"];
    changed.is_some_and(|name| names.contains(&name)) && !alone.iter().any(|name| file.contains(name))
}

/// Whether libxml2 takes what XML Schema refuses, so that its verdict is none.
///
/// It skips characters that are no base64; and where an element of another namespace may stand, it takes those that the schema
/// wants before it.
fn is_undecided(family: &Family, what: &str) -> bool {
    let order = family.edition == Edition::Usef2015
        && (what.ends_with(" in another namespace") || what.ends_with(" with a foreign child first"));
    what.contains(" Body=") || order
}

#[test]
fn what_is_read_is_written_again() {
    let Some(data) = Data::find() else { return };
    for family in &FAMILIES {
        let mut written = Vec::new();
        for (file, text) in data.documents(family) {
            let lenient =
                read(family.edition, &text, false).unwrap_or_else(|error| panic!("{file}: {error}"));
            let Ok(strict) = read(family.edition, &text, true) else { continue };
            assert_eq!(strict, lenient, "{file}");
            if let Some(difference) = parse(&text).difference(&parse(&strict)) {
                panic!("{file}: {difference}");
            }
            written.push((file, strict));
        }
        assert!(written.len() >= 2 * family.messages, "{}", written.len());
        let Some(verdicts) = data.verdicts(family.schema, &written) else { return };
        for ((file, text), valid) in written.iter().zip(verdicts) {
            assert!(valid, "{file} is no longer valid: {text}");
        }
    }
}

/// Reads a document and writes it again.
fn read(edition: Edition, text: &str, strict: bool) -> Result<String, Error> {
    let document = text.as_bytes();
    let is = |name: &str| text.contains(&format!("<{name} "));
    match (edition, strict) {
        (Edition::Usef2015, _) if is("SignedMessage") => match strict {
            true => usef_2015::envelope::SignedMessage::from_xml_strict(document)?.to_xml(),
            false => usef_2015::envelope::SignedMessage::from_xml(document)?.to_xml(),
        },
        (Edition::Usef2015, _) if is("SignedMessageReply") => match strict {
            true => usef_2015::envelope::SignedMessageReply::from_xml_strict(document)?.to_xml(),
            false => usef_2015::envelope::SignedMessageReply::from_xml(document)?.to_xml(),
        },
        (Edition::Usef2015, true) => usef_2015::Payload::from_xml_strict(document)?.to_xml(),
        (Edition::Usef2015, false) => usef_2015::Payload::from_xml(document)?.to_xml(),
        (_, true) if is("SignedMessage") => SignedMessage::from_xml_strict(document)?.to_xml(),
        (_, false) if is("SignedMessage") => SignedMessage::from_xml(document)?.to_xml(),
        (edition, true) => Payload::from_xml_strict_as(document, edition)?.to_xml(),
        (_, false) => Payload::from_xml(document)?.to_xml(),
    }
}

/// Says something even where the test passes, whose output is held back otherwise.
fn say(what: &str) {
    writeln!(std::io::stderr(), "{what}").expect("a standard error");
}

/// The directory of conformance data.
struct Data(PathBuf);

impl Data {
    fn find() -> Option<Self> {
        let directory = std::env::var_os("CONFORMANCE_DATA").map(|data| PathBuf::from(data).join("usef"));
        if directory.is_none() {
            say("SKIPPED: CONFORMANCE_DATA is not set");
        }
        directory.map(Self)
    }

    /// The documents of an edition by folder and file.
    fn documents(&self, family: &Family) -> Vec<(String, String)> {
        let mut all = Vec::new();
        for folder in family.folders {
            for entry in std::fs::read_dir(self.0.join("corpus").join(folder)).expect("the corpus is there") {
                let path = entry.expect("an entry").path();
                let file = path.file_name().expect("a name").to_string_lossy().into_owned();
                all.push((format!("{folder}/{file}"), std::fs::read_to_string(&path).expect("UTF-8")));
            }
        }
        all.sort();
        all
    }

    /// Strict reading takes what the schema takes, and refuses what it refuses.
    fn assert_verdicts(&self, family: &Family, documents: &[(String, String)]) {
        let (verdicts, readings) = thread::scope(|scope| {
            // The other program is waited for while reading.
            let verdicts = scope.spawn(|| self.verdicts(family.schema, documents));
            let readings: Vec<_> =
                documents.iter().map(|(_, text)| read(family.edition, text, true)).collect();
            (verdicts.join().unwrap_or_else(|panic| resume_unwind(panic)), readings)
        });
        let Some(verdicts) = verdicts else { return };
        let mut wrong = Vec::new();
        for (((name, text), valid), strict) in documents.iter().zip(verdicts).zip(readings) {
            match strict {
                Ok(_) if !valid => wrong.push(format!("{name} was read")),
                Ok(strict) => {
                    // Lenient reading says the same but for white space around free texts.
                    let lenient =
                        read(family.edition, text, false).unwrap_or_else(|error| panic!("{name}: {error}"));
                    if let Some(difference) = parse(&strict).difference(&parse(&lenient)) {
                        panic!("{name}: {difference}");
                    }
                }
                Err(error) if valid => wrong.push(format!("{name} was refused: {error}")),
                Err(_) => {}
            }
        }
        assert!(wrong.is_empty(), "{}: {} wrong\n{}", family.edition, wrong.len(), wrong.join("\n"));
    }

    /// Whether the schema takes each document; `None` where it cannot be asked.
    fn verdicts(&self, schema: &str, documents: &[(String, String)]) -> Option<Vec<bool>> {
        let folder =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("conformance-{:?}", thread::current().id()));
        std::fs::create_dir_all(&folder).expect("a writable directory");
        let mut verdicts = Vec::with_capacity(documents.len());
        for chunk in documents.chunks(1000) {
            let files: Vec<PathBuf> =
                (0..chunk.len()).map(|place| folder.join(format!("{place}.xml"))).collect();
            for (file, (_, text)) in files.iter().zip(chunk) {
                std::fs::write(file, text).expect("a writable directory");
            }
            let mut command = Command::new("xmllint");
            command
                .args(["--nonet", "--noout", "--schema"])
                .arg(self.0.join("xsd").join(schema))
                .args(&files);
            let Ok(output) = command.output() else {
                say("SKIPPED: no xmllint here, so the schema was not asked");
                return None;
            };
            let log = String::from_utf8_lossy(&output.stderr);
            let valid: Vec<&str> = log.lines().filter_map(|line| line.strip_suffix(" validates")).collect();
            let said = log
                .lines()
                .filter(|line| line.ends_with(" validates") || line.ends_with(" fails to validate"));
            assert_eq!(said.count(), chunk.len(), "{log}");
            let valid: std::collections::BTreeSet<&Path> = valid.into_iter().map(Path::new).collect();
            verdicts.extend(files.iter().map(|file| valid.contains(file.as_path())));
        }
        Some(verdicts)
    }
}
