//! A VEN on the command line: registers with a VTN, takes part in its events, reports what a load draws.

mod timeline;

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, ErrorKind, IsTerminal as _, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail};
use chrono::{TimeDelta, Utc};
use clap::builder::NonEmptyStringValueParser;
use clap::{Parser, ValueEnum};
use examples::length::{amount, length, number, period};
use examples::out;
use examples::signing::{SigningArguments, read};
use openadr_client::http::{Client, ClientIdentity, Driver, Handle, ServerTrust, SystemClock};
use openadr_client::known::SignalValue;
use openadr_client::{Config, Notice, Offer, OptPolicy, Sample, Snapshot, Ven};
use openadr_types::event::{OptType, SignalName};
use openadr_types::report::{ReportDescription, ReportType};
use openadr_types::signature::{Fingerprint, Trust};
use openadr_types::target::Target;
use openadr_types::units::{ItemBase, SiScale};

use timeline::{say, tell};

/// An OpenADR 2.0b VEN: registers with a VTN, takes part in its events, reports what a load draws.
#[derive(Debug, Parser)]
#[command(after_help = HELP)]
struct Arguments {
    /// Where the VTN is, up to the names of its services
    #[arg(long, default_value = "http://127.0.0.1:8080/OpenADR2/Simple/2.0b")]
    url: String,
    /// The VEN's name; VTNs often know a VEN by it
    #[arg(long, default_value = "ven123", value_parser = NonEmptyStringValueParser::new())]
    name: String,
    /// The VEN's identifier, where it was given one beforehand
    #[arg(long, value_parser = NonEmptyStringValueParser::new())]
    ven_id: Option<String>,
    /// The only VTN to register with
    #[arg(long, value_parser = NonEmptyStringValueParser::new())]
    vtn_id: Option<String>,
    /// Whether to take part in events
    #[arg(long, value_enum, default_value = "in")]
    opt: Opt,
    /// With `--opt ask`, how long to wait for an answer; then the VEN takes part
    #[arg(long, value_name = "TIME", default_value = "30m", value_parser = length)]
    ask_for: TimeDelta,
    /// How often values are taken
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = period)]
    report_period: TimeDelta,
    /// A data point and its unit: W, kW, Wh or kWh; may be given several times
    #[arg(long = "point", value_name = "RID:UNIT", default_value = "power:W", value_parser = point)]
    points: Vec<Point>,
    /// The resource that the VEN stands for, whose status it reports
    #[arg(long, default_value = "load-1", value_parser = NonEmptyStringValueParser::new())]
    resource: String,
    /// Offer no report of the resource's status; some VTNs cannot take it
    #[arg(long)]
    without_status: bool,
    /// Read values from a file or a pipe (`-` is standard input) instead of simulating a load
    #[arg(long, value_name = "FILE")]
    meter: Option<PathBuf>,
    /// What the simulated load draws without an event, in watts
    #[arg(long, value_name = "WATTS", default_value = "2000", value_parser = amount, allow_negative_numbers = true)]
    load: f64,
    /// Whom to take for the VTN: certificates in PEM, instead of those the system trusts
    #[arg(long, value_name = "PEM")]
    ca: Option<PathBuf>,
    /// With `--ca`, trust those of the system as well
    #[arg(long, requires = "ca")]
    system_ca: bool,
    /// The client certificate for TLS and, unless `--key` has it, its key
    #[arg(long, value_name = "PEM", visible_alias = "tls-cert")]
    identity: Option<PathBuf>,
    /// The key of the client certificate
    #[arg(long, value_name = "PEM", visible_alias = "tls-key", requires = "identity")]
    key: Option<PathBuf>,
    #[command(flatten)]
    signing: SigningArguments,
    /// The only certificate that the VTN may sign with, as it was told beforehand
    #[arg(long, value_name = "FINGERPRINT", requires = "trust")]
    vtn_fingerprint: Option<Fingerprint>,
    /// Remember registration, events and reports here over a restart
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Ask what the VTN offers before registering
    #[arg(long)]
    query: bool,
    /// Cancel the registration when interrupted
    #[arg(long)]
    leave: bool,
}

