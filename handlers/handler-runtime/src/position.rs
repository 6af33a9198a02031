//! How far a topic was handled.

use handler_protocol::Verdict;
use uuid::Uuid;

/// The place behind what was handled of a partition.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The topic.
    pub topic: String,
    /// The partition.
    pub partition: i32,
    /// The offset of the next message.
    pub next: i64,
}

/// Where a batch stands in its partition.
#[derive(Clone, Debug)]
pub struct Span {
    /// The place that it follows. There may be a gap before its first message: the broker deletes.
    pub follows: Position,
    /// The offset of each of its messages.
    pub offsets: Vec<i64>,
}

/// A place as the database has it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stored {
    pub(crate) next: i64,
    /// What the transaction left that was the last one on this partition.
    pub(crate) mark: Uuid,
}

/// How far a batch has come in its partition, part by part.
#[derive(Clone, Debug)]
pub(crate) struct Course {
    pub(crate) topic: String,
    pub(crate) partition: i32,
    /// The first offset that is not settled.
    pub(crate) follows: i64,
    /// What the last part of the batch left.
    pub(crate) mark: Option<Uuid>,
    /// An entry waits to come again, so the place stays at it.
    open: bool,
    offsets: Vec<i64>,
}

impl From<Span> for Course {
    fn from(span: Span) -> Self {
        let Position { topic, partition, next } = span.follows;
        Self { topic, partition, follows: next, mark: None, open: false, offsets: span.offsets }
    }
}

impl Course {
    /// Whether the database has what this follows.
    pub(crate) fn is_known(&self, stored: &Stored) -> bool {
        self.follows <= stored.next && self.mark.is_none_or(|mark| mark == stored.mark)
    }

    /// After the part that begins at this entry of the batch.
    pub(crate) fn after(&self, from: usize, verdicts: &[Verdict]) -> Self {
        let mut after = Self { mark: Some(Uuid::new_v4()), ..self.clone() };
        let offsets = self.offsets.iter().skip(from);
        for (offset, verdict) in offsets.zip(verdicts).take_while(|_| !self.open) {
            if !verdict.is_final() {
                after.follows = *offset;
                after.open = true;
                break;
            }
            after.follows = offset + 1;
        }
        after
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn course(follows: i64) -> Course {
        let follows = Position { topic: "t".to_owned(), partition: 0, next: follows };
        Span { follows, offsets: vec![12, 13, 15] }.into()
    }

    #[test]
    fn the_place_stays_at_what_waits() {
        let held = Verdict::Held { after: Duration::ZERO };
        let after = course(10).after(0, &[Verdict::Done, held]);
        assert_eq!(after.follows, 13);
        assert_eq!(after.after(2, &[Verdict::Done]).follows, 13);
        assert_eq!(course(10).after(0, &[Verdict::Done, Verdict::Seen]).after(2, &[Verdict::Done]).follows, 16);
    }

    #[test]
    fn a_place_that_went_back_is_not_known() {
        let stored = |next, mark| Stored { next, mark };
        let after = course(10).after(0, &[Verdict::Done]);
        let mark = after.mark.unwrap();
        assert!(course(10).is_known(&stored(10, mark)) && course(10).is_known(&stored(20, mark)));
        assert!(!course(10).is_known(&stored(9, mark)));
        assert!(after.is_known(&stored(13, mark)) && !after.is_known(&stored(13, Uuid::new_v4())));
    }
}
