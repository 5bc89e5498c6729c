use chrono::{DateTime, Utc};
use openadr_types::event::{EventStatus, OptType, QualifiedEventId};
use openadr_types::ids::{EventId, OptId, ReportRequestId, ReportSpecifierId, VenId};
use openadr_types::opt::CreateOpt;
use openadr_types::report::Report;
use openadr_types::response::ResponseCode;

use crate::refusal::Refusal;
use crate::report::Reading;

/// Something the operator may want to know.
///
/// ```
/// use openadr_types::Message;
/// use openadr_types::message::Service;
/// use openadr_types::registration::CreatePartyRegistration;
/// use openadr_vtn::{Config, Notice, Peer, Vtn};
///
/// let mut vtn = Vtn::new(Config::default(), 1);
/// let register = CreatePartyRegistration::pull("request-1", "Heat pump").into();
/// vtn.handle(Service::RegisterParty, &Peer::default(), register, "2026-11-23T09:00:00Z".parse()?);
/// assert!(matches!(vtn.poll_event(), Some(Notice::Registered { name: Some(name), .. }) if name == "Heat pump"));
/// assert_eq!(vtn.poll_event(), None);
/// # Ok::<(), chrono::ParseError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Notice {
    /// A VEN registered.
    Registered {
        /// Which.
        ven_id: VenId,
        /// Its name.
        name: Option<String>,
        /// Whether it renewed its registration, so that its reports and opts stand.
        renewed: bool,
    },
    /// A registration ended.
    Unregistered {
        /// Whose.
        ven_id: VenId,
        /// Who ended it.
        by: Party,
    },
    /// A message was refused.
    Refused {
        /// Who sent it, as far as it says.
        ven_id: Option<VenId>,
        /// What it was.
        message: &'static str,
        /// Why.
        refusal: Refusal,
    },
    /// A VEN says what it can report; this replaces what it said before.
    ReportsOffered {
        /// Which VEN.
        ven_id: VenId,
        /// The metadata of each report.
        reports: Vec<Report>,
    },
    /// A VEN will send a report, or says that it cannot.
    ReportAnswered {
        /// Which VEN.
        ven_id: VenId,
        /// The request.
        report_request_id: ReportRequestId,
        /// How it went.
        code: ResponseCode,
        /// Why, for people.
        description: Option<String>,
    },
    /// A report arrived.
    Telemetry {
        /// From which VEN.
        ven_id: VenId,
        /// The request that it answers.
        report_request_id: ReportRequestId,
        /// The report, as offered.
        report_specifier_id: ReportSpecifierId,
        /// Its values.
        readings: Vec<Reading>,
    },
    /// A report will not be sent any more.
    ReportCanceled {
        /// By which VEN.
        ven_id: VenId,
        /// The request.
        report_request_id: ReportRequestId,
    },
    /// A VEN opted in or out of an event, for the first time or differently than before.
    Opt {
        /// Which VEN.
        ven_id: VenId,
        /// The event, and which state of it.
        event: QualifiedEventId,
        /// In or out.
        opt_type: OptType,
        /// 200, or why the VEN cannot do what the event asks.
        code: ResponseCode,
    },
    /// A VEN could make nothing of the events it was sent.
    EventsRefused {
        /// Which VEN.
        ven_id: VenId,
        /// Why.
        code: ResponseCode,
        /// The same for people.
        description: Option<String>,
    },
    /// A VEN opted in or out for a time.
    OptSchedule(Box<CreateOpt>),
    /// A VEN withdrew an opt.
    OptCanceled {
        /// Which VEN.
        ven_id: VenId,
        /// The opt.
        opt_id: OptId,
    },
    /// An event reached another status.
    Event {
        /// Which.
        event_id: EventId,
        /// How it stands now.
        status: EventStatus,
    },
    /// A VEN has not been heard of for longer than it should.
    Silent {
        /// Which.
        ven_id: VenId,
        /// When it was last heard of.
        last_seen: DateTime<Utc>,
    },
    /// A silent VEN was heard of again.
    Returned {
        /// Which.
        ven_id: VenId,
    },
    /// A VEN was sent a message several times, and did not answer; it will not be sent again.
    Unanswered {
        /// Which VEN.
        ven_id: VenId,
        /// The message.
        message: &'static str,
    },
}

/// A side of a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Party {
    /// The VEN.
    Ven,
    /// The operator of the VTN.
    Vtn,
}
