//! Where bytes wait until they make a frame.

use super::Statistics;

/// Bytes of a protocol whose frames say how long they are, but not where they begin: what looked like a beginning may
/// turn out not to be one, so bytes are kept until a frame is taken, and looked at again.
#[derive(Debug, Clone)]
pub(super) struct Window<const N: usize> {
    bytes: [u8; N],
    start: usize,
    end: usize,
}

/// What the bytes at hand begin with.
pub(super) enum Beginning {
    /// Part of a frame, perhaps.
    Part,
    /// A frame of so many bytes, which is sound.
    Frame(usize),
    /// What would be a frame, were its checksum right.
    Damaged,
    /// What would be a frame, were it not so long.
    Oversized,
    /// So many bytes with which no frame begins.
    Nothing(usize),
}

impl<const N: usize> Window<N> {
    pub(super) const fn new() -> Self {
        Self { bytes: [0; N], start: 0, end: 0 }
    }

    /// Takes bytes from the input until there is a frame, or until there is no input; what comes in the frame is told
    /// by `look`.
    pub(super) fn next(
        &mut self,
        input: &mut &[u8],
        statistics: &mut Statistics,
        look: impl Fn(&[u8]) -> Beginning,
    ) -> Option<&[u8]> {
        loop {
            let pending = self.pending();
            match if pending.is_empty() { Beginning::Part } else { look(pending) } {
                Beginning::Frame(length) => {
                    let start = self.start;
                    self.drop_front(length);
                    statistics.frame();
                    return self.bytes.get(start..self.start);
                }
                Beginning::Part => {
                    if input.is_empty() {
                        return None;
                    }
                    if !self.fill(input) {
                        self.skip(1, statistics);
                    }
                }
                Beginning::Damaged => {
                    statistics.damaged();
                    self.skip(1, statistics);
                }
                Beginning::Oversized => {
                    statistics.oversized();
                    self.skip(1, statistics);
                }
                Beginning::Nothing(count) => self.skip(count.max(1), statistics),
            }
        }
    }

    /// Gives up the frame that has begun; false if none has.
    pub(super) fn give_up(&mut self, statistics: &mut Statistics) -> bool {
        let begun = !self.pending().is_empty();
        self.skip(1, statistics);
        begun
    }

    fn pending(&self) -> &[u8] {
        self.bytes.get(self.start..self.end).unwrap_or_default()
    }

    fn skip(&mut self, count: usize, statistics: &mut Statistics) {
        statistics.skip(count.min(self.pending().len()));
        self.drop_front(count);
    }

    fn drop_front(&mut self, count: usize) {
        self.start = self.start.saturating_add(count).min(self.end);
    }

    /// Moves input behind what is pending; false if there is no space.
    fn fill(&mut self, input: &mut &[u8]) -> bool {
        if self.start > 0 {
            self.bytes.copy_within(self.start..self.end, 0);
            self.end = self.end.saturating_sub(self.start);
            self.start = 0;
        }
        let Some(space) = self.bytes.get_mut(self.end..) else { return false };
        let count = space.len().min(input.len());
        let (head, tail) = input.split_at(count);
        if let Some(space) = space.get_mut(..count) {
            space.copy_from_slice(head);
        }
        self.end = self.end.saturating_add(count);
        *input = tail;
        count > 0
    }
}

/// Bytes of a protocol with a byte that ends a frame, and one that changes what the next one means.
#[derive(Debug, Clone)]
pub(super) struct Line<const N: usize> {
    frame: Frame<N>,
    escaped: bool,
    /// The frame has been handed out: what comes belongs to the next one.
    complete: bool,
}

/// What a byte is on such a line.
pub(super) enum Byte {
    /// Content of the frame.
    Content(u8),
    /// The one before the byte that it gives another meaning.
    Escape,
    /// Nothing, whatever stands before and behind it.
    Ignored,
    /// It says that the frame is damaged.
    Damage,
    /// It takes back what there is of the frame.
    Cancel,
    /// It ends the frame.
    End,
}

