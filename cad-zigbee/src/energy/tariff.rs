//! Tariffs of the Price cluster: prices for each tier and block, and the thresholds between blocks (annex D.4).
//!
//! ```
//! use cad_zigbee::energy::{Payload, tariff::PublishPriceMatrix};
//!
//! let payload =
//!     [1, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 1, 1, 0x01, 0x80, 0x25, 0, 0, 0x02, 0, 0x19, 0, 0];
//! let (matrix, _) = PublishPriceMatrix::parse(&payload)?;
//! let prices: Vec<_> = matrix.prices.iter().map(|entry| (entry.tier(matrix.control), entry.price)).collect();
//! assert_eq!(prices, [(Some(1), 9600), (Some(2), 6400)]);
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

use super::define::{choice, flags, groups, payloads};
use super::field::{Field, Maybe, Octets, U24, U48, UtcTime, wrapped};
use super::list::{Counted, List};
use super::money::{Currency, TrailingDigits, UnitId};
use crate::error::{Error, Result};
use crate::reader::Reader;
use crate::writer::Writer;

payloads! {
    PRICE

    /// A tariff (`PublishTariffInformation`).
    PublishTariffInformation<'a> = 0x04 server {
        /// The supplier.
        provider_id: u32,
        /// Names the command.
        issuer_event_id: u32,
        /// Names the tariff.
        tariff_id: u32,
        /// From when on; [`UtcTime::NONE`] cancels.
        start: UtcTime,
        /// What the tariff is for, and how it charges.
        type_and_scheme: TariffTypeAndScheme,
        /// Its name: up to 24 octets.
        label: Octets<'a>,
        /// How many tiers it has.
        number_of_tiers: u8,
        /// How many thresholds between blocks it has.
        number_of_block_thresholds: u8,
        /// What prices are for.
        unit: UnitId,
        /// Of prices.
        currency: Currency,
        /// Where the decimal point of prices is.
        trailing_digits: TrailingDigits,
        /// What is to be paid a day, before the decimal point is set.
        standing_charge: Maybe<u32>,
    } + tail {
        /// How tiers and blocks go together.
        tier_block_mode: TierBlockMode,
        /// Factor of thresholds.
        block_threshold_multiplier: Maybe<U24>,
        /// Divisor of thresholds.
        block_threshold_divisor: Maybe<U24>,
    }

    /// Prices of a tariff (`PublishPriceMatrix`).
    PublishPriceMatrix<'a> = 0x05 server {
        /// The supplier.
        provider_id: u32,
        /// Names the command.
        issuer_event_id: u32,
        /// From when on.
        start: UtcTime,
        /// Of which tariff.
        tariff_id: u32,
        /// Which command of the matrix this is, from 0.
        command_index: u8,
        /// How many commands the matrix takes.
        number_of_commands: u8,
        /// What the prices are for.
        control: PriceMatrixControl,
        /// The prices.
        prices: List<'a, MatrixPrice>,
    }

    /// Thresholds between blocks of a tariff (`PublishBlockThresholds`).
    PublishBlockThresholds<'a> = 0x06 server {
        /// The supplier.
        provider_id: u32,
        /// Names the command.
        issuer_event_id: u32,
        /// From when on.
        start: UtcTime,
        /// Of which tariff.
        tariff_id: u32,
        /// Which command of the thresholds this is, from 0.
        command_index: u8,
        /// How many commands the thresholds take.
        number_of_commands: u8,
        /// Which tiers they hold for.
        control: BlockThresholdControl,
        /// The thresholds.
        thresholds: List<'a, TierThresholds<'a>>,
    }

    /// Names of the tiers of a tariff (`PublishTierLabels`).
    PublishTierLabels<'a> = 0x08 server {
        /// The supplier.
        provider_id: u32,
        /// Names the command.
        issuer_event_id: u32,
        /// Of which tariff.
        tariff_id: u32,
        /// Which command of the labels this is, from 0.
        command_index: u8,
        /// How many commands the labels take.
        number_of_commands: u8,
        /// The labels.
        labels: Counted<'a, TierLabel<'a>>,
    }

    /// Takes back a tariff (`CancelTariff`).
    CancelTariff = 0x0E server {
        /// The supplier.
        provider_id: u32,
        /// Which tariff.
        tariff_id: u32,
        /// What the tariff is for.
        tariff_type: TariffType,
    }

    /// Asks for tariffs (`GetTariffInformation`).
    GetTariffInformation = 0x06 client {
        /// Those that hold after this time.
        earliest_start: UtcTime,
        /// From this identifier on; none for any.
        minimum_issuer_event_id: Maybe<u32>,
        /// How many at most; 0 for all.
        number_of_commands: u8,
        /// What the tariff is for.
        tariff_type: TariffType,
    }

    /// Asks for the prices of a tariff (`GetPriceMatrix`).
    GetPriceMatrix = 0x07 client {
        /// Which tariff.
        tariff_id: u32,
    }

    /// Asks for the thresholds of a tariff (`GetBlockThresholds`).
    GetBlockThresholds = 0x08 client {
        /// Which tariff.
        tariff_id: u32,
    }

    /// Asks for the names of the tiers of a tariff (`GetTierLabels`).
    GetTierLabels = 0x0A client {
        /// Which tariff.
        tariff_id: u32,
    }

    /// Asks whether a tariff was taken back (`GetTariffCancellation`).
    GetTariffCancellation = 0x10 client {}
}

