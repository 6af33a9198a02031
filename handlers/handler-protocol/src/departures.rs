//! In which order rows of the outbox leave.

use std::collections::{BTreeMap, VecDeque};

/// Rows of one shard on their way out. A row waits until the one before it of its key is delivered; when one is not delivered,
/// those behind it stay. Were they all sent at once, one that fails would leave after the ones behind it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Departures {
    keys: Vec<String>,
    lanes: BTreeMap<String, Lane>,
    delivered: Vec<usize>,
    gapless: bool,
}

/// The rows of one key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Lane {
    waiting: VecDeque<usize>,
    away: usize,
    failed: bool,
}

impl Departures {
    /// Rows by their keys, oldest first. A `gapless` carrier fails whatever follows a failed row of the same key (an idempotent
    /// Kafka producer with `enable.gapless.guarantee`), so a key's rows need not wait for each other.
    pub fn new(keys: Vec<String>, gapless: bool) -> Self {
        let mut lanes: BTreeMap<String, Lane> = BTreeMap::new();
        for (row, key) in keys.iter().enumerate() {
            lanes.entry(key.clone()).or_default().waiting.push_back(row);
        }
        Self { keys, lanes, delivered: Vec::new(), gapless }
    }

    /// The rows that may leave now, by their places. Ask again after each report.
    pub fn leave(&mut self) -> Vec<usize> {
        let mut rows = Vec::new();
        for lane in self.lanes.values_mut().filter(|lane| !lane.failed) {
            let free = if self.gapless { lane.waiting.len() } else { 1_usize.saturating_sub(lane.away) };
            let leaving = lane.waiting.drain(..free.min(lane.waiting.len()));
            lane.away += leaving.len();
            rows.extend(leaving);
        }
        rows.sort_unstable();
        rows
    }

    /// The delivery report of a row that left.
    pub fn report(&mut self, row: usize, delivered: bool) {
        let Some(lane) = self.keys.get(row).and_then(|key| self.lanes.get_mut(key)) else { return };
        lane.away = lane.away.saturating_sub(1);
        if delivered {
            self.delivered.push(row);
        } else {
            lane.failed = true;
        }
    }

    /// The rows that were delivered: those, and no others, are deleted.
    pub fn delivered(&self) -> &[usize] {
        &self.delivered
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(keys: &str, gapless: bool) -> Departures {
        Departures::new(keys.chars().map(String::from).collect(), gapless)
    }

    #[test]
    fn a_row_waits_for_the_one_before_it_of_its_key() {
        let mut rows = rows("aab", false);
        assert_eq!(rows.leave(), [0, 2]);
        assert_eq!(rows.leave(), [0; 0]);
        rows.report(0, true);
        assert_eq!(rows.leave(), [1]);
        assert_eq!(rows.delivered(), [0]);
    }

    #[test]
    fn what_follows_one_that_failed_stays_and_other_keys_go_on() {
        let mut rows = rows("aabb", false);
        assert_eq!(rows.leave(), [0, 2]);
        rows.report(0, false);
        rows.report(2, true);
        assert_eq!(rows.leave(), [3]);
        rows.report(3, true);
        assert_eq!(rows.leave(), [0; 0]);
        assert_eq!(rows.delivered(), [2, 3]);
    }

    #[test]
    fn a_gapless_carrier_takes_all_at_once() {
        assert_eq!(rows("aab", true).leave(), [0, 1, 2]);
    }
}
