//! Signatures from and for `xmlsec1` and `signxml`, live: `cargo test … --test signature_interop -- --ignored`, with
//! `INTEROP_DIR` set to a directory whose `venv` has `signxml`, and `CONFORMANCE_DATA` for messages of peers to sign.

#![expect(clippy::unwrap_used, reason = "what fails in a step of a test fails the test")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use openadr_types::Payload;
use openadr_types::signature::{
    Canonicalization, Certificate, PrivateKey, ReplayProtect, Signer, Trust, Verifier,
};
use rcgen::{CertificateParams, KeyPair};

const RSA: &str = include_str!("keys/rsa.pem");
const BOTH: [Canonicalization; 2] = [Canonicalization::Inclusive, Canonicalization::Exclusive];

/// A key and its certificate, as files too.
struct Sender {
    method: &'static str,
    key: PathBuf,
    certificate: PathBuf,
    ours: Certificate,
}

impl Sender {
    fn both(directory: &Path) -> [Self; 2] {
        let rsa = Self::new(directory, "rsa-sha256", &KeyPair::from_pem(RSA).unwrap());
        [rsa, Self::new(directory, "ecdsa-sha256", &KeyPair::generate().unwrap())]
    }

    fn new(directory: &Path, method: &'static str, pair: &KeyPair) -> Self {
        let made = CertificateParams::new(vec!["ven.example".to_owned()]).unwrap().self_signed(pair).unwrap();
        let [key, certificate] = ["key", "crt"].map(|kind| directory.join(format!("{method}.{kind}")));
        std::fs::write(&key, pair.serialize_pem()).unwrap();
        std::fs::write(&certificate, made.pem()).unwrap();
        Self { method, key, certificate, ours: Certificate::from_der(made.der().to_vec()).unwrap() }
    }

    fn signer(&self, form: Canonicalization) -> Signer {
        let key = PrivateKey::from_pem(&std::fs::read(&self.key).unwrap()).unwrap();
        Signer::new(key, vec![self.ours.clone()]).unwrap().with_canonicalization(form)
    }

    fn verifier(&self) -> Verifier {
        Verifier::new(Trust::nobody().with_sender(self.ours.clone()))
    }
}

fn directory(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&directory).unwrap();
    directory
}

fn replay_protect() -> ReplayProtect {
    ReplayProtect::random("2026-11-23T12:00:00Z".parse().unwrap()).unwrap()
}

/// Our own messages, each signed with either key in either form, as files.
fn signed_by_us(directory: &Path) -> Vec<(Sender, Vec<PathBuf>)> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let fixtures: Vec<PathBuf> =
        std::fs::read_dir(fixtures).unwrap().map(|entry| entry.unwrap().path()).collect();
    let sign = |sender: Sender| {
        let mut files = Vec::new();
        for (form, fixture) in BOTH.into_iter().flat_map(|form| fixtures.iter().map(move |file| (form, file)))
        {
            let payload = Payload::from_xml(&std::fs::read(fixture).unwrap()).unwrap();
            let document = sender.signer(form).sign(payload, &replay_protect()).unwrap();
            let name = fixture.file_stem().unwrap().to_string_lossy();
            let file = directory.join(format!("{name}-{form:?}-{}.xml", sender.method));
            std::fs::write(&file, document).unwrap();
            files.push(file);
        }
        (sender, files)
    };
    Sender::both(directory).into_iter().map(sign).collect()
}

