//! Messages of USEF 2015 held against those before them: they name each other by who sent a message and its sequence.

mod naming;
mod settlement;

use crate::calendar::Run;
use crate::usef_2015::Payload;
use crate::usef_2015::flex_offer::{FlexOffer, FlexOfferRevocation};
use crate::usef_2015::flex_order::FlexOrder;
use crate::usef_2015::flex_request::FlexRequest;
use crate::usef_2015::metadata::Role;
use crate::usef_2015::payload::Kind;
use crate::usef_2015::prognosis::{Prognosis, PrognosisResponse, PrognosisType, Ptu};
use crate::validation::{Code, Context, Failure, Failures, Place, meet};
use crate::values::{Amount, Disposition, Domain, Outcome};
use naming::{Named, answers, named, sequence, subject};

/// What a message of USEF 2015 breaks that can be seen only with the messages before it.
///
/// At most 100 errors and 100 other failures are told.
///
/// What it breaks by itself is looked at by [`crate::validation::validate_2015`]. `before` are the messages that the two
/// participants exchanged before, of both directions, oldest first; a repetition of the message itself is no fault.
///
/// ```
/// use usef_messages::conversation::validate_2015;
/// use usef_messages::usef_2015::Payload;
/// use usef_messages::validation::{Code, Context, Dialect, Policy};
///
/// let revocation = r#"<FlexOfferRevocation Sequence="7"><MessageMetadata SenderDomain="agr.example"
///     SenderRole="AGR" RecipientDomain="dso.example" RecipientRole="DSO" TimeStamp="2016-03-26T11:00:00Z"
///     MessageID="1e3d5155-3942-5525-baf1-7cd0c48e1e98" ConversationID="610fbabf-904b-5a60-a025-743f36c1fff4"
///     Precedence="Routine"/></FlexOfferRevocation>"#;
/// let message = Payload::from_xml(revocation.as_bytes())?;
/// let policy = Policy::anyone();
/// let failures = validate_2015(&message, &Context::new(&policy), &[]);
/// assert_eq!(failures[0].code, Code::UnknownReference);
/// assert_eq!(failures[0].reason(Dialect::Specification), "Unknown Sequence reference");
/// # Ok::<(), usef_messages::Error>(())
/// ```
pub fn validate_2015(payload: &Payload, context: &Context<'_>, before: &[Payload]) -> Vec<Failure> {
    let mut out = Failures::new(context.policy);
    let place = &Place::root(payload.name());
    let before = &Before { payload, list: before };
    before.check_identifier(place, &mut out);
    before.check_sequence(place, &mut out);
    match payload {
        Payload::FlexRequest(message) => before.check_request(message, place, &mut out),
        Payload::FlexOffer(message) => before.check_offer(message, place, context, &mut out),
        Payload::FlexOfferRevocation(message) => before.check_revocation(message, place, &mut out),
        Payload::FlexOrder(message) => before.check_order(message, place, context, &mut out),
        Payload::SettlementMessage(message) => before.check_settlement(message, place, &mut out),
        Payload::PrognosisResponse(message) => before.check_statuses(message, place, &mut out),
        Payload::SettlementMessageResponse(message) => before.check_verdicts(message, place, &mut out),
        _ => {}
    }
    before.check_response(place, &mut out);
    out.into_list()
}

/// A message and those before it.
struct Before<'a> {
    payload: &'a Payload,
    list: &'a [Payload],
}