groups! {
    /// A price of a matrix.
    MatrixPrice {
        /// What it is for: a tier, or a tier in the high four bits and a block in the low ones, by the control.
        tier_and_block: u8,
        /// The price, before the decimal point is set as in the tariff.
        price: u32,
    }

    /// The name of a tier.
    TierLabel<'a> {
        /// Which tier, from 1.
        tier: u8,
        /// Its name: up to 12 octets.
        label: Octets<'a>,
    }
}

impl MatrixPrice {
    /// The tier, from 1; none where all tiers share the price.
    pub const fn tier(&self, control: PriceMatrixControl) -> Option<u8> {
        let tier = if control.contains(PriceMatrixControl::TIERS) {
            self.tier_and_block
        } else {
            self.tier_and_block >> 4
        };
        if tier == 0 { None } else { Some(tier) }
    }

    /// The block, from 1; none where the price is not for a block.
    pub const fn block(&self, control: PriceMatrixControl) -> Option<u8> {
        if control.contains(PriceMatrixControl::TIERS) {
            None
        } else {
            Some((self.tier_and_block & 0xF).saturating_add(1))
        }
    }
}

/// The thresholds of a tier, or of all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TierThresholds<'a> {
    /// The tier, up to 15; 0 where all tiers share the thresholds.
    pub tier: u8,
    /// The thresholds, up to 15, in the unit of the registers.
    pub thresholds: List<'a, Maybe<U48>>,
}

impl<'a> Field<'a> for TierThresholds<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let tier_and_count = reader.u8()?;
        let count = usize::from(tier_and_count & 0xF);
        Ok(Self { tier: tier_and_count >> 4, thresholds: List::read_exactly(reader, count)? })
    }

    fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        const TOO_MANY: Error = Error::Unwritable { what: "a tier or number of thresholds above 15" };
        let fits = |number: &u8| *number <= 15;
        let count = u8::try_from(self.thresholds.len()).ok().filter(fits).ok_or(TOO_MANY)?;
        let tier = Some(self.tier).filter(fits).ok_or(TOO_MANY)?;
        writer.u8((tier << 4) | count)?;
        self.thresholds.write(writer)
    }
}

/// What a tariff is for, and how it charges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TariffTypeAndScheme(
    /// The type in the low four bits, the scheme in the high ones.
    pub u8,
);
wrapped!(TariffTypeAndScheme);

/// How a tariff charges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChargingScheme {
    /// By the time of use.
    TimeOfUse,
    /// By blocks of consumption.
    Block,
    /// By both, with the same thresholds in all tiers.
    BlockCommonThresholds,
    /// By both, with thresholds for each tier.
    BlockIndividualThresholds,
    /// A reserved one.
    Other(u8),
}

impl TariffTypeAndScheme {
    /// What the tariff is for.
    pub const fn tariff_type(self) -> TariffType {
        TariffType::from_id(self.0 & 0xF)
    }

