//! What a message travels in, and how it is read and written.
//!
//! The schema admits two documents: a payload around a message, with room for a signature, and the bare message. Most
//! peers send only the first; both are read, and the first is written unless told otherwise.
//!
//! ```
//! use openadr_types::Payload;
//! use openadr_types::envelope::{Envelope, Reading, Writing};
//! use openadr_types::poll::Poll;
//!
//! let poll = Payload::new(Poll::new("ven-7"));
//! let bare = Writing { envelope: Envelope::Bare, ..Writing::default() }.write(&poll)?;
//!
//! let (read, envelope) = Reading::strict().read(bare.as_bytes())?;
//! assert_eq!(read, poll);
//! assert_eq!(envelope, Envelope::Bare);
//! # Ok::<(), openadr_types::Error>(())
//! ```

use xml_wire::{Decoder, Encoder, Error, Fragment, Limits, Name, Reader, Writer, Xml, XmlChoice};

use crate::ids::Id;
use crate::message::Message;
use crate::units::ItemBase;

/// A message in its envelope (`oadr:oadrPayload`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct Payload {
    /// The XML signature (`ds:Signature`), unverified, as it stands.
    ///
    /// It covers the bytes that were read: a changed or rewritten message needs a new one. Read from either side of
    /// the message, as peers differ; written before it.
    #[xml("ds:Signature")]
    pub signature: Option<Fragment>,
    /// The message, and the name by which a signature refers to it.
    #[xml("oadr:oadrSignedObject")]
    pub object: SignedObject,
}

impl Payload {
    /// An unsigned message.
    pub fn new(message: impl Into<Message>) -> Self {
        Self { signature: None, object: SignedObject { id: None, message: message.into() } }
    }

    /// Reads a document leniently, whether the message is wrapped or bare: [`Reading`] has the choices.
    ///
    /// # Errors
    /// When the document is refused; the error says why and where.
    pub fn from_xml(document: &[u8]) -> Result<Self, Error> {
        Reading::default().read(document).map(|(payload, _)| payload)
    }

    /// Writes a wrapped document without white space between elements: [`Writing`] has the choices.
    ///
    /// # Errors
    /// When a text holds a character that XML cannot carry.
    pub fn to_xml(&self) -> Result<String, Error> {
        Writing::default().write(self)
    }

    /// The message.
    pub fn message(&self) -> &Message {
        &self.object.message
    }

    /// The message alone.
    pub fn into_message(self) -> Message {
        self.object.message
    }
}

impl<T: Into<Message>> From<T> for Payload {
    fn from(message: T) -> Self {
        Self::new(message)
    }
}

/// A message with a name for a signature to refer to (`oadr:oadrSignedObject`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct SignedObject {
    /// The name; a signature's reference is `#` and this.
    #[xml("@oadr:Id")]
    pub id: Option<Id>,
    /// The message.
    #[xml(choice)]
    pub message: Message,
}

/// What stands around a message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Envelope {
    /// A payload and a signed object, as most peers demand.
    #[default]
    Wrapped,
    /// Nothing: the message is the document.
    Bare,
}

/// How documents are read.
///
/// By default leniently: in any order, skipping what is not known, as [`Decoder`] says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reading {
    /// Whether to refuse whatever the schema would refuse.
    pub strict: bool,
    /// How much a document may ask.
    pub limits: Limits,
}

impl Reading {
    /// Refuses whatever the schema would refuse.
    pub fn strict() -> Self {
        Self { strict: true, ..Self::default() }
    }

    /// Reads a document, and says what stood around the message.
    ///
    /// # Errors
    /// When the document is refused; the error says why and where.
    pub fn read(&self, document: &[u8]) -> Result<(Payload, Envelope), Error> {
        let root = self.decoder().read(document)?;
        self.check_opaque(document)?;
        Ok(match root {
            Root::Payload(payload) => (payload, Envelope::Wrapped),
            Root::Message(message) => (Payload::new(message), Envelope::Bare),
        })
    }

    /// Reads a document that is a unit and nothing else, as some implementations' tests have it; returns the name of
    /// its element too, such as `currencyPerKWh`.
    ///
    /// # Errors
    /// When the document is refused; the error says why and where.
    pub fn read_unit(&self, document: &[u8]) -> Result<(&'static str, ItemBase), Error> {
        let unit: Unit = self.decoder().read(document)?;
        self.check_opaque(document)?;
        Ok((unit.name, unit.unit))
    }

    /// Holds what stays opaque against the schema, where that is wanted.
    fn check_opaque(&self, document: &[u8]) -> Result<(), Error> {
        if self.strict { crate::opaque::check(document, self.limits) } else { Ok(()) }
    }

    fn decoder(&self) -> Decoder {
        let decoder = Decoder::new(&crate::ns::DIALECT).with_limits(self.limits);
        if self.strict { decoder.strict() } else { decoder }
    }
}

/// How documents are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Writing {
    /// What stands around the message. A signature has no room in a bare one, and is left out.
    pub envelope: Envelope,
    /// How many blanks deeper each element stands than the one around it; without, there is no white space between
    /// elements.
    pub indent: Option<usize>,
}

impl Writing {
    /// Writes a document.
    ///
    /// # Errors
    /// When a text holds a character that XML cannot carry.
    pub fn write(&self, payload: &Payload) -> Result<String, Error> {
        match self.envelope {
            Envelope::Wrapped => self.encoder().write(payload),
            Envelope::Bare => self.encoder().write(payload.message()),
        }
    }

