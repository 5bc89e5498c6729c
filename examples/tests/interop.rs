//! The programs against another implementation, live on loopback.
//!
//! `INTEROP_DIR` names a folder with the peers' scripts and their Python environment; `.ci/run` makes one. Each test waits
//! for lines that must come, and fails when one has not come in time.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use openadr_types::signature::Certificate;

/// How long a line may take to come.
const PATIENCE: Duration = Duration::from_secs(45);

/// A program whose output is read line by line.
struct Program {
    name: &'static str,
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
    seen: Vec<String>,
}

impl Program {
    fn start(name: &'static str, command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        let (sender, lines) = channel();
        forward(name, child.stdout.take(), sender.clone());
        forward(name, child.stderr.take(), sender);
        let stdin = child.stdin.take();
        Self { name, child, stdin, lines, seen: Vec::new() }
    }

    /// Waits for a line that holds all of `words`, among those seen already or still to come.
    fn expect(&mut self, words: &[&str]) -> String {
        let fits = |line: &String| words.iter().all(|word| line.contains(word));
        if let Some(line) = self.seen.iter().find(|line| fits(line)) {
            return line.clone();
        }
        let until = Instant::now() + PATIENCE;
        loop {
            match self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    self.seen.push(line.clone());
                    if fits(&line) {
                        return line;
                    }
                }
                Err(error) => {
                    let why = if error == RecvTimeoutError::Timeout { "in time" } else { "before it ended" };
                    panic!("{} did not say {words:?} {why}; it said:\n{}", self.name, self.seen.join("\n"));
                }
            }
        }
    }

    fn type_line(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().expect("the program listens");
        writeln!(stdin, "{line}").and_then(|()| stdin.flush()).expect("the program reads its input");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn forward(name: &'static str, pipe: Option<impl std::io::Read + Send + 'static>, to: Sender<String>) {
    let pipe = pipe.expect("output is piped");
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            println!("{name:>9} | {line}");
            if to.send(line).is_err() {
                return;
            }
        }
    });
}

/// The environment of the Python peers.
fn peers() -> PathBuf {
    let folder = std::env::var_os("INTEROP_DIR").expect("INTEROP_DIR names the folder of the peers");
    PathBuf::from(folder)
}

fn python(script: &str) -> Command {
    let mut command = Command::new(peers().join("venv/bin/python"));
    command.arg(peers().join(script));
    command
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    listener.local_addr().expect("it has an address").port()
}