    /// How it charges.
    pub const fn scheme(self) -> ChargingScheme {
        match self.0 >> 4 {
            0 => ChargingScheme::TimeOfUse,
            1 => ChargingScheme::Block,
            2 => ChargingScheme::BlockCommonThresholds,
            3 => ChargingScheme::BlockIndividualThresholds,
            other => ChargingScheme::Other(other),
        }
    }
}

flags! {
    /// What the prices of a matrix are for.
    PriceMatrixControl(u8) {
        0x01 TIERS "For tiers alone; otherwise for blocks.",
    }
}

flags! {
    /// Which tiers thresholds hold for.
    BlockThresholdControl(u8) {
        0x01 ALL_TIERS "For all, or there are none.",
    }
}

choice! {
    /// What a tariff is for.
    TariffType {
        0 Delivered "Energy delivered to the premises.",
        1 Received "Energy received from the premises.",
        2 DeliveredAndReceived "Both.",
    }
}

choice! {
    /// How tiers and blocks go together.
    TierBlockMode {
        0 ActiveBlock "One count of blocks.",
        1 ActiveBlockPriceTier "One count of blocks, and prices for each tier.",
        2 ActiveBlockPriceTierThreshold "A count of blocks for each tier.",
    }
}

#[cfg(test)]
mod tests {
    use super::{
        ChargingScheme, MatrixPrice, PriceMatrixControl, PublishBlockThresholds, TariffType,
        TariffTypeAndScheme, TierThresholds,
    };
    use crate::energy::Payload;
    use crate::energy::field::{Field, Maybe, U48};
    use crate::energy::list::List;
    use crate::error::Error;
    use crate::writer::Writer;

    #[test]
    fn each_tier_says_how_many_thresholds_it_has() {
        let mut payload = vec![1, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 1, 0];
        payload.extend([0x12, 100, 0, 0, 0, 0, 0, 200, 0, 0, 0, 0, 0, 0x20]);
        let (command, rest) = PublishBlockThresholds::parse(&payload).unwrap();
        assert!(rest.is_empty());
        let tiers: Vec<_> =
            command.thresholds.iter().map(|tier| (tier.tier, tier.thresholds.len())).collect();
        assert_eq!(tiers, [(1, 2), (2, 0)]);
        payload.push(0x31);
        assert_eq!(PublishBlockThresholds::parse(&payload), Err(Error::Truncated { at: 34, needed: 6 }));
    }

    #[test]
    fn a_tier_that_four_bits_do_not_hold_is_not_written() {
        let tier = TierThresholds { tier: 16, thresholds: List::EMPTY };
        let error = tier.write(&mut Writer::new(&mut [0; 8])).unwrap_err();
        assert_eq!(error.to_string(), "a tier or number of thresholds above 15 cannot be written");
        let mut buffer = [0; 96];
        let thresholds = List::write_items(&mut buffer, &[Maybe::<U48>::NONE; 16]).unwrap();
        assert_eq!(TierThresholds { tier: 1, thresholds }.write(&mut Writer::new(&mut [0; 99])), Err(error));
    }

    #[test]
    fn a_price_is_for_a_tier_or_for_a_block_of_one() {
        let price = MatrixPrice { tier_and_block: 0x21, price: 1 };
        assert_eq!(
            (price.tier(PriceMatrixControl::TIERS), price.block(PriceMatrixControl::TIERS)),
            (Some(0x21), None)
        );
        assert_eq!(
            (price.tier(PriceMatrixControl::NONE), price.block(PriceMatrixControl::NONE)),
            (Some(2), Some(2))
        );
        let price = MatrixPrice { tier_and_block: 0x00, price: 1 };
        assert_eq!(price.tier(PriceMatrixControl::NONE), None);
    }

    #[test]
    fn type_and_scheme_share_a_byte() {
        let both = TariffTypeAndScheme(0x31);
        assert_eq!(
            (both.tariff_type(), both.scheme()),
            (TariffType::Received, ChargingScheme::BlockIndividualThresholds)
        );
        assert_eq!(TariffTypeAndScheme(0x50).scheme(), ChargingScheme::Other(5));
    }
}