/// Messages of peers, under all their prefixes, with a signature yet to be made: before the object or behind it.
fn templates(sender: &Sender, form: Canonicalization) -> Vec<(String, String)> {
    let data = PathBuf::from(std::env::var_os("CONFORMANCE_DATA").expect("CONFORMANCE_DATA is set"));
    let table = std::fs::read_to_string(data.join("openadr/verdicts.tsv")).unwrap();
    let passing = table.lines().skip(1).filter(|line| line.split('\t').nth(5) == Some("PASS"));
    let mut templates = Vec::new();
    for file in passing.filter_map(|line| line.split('\t').next()) {
        let document = std::fs::read_to_string(data.join("openadr/corpus").join(file)).unwrap();
        let Some(end) = document.find("oadrSignedObject").map(|at| at + "oadrSignedObject".len()) else {
            continue;
        };
        if document.contains("Signature>") {
            continue;
        }
        let start = document[..end].rfind('<').unwrap();
        let close = document.rfind("oadrSignedObject").unwrap();
        let close = close + document[close..].find('>').unwrap() + 1;
        let (before, object, after) = (&document[..start], &document[start..close], &document[close..]);
        let tag = &object[..object.find('>').unwrap()];
        let (object, id) = match tag.split_once("Id=\"") {
            Some((_, id)) => (object.to_owned(), id.split('"').next().unwrap()),
            None => {
                let id = " xmlns:sg=\"http://openadr.org/oadr-2.0b/2012/07\" sg:Id=\"signed\"";
                (object.replacen("oadrSignedObject", &format!("oadrSignedObject{id}"), 1), "signed")
            }
        };
        let signature = template(sender.method, form, id);
        let document = if templates.len() % 2 == 0 {
            format!("{before}{signature}{object}{after}")
        } else {
            format!("{before}{object}{signature}{after}")
        };
        templates.push((file.replace('/', "__"), document));
    }
    templates
}

fn template(method: &str, form: Canonicalization, id: &str) -> String {
    let form = form.uri();
    let reference = |id: &str| {
        format!(
            r##"<ds:Reference URI="#{id}"><ds:Transforms><ds:Transform Algorithm="{form}"/></ds:Transforms>
              <ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue/></ds:Reference>"##
        )
    };
    let [object, replay] = [id, "prop"].map(reference);
    format!(
        r##"<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo>
          <ds:CanonicalizationMethod Algorithm="{form}"/>
          <ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#{method}"/>{object}{replay}</ds:SignedInfo>
          <ds:SignatureValue/><ds:KeyInfo><ds:X509Data/></ds:KeyInfo><ds:Object Id="prop"><ds:SignatureProperties>
          <ds:SignatureProperty Target="#t"><p:ReplayProtect
            xmlns:p="http://openadr.org/oadr-2.0b/2012/07/xmldsig-properties"><!-- when --><p:timestamp>
            2026-11-23T12:00:00Z</p:timestamp><p:nonce EncodingType="x">n-1</p:nonce></p:ReplayProtect>
          </ds:SignatureProperty></ds:SignatureProperties></ds:Object></ds:Signature>"##
    )
}

fn xmlsec1(mode: &str) -> Command {
    let mut command = Command::new("xmlsec1");
    command.arg(mode);
    for name in ["http://openadr.org/oadr-2.0b/2012/07:oadrSignedObject", "Object", "SignatureProperty"] {
        let name = if name.contains(':') {
            name.to_owned()
        } else {
            format!("http://www.w3.org/2000/09/xmldsig#:{name}")
        };
        command.args(["--id-attr:Id".to_owned(), name]);
    }
    command
}

fn python(script: &str) -> Command {
    let directory = PathBuf::from(std::env::var_os("INTEROP_DIR").expect("INTEROP_DIR is set"));
    let mut command = Command::new(directory.join("venv/bin/python"));
    command.args(["-c", script]);
    command
}

fn succeed(command: &mut Command) {
    let Output { status, stderr, stdout } = command.output().expect("the peer is installed");
    let said = [stdout, stderr].concat();
    assert!(status.success(), "{command:?}: {}", String::from_utf8_lossy(&said));
}

#[test]
#[ignore = "needs xmlsec1"]
fn xmlsec1_verifies_what_we_sign() {
    let mut verified = 0;
    for (sender, files) in signed_by_us(&directory("for-xmlsec1")) {
        for file in files {
            succeed(xmlsec1("--verify").arg("--trusted-pem").arg(&sender.certificate).arg(&file));
            verified += 1;
        }
    }
    eprintln!("xmlsec1 verified {verified} messages");
    assert!(verified >= 4 * 20);
}

