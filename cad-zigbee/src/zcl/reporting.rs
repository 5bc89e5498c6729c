//! How attributes are reported: the records of the general commands that set it and tell it.
//!
//! ```
//! use cad_zigbee::zcl::{AttributeId, record::Records, reporting::Reporting};
//!
//! // Report demand every 10 s at least, and every 5 minutes at most, and when it has changed by 5.
//! let records = Records::<Reporting<'_>>::new(&[0x00, 0x00, 0x04, 0x2A, 10, 0, 44, 1, 5, 0, 0]);
//! let reporting = records.into_iter().next().unwrap()?;
//! let Reporting::Send { attribute, minimum_s, maximum_s, change, .. } = reporting else { unreachable!() };
//! assert_eq!((attribute, minimum_s, maximum_s), (AttributeId(0x0400), 10, 300));
//! assert_eq!(change.unwrap().signed(), Some(5));
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

use super::AttributeId;
use super::data_type::{Class, DataType};
use super::record::{CONTRADICTION, Record, read_status};
use super::status::Status;
use super::value::{Value, read_type};
use crate::error::{Error, Result};
use crate::reader::Reader;
use crate::writer::Writer;

/// How an attribute is to be reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reporting<'a> {
    /// The receiver is to send reports (direction 0).
    Send {
        /// The attribute.
        attribute: AttributeId,
        /// Its type.
        data_type: DataType,
        /// Seconds at least between reports.
        minimum_s: u16,
        /// Seconds at most between reports; 0: no limit, 0xFFFF: no reports.
        maximum_s: u16,
        /// The change that is worth a report; absent for discrete types.
        change: Option<Value<'a>>,
    },
    /// The receiver is to expect reports (direction 1).
    Expect {
        /// The attribute.
        attribute: AttributeId,
        /// Seconds at most between reports.
        timeout_s: u16,
    },
}

/// An attribute as source or destination of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportingTarget {
    /// 0: reports it, 1: expects reports of it.
    pub direction: u8,
    /// The attribute.
    pub attribute: AttributeId,
}

/// The outcome of configuring reports: one record with success alone, or one for each attribute that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportingStatus {
    /// Why not, or success for all.
    pub status: Status,
    /// What failed.
    pub target: Option<ReportingTarget>,
}

/// How an attribute is reported, as a device answers for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportingState<'a> {
    /// Whether there is something to tell.
    pub status: Status,
    /// The attribute and the direction.
    pub target: ReportingTarget,
    /// The configuration, where there is one.
    pub reporting: Option<Reporting<'a>>,
}

impl<'a> Reporting<'a> {
    fn read_fields(reader: &mut Reader<'a>, target: ReportingTarget) -> Result<Self> {
        let attribute = target.attribute;
        match target.direction {
            0 => {}
            1 => return Ok(Self::Expect { attribute, timeout_s: reader.u16()? }),
            _ => return Err(Error::Malformed { at: reader.at(), what: "reserved direction of reporting" }),
        }
        let data_type = read_type(reader)?;
        Ok(Self::Send {
            attribute,
            data_type,
            minimum_s: reader.u16()?,
            maximum_s: reader.u16()?,
            change: match data_type.class() {
                Class::Analog => Some(Value::read(reader, data_type)?),
                Class::Discrete => None,
            },
        })
    }

    fn write_fields(&self, writer: &mut Writer<'_>) -> Result<()> {
        match self {
            Self::Send { data_type, minimum_s, maximum_s, change, .. } => {
                let expected = if data_type.class() == Class::Analog { Some(*data_type) } else { None };
                if change.map(|change| change.data_type()) != expected {
                    return Err(CONTRADICTION);
                }
                writer.u8(data_type.id())?;
                writer.u16(*minimum_s)?;
                writer.u16(*maximum_s)?;
                change.map_or(Ok(()), |change| change.write(writer))
            }
            Self::Expect { timeout_s, .. } => writer.u16(*timeout_s),
        }
    }