impl<'a> Before<'a> {
    /// Those of a kind that a participant sent.
    fn sent(&self, kind: Kind, sender: &'a Domain) -> impl DoubleEndedIterator<Item = &'a Payload> {
        let is_other = |other: &Payload| *other != *self.payload;
        self.list
            .iter()
            .filter(move |other| other.kind() == kind && other.metadata().sender_domain == *sender)
            .filter(move |other| is_other(other))
    }

    /// How a message was answered.
    fn outcome(&self, request: &Payload) -> Option<Outcome> {
        self.list.iter().filter(|other| answers(other, request)).find_map(|response| named(response)?.1)
    }

    fn stands(&self, payload: &Payload) -> bool {
        self.outcome(payload) != Some(Outcome::Rejected)
    }

    fn check_identifier(&self, place: &Place<'_>, out: &mut Failures<'_>) {
        let own = self.payload.metadata();
        let is_reused = |other: &Payload| {
            let metadata = other.metadata();
            metadata.message_id == own.message_id
                && metadata.sender_domain == own.sender_domain
                && *other != *self.payload
        };
        if self.list.iter().any(is_reused) {
            let place = &place.at("MessageMetadata");
            out.add(Code::DuplicateIdentifier, &place.at("@MessageID"), &own.message_id);
        }
    }

    /// A plan has a greater number than those before it for its day and place; any other number stands for one message.
    fn check_sequence(&self, place: &Place<'_>, out: &mut Failures<'_>) {
        let (Some(own), Some(about)) = (sequence(self.payload), subject(self.payload)) else { return };
        let is_before = |other: &&Payload| match (self.payload, *other) {
            (Payload::Prognosis(plan), Payload::Prognosis(old)) => {
                plan.kind == old.kind && subject(other).as_ref() == Some(&about) && own <= old.sequence
            }
            _ => sequence(other) == Some(own),
        };
        let mut others = self.sent(self.payload.kind(), &self.payload.metadata().sender_domain);
        if others.any(|other| is_before(&other) && self.stands(other)) {
            out.add(Code::Revision, &place.at("@Sequence"), own);
        }
    }

    /// The message that this one names; that there is none, or that it was rejected, is told.
    fn find(
        &self,
        kind: Kind,
        (origin, number): (&'a Domain, i64),
        place: &Place<'_>,
        out: &mut Failures<'_>,
    ) -> Option<&'a Payload> {
        let all = || self.sent(kind, origin).filter(|other| sequence(other) == Some(number));
        // Of two with one number the one that counts.
        let found = all().rfind(|other| self.stands(other)).or_else(|| all().next_back());
        match found {
            None => out.add(Code::UnknownReference, place, number),
            Some(found) if !self.stands(found) => out.add(Code::ReferenceRejected, place, number),
            Some(_) => {}
        }
        found
    }

    fn check_same(&self, other: &Payload, place: &Place<'_>, out: &mut Failures<'_>) {
        let (Some(own), Some(other)) = (subject(self.payload), subject(other)) else { return };
        if own.period.date() != other.period.date() {
            out.add(Code::ReferenceMismatch, &place.at("@Period"), own.period);
        }
        if own.congestion_point != other.congestion_point {
            let at = &place.at("@CongestionPoint");
            match own.congestion_point {
                Some(point) => out.add(Code::ReferenceMismatch, at, point),
                None => out.missing(Code::ReferenceMismatch, at),
            }
        }
        if own.ptu_duration != other.ptu_duration {
            out.add(Code::ReferenceMismatch, &place.at("@PTU-Duration"), own.ptu_duration);
        }
        if own.time_zone != other.time_zone {
            out.add(Code::ReferenceMismatch, &place.at("@TimeZone"), own.time_zone);
        }
    }

    fn check_request(&self, message: &'a FlexRequest, place: &Place<'_>, out: &mut Failures<'_>) {
        let at = &place.at("@PrognosisSequence");
        let name = (&message.prognosis_origin, message.prognosis_sequence);
        let Some(found) = self.find(Kind::Prognosis, name, at, out) else { return };
        let Payload::Prognosis(plan) = found else { return };
        // Balance responsible parties are told A-plans, grid operators D-prognoses.
        let wanted = match message.metadata.sender_role {
            Role::Brp => PrognosisType::APlan,
            _ => PrognosisType::DPrognosis,
        };
        if plan.kind != wanted {
            out.add(Code::UnknownReference, at, plan.kind);
        }
        if self.is_replaced(plan) {
            out.add(Code::ReferenceReplaced, at, message.prognosis_sequence);
        }
        self.check_same(found, place, out);
    }

    fn is_replaced(&self, plan: &'a Prognosis) -> bool {
        self.sent(Kind::Prognosis, &plan.metadata.sender_domain).any(|other| match other {
            Payload::Prognosis(newer) => {
                newer.kind == plan.kind
                    && newer.sequence > plan.sequence
                    && newer.period.date() == plan.period.date()
                    && newer.congestion_point == plan.congestion_point
                    && self.stands(other)
            }
            _ => false,
        })
    }

    fn check_offer(
        &self,
        message: &'a FlexOffer,
        place: &Place<'_>,
        context: &Context<'_>,
        out: &mut Failures<'_>,
    ) {
        let at = &place.at("@FlexRequestSequence");
        let name = (&message.flex_request_origin, message.flex_request_sequence);
        let Some(found) = self.find(Kind::FlexRequest, name, at, out) else { return };
        let Payload::FlexRequest(request) = found else { return };
        if context.now.is_some_and(|now| request.expiration_date_time <= now) {
            out.add(Code::ReferenceExpired, at, request.expiration_date_time);
        }
        self.check_same(found, place, out);
        let wanted = request.ptus.iter().filter(|ptu| ptu.disposition == Some(Disposition::Requested));
        // An offer of nothing says that there is none.
        if !message.ptus.is_empty() && !meet(message.ptus.iter().map(run), wanted.map(run)) {
            out.missing(Code::RequestMismatch, place);
        }
    }

    fn check_revocation(&self, message: &'a FlexOfferRevocation, place: &Place<'_>, out: &mut Failures<'_>) {
        let at = &place.at("@Sequence");
        let name = (&message.metadata.sender_domain, message.sequence);
        let Some(Payload::FlexOffer(offer)) = self.find(Kind::FlexOffer, name, at, out) else { return };
        if self.is_revoked(offer) {
            out.add(Code::ReferenceRevoked, at, message.sequence);
        }
        if self.orders_of(offer).any(|order| self.outcome(order) == Some(Outcome::Accepted)) {
            out.add(Code::Procured, at, message.sequence);
        }
    }

    fn is_revoked(&self, offer: &'a FlexOffer) -> bool {
        let revocations = self.sent(Kind::FlexOfferRevocation, &offer.metadata.sender_domain);
        let mut revocations = revocations.filter(|other| sequence(other) == Some(offer.sequence));
        revocations.any(|revocation| self.stands(revocation))
    }

    fn orders_of(&self, offer: &'a FlexOffer) -> impl Iterator<Item = &'a Payload> {
        let is_of = |other: &&Payload| match other {
            Payload::FlexOrder(order) => {
                order.flex_offer_sequence == offer.sequence
                    && order.flex_offer_origin == offer.metadata.sender_domain
            }
            _ => false,
        };
        self.sent(Kind::FlexOrder, &offer.metadata.recipient_domain).filter(is_of)
    }

    fn check_order(
        &self,
        message: &'a FlexOrder,
        place: &Place<'_>,
        context: &Context<'_>,
        out: &mut Failures<'_>,
    ) {
        let is_same = |other: &&Payload| matches!(other, Payload::FlexOrder(other) if other.order_reference == message.order_reference);
        let mut named = self.sent(Kind::FlexOrder, &message.metadata.sender_domain).filter(is_same);
        if named.any(|other| self.stands(other)) {
            out.add(Code::OrderReferenceDuplicate, &place.at("@OrderReference"), &message.order_reference);
        }
        let at = &place.at("@FlexOfferSequence");
        let name = (&message.flex_offer_origin, message.flex_offer_sequence);
        let Some(found) = self.find(Kind::FlexOffer, name, at, out) else { return };
        let Payload::FlexOffer(offer) = found else { return };
        if context.now.is_some_and(|now| offer.expiration_date_time <= now) {
            out.add(Code::ReferenceExpired, at, offer.expiration_date_time);
        }
        if self.is_revoked(offer) {
            out.add(Code::ReferenceRevoked, at, message.flex_offer_sequence);
        }
        if self.orders_of(offer).any(|other| self.stands(other)) {
            out.add(Code::OrderedTwice, at, message.flex_offer_sequence);
        }
        self.check_same(found, place, out);
        if message.currency != offer.currency {
            out.add(Code::ReferenceMismatch, &place.at("@Currency"), &message.currency);
        }
        if runs(&message.ptus, |_| ()) != runs(&offer.ptus, |_| ()) {
            out.missing(Code::OrderIsps, place);
        } else if runs(&message.ptus, |ptu| ptu.power_w) != runs(&offer.ptus, |ptu| ptu.power_w) {
            out.missing(Code::OrderPower, place);
        } else if runs(&message.ptus, price) != runs(&offer.ptus, price) {
            out.missing(Code::OrderPrice, place);
        }
    }

    /// The orders that a plan should honour are known.
    fn check_statuses(&self, message: &'a PrognosisResponse, place: &Place<'_>, out: &mut Failures<'_>) {
        for (index, status) in message.flex_order_statuses.iter().enumerate() {
            let place = &place.nth("FlexOrderStatus", index);
            let name = (&message.metadata.sender_domain, status.sequence);
            self.find(Kind::FlexOrder, name, &place.at("@Sequence"), out);
        }
    }

    /// A response is to a request, in its conversation, and the only one.
    fn check_response(&self, place: &Place<'_>, out: &mut Failures<'_>) {
        let Some((named, _)) = named(self.payload) else { return };
        let Some(request) = self.list.iter().find(|other| answers(self.payload, other)) else {
            match named {
                Named::Sequence(at, number) => out.add(Code::UnknownRequest, &place.at(at), number),
                Named::Reference(name) => out.add(Code::UnknownRequest, &place.at("@Reference"), name),
                Named::Conversation => {
                    let id = &self.payload.metadata().conversation_id;
                    let place = &place.at("MessageMetadata");
                    out.add(Code::UnknownRequest, &place.at("@ConversationID"), id);
                }
            }
            return;
        };
        let mut others = self.list.iter().filter(|other| **other != *self.payload);
        if others.any(|other| answers(other, request)) {
            out.missing(Code::AnsweredTwice, place);
        }
    }
}

fn run(ptu: &Ptu) -> Run {
    Run { start: ptu.start, duration: ptu.duration_ptus() }
}

fn price(ptu: &Ptu) -> Amount {
    ptu.price.unwrap_or(Amount::ZERO)
}

/// Something about each unit, however the list is cut.
fn runs<T: PartialEq>(ptus: &[Ptu], of: impl Fn(&Ptu) -> T) -> Vec<(i64, i64, T)> {
    merged(ptus.iter().map(|ptu| (ptu.start, ptu.duration_ptus(), of(ptu))).collect())
}

fn merged<T: PartialEq>(mut runs: Vec<(i64, i64, T)>) -> Vec<(i64, i64, T)> {
    runs.sort_by_key(|(start, ..)| *start);
    runs.dedup_by(|next, before| {
        let follows = before.0.saturating_add(before.1) == next.0 && before.2 == next.2;
        if follows {
            before.1 = before.1.saturating_add(next.1);
        }
        follows
    });
    runs
}
