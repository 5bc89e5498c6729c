//! What the commands of clusters tell.

use super::attribute::What;
use super::han::{Han, Heard, Told};
use super::meter::Number;
use super::notice::{Label, News, Notice, Supply};
use super::quantity::{Money, Property, Quantity};
use super::tariff::{CURRENCY, PRICE_DIGITS, PRICE_UNIT, Scale};
use super::utility::{
    LoadControl, LoadControlCancellation, Message, MessageCancellation, PriceInForce, Shown, label, moment,
};
use super::{Reading, Source, Symbol, series};
use crate::decimal::Decimal;
use crate::energy::field::Maybe;
use crate::energy::money::TrailingDigits;
use crate::energy::prepayment::PrepaySnapshotPayload;
use crate::energy::{Command, demand_response, messaging, metering, prepayment, price};
use crate::metering::Flow;
use crate::timestamp::Timestamp;

impl Han {
    /// Takes a command; one that cannot be read tells nothing.
    pub(super) fn command(&mut self, heard: &Heard<'_>) -> Told {
        let mut told = Told::default();
        match Command::of(heard.cluster, heard.frame) {
            Ok((Command::Metering(command), _)) => self.metering_command(heard, &command, &mut told),
            Ok((Command::Price(command), _)) => self.price_command(heard, &command, &mut told),
            Ok((Command::Prepayment(command), _)) => self.prepayment_command(heard, &command, &mut told),
            Ok((Command::DemandResponse(command), _)) => {
                let news = match command {
                    demand_response::Command::LoadControlEvent(event) => {
                        LoadControl::new(event, heard.time).map(News::LoadControl)
                    }
                    demand_response::Command::CancelLoadControlEvent(cancelled) => {
                        Some(News::LoadControlCancelled(LoadControlCancellation::new(cancelled, heard.time)))
                    }
                    demand_response::Command::CancelAllLoadControlEvents(all) => {
                        Some(News::LoadControlCancelled(LoadControlCancellation::All(all.control)))
                    }
                    _ => None,
                };
                told.note(heard, news);
            }
            Ok((Command::Messaging(command), _)) => told.note(heard, messaging_news(&command, heard.time)),
            _ => {}
        }
        told
    }

    fn metering_command(&mut self, heard: &Heard<'_>, command: &metering::Command<'_>, told: &mut Told) {
        match command {
            metering::Command::GetProfile(question) => series::asked_for_profile(self, heard, question),
            metering::Command::GetProfileResponse(profile) => series::profile(self, heard, profile, told),
            metering::Command::GetSampledDataResponse(samples) => {
                series::samples(self, heard, samples, told);
            }
            metering::Command::PublishSnapshot(snapshot) => series::snapshot(self, heard, snapshot, told),
            metering::Command::SupplyStatusResponse(response) => {
                let state = Supply::from_id(response.supply_status.id());
                let at = moment(response.implementation, heard.time);
                told.note(heard, Some(News::SupplyChange { state, at }));
            }
            metering::Command::RequestMirrorResponse(response) => {
                if let (Some(mirror), Some(meter)) =
                    (mirror(heard.source, response.endpoint), heard.destination)
                {
                    self.mirror(mirror, Some(meter));
                }
            }
            metering::Command::MirrorRemoved(removed) => {
                if let Some(mirror) = mirror(heard.source, removed.endpoint) {
                    self.mirror(mirror, None);
                }
            }
            _ => {}
        }
    }

    fn price_command(&mut self, heard: &Heard<'_>, command: &price::Command<'_>, told: &mut Told) {
        let source = heard.source;
        let fixed = |property, raw: u32, digits: TrailingDigits, unit| {
            let scale = Scale::Fixed { places: digits.digits(), unit };
            (What::Other(Quantity::Property(property), scale), i64::from(raw))
        };
        let ((what, raw), start) = match command {
            price::Command::PublishPrice(command) => {
                let digits = command.trailing_digits_and_tier.trailing_digits().0 & 0xF0;
                let tariff = &mut self.state(source).tariff;
                let news = tariff.suggest(CURRENCY, u32::from(command.currency.0))
                    | tariff.suggest(PRICE_UNIT, u32::from(command.unit.0))
                    | tariff.suggest(PRICE_DIGITS, u32::from(digits));
                if news {
                    self.share(source, told);
                }
                if let Some(price) = PriceInForce::new(command, heard.time) {
                    told.price(heard, &price);
                    told.note(heard, Some(News::Price(price)));
                }
                return;
            }
            price::Command::PublishTariffInformation(tariff) => {
                let of = if tariff.type_and_scheme.0 & 0xF == 1 {
                    Label::TariffReceived
                } else {
                    Label::TariffDelivered
                };
                told.note(heard, label(tariff.label).map(|text| News::Label { of, text }));
                let Some(raw) = tariff.standing_charge.get() else { return };
                let value = tariff.trailing_digits.decimal(raw);
                let unit = Symbol::MoneyPer(tariff.currency, "d");
                let time = moment(tariff.start, heard.time);
                told.push(source, Quantity::Money(Money::StandingCharge), value, unit, time);
                return;
            }
            price::Command::PublishConsolidatedBill(bill) => {
                let Some(raw) = bill.bill.get() else { return };
                let value = bill.trailing_digits.decimal(raw);
                let time = moment(bill.start, heard.time);
                let unit = Symbol::Money(bill.currency);
                told.push(source, Quantity::Money(Money::ConsolidatedBill), value, unit, time);
                return;
            }
            price::Command::PublishConversionFactor(factor) => (
                fixed(Property::ConversionFactor, factor.conversion_factor, factor.trailing_digits, ""),
                factor.start,
            ),
            price::Command::PublishCalorificValue(value) => {
                let unit = match value.unit {
                    price::CalorificValueUnit::MegajoulesPerCubicMetre => "MJ/m3",
                    price::CalorificValueUnit::MegajoulesPerKilogram => "MJ/kg",
                    price::CalorificValueUnit::Other(_) => return,
                };
                let raw = value.calorific_value;
                (fixed(Property::CalorificValue, raw, value.trailing_digits, unit), value.start)
            }
            price::Command::PublishCo2Value(value) => {
                let unit = match value.unit.id() {
                    1 => "kg/kWh",
                    2 => "kg/gal",
                    3 => "kg/therm",
                    _ => return,
                };
                let flow = if value.tariff_type.id() & 0xF == 1 { Flow::Received } else { Flow::Delivered };
                (fixed(Property::Carbon(flow), value.co2_value, value.trailing_digits, unit), value.start)
            }
            _ => return,
        };
        if raw < i64::from(u32::MAX) && start.timestamp().is_some() {
            let time = moment(start, heard.time);
            self.take(source, Number { what, raw, time, interval: None }, told);
        }
    }