const HELP: &str = "\
Start a VTN, then this VEN beside it, and give the VTN an event:

    ven --name ven-7

It registers, offers a report of its power and one of its status, polls, opts in, and turns its simulated load
down while an event runs. Ctrl-C stops it; it stays registered, and with --state goes on where it was.

Decide on each event yourself, by typing `in EVENT` or `out EVENT`:

    ven --opt ask --ask-for 5m

Report what something else measures, one `RID VALUE` a line:

    tail -f meter.log | ven --meter - --point power:W --point energy:Wh

With TLS, a public certificate at the VTN and a private one here (certificate and key in one file):

    ven --url https://vtn.example.com/OpenADR2/Simple/2.0b --identity ven.pem

With signed messages too, both sides certified by a private authority:

    ven --url https://vtn.example.com/OpenADR2/Simple/2.0b --ca ca.crt --tls-cert ven.crt --tls-key ven.key \\
        --sign-cert ven.crt --sign-key ven.key --trust ca.crt

A VTN knows a VEN by the fingerprint of its certificate, which is shown at the start: tell it beforehand.";

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Opt {
    In,
    Out,
    Ask,
}

#[derive(Debug, Clone)]
struct Point {
    rid: String,
    unit: ItemBase,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    out::ended(run(Arguments::parse()).await)
}

async fn run(arguments: Arguments) -> Result<()> {
    if let Some(twice) = named_twice(&arguments.points) {
        bail!("the data point {twice} is given twice");
    }
    let seed = u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_micros())?;
    let ven = match load_state(arguments.state.as_deref())? {
        Some(snapshot) => Ven::restore(config(&arguments), seed, snapshot),
        None => Ven::new(config(&arguments), seed),
    };
    let client = client(&arguments)?;
    // Better now than when there is something to remember.
    save_state(arguments.state.as_deref(), &ven.snapshot())?;
    let (driver, handle, mut notices) = Driver::new(client, ven, SystemClock);
    say(&format!("{} calls {}", arguments.name, arguments.url));
    if let Some(fingerprint) = arguments.signing.fingerprint()? {
        say(&format!("signs with the certificate {fingerprint}"));
    }
    let mut running = tokio::spawn(driver.run());
    start_input(&arguments, &handle)?;
    if arguments.meter.is_none() {
        tokio::spawn(simulate(
            handle.clone(),
            arguments.load,
            arguments.points.clone(),
            arguments.report_period,
        ));
    }
    let mut saved = None;
    loop {
        tokio::select! {
            notice = notices.next() => {
                let Some(notice) = notice else { break };
                tell(&notice, &handle).await;
                // Samples change all the time, and are worth less than a memory card.
                let snapshot = Snapshot { samples: Vec::new(), ..handle.snapshot().await? };
                if saved.as_ref() != Some(&snapshot) {
                    save_state(arguments.state.as_deref(), &snapshot)?;
                    saved = Some(snapshot);
                }
            }
            interrupted = tokio::signal::ctrl_c() => {
                interrupted?;
                break;
            }
        }
    }
    if arguments.leave && handle.with(|ven, _| ven.is_registered()).await? {
        handle.cancel_registration().await?;
        while let Some(notice) = notices.next().await {
            tell(&notice, &handle).await;
            if matches!(notice, Notice::Unregistered(_) | Notice::Failed { .. }) {
                break;
            }
        }
    }
    handle.stop();
    tokio::spawn(async {
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        say("waiting for an answer of the VTN; Ctrl-C stops without it");
    });
    tokio::select! {
        stopped = &mut running => save_state(arguments.state.as_deref(), &stopped?.snapshot())?,
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    say("stopped");
    // A thread may still wait for input.
    std::process::exit(0)
}

