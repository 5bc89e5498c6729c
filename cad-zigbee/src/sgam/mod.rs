//! Where the frames stand in the Smart Grid Architecture Model.
//!
//! A general command asks, answers or reports; between meter and Consumer Access Device that decides who sends it. The
//! gas meter sleeps, so the gas proxy speaks for it. The commands of Smart Energy have their ends each.
//!
//! ```
//! use cad_zigbee::energy;
//! use sgam::{Placed as _, actors};
//!
//! let placed = |name| energy::Command::every_exchange().filter(move |exchange| exchange.message == name);
//! assert!(placed("PublishPrice").all(|exchange| exchange.to == &actors::CAD));
//! assert!(placed("RequestMirror").all(|exchange| exchange.between(&actors::GAS_METER, &actors::GAS_PROXY)));
//! ```

mod energy;

use sgam::{Exchange, Layers, Link, Placed, actors};

use crate::zcl::general::GeneralCommand;

const FROM_ELECTRICITY_METER: Link = Link {
    protocol: "Zigbee Smart Energy",
    from: &actors::ELECTRICITY_METER,
    to: &actors::CAD,
    layers: Layers {
        communication: &["IEEE 802.15.4", "Zigbee"],
        information: &["Zigbee Cluster Library", "Smart Energy"],
        function: &["metering"],
        business: &[],
    },
};
const FROM_GAS_PROXY: Link = Link { from: &actors::GAS_PROXY, ..FROM_ELECTRICITY_METER };

const CLAUSE: &str = "Zigbee Cluster Library, general commands";

const fn from_meter(command: &'static str) -> [Exchange; 2] {
    [FROM_ELECTRICITY_METER.carries(command, CLAUSE), FROM_GAS_PROXY.carries(command, CLAUSE)]
}

const fn to_meter(command: &'static str) -> [Exchange; 2] {
    [
        FROM_ELECTRICITY_METER.reversed().carries(command, CLAUSE),
        FROM_GAS_PROXY.reversed().carries(command, CLAUSE),
    ]
}

const fn either(command: &'static str) -> [Exchange; 4] {
    let [a, b] = from_meter(command);
    let [c, d] = to_meter(command);
    [a, b, c, d]
}

const READ: &[Exchange] = &to_meter("Read Attributes");
const READ_RESPONSE: &[Exchange] = &from_meter("Read Attributes Response");
const WRITE: &[Exchange] = &to_meter("Write Attributes");
const WRITE_UNDIVIDED: &[Exchange] = &to_meter("Write Attributes Undivided");
const WRITE_RESPONSE: &[Exchange] = &from_meter("Write Attributes Response");
const WRITE_NO_RESPONSE: &[Exchange] = &to_meter("Write Attributes No Response");
const CONFIGURE: &[Exchange] = &to_meter("Configure Reporting");
const CONFIGURE_RESPONSE: &[Exchange] = &from_meter("Configure Reporting Response");
const READ_CONFIGURATION: &[Exchange] = &to_meter("Read Reporting Configuration");
const READ_CONFIGURATION_RESPONSE: &[Exchange] = &from_meter("Read Reporting Configuration Response");
const REPORT: &[Exchange] = &from_meter("Report Attributes");
const DEFAULT_RESPONSE: &[Exchange] = &either("Default Response");
const DISCOVER: &[Exchange] = &to_meter("Discover Attributes");
const DISCOVER_RESPONSE: &[Exchange] = &from_meter("Discover Attributes Response");
const READ_STRUCTURED: &[Exchange] = &to_meter("Read Attributes Structured");
const WRITE_STRUCTURED: &[Exchange] = &to_meter("Write Attributes Structured");
const WRITE_STRUCTURED_RESPONSE: &[Exchange] = &from_meter("Write Attributes Structured Response");
const DISCOVER_RECEIVED: &[Exchange] = &to_meter("Discover Commands Received");
const DISCOVER_RECEIVED_RESPONSE: &[Exchange] = &from_meter("Discover Commands Received Response");
const DISCOVER_GENERATED: &[Exchange] = &to_meter("Discover Commands Generated");
const DISCOVER_GENERATED_RESPONSE: &[Exchange] = &from_meter("Discover Commands Generated Response");
const DISCOVER_EXTENDED: &[Exchange] = &to_meter("Discover Attributes Extended");
const DISCOVER_EXTENDED_RESPONSE: &[Exchange] = &from_meter("Discover Attributes Extended Response");
const OTHER: &[Exchange] = &either("general command");

