//! The edge: drives a [`Ven`](crate::Ven) over HTTP, with a clock that may be the real one.
//!
//! ```no_run
//! use openadr_client::http::{Client, Driver, SystemClock};
//! use openadr_client::{Config, Ven};
//!
//! # async fn example() -> Result<(), openadr_client::Error> {
//! let client = Client::builder("http://127.0.0.1:8080/OpenADR2/Simple/2.0b").build()?;
//! let ven = Ven::new(Config::new("ven123"), 1);
//! let (driver, handle, mut notices) = Driver::new(client, ven, SystemClock);
//! let running = tokio::spawn(driver.run());
//! while let Some(notice) = notices.next().await {
//!     println!("{notice:?}");
//! }
//! # Ok(())
//! # }
//! ```

mod client;
mod clock;
mod driver;
#[cfg(feature = "signature")]
mod signing;
mod tls;

pub use client::{Builder, Client};
pub use clock::{Clock, SystemClock};
pub use driver::{Driver, Handle, Notices};
pub use tls::{ClientIdentity, ServerTrust};
