use std::fmt;
use std::str::FromStr;

use xml_wire::lexical::collapse;
use xml_wire::{Escape, Lexical, Text, Xml, XmlText};

use super::SiScale;

/// Money, or money for something (`oadr:currencyType`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct CurrencyUnit {
    /// Repeats what the unit is.
    #[xml("oadr:itemDescription")]
    pub description: CurrencyDescription,
    /// Which money.
    #[xml("oadr:itemUnits")]
    pub currency: Currency,
    /// Its scale.
    #[xml("scale:siScaleCode")]
    pub scale: SiScale,
}

impl CurrencyUnit {
    /// Unscaled money.
    pub fn new(description: CurrencyDescription, currency: Currency) -> Self {
        Self { description, currency, scale: SiScale::None }
    }
}

/// What a currency unit is, once more (`oadr:itemDescription`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, XmlText)]
pub enum CurrencyDescription {
    /// Money.
    #[xml("currency")]
    Currency,
    /// Money for a kilowatt.
    #[xml("currencyPerKW")]
    CurrencyPerKW,
    /// Money for a kilowatt hour.
    #[xml("currencyPerKWh")]
    CurrencyPerKWh,
}

/// A currency: a code of ISO 4217 as of April 2010, in capitals (`oadr:itemUnits`).
///
/// The schema's list is closed. Currencies that came later, such as CNH, are not in it, and some that are gone are.
///
/// ```
/// use openadr_types::units::Currency;
///
/// let euro: Currency = "EUR".parse()?;
/// assert_eq!(euro, Currency::EUR);
/// assert!("eur".parse::<Currency>().is_err());
/// # Ok::<(), openadr_types::units::NotACurrency>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "String", into = "String"))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema), schemars(extend("enum" = CODES.split(' ').collect::<Vec<_>>())))]
pub struct Currency([u8; 3]);

impl Currency {
    /// Euro.
    pub const EUR: Self = Self(*b"EUR");
    /// Pound sterling.
    pub const GBP: Self = Self(*b"GBP");
    /// US dollar.
    pub const USD: Self = Self(*b"USD");

    /// The three capitals.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("made of ASCII capitals")
    }
}

impl FromStr for Currency {
    type Err = NotACurrency;

    fn from_str(text: &str) -> Result<Self, NotACurrency> {
        CODES
            .split(' ')
            .find(|code| *code == text)
            .and_then(|code| code.as_bytes().try_into().ok())
            .map(Self)
            .ok_or(NotACurrency)
    }
}

impl TryFrom<String> for Currency {
    type Error = NotACurrency;

    fn try_from(text: String) -> Result<Self, NotACurrency> {
        text.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.as_str().to_owned()
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Currency({})", self.as_str())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Text for Currency {
    const EXPECTED: &'static str = "a currency code of the schema's list, such as EUR";

    fn parse(text: &str, _: &Lexical) -> Option<Self> {
        collapse(text).parse().ok()
    }

    fn write(&self, out: &mut Escape<'_>) -> fmt::Result {
        out.plain(self.as_str());
        Ok(())
    }
}

/// A text that is no currency code of the schema's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a currency code of the schema's list")]
pub struct NotACurrency;

const CODES: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYR BZD \
    CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUC CUP CVE CZK DJF DKK DOP DZD EEK EGP ERN ETB EUR FJD FKP \
    GBP GEL GHS GIP GMD GNF GTQ GWP GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR \
    KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LTL LVL LYD MAD MDL MGA MKD MMK MNT MOP MRO MUR MVR MWK MXN \
    MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG \
    SEK SGD SHP SLL SOS SRD STD SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN USS UYI UYU \
    UZS VEF VND VUV WST XAF XAG XAU XBA XBB XBC XBD XCD XDR XFU XOF XPD XPF XPT XTS XXX YER ZAR ZMK ZWL";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_its_own_constants_and_refuses_what_is_no_code() {
        for currency in [Currency::EUR, Currency::GBP, Currency::USD] {
            assert_eq!(currency.as_str().parse(), Ok(currency));
        }
        for text in ["", " ", "EUR USD", "R U", "eur", "EURO"] {
            assert_eq!(text.parse::<Currency>(), Err(NotACurrency), "{text}");
        }
    }
}
