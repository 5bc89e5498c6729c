//! Where the commands of Smart Energy stand: which device is the server of a cluster in the premises, and which its
//! client.
//!
//! **Interpretation:** the standard speaks of an energy service interface and leaves open what device it is. As British
//! homes have it: prices, calendars, messages, prepayment, events and what concerns supplier and tenant are kept by the
//! electricity meter, and for the gas meter by its proxy; load control comes over the communications hub, which is also
//! the trust centre that keys are established with and the end of tunnels. A gas meter and its proxy speak of their
//! mirror between themselves.

use super::{FROM_ELECTRICITY_METER, FROM_GAS_PROXY};
use crate::energy::{
    Command, calendar, demand_response, device_management, energy_management, events, key_establishment,
    messaging, metering, prepayment, price, tunneling,
};
use sgam::{Exchange, Link, Placed, actors};

/// Both ways of a command through the premises.
type Ends = [Link; 2];

const METERS_TO_CAD: Ends = [FROM_ELECTRICITY_METER, FROM_GAS_PROXY];
const CAD_TO_METERS: Ends = [FROM_ELECTRICITY_METER.reversed(), FROM_GAS_PROXY.reversed()];
const HUB_TO_METERS: Ends = [
    Link { from: &actors::COMMUNICATIONS_HUB, to: &actors::ELECTRICITY_METER, ..FROM_ELECTRICITY_METER },
    Link { from: &actors::COMMUNICATIONS_HUB, to: &actors::GAS_METER, ..FROM_ELECTRICITY_METER },
];
const METERS_TO_HUB: Ends = {
    let [electricity, gas] = HUB_TO_METERS;
    [electricity.reversed(), gas.reversed()]
};
const HUB_TO_CAD: [Link; 1] = [Link { from: &actors::COMMUNICATIONS_HUB, ..FROM_ELECTRICITY_METER }];
const CAD_TO_HUB: [Link; 1] = {
    let [link] = HUB_TO_CAD;
    [link.reversed()]
};
const GAS_METER_TO_PROXY: [Link; 1] =
    [Link { from: &actors::GAS_METER, to: &actors::GAS_PROXY, ..FROM_ELECTRICITY_METER }];
const PROXY_TO_GAS_METER: [Link; 1] = {
    let [link] = GAS_METER_TO_PROXY;
    [link.reversed()]
};
/// What a gas meter tells its proxy, and meter and proxy the display.
const METERS_AND_MIRROR: [Link; 3] = {
    let ([electricity, gas], [mirror]) = (METERS_TO_CAD, GAS_METER_TO_PROXY);
    [electricity, gas, mirror]
};

/// A message over these links.
#[expect(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "counts to N, as the arrays do")]
const fn over<const N: usize>(
    links: [Link; N],
    function: &'static [&'static str],
    message: &'static str,
    clause: &'static str,
) -> [Exchange; N] {
    let mut exchanges = [FROM_ELECTRICITY_METER.carries(message, clause); N];
    let mut index = 0;
    while index < N {
        exchanges[index] = links[index].with_function(function).carries(message, clause);
        index += 1;
    }
    exchanges
}

/// Places the commands of a cluster, each by its name: one without a place does not compile.
macro_rules! placed {
    ($command:ty, $clause:literal, $function:literal $(, $links:ident: $($name:ident)+)+) => {
        impl Placed for $command {
            const EXCHANGES: &'static [&'static [Exchange]] = &[
                $($(&over($links, &[$function], stringify!($name), $clause),)+)+
            ];

            fn exchanges(&self) -> &'static [Exchange] {
                match self {
                    $($(Self::$name(_) => const { &over($links, &[$function], stringify!($name), $clause) },)+)+
                }
            }
        }
    };
}

placed! {
    price::Command<'_>, "Smart Energy, annex D.4, Price", "tariff",
    METERS_TO_CAD: PublishPrice PublishBlockPeriod PublishConversionFactor PublishCalorificValue
        PublishTariffInformation PublishPriceMatrix PublishBlockThresholds PublishCo2Value PublishTierLabels
        PublishBillingPeriod PublishConsolidatedBill PublishCppEvent PublishCreditPayment
        PublishCurrencyConversion CancelTariff,
    CAD_TO_METERS: GetCurrentPrice GetScheduledPrices PriceAcknowledgement GetBlockPeriods GetConversionFactor
        GetCalorificValue GetTariffInformation GetPriceMatrix GetBlockThresholds GetCo2Value GetTierLabels
        GetBillingPeriod GetConsolidatedBill CppEventResponse GetCreditPayment GetCurrencyConversion
        GetTariffCancellation
}

