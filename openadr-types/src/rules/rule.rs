use xml_wire::XmlText;

/// A rule that messages are checked against, by its number in the profile or, where it has none, by a name.
///
/// Those without a number that give [`Severity::Info`](super::Severity::Info) are not confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, XmlText)]
#[non_exhaustive]
pub enum Rule {
    /// Intervals are numbered from 0 in steps of 1.
    #[xml("2")]
    IntervalUids,
    /// A new event has modification number 0.
    #[xml("4")]
    NewEvent,
    /// Each change of an event adds one to its modification number.
    #[xml("5")]
    ChangedEvent,
    /// A signal's intervals together last as long as the event.
    #[xml("8")]
    IntervalDurations,
    /// SIMPLE levels are 0, 1, 2 and 3.
    #[xml("9")]
    SimpleLevels,
    /// An event is answered once where it asks for an answer, and never where it does not.
    #[xml("12")]
    EventResponses,
    /// The current value of a SIMPLE signal is that of the running interval, and 0 while the event is not active.
    #[xml("14")]
    CurrentValue,
    /// Active events come first, then pending ones, then completed ones.
    #[xml("15")]
    EventOrder,
    /// A VTN accepts an opt in as well as an opt out.
    #[xml("16")]
    OptAccepted,
    /// A VTN accepts an opt out of an event that was opted in to before.
    #[xml("17")]
    LaterOptAccepted,
    /// Parties are named as registered, and an event names at most one VEN.
    #[xml("21")]
    Parties,
    /// Events that were asked for come with a response, events that were not come without.
    #[xml("40")]
    ResponseToPull,
    /// An answer to events carries their request identifier with each event, and none for the whole.
    #[xml("42")]
    EventRequestId,
    /// Answers carry the profile's response codes.
    #[xml("48")]
    ResponseCodes,
    /// An event that is left out is cancelled.
    #[xml("61")]
    ImplicitCancel,
    /// Events are answered before the next poll.
    #[xml("62")]
    AnswerBeforePoll,
    /// A signal that is not supported is refused with 460 and an opt out.
    #[xml("109")]
    UnsupportedSignal,
    /// An opt for an event outranks later answers to it.
    #[xml("206")]
    EventOpt,
    /// Reports are registered right after registration, even if there are none.
    #[xml("301")]
    ReportsAfterRegistration,
    /// A report that was not asked for is refused with 452.
    #[xml("304")]
    ReportAskedFor,
    /// Metadata are asked for by `METADATA` and `0`, and say so only where they were asked for.
    #[xml("306")]
    MetadataRequest,
    /// Metadata carry report request identifier `0`.
    #[xml("311")]
    MetadataRequestId,
    /// Metadata keep data for at least the longest sampling period.
    #[xml("312")]
    MetadataDuration,
    /// An interval without a start uses the report's.
    #[xml("314")]
    ReportStart,
    /// Usage is offered as energy or power read directly, status as resource status.
    #[xml("331")]
    DataPoints,
    /// A report's intervals agree with each other and with the report.
    #[xml("342")]
    ReportIntervals,
    /// A cancelled report is sent at most once more, where it is to follow.
    #[xml("345")]
    CancelledReport,
    /// Events are asked for after registration.
    #[xml("405")]
    EventsAfterRegistration,
    /// A registration that ended is not used again.
    #[xml("406")]
    EndedRegistration,
    /// Polling goes on until nothing is queued.
    #[xml("500")]
    PollUntilEmpty,
    /// Payloads state version 2.0b.
    #[xml("509")]
    SchemaVersion,
    /// A VEN offers telemetry of status and of usage.
    #[xml("510")]
    OfferedReports,