/// The name that two of the data points have.
fn named_twice(points: &[Point]) -> Option<&str> {
    let mut names = BTreeSet::new();
    points.iter().map(|point| point.rid.as_str()).find(|name| !names.insert(*name))
}

fn config(arguments: &Arguments) -> Config {
    let resource = arguments.resource.as_str();
    let points = arguments.points.iter().map(|point| ReportDescription {
        data_source: Some(Target::resource(resource)),
        ..ReportDescription::new(point.rid.as_str(), ReportType::Usage, point.unit.clone())
    });
    let usage = Offer::telemetry_usage("usage", points.collect());
    let mut offers = vec![usage.sampled_every(arguments.report_period)];
    if !arguments.without_status {
        let status = Offer::telemetry_status("status", vec![ReportDescription::status("status", resource)]);
        offers.push(status.sampled_every(arguments.report_period));
    }
    Config {
        ven_id: arguments.ven_id.as_deref().map(Into::into),
        vtn_id: arguments.vtn_id.as_deref().map(Into::into),
        query_registration: arguments.query,
        xml_signature: arguments.signing.sign_key.is_some(),
        opt_policy: match arguments.opt {
            Opt::In => OptPolicy::In,
            Opt::Out => OptPolicy::Out,
            Opt::Ask => OptPolicy::Ask { timeout: arguments.ask_for, default: OptType::In },
        },
        offers,
        ..Config::new(arguments.name.as_str())
    }
}

fn client(arguments: &Arguments) -> Result<Client> {
    let mut builder = Client::builder(arguments.url.as_str());
    if let Some(path) = &arguments.ca {
        let pem = read(path)?;
        builder =
            builder.trust(if arguments.system_ca { ServerTrust::Both(pem) } else { ServerTrust::Pem(pem) });
    }
    if let Some(path) = &arguments.identity {
        builder = builder.identity(match &arguments.key {
            Some(key) => ClientIdentity::from_cert_and_key(read(path)?, read(key)?),
            None => ClientIdentity::from_pem_bundle(read(path)?),
        });
    }
    if let Some(signer) = arguments.signing.signer()? {
        builder = builder.signer(signer);
    }
    if let Some(trust) = arguments.signing.trust()? {
        let trust = arguments.vtn_fingerprint.into_iter().fold(trust, Trust::only);
        builder = builder.acceptance(arguments.signing.acceptance(trust));
    }
    Ok(builder.build()?)
}

fn load_state(path: Option<&Path>) -> Result<Option<Snapshot>> {
    let Some(path) = path.filter(|path| path.exists()) else { return Ok(None) };
    let snapshot = serde_json::from_slice(&read(path)?);
    snapshot.map(Some).with_context(|| format!("{} is no state of a VEN", path.display()))
}

/// Writes beside the file and renames, so that a power cut leaves the old or the new.
fn save_state(path: Option<&Path>, snapshot: &Snapshot) -> Result<()> {
    let Some(path) = path else { return Ok(()) };
    let beside = path.with_extension("new");
    std::fs::write(&beside, serde_json::to_vec(snapshot)?)
        .and_then(|()| std::fs::rename(&beside, path))
        .with_context(|| format!("cannot write {}", path.display()))
}

