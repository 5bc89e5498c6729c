//! Messages of other implementations, and our own: what is found in them.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::{Context, Finding, Role, Rule, Severity, check};
use crate::envelope::Payload;

#[test]
fn finds_no_error_in_our_own_fixtures() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    for (file, findings) in findings_in(&directory) {
        let errors: Vec<String> =
            findings.iter().filter(|f| f.severity == Severity::Error).map(Finding::to_string).collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", file.display());
    }
}

/// The errors that are there: examples and tests of a peer with SIMPLE levels between whole numbers, two VENs in a
/// target, a request identifier for the whole of an answer, and metadata with random request identifiers.
const KNOWN: [Rule; 4] = [Rule::SimpleLevels, Rule::Parties, Rule::EventRequestId, Rule::MetadataRequestId];

#[test]
fn finds_only_errors_that_are_there() {
    let Some(data) = std::env::var_os("CONFORMANCE_DATA").map(PathBuf::from) else {
        // Past the capture of a test that passes.
        let _ = writeln!(std::io::stderr(), "SKIPPED: CONFORMANCE_DATA is not set");
        return;
    };
    let mut counts: BTreeMap<(Severity, Rule), usize> = BTreeMap::new();
    let mut messages = 0;
    for peer in ["epri-ven-library-cpp", "openleadr", "openleadr-docs"] {
        for (file, findings) in findings_in(&data.join("openadr/corpus").join(peer)) {
            messages += 1;
            for finding in findings {
                let known = finding.severity != Severity::Error || KNOWN.contains(&finding.rule);
                assert!(known, "{}: {finding}", file.display());
                *counts.entry((finding.severity, finding.rule)).or_default() += 1;
            }
        }
    }
    for ((severity, rule), count) in counts.iter().rev() {
        eprintln!("{severity} {rule}: {count}");
    }
    assert!(messages > 200, "{messages} messages");
}

fn findings_in(directory: &Path) -> Vec<(PathBuf, Vec<Finding>)> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |file: PathBuf| {
        let payload = Payload::from_xml(&std::fs::read(&file).unwrap()).ok()?;
        let findings = check(&payload, &Context::new(Role::usual_sender(payload.message())));
        Some((file, findings))
    };
    files.into_iter().filter_map(read).collect()
}
