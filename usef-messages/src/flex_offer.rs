//! An aggregator offers flexibility, and takes an offer back.
//!
//! ```
//! use usef_messages::flex_offer::OfferOption;
//! use usef_messages::values::ActivationFactor;
//!
//! let option = OfferOption {
//!     option_reference: "a".into(),
//!     price: "12.50".parse()?,
//!     min_activation_factor: None,
//!     isps: Vec::new(),
//! };
//! assert_eq!(option.min_activation_factor(), ActivationFactor::ONE); // all or nothing
//! # Ok::<(), usef_messages::values::NotInList>(())
//! ```

use std::num::NonZeroU32;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use xml_wire::DateTime;

use crate::message::{message, part, responds};
use crate::values::{ActivationFactor, Amount, Currency, Uuid};

message! {
    /// AGR to DSO: offers flexibility, in options that exclude each other (`FlexOffer`).
    pub struct FlexOffer: FlexMessage {
        /// Until when it can be ordered.
        #[xml("@ExpirationDateTime")]
        pub expiration_date_time: DateTime,
        /// Whether nobody asked for it; UFTP 3.1.0 and later, without a default.
        #[xml("@Unsolicited")]
        pub unsolicited: Option<bool>,
        /// The request it answers.
        #[xml("@FlexRequestMessageID")]
        pub flex_request_message_id: Option<Uuid>,
        /// The bilateral contract it is under.
        #[xml("@ContractID")]
        pub contract_id: Option<String>,
        /// The plan that the power is relative to.
        #[xml("@D-PrognosisMessageID")]
        pub d_prognosis_message_id: Option<Uuid>,
        /// Another baseline that the power is relative to.
        #[xml("@BaselineReference")]
        pub baseline_reference: Option<String>,
        /// The currency of all prices.
        #[xml("@Currency")]
        pub currency: Currency,
        /// One at least; at most one of them is ordered.
        #[xml("OfferOption+")]
        pub offer_options: Vec<OfferOption>,
    }
}

part! {
    /// One way to use an offer (`OfferOption`).
    pub struct OfferOption {
        /// What an order names it by; unique within the offer.
        #[xml("@OptionReference")]
        pub option_reference: String,
        /// The price of the whole option.
        #[xml("@Price")]
        pub price: Amount,
        /// Which part of the power is the least that can be ordered; absent is 1.00.
        #[xml("@MinActivationFactor")]
        pub min_activation_factor: Option<ActivationFactor>,
        /// One at least.
        #[xml("ISP+")]
        pub isps: Vec<Isp>,
    }
}

impl OfferOption {
    /// Which part of the power is the least that can be ordered, the schema's default included.
    pub fn min_activation_factor(&self) -> ActivationFactor {
        self.min_activation_factor.unwrap_or(ActivationFactor::ONE)
    }

    /// The price and the power of a part of the option, each times the factor, as an order for it says them. `None` where
    /// the part is less than is offered, or cannot be written in whole watts and four decimal places of money.
    pub fn part(&self, factor: ActivationFactor) -> Option<(Amount, Vec<Isp>)> {
        if factor < self.min_activation_factor() {
            return None;
        }
        let scale = factor.get();
        let price = Amount::new(self.price.get().checked_mul(scale)?)?;
        let scaled = |isp: &Isp| {
            let power = Decimal::from(isp.power_w).checked_mul(scale)?.normalize();
            let power_w = if power.scale() == 0 { power.to_i64() } else { None }?;
            Some(Isp { power_w, ..isp.clone() })
        };
        let isps = self.isps.iter().map(scaled).collect::<Option<_>>()?;
        Some((price, isps))
    }
}

part! {
    /// A run of imbalance settlement periods with the same power (`ISP`).
    pub struct Isp {
        /// The power in watts; positive is consumption.
        #[xml("@Power")]
        pub power_w: i64,
        /// The first period, counted from 1 at midnight.
        #[xml("@Start")]
        pub start: NonZeroU32,
        /// How many periods; absent is 1.
        #[xml("@Duration")]
        pub duration: Option<NonZeroU32>,
    }
}

impl Isp {
    /// How many periods, the schema's default included.
    pub fn duration_isps(&self) -> u32 {
        self.duration.map_or(1, NonZeroU32::get)
    }
}

message! {
    /// DSO to AGR: whether the offer was taken; that it was orders nothing (`FlexOfferResponse`).
    pub struct FlexOfferResponse: Answers {
        /// The offer.
        #[xml("@FlexOfferMessageID")]
        pub flex_offer_message_id: Uuid,
    }
}

message! {
    /// AGR to DSO: takes an offer back (`FlexOfferRevocation`).
    pub struct FlexOfferRevocation {
        /// The offer.
        #[xml("@FlexOfferMessageID")]
        pub flex_offer_message_id: Uuid,
    }
}

message! {
    /// DSO to AGR: whether it could be taken back (`FlexOfferRevocationResponse`).
    pub struct FlexOfferRevocationResponse: Answers {
        /// The revocation.
        #[xml("@FlexOfferRevocationMessageID")]
        pub flex_offer_revocation_message_id: Uuid,
    }
}

responds! {
    FlexOffer => FlexOfferResponse {
        flex_offer_message_id: request.message_id.clone(),
    }, |request, _answer|
}

responds! {
    FlexOfferRevocation => FlexOfferRevocationResponse {
        flex_offer_revocation_message_id: request.message_id.clone(),
    }, |request, _answer|
}

#[cfg(test)]
mod tests {
    use super::*;

    fn option(price: &str, power_w: i64, least: Option<&str>) -> OfferOption {
        OfferOption {
            option_reference: "a".to_owned(),
            price: price.parse().unwrap(),
            min_activation_factor: least.map(|least| least.parse().unwrap()),
            isps: vec![Isp { power_w, start: NonZeroU32::MIN, duration: None }],
        }
    }

    #[test]
    fn a_part_of_an_option_has_that_part_of_its_power_and_price() {
        let half = "0.50".parse().unwrap();
        let (price, isps) = option("12.50", -3000, Some("0.1")).part(half).unwrap();
        assert_eq!((price, isps[0].power_w), ("6.25".parse().unwrap(), -1500));
        for (option, why) in [
            (option("12.50", -3000, Some("0.51")), "less than is offered"),
            (option("12.50", -3000, None), "the whole only"),
            (option("12.50", -3001, Some("0.1")), "no whole watts"),
            (option("12.3457", -3000, Some("0.1")), "no four decimal places"),
        ] {
            assert_eq!(option.part(half), None, "{why}");
        }
        assert!(option("12.3457", -3001, None).part(ActivationFactor::ONE).is_some());
        assert!(
            option("79228162514264337593543950335", i64::MIN, None).part(ActivationFactor::ONE).is_some()
        );
    }
}
