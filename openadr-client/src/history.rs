use std::collections::{BTreeMap, VecDeque};

use openadr_types::ids::Rid;

use crate::sample::Sample;
use crate::snapshot::Recorded;

/// The latest samples of each data point.
#[derive(Debug)]
pub(crate) struct History {
    capacity: usize,
    series: BTreeMap<Rid, VecDeque<Recorded>>,
    next_place: u64,
}

impl History {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { capacity: capacity.max(100), series: BTreeMap::new(), next_place: 0 }
    }

    pub(crate) fn restore(capacity: usize, samples: Vec<Recorded>) -> Self {
        let mut history = Self::new(capacity);
        for recorded in samples {
            history.next_place = history.next_place.max(recorded.place.saturating_add(1));
            history.push(recorded);
        }
        history
    }

    /// The place that the next sample gets; all before have lower ones.
    pub(crate) fn next_place(&self) -> u64 {
        self.next_place
    }

    /// Numbers samples from there on at least.
    pub(crate) fn skip_to(&mut self, place: u64) {
        self.next_place = self.next_place.max(place);
    }

    /// Keeps a sample; returns the one that it drives out.
    pub(crate) fn record(&mut self, sample: Sample) -> Option<Recorded> {
        let place = self.next_place;
        self.next_place += 1;
        self.push(Recorded { place, sample })
    }

    fn push(&mut self, recorded: Recorded) -> Option<Recorded> {
        let series = self.series.entry(recorded.sample.rid.clone()).or_default();
        let oldest = if series.len() >= self.capacity { series.pop_front() } else { None };
        series.push_back(recorded);
        oldest
    }

    /// The samples of a data point, in the order they were recorded.
    pub(crate) fn of(&self, rid: &Rid) -> impl DoubleEndedIterator<Item = &Recorded> {
        self.series.get(rid).into_iter().flatten()
    }

    /// The sample of a data point with the latest time.
    pub(crate) fn latest(&self, rid: &Rid) -> Option<&Recorded> {
        self.of(rid).max_by_key(|recorded| (recorded.sample.at, recorded.place))
    }

    pub(crate) fn samples(&self) -> Vec<Recorded> {
        let mut samples: Vec<Recorded> = self.series.values().flatten().cloned().collect();
        samples.sort_by_key(|recorded| recorded.place);
        samples
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    #[test]
    fn drives_out_the_oldest_of_the_same_data_point() {
        let mut history = History::new(0);
        assert_eq!(history.record(Sample::new("other", DateTime::UNIX_EPOCH, 0.0)), None);
        for value in 0..100 {
            assert_eq!(history.record(Sample::new("power", DateTime::UNIX_EPOCH, f64::from(value))), None);
        }
        let driven_out = history.record(Sample::new("power", DateTime::UNIX_EPOCH, 100.0)).unwrap();
        assert_eq!(driven_out.place, 1);
        assert_eq!(history.of(&"power".into()).count(), 100);
        assert_eq!(history.of(&"other".into()).count(), 1);
    }

    #[test]
    fn goes_on_numbering_after_a_restart() {
        let mut history = History::new(100);
        history.record(Sample::new("power", DateTime::UNIX_EPOCH, 1.0));
        history.record(Sample::new("power", DateTime::UNIX_EPOCH, 2.0));
        let restored = History::restore(100, history.samples());
        assert_eq!(restored.next_place(), 2);
        assert_eq!(restored.samples(), history.samples());
    }
}
