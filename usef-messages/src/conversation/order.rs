//! Orders held against their offers.

use rust_decimal::Decimal;

use super::reference::{self, Named};
use super::{History, Key, OrderName};
use crate::calendar::Run;
use crate::flex_offer::{FlexOffer, Isp, OfferOption};
use crate::flex_order::FlexOrder;
use crate::payload::{Kind, Payload};
use crate::validation::{Code, Context, Failures, Place, decimals};
use crate::values::{ActivationFactor, Outcome};

pub(super) fn check<H: History + ?Sized>(
    message: &FlexOrder,
    place: &Place<'_>,
    context: &Context<'_>,
    history: &H,
    out: &mut Failures<'_>,
) -> Result<(), H::Error> {
    let parties = [&message.recipient_domain, &message.sender_domain];
    let about = (message.period, &message.congestion_point);
    reference::check_prognosis(message.d_prognosis_message_id.as_ref(), parties, about, place, history, out)?;
    check_reference(message, place, history, out)?;
    let Some(message_id) = &message.flex_offer_message_id else { return Ok(()) };
    let at = &place.at("@FlexOfferMessageID");
    let named = Named {
        kind: Kind::FlexOffer,
        message_id,
        sender: &message.recipient_domain,
        recipient: &message.sender_domain,
        conversation: Some(&message.conversation_id),
    };
    let Some(found) = named.find_open(at, context, history, out)? else { return Ok(()) };
    let Payload::FlexOffer(offer) = &*found else { return Ok(()) };
    if !history.standing(&named.key(), Kind::FlexOfferRevocation)?.is_empty() {
        out.add(Code::ReferenceRevoked, at, message_id);
    }
    let orders = history.standing(&named.key(), Kind::FlexOrder)?;
    if orders.iter().any(|other| *other.message_id() != message.message_id) {
        out.add(Code::OrderedTwice, at, message_id);
    }
    reference::check_same(message, offer, place, out);
    if message.currency != offer.currency {
        out.add(Code::ReferenceMismatch, &place.at("@Currency"), &message.currency);
    }
    match option(message, offer) {
        Some(option) => check_option(message, option, place, out),
        None => {
            let name = message.option_reference.as_deref();
            out.add_or_missing(Code::UnknownOption, &place.at("@OptionReference"), name);
        }
    }
    Ok(())
}

/// The reference by which an order is settled is its own, among the orders of its day.
fn check_reference<H: History + ?Sized>(
    message: &FlexOrder,
    place: &Place<'_>,
    history: &H,
    out: &mut Failures<'_>,
) -> Result<(), H::Error> {
    let name = OrderName {
        sender: message.sender_domain.clone(),
        recipient: message.recipient_domain.clone(),
        day: message.period.date(),
        reference: message.order_reference.clone(),
    };
    if let Some(other) = history.order(&name)?
        && *other.message_id() != message.message_id
        && history.outcome(&Key::of(&other))? != Some(Outcome::Rejected)
    {
        out.add(Code::OrderReferenceDuplicate, &place.at("@OrderReference"), &message.order_reference);
    }
    Ok(())
}

/// The option that is ordered: the one it names, or the only one.
fn option<'a>(order: &FlexOrder, offer: &'a FlexOffer) -> Option<&'a OfferOption> {
    match (&order.option_reference, offer.offer_options.as_slice()) {
        (Some(name), options) => options.iter().find(|option| option.option_reference == *name),
        (None, [only]) => Some(only),
        (None, _) => None,
    }
}

/// An order is its option times the activation factor.
///
/// **Interpretation:** what results is rounded by whom and how nobody says, so any rounding to a watt, and of the price to
/// what its currency counts in, is taken. The whole of an option (factor 1.00) is at its very powers and price.
fn check_option(order: &FlexOrder, option: &OfferOption, place: &Place<'_>, out: &mut Failures<'_>) {
    let factor = order.activation_factor();
    if factor < option.min_activation_factor() {
        out.add(Code::ActivationFactor, &place.at("@ActivationFactor"), factor);
    }
    let power = |offered: i64, ordered: i64| is_part(offered.into(), ordered.into(), factor, Decimal::ONE);
    match compare(&option.isps, &order.isps, power) {
        Comparison::Same => {}
        Comparison::Lacking(isp) => out.add(Code::OrderIsps, &place.at("ISP"), isp),
        Comparison::Extra(index, isp) => out.add(Code::OrderIsps, &place.nth("ISP", index), isp),
        Comparison::Power(index) => {
            let ordered = order.isps.get(index).map_or(0, |isp| isp.power_w);
            out.add(Code::OrderPower, &place.nth("ISP", index).at("@Power"), format_args!("{ordered} W"));
        }
    }
    let unit = Decimal::new(1, decimals(&order.currency).unwrap_or(4).min(4));
    if !is_part(option.price.get(), order.price.get(), factor, unit) {
        out.add(Code::OrderPrice, &place.at("@Price"), order.price);
    }
}

/// Whether a number is another one times the factor, rounded in any way to a multiple of the unit.
fn is_part(whole: Decimal, part: Decimal, factor: ActivationFactor, unit: Decimal) -> bool {
    if factor == ActivationFactor::ONE {
        return whole == part;
    }
    let difference = whole.checked_mul(factor.get()).and_then(|exact| exact.checked_sub(part));
    difference.is_some_and(|difference| difference.abs() < unit)
}

