/// Room for messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// How many.
    pub messages: usize,
    /// How long their documents are together.
    pub bytes: usize,
}

/// How much a [`Memory`](super::Memory) holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// In all.
    pub total: Room,
    /// Exchanged by any two participants, so that one cannot take the room of others.
    pub pair: Room,
    /// In one conversation.
    pub conversation_messages: usize,
}

impl Default for Limits {
    /// 100,000 messages of 256 MiB, a tenth of the messages and a quarter of the bytes for two participants, 1000 messages
    /// a conversation.
    fn default() -> Self {
        Self {
            total: Room { messages: 100_000, bytes: 256 << 20 },
            pair: Room { messages: 10_000, bytes: 64 << 20 },
            conversation_messages: 1_000,
        }
    }
}

/// How much of it is taken.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Used {
    pub(crate) messages: usize,
    pub(crate) bytes: usize,
}

impl Used {
    pub(crate) const fn fits(self, bytes: usize, room: Room) -> bool {
        self.messages < room.messages && self.bytes.saturating_add(bytes) <= room.bytes
    }

    pub(crate) fn add(&mut self, bytes: usize) {
        self.messages += 1;
        self.bytes += bytes;
    }

    pub(crate) fn remove(&mut self, bytes: usize) {
        self.messages -= 1;
        self.bytes -= bytes;
    }
}
