//! The namespaces of OpenADR 2.0b, and what its schema narrows.
//!
//! Peers may bind any prefix to a namespace; those here are written, and named in errors.
//!
//! ```
//! assert_eq!(openadr_types::ns::EI.prefix(), "ei");
//! ```

use xml_wire::{Dialect, Namespace};

use crate::xcal;

/// OpenADR's own elements: the envelope, the payloads, reports.
pub const OADR: Namespace = Namespace::new(0, "oadr", "http://openadr.org/oadr-2.0b/2012/07");
/// OASIS Energy Interoperation: events, signals, targets, identifiers.
pub const EI: Namespace = Namespace::new(1, "ei", "http://docs.oasis-open.org/ns/energyinterop/201110");
/// Energy Interoperation's payloads: `pyld:requestID` and the two wrapped event messages.
pub const PYLD: Namespace =
    Namespace::new(2, "pyld", "http://docs.oasis-open.org/ns/energyinterop/201110/payloads");
/// iCalendar as XML: times, durations, availability.
pub const XCAL: Namespace = Namespace::new(3, "xcal", "urn:ietf:params:xml:ns:icalendar-2.0");
/// Streams: series of intervals.
pub const STRM: Namespace = Namespace::new(4, "strm", "urn:ietf:params:xml:ns:icalendar-2.0:stream");
/// OASIS EMIX: market context, service area.
pub const EMIX: Namespace = Namespace::new(5, "emix", "http://docs.oasis-open.org/ns/emix/2011/06");
/// EMIX for power: units, places on the grid, assets.
pub const POWER: Namespace = Namespace::new(6, "power", "http://docs.oasis-open.org/ns/emix/2011/06/power");
/// EMIX's scale codes.
pub const SCALE: Namespace = Namespace::new(7, "scale", "http://docs.oasis-open.org/ns/emix/2011/06/siscale");
/// OGC GML: polygons.
pub const GML: Namespace = Namespace::new(8, "gml", "http://www.opengis.net/gml/3.2");
/// Atom: the feed that carries Green Button data.
pub const ATOM: Namespace = Namespace::new(9, "atom", "http://www.w3.org/2005/Atom");
/// NAESB ESPI: Green Button data inside that feed.
pub const ESPI: Namespace = Namespace::new(10, "espi", "http://naesb.org/espi");
/// XML Signature.
pub const DS: Namespace = Namespace::new(11, "ds", "http://www.w3.org/2000/09/xmldsig#");
/// XML Signature 1.1: elliptic curve keys.
pub const DSIG11: Namespace = Namespace::new(12, "dsig11", "http://www.w3.org/2009/xmldsig11#");
/// OpenADR's signature property against replay.
pub const DSP: Namespace =
    Namespace::new(13, "dsp", "http://openadr.org/oadr-2.0b/2012/07/xmldsig-properties");

/// All of them, in the order of their indices.
pub const ALL: &[Namespace] =
    &[OADR, EI, PYLD, XCAL, STRM, EMIX, POWER, SCALE, GML, ATOM, ESPI, DS, DSIG11, DSP];

const _: () = Namespace::check(ALL);

/// What `xml-wire` needs to know to read and write OpenADR 2.0b.
pub static DIALECT: Dialect =
    Dialect { namespaces: ALL, is_date_time: xcal::is_date_time, is_duration: xcal::is_duration };