#[test]
#[ignore = "needs xmlsec1, and CONFORMANCE_DATA"]
fn we_verify_what_xmlsec1_signs() {
    let directory = directory("by-xmlsec1");
    let mut verified = 0;
    for (sender, form) in Sender::both(&directory).iter().flat_map(|sender| BOTH.map(|form| (sender, form))) {
        let verifier = sender.verifier();
        for (name, template) in templates(sender, form) {
            let [unsigned, signed] =
                ["template", "signed"].map(|kind| directory.join(format!("{kind}-{name}")));
            std::fs::write(&unsigned, &template).unwrap();
            let keys = format!("{},{}", sender.key.display(), sender.certificate.display());
            succeed(xmlsec1("--sign").args(["--privkey-pem", &keys, "--output"]).args([&signed, &unsigned]));
            let document = std::fs::read(&signed).unwrap();
            let outcome = verifier.verify_at_any_time(&document);
            let outcome = outcome.unwrap_or_else(|error| panic!("{}: {error:?}", signed.display()));
            assert_eq!(outcome.nonce(), "n-1");
            assert_eq!(outcome.message().name(), Payload::from_xml(&document).unwrap().message().name());
            verified += 1;
        }
    }
    eprintln!("verified {verified} messages of xmlsec1");
    assert!(verified > 200);
}

#[test]
#[ignore = "needs signxml"]
fn signxml_verifies_what_we_sign() {
    const VERIFY: &str = "
import sys
from lxml import etree
from signxml import XMLVerifier
certificate = open(sys.argv[1]).read()
for file in sys.argv[2:]:
    signed = XMLVerifier().verify(etree.parse(file).getroot(), x509_cert=certificate, expect_references=2)
    names = [etree.QName(one.signed_xml).localname for one in signed]
    assert names == ['oadrSignedObject', 'SignatureProperty'], names
";
    for (sender, files) in signed_by_us(&directory("for-signxml")) {
        eprintln!("signxml verifies {} messages with {}", files.len(), sender.method);
        succeed(python(VERIFY).arg(&sender.certificate).args(files));
    }
}

#[test]
#[ignore = "needs signxml, and CONFORMANCE_DATA"]
fn we_verify_what_signxml_signs() {
    // It signs object and property before they come into the payload, which must therefore bind `oadr` only.
    const SIGN: &str = "
import sys
from lxml import etree
from signxml import XMLSigner, methods
OADR = 'http://openadr.org/oadr-2.0b/2012/07'
DSP = 'http://openadr.org/oadr-2.0b/2012/07/xmldsig-properties'
key, certificate, form, method = open(sys.argv[1], 'rb').read(), open(sys.argv[2]).read(), sys.argv[3], sys.argv[4]
for file in sys.argv[5:]:
    root = etree.parse(file).getroot()
    standing = root.find('{%s}oadrSignedObject' % OADR)
    payload = '<oadr:oadrPayload xmlns:oadr=\"%s\">%%s</oadr:oadrPayload>' % OADR
    signed = etree.fromstring(payload % etree.tostring(standing, with_tail=False).decode())[0]
    [name] = [value for key_, value in signed.attrib.items() if etree.QName(key_).localname == 'Id']
    replay = etree.fromstring(etree.tostring(root.find('.//{%s}ReplayProtect' % DSP), with_tail=False))
    signer = XMLSigner(method=methods.detached, c14n_algorithm=form, signature_algorithm=method)
    signer.namespaces['oadr'] = OADR
    signature = signer.sign(signed, key=key, cert=certificate, reference_uri='#' + name, signature_properties=replay)
    parts = [etree.tostring(part).decode() for part in (signature, signed)]
    with open(file, 'w', encoding='utf-8') as out:
        out.write(payload % ''.join(parts))
";
    let directory = directory("by-signxml");
    let mut verified = 0;
    for (sender, form) in Sender::both(&directory).iter().flat_map(|sender| BOTH.map(|form| (sender, form))) {
        let mut files = Vec::new();
        for (name, template) in templates(sender, form).into_iter().step_by(4) {
            let file = directory.join(name);
            std::fs::write(&file, template).unwrap();
            files.push(file);
        }
        let keys = [&sender.key, &sender.certificate];
        succeed(python(SIGN).args(keys).args([form.uri(), sender.method]).args(&files));
        for file in files {
            let outcome = sender.verifier().verify_at_any_time(&std::fs::read(&file).unwrap());
            let outcome = outcome.unwrap_or_else(|error| panic!("{}: {error:?}", file.display()));
            assert_eq!(outcome.nonce(), "n-1");
            verified += 1;
        }
    }
    eprintln!("verified {verified} messages of signxml");
    assert!(verified > 50);
}
