use super::{Deframer, Frame, MAX_PAYLOAD};
use crate::error::{Error, Result};
use crate::link::Statistics;
use crate::writer::Writer;
use core::time::Duration;

/// The host's end of the line: resets the coprocessor, takes its frames in order and confirms them, and sends frames
/// again until they are confirmed.
///
/// It holds no line and reads no clock: times are since any moment of the caller's choice, the same for all calls. The
/// loop is: give received bytes to [`Self::handle_input`] until it returns none; write what [`Self::poll_transmit`]
/// returns until it returns none; wait for bytes until [`Self::poll_timeout`], and call [`Self::handle_timeout`] when
/// that moment has come.
///
/// `WINDOW` is how many frames may be on their way unconfirmed, 1 to 7; `N` is the length of the longest frame, as for
/// [`Deframer`].
///
/// ```
/// use cad_zigbee::link::ash::{Event, Host};
/// use std::time::Duration;
///
/// let mut host = Host::<1, 256>::new();
/// let mut buffer = [0; 512];
/// let now = Duration::ZERO;
/// host.reset();
/// assert_eq!(host.poll_transmit(now, &mut buffer)?, Some(&[0x1A, 0xC0, 0x38, 0xBC, 0x7E][..]));
/// let mut received = &[0xC1, 0x02, 0x0B, 0x0A, 0x52, 0x7E][..];
/// assert_eq!(host.handle_input(&mut received, now), Some(Event::Connected { code: 0x0B }));
/// host.send(&[0, 0, 0, 13])?;
/// let sent = host.poll_transmit(now, &mut buffer)?;
/// assert_eq!(sent, Some(&[0x00, 0x42, 0x21, 0xA8, 0x59, 0x7C, 0x05, 0x7E][..]));
/// # Ok::<(), cad_zigbee::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Host<const WINDOW: usize = 1, const N: usize = 256> {
    deframer: Deframer<N>,
    state: State,
    /// Frames not confirmed yet, in order; the first `queued` are in use.
    slots: [Slot<N>; WINDOW],
    queued: usize,
    /// The number of the first of them.
    first: u8,
    /// Which of them is to be written next.
    next: usize,
    /// The number of the frame expected from the coprocessor.
    expected: u8,
    answer: Answer,
    /// A frame was refused, and the one expected has not come since.
    rejecting: bool,
    /// How long to wait for a confirmation.
    patience: Duration,
    deadline: Option<Duration>,
    /// How often in a row nothing came.
    silences: u8,
}

#[derive(Debug, Clone, Copy)]
struct Slot<const N: usize> {
    payload: [u8; N],
    length: usize,
    /// When it was written, if once.
    sent: Option<Duration>,
    transmitted: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Disconnected,
    /// Whether the reset is yet to be written.
    Resetting {
        due: bool,
    },
    Connected,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    None,
    Ack,
    Nak,
}

/// What has come from the coprocessor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event<'a> {
    /// It has reset, and frames may be sent.
    Connected {
        /// Why it reset.
        code: u8,
    },
    /// An EZSP frame.
    Data(&'a [u8]),
    /// Nothing more will come or go until [`Host::reset`].
    Failed(Failure),
}

/// Why the connection is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The coprocessor has reset by itself.
    Reset {
        /// Why.
        code: u8,
    },
    /// The coprocessor says that it has failed.
    Failed {
        /// Why.
        code: u8,
    },
    /// The coprocessor speaks another version of this protocol.
    Version(u8),
    /// The coprocessor does not answer.
    Silence,
}

/// The version of this protocol.
const ASH_VERSION: u8 = 2;
const PATIENCE_FOR_RESET: Duration = Duration::from_millis(3200);
const FIRST_PATIENCE: Duration = Duration::from_millis(1600);
const LEAST_PATIENCE: Duration = Duration::from_millis(400);
const MOST_PATIENCE: Duration = Duration::from_millis(3200);
const MOST_SILENCES: u8 = 4;

impl<const WINDOW: usize, const N: usize> Default for Host<WINDOW, N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const WINDOW: usize, const N: usize> Host<WINDOW, N> {
    const WINDOW_FITS: () = assert!(WINDOW >= 1 && WINDOW <= 7, "the window is of 1 to 7 frames");