/// What two lists of ISPs have in common.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    /// The same ISPs, each with the same power.
    Same,
    /// The first list has this ISP, the second has not.
    Lacking(i64),
    /// The second list's run of this index has this ISP, the first has not.
    Extra(usize, i64),
    /// The same ISPs, with another power in the second list's run of this index.
    Power(usize),
}

/// Compares lists of ISPs that may be cut into runs differently.
pub(super) fn compare<'a, A, B>(
    first: &'a [A],
    second: &'a [B],
    same: impl Fn(i64, i64) -> bool,
) -> Comparison
where
    Run: From<&'a A> + From<&'a B>,
    A: Powered,
    B: Powered,
{
    let (mut first, mut second) = (Cursor::new(first), Cursor::new(second));
    let mut other = None;
    loop {
        match (first.run(), second.run()) {
            (None, None) => break,
            (Some((a, a_power, _)), Some((b, b_power, index))) if a.start == b.start => {
                if !same(a_power, b_power) {
                    other.get_or_insert(index);
                }
                let last = a.last().min(b.last());
                first.skip_to(last);
                second.skip_to(last);
            }
            (Some((a, ..)), Some((b, ..))) if a.start < b.start => return Comparison::Lacking(a.start),
            (Some((a, ..)), None) => return Comparison::Lacking(a.start),
            (_, Some((b, _, index))) => return Comparison::Extra(index, b.start),
        }
    }
    other.map_or(Comparison::Same, Comparison::Power)
}

/// An ISP with a power.
pub(super) trait Powered {
    /// The power in watts.
    fn power_w(&self) -> i64;
}

impl Powered for Isp {
    fn power_w(&self) -> i64 {
        self.power_w
    }
}

impl Powered for crate::flex_settlement::OrderIsp {
    fn power_w(&self) -> i64 {
        self.ordered_flex_power_w
    }
}

/// Runs in the order of their starts, with the power and the index of each in its list.
struct Cursor {
    runs: Vec<(Run, i64, usize)>,
    at: usize,
}

impl Cursor {
    fn new<'a, T: Powered>(isps: &'a [T]) -> Self
    where
        Run: From<&'a T>,
    {
        let mut runs: Vec<_> =
            isps.iter().enumerate().map(|(index, isp)| (Run::from(isp), isp.power_w(), index)).collect();
        runs.sort_by_key(|(run, ..)| run.start);
        Self { runs, at: 0 }
    }

    fn run(&self) -> Option<(Run, i64, usize)> {
        self.runs.get(self.at).copied()
    }

    /// Leaves out all of the run up to this ISP.
    fn skip_to(&mut self, last: i64) {
        if let Some((run, ..)) = self.runs.get_mut(self.at) {
            let left = run.last() - last;
            if left > 0 {
                *run = Run { start: last + 1, duration: left };
            } else {
                self.at += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn isps(list: &[(u32, u32, i64)]) -> Vec<Isp> {
        let isp = |(start, duration, power_w): &(u32, u32, i64)| Isp {
            power_w: *power_w,
            start: std::num::NonZeroU32::new(*start).unwrap(),
            duration: std::num::NonZeroU32::new(*duration),
        };
        list.iter().map(isp).collect()
    }

    #[test]
    fn lists_cut_differently_are_the_same() {
        let compare = |first: &[_], second: &[_]| compare(&isps(first), &isps(second), |a, b| a == b);
        let whole = [(1, 10, 5)];
        assert_eq!(compare(&whole, &[(6, 5, 5), (1, 5, 5)]), Comparison::Same);
        assert_eq!(compare(&[(1, 3, 5), (4, 7, 5)], &[(1, 5, 5), (6, 5, 5)]), Comparison::Same);
        assert_eq!(compare(&whole, &[(1, 9, 5)]), Comparison::Lacking(10));
        assert_eq!(compare(&whole, &[(3, 8, 5)]), Comparison::Lacking(1));
        assert_eq!(compare(&whole, &[(1, 10, 5), (12, 1, 5)]), Comparison::Extra(1, 12));
        assert_eq!(compare(&whole, &[(1, 10, 5), (3, 1, 5)]), Comparison::Extra(1, 3));
        assert_eq!(compare(&[(2, 9, 5)], &whole), Comparison::Extra(0, 1));
        assert_eq!(compare(&whole, &[(6, 5, 4), (1, 5, 5)]), Comparison::Power(0));
        assert_eq!(compare(&[], &whole), Comparison::Extra(0, 1));
        assert_eq!(compare(&whole, &[]), Comparison::Lacking(1));
        let most = [(1, u32::MAX, 5)];
        assert_eq!(compare(&most, &most), Comparison::Same);
    }

    #[test]
    fn a_part_may_be_rounded_either_way_and_the_whole_not_at_all() {
        let half = "0.5".parse().unwrap();
        let part = |whole: i64, part: i64| is_part(whole.into(), part.into(), half, Decimal::ONE);
        assert!(part(-401, -200) && part(-401, -201) && part(-400, -200));
        assert!(!part(-401, -199) && !part(-401, -202) && !part(-400, -201));
        let whole =
            |whole: i64, part: i64| is_part(whole.into(), part.into(), ActivationFactor::ONE, Decimal::ONE);
        assert!(whole(i64::MIN, i64::MIN) && !whole(-401, -400));
    }
}
