//! Opts: times for which a VEN takes part or does not, and events it has changed its mind about (EiOpt).
//!
//! ```
//! use openadr_client::opts::NewOpt;
//! use openadr_client::{Config, Ven};
//! use openadr_types::event::OptType;
//! use openadr_types::period::Period;
//!
//! let mut ven = Ven::new(Config::new("ven-7"), 1);
//! let holidays = Period::new("2026-12-24T00:00:00Z".parse()?, "P8D".parse()?);
//! let opt_id = ven.create_opt(NewOpt::schedule(OptType::Out, vec![holidays]));
//! ven.cancel_opt(&opt_id)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use openadr_types::Message;
use openadr_types::event::{OptType, QualifiedEventId};
use openadr_types::ids::{MarketContext, OptId, VenId};
use openadr_types::opt::{CancelOpt, CreateOpt, OptReason};
use openadr_types::period::Period;
use openadr_types::target::Target;

use crate::error::Error;
use crate::random::Random;

/// What a VEN opts for.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct NewOpt {
    /// In or out.
    pub opt_type: OptType,
    /// Why.
    pub reason: OptReason,
    /// What it is about.
    pub subject: Subject,
    /// Which resources; empty means the whole VEN.
    pub target: Target,
    /// The class of devices it is for; only its `end_device_assets` count.
    pub device_class: Option<Target>,
}

/// What an opt is about.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Subject {
    /// Times.
    Schedule {
        /// Only starts and durations count.
        availability: Vec<Period>,
        /// The programme it is for; absent for all.
        market_context: Option<MarketContext>,
    },
    /// An event.
    Event(QualifiedEventId),
}

impl NewOpt {
    /// Opts for times, under any programme, for the whole VEN.
    pub fn schedule(opt_type: OptType, availability: Vec<Period>) -> Self {
        Self {
            opt_type,
            reason: OptReason::Schedule,
            subject: Subject::Schedule { availability, market_context: None },
            target: Target::default(),
            device_class: None,
        }
    }

    /// Opts for an event, for the whole VEN.
    pub fn event(opt_type: OptType, event: QualifiedEventId) -> Self {
        let reason = match opt_type {
            OptType::In => OptReason::Participating,
            OptType::Out => OptReason::NotParticipating,
        };
        Self { reason, subject: Subject::Event(event), ..Self::schedule(opt_type, Vec::new()) }
    }
}

/// An opt, and how far the VTN knows of it.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Opt {
    /// Chosen by the VEN.
    pub opt_id: OptId,
    /// What it says.
    pub opt: NewOpt,
    /// Whether the VTN has it.
    pub state: OptState,
}

/// How far a VTN knows of an opt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum OptState {
    /// It has yet to be sent.
    New,
    /// The VTN has accepted it.
    Accepted,
    /// It is to be withdrawn.
    Withdrawn,
}

/// All opts of a VEN.
#[derive(Debug, Default)]
pub(crate) struct Opts {
    pub(crate) all: Vec<Opt>,
    /// Those that were sent, and maybe have arrived although no answer says so.
    sent: BTreeSet<OptId>,
}

impl Opts {
    /// The opts of a former VEN, of which any may have been sent.
    pub(crate) fn restore(all: Vec<Opt>) -> Self {
        let sent = all.iter().map(|opt| opt.opt_id.clone()).collect();
        Self { all, sent }
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(crate) fn create(&mut self, opt: NewOpt, random: &mut Random) -> OptId {
        let opt_id = OptId::from(random.id());
        self.all.push(Opt { opt_id: opt_id.clone(), opt, state: OptState::New });
        opt_id
    }

    /// Withdraws an opt; one that is in flight is withdrawn after its answer, and one that was never sent is forgotten.
    pub(crate) fn cancel(&mut self, opt_id: &OptId) -> Result<(), Error> {
        let place = self.all.iter().position(|opt| opt.opt_id == *opt_id);
        let place = place.ok_or_else(|| Error::UnknownOpt(opt_id.clone()))?;
        match self.all.get_mut(place) {
            Some(opt) if opt.state != OptState::New || self.sent.contains(opt_id) => {
                opt.state = OptState::Withdrawn
            }
            _ => {
                self.all.remove(place);
            }
        }
        Ok(())
    }

    /// Whether there is something to send.
    pub(crate) fn is_due(&self) -> bool {
        self.all.iter().any(|opt| opt.state != OptState::Accepted)
    }

    /// The next message to send, and the opt it is about.
    pub(crate) fn next(
        &mut self,
        ven_id: &VenId,
        now: DateTime<Utc>,
        request_id: String,
    ) -> Option<(OptId, Message)> {
        let Opt { opt_id, opt, state } = self.all.iter().find(|opt| opt.state != OptState::Accepted)?;
        let message = match state {
            OptState::Withdrawn => CancelOpt::new(request_id, opt_id.clone(), ven_id.clone()).into(),
            OptState::New | OptState::Accepted => create_message(opt_id, opt, ven_id, now, request_id).into(),
        };
        self.sent.insert(opt_id.clone());
        Some((opt_id.clone(), message))
    }

    /// The VTN has accepted an opt, which may have been withdrawn meanwhile.
    pub(crate) fn accepted(&mut self, opt_id: &OptId) {
        if let Some(opt) = self.all.iter_mut().find(|opt| opt.opt_id == *opt_id && opt.state == OptState::New)
        {
            opt.state = OptState::Accepted;
        }
        // An opt for an event has nothing more to it; it ends with the event.
        self.all
            .retain(|opt| opt.state != OptState::Accepted || !matches!(opt.opt.subject, Subject::Event(_)));
        self.sent.retain(|sent| self.all.iter().any(|opt| opt.opt_id == *sent));
    }

    pub(crate) fn forget(&mut self, opt_id: &OptId) {
        self.all.retain(|opt| opt.opt_id != *opt_id);
        self.sent.remove(opt_id);
    }
}

fn create_message(
    opt_id: &OptId,
    opt: &NewOpt,
    ven_id: &VenId,
    now: DateTime<Utc>,
    request_id: String,
) -> CreateOpt {
    let (opt_id, ven_id, created) = (opt_id.clone(), ven_id.clone(), now.into());
    let mut message = match &opt.subject {
        Subject::Schedule { availability, market_context } => {
            let mut message =
                CreateOpt::schedule(opt_id, ven_id, opt.opt_type, created, availability.clone());
            message.market_context.clone_from(market_context);
            message
        }
        Subject::Event(event) => CreateOpt::event(opt_id, ven_id, opt.opt_type, created, event.clone()),
    };
    message.request_id = request_id.into();
    message.reason = opt.reason.clone();
    message.target = opt.target.clone();
    message.device_class.clone_from(&opt.device_class);
    message
}
