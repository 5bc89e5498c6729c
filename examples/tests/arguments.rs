//! What the programs say to arguments that make no sense, before they do anything, and when nobody reads what they say.

use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Runs a program that is to refuse its arguments at once.
fn run(program: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null());
    // Whoever looks for a fault of ours wants traces; whoever mistypes a name does not.
    command.env("RUST_BACKTRACE", "1").output().expect("the program starts")
}

fn refuses(program: &str, table: &[(&[&str], i32, &str)]) {
    for (arguments, status, words) in table {
        let output = run(program, arguments);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(*status), "{arguments:?}: {errors}");
        assert!(errors.contains(words), "{arguments:?}: {errors}");
        assert!(!errors.contains("backtrace"), "{arguments:?}: {errors}");
    }
}

/// A file with a certificate.
fn certificate() -> String {
    let key = rcgen::KeyPair::generate().expect("a key");
    let names = rcgen::CertificateParams::new(vec!["ven-7".to_owned()]).expect("names");
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ven-7.crt");
    std::fs::write(&file, names.self_signed(&key).expect("a certificate").pem())
        .expect("a writable directory");
    file.display().to_string()
}

#[test]
fn a_vtn_refuses_what_makes_no_sense() {
    let certificate = certificate();
    let anywhere = ["--listen", "127.0.0.1:0"];
    let table: [(&[&str], i32, &str); 13] = [
        (&["--listen", "here"], 2, "invalid value 'here'"),
        (&["--poll", "0s"], 2, "no time at all is not how often anything is done"),
        (&["--telemetry", "0s"], 2, "no time at all is not how often anything is done"),
        (&["--vtn-id", ""], 2, "a value is required"),
        (&["--ven", "=ven-7"], 2, "a VEN has a name"),
        (&["--event", "SIMPLE"], 1, "--event 'SIMPLE': an event needs a signal and a value"),
        (&["--event", "SIMPLE 7 for 10m"], 1, "SIMPLE signal signal is not a level of 0, 1, 2 or 3"),
        (&["--event", "LOAD_DISPATCH NaN for 10m"], 1, "`NaN` is not a number"),
        (&["--event", "SIMPLE 1 in 100000000d for 10m"], 1, "there is no time so far from now"),
        (
            &["--tls-cert", &certificate, "--tls-key", &certificate],
            1,
            "ven-7.crt: the key of the VTN is not in PEM, or is encrypted",
        ),
        (&["--trust", "nowhere.pem"], 1, "cannot read nowhere.pem"),
        (&["--trust", &certificate], 1, "say what to sign the answers with"),
        (&["--tls-cert", "nowhere.pem", "--tls-key", "nowhere.pem"], 1, "cannot read nowhere.pem"),
    ];
    let table = table.map(|(arguments, status, words)| ([&anywhere, arguments].concat(), status, words));
    for (arguments, status, words) in &table {
        let arguments = if arguments.contains(&"here") { &arguments[2..] } else { arguments };
        refuses(env!("CARGO_BIN_EXE_vtn"), &[(arguments, *status, words)]);
    }
}

#[test]
fn a_vtn_says_where_it_cannot_listen() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let address = taken.local_addr().expect("it has an address").to_string();
    refuses(
        env!("CARGO_BIN_EXE_vtn"),
        &[(&["--listen", &address], 1, &format!("cannot listen on {address}"))],
    );
}

#[test]
fn a_ven_refuses_what_makes_no_sense() {
    refuses(
        env!("CARGO_BIN_EXE_ven"),
        &[
            (
                &["--url", "example.com"],
                1,
                "\"example.com\" is not an address starting with http:// or https://",
            ),
            (&["--name", ""], 2, "a value is required"),
            (&["--resource", ""], 2, "a value is required"),
            (&["--report-period", "0s"], 2, "no time at all is not how often anything is done"),
            (&["--point", "power"], 2, "`power` is not a name and a unit such as power:W"),
            (&["--point", "p:W", "--point", "p:Wh"], 1, "the data point p is given twice"),
            (&["--ca", "nowhere.pem"], 1, "cannot read nowhere.pem"),
            (&["--state", "no-folder/ven.json"], 1, "cannot write no-folder/ven.json"),
            (&["--load", "-500"], 2, "-500 is less than nothing"),
            (&["--meter", "nowhere.log"], 1, "cannot read nowhere.log"),
            (&["--meter", "."], 1, "cannot read .: it is a directory"),
            (&["--opt", "maybe"], 2, "[possible values: in, out, ask]"),
        ],
    );
}

