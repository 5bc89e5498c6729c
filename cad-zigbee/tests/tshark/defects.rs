//! Where tshark 4.0 is wrong, or shows nothing to compare, and why.

use Place::{Column, Fields};
use cad_zigbee::sniffer::Decoded;
use cad_zigbee::zcl::ClusterId;
use cad_zigbee::zcl::general::GeneralCommand;
use cad_zigbee::zcl::value::{Content, Value};
use std::collections::BTreeSet;

/// What is not compared.
pub(crate) enum Place {
    /// A column, in the frames where this holds.
    Column(&'static str, fn(&Decoded<'_>) -> bool),
    /// Fields of a command, or values of attributes, by our names.
    Fields(&'static str, &'static [&'static str]),
}

const EARLIER_EDITION: &str = "it knows the command as an earlier edition has it, and does not read these";
const BIG_ENDIAN: &str = "it reads the number big endian";
const TARIFF_TYPE: &[&str] = &["tariffType"];

/// What is not compared, with what tshark does there.
pub(crate) const DEFECTS: [(Place, &str); 22] = [
    (Column("fields", has_elements), "it takes the count of a structure for its first element and gives up"),
    (
        Column("cluster command", |decoded| decoded.zcl.is_some_and(|zcl| zcl.cluster == APPLIANCE_EVENTS)),
        "it has no field for it",
    ),
    (Fields("RequestFastPollModeResponse", &["fastPollModeEndtime"]), "it counts from 1970 instead of 2000"),
    (Fields("PublishChangeOfTenancy", &["proposedTenancyChangeControl"]), BIG_ENDIAN),
    (Fields("RequestNewPasswordResponse", &["durationInMinutes"]), BIG_ENDIAN),
    (Fields("Read Attributes Response", &["close tunnel timeout"]), BIG_ENDIAN),
    (Fields("GetScheduledEvents", &["issuerEventId"]), "it shows one byte of four"),
    (Fields("ChangeDebt", &["debtRecoveryBalancePercentage"]), "it reads one byte of two"),
    (Fields("PublishSnapshot", &["currentSummation"]), "it leaves the sub-payload as octets"),
    (
        Fields("ScheduleSnapshot", &["id", "startTime", "schedule", "payloadType", "cause"]),
        "it reads one schedule of several",
    ),
    (
        Fields("MirrorReportAttributeResponse", &["notificationFlags"]),
        "it reads as many as the schemes it knows have",
    ),
    (Fields("TransferDataServerToClient", &["data"]), "it shows the data in another protocol's tree"),
    (Fields("TransferDataClientToServer", &["data"]), "it shows the data in another protocol's tree"),
    (Fields("SelectAvailableEmergencyCredit", &["siteId", "meterSerialNumber"]), EARLIER_EDITION),
    (Fields("MessageConfirmation", &["messageConfirmationControl"]), EARLIER_EDITION),
    (Fields("CancelLoadControlEvent", &["effectiveTime"]), EARLIER_EDITION),
    (Fields("PublishBlockPeriod", &["tariffResolutionPeriod"]), EARLIER_EDITION),
    (Fields("GetTariffInformation", TARIFF_TYPE), EARLIER_EDITION),
    (Fields("GetConsolidatedBill", TARIFF_TYPE), EARLIER_EDITION),
    (Fields("GetCO2Value", TARIFF_TYPE), EARLIER_EDITION),
    (Fields("GetBlockPeriods", TARIFF_TYPE), EARLIER_EDITION),
    (Fields("GetBillingPeriod", TARIFF_TYPE), EARLIER_EDITION),
];

const APPLIANCE_EVENTS: ClusterId = ClusterId(0x0B02);

/// Whether the frame has a value with elements.
fn has_elements(decoded: &Decoded<'_>) -> bool {
    let has = |value: &Value<'_>| matches!(value.content(), Some(Content::List(_) | Content::Struct(_)));
    match decoded.zcl.map(|zcl| GeneralCommand::read(&zcl.frame)) {
        Some(Ok((GeneralCommand::ReportAttributes(list), _))) => {
            list.into_iter().flatten().any(|record| has(&record.value))
        }
        Some(Ok((GeneralCommand::ReadAttributesResponse(list), _))) => {
            list.into_iter().flatten().any(|record| record.value.is_some_and(|value| has(&value)))
        }
        _ => false,
    }
}

/// Which defects were met.
#[derive(Default)]
pub(crate) struct Met(BTreeSet<usize>);

impl Met {
    /// Whether a column of a frame is not compared.
    pub(crate) fn column(&mut self, column: &str, decoded: &Decoded<'_>) -> bool {
        self.any(|place| matches!(place, Column(name, holds) if *name == column && holds(decoded)))
    }

    /// Whether a field of a command is not compared.
    pub(crate) fn field(&mut self, command: &str, field: &str) -> bool {
        self.any(|place| matches!(place, Fields(of, names) if *of == command && names.contains(&field)))
    }

    fn any(&mut self, is_here: impl Fn(&Place) -> bool) -> bool {
        let here: Vec<usize> = (0..DEFECTS.len()).filter(|index| is_here(&DEFECTS[*index].0)).collect();
        self.0.extend(&here);
        !here.is_empty()
    }

    /// What tshark does where no frame was.
    pub(crate) fn not_met(&self) -> Vec<&'static str> {
        let not_met = (0..DEFECTS.len()).filter(|index| !self.0.contains(index));
        not_met.map(|index| DEFECTS[index].1).collect()
    }
}
