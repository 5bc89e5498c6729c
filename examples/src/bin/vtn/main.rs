//! A VTN on the command line: VENs register with it, report to it, and are sent events that are typed in.

mod timeline;

use std::io::{BufRead as _, ErrorKind, IsTerminal as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail};
use chrono::{DateTime, TimeDelta, Utc};
use clap::Parser;
use clap::builder::NonEmptyStringValueParser;
use examples::length::{length, number, period};
use examples::out;
use examples::signing::{SigningArguments, read};
use openadr_types::event::{EventSignal, ResponseRequired, SignalName, SignalType};
use openadr_types::ids::{EventId, ReportRequestId, VenId};
use openadr_types::interval;
use openadr_types::target::Target;
use openadr_types::units::{ItemBase, SiScale};
use openadr_vtn::admission::{Admission, KnownVen};
use openadr_vtn::http::tls::{ClientCertificates, Tls};
use openadr_vtn::http::{self, ForwardedCertificate, Handle, Options, Signing};
use openadr_vtn::report::{NewReport, ReportPolicy};
use openadr_vtn::{Config, NewEvent, Signatures, Vtn};

use timeline::{opted, tell};

/// An OpenADR 2.0b VTN for trying things out: VENs register with it, and you send them events.
#[derive(Debug, Parser)]
#[command(after_help = HELP)]
struct Arguments {
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The VTN's identifier; some VENs refuse one that has no upper-case letter
    #[arg(long, default_value = "VTN-1", value_parser = NonEmptyStringValueParser::new())]
    vtn_id: String,
    /// Only VENs of this name may register, get this identifier, and are held to this certificate or else to the first
    /// they show; may be given several times
    #[arg(long = "ven", value_name = "NAME[=ID][@FINGERPRINT]", value_parser = known_ven)]
    vens: Vec<KnownVen>,
    /// How often VENs are to poll
    #[arg(long, default_value = "10s", value_parser = period)]
    poll: TimeDelta,
    /// Ask each VEN for the telemetry that it offers, with a value this often
    #[arg(long, value_name = "TIME", value_parser = period)]
    telemetry: Option<TimeDelta>,
    /// How often telemetry is to be sent; by default as often as values are taken
    #[arg(long, value_name = "TIME", value_parser = period, requires = "telemetry")]
    report_back: Option<TimeDelta>,
    /// An event as one types it at the prompt, without the word `event`; may be given several times
    #[arg(long = "event", value_name = "EVENT")]
    events: Vec<String>,
    /// A header in which a proxy at --proxy forwards the client's certificate
    #[arg(long, requires = "proxies")]
    certificate_header: Option<axum::http::HeaderName>,
    /// Where such a proxy sends from
    #[arg(long = "proxy", value_name = "IP")]
    proxies: Vec<std::net::IpAddr>,
    /// The VTN's certificate: speak HTTPS
    #[arg(long, value_name = "PEM", requires = "tls_key", conflicts_with = "certificate_header")]
    tls_cert: Option<PathBuf>,
    /// The key of the VTN's certificate
    #[arg(long, value_name = "PEM", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Who issues certificates to VENs: with HTTPS, each has to show one
    #[arg(long, value_name = "PEM", requires = "tls_cert")]
    ca: Option<PathBuf>,
    /// With `--ca`, serve VENs that show no certificate too
    #[arg(long, requires = "ca")]
    client_cert_optional: bool,
    #[command(flatten)]
    signing: SigningArguments,
}

const HELP: &str = "\
A VEN is pointed at http://127.0.0.1:8080/OpenADR2/Simple/2.0b, registers, and polls.
Then type, for instance

    event LOAD_DISPATCH 1.5 in 30s for 10m      run at 1.5 kW, from half a minute on
    event SIMPLE 2 in 1h for 30m to ven-7       level 2 (high), for one VEN

and watch it opt in or out. `help` shows all commands. The same without typing:

    vtn --telemetry 10s --event 'LOAD_DISPATCH 1.5 in 30s for 10m'

With TLS and signed messages, both sides certified by a private authority, and one VEN held to its certificate:

    vtn --tls-cert vtn.crt --tls-key vtn.key --ca ca.crt \\
        --sign-cert vtn.crt --sign-key vtn.key --trust ca.crt \\
        --ven 'Heat pump=ven-7@0A:1B:2C:3D:4E:5F:60:71:82:93'

