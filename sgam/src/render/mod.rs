//! Exchanges as pictures and tables.
//!
//! Every function takes any iterator of exchanges, so a [`Query`](crate::Query) chooses what is shown. The
//! same input gives the same output, byte for byte, and what comes from an exchange is escaped.
//!
//! | Function | Output | For |
//! |---|---|---|
//! | [`svg`] | the smart grid plane with actors and arrows | documents |
//! | [`mermaid`] | a flowchart, one box a domain | Markdown |
//! | [`json`] | actors and exchanges | programs |
//! | [`csv`] | one row an exchange | spreadsheets and modelling tools |
//! | [`table`] | aligned columns | terminals |
//!
//! ```
//! use sgam::{Exchange, Layers, Link, actors, render};
//!
//! const LINK: Link =
//!     Link { protocol: "MQTT 5", from: &actors::CAD, to: &actors::HOME_AUTOMATION, layers: Layers::EMPTY };
//! let exchanges = [LINK.carries("meter/state", "")];
//!
//! assert!(render::svg("Meter readings", &exchanges).starts_with("<svg"));
//! assert!(render::mermaid(&exchanges).contains("MQTT 5"));
//! ```

use alloc::string::String;

mod conversation;
mod csv;
mod json;
mod mermaid;
mod svg;
mod table;

pub use csv::csv;
pub use json::json;
pub use mermaid::mermaid;
pub use svg::svg;
pub use table::table;

/// Writes to the end of a string, which cannot fail.
fn push(out: &mut String, text: core::fmt::Arguments<'_>) {
    // `String` returns an error only when a `Display` inside `text` does, and those here never do.
    let _ = core::fmt::Write::write_fmt(out, text);
}