placed! {
    demand_response::Command, "Smart Energy, annex D.2, Demand Response and Load Control", "demand response",
    HUB_TO_CAD: LoadControlEvent CancelLoadControlEvent CancelAllLoadControlEvents,
    CAD_TO_HUB: ReportEventStatus GetScheduledEvents
}

placed! {
    metering::Command<'_>, "Smart Energy, annex D.3, Metering", "metering",
    METERS_TO_CAD: GetProfileResponse RequestFastPollModeResponse ScheduleSnapshotResponse TakeSnapshotResponse
        GetSampledDataResponse SupplyStatusResponse StartSamplingResponse,
    METERS_AND_MIRROR: PublishSnapshot,
    GAS_METER_TO_PROXY: RequestMirror RemoveMirror ConfigureMirror ConfigureNotificationScheme
        ConfigureNotificationFlags GetNotifiedMessage,
    CAD_TO_METERS: GetProfile RequestFastPollMode ScheduleSnapshot TakeSnapshot GetSnapshot StartSampling
        GetSampledData ResetLoadLimitCounter ChangeSupply LocalChangeSupply SetSupplyStatus
        SetUncontrolledFlowThreshold,
    PROXY_TO_GAS_METER: RequestMirrorResponse MirrorRemoved MirrorReportAttributeResponse
}

placed! {
    messaging::Command<'_>, "Smart Energy, annex D.5, Messaging", "messaging",
    METERS_TO_CAD: DisplayMessage CancelMessage DisplayProtectedMessage CancelAllMessages,
    CAD_TO_METERS: GetLastMessage MessageConfirmation GetMessageCancellation
}

placed! {
    tunneling::Command<'_>, "Smart Energy, annex D.6, Tunneling", "remote access to meters",
    METERS_TO_HUB: RequestTunnel CloseTunnel TransferDataClientToServer TransferDataErrorClientToServer
        AckTransferDataClientToServer ReadyDataClientToServer GetSupportedTunnelProtocols,
    HUB_TO_METERS: RequestTunnelResponse TransferDataServerToClient TransferDataErrorServerToClient
        AckTransferDataServerToClient ReadyDataServerToClient SupportedTunnelProtocolsResponse
        TunnelClosureNotification
}

placed! {
    prepayment::Command<'_>, "Smart Energy, annex D.7, Prepayment", "prepayment",
    METERS_TO_CAD: PublishPrepaySnapshot ChangePaymentModeResponse ConsumerTopUpResponse PublishTopUpLog
        PublishDebtLog,
    CAD_TO_METERS: SelectAvailableEmergencyCredit ChangeDebt EmergencyCreditSetup ConsumerTopUp CreditAdjustment
        ChangePaymentMode GetPrepaySnapshot GetTopUpLog SetLowCreditWarningLevel GetDebtRepaymentLog
        SetMaximumCreditLimit SetOverallDebtCap
}

placed! {
    calendar::Command<'_>, "Smart Energy, annex D.9, Calendar", "tariff",
    METERS_TO_CAD: PublishCalendar PublishDayProfile PublishWeekProfile PublishSeasons PublishSpecialDays
        CancelCalendar,
    CAD_TO_METERS: GetCalendar GetDayProfiles GetWeekProfiles GetSeasons GetSpecialDays GetCalendarCancellation
}

placed! {
    device_management::Command<'_>, "Smart Energy, annex D.10, Device Management", "device management",
    METERS_TO_CAD: PublishChangeOfTenancy PublishChangeOfSupplier RequestNewPasswordResponse UpdateSiteId
        SetEventConfiguration GetEventConfiguration UpdateCin,
    CAD_TO_METERS: GetChangeOfTenancy GetChangeOfSupplier RequestNewPassword GetSiteId ReportEventConfiguration
        GetCin
}

placed! {
    events::Command<'_>, "Smart Energy, annex D.11, Events", "event log",
    METERS_TO_CAD: PublishEvent PublishEventLog ClearEventLogResponse,
    CAD_TO_METERS: GetEventLog ClearEventLogRequest
}

placed! {
    energy_management::Command, "Smart Energy, annex D.12, Energy Management", "demand response",
    CAD_TO_HUB: ReportEventStatus,
    HUB_TO_CAD: ManageEvent
}

placed! {
    key_establishment::Command<'_>, "Smart Energy, annex C, Key Establishment", "security",
    CAD_TO_HUB: InitiateKeyEstablishmentRequest EphemeralDataRequest ConfirmKeyDataRequest
        TerminateKeyEstablishmentFromClient,
    HUB_TO_CAD: InitiateKeyEstablishmentResponse EphemeralDataResponse ConfirmKeyDataResponse
        TerminateKeyEstablishmentFromServer
}