A VEN that shows another certificate than the one it is known by is refused with 463, and so is a message whose
signature does not hold. `vens` shows the certificates; a program `ven` shows its own at the start.";

const COMMANDS: &str = "  event SIGNAL VALUE[,VALUE…] [in TIME] for TIME [to VEN] [quietly]
      SIGNAL is SIMPLE (levels 0 to 3), LOAD_DISPATCH (kW), ELECTRICITY_PRICE (euro per kWh) or
      CHARGE_STATE (kWh); several values share the time evenly; TIME is 45s, 10m, 2h or 1d;
      an event `for 0s` has no end; `quietly` wants no answer
  change EVENT VALUE[,VALUE…]    give an event other values
  cancel EVENT                   cancel it
  events                         what there is, and who takes part
  vens                           who is registered, and what they report
  report VEN REPORT TIME         ask for one of these reports, with a value every so often
  stop VEN REQUEST               cancel such a report
  reregister VEN                 ask it to register again
  drop VEN                       end its registration
  help, quit";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    out::ended(run(Arguments::parse()).await)
}

async fn run(arguments: Arguments) -> Result<()> {
    let listener = tokio::net::TcpListener::bind(arguments.listen)
        .await
        .with_context(|| format!("cannot listen on {}", arguments.listen))?;
    let seed = SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos();
    let vtn = Vtn::new(config(&arguments), u64::try_from(seed)?);
    let forwarded = arguments
        .certificate_header
        .clone()
        .map(|header| ForwardedCertificate { header, proxies: arguments.proxies.clone() });
    let options = Options { forwarded, ..Options::default() };
    let (router, handle, notices) = match signing(&arguments)? {
        Some(signing) => http::signed_router(vtn, options, signing),
        None => http::router(vtn, options),
    };
    let tls = tls(&arguments)?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    if let Some(fingerprint) = arguments.signing.fingerprint()? {
        out::say(format_args!("signs with the certificate {fingerprint}"));
    }
    out::say(format_args!("{} at {scheme}://{}{}", arguments.vtn_id, listener.local_addr()?, http::PATH));
    for event in &arguments.events {
        let created = command(&handle, &format!("event {event}"));
        out::say(created.with_context(|| format!("--event '{event}'"))?);
    }
    let prompt = handle.clone();
    std::thread::spawn(move || read_commands(&prompt));
    let serve = async {
        match tls {
            Some(tls) => http::tls::serve(listener, tls, router).await,
            None => http::serve(listener, router).await,
        }
    };
    tokio::select! {
        () = serve => {}
        () = handle.keep_time() => {}
        () = tell(notices, &handle) => {}
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    Ok(())
}

fn config(arguments: &Arguments) -> Config {
    let reports = match arguments.telemetry {
        None => ReportPolicy::Nothing,
        Some(granularity) => {
            ReportPolicy::Telemetry { granularity, report_back: arguments.report_back.unwrap_or(granularity) }
        }
    };
    let admission =
        if arguments.vens.is_empty() { Admission::Anyone } else { Admission::Named(arguments.vens.clone()) };
    let signatures = match (&arguments.signing.sign_key, arguments.signing.accept_unsigned) {
        (None, _) => Signatures::Unsupported,
        (Some(_), true) => Signatures::Optional,
        (Some(_), false) => Signatures::Required,
    };
    Config {
        vtn_id: arguments.vtn_id.as_str().into(),
        poll_freq: arguments.poll,
        admission,
        signatures,
        reports,
        ..Config::default()
    }
}

/// `NAME[=ID][@FINGERPRINT]`.
fn known_ven(text: &str) -> Result<KnownVen, String> {
    let (rest, fingerprint) = match text.rsplit_once('@') {
        Some((rest, fingerprint)) => (rest, Some(fingerprint.parse().map_err(|error| format!("{error}"))?)),
        None => (text, None),
    };
    let (name, ven_id) = match rest.split_once('=') {
        Some((name, id)) => (name, Some(id.into())),
        None => (rest, None),
    };
    if name.is_empty() {
        return Err("a VEN has a name".to_owned());
    }
    Ok(KnownVen { ven_id, fingerprint, ..KnownVen::named(name) })
}

fn tls(arguments: &Arguments) -> Result<Option<Tls>> {
    let (Some(certificate), Some(key)) = (&arguments.tls_cert, &arguments.tls_key) else { return Ok(None) };
    let clients = match &arguments.ca {
        Some(ca) if arguments.client_cert_optional => ClientCertificates::Optional(read(ca)?),
        Some(ca) => ClientCertificates::Required(read(ca)?),
        None => ClientCertificates::NotAsked,
    };
    let tls = Tls::new(&read(certificate)?, &read(key)?, &clients);
    tls.map(Some).with_context(|| format!("TLS with {} and {}", certificate.display(), key.display()))
}

fn signing(arguments: &Arguments) -> Result<Option<Signing>> {
    match (arguments.signing.signer()?, arguments.signing.trust()?) {
        (Some(signer), Some(trust)) => {
            Ok(Some(Signing { signer, acceptance: arguments.signing.acceptance(trust) }))
        }
        (None, None) => Ok(None),
        (Some(_), None) => bail!("say whose signatures to accept: `--trust PEM`"),
        (None, Some(_)) => bail!("say what to sign the answers with: `--sign-key PEM --sign-cert PEM`"),
    }
}

/// Reads commands until there are none; then the VTN goes on by itself.
fn read_commands(handle: &Handle) {
    let interactive = std::io::stdin().is_terminal();
    if interactive {
        out::say(COMMANDS);
    }
    for line in std::io::stdin().lock().lines() {
        let line = match line {
            Ok(line) => line,
            // A line that is not text is followed by others.
            Err(error) if error.kind() == ErrorKind::InvalidData => {
                out::say("a command is text");
                continue;
            }
            Err(_) => return,
        };
        match line.trim() {
            "" => continue,
            "quit" => std::process::exit(0),
            line => match command(handle, line) {
                Ok(text) => out::say(text),
                Err(error) => out::say(format_args!("{error:#}")),
            },
        }
    }
}

fn command(handle: &Handle, line: &str) -> Result<String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words.as_slice() {
        ["event", rest @ ..] => {
            let id =
                handle.with(|vtn, now| -> Result<_> { Ok(vtn.create_event(event(rest, now)?, now)?) })?;
            Ok(format!("event {id} created"))
        }
        ["change", id, values] => {
            let values = numbers(values)?;
            handle.with(|vtn, now| {
                vtn.modify_event(&EventId::from(*id), |event| revalue(event, &values), now)
            })?;
            Ok(format!("event {id} changed"))
        }
        ["cancel", id] => {
            handle.with(|vtn, now| vtn.cancel_event(&EventId::from(*id), now))?;
            Ok(format!("event {id} cancelled"))
        }
        ["report", ven, report, every] => {
            let every = length(every).map_err(anyhow::Error::msg)?;
            let wanted = NewReport::periodic(*report, every.into(), every.into());
            let id = handle.with(|vtn, now| vtn.request_report(&VenId::from(*ven), wanted, now))?;
            Ok(format!("asked for as {id}"))
        }
        ["stop", ven, request] => {
            let request = ReportRequestId::from(*request);
            handle.with(|vtn, _| vtn.cancel_report(&VenId::from(*ven), &request, false))?;
            Ok("cancelled when it polls".to_owned())
        }
        ["reregister", ven] => {
            handle.with(|vtn, _| vtn.request_reregistration(&VenId::from(*ven)))?;
            Ok("asked when it polls".to_owned())
        }
        ["drop", ven] => {
            handle.with(|vtn, _| vtn.cancel_registration(&VenId::from(*ven)))?;
            Ok("told when it polls".to_owned())
        }
        ["events"] => Ok(handle.with(|vtn, now| list_events(vtn, now))),
        ["vens"] => Ok(handle.with(|vtn, now| list_vens(vtn, now))),
        ["help"] => Ok(COMMANDS.to_owned()),
        _ => bail!("no such command; `help` shows what there is"),
    }
}