    /// Not connected: see [`Self::reset`].
    pub const fn new() -> Self {
        const { Self::WINDOW_FITS };
        Self {
            deframer: Deframer::new(),
            state: State::Disconnected,
            slots: [Slot { payload: [0; N], length: 0, sent: None, transmitted: false }; WINDOW],
            queued: 0,
            first: 0,
            next: 0,
            expected: 0,
            answer: Answer::None,
            rejecting: false,
            patience: FIRST_PATIENCE,
            deadline: None,
            silences: 0,
        }
    }

    /// Resets the coprocessor; what was not confirmed is forgotten.
    pub const fn reset(&mut self) {
        self.disconnect();
        self.state = State::Resetting { due: true };
    }

    const fn disconnect(&mut self) {
        self.state = State::Disconnected;
        self.queued = 0;
        self.first = 0;
        self.next = 0;
        self.expected = 0;
        self.answer = Answer::None;
        self.rejecting = false;
        self.patience = FIRST_PATIENCE;
        self.deadline = None;
        self.silences = 0;
    }

    /// Whether the coprocessor has reset and frames may be sent.
    pub fn is_connected(&self) -> bool {
        self.state == State::Connected
    }

    /// Whether a frame may be sent now.
    pub fn can_send(&self) -> bool {
        self.is_connected() && self.queued < WINDOW
    }

    /// Queues an EZSP frame to be written.
    ///
    /// # Errors
    /// [`Error::Unwritable`] if [`Self::can_send`] does not hold, or the frame is longer than `N` or 220 bytes.
    pub fn send(&mut self, payload: &[u8]) -> Result<()> {
        if !self.can_send() {
            return Err(Error::Unwritable { what: "a frame without connection or beyond the window" });
        }
        let space = self.slots.get_mut(self.queued).filter(|_| payload.len() <= MAX_PAYLOAD);
        let space = space.and_then(|slot| {
            slot.payload.get_mut(..payload.len())?.copy_from_slice(payload);
            Some(slot)
        });
        let slot = space.ok_or(Error::Unwritable { what: "so long a payload in an ASH frame" })?;
        slot.length = payload.len();
        slot.sent = None;
        slot.transmitted = false;
        self.queued = self.queued.saturating_add(1);
        Ok(())
    }

