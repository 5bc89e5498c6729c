//! The demonstration: an evening of a house with a 7 kW car charger, on accelerated time, over real sockets.
//!
//! A VTN listens on loopback. A VEN registers with it and offers telemetry. The house's meter is a capture of encrypted
//! Zigbee frames, played at the clock's speed; the readings go up in reports. An operator dispatches an event; while it
//! is active the charger sheds. The capture knows nothing of the event, so from its start on the same model house that
//! the capture was made from makes the frames as they are needed.

mod chart;
mod clock;
mod story;
mod wire;

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result};
use cad_zigbee::pcap;
use cad_zigbee::readings::Reading;
use cad_zigbee::sniffer::Sniffer;
use cad_zigbee::zcl::general::GeneralCommand;
use chrono::{DateTime, TimeDelta, Utc};
use openadr_client::http::{Client, Clock as _, Driver, Handle as VenHandle, Notices};
use openadr_client::{Config as VenConfig, Notice as VenNotice, Offer, Sample, Ven};
use openadr_types::event::{EventSignal, EventStatus, OptType, SignalName, SignalType};
use openadr_types::interval;
use openadr_types::report::{ReportDescription, ReportType};
use openadr_types::target::Target;
use openadr_types::units::{ItemBase, SiScale};
use openadr_vtn::http::{Handle as VtnHandle, Options, PATH};
use openadr_vtn::report::ReportPolicy;
use openadr_vtn::{Config as VtnConfig, NewEvent, Notice as VtnNotice, Vtn};
use sgam::Placed;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::house::{self, House};
use crate::out;
use chart::Point;
use clock::FastClock;
use story::{Step, Voice};
use wire::Wire;

pub use story::Story;

/// A second of ours is so many of the house's.
const SPEED: u32 = 900;
/// How long the ends have to find each other before the evening begins.
const BEFORE: TimeDelta = TimeDelta::minutes(15);
/// How long the evening lasts.
const EVENING: TimeDelta = TimeDelta::minutes(225);
/// When the operator acts, from the evening's start.
const DISPATCH_AT: TimeDelta = TimeDelta::minutes(65);
/// When the event starts.
const EVENT_AT: TimeDelta = TimeDelta::minutes(90);
/// How long it lasts.
const EVENT_LENGTH: TimeDelta = TimeDelta::minutes(60);
/// What the charger may draw during the event: the least that a car can charge with, in kilowatts.
const EVENT_KW: f64 = 1.4;
/// What must be gone from the reports for the fall to count, in kilowatts.
const FALL_KW: f64 = 4.0;

const CAPTURE: &[u8] = include_bytes!("../../data/evening.pcap");

/// Runs the demonstration, printing as it goes; returns what was seen.
///
/// # Errors
/// When a socket or the capture fails.
pub async fn run() -> Result<Story> {
    let evening: DateTime<Utc> = DateTime::UNIX_EPOCH + TimeDelta::from_std(house::START.0)?;
    let clock = FastClock::start(evening - BEFORE, SPEED);
    let (story, wire) = (Story::default(), Wire::default());
    let house = Arc::new(Mutex::new(PlayedHouse::new()));

    out::say(format_args!(
        "An evening in {} seconds: one second here is {} minutes there.\n",
        seconds(BEFORE + EVENING),
        SPEED / 60
    ));
    let (operator, reports, address) = start_vtn(clock, &wire, &story).await?;
    let (driver, ven, notices) = start_ven(clock, &address)?;
    tokio::spawn(driver.run());

    let points = Arc::new(Mutex::new(Vec::new()));
    let listening = tokio::spawn(watch_reports(reports, clock, story.clone(), Arc::clone(&points)));
    let deciding = tokio::spawn(follow_events(notices, clock, story.clone(), Arc::clone(&house)));
    let dispatching = tokio::spawn(dispatch(operator.clone(), clock, story.clone(), evening));
    play_meter(&house, &ven, clock, &story, evening).await?;

    ven.stop();
    deciding.await?;
    dispatching.await??;
    listening.abort();

    let points = points.lock().unwrap_or_else(PoisonError::into_inner).clone();
    summarise(&points, &story, &wire, evening);
    Ok(story)
}