/// An event from the words of a command: `LOAD_DISPATCH 1.5 in 30s for 10m to ven-7`.
fn event(words: &[&str], now: DateTime<Utc>) -> Result<NewEvent> {
    let [signal, values, rest @ ..] = words else { bail!("an event needs a signal and a value") };
    let (mut starts_in, mut lasts, mut target, mut response) =
        (TimeDelta::zero(), None, Target::default(), ResponseRequired::Always);
    let mut rest = rest.iter();
    while let Some(word) = rest.next() {
        let mut next = || rest.next().with_context(|| format!("`{word}` lacks what comes after it"));
        match *word {
            "in" => starts_in = length(next()?).map_err(anyhow::Error::msg)?,
            "for" => lasts = Some(length(next()?).map_err(anyhow::Error::msg)?),
            "to" => target = Target::ven(*next()?),
            "quietly" => response = ResponseRequired::Never,
            other => bail!("`{other}` does not belong here"),
        }
    }
    let lasts = lasts.context("say for how long: `for 10m`")?;
    let values = numbers(values)?;
    let step = lasts / i32::try_from(values.len())?;
    let intervals = interval::series(values.into_iter().map(|value| (step.into(), value)));
    let (name, signal_type, unit) = match signal.to_ascii_uppercase().as_str() {
        "SIMPLE" => (SignalName::Simple, SignalType::Level, None),
        "LOAD_DISPATCH" => {
            (SignalName::LoadDispatch, SignalType::Setpoint, Some(ItemBase::power_real_w(SiScale::Kilo)))
        }
        "ELECTRICITY_PRICE" => {
            let euro = ItemBase::currency_per_kwh("EUR".parse()?);
            (SignalName::ElectricityPrice, SignalType::Price, Some(euro))
        }
        "CHARGE_STATE" => {
            (SignalName::ChargeState, SignalType::Setpoint, Some(ItemBase::energy_real_wh(SiScale::Kilo)))
        }
        other => bail!("signal {other} is none of SIMPLE, LOAD_DISPATCH, ELECTRICITY_PRICE, CHARGE_STATE"),
    };
    let context = format!("http://example.com/{}", signal.to_ascii_lowercase());
    let signal = EventSignal { unit, ..EventSignal::new("signal", name, signal_type, intervals) };
    let start = now.checked_add_signed(starts_in).context("there is no time so far from now")?;
    Ok(NewEvent { target, response_required: response, ..NewEvent::new(context, start, signal) })
}

