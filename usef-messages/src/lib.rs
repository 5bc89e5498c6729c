#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod agr_portfolio;
#[cfg(feature = "calendar")]
pub mod calendar;
#[cfg(feature = "validation")]
pub mod conversation;
pub mod d_prognosis;
#[cfg(feature = "sealing")]
pub mod discovery;
pub mod dso_portfolio;
pub mod edition;
pub mod envelope;
pub mod flex_offer;
pub mod flex_order;
pub mod flex_request;
pub mod flex_reservation_update;
pub mod flex_settlement;
#[cfg(feature = "sealing")]
pub mod keys;
pub mod message;
pub mod metering;
pub mod payload;
pub mod reading;
#[cfg(feature = "roles")]
pub mod roles;
#[cfg(feature = "sealing")]
pub mod sealing;
mod sgam;
pub mod status;
pub mod test_message;
mod trim;
pub mod usef_2015;
#[cfg(feature = "validation")]
pub mod validation;
pub mod values;

pub use edition::Edition;
pub use message::Message;
pub use payload::Payload;
pub use reading::Reading;
pub use xml_wire::{DateTime, Duration, Error, ErrorKind, Fragment, Limits};
