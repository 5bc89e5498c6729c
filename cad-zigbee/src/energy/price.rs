//! Price: what energy costs, now and later, and what belongs to a tariff (annex D.4); for tables of prices and
//! thresholds see [`tariff`](super::tariff), for bills and payments [`billing`](super::billing).
//!
//! ```
//! use cad_zigbee::energy::{Payload, price::PublishPrice};
//!
//! let payload = [
//!     1, 0, 0, 0, 3, b'D', b'a', b'y', 7, 0, 0, 0, 0, 0x0E, 0x27, 0x07, 0, 0x3A, 0x03, 0x51, 0x21, //
//!     0, 0, 0, 0, 0xFF, 0xFF, 0x80, 0x25, 0, 0,
//! ];
//! let (price, _) = PublishPrice::parse(&payload)?;
//! assert_eq!(price.rate_label.as_str(), Some("Day"));
//! assert_eq!(price.currency.code(), Some("GBP"));
//! assert_eq!(price.as_decimal().unwrap().to_string(), "0.096");
//! assert_eq!((price.tier(), price.price_ratio), (1, None));
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

use super::billing::{
    DurationType, GetBillingPeriod, GetConsolidatedBill, GetCreditPayment, PublishBillingPeriod,
    PublishConsolidatedBill, PublishCreditPayment,
};
use super::define::{choice, commands, flags};
use super::field::{Maybe, Octets, U24, UtcTime};
use super::money::{Currency, PriceControl, TrailingDigits, TrailingDigitsAndTier, UnitId};
use super::tariff::{
    CancelTariff, GetBlockThresholds, GetPriceMatrix, GetTariffCancellation, GetTariffInformation,
    GetTierLabels, PublishBlockThresholds, PublishPriceMatrix, PublishTariffInformation, PublishTierLabels,
    TariffType,
};
use crate::decimal::Decimal;