fn seconds(length: TimeDelta) -> i64 {
    length.num_seconds() / i64::from(SPEED)
}

/// A VTN on a free port of loopback, its notices, and the address for VENs.
async fn start_vtn(
    clock: FastClock,
    wire: &Wire,
    story: &Story,
) -> Result<(VtnHandle, UnboundedReceiver<VtnNotice>, String)> {
    let minutes = TimeDelta::minutes;
    let config = VtnConfig {
        poll_freq: minutes(5),
        reports: ReportPolicy::Telemetry { granularity: minutes(1), report_back: minutes(5) },
        ..VtnConfig::default()
    };
    let options = Options { clock: Arc::new(move || clock.now()), ..Options::default() };
    let (router, operator, notices) = openadr_vtn::http::router(Vtn::new(config, 7), options);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.context("no free port on loopback")?;
    let address = format!("http://{}{PATH}", listener.local_addr()?);
    let router = wire.tap(router);
    tokio::spawn(async move { axum::serve(listener, router).await });
    let time = operator.clone();
    tokio::spawn(async move { time.keep_time().await });
    story.tell(clock.now(), Voice::Vtn, &format!("listens on {address}"));
    story.saw(Step::VtnStarted);
    Ok((operator, notices, address))
}

fn start_ven(clock: FastClock, address: &str) -> Result<(Driver<FastClock>, VenHandle, Notices)> {
    let point = |rid: &str, unit| ReportDescription {
        data_source: Some(Target::resource("meter")),
        ..ReportDescription::new(rid, ReportType::Usage, unit)
    };
    let usage = vec![
        point("power", ItemBase::power_real_w(SiScale::Kilo)),
        point("energy", ItemBase::energy_real_wh(SiScale::Kilo)),
    ];
    let status = vec![ReportDescription::status("status", "charger")];
    let minute = TimeDelta::minutes(1);
    let config = VenConfig {
        offers: vec![
            Offer::telemetry_usage("usage", usage).sampled_every(minute),
            Offer::telemetry_status("status", status).sampled_every(minute),
        ],
        ..VenConfig::new("12 Oak Street")
    };
    Ok(Driver::new(Client::builder(address).build()?, Ven::new(config, 12), clock))
}

/// The house, of which the capture tells until something happens that the capture cannot know.
#[derive(Debug)]
struct PlayedHouse {
    house: House,
    modelled: bool,
}

impl PlayedHouse {
    fn new() -> Self {
        Self { house: House::new(), modelled: false }
    }
}

/// Plays the meter's frames, reads them as a listener with the keys does, and hands the readings to the VEN.
async fn play_meter(
    house: &Mutex<PlayedHouse>,
    ven: &VenHandle,
    clock: FastClock,
    story: &Story,
    evening: DateTime<Utc>,
) -> Result<()> {
    let mut sniffer = Sniffer::new();
    {
        let mut house = house.lock().unwrap_or_else(PoisonError::into_inner);
        sniffer.add_key(house.house.network_key());
        sniffer.add_key(house.house.link_key());
        // What the model says to join is in the capture.
        house.house.join()?;
    }
    for packet in pcap::packets(CAPTURE)? {
        let packet = packet?;
        let (recorded, trailer) = packet.mac_frame()?;
        let time = packet.time.context("the capture has times")?;
        let at = DateTime::UNIX_EPOCH + TimeDelta::from_std(time.0)?;
        if at > evening + EVENING {
            break;
        }
        clock.sleep_until(at).await;
        let frame = next_frame(house, at, evening, recorded)?;
        let decoded = sniffer.mac(&frame, trailer, Some(time));
        if let Some((layer, error)) = decoded.error {
            anyhow::bail!("a frame of the meter: {layer:?}: {error}");
        }
        if !decoded.readings.is_empty() && story.saw(Step::MeterRead) {
            let text: Vec<String> = decoded.readings.iter().map(shown).collect();
            story.tell(
                clock.now(),
                Voice::Meter,
                &format!("first encrypted frame read: {}", text.join(", ")),
            );
        }
        for reading in decoded.readings {
            let rid = match reading.quantity.to_string().as_str() {
                "power" => "power",
                "energy_import" => "energy",
                _ => continue,
            };
            ven.record(Sample::new(rid, at, reading.value.to_f64())).await?;
        }
    }
    Ok(())
}

