//! The general commands: read, write, report and discover attributes.
//!
//! Writing: the header, then the records.
//!
//! ```
//! use cad_zigbee::writer::Writer;
//! use cad_zigbee::zcl::{AttributeId, Header, data_type::DataType, general, record::AttributeValue, value::Value};
//!
//! let mut buffer = [0; 64];
//! let mut writer = Writer::new(&mut buffer);
//! let demand = Value::from_signed(DataType::Signed24, 1234)?;
//! let reports = [AttributeValue { attribute: AttributeId(0x0400), value: demand }];
//! general::write(&mut writer, &Header::from_server(general::REPORT_ATTRIBUTES, 1), &reports)?;
//! assert_eq!(writer.written(), [0x18, 0x01, 0x0A, 0x00, 0x04, 0x2A, 0xD2, 0x04, 0x00]);
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

use super::record::{
    AttributeStatus, AttributeValue, DiscoveredAttribute, ExtendedAttribute, Record, Records,
    SelectedAttribute, SelectedValue, StructuredWriteStatus, WriteStatus,
};
use super::reporting::{Reporting, ReportingState, ReportingStatus, ReportingTarget};
use super::status::Status;
use super::{AttributeId, Frame, FrameType, Header};
use crate::error::{Error, Result};
use crate::reader::Reader;
use crate::writer::Writer;

/// The identifier of Read Attributes.
pub const READ_ATTRIBUTES: u8 = 0x00;
/// The identifier of Read Attributes Response.
pub const READ_ATTRIBUTES_RESPONSE: u8 = 0x01;
/// The identifier of Report Attributes.
pub const REPORT_ATTRIBUTES: u8 = 0x0A;

/// The identifier of Default Response.
pub const DEFAULT_RESPONSE: u8 = 0x0B;

