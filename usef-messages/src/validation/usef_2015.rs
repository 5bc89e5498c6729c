//! The rules that apply to messages of USEF 2015 too: program time units (PTU) for ISPs, sequences for references.

use chrono::TimeDelta;
use rust_decimal::Decimal;

use super::span::{self, Span};
use super::{Code, Context, Failure, Failures, Place, Policy, address, currency, decimals, flex, isps};
use crate::calendar::{IspCalendar, Run};
use crate::usef_2015::Payload;
use crate::usef_2015::metadata::MessageMetadata;
use crate::usef_2015::meter_data::MeterDataQueryResponse;
use crate::usef_2015::prognosis::Ptu;
use crate::usef_2015::settlement::SettlementMessage;
use crate::values::{Currency, Disposition, EntityAddress, Period, TimeZone};
use xml_wire::{DateTime, Duration};

/// The day that a message with program time units is about.
macro_rules! day {
    ($message:expr) => {
        Day {
            period: $message.period,
            time_zone: &$message.time_zone,
            ptu_duration: &$message.ptu_duration,
            congestion_point: $message.congestion_point.as_ref(),
            expires: None,
            currency: None,
        }
    };
}

/// What a message of USEF 2015 breaks by itself, whoever reads it, whenever.
///
/// ```
/// use usef_messages::usef_2015::Payload;
/// use usef_messages::validation::{Code, check_2015};
///
/// let plan = r#"<Prognosis Type="D-Prognosis" PTU-Duration="PT15M" Period="2016-03-27" TimeZone="Europe/Amsterdam"
///     CongestionPoint="ean.871685900012636543" Sequence="1"><MessageMetadata SenderDomain="agr.example"
///     SenderRole="AGR" RecipientDomain="dso.example" RecipientRole="DSO" TimeStamp="2016-03-26T11:00:00"
///     MessageID="1e3d5155-3942-5525-baf1-7cd0c48e1e98" ConversationID="610fbabf-904b-5a60-a025-743f36c1fff4"
///     Precedence="Routine"/><PTU Power="500" Start="1" Duration="96"/></Prognosis>"#;
/// let failures = check_2015(&Payload::from_xml(plan.as_bytes())?);
/// assert_eq!(failures[0].code, Code::IspBounds); // the clock goes forward: 92
/// assert_eq!(failures[0].path, "/Prognosis/PTU[1]");
/// # Ok::<(), usef_messages::Error>(())
/// ```
pub fn check_2015(payload: &Payload) -> Vec<Failure> {
    validate_2015(payload, &Context::new(&Policy::anyone()))
}

/// What a message of USEF 2015 breaks, as far as it can be seen without the messages before it.
///
/// At most 100 errors and 100 other failures are told.
///
/// Of the policy its own domain, its lengths and time zones, and its time apply; of the sender its domain, since the roles
/// stand in the message. Editions do not.
pub fn validate_2015(payload: &Payload, context: &Context<'_>) -> Vec<Failure> {
    let mut out = Failures::new(context.policy);
    let place = &Place::root(payload.name());
    check_metadata(payload, payload.metadata(), &place.at("MessageMetadata"), context, &mut out);
    match payload {
        Payload::Prognosis(message) => {
            let day = day!(message).check(&message.ptus, place, context, &mut out);
            if let Some(day) = day {
                isps::check_complete("PTU", message.ptus.iter().map(run), &day, place, &mut out);
            }
        }
        Payload::FlexRequest(message) => {
            let day = Day { expires: Some(message.expiration_date_time), ..day!(message) };
            day.check(&message.ptus, place, context, &mut out);
            if message.ptus.iter().all(|ptu| ptu.disposition != Some(Disposition::Requested)) {
                out.missing(Code::RequestedLacking, place);
            }
        }
        Payload::FlexOffer(message) => {
            let (expires, currency) = (Some(message.expiration_date_time), Some(&message.currency));
            let day = Day { expires, currency, ..day!(message) };
            day.check(&message.ptus, place, context, &mut out);
        }
        Payload::FlexOrder(message) => {
            let (expires, currency) = (Some(message.expiration_date_time), Some(&message.currency));
            let day = Day { expires, currency, ..day!(message) };
            day.check(&message.ptus, place, context, &mut out);
        }
        Payload::SettlementMessage(message) => check_settlement(message, place, context, &mut out),
        Payload::MeterDataQuery(message) => {
            let span = Span::new(message.date_range_start, Some(message.date_range_end));
            span::check_order(span, "@DateRangeEnd", place, &mut out);
        }
        Payload::MeterDataQueryResponse(message) => check_meter_data(message, place, &mut out),
        _ => {}
    }
    out.into_list()
}

