use super::ccm_star::Cipher;
use super::{Key, KeyIdentifier, Level, Secured};
use crate::address::{Eui64, PanId, ShortAddress};
use crate::error::{Error, Result};

/// The keys and addresses a listener knows: given to it, or learned from frames.
///
/// Space is fixed: 16 network keys, 48 link keys, 128 addresses and 64 frame counters; the one of no use for longest
/// makes room for a new one. A key that was given makes room only for another one given: nobody on the air can drive it
/// out.
///
/// A frame opens once: its counter must be higher than that of the last one which the same device secured with the same
/// key, as for any device in a network. A capture may hold a frame more than once, and may be read twice:
/// [`Self::accept_replays`].
///
/// ```
/// use cad_zigbee::{address::{Eui64, PanId, ShortAddress}, security::{Key, KeyRing}};
///
/// let mut ring = KeyRing::new();
/// ring.add_network_key("c0ffee00112233445566778899aabbcc".parse()?);
/// ring.learn_address(PanId(0x5A17), ShortAddress(0x2B4E), Eui64(0x0CA2F40000E5A3E1));
/// assert_eq!(ring.eui64(PanId(0x5A17), ShortAddress(0x2B4E)), Some(Eui64(0x0CA2F40000E5A3E1)));
/// # Ok::<(), cad_zigbee::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct KeyRing {
    network_keys: Shelf<Held, 16>,
    link_keys: Shelf<Held, 48>,
    addresses: Shelf<(PanId, ShortAddress, Eui64), 128>,
    ready: Ready,
    level: Level,
    rejects_replays: bool,
    counters: Shelf<Counter, 64>,
}

/// A key, and whether it was given, not learned.
#[derive(Debug, Clone, Copy)]
struct Held {
    key: Key,
    given: bool,
}

/// The keys that were of use last, made ready; one after the other makes room.
#[derive(Debug, Clone)]
struct Ready {
    ciphers: [Option<(Key, Cipher)>; 4],
    next: usize,
}

/// The last frame counter of a device under a key.
#[derive(Debug, Clone, Copy)]
struct Counter {
    source: Eui64,
    key: Key,
    last: u32,
}

impl Default for KeyRing {
    fn default() -> Self {
        Self::new()
    }
}

impl KeyRing {
    /// Knows nothing.
    pub const fn new() -> Self {
        Self {
            network_keys: Shelf::new(),
            link_keys: Shelf::new(),
            addresses: Shelf::new(),
            ready: Ready { ciphers: [const { None }; 4], next: 0 },
            level: Level::ZIGBEE,
            rejects_replays: true,
            counters: Shelf::new(),
        }
    }

    /// The level of the network, where it is not [`Level::ZIGBEE`]. Of a level without an integrity code nothing opens.
    pub const fn set_level(&mut self, level: Level) {
        self.level = level;
    }

    /// From now on opens only frames whose counter is higher than that of the last one which the same device secured
    /// with the same key, as at first. The counters are known of the 64 devices heard last.
    pub const fn reject_replays(&mut self) {
        self.rejects_replays = true;
    }

    /// From now on opens frames whatever their counter. Those noted are forgotten.
    pub const fn accept_replays(&mut self) {
        self.rejects_replays = false;
        self.counters = Shelf::new();
    }

    /// Adds a network key; false if it was known.
    pub fn add_network_key(&mut self, key: Key) -> bool {
        self.network_keys.hold(Held { key, given: true })
    }

    /// Adds a link key; false if it was known.
    pub fn add_link_key(&mut self, key: Key) -> bool {
        self.link_keys.hold(Held { key, given: true })
    }

    /// Notes a network key that was seen on its way; false if it was known, or all there is space for were given.
    pub fn learn_network_key(&mut self, key: Key) -> bool {
        self.network_keys.hold(Held { key, given: false })
    }

    /// Notes a link key that was seen on its way; false if it was known, or all there is space for were given.
    pub fn learn_link_key(&mut self, key: Key) -> bool {
        self.link_keys.hold(Held { key, given: false })
    }

    /// Notes that `short` is at present the address of `eui64` in the network `pan`.
    pub fn learn_address(&mut self, pan: PanId, short: ShortAddress, eui64: Eui64) {
        if short.is_broadcast() {
            return;
        }
        match self.addresses.iter_mut().find(|known| (known.0, known.1) == (pan, short)) {
            Some(known) => known.2 = eui64,
            None => self.addresses.add((pan, short, eui64)),
        }
    }

    /// The EUI-64 of the device with this network address, where it was seen.
    pub fn eui64(&self, pan: PanId, short: ShortAddress) -> Option<Eui64> {
        self.addresses.iter().find(|known| (known.0, known.1) == (pan, short)).map(|known| known.2)
    }