commands! {
    /// The commands of the cluster.
    PRICE<'a>

    /// The price of energy from some time on (`PublishPrice`).
    PublishPrice<'a> = 0x00 server {
        /// The supplier.
        provider_id: u32,
        /// The name of the tier: up to 12 octets.
        rate_label: Octets<'a>,
        /// Names the command; of two prices for the same time, the one with the larger number holds.
        issuer_event_id: u32,
        /// The time when the command was sent.
        current_time: UtcTime,
        /// What the price is for.
        unit: UnitId,
        /// Of the price.
        currency: Currency,
        /// Where the decimal point is, and the tier: see [`Self::tier`].
        trailing_digits_and_tier: TrailingDigitsAndTier,
        /// How many tiers there are, and which one the meter counts in: see [`Self::number_of_tiers`] and
        /// [`Self::register_tier`].
        number_of_tiers_and_register_tier: u8,
        /// From when on.
        start: UtcTime,
        /// For how many minutes; none until it is changed.
        duration_min: Maybe<u16>,
        /// The price of a unit delivered, before the decimal point is set: see [`Self::as_decimal`].
        price: Maybe<u32>,
    } + tail {
        /// The price, as a ratio to the usual one, in tenths.
        price_ratio: Maybe<u8>,
        /// The price of a unit received, before the decimal point is set as in the price.
        generation_price: Maybe<u32>,
        /// The price of a unit received, as a ratio to the usual one, in tenths.
        generation_price_ratio: Maybe<u8>,
        /// Another cost of a unit delivered: carbon dioxide.
        alternate_cost: Maybe<u32>,
        /// The unit of that.
        alternate_cost_unit: AlternateCostUnit,
        /// Where its decimal point is.
        alternate_cost_trailing_digits: TrailingDigits,
        /// How many thresholds there are between blocks.
        number_of_block_thresholds: Maybe<u8>,
        /// How the price is to be handled.
        control: PriceControl,
        /// How many tiers there are for energy received.
        number_of_generation_tiers: Maybe<u8>,
        /// The tier that holds for energy received.
        generation_tier: Maybe<u8>,
        /// How many tiers there are, less 15; 0 if there are no more.
        extended_number_of_tiers: Maybe<u8>,
        /// The tier of the price, less 15; 0 if it is not above.
        extended_tier: Maybe<u8>,
        /// The tier the meter counts in, less 15; 0 if it is not above.
        extended_register_tier: Maybe<u8>,
    }

    /// A period in which blocks are counted (`PublishBlockPeriod`).
    PublishBlockPeriod = 0x01 server {
        /// The supplier.
        provider_id: u32,
        /// Names the command.
        issuer_event_id: u32,
        /// From when on.
        start: UtcTime,
        /// How long, in units of the duration type, or else in minutes.
        duration: U24,
        /// The number of tiers in the high four bits, of thresholds in the low ones.
        tiers_and_thresholds: u8,
        /// How the period is to be handled.
        control: BlockPeriodControl,
    } + tail {
        /// The unit of the duration.
        duration_type: DurationType,
        /// What the tariff is for.
        tariff_type: TariffType,
        /// When prices are reckoned.
        resolution_period: ResolutionPeriod,
    }

    /// How volume at the meter becomes volume at standard conditions (`PublishConversionFactor`).
    PublishConversionFactor = 0x02 server {
        /// Names the command.
        issuer_event_id: u32,
        /// From when on.
        start: UtcTime,
        /// The factor, before the decimal point is set.
        conversion_factor: u32,
        /// Where the decimal point is.
        trailing_digits: TrailingDigits,
    }

    /// How volume becomes energy (`PublishCalorificValue`).
    PublishCalorificValue = 0x03 server {
        /// Names the command.
        issuer_event_id: u32,
        /// From when on.
        start: UtcTime,
        /// The energy, before the decimal point is set.
        calorific_value: u32,
        /// Its unit.
        unit: CalorificValueUnit,
        /// Where the decimal point is.
        trailing_digits: TrailingDigits,
    }

    /// Carbon dioxide that a unit of energy stands for (`PublishCO2Value`).
    PublishCo2Value = 0x07 server {
        /// The supplier.
        provider_id: u32,
        /// Names the command.
        issuer_event_id: u32,
        /// From when on.
        start: UtcTime,
        /// What the tariff is for.
        tariff_type: TariffType,
        /// The carbon dioxide, before the decimal point is set.
        co2_value: u32,
        /// Its unit.
        unit: Co2Unit,
        /// Where the decimal point is.
        trailing_digits: TrailingDigits,
    }

    /// A time of critical peak price (`PublishCPPEvent`).
    PublishCppEvent = 0x0B server {
        /// The supplier.
        provider_id: u32,
        /// Names the event.
        issuer_event_id: u32,
        /// When it starts.
        start: UtcTime,
        /// For how many minutes.
        duration_min: u16,
        /// What the tariff is for.
        tariff_type: TariffType,
        /// Which of the two critical peak prices.
        tier: CppTier,
        /// Whether the customer has accepted it, or has no choice.
        authorization: CppAuthorization,
    }

    /// A change of currency (`PublishCurrencyConversion`).
    PublishCurrencyConversion = 0x0D server {
        /// The supplier.
        provider_id: u32,
        /// Names the command.
        issuer_event_id: u32,
        /// From when on.
        start: UtcTime,
        /// Before.
        old_currency: Currency,
        /// After.
        new_currency: Currency,
        /// How much of the new one for one of the old one, before the decimal point is set.
        conversion_factor: u32,
        /// Where the decimal point is.
        trailing_digits: TrailingDigits,
        /// What becomes of what is stored.
        control: CurrencyChange,
    }

    /// Asks for the price that holds now (`GetCurrentPrice`).
    GetCurrentPrice = 0x00 client {
        /// About who asks.
        options: PriceOptions,
    }

    /// Asks for prices to come (`GetScheduledPrices`).
    GetScheduledPrices = 0x01 client {
        /// Those that end after this time.
        start: UtcTime,
        /// How many at most; 0 for all.
        number_of_events: u8,
    }

    /// Says that a price has arrived (`PriceAcknowledgement`).
    PriceAcknowledgement = 0x02 client {
        /// The supplier of the price.
        provider_id: u32,
        /// The price.
        issuer_event_id: u32,
        /// When.
        acknowledged: UtcTime,
        /// As in the price.
        control: PriceControl,
    }

    /// Asks for block periods (`GetBlockPeriods`).
    GetBlockPeriods = 0x03 client {
        /// Those that end after this time.
        start: UtcTime,
        /// How many at most; 0 for all.
        number_of_events: u8,
    } + tail {
        /// What the tariff is for.
        tariff_type: TariffType,
    }

    /// Asks for conversion factors (`GetConversionFactor`).
    GetConversionFactor = 0x04 client {
        /// Those that hold after this time.
        earliest_start: UtcTime,
        /// From this identifier on; none for any.
        minimum_issuer_event_id: Maybe<u32>,
        /// How many at most; 0 for all.
        number_of_commands: u8,
    }

    /// Asks for calorific values (`GetCalorificValue`).
    GetCalorificValue = 0x05 client {
        /// Those that hold after this time.
        earliest_start: UtcTime,
        /// From this identifier on; none for any.
        minimum_issuer_event_id: Maybe<u32>,
        /// How many at most; 0 for all.
        number_of_commands: u8,
    }

    /// Asks for carbon dioxide values (`GetCO2Value`).
    GetCo2Value = 0x09 client {
        /// Those that hold after this time.
        earliest_start: UtcTime,
        /// From this identifier on; none for any.
        minimum_issuer_event_id: Maybe<u32>,
        /// How many at most; 0 for all.
        number_of_commands: u8,
    } + tail {
        /// What the tariff is for.
        tariff_type: TariffType,
    }

    /// Accepts or rejects a time of critical peak price (`CPPEventResponse`).
    CppEventResponse = 0x0D client {
        /// The event.
        issuer_event_id: u32,
        /// Accepted or rejected.
        authorization: CppAuthorization,
    }

    /// Asks for a change of currency (`GetCurrencyConversion`).
    GetCurrencyConversion = 0x0F client {}

    + elsewhere
        PublishTariffInformation<'a>, PublishPriceMatrix<'a>, PublishBlockThresholds<'a>,
        PublishTierLabels<'a>, CancelTariff, GetTariffInformation, GetPriceMatrix, GetBlockThresholds,
        GetTierLabels, GetTariffCancellation,
        PublishBillingPeriod, PublishConsolidatedBill, PublishCreditPayment<'a>, GetBillingPeriod,
        GetConsolidatedBill, GetCreditPayment
}