/// Gives an event's signal other values over the same time.
fn revalue(event: &mut NewEvent, values: &[f64]) {
    let Some(lasts) = event.period.duration.to_time_delta() else { return };
    let Ok(count) = i32::try_from(values.len()) else { return };
    let step = lasts / count;
    for signal in &mut event.signals {
        signal.intervals = interval::series(values.iter().map(|value| (step.into(), *value)));
    }
}

fn numbers(text: &str) -> Result<Vec<f64>> {
    text.split(',').map(|word| number(word).map_err(anyhow::Error::msg)).collect()
}

fn list_events(vtn: &Vtn, now: DateTime<Utc>) -> String {
    let mut lines = Vec::new();
    for event in vtn.events() {
        let plan = event.plan();
        let signals: Vec<_> = plan.signals.iter().map(|signal| signal.name.as_str()).collect();
        lines.push(format!(
            "  {}  {}  {}  from {} for {}  ({})",
            event.id(),
            event.status(now).as_str(),
            signals.join(", "),
            plan.start().format("%H:%M:%S"),
            plan.period.duration,
            event.modification_number(),
        ));
        lines.extend(event.answers().map(|(ven, answer)| format!("    {ven} {}", opted(answer.opt_type))));
    }
    if lines.is_empty() { "no events".to_owned() } else { lines.join("\n") }
}

fn list_vens(vtn: &Vtn, now: DateTime<Utc>) -> String {
    let mut lines = Vec::new();
    for ven in vtn.vens() {
        let state = if ven.registration_id().is_some() { "registered" } else { "not registered" };
        let seen = (now - ven.last_seen()).num_seconds();
        lines.push(format!(
            "  {}  {:?}  {state}, heard of {seen} s ago",
            ven.id(),
            ven.name().unwrap_or_default()
        ));
        if let Some(fingerprint) = ven.fingerprint() {
            let signs = if ven.signs() { ", signs" } else { "" };
            lines.push(format!("    certificate {fingerprint}{signs}"));
        }
        for report in ven.reports() {
            let name = report.name.as_ref().map_or("", |name| name.as_str());
            let points: Vec<_> = report.descriptions.iter().map(|point| point.rid.as_str()).collect();
            lines.push(format!("    report {}  {name}: {}", report.report_specifier_id, points.join(", ")));
        }
        let requests = ven.requests();
        lines.extend(requests.map(|request| format!("    request {}  {:?}", request.id(), request.state())));
    }
    if lines.is_empty() { "no VENs".to_owned() } else { lines.join("\n") }
}