/// Waits until something listens on a port.
fn wait_for_port(port: u16) {
    let until = Instant::now() + PATIENCE;
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(Instant::now() < until, "nothing listens on port {port}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// How a conversation is protected.
#[derive(Clone, Copy)]
enum Protection {
    None,
    /// TLS with client certificates, and signatures, with this kind of key.
    Signed(&'static str),
}

impl Protection {
    fn scheme(self) -> &'static str {
        if matches!(self, Self::None) { "http" } else { "https" }
    }

    /// What the peer's scripts call it.
    fn of_the_peer(self) -> Vec<&'static str> {
        match self {
            Self::None => Vec::new(),
            Self::Signed(kind) => vec!["--tls", kind, "--sign"],
        }
    }

    /// The options of our `ven` or `vtn`.
    fn of_ours(self, who: &str) -> Vec<String> {
        let Self::Signed(kind) = self else { return Vec::new() };
        let own = |end: &str| certificate(&format!("{kind}_{who}.{end}"));
        let authority = certificate(&format!("{kind}_ca.crt"));
        let options = [
            ("--tls-cert", own("crt")),
            ("--tls-key", own("key")),
            ("--ca", authority.clone()),
            ("--sign-cert", own("crt")),
            ("--sign-key", own("key")),
            ("--trust", authority),
        ];
        options.into_iter().flat_map(|(name, value)| [name.to_owned(), value]).collect()
    }
}

fn certificate(name: &str) -> String {
    peers().join("certs").join(name).to_str().expect("the path is text").to_owned()
}

fn fingerprint(certificate_name: &str) -> String {
    let pem = std::fs::read(certificate(certificate_name)).expect("the peers have certificates");
    let all = Certificate::from_pem(&pem).expect("the certificate can be read");
    all.first().expect("one certificate at least").fingerprint().to_string()
}

fn our_ven_with_openleadr_as_vtn(protection: Protection) {
    let port = free_port();
    let mut vtn = Program::start(
        "openleadr",
        python("openleadr_vtn.py")
            .args(["--port", &port.to_string(), "--poll", "1", "--run", "60"])
            .args(protection.of_the_peer()),
    );
    wait_for_port(port);
    let url = format!("{}://127.0.0.1:{port}/OpenADR2/Simple/2.0b", protection.scheme());
    let mut ven = Program::start(
        "our ven",
        Command::new(env!("CARGO_BIN_EXE_ven"))
            .args(["--url", &url, "--name", "ven123", "--report-period", "2s", "--without-status", "--leave"])
            .args(protection.of_ours("ven"))
            .args(vtn_fingerprint(protection)),
    );
    ven.expect(&["registered with", "as ven123"]);
    vtn.expect(&["registration", "ven123"]);
    ven.expect(&["report", "wanted"]);
    ven.expect(&["report", "sent"]);
    vtn.expect(&["report load-1"]);
    ven.expect(&["event evt-dispatch", "LOAD_DISPATCH 1.5"]);
    ven.expect(&["event evt-dispatch", "told the VTN in"]);
    vtn.expect(&["OPT ven123 evt-dispatch optIn"]);
    ven.expect(&["event evt-cancelme", "SIMPLE 2"]);
    ven.expect(&["event evt-cancelme", "cancelled"]);
    vtn.expect(&["OPT ven123 evt-cancelme"]);
}

/// Holds the VTN to its own certificate; that of the authority would do for any VEN as well.
fn vtn_fingerprint(protection: Protection) -> Vec<String> {
    let Protection::Signed(kind) = protection else { return Vec::new() };
    vec!["--vtn-fingerprint".to_owned(), fingerprint(&format!("{kind}_vtn.crt"))]
}

fn our_vtn(protection: Protection) -> (Program, String) {
    let known = match protection {
        Protection::None => "ven123=ven123".to_owned(),
        Protection::Signed(kind) => format!("ven123=ven123@{}", fingerprint(&format!("{kind}_ven.crt"))),
    };
    let mut vtn = Program::start(
        "our vtn",
        Command::new(env!("CARGO_BIN_EXE_vtn"))
            .args(["--listen", "127.0.0.1:0", "--ven", &known, "--poll", "1s", "--telemetry", "2s"])
            .args(protection.of_ours("vtn")),
    );
    let address = vtn.expect(&["VTN-1 at", &format!("{}://", protection.scheme())]);
    let url = address.split_whitespace().last().expect("the line ends with the address").to_owned();
    (vtn, url)
}

/// The peer as a VEN. Its script does not make it verify what it receives; with a fingerprint it does.
fn openleadr_as_ven(verifying: Option<&str>) -> Command {
    let Some(fingerprint) = verifying else { return python("openleadr_ven.py") };
    let mut command = Command::new(peers().join("venv/bin/python"));
    let run = "import functools, runpy, sys, openleadr\n\
               fingerprint, *sys.argv = sys.argv[1:]\n\
               client = functools.partial(openleadr.OpenADRClient, vtn_fingerprint=fingerprint)\n\
               openleadr.OpenADRClient = client\n\
               runpy.run_path(sys.argv[0], run_name='__main__')";
    command.args(["-c", run, fingerprint]).arg(peers().join("openleadr_ven.py"));
    command
}

fn openleadr_as_ven_with_our_vtn(protection: Protection) {
    let (mut vtn, url) = our_vtn(protection);
    let verifying = match protection {
        Protection::None => None,
        Protection::Signed(kind) => Some(fingerprint(&format!("{kind}_vtn.crt"))),
    };
    let mut ven = Program::start(
        "openleadr",
        openleadr_as_ven(verifying.as_deref())
            .args(["--url", &url, "--run", "15", "--opt", "optIn", "--cancel"])
            .args(protection.of_the_peer()),
    );
    vtn.expect(&["ven123", "registered"]);
    vtn.expect(&["ven123 offers reports", "rs1"]);
    vtn.expect(&["ven123 reports", "kW"]);

    vtn.type_line("event LOAD_DISPATCH 1.5 in 1h for 10m");
    let dispatched = created(&vtn.expect(&["event", "created"]));
    ven.expect(&["EVENT", &dispatched, "0"]);
    vtn.expect(&["ven123 opts in to", &dispatched]);

    vtn.type_line(&format!("cancel {dispatched}"));
    ven.expect(&["EVENT", &dispatched, "1 cancelled"]);

    ven.expect(&["send oadrCancelPartyRegistration"]);
    vtn.expect(&["ven123 cancelled its registration"]);
}

/// The identifier in `event ID created`.
fn created(line: &str) -> String {
    line.split_whitespace().nth(1).expect("the line names the event").to_owned()
}

#[test]
#[ignore = "needs the Python peers"]
fn our_ven_takes_part_with_openleadr_as_vtn() {
    our_ven_with_openleadr_as_vtn(Protection::None);
}

#[test]
#[ignore = "needs the Python peers"]
fn our_ven_takes_part_signed_with_rsa_with_openleadr_as_vtn() {
    our_ven_with_openleadr_as_vtn(Protection::Signed("rsa"));
}

#[test]
#[ignore = "needs the Python peers"]
fn our_ven_takes_part_signed_with_ecdsa_with_openleadr_as_vtn() {
    our_ven_with_openleadr_as_vtn(Protection::Signed("ec"));
}

#[test]
#[ignore = "needs the Python peers"]
fn openleadr_as_ven_takes_part_with_our_vtn() {
    openleadr_as_ven_with_our_vtn(Protection::None);
}

#[test]
#[ignore = "needs the Python peers"]
fn openleadr_as_ven_takes_part_signed_with_rsa_with_our_vtn() {
    openleadr_as_ven_with_our_vtn(Protection::Signed("rsa"));
}

#[test]
#[ignore = "needs the Python peers"]
fn openleadr_as_ven_takes_part_signed_with_ecdsa_with_our_vtn() {
    openleadr_as_ven_with_our_vtn(Protection::Signed("ec"));
}

#[test]
#[ignore = "needs the Python peers"]
fn openleadr_as_ven_is_refused_unsigned_where_our_vtn_wants_signatures() {
    let (mut vtn, url) = our_vtn(Protection::Signed("ec"));
    let mut ven = openleadr_as_ven(None);
    let _ven = Program::start("openleadr", ven.args(["--url", &url, "--run", "5", "--tls", "ec"]));
    vtn.expect(&["oadrCreatePartyRegistration", "refused with 463", "not signed"]);
}

#[test]
#[ignore = "needs the Python peers"]
fn openleadr_as_ven_refuses_our_signature_where_it_expects_anothers() {
    let (_vtn, url) = our_vtn(Protection::Signed("ec"));
    let mut ven = openleadr_as_ven(Some(&fingerprint("ec_ven.crt")));
    let mut ven =
        Program::start("openleadr", ven.args(["--url", &url, "--run", "5"]).args(["--tls", "ec", "--sign"]));
    ven.expect(&["fingerprint was incorrect", &fingerprint("ec_vtn.crt")]);
}

#[test]
#[ignore = "needs the Python peers"]
fn openleadr_as_vtn_refuses_us_with_anothers_signature() {
    let port = free_port();
    let mut vtn = python("openleadr_vtn.py");
    let vtn = vtn.args(["--port", &port.to_string(), "--poll", "1", "--tls", "ec", "--sign"]);
    let _vtn = Program::start("openleadr", vtn);
    wait_for_port(port);
    let url = format!("https://127.0.0.1:{port}/OpenADR2/Simple/2.0b");
    let mut ven = Command::new(env!("CARGO_BIN_EXE_ven"));
    ven.args(["--url", &url, "--name", "ven123"]).args(["--ca", &certificate("ec_ca.crt")]);
    ven.args(["--tls-cert", &certificate("ec_ven.crt"), "--tls-key", &certificate("ec_ven.key")]);
    ven.args(["--sign-cert", &certificate("ec_vtn.crt"), "--sign-key", &certificate("ec_vtn.key")]);
    let mut ven = Program::start("our ven", &mut ven);
    ven.expect(&["the VTN refuses", "463", "sign the message"]);
}
