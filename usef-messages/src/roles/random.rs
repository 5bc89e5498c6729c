use chrono::TimeDelta;

use crate::values::Uuid;

/// Numbers that follow from a seed (SplitMix64): for spreading load and naming messages, not for secrets.
#[derive(Debug, Clone)]
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// An identifier of version 4.
    pub(super) fn uuid(&mut self) -> Uuid {
        let bits = u128::from(self.next()) << 64 | u128::from(self.next());
        Uuid::from_random(bits.to_be_bytes())
    }

    /// A whole number of milliseconds from none to `most`, each as likely.
    pub(super) fn up_to(&mut self, most: TimeDelta) -> TimeDelta {
        let most = u64::try_from(most.num_milliseconds()).unwrap_or(0);
        let chosen = self.next() % most.saturating_add(1);
        TimeDelta::try_milliseconds(i64::try_from(chosen).unwrap_or(0)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_from_the_seed() {
        assert_eq!(Random::new(7).uuid(), Random::new(7).uuid());
        assert_ne!(Random::new(7).uuid(), Random::new(8).uuid());
        let mut random = Random::new(7);
        assert_ne!(random.uuid(), random.uuid());
    }

    #[test]
    fn spreads_over_the_whole_range_and_no_further() {
        let mut random = Random::new(1);
        let most = TimeDelta::seconds(10);
        let chosen: Vec<_> = (0..1000).map(|_| random.up_to(most)).collect();
        assert!(chosen.iter().all(|delta| (TimeDelta::zero()..=most).contains(delta)));
        assert!(chosen.iter().any(|delta| *delta < TimeDelta::seconds(1)));
        assert!(chosen.iter().any(|delta| *delta > TimeDelta::seconds(9)));
        assert_eq!(random.up_to(TimeDelta::seconds(-1)), TimeDelta::zero());
    }
}