impl Placed for GeneralCommand<'_> {
    const EXCHANGES: &'static [&'static [Exchange]] = &[
        READ,
        READ_RESPONSE,
        WRITE,
        WRITE_UNDIVIDED,
        WRITE_RESPONSE,
        WRITE_NO_RESPONSE,
        CONFIGURE,
        CONFIGURE_RESPONSE,
        READ_CONFIGURATION,
        READ_CONFIGURATION_RESPONSE,
        REPORT,
        DEFAULT_RESPONSE,
        DISCOVER,
        DISCOVER_RESPONSE,
        READ_STRUCTURED,
        WRITE_STRUCTURED,
        WRITE_STRUCTURED_RESPONSE,
        DISCOVER_RECEIVED,
        DISCOVER_RECEIVED_RESPONSE,
        DISCOVER_GENERATED,
        DISCOVER_GENERATED_RESPONSE,
        DISCOVER_EXTENDED,
        DISCOVER_EXTENDED_RESPONSE,
        OTHER,
    ];

    fn exchanges(&self) -> &'static [Exchange] {
        match self {
            Self::ReadAttributes(_) => READ,
            Self::ReadAttributesResponse(_) => READ_RESPONSE,
            Self::WriteAttributes(_) => WRITE,
            Self::WriteAttributesUndivided(_) => WRITE_UNDIVIDED,
            Self::WriteAttributesResponse(_) => WRITE_RESPONSE,
            Self::WriteAttributesNoResponse(_) => WRITE_NO_RESPONSE,
            Self::ConfigureReporting(_) => CONFIGURE,
            Self::ConfigureReportingResponse(_) => CONFIGURE_RESPONSE,
            Self::ReadReportingConfiguration(_) => READ_CONFIGURATION,
            Self::ReadReportingConfigurationResponse(_) => READ_CONFIGURATION_RESPONSE,
            Self::ReportAttributes(_) => REPORT,
            Self::DefaultResponse { .. } => DEFAULT_RESPONSE,
            Self::DiscoverAttributes { .. } => DISCOVER,
            Self::DiscoverAttributesResponse { .. } => DISCOVER_RESPONSE,
            Self::ReadAttributesStructured(_) => READ_STRUCTURED,
            Self::WriteAttributesStructured(_) => WRITE_STRUCTURED,
            Self::WriteAttributesStructuredResponse(_) => WRITE_STRUCTURED_RESPONSE,
            Self::DiscoverCommandsReceived { .. } => DISCOVER_RECEIVED,
            Self::DiscoverCommandsReceivedResponse { .. } => DISCOVER_RECEIVED_RESPONSE,
            Self::DiscoverCommandsGenerated { .. } => DISCOVER_GENERATED,
            Self::DiscoverCommandsGeneratedResponse { .. } => DISCOVER_GENERATED_RESPONSE,
            Self::DiscoverAttributesExtended { .. } => DISCOVER_EXTENDED,
            Self::DiscoverAttributesExtendedResponse { .. } => DISCOVER_EXTENDED_RESPONSE,
            Self::Other { .. } => OTHER,
        }
    }
}

/// A reading crosses from a meter in a report, in an answer, or in a command of the Metering cluster; the display has it
/// then.
#[cfg(feature = "std")]
impl Placed for crate::readings::Reading {
    const EXCHANGES: &'static [&'static [Exchange]] = &[READING];

    fn exchanges(&self) -> &'static [Exchange] {
        READING
    }
}

#[cfg(feature = "std")]
const READING: &[Exchange] = &[
    FROM_ELECTRICITY_METER.carries("reading", "Smart Energy, Metering"),
    FROM_GAS_PROXY.carries("reading", "Smart Energy, Metering"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "std")]
    #[test]
    fn a_reading_comes_from_either_meter_to_the_device_of_the_consumer() {
        let [exchanges] = crate::readings::Reading::EXCHANGES else { panic!("one kind of reading") };
        assert!(exchanges.iter().all(|exchange| exchange.to.name == actors::CAD.name));
        assert_ne!(exchanges[0].from.name, exchanges[1].from.name);
    }

    #[test]
    fn places_all_general_commands_and_each_once() {
        assert_eq!(GeneralCommand::EXCHANGES.len(), 24);
        for (place, exchanges) in GeneralCommand::EXCHANGES.iter().enumerate() {
            let name = exchanges.first().map(|exchange| exchange.message);
            let again = GeneralCommand::EXCHANGES
                .iter()
                .skip(place + 1)
                .any(|later| later.first().map(|exchange| exchange.message) == name);
            assert!(!again, "{name:?}");
        }
    }
}