/// The frame for this moment: the recorded one, or the model's once the two part.
fn next_frame(
    house: &Mutex<PlayedHouse>,
    at: DateTime<Utc>,
    evening: DateTime<Utc>,
    recorded: &[u8],
) -> Result<Vec<u8>> {
    let mut house = house.lock().unwrap_or_else(PoisonError::into_inner);
    if at < evening + TimeDelta::seconds(60) {
        return Ok(recorded.to_vec());
    }
    let modelled = house.house.step(60)?;
    let frame = modelled.into_iter().next().context("a step makes a frame")?;
    Ok(if house.modelled { frame.bytes } else { recorded.to_vec() })
}

fn shown(reading: &Reading) -> String {
    format!("{} {} {}", reading.quantity, reading.value, reading.unit)
}

/// Prints what arrives at the VTN, and keeps the power.
async fn watch_reports(
    mut notices: UnboundedReceiver<VtnNotice>,
    clock: FastClock,
    story: Story,
    points: Arc<Mutex<Vec<Point>>>,
) {
    while let Some(notice) = notices.recv().await {
        let now = clock.now();
        match notice {
            VtnNotice::Registered { ven_id, name, .. } => {
                let name = name.unwrap_or_default();
                story.tell(now, Voice::Vtn, &format!("registers {name:?} as {ven_id}"));
            }
            VtnNotice::ReportsOffered { reports, .. } => {
                let points: usize = reports.iter().map(|report| report.descriptions.len()).sum();
                if points > 0 && story.saw(Step::TelemetryOffered) {
                    let text = format!(
                        "is offered {} reports of {points} data points, asks for them",
                        reports.len()
                    );
                    story.tell(now, Voice::Vtn, &text);
                }
            }
            VtnNotice::Telemetry { readings, .. } => {
                let mut points = points.lock().unwrap_or_else(PoisonError::into_inner);
                let power = readings.iter().filter(|reading| reading.rid.as_str() == "power");
                let before = points.len();
                points
                    .extend(power.filter_map(|reading| {
                        Some(Point { at: reading.start, kw: reading.value.number()? })
                    }));
                let new = &points[before..];
                if let Some(last) = new.last() {
                    story.saw(Step::ReportArrived);
                    let text = format!("has {} new values, the last {:.3} kW", new.len(), last.kw);
                    story.tell(now, Voice::Vtn, &text);
                }
            }
            VtnNotice::Opt { ven_id, event, opt_type, .. } => {
                if opt_type == OptType::In {
                    story.saw(Step::OptedIn);
                }
                story.tell(now, Voice::Vtn, &format!("{ven_id} says {opt_type} to {}", event.event_id));
            }
            VtnNotice::Event { event_id, status } => {
                story.tell(now, Voice::Vtn, &format!("event {event_id} is {status}"));
                if status == EventStatus::Active {
                    story.saw(Step::EventActive);
                }
            }
            _ => {}
        }
    }
}

/// Does what the VEN is told: holds the charger while the event runs.
async fn follow_events(mut notices: Notices, clock: FastClock, story: Story, house: Arc<Mutex<PlayedHouse>>) {
    let limit = |limit_w: u32| {
        let mut house = house.lock().unwrap_or_else(PoisonError::into_inner);
        house.modelled = true;
        let before = house.house.charger_w();
        house.house.limit_charger(limit_w);
        (before, house.house.charger_w())
    };
    while let Some(notice) = notices.next().await {
        let now = clock.now();
        match notice {
            VenNotice::Registered { registration, .. } => {
                story.saw(Step::Registered);
                story.tell(
                    now,
                    Voice::Ven,
                    &format!("is registered with {} as {}", registration.vtn_id, registration.ven_id),
                );
            }
            VenNotice::ReportRequested { report_specifier_id, .. } => {
                story.saw(Step::TelemetryRequested);
                story.tell(now, Voice::Ven, &format!("is asked for report {report_specifier_id}"));
            }
            VenNotice::EventReceived { event_id, .. } => {
                story.tell(now, Voice::Ven, &format!("receives event {event_id}, opts in"));
            }
            VenNotice::EventStarted { event_id, values, .. } => {
                let Some(signal) = values.first() else { continue };
                let limit_w = house::CHARGER_W.min(watts(signal.value));
                story.tell(
                    now,
                    Voice::Ven,
                    &format!("event {event_id} starts: {} {} kW", signal.name, signal.value),
                );
                let (before, after) = limit(limit_w);
                if after < before {
                    story.saw(Step::ChargerShed);
                }
                let text = format!(
                    "charger goes from {before} W to {after} W (from here on modelled: the capture knows no event)"
                );
                story.tell(now, Voice::House, &text);
            }
            VenNotice::EventEnded { event_id } => {
                story.tell(now, Voice::Ven, &format!("event {event_id} is over"));
                let (before, after) = limit(house::CHARGER_W);
                if after > before {
                    story.saw(Step::EventOver);
                }
                story.tell(now, Voice::House, &format!("charger goes from {before} W to {after} W"));
            }
            VenNotice::Failed { message, failure, .. } => {
                story.tell(now, Voice::Ven, &format!("cannot send {message}: {failure}"));
            }
            _ => {}
        }
    }
}

