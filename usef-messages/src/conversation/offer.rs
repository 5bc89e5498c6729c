//! Offers held against their requests, and revocations against their offers.

use super::reference::{self, Named};
use super::{History, Key};
use crate::calendar::Run;
use crate::flex_offer::{FlexOffer, FlexOfferRevocation};
use crate::flex_request::FlexRequest;
use crate::payload::{Kind, Payload};
use crate::validation::{Code, Context, Failures, Place, meet};
use crate::values::{Disposition, Outcome};

pub(super) fn check<H: History + ?Sized>(
    message: &FlexOffer,
    place: &Place<'_>,
    context: &Context<'_>,
    history: &H,
    out: &mut Failures<'_>,
) -> Result<(), H::Error> {
    let parties = [&message.sender_domain, &message.recipient_domain];
    let about = (message.period, &message.congestion_point);
    reference::check_prognosis(message.d_prognosis_message_id.as_ref(), parties, about, place, history, out)?;
    let Some(message_id) = &message.flex_request_message_id else { return Ok(()) };
    let at = &place.at("@FlexRequestMessageID");
    let named = Named {
        kind: Kind::FlexRequest,
        message_id,
        sender: &message.recipient_domain,
        recipient: &message.sender_domain,
        conversation: Some(&message.conversation_id),
    };
    let Some(found) = named.find_open(at, context, history, out)? else { return Ok(()) };
    let Payload::FlexRequest(request) = &*found else { return Ok(()) };
    if reference::is_replaced(&found, history)? {
        out.add(Code::ReferenceReplaced, at, message_id);
    }
    reference::check_same(message, request, place, out);
    if !answers(message, request) {
        out.missing(Code::RequestMismatch, place);
    }
    Ok(())
}

/// Whether one of the ISPs in which flexibility is wanted is offered; all of them need not be.
fn answers(offer: &FlexOffer, request: &FlexRequest) -> bool {
    let wanted = request.isps.iter().filter(|isp| isp.disposition == Some(Disposition::Requested));
    let offered = offer.offer_options.iter().flat_map(|option| &option.isps);
    meet(offered.map(Run::from), wanted.map(Run::from))
}

/// An offer is taken back by who made it, once, and not after an order was accepted.
///
/// **Interpretation:** an order that nobody answered yet crossed the revocation, which then wins: the aggregator, who sees
/// its offer taken back, rejects the order.
pub(super) fn check_revocation<H: History + ?Sized>(
    message: &FlexOfferRevocation,
    place: &Place<'_>,
    history: &H,
    out: &mut Failures<'_>,
) -> Result<(), H::Error> {
    let at = &place.at("@FlexOfferMessageID");
    let message_id = &message.flex_offer_message_id;
    let named = Named {
        kind: Kind::FlexOffer,
        message_id,
        sender: &message.sender_domain,
        recipient: &message.recipient_domain,
        conversation: Some(&message.conversation_id),
    };
    if history.message(&named.key())?.is_none() && history.is_offered(message_id, named.recipient)? {
        out.add(Code::RevocationSender, at, message_id);
        return Ok(());
    }
    if named.find(at, history, out)?.is_none() {
        return Ok(());
    }
    if history.outcome(&named.key())? == Some(Outcome::Rejected) {
        out.add(Code::ReferenceRejected, at, message_id);
    }
    let revocations = history.standing(&named.key(), Kind::FlexOfferRevocation)?;
    if revocations.iter().any(|other| *other.message_id() != message.message_id) {
        out.add(Code::ReferenceRevoked, at, message_id);
    }
    for order in history.standing(&named.key(), Kind::FlexOrder)? {
        if history.outcome(&Key::of(&order))? == Some(Outcome::Accepted) {
            out.add(Code::Procured, at, message_id);
        }
    }
    Ok(())
}
