#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod attributes;
mod bindings;
mod codec;
mod datetime;
mod duration;
mod error;
mod fields;
mod float;
mod fragment;
#[cfg(feature = "serde")]
mod json;
pub mod lexical;
mod limits;
mod name;
mod reader;
mod references;
mod text;
mod writer;
mod xml;

pub use codec::{Decoder, Encoder};
pub use datetime::{DateTime, NotADateTime};
pub use duration::{Duration, NotADuration, Parts};
pub use error::{Error, ErrorKind};
#[doc(hidden)]
pub use fields::push;
pub use fields::{Cursor, Field, Hit};
pub use float::{Float, NotAFloat};
pub use fragment::{AnyContent, Fragment};
pub use lexical::Lexical;
pub use limits::Limits;
pub use name::{Dialect, MAX_NAMESPACES, Name, Namespace, ShortName};
pub use reader::{Fault, Mark, Piece, Reader, Spot, Tag};
pub use text::{Base64, Escape, NotInList, Text};
pub use writer::Writer;
pub use xml::{Empty, Fixed, Nillable, Xml, XmlChoice};
pub use xml_wire_derive::{Xml, XmlChoice, XmlText};
