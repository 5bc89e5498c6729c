use chrono::TimeDelta;

/// Numbers that follow from a seed: for spreading load and naming requests, not for secrets.
#[derive(Debug, Clone)]
pub(crate) struct Random(fastrand::Rng);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }

    /// Sixteen hexadecimal digits.
    pub(crate) fn id(&mut self) -> String {
        format!("{:016x}", self.0.u64(..))
    }

    /// A whole number of milliseconds from none to `most`, each as likely.
    pub(crate) fn up_to(&mut self, most: TimeDelta) -> TimeDelta {
        TimeDelta::milliseconds(self.0.i64(0..=most.num_milliseconds().max(0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_from_the_seed() {
        assert_eq!(Random::new(7).id(), Random::new(7).id());
        assert_ne!(Random::new(7).id(), Random::new(8).id());
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