impl PublishPrice<'_> {
    /// The price of a unit delivered; none if the command does not give one.
    pub fn as_decimal(&self) -> Option<Decimal> {
        Some(self.trailing_digits_and_tier.trailing_digits().decimal(self.price.get()?))
    }

    /// The price of a unit received; none if the command does not give one.
    pub fn generation_as_decimal(&self) -> Option<Decimal> {
        Some(self.trailing_digits_and_tier.trailing_digits().decimal(self.generation_price?.get()?))
    }

    /// The other cost of a unit delivered; none if the command does not give one.
    pub fn alternate_cost_as_decimal(&self) -> Option<Decimal> {
        Some(self.alternate_cost_trailing_digits?.decimal(self.alternate_cost?.get()?))
    }

    /// The tier of the price; 0 for none.
    pub fn tier(&self) -> u8 {
        extended(self.trailing_digits_and_tier.tier(), self.extended_tier)
    }

    /// How many tiers there are.
    pub fn number_of_tiers(&self) -> u8 {
        extended(self.number_of_tiers_and_register_tier >> 4, self.extended_number_of_tiers)
    }

    /// The tier the meter counts in; 0 for none.
    pub fn register_tier(&self) -> u8 {
        extended(self.number_of_tiers_and_register_tier & 0xF, self.extended_register_tier)
    }
}

/// Four bits count up to 15; a field of later editions goes on from there.
fn extended(tier: u8, extension: Option<Maybe<u8>>) -> u8 {
    match extension.and_then(Maybe::get) {
        Some(extension) if tier == 15 => tier.saturating_add(extension),
        _ => tier,
    }
}

flags! {
    /// About who asks for a price.
    PriceOptions(u8) {
        0x01 RX_ON_WHEN_IDLE "It can be reached at any time: send it prices when they change.",
    }
}

flags! {
    /// How a block period is to be handled.
    BlockPeriodControl(u8) {
        0x01 ACKNOWLEDGE "It is to be acknowledged.",
        0x02 REPEATING "It repeats until it is changed.",
    }
}

flags! {
    /// What becomes of what is stored when the currency changes.
    CurrencyChange(u32) {
        0x01 CLEAR_BILLING "Bills are cleared.",
        0x02 CONVERT_BILLING "Bills are converted.",
        0x04 CLEAR_CONSUMPTION "Old consumption is cleared.",
        0x08 CONVERT_CONSUMPTION "Old consumption is converted.",
    }
}

choice! {
    /// The unit of another cost.
    AlternateCostUnit {
        1 KilogramsOfCo2 "Kilograms of carbon dioxide for a unit of measure.",
    }
}