    const fn target(&self) -> ReportingTarget {
        match self {
            Self::Send { attribute, .. } => ReportingTarget { direction: 0, attribute: *attribute },
            Self::Expect { attribute, .. } => ReportingTarget { direction: 1, attribute: *attribute },
        }
    }
}

impl<'a> Record<'a> for Reporting<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let target = ReportingTarget::read(reader)?;
        Self::read_fields(reader, target)
    }

    fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        self.target().write(writer)?;
        self.write_fields(writer)
    }
}

impl<'a> Record<'a> for ReportingTarget {
    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        Ok(Self { direction: reader.u8()?, attribute: AttributeId::read(reader)? })
    }

    fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        writer.u8(self.direction)?;
        self.attribute.write(writer)
    }
}

impl<'a> Record<'a> for ReportingStatus {
    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let (status, is_of_all) = read_status(reader)?;
        let target = if is_of_all { None } else { Some(ReportingTarget::read(reader)?) };
        Ok(Self { status, target })
    }

    fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        if self.target.is_none() && !self.status.is_success() {
            return Err(CONTRADICTION);
        }
        writer.u8(self.status.0)?;
        self.target.map_or(Ok(()), |target| target.write(writer))
    }
}

impl<'a> Record<'a> for ReportingState<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let status = Status(reader.u8()?);
        let target = ReportingTarget::read(reader)?;
        let reporting =
            if status.is_success() { Some(Reporting::read_fields(reader, target)?) } else { None };
        Ok(Self { status, target, reporting })
    }

    fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        let target = self.reporting.map(|reporting| reporting.target());
        if target.is_some() != self.status.is_success() || target.is_some_and(|target| target != self.target)
        {
            return Err(CONTRADICTION);
        }
        writer.u8(self.status.0)?;
        self.target.write(writer)?;
        self.reporting.map_or(Ok(()), |reporting| reporting.write_fields(writer))
    }
}

#[cfg(test)]
mod tests {
    use super::{Reporting, ReportingState, ReportingStatus, ReportingTarget};
    use crate::error::{Error, Result};
    use crate::reader::Reader;
    use crate::writer::Writer;
    use crate::zcl::AttributeId;
    use crate::zcl::data_type::DataType;
    use crate::zcl::record::{CONTRADICTION, Record};
    use crate::zcl::status::Status;
    use crate::zcl::value::Value;

    #[test]
    fn records_that_contradict_themselves_are_not_written() {
        fn written<'a>(record: &impl Record<'a>) -> Result<()> {
            record.write(&mut Writer::new(&mut [0; 64]))
        }
        let attribute = AttributeId(0x0400);
        let value = Some(Value::from_unsigned(DataType::Unsigned8, 1).unwrap());
        let (success, failure) = (Status::SUCCESS, Status::UNSUPPORTED_ATTRIBUTE);
        let target = ReportingTarget { direction: 0, attribute };
        let expect = Some(Reporting::Expect { attribute, timeout_s: 1 });
        let send =
            |data_type, change| Reporting::Send { attribute, data_type, minimum_s: 0, maximum_s: 1, change };
        for outcome in [
            written(&send(DataType::Bool, value)),
            written(&send(DataType::Unsigned8, None)),
            written(&send(DataType::Unsigned16, value)),
            written(&ReportingState { status: success, target, reporting: None }),
            written(&ReportingState { status: failure, target, reporting: expect }),
            written(&ReportingState { status: success, target, reporting: expect }),
            written(&ReportingStatus { status: failure, target: None }),
        ] {
            assert_eq!(outcome, Err(CONTRADICTION));
        }
    }

    #[test]
    fn a_reserved_direction_of_reporting_says_where() {
        let error = Reporting::read(&mut Reader::new(&[2, 0, 4, 1, 0])).unwrap_err();
        assert_eq!(error, Error::Malformed { at: 3, what: "reserved direction of reporting" });
    }
}