    /// A message is sent by a party that may.
    #[xml("sender")]
    Sender,
    /// An answer answers something.
    #[xml("answer")]
    Answer,
    /// A request has an identifier.
    #[xml("request-id")]
    RequestId,
    /// An answer echoes the request's identifier.
    #[xml("request-id-echo")]
    RequestIdEcho,
    /// A VEN's answer names it.
    #[xml("ven-id")]
    VenIdInAnswer,
    /// A message was written when it is sent.
    #[xml("created-time")]
    CreatedTime,
    /// A unit has the symbol and the description that the schema fixes.
    #[xml("fixed-value")]
    FixedValue,
    /// A refusal of an event is an opt out.
    #[xml("refusal-opt")]
    RefusalOpt,

    /// Events have identifiers of their own.
    #[xml("event-id")]
    EventId,
    /// An event stands where the clock says.
    #[xml("event-status")]
    EventStatus,
    /// An event says how long before its start it is told.
    #[xml("event-notification")]
    Notification,
    /// Events do not overlap.
    #[xml("event-overlap")]
    EventOverlap,
    /// Signals have identifiers of their own within their event.
    #[xml("signal-id")]
    SignalId,
    /// Signal names and types go together.
    #[xml("signal-type")]
    SignalType,
    /// Signals and units go together.
    #[xml("signal-unit")]
    SignalUnit,
    /// An interval of an event has no start of its own.
    #[xml("interval-start")]
    IntervalStart,
    /// An interval of an event has one number.
    #[xml("interval-value")]
    IntervalValue,
    /// A baseline's intervals together last as long as the baseline.
    #[xml("baseline-duration")]
    BaselineDuration,
    /// A signal is for a class of devices.
    #[xml("device-class")]
    DeviceClass,

    /// An opt has an identifier.
    #[xml("opt-id")]
    OptId,
    /// An opt is for a schedule or for an event.
    #[xml("opt-content")]
    OptContent,
    /// A schedule is made of starts and durations.
    #[xml("opt-availability")]
    OptAvailability,
    /// An opt that is withdrawn was made.
    #[xml("opt-known")]
    OptKnown,

    /// A registration says how the VEN is reached.
    #[xml("transport")]
    Transport,
    /// A VEN that polls is told how often.
    #[xml("poll-frequency")]
    PollFrequency,
    /// A VEN that is pushed to does not poll.
    #[xml("poll-push")]
    PollInPushMode,
    /// A registration is called what it was called.
    #[xml("registration-id")]
    RegistrationId,

    /// Reports on offer have identifiers of their own.
    #[xml("specifier-id")]
    SpecifierId,
    /// Data points have identifiers of their own within their report.
    #[xml("data-point-id")]
    DataPointId,
    /// Telemetry says how often it is taken.
    #[xml("sampling-rate")]
    SamplingRate,
    /// Metadata hold no data.
    #[xml("metadata-content")]
    MetadataContent,
    /// Requests for reports have identifiers of their own.
    #[xml("report-request-id")]
    ReportRequestId,
    /// A request asks for what is on offer.
    #[xml("report-offered")]
    ReportOffered,
    /// A request leaves unit and reading type to the metadata.
    #[xml("specifier-payload")]
    SpecifierPayload,
    /// A periodic request says from when for how long, and nothing else.
    #[xml("report-interval")]
    ReportInterval,
    /// A request asks for no more than is sampled, and for history at once.
    #[xml("granularity")]
    Granularity,
    /// Data have a start, intervals and a name, and no descriptions.
    #[xml("report-content")]
    ReportContent,
    /// Data are of the kind on offer.
    #[xml("report-name")]
    ReportName,
    /// Data are those asked for.
    #[xml("report-data-points")]
    ReportDataPoints,
    /// The state of a load control has the same parts throughout a report.
    #[xml("load-control-state")]
    LoadControlState,
    /// An update's answer cancels only what was in the update.
    #[xml("update-cancel")]
    UpdateCancel,
}

impl Rule {
    /// Its number in the profile, where it has one.
    pub fn number(&self) -> Option<u16> {
        self.as_str().parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_a_number_or_a_name() {
        assert_eq!(Rule::SchemaVersion.number(), Some(509));
        assert_eq!(Rule::EventOverlap.number(), None);
        assert_eq!("event-overlap".parse(), Ok(Rule::EventOverlap));
    }
}