/// A power in kilowatts as whole watts.
fn watts(kw: f64) -> u32 {
    // A float becomes the nearest number that an integer can hold.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
    let watts = (kw * 1000.0).round() as u32;
    watts
}

/// The operator, who acts in time.
async fn dispatch(operator: VtnHandle, clock: FastClock, story: Story, evening: DateTime<Utc>) -> Result<()> {
    clock.sleep_until(evening + DISPATCH_AT).await;
    let intervals = interval::series([(EVENT_LENGTH.into(), EVENT_KW)]);
    let signal = EventSignal::new("charger", SignalName::LoadDispatch, SignalType::Setpoint, intervals)
        .with_unit(ItemBase::power_real_w(SiScale::Kilo));
    let start = evening + EVENT_AT;
    let event =
        NewEvent { priority: Some(1), ..NewEvent::new("http://example.com/evening-peak", start, signal) };
    let id = operator.with(|vtn, now| vtn.create_event(event, now))?;
    story.saw(Step::EventDispatched);
    let text = format!(
        "operator dispatches event {id}: charger to {EVENT_KW} kW from {} for {} minutes",
        start.format("%H:%M"),
        EVENT_LENGTH.num_minutes()
    );
    story.tell(clock.now(), Voice::Vtn, &text);
    Ok(())
}

/// What was seen, what the VTN knows of the evening, and where each message stands in the architecture.
fn summarise(points: &[Point], story: &Story, wire: &Wire, evening: DateTime<Utc>) {
    let (start, end) = (evening + EVENT_AT, evening + EVENT_AT + EVENT_LENGTH);
    let before = chart::mean_kw(points, start - TimeDelta::minutes(30), start);
    let during = chart::mean_kw(points, start, end);
    out::say("\nPower as the VTN knows it from the reports\n");
    out::put(chart::draw(points, (evening, evening + EVENING), Some((start, end))));
    if let (Some(before), Some(during)) = (before, during) {
        out::say(format_args!(
            "\nMean power {before:.2} kW in the half hour before the event, {during:.2} kW during it."
        ));
        if before - during >= FALL_KW {
            story.saw(Step::FallSeen);
        }
    }
    out::say("\nWhere each exchange stands in the Smart Grid Architecture Model\n");
    let seen = wire.seen();
    let openadr = seen.values().flat_map(wire::Seen::exchanges);
    let metering = GeneralCommand::every_exchange().filter(|exchange| {
        ["Report Attributes", "Read Attributes Response"].contains(&exchange.message)
            && exchange.between(&sgam::actors::ELECTRICITY_METER, &sgam::actors::CAD)
    });
    out::put(sgam::render::table(metering.chain(openadr)));
    let counts: Vec<String> =
        seen.iter().map(|((name, from), seen)| format!("{name} {} ({from})", seen.count)).collect();
    out::say(format_args!("\nOn the wire: {}.", counts.join(", ")));
    out::say("\nSteps");
    for step in Step::ALL {
        out::say(format_args!("  {} {}", if story.has(step) { "✓" } else { "✗" }, step.label()));
    }
    out::say(format_args!(
        "\n{}",
        if story.all() { "Every step was seen to happen." } else { "Not every step was seen." }
    ));
}