choice! {
    /// The unit of a calorific value.
    CalorificValueUnit {
        1 MegajoulesPerCubicMetre "MJ/m³.",
        2 MegajoulesPerKilogram "MJ/kg.",
    }
}

choice! {
    /// The unit of a carbon dioxide value.
    Co2Unit {
        1 KilogramsPerKilowattHour "kg/kWh.",
        2 KilogramsPerGallonOfGasoline "kg for a gallon of gasoline.",
        3 KilogramsPerThermOfGas "kg for a therm of natural gas.",
    }
}

choice! {
    /// When prices are reckoned.
    ResolutionPeriod {
        0 NotDefined "Not said.",
        1 BlockPeriod "At the end of the block period.",
        2 Day "At the end of the day.",
    }
}

choice! {
    /// Which critical peak price.
    CppTier {
        0 Cpp1 "The first.",
        1 Cpp2 "The second.",
    }
}

choice! {
    /// Whether a time of critical peak price is accepted.
    CppAuthorization {
        0 Pending "The customer has not been asked, or has not answered.",
        1 Accepted "It is accepted.",
        2 Rejected "It is rejected.",
        3 Forced "The customer has no choice.",
    }
}

#[cfg(test)]
mod tests {
    use super::PublishPrice;
    use crate::energy::Payload;
    use crate::energy::field::Maybe;
    use crate::error::Error;
    use crate::writer::Writer;

    const PRICE: [u8; 60] = [
        1, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0x3A, 3, 0x5F, 0xFF, 0, 0, 0, 0, 0xFF, 0xFF, 0x80, 0x25, 0,
        0, //
        0xFF, 0x10, 0x27, 0, 0, 10, 0xFF, 0xFF, 0xFF, 0xFF, 1, 0x30, 2, 3, 4, 1, 5, 2, 0xFF, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0,
    ];

    #[test]
    fn a_price_is_read_up_to_the_edition_of_its_sender() {
        let mut buffer = [0; 60];
        for (end, fields) in [(28, 0), (29, 1), (33, 2), (34, 3), (38, 4), (39, 5), (40, 6), (47, 13)] {
            let (price, rest) = PublishPrice::parse(&PRICE[..end]).unwrap();
            assert!(rest.is_empty());
            let present = [
                price.price_ratio.is_some(),
                price.generation_price.is_some(),
                price.generation_price_ratio.is_some(),
                price.alternate_cost.is_some(),
                price.alternate_cost_unit.is_some(),
                price.alternate_cost_trailing_digits.is_some(),
                price.extended_register_tier.is_some(),
            ];
            assert_eq!(present.iter().filter(|field| **field).count(), fields.min(7), "{end}");
            let mut writer = Writer::new(&mut buffer);
            price.write(&mut writer).unwrap();
            assert_eq!(writer.written(), &PRICE[..end]);
        }
        assert_eq!(PublishPrice::parse(&PRICE[..27]), Err(Error::Truncated { at: 24, needed: 1 }));
        assert_eq!(PublishPrice::parse(&PRICE[..31]), Err(Error::Truncated { at: 29, needed: 2 }));
        assert_eq!(PublishPrice::parse(&PRICE).unwrap().1.len(), 13);
    }

    #[test]
    fn prices_are_decimals_and_tiers_above_fifteen_are_added_up() {
        let (price, _) = PublishPrice::parse(&PRICE).unwrap();
        assert_eq!(price.as_decimal().unwrap().to_string(), "0.096");
        assert_eq!(price.generation_as_decimal().unwrap().to_string(), "0.1");
        assert_eq!((price.alternate_cost_as_decimal(), price.duration_min.get()), (None, None));
        assert_eq!((price.tier(), price.number_of_tiers(), price.register_tier()), (17, 20, 15));
        let (short, _) = PublishPrice::parse(&PRICE[..28]).unwrap();
        assert_eq!(short.number_of_tiers(), 15);
    }

    #[test]
    fn a_field_behind_one_that_is_left_out_is_not_written() {
        let (mut price, _) = PublishPrice::parse(&PRICE[..28]).unwrap();
        price.generation_price = Some(Maybe::new(5));
        let error = price.write(&mut Writer::new(&mut [0; 60])).unwrap_err();
        assert_eq!(error.to_string(), "a field behind one that is left out cannot be written");
    }
}