fn check_metadata(
    payload: &Payload,
    metadata: &MessageMetadata,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Failures<'_>,
) {
    if let Some(own) = &context.policy.own
        && own.domain != metadata.recipient_domain
    {
        out.add(Code::Recipient, &place.at("@RecipientDomain"), &metadata.recipient_domain);
    }
    if let Some(sender) = context.sender
        && sender.domain != metadata.sender_domain
    {
        out.add(Code::SenderEnvelope, &place.at("@SenderDomain"), &metadata.sender_domain);
    }
    let routing = payload.kind().routing();
    if routing.iter().all(|(from, _)| *from != metadata.sender_role) {
        out.add(Code::SenderRole, &place.at("@SenderRole"), metadata.sender_role);
    } else if !routing.contains(&(metadata.sender_role, metadata.recipient_role)) {
        out.add(Code::RecipientRole, &place.at("@RecipientRole"), metadata.recipient_role);
    }
    let Some(now) = context.now_utc() else { return };
    if let Some(until) = metadata.valid_until.filter(|until| until.to_utc() <= now) {
        out.add(Code::ValidUntil, &place.at("@ValidUntil"), until);
    }
    if context.policy.max_skew.is_some_and(|limit| (metadata.time_stamp.to_utc() - now).abs() > limit) {
        out.add(Code::TimeStamp, &place.at("@TimeStamp"), metadata.time_stamp);
    }
}

/// What messages with program time units have in common.
struct Day<'a> {
    period: Period,
    time_zone: &'a TimeZone,
    ptu_duration: &'a Duration,
    congestion_point: Option<&'a EntityAddress>,
    expires: Option<DateTime>,
    currency: Option<&'a Currency>,
}

impl Day<'_> {
    fn check(
        &self,
        ptus: &[Ptu],
        place: &Place<'_>,
        context: &Context<'_>,
        out: &mut Failures<'_>,
    ) -> Option<IspCalendar> {
        let length = (self.ptu_duration, "@PTU-Duration");
        let day = flex::check_day(self.period, self.time_zone, length, place, context, out);
        let now = context.now_utc();
        if let (Some(day), Some(now)) = (&day, now)
            && day.end() <= now
        {
            out.add(Code::PeriodPast, &place.at("@Period"), self.period);
        }
        if let Some(address) = self.congestion_point {
            let place = &place.at("@CongestionPoint");
            address::check(address, place, context, out);
            if !context.known.congestion_point(address) {
                out.add(Code::CongestionPoint, place, address);
            }
        }
        if let Some(expires) = self.expires.filter(|expires| now.is_some_and(|now| expires.to_utc() <= now)) {
            out.add(Code::ExpirationPast, &place.at("@ExpirationDateTime"), expires);
        }
        if let Some(currency) = self.currency {
            currency::check(currency, place, out);
            for (index, ptu) in ptus.iter().enumerate() {
                if let Some(price) = ptu.price {
                    currency::check_price(price, decimals(currency), &place.nth("PTU", index), out);
                }
            }
        }
        isps::check_named("PTU", ptus.iter().map(run), day.as_ref().map(IspCalendar::count), place, out);
        day
    }
}

fn run(ptu: &Ptu) -> Run {
    Run { start: ptu.start, duration: ptu.duration_ptus() }
}

