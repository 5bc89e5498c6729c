//! The types by which `xsi:type` may call the elements of messages: those that the schema declares for them.
//!
//! The types of `power:energyItem` and `power:powerItem` are abstract, so these have to be called by one derived from it.
//!
//! **Interpretation:** of other types that are derived from the declared one, only those are admitted that take any text. In
//! signatures, Atom and Green Button data a type is called as its element, perhaps with `Type` behind it; where anything
//! may stand, any type may, and is not looked into.

use super::Name;
use crate::ns;

/// What may stand before a type's or an element's name.
const XS: &str = "http://www.w3.org/2001/XMLSchema";
const ISO: &str = "urn:un:unece:uncefact:codelist:standard:5:ISO42173A:2010-04-07";

/// Whether an element in another may say that it is of the type of a namespace and a name.
pub(super) fn admits(element: Name<'_>, outer: Name<'_>, namespace: &str, local: &str) -> bool {
    let is_type =
        |name: &str| is(name, namespace, local) || (name == "xs:string" && is_text(namespace, local));
    let is_element = |path: &str| match path.split_once('/') {
        Some((around, name)) => is(around, outer.0, outer.1) && is(name, element.0, element.1),
        None => is(path, element.0, element.1),
    };
    TYPES.iter().any(|(kind, elements)| is_type(kind) && elements.split(' ').any(is_element))
}