impl<const N: usize> Line<N> {
    pub(super) const fn new() -> Self {
        Self { frame: Frame::new(), escaped: false, complete: false }
    }

    /// Takes bytes from the input until a frame has ended; tells whether its content holds together. `meaning` is that
    /// of a byte, which may stand behind an escape.
    pub(super) fn read(
        &mut self,
        input: &mut &[u8],
        statistics: &mut Statistics,
        meaning: impl Fn(u8, bool) -> Byte,
        sound: impl Fn(&[u8]) -> bool,
    ) -> Option<bool> {
        if self.complete {
            self.frame.clear();
            self.complete = false;
        }
        loop {
            let (byte, rest) = input.split_first()?;
            *input = rest;
            let byte = meaning(*byte, self.escaped);
            if matches!(byte, Byte::Ignored) {
                continue;
            }
            let was_escaped = core::mem::replace(&mut self.escaped, matches!(byte, Byte::Escape));
            match byte {
                Byte::Content(byte) => self.frame.push(byte),
                Byte::Escape | Byte::Ignored => {}
                Byte::Damage => self.frame.damage(),
                Byte::Cancel => {
                    statistics.skip(self.frame.wire);
                    self.frame.clear();
                    continue;
                }
                Byte::End => {
                    if was_escaped {
                        self.frame.damage();
                    }
                    match self.frame.end(statistics, &sound) {
                        End::Empty => continue,
                        End::Complete => {
                            self.complete = true;
                            return Some(true);
                        }
                        End::Bad => {
                            self.frame.clear();
                            return Some(false);
                        }
                    }
                }
            }
            self.frame.count();
        }
    }

    pub(super) fn content(&self) -> &[u8] {
        self.frame.content()
    }

    pub(super) fn content_mut(&mut self) -> &mut [u8] {
        self.frame.bytes.get_mut(..self.frame.length).unwrap_or_default()
    }
}

/// The bytes of one frame of a protocol that says with a byte of its own where frames begin or end.
#[derive(Debug, Clone)]
pub(super) struct Frame<const N: usize> {
    bytes: [u8; N],
    length: usize,
    /// How many bytes of the wire the frame has taken, escapes included.
    wire: usize,
    oversized: bool,
    damaged: bool,
}

/// How a frame ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// There was none: no byte since the last one.
    Empty,
    /// Its bytes are complete.
    Complete,
    /// It is of no use.
    Bad,
}

impl<const N: usize> Frame<N> {
    pub(super) const fn new() -> Self {
        Self { bytes: [0; N], length: 0, wire: 0, oversized: false, damaged: false }
    }

    /// Begins anew.
    pub(super) const fn clear(&mut self) {
        self.length = 0;
        self.wire = 0;
        self.oversized = false;
        self.damaged = false;
    }

    /// Notes that a byte of the wire belongs to the frame, though it is none of its content.
    pub(super) const fn count(&mut self) {
        self.wire = self.wire.saturating_add(1);
    }

    pub(super) fn push(&mut self, byte: u8) {
        match self.bytes.get_mut(self.length) {
            Some(space) => {
                *space = byte;
                self.length = self.length.saturating_add(1);
            }
            None => self.oversized = true,
        }
    }

    /// Notes that the line says the frame is damaged.
    pub(super) const fn damage(&mut self) {
        self.damaged = true;
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.wire == 0
    }

    pub(super) fn content(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    /// Ends the frame and counts it; `sound` says whether its content holds together.
    pub(super) fn end(&mut self, statistics: &mut Statistics, sound: impl Fn(&[u8]) -> bool) -> End {
        if self.is_empty() {
            return End::Empty;
        }
        if self.oversized {
            statistics.oversized();
        } else if self.damaged || !sound(self.content()) {
            statistics.damaged();
        } else {
            statistics.frame();
            return End::Complete;
        }
        statistics.skip(self.wire);
        End::Bad
    }
}
