//! All units.

use openadr_types::units::{
    CurrencyUnit, Current, CustomUnit, EnergyApparent, EnergyReactive, EnergyReal, Frequency, ItemBase,
    PowerApparent, PowerAttributes, PowerReactive, PowerReal, PulseCount, Temperature, Therm, Voltage,
};
use openadr_types::{Fixed, ns};
use proptest::prelude::*;
use xml_wire::Decoder;

use super::scalar::{currency, decimal, feed, flag, float, listed, text};

/// What the schema fixes, left out by some peers, for whom the element is empty.
fn fixed() -> BoxedStrategy<Fixed> {
    let empty = r#"<p:voltage xmlns:p="http://docs.oasis-open.org/ns/emix/2011/06/power"><p:itemDescription/><p:itemUnits/>
        <s:siScaleCode xmlns:s="http://docs.oasis-open.org/ns/emix/2011/06/siscale">none</s:siScaleCode></p:voltage>"#;
    let Ok(ItemBase::Voltage(voltage)) = Decoder::new(&ns::DIALECT).read_str(empty) else { panic!("a unit") };
    prop_oneof![4 => Just(Fixed::default()), 1 => Just(voltage.units)].boxed()
}

fn attributes() -> BoxedStrategy<PowerAttributes> {
    (decimal(), decimal(), flag())
        .prop_map(|(hertz, voltage, ac)| PowerAttributes { hertz, voltage, ac })
        .boxed()
}

fn currency_unit() -> BoxedStrategy<CurrencyUnit> {
    (listed(), currency(), listed())
        .prop_map(|(description, currency, scale)| CurrencyUnit { description, currency, scale })
        .boxed()
}

/// A unit that is nothing but its fixed texts and its scale.
macro_rules! plain {
    ($name:ident) => {
        (fixed(), fixed(), listed())
            .prop_map(|(description, units, scale)| ItemBase::from_parts($name { description, units, scale }))
    };
}

/// Which unit a part belongs to.
trait FromParts<T> {
    fn from_parts(part: T) -> Self;
}

macro_rules! from_parts {
    ($($name:ident)*) => {$(
        impl FromParts<$name> for ItemBase {
            fn from_parts(part: $name) -> Self {
                Self::$name(part)
            }
        }
    )*};
}

from_parts! { Voltage EnergyApparent EnergyReactive EnergyReal Current Frequency Therm }

pub(crate) fn unit() -> BoxedStrategy<ItemBase> {
    prop_oneof![
        plain!(Voltage),
        plain!(EnergyApparent),
        plain!(EnergyReactive),
        plain!(EnergyReal),
        plain!(Current),
        plain!(Frequency),
        plain!(Therm),
        (fixed(), fixed(), listed(), attributes()).prop_map(|(description, units, scale, attributes)| {
            ItemBase::PowerApparent(PowerApparent { description, units, scale, attributes })
        }),
        (fixed(), fixed(), listed(), attributes()).prop_map(|(description, units, scale, attributes)| {
            ItemBase::PowerReactive(PowerReactive { description, units, scale, attributes })
        }),
        (fixed(), listed(), listed(), attributes()).prop_map(|(description, units, scale, attributes)| {
            ItemBase::PowerReal(PowerReal { description, units, scale, attributes })
        }),
        (text(), text(), listed()).prop_map(|(description, units, scale)| {
            ItemBase::Custom(CustomUnit { description, units, scale })
        }),
        currency_unit().prop_map(ItemBase::Currency),
        currency_unit().prop_map(ItemBase::CurrencyPerKWh),
        currency_unit().prop_map(ItemBase::CurrencyPerKW),
        currency_unit().prop_map(ItemBase::CurrencyPerThm),
        (fixed(), listed(), listed()).prop_map(|(description, units, scale)| {
            ItemBase::Temperature(Temperature { description, units, scale })
        }),
        (fixed(), fixed(), float()).prop_map(|(description, units, factor)| {
            ItemBase::PulseCount(PulseCount { description, units, factor })
        }),
        feed().prop_map(ItemBase::GreenButton),
    ]
    .boxed()
}