    /// Opens a secured payload with whichever key fits; that one is tried first the next time. `source` is used where
    /// the auxiliary header names none; `out` must be as long as the frame.
    ///
    /// # Errors
    /// [`Error::UnknownSource`] if nobody names the source, [`Error::NoKey`] if no key fits, [`Error::Replayed`] for a
    /// counter that is too low, or what [`Secured::open`] reports about the frame itself.
    pub fn open<'b>(
        &mut self,
        secured: &Secured<'_>,
        source: Option<Eui64>,
        out: &'b mut [u8],
    ) -> Result<&'b [u8]> {
        let source = secured.auxiliary.source.or(source).ok_or(Error::UnknownSource)?;
        if !self.level.is_authenticated() {
            return Err(Error::NotAuthentic);
        }
        let identifier = secured.auxiliary.key_identifier();
        let (length, key) = if identifier == KeyIdentifier::Network {
            open_with(&mut self.network_keys, &mut self.ready, |key| *key, self.level, secured, source, out)?
        } else {
            let derive = match identifier {
                KeyIdentifier::KeyTransport => Key::key_transport,
                KeyIdentifier::KeyLoad => Key::key_load,
                KeyIdentifier::Data | KeyIdentifier::Network => |key: &Key| *key,
            };
            open_with(&mut self.link_keys, &mut self.ready, derive, self.level, secured, source, out)?
        };
        if self.rejects_replays {
            self.note_counter(source, key, secured.auxiliary.frame_counter)?;
        }
        let at = secured.authenticated.len();
        Ok(out.get(at..at.saturating_add(length)).unwrap_or_default())
    }

    fn note_counter(&mut self, source: Eui64, key: Key, counter: u32) -> Result<()> {
        let place = self.counters.iter().position(|known| (known.source, known.key) == (source, key));
        let Some(place) = place else {
            self.counters.add(Counter { source, key, last: counter });
            return Ok(());
        };
        let Some(Some(known)) = self.counters.items.get_mut(place) else { return Ok(()) };
        if counter <= known.last {
            return Err(Error::Replayed { counter, last: known.last });
        }
        known.last = counter;
        self.counters.put_last(place);
        Ok(())
    }
}

/// The length of the payload, and the key that fits, derived as the frame has it.
fn open_with<const N: usize>(
    keys: &mut Shelf<Held, N>,
    ready: &mut Ready,
    derive: fn(&Key) -> Key,
    level: Level,
    secured: &Secured<'_>,
    source: Eui64,
    out: &mut [u8],
) -> Result<(usize, Key)> {
    for place in (0..keys.count).rev() {
        let Some(Some(held)) = keys.items.get(place) else { continue };
        let key = derive(&held.key);
        let outcome = match ready.find(&key) {
            Some(cipher) => secured.open_with(level, cipher, source, out).map(<[u8]>::len),
            None => {
                let cipher = Cipher::new(&key);
                let outcome = secured.open_with(level, &cipher, source, out).map(<[u8]>::len);
                if outcome.is_ok() {
                    ready.keep(key, cipher);
                }
                outcome
            }
        };
        match outcome {
            Ok(length) => {
                keys.put_last(place);
                return Ok((length, key));
            }
            Err(Error::NotAuthentic) => {}
            Err(error) => return Err(error),
        }
    }
    Err(Error::NoKey)
}

impl Ready {
    fn find(&self, key: &Key) -> Option<&Cipher> {
        self.ciphers.iter().flatten().find(|(known, _)| known == key).map(|(_, cipher)| cipher)
    }

    fn keep(&mut self, key: Key, cipher: Cipher) {
        if let Some(space) = self.ciphers.get_mut(self.next) {
            *space = Some((key, cipher));
        }
        self.next = self.next.saturating_add(1) & 3;
    }
}

/// A list of at most `N`, in the order they came or were of use.
#[derive(Debug, Clone)]
struct Shelf<T, const N: usize> {
    items: [Option<T>; N],
    count: usize,
}

impl<T: Copy, const N: usize> Shelf<T, N> {
    const fn new() -> Self {
        Self { items: [None; N], count: 0 }
    }

    fn add(&mut self, item: T) {
        self.put(item, 0);
    }

    /// Adds an item; where there is no space, the one at `leaving` makes room.
    fn put(&mut self, item: T, leaving: usize) {
        if self.count == N {
            if let Some(items @ [_, ..]) = self.items.get_mut(leaving..) {
                items.rotate_left(1);
            }
        } else {
            self.count = self.count.saturating_add(1);
        }
        if let Some(space) = self.items.get_mut(self.count.saturating_sub(1)) {
            *space = Some(item);
        }
    }

    fn put_last(&mut self, place: usize) {
        // Mostly it is there already.
        if place.saturating_add(1) < self.count
            && let Some(items) = self.items.get_mut(place..self.count)
        {
            items.rotate_left(1);
        }
    }

    fn iter(&self) -> core::iter::Flatten<core::slice::Iter<'_, Option<T>>> {
        self.items.get(..self.count).unwrap_or_default().iter().flatten()
    }

    fn iter_mut(&mut self) -> core::iter::Flatten<core::slice::IterMut<'_, Option<T>>> {
        self.items.get_mut(..self.count).unwrap_or_default().iter_mut().flatten()
    }
}

impl<const N: usize> Shelf<Held, N> {
    /// Adds a key; false if it was known, or would drive out one that was given though it was not itself.
    fn hold(&mut self, held: Held) -> bool {
        if let Some(known) = self.iter_mut().find(|known| known.key == held.key) {
            known.given |= held.given;
            return false;
        }
        let learned = self.iter().position(|known| !known.given);
        if self.count == N && learned.is_none() && !held.given {
            return false;
        }
        self.put(held, learned.unwrap_or(0));
        true
    }
}

#[cfg(test)]
mod tests;
