//! Rules about units, wherever they stand.

use super::Rule;
use super::finding::{Findings, Place};
use crate::units::ItemBase;

/// A unit has the symbol and the description that the schema fixes; a symbol may take a scale for another.
pub(super) fn check(unit: Option<&ItemBase>, place: &Place<'_>, out: &mut Findings) {
    for deviation in unit.into_iter().flat_map(ItemBase::deviations) {
        let place = &place.at(deviation.path);
        let text = format!("Write {}, which the schema fixes, not {}.", deviation.fixed, deviation.written);
        if deviation.path.ends_with("itemUnits") {
            out.warning(Rule::FixedValue, place, text);
        } else {
            out.info(Rule::FixedValue, place, text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Context, Role, Severity, check, check_unit, example};
    use super::*;
    use crate::envelope::{Reading, Writing};
    use crate::message::Message;
    use crate::report::SpecifierPayload;
    use crate::units::SiScale;
    use crate::{Payload, ns};

    /// What is found in a message that has `fixed` where a peer writes `written`.
    fn found(
        message: impl Into<Message>,
        sender: Role,
        fixed: &str,
        written: &str,
    ) -> Vec<(Severity, String)> {
        let document = Payload::new(message).to_xml().unwrap();
        assert!(document.contains(fixed), "{document}");
        let payload = Payload::from_xml(document.replace(fixed, written).as_bytes()).unwrap();
        let findings = check(&payload, &Context::new(sender)).into_iter();
        findings.filter(|f| f.rule == Rule::FixedValue).map(|f| (f.severity, f.path)).collect()
    }

    #[test]
    fn finds_them_in_a_unit_alone() {
        let document = Writing::default().write_unit(&ItemBase::current_a(SiScale::Kilo)).unwrap();
        let found = |document: &str| {
            let (_, unit) = Reading::default().read_unit(document.as_bytes()).unwrap();
            check_unit(&unit).iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(found(&document), [""; 0]);
        assert_eq!(
            found(&document.replace(">A<", ">kA<")),
            ["warning [fixed-value] /oadr:current/oadr:itemUnits: Write A, which the schema fixes, not kA."]
        );
    }

    #[test]
    fn finds_other_values_than_the_schema_fixes_wherever_a_unit_stands() {
        let mut event = example::distribute();
        event.events[0].event.signals[1].unit = Some(ItemBase::energy_real_wh(SiScale::Kilo));
        let mut asked = example::request();
        let data_points = &mut asked.report_requests[0].specifier.payloads;
        let point: &mut SpecifierPayload = data_points.first_mut().unwrap();
        point.unit = Some(ItemBase::voltage_v(SiScale::None));
        let signals = "/oadr:oadrDistributeEvent/oadr:oadrEvent[1]/ei:eiEvent/ei:eiEventSignals";
        for (message, sender, fixed, written, severity, path) in [
            (
                Message::from(event.clone()),
                Role::Vtn,
                ">Wh<",
                ">kWh<",
                Severity::Warning,
                format!("{signals}/ei:eiEventSignal[2]/power:energyReal/power:itemUnits"),
            ),
            (
                event.into(),
                Role::Vtn,
                ">RealPower<",
                ">power<",
                Severity::Info,
                format!("{signals}/ei:eiEventBaseline/power:powerReal/power:itemDescription"),
            ),
            (
                example::register().into(),
                Role::Ven,
                ">Wh<",
                ">kWh<",
                Severity::Warning,
                "/oadr:oadrRegisterReport/oadr:oadrReport[1]/oadr:oadrReportDescription[1]/power:energyReal/power:itemUnits"
                    .to_owned(),
            ),
            (
                asked.into(),
                Role::Vtn,
                ">V<",
                ">volt<",
                Severity::Warning,
                "/ei:specifierPayload[1]/power:voltage/power:itemUnits".to_owned(),
            ),
        ] {
            let good = found(message.clone(), sender, fixed, fixed);
            assert_eq!(good, []);
            let empty = found(message.clone(), sender, fixed, "><");
            assert_eq!(empty, [], "an empty element has the fixed value");
            let [(found_severity, found_path)] = &found(message, sender, fixed, written)[..] else {
                panic!("{written}")
            };
            assert_eq!(*found_severity, severity);
            assert!(found_path.ends_with(&path), "{found_path}");
            assert!(!found_path.contains(ns::POWER.uri()));
        }
    }
}
