use crate::error::{Error, Result};
use crate::reader::Reader;
use crate::writer::Writer;

/// The MAC's own auxiliary security header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecurityHeader<'a> {
    /// Level in bits 0-2, key identifier mode in bits 3-4; in version 2 frame counter suppression in bit 5 and the
    /// long nonce in bit 6.
    pub control: u8,
    /// Absent in version 2 with frame counter suppression.
    pub frame_counter: Option<u32>,
    /// Key source and key index: 0, 1, 5 or 9 bytes.
    pub key_identifier: &'a [u8],
}

const FRAME_COUNTER_SUPPRESSION: u8 = 1 << 5;

impl<'a> SecurityHeader<'a> {
    pub(super) fn read(reader: &mut Reader<'a>, version: u8) -> Result<Self> {
        let control = reader.u8()?;
        let frame_counter = if suppressed(control, version) { None } else { Some(reader.u32()?) };
        let key_identifier = reader.take(key_identifier_length(control))?;
        Ok(Self { control, frame_counter, key_identifier })
    }

    pub(super) fn write(&self, writer: &mut Writer<'_>, version: u8) -> Result<()> {
        if self.frame_counter.is_none() != suppressed(self.control, version)
            || self.key_identifier.len() != key_identifier_length(self.control)
        {
            return Err(Error::Unwritable { what: "this combination of fields of MAC security" });
        }
        writer.u8(self.control)?;
        if let Some(counter) = self.frame_counter {
            writer.u32(counter)?;
        }
        writer.put(self.key_identifier)
    }

    /// Whether the payload is encrypted, rather than only authenticated: levels 4 to 7.
    pub const fn is_encrypted(&self) -> bool {
        self.control & 4 != 0
    }

    /// The length in bytes of the integrity code at the end of the payload: 0, 4, 8 or 16.
    pub const fn mic_length(&self) -> usize {
        match self.control & 3 {
            0 => 0,
            1 => 4,
            2 => 8,
            _ => 16,
        }
    }
}

const fn suppressed(control: u8, version: u8) -> bool {
    version == 2 && control & FRAME_COUNTER_SUPPRESSION != 0
}

const fn key_identifier_length(control: u8) -> usize {
    match (control >> 3) & 3 {
        0 => 0,
        1 => 1,
        2 => 5,
        _ => 9,
    }
}

#[cfg(test)]
mod tests {
    use super::SecurityHeader;
    use crate::error::Error;
    use crate::reader::Reader;
    use crate::writer::Writer;

    #[test]
    fn every_form_reads_back_and_another_is_not_written() {
        for version in 0..3 {
            for control in 0..=u8::MAX {
                for (frame_counter, length) in [None, Some(7)]
                    .into_iter()
                    .flat_map(|counter| [0, 1, 5, 9].map(|length| (counter, length)))
                {
                    let key_identifier = &[1, 2, 3, 4, 5, 6, 7, 8, 9][..length];
                    let header = SecurityHeader { control, frame_counter, key_identifier };
                    let fits = length == [0, 1, 5, 9][usize::from((control >> 3) & 3)]
                        && frame_counter.is_none() == (version == 2 && control & 0x20 != 0);
                    let mut buffer = [0; 14];
                    let mut writer = Writer::new(&mut buffer);
                    match header.write(&mut writer, version) {
                        Ok(()) => {
                            assert!(fits);
                            let mut reader = Reader::new(writer.written());
                            assert_eq!(SecurityHeader::read(&mut reader, version), Ok(header));
                        }
                        error => assert!(!fits && matches!(error, Err(Error::Unwritable { .. }))),
                    }
                }
            }
        }
    }

    #[test]
    fn a_level_says_whether_the_payload_is_encrypted_and_how_long_its_code_is() {
        let levels =
            (0..8).map(|control| SecurityHeader { control, frame_counter: None, key_identifier: &[] });
        let told: Vec<_> = levels.map(|header| (header.is_encrypted(), header.mic_length())).collect();
        let lengths = [0, 4, 8, 16];
        let expected: Vec<_> = [false, true]
            .into_iter()
            .flat_map(|encrypted| lengths.map(|length| (encrypted, length)))
            .collect();
        assert_eq!(told, expected);
    }
}