/// The message does not say how long a unit lasts, so a day has no last one here.
fn check_meter_data(message: &MeterDataQueryResponse, place: &Place<'_>, out: &mut Failures<'_>) {
    let span = Span::new(message.date_range_start, Some(message.date_range_end));
    span::check_order(span, "@DateRangeEnd", place, out);
    for (index, set) in message.meter_data_sets.iter().enumerate() {
        let place = &place.nth("MeterDataSet", index);
        for (index, day) in set.meter_data.iter().enumerate() {
            let place = &place.nth("MeterData", index);
            if !span.is_turned() && !span.holds(Span::new(day.period, Some(day.period))) {
                out.add(Code::PeriodOutside, &place.at("@Period"), day.period);
            }
            for (index, connection) in day.connection_meter_data.iter().enumerate() {
                let ptus = &connection.ptu_meter_data;
                let runs = ptus.iter().map(|ptu| Run { start: ptu.start, duration: ptu.duration_ptus() });
                isps::check_named("PTU-MeterData", runs, None, &place.nth("ConnectionMeterData", index), out);
            }
        }
    }
}

fn check_settlement(
    message: &SettlementMessage,
    place: &Place<'_>,
    context: &Context<'_>,
    out: &mut Failures<'_>,
) {
    let span = Span::new(message.period_start, Some(message.period_end));
    span::check_order(span, "@PeriodEnd", place, out);
    let today = context.now_utc().and_then(|now| now.checked_add_signed(TimeDelta::hours(14)));
    for (day, attribute) in [(message.period_start, "@PeriodStart"), (message.period_end, "@PeriodEnd")] {
        if today.is_some_and(|today| day.date() > today.date_naive()) {
            out.add(Code::PeriodFuture, &place.at(attribute), day);
        }
    }
    currency::check(&message.currency, place, out);
    // Length and clock are those of the message, and told once.
    let length = (&message.ptu_duration, "@PTU-Duration");
    flex::check_day(message.period_start, &message.time_zone, length, place, context, out);
    for (index, item) in message.flex_order_settlements.iter().enumerate() {
        let place = &place.nth("FlexOrderSettlement", index);
        if !span.is_turned() && !span.holds(Span::new(item.period, Some(item.period))) {
            out.add(Code::PeriodOutside, &place.at("@Period"), item.period);
        }
        if let Some(address) = &item.congestion_point {
            address::check(address, &place.at("@CongestionPoint"), context, out);
        }
        let day = IspCalendar::of_message(item.period, &message.time_zone, &message.ptu_duration);
        let ptus = &item.ptu_settlements;
        let runs = ptus.iter().map(|ptu| Run { start: ptu.start, duration: ptu.duration_ptus() });
        isps::check_named("PTU-Settlement", runs, day.ok().map(|day| day.count()), place, out);
        for (index, ptu) in ptus.iter().enumerate() {
            let (price, penalty) = (ptu.price.get(), ptu.penalty.map_or(Decimal::ZERO, Decimal::from));
            if price.checked_sub(penalty).is_none_or(|net| net != ptu.net_settlement.get()) {
                let text = format_args!("{} is not {price} less {penalty}", ptu.net_settlement);
                let place = &place.nth("PTU-Settlement", index);
                out.add(Code::NetSettlement, &place.at("@NetSettlement"), text);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::example::codes;
    use super::super::{Party, validate_2015};
    use super::*;
    use crate::values::Role;

    const METADATA: &str = r#"<MessageMetadata SenderDomain="agr.example" SenderRole="AGR"
        RecipientDomain="dso.example" RecipientRole="DSO" TimeStamp="2016-03-26T11:00:00Z"
        MessageID="1e3d5155-3942-5525-baf1-7cd0c48e1e98" ConversationID="610fbabf-904b-5a60-a025-743f36c1fff4"
        Precedence="Routine" ValidUntil="2016-03-26T18:00:00Z"/>"#;

    fn offer() -> String {
        format!(
            r#"<FlexOffer PTU-Duration="PT15M" Period="2016-03-27" TimeZone="Europe/Amsterdam"
            CongestionPoint="ean.871685900012636543" Sequence="2" ExpirationDateTime="2016-03-26T20:00:00Z"
            FlexRequestOrigin="dso.example" FlexRequestSequence="1" Currency="EUR">{METADATA}
            <PTU Power="500" Start="1" Duration="90" Price="2.30"/><PTU Power="500" Start="92" Price="1"/></FlexOffer>"#
        )
    }

    fn settlement() -> String {
        let metadata = METADATA.replace("agr", "x").replace("dso", "agr").replace("x.", "dso.");
        let metadata =
            metadata.replace("\"AGR\"", "\"X\"").replace("\"DSO\"", "\"AGR\"").replace("\"X\"", "\"DSO\"");
        format!(
            r#"<SettlementMessage TimeZone="Europe/Amsterdam" PeriodStart="2016-03-01" PeriodEnd="2016-03-31"
            Reference="s-1" PTU-Duration="PT15M" Currency="EUR">{metadata}<FlexOrderSettlement Period="2016-03-27"
            OrderReference="o-1"><PTU-Settlement Start="92" PrognosisPower="1" OrderedFlexPower="1" Price="2"
            ActualPower="2" DeliveredFlexPower="1" Penalty="0.5" NetSettlement="1.50"/></FlexOrderSettlement>
            </SettlementMessage>"#
        )
    }

    fn found(document: &str, old: &str, new: &str) -> Vec<Code> {
        assert!(document.contains(old), "{old}");
        let document = document.replacen(old, new, 1);
        let payload =
            Payload::from_xml(document.as_bytes()).unwrap_or_else(|error| panic!("{document}: {error}"));
        codes(&check_2015(&payload))
    }

    #[test]
    fn good_messages_have_no_failures() {
        assert_eq!(found(&offer(), "", ""), []);
        assert_eq!(found(&settlement(), "", ""), []);
    }

    #[test]
    fn units_are_within_the_day_and_listed_once() {
        assert_eq!(found(&offer(), r#"Start="92""#, r#"Start="93""#), [Code::IspBounds]);
        assert_eq!(found(&offer(), r#"Start="1""#, r#"Start="0""#), [Code::IspBounds]);
        assert_eq!(
            found(&offer(), r#"Duration="90""#, r#"Duration="2000000000""#),
            [Code::IspBounds, Code::IspConflict]
        );
        assert_eq!(found(&settlement(), r#"Start="92""#, r#"Start="93""#), [Code::IspBounds]);
        assert_eq!(found(&offer(), "PT15M", "PT0S"), [Code::IspDuration]);
        assert_eq!(found(&offer(), "Europe/Amsterdam", "Europe/Atlantis"), [Code::TimeZone]);
    }

    #[test]
    fn a_plan_lists_every_unit_of_its_day() {
        let plan = format!(
            r#"<Prognosis Type="D-Prognosis" PTU-Duration="PT15M" Period="2016-03-27" TimeZone="Europe/Amsterdam"
            CongestionPoint="ean.871685900012636543" Sequence="1">{METADATA}<PTU Power="5" Start="1" Duration="92"/>
            </Prognosis>"#
        );
        assert_eq!(found(&plan, "", ""), []);
        assert_eq!(found(&plan, r#"Duration="92""#, r#"Duration="91""#), [Code::IspsLacking]);
        let short = plan.replace(r#"Start="1""#, r#"Start="3""#);
        let failures = check_2015(&Payload::from_xml(short.as_bytes()).unwrap());
        assert_eq!(codes(&failures), [Code::IspBounds, Code::IspsLacking]);
        assert_eq!(
            (failures[1].path.as_str(), failures[1].value.as_deref()),
            ("/Prognosis/PTU", Some("1 to 2"))
        );
    }

    #[test]
    fn meter_data_is_of_the_days_asked_for_and_lists_a_unit_once() {
        let metadata = METADATA.replace("agr", "mdc").replace("\"AGR\"", "\"MDC\"");
        let data = format!(
            r#"<MeterDataQueryResponse Result="Success" DateRangeStart="2016-03-01" DateRangeEnd="2016-03-02"
            QueryType="Usage">{metadata}<MeterDataSet EntityAddress="x"><MeterData Period="2016-03-02">
            <ConnectionMeterData EntityAddress="ean.871685900012636543"><PTU-MeterData Power="1" Start="1"
            Duration="96"/><PTU-MeterData Power="1" Start="97"/></ConnectionMeterData></MeterData></MeterDataSet>
            </MeterDataQueryResponse>"#
        );
        assert_eq!(found(&data, "", ""), []);
        assert_eq!(found(&data, r#"Start="97""#, r#"Start="96""#), [Code::IspConflict]);
        assert_eq!(found(&data, r#"Start="1""#, r#"Start="0""#), [Code::IspBounds]);
        let other = (r#"MeterData Period="2016-03-02""#, r#"MeterData Period="2016-03-03""#);
        assert_eq!(found(&data, other.0, other.1), [Code::PeriodOutside]);
        let turned = (r#"DateRangeEnd="2016-03-02""#, r#"DateRangeEnd="2016-02-02""#);
        assert_eq!(found(&data, turned.0, turned.1), [Code::PeriodOrder]);
    }

    #[test]
    fn prices_and_sums_are_right() {
        assert_eq!(found(&offer(), "EUR", "EUX"), [Code::Currency]);
        assert_eq!(found(&offer(), "2.30", "2.305"), [Code::PriceDecimals]);
        assert_eq!(found(&settlement(), "1.50", "1.51"), [Code::NetSettlement]);
        assert_eq!(
            found(&settlement(), r#"PeriodEnd="2016-03-31""#, r#"PeriodEnd="2016-03-26""#),
            [Code::PeriodOutside]
        );
        assert_eq!(
            found(&settlement(), r#"PeriodEnd="2016-03-31""#, r#"PeriodEnd="2016-02-01""#),
            [Code::PeriodOrder]
        );
    }

    #[test]
    fn a_request_asks_for_something() {
        let request = offer()
            .replace("FlexOffer", "FlexRequest")
            .replace(
                r#"FlexRequestOrigin="dso.example" FlexRequestSequence="1" Currency="EUR""#,
                r#"PrognosisOrigin="agr.example" PrognosisSequence="1""#,
            )
            .replace(r#""AGR""#, r#""X""#)
            .replace(r#""DSO""#, r#""AGR""#)
            .replace(r#""X""#, r#""DSO""#);
        assert_eq!(found(&request, "", ""), [Code::RequestedLacking]);
        assert_eq!(found(&request, "<PTU ", r#"<PTU Disposition="Requested" "#), []);
    }

    #[test]
    fn the_roles_are_those_that_such_messages_go_between() {
        assert_eq!(found(&offer(), r#"SenderRole="AGR""#, r#"SenderRole="MDC""#), [Code::SenderRole]);
        assert_eq!(
            found(&offer(), r#"RecipientRole="DSO""#, r#"RecipientRole="CRO""#),
            [Code::RecipientRole]
        );
    }

    #[test]
    fn a_message_is_valid_until_it_expires_or_its_day_is_over() {
        let policy = Policy::of(Party::new("dso.example".parse().unwrap(), Role::Dso));
        let sender = Party::new("agr.example".parse().unwrap(), Role::Agr);
        let offer = Payload::from_xml(offer().as_bytes()).unwrap();
        let found = |now: &str| {
            let context = Context::new(&policy).from(&sender).at(now.parse().unwrap());
            codes(&validate_2015(&offer, &context))
        };
        assert_eq!(found("2016-03-26T17:59:59Z"), []);
        assert_eq!(found("2016-03-26T18:00:00Z"), [Code::ValidUntil]);
        assert_eq!(found("2016-03-26T20:00:00Z"), [Code::ValidUntil, Code::ExpirationPast]);
        assert!(found("2016-03-27T22:00:00Z").contains(&Code::PeriodPast));
        let stranger = Party::new("x.example".parse().unwrap(), Role::Agr);
        let own = Policy::of(stranger.clone());
        let context = Context::new(&own).from(&stranger);
        assert_eq!(codes(&validate_2015(&offer, &context)), [Code::Recipient, Code::SenderEnvelope]);
    }
}