    /// Writes a document that is a unit and nothing else.
    ///
    /// # Errors
    /// When a text holds a character that XML cannot carry.
    pub fn write_unit(&self, unit: &ItemBase) -> Result<String, Error> {
        self.encoder().write(unit)
    }

    fn encoder(&self) -> Encoder {
        let encoder = Encoder::new(&crate::ns::DIALECT);
        self.indent.map_or(encoder, |width| encoder.indent(width))
    }
}

/// A payload is a document element of its own.
impl XmlChoice for Payload {
    const NAMES: &'static [Name] = &[OADR_PAYLOAD];

    fn read(_: usize, reader: &mut Reader<'_>) -> Result<Self, Error> {
        <Self as Xml>::read(reader)
    }

    fn write(&self, writer: &mut Writer) -> Result<(), Error> {
        <Self as Xml>::write(self, &OADR_PAYLOAD, writer)
    }
}

/// A unit with the name of its element.
struct Unit {
    name: &'static str,
    unit: ItemBase,
}

impl XmlChoice for Unit {
    const NAMES: &'static [Name] = ItemBase::NAMES;

    fn read(variant: usize, reader: &mut Reader<'_>) -> Result<Self, Error> {
        let name = Self::NAMES.get(variant).map_or("", Name::local);
        ItemBase::read(variant, reader).map(|unit| Self { name, unit })
    }

    fn write(&self, writer: &mut Writer) -> Result<(), Error> {
        self.unit.write(writer)
    }
}

/// Either document element.
enum Root {
    Payload(Payload),
    Message(Message),
}

impl XmlChoice for Root {
    const NAMES: &'static [Name] = {
        const ALL: [Name; Message::NAMES.len() + 1] = {
            let mut names = [OADR_PAYLOAD; Message::NAMES.len() + 1];
            let mut i = 0;
            while i < Message::NAMES.len() {
                names[i + 1] = Message::NAMES[i];
                i += 1;
            }
            names
        };
        &ALL
    };

    fn read(variant: usize, reader: &mut Reader<'_>) -> Result<Self, Error> {
        match variant.checked_sub(1) {
            None => <Payload as Xml>::read(reader).map(Self::Payload),
            Some(message) => Message::read(message, reader).map(Self::Message),
        }
    }

    fn write(&self, writer: &mut Writer) -> Result<(), Error> {
        match self {
            Self::Payload(payload) => XmlChoice::write(payload, writer),
            Self::Message(message) => message.write(writer),
        }
    }
}

const OADR_PAYLOAD: Name = Name::qualified(crate::ns::OADR, "oadr:oadrPayload");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::poll::Poll;
    use crate::response::{EiResponse, Response};

    const POLL: &str = concat!(
        r#"<o:oadrPoll xmlns:o="http://openadr.org/oadr-2.0b/2012/07" "#,
        r#"xmlns:e="http://docs.oasis-open.org/ns/energyinterop/201110"><e:venID>ven-7</e:venID></o:oadrPoll>"#
    );

    #[test]
    fn reads_a_bare_message_under_any_prefix() {
        let (payload, envelope) = Reading::default().read(POLL.as_bytes()).unwrap();
        assert_eq!(payload, Payload::new(Poll { schema_version: None, ven_id: "ven-7".into() }));
        assert_eq!(envelope, Envelope::Bare);
    }

    #[test]
    fn writes_what_it_was_told_to_and_reads_it_back() {
        let mut payload = Payload::new(Response::new(EiResponse::ok("req-1"), None));
        payload.object.id = Some("signed".into());
        let (read, envelope) = Reading::strict().read(payload.to_xml().unwrap().as_bytes()).unwrap();
        assert_eq!((read, envelope), (payload.clone(), Envelope::Wrapped));

        let bare = Writing { envelope: Envelope::Bare, indent: Some(2) }.write(&payload).unwrap();
        let (read, envelope) = Reading::strict().read(bare.as_bytes()).unwrap();
        assert_eq!((read.message(), envelope), (payload.message(), Envelope::Bare));
    }

    #[test]
    fn reads_a_signature_behind_the_message_and_writes_it_before() {
        let signature = r#"<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>"#;
        let document = format!(
            r#"<oadrPayload xmlns="http://openadr.org/oadr-2.0b/2012/07"><oadrSignedObject>{POLL}</oadrSignedObject>{signature}</oadrPayload>"#
        );
        let payload = Payload::from_xml(document.as_bytes()).unwrap();
        assert_eq!(payload.signature.as_ref().map(Fragment::as_str), Some(signature));
        let written = payload.to_xml().unwrap();
        assert!(written.find("ds:Signature") < written.find("oadrSignedObject"), "{written}");
        assert!(Reading::strict().read(document.as_bytes()).is_err());
    }

    #[test]
    fn says_where_a_document_is_wrong() {
        let table = [
            (
                "<oadrPoll/>".to_owned(),
                "unexpected document element oadrPoll in no namespace, expected oadr:oadrPoll in namespace \
                 \"http://openadr.org/oadr-2.0b/2012/07\" at line 1 column 1",
            ),
            (POLL.replace("venID", "vtnID"), "missing ei:venID in /oadr:oadrPoll at line 1 column 145"),
        ];
        for (document, error) in table {
            assert_eq!(Payload::from_xml(document.as_bytes()).unwrap_err().to_string(), error);
        }
    }
}
