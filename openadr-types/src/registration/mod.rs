//! EiRegisterParty: a VEN registers with a VTN.
//!
//! | asks | answered by |
//! |---|---|
//! | [`QueryRegistration`], [`CreatePartyRegistration`] | [`CreatedPartyRegistration`] |
//! | [`CancelPartyRegistration`] | [`CanceledPartyRegistration`] |
//! | [`RequestReregistration`] | [`Response`](crate::response::Response), then a [`CreatePartyRegistration`] |
//!
//! ```
//! use openadr_types::registration::CreatePartyRegistration;
//!
//! let register = CreatePartyRegistration::pull("req-1", "Heat pump, Station Road 4");
//! assert_eq!(register.http_pull_model, Some(true));
//! assert!(register.ven_id.is_none());
//! ```

mod cancel;
mod create;
mod created;
mod query;

pub use cancel::{CancelPartyRegistration, CanceledPartyRegistration};
pub use create::{CreatePartyRegistration, ProfileName, TransportName};
pub use created::{CreatedPartyRegistration, Extension, Info, Profile, ServiceInfo};
pub use query::{QueryRegistration, RequestReregistration};