/// Waiting half a minute without a word looks like hanging.
#[test]
#[cfg(unix)]
fn a_ven_that_is_stopped_says_what_it_waits_for() {
    use std::io::BufRead as _;

    // Accepts, and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let url = format!("http://{}", silent.local_addr().expect("it has an address"));
    let mut ven = Command::new(env!("CARGO_BIN_EXE_ven"));
    let mut ven =
        ven.args(["--url", &url]).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("it starts");
    let mut lines = std::io::BufReader::new(ven.stdout.take().expect("it is piped")).lines();
    let mut line = || lines.next().expect("a line").expect("of text");
    let interrupt = |id: u32| {
        let sent = Command::new("kill").args(["-INT", &id.to_string()]).status().expect("kill is there");
        assert!(sent.success());
    };
    assert!(line().contains("calls"));
    let (_connection, _) = silent.accept().expect("a VEN that runs");
    interrupt(ven.id());
    assert!(line().contains("waiting for an answer of the VTN; Ctrl-C stops without it"));
    interrupt(ven.id());
    assert!(line().contains("stopped"));
    assert!(ven.wait().expect("it ends").success());
}

#[test]
fn the_maker_of_the_evening_writes_nothing_when_asked_for_help() {
    let help = run(env!("CARGO_BIN_EXE_evening"), &["--help"]);
    assert!(help.status.success() && String::from_utf8_lossy(&help.stdout).contains("evening.pcap"));
    refuses(env!("CARGO_BIN_EXE_evening"), &[(&["--here"], 2, "unexpected argument '--here'")]);
}

#[test]
fn who_has_read_enough_may_close_the_pipe() {
    let poll = concat!(env!("CARGO_MANIFEST_DIR"), "/../openadr-types/tests/fixtures/poll.xml");
    let folder = env!("CARGO_TARGET_TMPDIR");
    let programs: [(&str, &[&str]); 5] = [
        (env!("CARGO_BIN_EXE_inspect"), &["openadr", poll]),
        (env!("CARGO_BIN_EXE_inspect"), &["openadr", "--json", poll]),
        (env!("CARGO_BIN_EXE_evening"), &[folder]),
        (env!("CARGO_BIN_EXE_flex-trader"), &["keys"]),
        (env!("CARGO_BIN_EXE_vtn"), &["--listen", "127.0.0.1:0"]),
    ];
    for (program, arguments) in programs {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let output = Command::new(program).args(arguments).stdin(Stdio::null()).stdout(writer).output();
        let output = output.expect("the program starts");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && errors.is_empty(), "{program} {arguments:?}: {errors}");
    }
}

#[test]
fn flex_trader_and_inspect_name_the_file_that_they_cannot_use() {
    let nowhere = "reading nowhere.json: No such file or directory (os error 2)";
    refuses(env!("CARGO_BIN_EXE_flex-trader"), &[(&["agr", "nowhere.json"], 1, nowhere)]);
    let table: [(&[&str], i32, &str); 1] = [(
        &["openadr", "--verify", "--trust", "Cargo.toml", "x.xml"],
        2,
        "Cargo.toml: a certificate that cannot",
    )];
    refuses(env!("CARGO_BIN_EXE_inspect"), &table);
}

#[test]
fn a_demo_takes_no_arguments() {
    refuses(env!("CARGO_BIN_EXE_demo"), &[(&["--fast"], 2, "unexpected argument '--fast'")]);
    let help = run(env!("CARGO_BIN_EXE_demo"), &["--help"]);
    assert!(help.status.success() && String::from_utf8_lossy(&help.stdout).contains("Usage: demo"));
}