/// The local name of the element that holds what an element of a more general type does if it is called by this type.
pub(super) fn particular(element: Name<'_>, kind: &str) -> Option<&'static str> {
    const GENERAL: [&str; 2] = ["energyItem", "powerItem"];
    if element.0 != ns::POWER.uri() || !GENERAL.contains(&element.1) {
        return None;
    }
    let of_type = TYPES.iter().find(|(name, _)| is(name, ns::POWER.uri(), kind));
    of_type.and_then(|(_, elements)| elements.split([' ', ':']).nth(1))
}

/// Whether this is the type of any element of a message, or of a text.
pub(super) fn is_known(namespace: &str, local: &str) -> bool {
    is_text(namespace, local) || TYPES.iter().any(|(kind, _)| is(kind, namespace, local))
}

/// Whether this is a type that takes any text.
pub(super) fn is_text(namespace: &str, local: &str) -> bool {
    let texts =
        ["xs:string", "xs:normalizedString", "xs:token", "ei:UidType", "power:MridType", "power:NodeType"];
    texts.iter().any(|name| is(name, namespace, local))
}

/// Whether a name with the prefix that is conventional here is that of a namespace and a local name.
fn is(name: &str, namespace: &str, local: &str) -> bool {
    let Some((prefix, name)) = name.split_once(':') else { return false };
    let known = match prefix {
        "xs" => Some(XS),
        "iso" => Some(ISO),
        _ => ns::ALL.iter().find(|ns| ns.prefix() == prefix).map(xml_wire::Namespace::uri),
    };
    name == local && known == Some(namespace)
}

/// Each type, and the elements that are of it: behind the one around them where their type depends on that.
const TYPES: &[(&str, &str)] = &[
    ("ei:AccuracyType", "ei:accuracy"),
    ("ei:ConfidenceType", "ei:confidence"),
    ("ei:EiResponseType", "ei:eiResponse"),
    ("ei:EiTargetType", "ei:eiTarget ei:reportDataSource ei:reportSubject oadr:oadrDeviceClass"),
    ("ei:EventStatusEnumeratedType", "ei:eventStatus"),
    ("ei:IntervalType", "ei:interval"),
    ("ei:OptReasonType", "ei:optReason"),
    ("ei:OptTypeType", "ei:optType"),
    ("ei:PayloadBaseType", "ei:payloadBase"),
    ("ei:PayloadFloatType", "ei:payloadFloat"),
    ("ei:QualifiedEventIDType", "ei:qualifiedEventID"),
    ("ei:ReadingTypeType", "ei:readingType"),
    ("ei:ReportSpecifierType", "ei:reportSpecifier"),
    ("ei:ReportTypeType", "ei:reportType"),
    ("ei:ResponseCodeType", "ei:responseCode"),
    ("ei:SignalTypeEnumeratedType", "ei:signalType"),
    ("ei:SpecifierPayloadType", "ei:specifierPayload"),
    ("ei:currentValueType", "ei:currentValue"),
    ("ei:eiActivePeriodType", "ei:eiActivePeriod"),
    ("ei:eiEventBaselineType", "ei:eiEventBaseline"),
    ("ei:eiEventSignalType", "ei:eiEventSignal"),
    ("ei:eiEventSignalsType", "ei:eiEventSignals"),
    ("ei:eiEventType", "ei:eiEvent"),
    ("ei:eventDescriptorType", "ei:eventDescriptor"),
    ("ei:reportNameType", "ei:reportName"),
    ("ei:signalNameType", "ei:signalName"),
    ("ei:signalPayloadType", "ei:signalPayload"),
    ("emix:ItemBaseType", "emix:itemBase"),
    ("emix:MarketContextType", "emix:marketContext"),
    ("emix:ServiceAreaType", "emix:serviceArea"),
    ("gml:doubleList", "gml:posList"),
    (
        "iso:ISO3AlphaCurrencyCodeContentType",
        "oadr:currency/oadr:itemUnits oadr:currencyPerKW/oadr:itemUnits \
         oadr:currencyPerKWh/oadr:itemUnits oadr:currencyPerThm/oadr:itemUnits",
    ),
    ("oadr:BaseUnitType", "oadr:customUnit"),
    ("oadr:CurrentType", "oadr:current"),
    ("oadr:FrequencyType", "oadr:frequency"),
    ("oadr:ResponseRequiredType", "oadr:oadrResponseRequired"),
    ("oadr:ThermType", "oadr:Therm"),
    (
        "oadr:currencyItemDescriptionType",
        "oadr:currency/oadr:itemDescription oadr:currencyPerKW/oadr:itemDescription \
         oadr:currencyPerKWh/oadr:itemDescription oadr:currencyPerThm/oadr:itemDescription",
    ),
    ("oadr:currencyType", "oadr:currency oadr:currencyPerKW oadr:currencyPerKWh oadr:currencyPerThm"),
    ("oadr:oadrCancelOptType", "oadr:oadrCancelOpt"),
    ("oadr:oadrCancelPartyRegistrationType", "oadr:oadrCancelPartyRegistration"),
    ("oadr:oadrCancelReportType", "oadr:oadrCancelReport"),
    ("oadr:oadrCanceledOptType", "oadr:oadrCanceledOpt"),
    ("oadr:oadrCanceledPartyRegistrationType", "oadr:oadrCanceledPartyRegistration"),
    ("oadr:oadrCanceledReportType", "oadr:oadrCanceledReport"),
    ("oadr:oadrCreateOptType", "oadr:oadrCreateOpt"),
    ("oadr:oadrCreatePartyRegistrationType", "oadr:oadrCreatePartyRegistration"),
    ("oadr:oadrCreateReportType", "oadr:oadrCreateReport"),
    ("oadr:oadrCreatedEventType", "oadr:oadrCreatedEvent"),
    ("oadr:oadrCreatedOptType", "oadr:oadrCreatedOpt"),
    ("oadr:oadrCreatedPartyRegistrationType", "oadr:oadrCreatedPartyRegistration"),
    ("oadr:oadrCreatedReportType", "oadr:oadrCreatedReport"),
    ("oadr:oadrDataQualityTypeType", "oadr:oadrDataQuality"),
    ("oadr:oadrDistributeEventType", "oadr:oadrDistributeEvent"),
    ("oadr:oadrGBItemBase", "oadr:oadrGBDataDescription"),
    ("oadr:oadrGBStreamPayloadBase", "oadr:oadrGBPayload"),
    ("oadr:oadrLoadControlStateType", "oadr:oadrLoadControlState"),
    (
        "oadr:oadrLoadControlStateTypeType",
        "oadr:oadrCapacity oadr:oadrLevelOffset oadr:oadrPercentOffset oadr:oadrSetPoint",
    ),
    ("oadr:oadrPayloadResourceStatusType", "oadr:oadrPayloadResourceStatus"),
    ("oadr:oadrPendingReportsType", "oadr:oadrPendingReports"),
    ("oadr:oadrPollType", "oadr:oadrPoll"),
    ("oadr:oadrProfileType", "oadr:oadrProfileName"),
    ("oadr:oadrQueryRegistrationType", "oadr:oadrQueryRegistration"),
    ("oadr:oadrRegisterReportType", "oadr:oadrRegisterReport"),
    ("oadr:oadrRegisteredReportType", "oadr:oadrRegisteredReport"),
    ("oadr:oadrReportDescriptionType", "oadr:oadrReportDescription"),
    ("oadr:oadrReportPayloadType", "oadr:oadrReportPayload"),
    ("oadr:oadrReportRequestType", "oadr:oadrReportRequest"),
    ("oadr:oadrReportType", "oadr:oadrReport"),
    ("oadr:oadrRequestEventType", "oadr:oadrRequestEvent"),
    ("oadr:oadrRequestReregistrationType", "oadr:oadrRequestReregistration"),
    ("oadr:oadrResponseType", "oadr:oadrResponse"),
    ("oadr:oadrSamplingRateType", "oadr:oadrSamplingRate"),
    ("oadr:oadrServiceNameType", "oadr:oadrServiceName"),
    ("oadr:oadrTransportType", "oadr:oadrTransportName"),
    ("oadr:oadrUpdateReportType", "oadr:oadrUpdateReport"),
    ("oadr:oadrUpdatedReportType", "oadr:oadrUpdatedReport"),
    ("oadr:pulseCountType", "oadr:pulseCount"),
    ("oadr:temperatureType", "oadr:temperature"),
    ("oadr:temperatureUnitType", "oadr:temperature/oadr:itemUnits"),
    ("power:AggregatedPnodeType", "power:aggregatedPnode"),
    ("power:EndDeviceAssetType", "power:endDeviceAsset"),
    ("power:EnergyApparentType", "power:energyApparent power:energyItem"),
    ("power:EnergyReactiveType", "power:energyReactive power:energyItem"),
    ("power:EnergyRealType", "power:energyReal power:energyItem"),
    ("power:MeterAssetType", "power:meterAsset"),
    ("power:MridType", "power:mrid"),
    ("power:NodeType", "power:node power:pointOfDelivery power:pointOfReceipt"),
    ("power:PnodeType", "power:pnode"),
    ("power:PowerApparentType", "power:powerApparent power:powerItem"),
    ("power:PowerAttributesType", "power:powerAttributes"),
    ("power:PowerReactiveType", "power:powerReactive power:powerItem"),
    ("power:PowerRealType", "power:powerReal power:powerItem"),
    ("power:ServiceDeliveryPointType", "power:serviceDeliveryPoint"),
    ("power:ServiceLocationType", "power:serviceLocation"),
    ("power:TransportInterfaceType", "power:transportInterface"),
    (
        "power:VoltageType",
        "ei:eiEventSignal/power:voltage ei:eiEventBaseline/power:voltage \
         ei:specifierPayload/power:voltage oadr:oadrReportDescription/power:voltage",
    ),
    ("scale:SiScaleCodeType", "scale:siScaleCode"),
    ("strm:StreamPayloadBaseType", "strm:streamPayloadBase"),
    ("xcal:ArrayOfVavailabilityContainedComponents", "xcal:vavailability/xcal:components"),
    ("xcal:AvailableType", "xcal:available"),
    ("xcal:DateTimeType", "ei:createdDateTime ei:modificationDateTime xcal:date-time"),
    (
        "xcal:DurationPropType",
        "ei:reportBackDuration ei:x-eiNotification ei:x-eiRampUp ei:x-eiRecovery \
         oadr:oadrRequestedOadrPollFreq xcal:granularity xcal:properties/xcal:duration \
         ei:interval/xcal:duration oadr:oadrReport/xcal:duration ei:eiEventBaseline/xcal:duration",
    ),
    (
        "xcal:DurationValueType",
        "oadr:oadrMaxPeriod oadr:oadrMinPeriod xcal:startafter xcal:duration/xcal:duration \
         ei:x-eiNotification/xcal:duration ei:x-eiRampUp/xcal:duration ei:x-eiRecovery/xcal:duration \
         ei:reportBackDuration/xcal:duration oadr:oadrRequestedOadrPollFreq/xcal:duration \
         xcal:granularity/xcal:duration",
    ),
    ("xcal:VavailabilityType", "xcal:vavailability"),
    ("xcal:WsCalendarIntervalType", "ei:reportInterval"),
    (
        "xs:boolean",
        "oadr:oadrHttpPullModel oadr:oadrManualOverride oadr:oadrOnChange oadr:oadrOnline \
         oadr:oadrReportOnly oadr:oadrXmlSignature power:ac pyld:reportToFollow",
    ),
    ("xs:decimal", "power:hertz power:powerAttributes/power:voltage"),
    ("xs:float", "ei:value oadr:oadrCurrent oadr:oadrMax oadr:oadrMin oadr:oadrNormal oadr:pulseFactor"),
    (
        "xs:string",
        "ei:baselineID ei:baselineName ei:eiReportID ei:eventID ei:groupID ei:groupName \
         ei:modificationReason ei:optID ei:partyID ei:rID ei:reportRequestID ei:reportSpecifierID \
         ei:resourceID ei:responseDescription ei:signalID ei:testEvent ei:venID ei:vtnComment ei:vtnID \
         oadr:oadrExtensionName oadr:oadrKey oadr:oadrTransportAddress oadr:oadrValue oadr:oadrVenName \
         pyld:requestID xcal:text oadr:customUnit/oadr:itemDescription oadr:customUnit/oadr:itemUnits \
         oadr:current/oadr:itemDescription oadr:current/oadr:itemUnits \
         oadr:frequency/oadr:itemDescription oadr:frequency/oadr:itemUnits \
         oadr:Therm/oadr:itemDescription oadr:Therm/oadr:itemUnits oadr:pulseCount/oadr:itemDescription \
         oadr:pulseCount/oadr:itemUnits oadr:temperature/oadr:itemDescription \
         power:voltage/power:itemDescription power:voltage/power:itemUnits \
         power:energyReal/power:itemDescription power:energyReal/power:itemUnits \
         power:energyReactive/power:itemDescription power:energyReactive/power:itemUnits \
         power:energyApparent/power:itemDescription power:energyApparent/power:itemUnits \
         power:powerApparent/power:itemDescription power:powerApparent/power:itemUnits \
         power:powerReactive/power:itemDescription power:powerReactive/power:itemUnits \
         power:powerReal/power:itemDescription",
    ),
    ("xs:unsignedInt", "ei:modificationNumber ei:priority pyld:replyLimit"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn admits_the_type_that_the_schema_declares() {
        let (ei, power, event) = (ns::EI.uri(), ns::POWER.uri(), (ns::EI.uri(), "eiEvent"));
        let target = (ei, "eiTarget");
        assert!(admits(target, event, ei, "EiTargetType"));
        assert!(!admits(target, event, ei, "IntervalType"));
        assert!(!admits(target, event, ns::OADR.uri(), "EiTargetType"));
        assert!(!admits((ns::OADR.uri(), "eiTarget"), event, ei, "EiTargetType"));
        let text = |kind: &str| admits((ei, "venID"), target, XS, kind);
        assert!(text("string") && text("token") && !text("decimal"));
        let (mrid, asset) = ((power, "mrid"), (power, "meterAsset"));
        assert!(admits(mrid, asset, power, "MridType") && !admits(mrid, asset, XS, "string"));
        assert!(admits((ei, "venID"), target, power, "MridType"));
        let (voltage, attributes) = ((power, "voltage"), (power, "powerAttributes"));
        assert!(
            admits(voltage, attributes, XS, "decimal") && !admits(voltage, attributes, power, "VoltageType")
        );
        let signal = (ei, "eiEventSignal");
        assert!(admits(voltage, signal, power, "VoltageType") && !admits(voltage, signal, XS, "decimal"));
    }

    #[test]
    fn a_general_unit_is_called_by_its_type() {
        let item = |name| (ns::POWER.uri(), name);
        assert_eq!(particular(item("energyItem"), "EnergyReactiveType"), Some("energyReactive"));
        assert_eq!(particular(item("powerItem"), "PowerApparentType"), Some("powerApparent"));
        assert_eq!(particular(item("powerReal"), "PowerRealType"), None);
        let admits = |kind| admits(item("powerItem"), (ns::EI.uri(), "eiEventSignal"), ns::POWER.uri(), kind);
        assert!(admits("PowerRealType") && !admits("PowerItemType") && !admits("EnergyRealType"));
    }

    #[test]
    fn every_prefix_is_known() {
        let names = TYPES.iter().flat_map(|(kind, elements)| elements.split([' ', '/']).chain([*kind]));
        for name in names {
            let (prefix, _) = name.split_once(':').unwrap();
            assert!(
                ["xs", "iso"].contains(&prefix) || ns::ALL.iter().any(|ns| ns.prefix() == prefix),
                "{name}"
            );
        }
    }
}