/// Reads values and decisions, where there is something to read them from.
fn start_input(arguments: &Arguments, handle: &Handle) -> Result<()> {
    let stdin = || Box::new(std::io::stdin()) as Box<dyn Read + Send>;
    let input = match arguments.meter.as_deref() {
        Some(path) if path == Path::new("-") => stdin(),
        Some(path) => {
            let cannot = || format!("cannot read {}", path.display());
            let file = std::fs::File::open(path).with_context(cannot)?;
            if file.metadata().with_context(cannot)?.is_dir() {
                bail!("{}: it is a directory", cannot());
            }
            Box::new(file)
        }
        None if std::io::stdin().is_terminal() || matches!(arguments.opt, Opt::Ask) => stdin(),
        None => return Ok(()),
    };
    let handle = handle.clone();
    let runtime = tokio::runtime::Handle::current();
    std::thread::spawn(move || {
        for line in BufReader::new(input).lines() {
            let entered = match line {
                Ok(line) => runtime.block_on(enter(line.trim(), &handle)),
                // A line that is not text is followed by others.
                Err(error) if error.kind() == ErrorKind::InvalidData => {
                    Err(anyhow::anyhow!("a line that is not text"))
                }
                Err(error) => return say(&format!("! no more input: {error}")),
            };
            if let Err(error) = entered {
                say(&format!("! {error}"));
            }
        }
    });
    Ok(())
}

/// `in EVENT`, `out EVENT`, or a data point and its value.
async fn enter(line: &str, handle: &Handle) -> Result<()> {
    let Some((first, second)) = line.split_once(char::is_whitespace) else {
        if line.is_empty() {
            return Ok(());
        }
        bail!("`{line}` is neither `in EVENT`, `out EVENT` nor `RID VALUE`");
    };
    match (first, second.trim()) {
        ("in", event) => handle.opt(event.into(), OptType::In).await?,
        ("out", event) => handle.opt(event.into(), OptType::Out).await?,
        (rid, value) => {
            let value = number(value).map_err(anyhow::Error::msg)?;
            handle.record(Sample::new(rid, Utc::now(), value)).await?;
        }
    }
    Ok(())
}

/// A load that runs up and down by a tenth in ten minutes, and follows events.
async fn simulate(handle: Handle, load_w: f64, points: Vec<Point>, period: TimeDelta) {
    let mut every =
        tokio::time::interval(period.to_std().unwrap_or_default().max(std::time::Duration::from_millis(100)));
    let mut energy_wh = 0.0;
    loop {
        every.tick().await;
        let Ok(in_force) = handle.with(|ven, now| ven.in_force(now)).await else { return };
        let now = Utc::now();
        let phase = f64::from(u32::try_from(now.timestamp().rem_euclid(600)).unwrap_or(0)) / 600.0;
        let natural_w = load_w * (1.0 + 0.1 * (phase * std::f64::consts::TAU).sin());
        let power_w = in_force.first().map_or(natural_w, |first| follow(natural_w, &first.signal));
        energy_wh += power_w * period.as_seconds_f64() / 3600.0;
        for point in &points {
            let value = if matches!(point.unit, ItemBase::EnergyReal(_)) { energy_wh } else { power_w };
            if handle.record(Sample::new(point.rid.as_str(), now, value.round())).await.is_err() {
                return;
            }
        }
    }
}

/// What the load draws under a signal.
fn follow(natural_w: f64, signal: &SignalValue) -> f64 {
    match signal.name {
        SignalName::Simple | SignalName::SimpleA => natural_w * (1.0 - signal.value / 3.0).clamp(0.0, 1.0),
        SignalName::LoadDispatch => {
            let scale = signal.unit.as_ref().and_then(ItemBase::scale).map_or(0, SiScale::exponent);
            (signal.value * 10_f64.powi(scale)).clamp(0.0, natural_w)
        }
        _ => natural_w,
    }
}

fn point(text: &str) -> Result<Point, String> {
    let fault = || format!("`{text}` is not a name and a unit such as power:W");
    let (rid, unit) = text.rsplit_once(':').filter(|(rid, _)| !rid.is_empty()).ok_or_else(fault)?;
    let unit = match unit {
        "W" => ItemBase::power_real_w(SiScale::None),
        "kW" => ItemBase::power_real_w(SiScale::Kilo),
        "Wh" => ItemBase::energy_real_wh(SiScale::None),
        "kWh" => ItemBase::energy_real_wh(SiScale::Kilo),
        _ => return Err(fault()),
    };
    Ok(Point { rid: rid.to_owned(), unit })
}