    /// Takes bytes of the coprocessor from the front of `input` until something has come; none once all are taken.
    pub fn handle_input(&mut self, input: &mut &[u8], now: Duration) -> Option<Event<'_>> {
        loop {
            if !self.deframer.advance(input)? {
                self.reject();
                continue;
            }
            let failure = match (self.state, self.deframer.frame()?) {
                (State::Connected, Frame::Data { number, retransmitted, acknowledged, .. }) => {
                    if !self.acknowledge(acknowledged, now) {
                        self.reject();
                    } else if number == self.expected {
                        self.expected = number.wrapping_add(1) & 7;
                        self.rejecting = false;
                        self.answer = Answer::Ack;
                        break;
                    } else if retransmitted {
                        self.answer = Answer::Ack;
                    } else {
                        self.reject();
                    }
                    continue;
                }
                (State::Connected, Frame::Ack { acknowledged, .. }) => {
                    self.acknowledge(acknowledged, now);
                    continue;
                }
                (State::Connected, Frame::Nak { acknowledged, .. }) => {
                    if self.acknowledge(acknowledged, now) {
                        self.next = 0;
                        self.deadline = None;
                    }
                    continue;
                }
                (State::Resetting { due: false }, Frame::ResetAcknowledgement { version, code }) => {
                    self.disconnect();
                    if version == ASH_VERSION {
                        self.state = State::Connected;
                        return Some(Event::Connected { code });
                    }
                    Failure::Version(version)
                }
                (State::Connected, Frame::ResetAcknowledgement { code, .. }) => Failure::Reset { code },
                (State::Connected, Frame::Failed { code, .. }) => Failure::Failed { code },
                _ => continue,
            };
            self.disconnect();
            return Some(Event::Failed(failure));
        }
        match self.deframer.frame()? {
            Frame::Data { payload, .. } => Some(Event::Data(payload)),
            _ => None,
        }
    }

    /// Asks for the frame expected, once.
    fn reject(&mut self) {
        if self.is_connected() && !self.rejecting {
            self.rejecting = true;
            self.answer = Answer::Nak;
        }
    }

    /// Notes that the coprocessor expects this number next; false if that cannot be.
    fn acknowledge(&mut self, number: u8, now: Duration) -> bool {
        let count = usize::from(number.wrapping_sub(self.first) & 7);
        let pending = self.slots.get(..self.queued).unwrap_or_default();
        if count > pending.iter().take_while(|slot| slot.transmitted).count() {
            return false;
        }
        let Some(last) = count.checked_sub(1).and_then(|last| pending.get(last)) else { return true };
        if let Some(sent) = last.sent {
            // Seven eighths of what it was, half of what it took.
            let part = |duration: Duration, of: u32| duration.checked_div(of).unwrap_or_default();
            let patience = self.patience.saturating_sub(part(self.patience, 8));
            let patience = patience.saturating_add(part(now.saturating_sub(sent), 2));
            self.patience = patience.clamp(LEAST_PATIENCE, MOST_PATIENCE);
        }
        self.slots.rotate_left(count);
        self.queued = self.queued.saturating_sub(count);
        self.next = self.next.saturating_sub(count);
        self.first = number;
        self.silences = 0;
        self.deadline = if self.next > 0 { Some(now.saturating_add(self.patience)) } else { None };
        true
    }

    /// Writes the next frame that is due into `buffer`, which should be of twice the length of a frame, for escapes;
    /// none if there is none.
    ///
    /// # Errors
    /// [`Error::NoSpace`] if the buffer ends; the frame stays due.
    pub fn poll_transmit<'b>(&mut self, now: Duration, buffer: &'b mut [u8]) -> Result<Option<&'b [u8]>> {
        let mut writer = Writer::new(buffer);
        let acknowledged = self.expected;
        let data = self.slots.get_mut(..self.queued).and_then(|slots| slots.get_mut(self.next));
        match (self.state, self.answer, data) {
            (State::Resetting { due: true }, ..) => {
                Frame::Reset.write(&mut writer)?;
                self.state = State::Resetting { due: false };
                self.deadline = Some(now.saturating_add(PATIENCE_FOR_RESET));
            }
            (State::Connected, Answer::Nak, _) => {
                Frame::Nak { acknowledged, not_ready: false }.write(&mut writer)?;
                self.answer = Answer::None;
            }
            (State::Connected, _, Some(slot)) => {
                let place = u8::try_from(self.next).unwrap_or(0);
                let frame = Frame::Data {
                    number: self.first.wrapping_add(place) & 7,
                    retransmitted: slot.transmitted,
                    acknowledged,
                    payload: slot.payload.get(..slot.length).unwrap_or_default(),
                };
                frame.write(&mut writer)?;
                slot.sent = if slot.transmitted { None } else { Some(now) };
                slot.transmitted = true;
                self.next = self.next.saturating_add(1);
                self.answer = Answer::None;
                self.deadline = self.deadline.or(Some(now.saturating_add(self.patience)));
            }
            (State::Connected, Answer::Ack, None) => {
                Frame::Ack { acknowledged, not_ready: false }.write(&mut writer)?;
                self.answer = Answer::None;
            }
            _ => return Ok(None),
        }
        let length = writer.at();
        Ok(buffer.get(..length))
    }

    /// When to call [`Self::handle_timeout`].
    pub const fn poll_timeout(&self) -> Option<Duration> {
        self.deadline
    }

    /// Notes that time has passed: what was not answered is written again, until the connection is given up.
    pub fn handle_timeout(&mut self, now: Duration) -> Option<Failure> {
        if self.deadline.is_none_or(|deadline| now < deadline) {
            return None;
        }
        self.deadline = None;
        if self.silences >= MOST_SILENCES {
            self.disconnect();
            return Some(Failure::Silence);
        }
        self.silences = self.silences.saturating_add(1);
        if let State::Resetting { due } = &mut self.state {
            *due = true;
        } else {
            self.patience = self.patience.saturating_mul(2).min(MOST_PATIENCE);
            self.next = 0;
        }
        None
    }

    /// What has been seen on the line so far.
    pub const fn statistics(&self) -> Statistics {
        self.deframer.statistics()
    }
}

#[cfg(test)]
mod tests;
