//! Identifiers that the VTN hands out.

/// Makes identifiers that do not repeat, from a seed.
///
/// They are names and no secrets: who may use them is for the transport's security to say.
#[derive(Debug)]
pub(crate) struct Ids {
    state: u64,
}

impl Ids {
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The next identifier, such as `event-9e3779b97f4a7c15`.
    pub(crate) fn next(&mut self, kind: &str) -> String {
        format!("{kind}-{:016x}", self.number())
    }

    /// One step of SplitMix64, whose 2⁶⁴ numbers are all different.
    fn number(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depends_on_the_seed_alone_and_does_not_repeat() {
        let mut ids = Ids::new(7);
        let first: Vec<String> = (0..1000).map(|_| ids.next("x")).collect();
        let mut again = Ids::new(7);
        assert!(first.iter().all(|id| *id == again.next("x")));
        let distinct: std::collections::BTreeSet<_> = first.iter().collect();
        assert_eq!(distinct.len(), 1000);
    }
}
