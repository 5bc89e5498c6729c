//! The published schemas' samples of the messages that exist so far: read strictly, written, read equal.

use usef_messages::Payload;
use usef_messages::envelope::SignedMessage;

#[test]
fn reads_every_sample_of_its_messages() {
    let Some(data) = std::env::var_os("CONFORMANCE_DATA") else {
        eprintln!("SKIPPED: CONFORMANCE_DATA is not set, so no published sample was read");
        return;
    };
    let corpus = std::path::Path::new(&data).join("usef/corpus");
    let mut count = 0;
    for folder in ["synthetic-uftp-3.0.0", "synthetic-uftp-3.1.0", "days-3.1.0", "py-lib-2.4.0"] {
        for entry in std::fs::read_dir(corpus.join(folder)).expect("the corpus is there") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            let document = std::fs::read(&path).expect("a sample");
            if name.starts_with("SignedMessage-") {
                let envelope =
                    SignedMessage::from_xml(&document).unwrap_or_else(|error| panic!("{name}: {error}"));
                assert_eq!(SignedMessage::from_xml(envelope.to_xml().unwrap().as_bytes()).unwrap(), envelope);
                count += 1;
            } else {
                // The Python library writes attributes that 3.x does not have.
                let strict = folder != "py-lib-2.4.0";
                let read = if strict { Payload::from_xml_strict } else { Payload::from_xml };
                let payload = read(&document).unwrap_or_else(|error| panic!("{name}: {error}"));
                assert_eq!(Payload::from_xml_strict(payload.to_xml().unwrap().as_bytes()).unwrap(), payload);
                count += 1;
            }
        }
    }
    assert!(count >= 8, "only {count} samples of our messages were found");
    println!("{count} samples read");
}