    fn prepayment_command(&mut self, heard: &Heard<'_>, command: &prepayment::Command<'_>, told: &mut Told) {
        const MONEY: Scale = Scale::Money { digits: PRICE_DIGITS };
        let mut take = |quantity, raw: i64, time| {
            let number = Number { what: What::Other(quantity, MONEY), raw, time, interval: None };
            self.take(heard.source, number, told);
        };
        match command {
            // All bits set: rejected.
            prepayment::Command::ConsumerTopUpResponse(response)
                if response.top_up_value != -1 || response.credit_remaining != -1 =>
            {
                take(Quantity::Money(Money::Credit), i64::from(response.credit_remaining), heard.time);
            }
            prepayment::Command::PublishPrepaySnapshot(snapshot) => {
                let PrepaySnapshotPayload::DebtCreditStatus(status) = snapshot.payload else { return };
                let time = snapshot.time.timestamp();
                let debt = |number| Quantity::Numbered(super::Numbered::Debt, number);
                for (quantity, amount) in [
                    (Quantity::Money(Money::Debt), status.accumulated_debt.get().map(i64::from)),
                    (debt(1), status.debt_1_remaining.get().map(i64::from)),
                    (debt(2), status.debt_2_remaining.get().map(i64::from)),
                    (debt(3), status.debt_3_remaining.get().map(i64::from)),
                    (
                        Quantity::Money(Money::EmergencyCredit),
                        status.emergency_credit_remaining.get().map(i64::from),
                    ),
                    (Quantity::Money(Money::Credit), status.credit_remaining.get().map(i64::from)),
                ] {
                    if let Some(amount) = amount {
                        take(quantity, amount, time);
                    }
                }
            }
            _ => {}
        }
    }
}

/// The endpoint of a hub where a mirror is.
fn mirror(hub: Source, endpoint: Maybe<u16>) -> Option<Source> {
    let endpoint = endpoint.get().and_then(|endpoint| u8::try_from(endpoint).ok())?;
    Some(Source { endpoint: Some(endpoint), ..hub })
}

fn messaging_news(command: &messaging::Command<'_>, received: Option<Timestamp>) -> Option<News> {
    let shown = match command {
        messaging::Command::DisplayMessage(message) => Shown {
            id: message.message_id,
            control: message.control,
            start: message.start,
            duration_min: message.duration_min,
            text: message.text,
            protected: false,
        },
        messaging::Command::DisplayProtectedMessage(message) => Shown {
            id: message.message_id,
            control: message.control,
            start: message.start,
            duration_min: message.duration_min,
            text: message.text,
            protected: true,
        },
        messaging::Command::CancelMessage(cancel) => {
            return Some(News::MessageCancelled(MessageCancellation::One(cancel.message_id)));
        }
        messaging::Command::CancelAllMessages(cancel) => {
            let at = moment(cancel.implementation, received);
            return Some(News::MessageCancelled(MessageCancellation::All { at }));
        }
        _ => return None,
    };
    Message::new(&shown, received).map(News::Message)
}

impl Told {
    fn note(&mut self, heard: &Heard<'_>, news: Option<News>) {
        if let Some(news) = news {
            self.notices.push(Notice { source: heard.source, time: heard.time, news });
        }
    }

    fn push(
        &mut self,
        source: Source,
        quantity: Quantity,
        value: Decimal,
        unit: Symbol,
        time: Option<Timestamp>,
    ) {
        self.readings.push(Reading { source, quantity, value, unit, time, interval: None });
    }

    /// The price is a reading once it holds.
    fn price(&mut self, heard: &Heard<'_>, price: &PriceInForce) {
        if !price.now {
            return;
        }
        for (flow, value) in [(Flow::Delivered, price.price), (Flow::Received, price.generation_price)] {
            if let Some(value) = value {
                let quantity = Quantity::Price { flow, tier: 0, block: 0 };
                self.push(heard.source, quantity, value, price.unit, heard.time);
            }
        }
    }
}
