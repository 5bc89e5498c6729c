//! The timeline as it happens, and the steps that must all be seen.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};

use crate::out;

/// What has to happen, in this order of telling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The VTN listens.
    VtnStarted,
    /// The VEN registers.
    Registered,
    /// The VTN learns what the VEN can report.
    TelemetryOffered,
    /// The VEN is asked to.
    TelemetryRequested,
    /// A frame of the meter is decrypted and read.
    MeterRead,
    /// A reading arrives at the VTN.
    ReportArrived,
    /// The operator makes an event.
    EventDispatched,
    /// The VEN opts in.
    OptedIn,
    /// The event becomes active at both ends.
    EventActive,
    /// The charger sheds.
    ChargerShed,
    /// The VTN sees the fall in the reports.
    FallSeen,
    /// The event ends and the charger goes on.
    EventOver,
}

impl Step {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::VtnStarted,
        Self::Registered,
        Self::TelemetryOffered,
        Self::TelemetryRequested,
        Self::MeterRead,
        Self::ReportArrived,
        Self::EventDispatched,
        Self::OptedIn,
        Self::EventActive,
        Self::ChargerShed,
        Self::FallSeen,
        Self::EventOver,
    ];

    /// The step in words.
    pub fn label(self) -> &'static str {
        match self {
            Self::VtnStarted => "a VTN starts",
            Self::Registered => "a VEN registers",
            Self::TelemetryOffered => "it offers telemetry",
            Self::TelemetryRequested => "the VTN asks for it",
            Self::MeterRead => "the meter's encrypted frames are read",
            Self::ReportArrived => "readings arrive as oadrUpdateReport",
            Self::EventDispatched => "an operator dispatches an event",
            Self::OptedIn => "the VEN opts in",
            Self::EventActive => "the event becomes active",
            Self::ChargerShed => "the charger sheds",
            Self::FallSeen => "the VTN sees the fall in the reports",
            Self::EventOver => "the event ends, the charger goes on",
        }
    }
}

/// Who says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voice {
    /// The operator's side.
    Vtn,
    /// The home energy management system.
    Ven,
    /// The meter and what listens to it.
    Meter,
    /// The house and its charger.
    House,
}

/// The timeline, shared by all that take part.
#[derive(Debug, Clone, Default)]
pub struct Story(Arc<Mutex<BTreeSet<Step>>>);

impl Story {
    /// Prints a line.
    pub fn tell(&self, at: DateTime<Utc>, voice: Voice, text: &str) {
        let (name, colour) = match voice {
            Voice::Vtn => ("VTN  ", "36"),
            Voice::Ven => ("VEN  ", "32"),
            Voice::Meter => ("meter", "33"),
            Voice::House => ("house", "35"),
        };
        let name = if out::is_colourful() { format!("\x1b[{colour}m{name}\x1b[0m") } else { name.to_owned() };
        out::say(format_args!("{}  {name}  {text}", at.format("%H:%M")));
    }

    /// Notes that a step was seen to happen; true the first time.
    pub fn saw(&self, step: Step) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(step)
    }

    /// Whether a step was seen.
    pub fn has(&self, step: Step) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&step)
    }

    /// Whether all steps were.
    pub fn all(&self) -> bool {
        Step::ALL.into_iter().all(|step| self.has(step))
    }
}