/// A general command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum GeneralCommand<'a> {
    /// Asks for values (0x00).
    ReadAttributes(Records<'a, AttributeId>),
    /// Answers with values (0x01).
    ReadAttributesResponse(Records<'a, AttributeStatus<'a>>),
    /// Sets values (0x02).
    WriteAttributes(Records<'a, AttributeValue<'a>>),
    /// Sets values, all or none (0x03).
    WriteAttributesUndivided(Records<'a, AttributeValue<'a>>),
    /// Answers which could not be set (0x04).
    WriteAttributesResponse(Records<'a, WriteStatus<'a>>),
    /// Sets values without asking for an answer (0x05).
    WriteAttributesNoResponse(Records<'a, AttributeValue<'a>>),
    /// Sets how values are reported (0x06).
    ConfigureReporting(Records<'a, Reporting<'a>>),
    /// Answers which could not be (0x07).
    ConfigureReportingResponse(Records<'a, ReportingStatus>),
    /// Asks how values are reported (0x08).
    ReadReportingConfiguration(Records<'a, ReportingTarget>),
    /// Answers how (0x09).
    ReadReportingConfigurationResponse(Records<'a, ReportingState<'a>>),
    /// Reports values (0x0A).
    ReportAttributes(Records<'a, AttributeValue<'a>>),
    /// Answers a command that has no response of its own, or that failed (0x0B).
    DefaultResponse {
        /// The command answered.
        command: u8,
        /// How it went.
        status: Status,
    },
    /// Asks which attributes there are (0x0C).
    DiscoverAttributes {
        /// The first of interest.
        start: AttributeId,
        /// How many at most.
        maximum: u8,
    },
    /// Answers which (0x0D).
    DiscoverAttributesResponse {
        /// Whether there are no more.
        complete: bool,
        /// The attributes.
        attributes: Records<'a, DiscoveredAttribute>,
    },
    /// Asks for parts of values (0x0E).
    ReadAttributesStructured(Records<'a, SelectedAttribute<'a>>),
    /// Sets parts of values (0x0F).
    WriteAttributesStructured(Records<'a, SelectedValue<'a>>),
    /// Answers which could not be set (0x10).
    WriteAttributesStructuredResponse(Records<'a, StructuredWriteStatus<'a>>),
    /// Asks which commands are understood (0x11).
    DiscoverCommandsReceived {
        /// The first of interest.
        start: u8,
        /// How many at most.
        maximum: u8,
    },
    /// Answers which (0x12).
    DiscoverCommandsReceivedResponse {
        /// Whether there are no more.
        complete: bool,
        /// Their identifiers.
        commands: Records<'a, u8>,
    },
    /// Asks which commands may be sent (0x13).
    DiscoverCommandsGenerated {
        /// The first of interest.
        start: u8,
        /// How many at most.
        maximum: u8,
    },
    /// Answers which (0x14).
    DiscoverCommandsGeneratedResponse {
        /// Whether there are no more.
        complete: bool,
        /// Their identifiers.
        commands: Records<'a, u8>,
    },
    /// Asks which attributes there are, and what may be done with them (0x15).
    DiscoverAttributesExtended {
        /// The first of interest.
        start: AttributeId,
        /// How many at most.
        maximum: u8,
    },
    /// Answers which (0x16).
    DiscoverAttributesExtendedResponse {
        /// Whether there are no more.
        complete: bool,
        /// The attributes.
        attributes: Records<'a, ExtendedAttribute>,
    },
    /// Not a general command, or one that this crate does not know.
    Other {
        /// The command identifier.
        id: u8,
        /// Its fields.
        payload: &'a [u8],
    },
}

impl<'a> GeneralCommand<'a> {
    /// Reads the payload of a ZCL frame; returns the command and what follows it. Records are read when they are
    /// iterated, and have their own rest.
    ///
    /// A frame that is the cluster's or a manufacturer's own gives [`GeneralCommand::Other`] if it is not
    /// [`FrameType::Global`]; a manufacturer's global frame has the standard's layout.
    ///
    /// # Errors
    /// [`Error::Truncated`] if the bytes end inside a field that is not in a record.
    pub fn read(frame: &Frame<'a>) -> Result<(Self, &'a [u8])> {
        let payload = frame.payload;
        if frame.header.frame_type != FrameType::Global {
            return Ok((Self::Other { id: frame.header.command, payload }, &[]));
        }
        let mut reader = Reader::new(payload);
        let command = Self::read_fields(frame.header.command, &mut reader)?;
        Ok((command, reader.rest()))
    }

    fn read_fields(id: u8, reader: &mut Reader<'a>) -> Result<Self> {
        Ok(match id {
            0x00 => Self::ReadAttributes(Records::new(reader.take_rest())),
            0x01 => Self::ReadAttributesResponse(Records::new(reader.take_rest())),
            0x02 => Self::WriteAttributes(Records::new(reader.take_rest())),
            0x03 => Self::WriteAttributesUndivided(Records::new(reader.take_rest())),
            0x04 => Self::WriteAttributesResponse(Records::new(reader.take_rest())),
            0x05 => Self::WriteAttributesNoResponse(Records::new(reader.take_rest())),
            0x06 => Self::ConfigureReporting(Records::new(reader.take_rest())),
            0x07 => Self::ConfigureReportingResponse(Records::new(reader.take_rest())),
            0x08 => Self::ReadReportingConfiguration(Records::new(reader.take_rest())),
            0x09 => Self::ReadReportingConfigurationResponse(Records::new(reader.take_rest())),
            0x0A => Self::ReportAttributes(Records::new(reader.take_rest())),
            0x0B => Self::DefaultResponse { command: reader.u8()?, status: Status(reader.u8()?) },
            0x0C => Self::DiscoverAttributes { start: AttributeId(reader.u16()?), maximum: reader.u8()? },
            0x0D => Self::DiscoverAttributesResponse {
                complete: reader.u8()? != 0,
                attributes: Records::new(reader.take_rest()),
            },
            0x0E => Self::ReadAttributesStructured(Records::new(reader.take_rest())),
            0x0F => Self::WriteAttributesStructured(Records::new(reader.take_rest())),
            0x10 => Self::WriteAttributesStructuredResponse(Records::new(reader.take_rest())),
            0x11 => Self::DiscoverCommandsReceived { start: reader.u8()?, maximum: reader.u8()? },
            0x12 => Self::DiscoverCommandsReceivedResponse {
                complete: reader.u8()? != 0,
                commands: Records::new(reader.take_rest()),
            },
            0x13 => Self::DiscoverCommandsGenerated { start: reader.u8()?, maximum: reader.u8()? },
            0x14 => Self::DiscoverCommandsGeneratedResponse {
                complete: reader.u8()? != 0,
                commands: Records::new(reader.take_rest()),
            },
            0x15 => {
                Self::DiscoverAttributesExtended { start: AttributeId(reader.u16()?), maximum: reader.u8()? }
            }
            0x16 => Self::DiscoverAttributesExtendedResponse {
                complete: reader.u8()? != 0,
                attributes: Records::new(reader.take_rest()),
            },
            id => Self::Other { id, payload: reader.take_rest() },
        })
    }

    /// The command identifier.
    pub const fn id(&self) -> u8 {
        match self {
            Self::ReadAttributes(_) => 0x00,
            Self::ReadAttributesResponse(_) => 0x01,
            Self::WriteAttributes(_) => 0x02,
            Self::WriteAttributesUndivided(_) => 0x03,
            Self::WriteAttributesResponse(_) => 0x04,
            Self::WriteAttributesNoResponse(_) => 0x05,
            Self::ConfigureReporting(_) => 0x06,
            Self::ConfigureReportingResponse(_) => 0x07,
            Self::ReadReportingConfiguration(_) => 0x08,
            Self::ReadReportingConfigurationResponse(_) => 0x09,
            Self::ReportAttributes(_) => 0x0A,
            Self::DefaultResponse { .. } => 0x0B,
            Self::DiscoverAttributes { .. } => 0x0C,
            Self::DiscoverAttributesResponse { .. } => 0x0D,
            Self::ReadAttributesStructured(_) => 0x0E,
            Self::WriteAttributesStructured(_) => 0x0F,
            Self::WriteAttributesStructuredResponse(_) => 0x10,
            Self::DiscoverCommandsReceived { .. } => 0x11,
            Self::DiscoverCommandsReceivedResponse { .. } => 0x12,
            Self::DiscoverCommandsGenerated { .. } => 0x13,
            Self::DiscoverCommandsGeneratedResponse { .. } => 0x14,
            Self::DiscoverAttributesExtended { .. } => 0x15,
            Self::DiscoverAttributesExtendedResponse { .. } => 0x16,
            Self::Other { id, .. } => *id,
        }
    }

    /// Writes header and fields, records as they were read; [`write()`] and [`write_discovered`] write records that were
    /// not. The header's command is this one.
    ///
    /// # Errors
    /// [`Error::NoSpace`] if the buffer ends; [`Error::Unwritable`] if
    /// the header is not of a global frame, but for [`Self::Other`].
    pub fn write(&self, writer: &mut Writer<'_>, header: &Header) -> Result<()> {
        if header.frame_type != FrameType::Global && !matches!(self, Self::Other { .. }) {
            return Err(Error::Unwritable { what: "a general command in a frame that is not global" });
        }
        Header { command: self.id(), ..*header }.write(writer)?;
        match *self {
            Self::ReadAttributes(records) => writer.put(records.bytes()),
            Self::ReadAttributesResponse(records) => writer.put(records.bytes()),
            Self::WriteAttributes(records)
            | Self::WriteAttributesUndivided(records)
            | Self::WriteAttributesNoResponse(records)
            | Self::ReportAttributes(records) => writer.put(records.bytes()),
            Self::WriteAttributesResponse(records) => writer.put(records.bytes()),
            Self::ConfigureReporting(records) => writer.put(records.bytes()),
            Self::ConfigureReportingResponse(records) => writer.put(records.bytes()),
            Self::ReadReportingConfiguration(records) => writer.put(records.bytes()),
            Self::ReadReportingConfigurationResponse(records) => writer.put(records.bytes()),
            Self::DefaultResponse { command, status } => writer.put(&[command, status.0]),
            Self::DiscoverAttributes { start, maximum }
            | Self::DiscoverAttributesExtended { start, maximum } => {
                writer.u16(start.0)?;
                writer.u8(maximum)
            }
            Self::DiscoverAttributesResponse { complete, attributes } => {
                writer.u8(u8::from(complete))?;
                writer.put(attributes.bytes())
            }
            Self::DiscoverAttributesExtendedResponse { complete, attributes } => {
                writer.u8(u8::from(complete))?;
                writer.put(attributes.bytes())
            }
            Self::ReadAttributesStructured(records) => writer.put(records.bytes()),
            Self::WriteAttributesStructured(records) => writer.put(records.bytes()),
            Self::WriteAttributesStructuredResponse(records) => writer.put(records.bytes()),
            Self::DiscoverCommandsReceived { start, maximum }
            | Self::DiscoverCommandsGenerated { start, maximum } => writer.put(&[start, maximum]),
            Self::DiscoverCommandsReceivedResponse { complete, commands }
            | Self::DiscoverCommandsGeneratedResponse { complete, commands } => {
                writer.u8(u8::from(complete))?;
                writer.put(commands.bytes())
            }
            Self::Other { payload, .. } => writer.put(payload),
        }
    }

    /// Reads all records to see whether they can be.
    ///
    /// # Errors
    /// What is wrong with the first that cannot, and where among the records.
    pub fn check(&self) -> Result<()> {
        match *self {
            Self::ReadAttributes(records) => check(records),
            Self::ReadAttributesResponse(records) => check(records),
            Self::WriteAttributes(records)
            | Self::WriteAttributesUndivided(records)
            | Self::WriteAttributesNoResponse(records)
            | Self::ReportAttributes(records) => check(records),
            Self::WriteAttributesResponse(records) => check(records),
            Self::ConfigureReporting(records) => check(records),
            Self::ConfigureReportingResponse(records) => check(records),
            Self::ReadReportingConfiguration(records) => check(records),
            Self::ReadReportingConfigurationResponse(records) => check(records),
            Self::DiscoverAttributesResponse { attributes, .. } => check(attributes),
            Self::DiscoverAttributesExtendedResponse { attributes, .. } => check(attributes),
            Self::ReadAttributesStructured(records) => check(records),
            Self::WriteAttributesStructured(records) => check(records),
            Self::WriteAttributesStructuredResponse(records) => check(records),
            Self::DefaultResponse { .. }
            | Self::DiscoverAttributes { .. }
            | Self::DiscoverAttributesExtended { .. }
            | Self::DiscoverCommandsReceived { .. }
            | Self::DiscoverCommandsReceivedResponse { .. }
            | Self::DiscoverCommandsGenerated { .. }
            | Self::DiscoverCommandsGeneratedResponse { .. }
            | Self::Other { .. } => Ok(()),
        }
    }
}

fn check<'a, R: Record<'a>>(records: Records<'a, R>) -> Result<()> {
    records.into_iter().try_for_each(|record| record.map(drop))
}

/// The name of a general command in the standard.
pub const fn name(id: u8) -> Option<&'static str> {
    Some(match id {
        0x00 => "Read Attributes",
        0x01 => "Read Attributes Response",
        0x02 => "Write Attributes",
        0x03 => "Write Attributes Undivided",
        0x04 => "Write Attributes Response",
        0x05 => "Write Attributes No Response",
        0x06 => "Configure Reporting",
        0x07 => "Configure Reporting Response",
        0x08 => "Read Reporting Configuration",
        0x09 => "Read Reporting Configuration Response",
        0x0A => "Report Attributes",
        0x0B => "Default Response",
        0x0C => "Discover Attributes",
        0x0D => "Discover Attributes Response",
        0x0E => "Read Attributes Structured",
        0x0F => "Write Attributes Structured",
        0x10 => "Write Attributes Structured Response",
        0x11 => "Discover Commands Received",
        0x12 => "Discover Commands Received Response",
        0x13 => "Discover Commands Generated",
        0x14 => "Discover Commands Generated Response",
        0x15 => "Discover Attributes Extended",
        0x16 => "Discover Attributes Extended Response",
        _ => return None,
    })
}

/// Writes a general command that is a list of records.
///
/// # Errors
/// [`Error::NoSpace`] if the buffer ends, or why a record has no form on the wire.
pub fn write<'a, R: Record<'a>>(writer: &mut Writer<'_>, header: &Header, records: &[R]) -> Result<()> {
    header.write(writer)?;
    records.iter().try_for_each(|record| record.write(writer))
}

/// Writes a response to one of the discover commands: whether there are no more, then the records.
///
/// # Errors
/// [`Error::NoSpace`] if the buffer ends.
pub fn write_discovered<'a, R: Record<'a>>(
    writer: &mut Writer<'_>,
    header: &Header,
    complete: bool,
    records: &[R],
) -> Result<()> {
    header.write(writer)?;
    writer.u8(u8::from(complete))?;
    records.iter().try_for_each(|record| record.write(writer))
}

#[cfg(test)]
mod tests;
