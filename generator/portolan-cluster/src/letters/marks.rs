//! Marks: messages of our own in a dead-letter topic that say which letters before them are dealt with.

use krafka::Record;
use krafka::consumer::ConsumerRecord;

use super::State;
use super::offsets::Offsets;

/// What became of the letters.
const SETTLED: &str = "portolan-settled";
/// Which ones, in the same partition.
const OFFSETS: &str = "portolan-offsets";

/// What is known of one partition.
#[derive(Debug, Clone, Default)]
pub(super) struct Marks {
    replayed: Offsets,
    dropped: Offsets,
}

impl Marks {
    /// Reads a message that may be a mark; whether it is one.
    pub(super) fn read(&mut self, record: &ConsumerRecord) -> bool {
        let Some(settled) = record.header_str(SETTLED) else { return false };
        // One that says nothing that is known is a mark all the same, and no letter.
        if let Some(Ok(offsets)) = record.header_str(OFFSETS).map(str::parse::<Offsets>) {
            match settled {
                "replayed" => self.replayed.extend(&offsets),
                "dropped" => self.dropped.extend(&offsets),
                _ => {}
            }
        }
        true
    }

    /// What became of a letter.
    pub(super) fn state(&self, offset: i64) -> State {
        match (self.replayed.contains(offset), self.dropped.contains(offset)) {
            (true, _) => State::Replayed,
            (false, true) => State::Dropped,
            (false, false) => State::Open,
        }
    }

    /// The mark of some letters of a partition.
    pub(super) fn write(topic: &str, partition: i32, state: State, offsets: &Offsets) -> Record {
        let settled = if state == State::Replayed { "replayed" } else { "dropped" };
        let record = Record::new(topic, Vec::new()).without_value().partition(partition);
        record.header(SETTLED, settled).header(OFFSETS, offsets.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_written_and_read() {
        let mut offsets = Offsets::default();
        for offset in [3, 4, 9] {
            offsets.insert(offset);
        }
        let mut marks = Marks::default();
        for state in [State::Dropped, State::Replayed] {
            let written = Marks::write("t.dlq", 0, state, &offsets);
            let mut read = ConsumerRecord::new("t.dlq", 0, 20, None, None);
            read.headers = written.headers;
            assert!(marks.read(&read));
            assert_eq!([2, 3, 9].map(|offset| marks.state(offset)), [State::Open, state, state]);
        }
        assert!(!marks.read(&ConsumerRecord::new("t.dlq", 0, 21, None, None)));
    }
}
