//! A VEN's registration with its VTN, and what is to be done about it next.
//!
//! ```
//! use openadr_client::Ven;
//!
//! fn show(ven: &Ven) {
//!     match ven.registration() {
//!         Some(registration) => println!("{} at {}", registration.ven_id, registration.vtn_id),
//!         None => println!("not registered"),
//!     }
//! }
//! ```

use chrono::{DateTime, TimeDelta, Utc};
use openadr_types::Duration;
use openadr_types::ids::{RegistrationId, VenId, VtnId};
use openadr_types::registration::{CreatePartyRegistration, CreatedPartyRegistration};
use openadr_types::response::ResponseCode;

use crate::config::Config;

/// What a VTN and a VEN agreed on.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Registration {
    /// The registration.
    pub registration_id: RegistrationId,
    /// The VEN, as the VTN calls it.
    pub ven_id: VenId,
    /// The VTN.
    pub vtn_id: VtnId,
    /// How often the VTN wants to be polled at most, where it says so.
    pub poll_freq: Option<Duration>,
}

impl Registration {
    /// How often to poll.
    pub(crate) fn poll_period(&self, config: &Config) -> TimeDelta {
        self.poll_freq
            .as_ref()
            .and_then(Duration::to_time_delta)
            .filter(|period| *period > TimeDelta::zero())
            .map_or(config.poll_period, |period| period.min(LONGEST_POLL_PERIOD))
            .max(config.min_poll_period)
            .max(TimeDelta::milliseconds(1))
    }
}

/// A VTN that wants to be polled less often is polled so often all the same: it could not end what it once asked for.
const LONGEST_POLL_PERIOD: TimeDelta = TimeDelta::days(1);

/// The VEN's side of its registration.
#[derive(Debug)]
pub(crate) struct Party {
    pub(crate) registration: Option<Registration>,
    pub(crate) intent: Intent,
    /// The request to register that has no answer yet. Tried again it is the same request, so that the VTN can tell it
    /// from a new one whenever either arrives.
    pub(crate) asked: Option<CreatePartyRegistration>,
}

/// What is to be done about the registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Intent {
    /// Keep it.
    Keep,
    /// Ask what the VTN offers, then register.
    Query,
    /// Register, or renew what there is, from then on.
    Create(DateTime<Utc>),
    /// End it.
    Cancel,
    /// Nothing more.
    Stop,
}

impl Party {
    pub(crate) fn new(config: &Config) -> Self {
        Self { registration: None, intent: Intent::register(config), asked: None }
    }

    /// The request to register; renews a registration where there is one (rule 406: else it carries none).
    pub(crate) fn create(&mut self, request_id: String, config: &Config) -> CreatePartyRegistration {
        let mut request = CreatePartyRegistration::pull(request_id, config.ven_name.clone());
        request.report_only = config.report_only;
        request.xml_signature = config.xml_signature;
        match &self.registration {
            Some(registration) => {
                request.registration_id = Some(registration.registration_id.clone());
                request.ven_id = Some(registration.ven_id.clone());
            }
            None => request.ven_id = config.ven_id.clone(),
        }
        if let Some(asked) = &self.asked {
            let same = CreatePartyRegistration { request_id: asked.request_id.clone(), ..request.clone() };
            if same == *asked {
                request = same;
            }
        }
        self.asked = Some(request.clone());
        request
    }

    /// What a VTN's answer amounts to.
    ///
    /// # Errors
    /// Where the VTN refuses, or leaves the identifiers out, or is not the one expected: the code and why.
    pub(crate) fn agreed(
        created: &CreatedPartyRegistration,
        config: &Config,
    ) -> Result<Registration, (ResponseCode, String)> {
        let code = created.response.code;
        if !code.is_success() {
            return Err((code, created.response.description.clone().unwrap_or_default()));
        }
        if let Some(expected) = config.vtn_id.as_ref().filter(|expected| **expected != created.vtn_id) {
            return Err((ResponseCode::INVALID_ID, format!("the VTN is {}, not {expected}", created.vtn_id)));
        }
        let named = |text: &str| !text.trim().is_empty();
        let registration_id = created.registration_id.clone().filter(|id| named(id.as_str()));
        let ven_id = created.ven_id.clone().filter(|id| named(id.as_str())).or_else(|| config.ven_id.clone());
        match (registration_id, ven_id) {
            (Some(registration_id), Some(ven_id)) => Ok(Registration {
                registration_id,
                ven_id,
                vtn_id: created.vtn_id.clone(),
                poll_freq: created.poll_freq.clone(),
            }),
            (None, _) => Err((code, "the answer has no registrationID".to_owned())),
            (_, None) => Err((code, "the answer has no venID".to_owned())),
        }
    }
}

impl Intent {
    pub(crate) fn register(config: &Config) -> Self {
        if config.query_registration { Self::Query } else { Self::Create(DateTime::<Utc>::MIN_UTC) }
    }
}

#[cfg(test)]
mod tests {
    use openadr_types::response::EiResponse;

    use super::*;

    fn created() -> CreatedPartyRegistration {
        let mut created = CreatedPartyRegistration::new(EiResponse::ok("r"), "vtn-1");
        created.registration_id = Some("reg-1".into());
        created.ven_id = Some("ven-1".into());
        created
    }

    type Spoil = fn(&mut CreatedPartyRegistration);

    #[test]
    fn agrees_on_nothing_without_success_identifiers_and_the_right_vtn() {
        let mut config = Config::new("ven");
        config.vtn_id = Some("vtn-1".into());
        assert_eq!(Party::agreed(&created(), &config).unwrap().ven_id.as_str(), "ven-1");
        let table: [(Spoil, &str, &str); 5] = [
            (|c| c.response.code = ResponseCode::NOT_REGISTERED, "463", "OK"),
            (|c| c.registration_id = None, "200", "the answer has no registrationID"),
            (|c| c.registration_id = Some(" ".into()), "200", "the answer has no registrationID"),
            (|c| c.ven_id = None, "200", "the answer has no venID"),
            (|c| c.vtn_id = "vtn-2".into(), "452", "the VTN is vtn-2, not vtn-1"),
        ];
        for (spoil, code, why) in table {
            let mut created = created();
            spoil(&mut created);
            let (found, description) = Party::agreed(&created, &config).unwrap_err();
            assert_eq!((found.as_str(), description.as_str()), (code, why));
        }
    }

    #[test]
    fn polls_no_more_often_than_configured_whatever_the_vtn_says() {
        let config = Config::new("ven");
        let mut registration = Party::agreed(&created(), &config).unwrap();
        for (stated, seconds) in [
            (None, 10),
            (Some("PT0S"), 10),
            (Some("PT0.1S"), 1),
            (Some("PT30S"), 30),
            (Some("P1M"), 10),
            (Some("P3650D"), 24 * 3600),
            (Some("-PT5S"), 10),
        ] {
            registration.poll_freq = stated.map(|text| text.parse().unwrap());
            assert_eq!(registration.poll_period(&config), TimeDelta::seconds(seconds), "{stated:?}");
        }
    }
}
