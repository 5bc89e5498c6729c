use chrono::TimeDelta;

use crate::values::Uuid;

/// Numbers that follow from a seed: for spreading load and naming messages, not for secrets.
#[derive(Debug, Clone)]
pub(super) struct Random(fastrand::Rng);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }

    /// An identifier of version 4.
    pub(super) fn uuid(&mut self) -> Uuid {
        Uuid::from_random(self.0.u128(..).to_be_bytes())
    }

    /// A whole number of milliseconds from none to `most`, each as likely.
    pub(super) fn up_to(&mut self, most: TimeDelta) -> TimeDelta {
        TimeDelta::milliseconds(self.0.i64(0..=most.num_milliseconds().max(0)))
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
