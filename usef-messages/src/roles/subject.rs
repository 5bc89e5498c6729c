use xml_wire::Duration;

use crate::conversation;
use crate::message::FlexMessage;
use crate::values::{EntityAddress, Period, TimeZone};

/// What a trade is about: a congestion point and a day, with the length of its periods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Where in the grid.
    pub congestion_point: EntityAddress,
    /// The day.
    pub period: Period,
    /// Whose midnight the day starts at.
    pub time_zone: TimeZone,
    /// How long an imbalance settlement period (ISP) lasts.
    pub isp_duration: Duration,
}

impl Subject {
    /// What a message is about.
    ///
    /// ```
    /// use usef_messages::flex_request::FlexRequest;
    /// use usef_messages::roles::Subject;
    /// fn same_trade(one: &FlexRequest, other: &FlexRequest) -> bool {
    ///     Subject::of(one) == Subject::of(other)
    /// }
    /// ```
    pub fn of(message: &dyn FlexMessage) -> Self {
        Self {
            congestion_point: message.congestion_point().clone(),
            period: message.period(),
            time_zone: message.time_zone().clone(),
            isp_duration: message.isp_duration().clone(),
        }
    }

    /// What its revisions are counted by, beside the day.
    pub(super) fn place(&self) -> conversation::Subject {
        conversation::Subject::CongestionPoint(self.congestion_point.clone())
    }
}
