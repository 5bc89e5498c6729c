/// What is done to a payload: encrypted, authenticated, or both. The level is set for a whole network and not sent.
///
/// Every Zigbee PRO network uses [`Level::ZIGBEE`]. Level 0, no security at all, is none: a frame that says it is secured
/// and is not is not acceptable, nor is a payload that is only encrypted, since anybody can change it.
///
/// ```
/// use cad_zigbee::security::Level;
///
/// assert_eq!(Level::from_bits(5), Some(Level::ZIGBEE));
/// assert_eq!(Level::ZIGBEE.mic_length(), 4);
/// assert!(!Level::Encryption.is_authenticated());
/// assert_eq!(Level::from_bits(0), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Level {
    /// Authenticated with 4 bytes (MIC-32, level 1).
    Mic32,
    /// Authenticated with 8 bytes (MIC-64, level 2).
    Mic64,
    /// Authenticated with 16 bytes (MIC-128, level 3).
    Mic128,
    /// Encrypted only (ENC, level 4).
    Encryption,
    /// Encrypted, and authenticated with 4 bytes (ENC-MIC-32, level 5).
    EncryptionMic32,
    /// Encrypted, and authenticated with 8 bytes (ENC-MIC-64, level 6).
    EncryptionMic64,
    /// Encrypted, and authenticated with 16 bytes (ENC-MIC-128, level 7).
    EncryptionMic128,
}

impl Level {
    /// The level of every Zigbee network in use: ENC-MIC-32.
    pub const ZIGBEE: Self = Self::EncryptionMic32;

    /// The level of a security control field, from its low three bits; `None` for level 0.
    pub const fn from_bits(control: u8) -> Option<Self> {
        Some(match control & 7 {
            0 => return None,
            1 => Self::Mic32,
            2 => Self::Mic64,
            3 => Self::Mic128,
            4 => Self::Encryption,
            5 => Self::EncryptionMic32,
            6 => Self::EncryptionMic64,
            _ => Self::EncryptionMic128,
        })
    }

    /// The number of the level, 1 to 7.
    pub const fn bits(self) -> u8 {
        match self {
            Self::Mic32 => 1,
            Self::Mic64 => 2,
            Self::Mic128 => 3,
            Self::Encryption => 4,
            Self::EncryptionMic32 => 5,
            Self::EncryptionMic64 => 6,
            Self::EncryptionMic128 => 7,
        }
    }

    /// The length in bytes of the integrity code: 0, 4, 8 or 16.
    pub const fn mic_length(self) -> usize {
        match self {
            Self::Encryption => 0,
            Self::Mic32 | Self::EncryptionMic32 => 4,
            Self::Mic64 | Self::EncryptionMic64 => 8,
            Self::Mic128 | Self::EncryptionMic128 => 16,
        }
    }

    /// Whether the payload is encrypted.
    pub const fn is_encrypted(self) -> bool {
        self.bits() & 4 != 0
    }

    /// Whether a changed payload is noticed.
    pub const fn is_authenticated(self) -> bool {
        self.mic_length() > 0
    }
}