/// What no struct of ours is for may go either way.
const OTHER: &[Exchange] = &{
    let [from_electricity, from_gas] = METERS_TO_CAD;
    let [to_electricity, to_gas] = CAD_TO_METERS;
    let all = [from_electricity, from_gas, to_electricity, to_gas];
    over(all, &["metering"], "other command", "Zigbee Cluster Library, cluster commands")
};

/// By cluster, in the order of the standard's annexes, Key Establishment last.
const CLUSTERS: [&[&[Exchange]]; 12] = [
    <price::Command<'_> as Placed>::EXCHANGES,
    <demand_response::Command as Placed>::EXCHANGES,
    <metering::Command<'_> as Placed>::EXCHANGES,
    <messaging::Command<'_> as Placed>::EXCHANGES,
    <tunneling::Command<'_> as Placed>::EXCHANGES,
    <prepayment::Command<'_> as Placed>::EXCHANGES,
    <calendar::Command<'_> as Placed>::EXCHANGES,
    <device_management::Command<'_> as Placed>::EXCHANGES,
    <events::Command<'_> as Placed>::EXCHANGES,
    <energy_management::Command as Placed>::EXCHANGES,
    <key_establishment::Command<'_> as Placed>::EXCHANGES,
    &[OTHER],
];

#[expect(clippy::indexing_slicing, reason = "counts to the length of the array")]
const COUNT: usize = {
    let (mut count, mut cluster) = (0, 0);
    while cluster < CLUSTERS.len() {
        count += CLUSTERS[cluster].len();
        cluster += 1;
    }
    count
};

#[expect(clippy::indexing_slicing, reason = "counts to the lengths of the arrays")]
const ALL: [&[Exchange]; COUNT] = {
    let mut all = [OTHER; COUNT];
    let (mut filled, mut cluster) = (0, 0);
    while cluster < CLUSTERS.len() {
        let mut command = 0;
        while command < CLUSTERS[cluster].len() {
            all[filled] = CLUSTERS[cluster][command];
            filled += 1;
            command += 1;
        }
        cluster += 1;
    }
    all
};

impl Placed for Command<'_> {
    const EXCHANGES: &'static [&'static [Exchange]] = &ALL;

    fn exchanges(&self) -> &'static [Exchange] {
        match self {
            Self::Price(command) => command.exchanges(),
            Self::DemandResponse(command) => command.exchanges(),
            Self::Metering(command) => command.exchanges(),
            Self::Messaging(command) => command.exchanges(),
            Self::Tunneling(command) => command.exchanges(),
            Self::Prepayment(command) => command.exchanges(),
            Self::EnergyManagement(command) => command.exchanges(),
            Self::Calendar(command) => command.exchanges(),
            Self::DeviceManagement(command) => command.exchanges(),
            Self::Events(command) => command.exchanges(),
            Self::KeyEstablishment(command) => command.exchanges(),
            Self::Listed(..) | Self::Unknown(_) => OTHER,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zcl::{ClusterId, Direction};

    #[test]
    fn every_command_is_placed_and_once() {
        for exchanges in Command::EXCHANGES {
            let [first, rest @ ..] = exchanges else { panic!("a command without a place") };
            assert!(rest.iter().all(|exchange| exchange.message == first.message));
            let again = Command::EXCHANGES
                .iter()
                .filter(|other| other[0].message == first.message && other[0].clause == first.clause);
            assert_eq!(again.count(), 1, "{}", first.message);
        }
    }

    #[test]
    fn a_command_that_was_read_has_one_of_the_places() {
        let read = |cluster, direction, id, payload| {
            Command::parse(cluster, direction, id, payload).unwrap().0.exchanges()
        };
        let cancel = read(ClusterId::DEMAND_RESPONSE, Direction::ServerToClient, 2, &[1]);
        assert_eq!(
            (cancel[0].message, cancel[0].from),
            ("CancelAllLoadControlEvents", &actors::COMMUNICATIONS_HUB)
        );
        let ask = read(ClusterId::PRICE, Direction::ClientToServer, 0, &[0]);
        assert_eq!((ask[1].message, ask[1].to), ("GetCurrentPrice", &actors::GAS_PROXY));
        let mirror = read(ClusterId::METERING, Direction::ServerToClient, 1, &[]);
        assert_eq!((mirror[0].from, mirror[0].to), (&actors::GAS_METER, &actors::GAS_PROXY));
        let unknown = read(ClusterId(0xFFFE), Direction::ServerToClient, 1, &[]);
        assert_eq!(unknown.len(), 4);
        for exchanges in [cancel, ask, mirror, unknown] {
            assert!(Command::EXCHANGES.contains(&exchanges));
        }
    }
}
