//! What one could do wrong.

/// A mistake. Each is one step of the protocol left out, or done at the wrong time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The offset is committed when a batch is taken.
    CommitFirst,
    /// Nothing remembers what was handled.
    NoInbox,
    /// The inbox keys are written in a transaction after the one of the effects.
    InboxApart,
    /// The aggregates are read before the inbox keys are inserted.
    ReadFirst,
    /// The inbox keys are inserted in the order of arrival.
    Unsorted,
    /// The relay goes by the number of the last row that it sent.
    Cursor,
    /// A relay locks rows, not their shard.
    TwoRelays,
    /// A row is deleted when it was sent, whatever the report says.
    ReportIgnored,
    /// An event that has to come again is waited for without polling.
    Sleep,
    /// A batch is given up at a revocation, and its offset is committed all the same.
    CommitAfterRevoke,
    /// Attempts are counted when the handler has returned.
    CountedAfter,
    /// A process leaves at once.
    LeaveAtOnce,
    /// The whole batch is announced, not the part that is handled.
    AnnouncedWhole,
    /// Only who has failed is isolated, not who is announced by another process.
    StrangersTogether,
    /// A suspect is handled beside what its process has in hand otherwise.
    NoRoom,
    /// Of what is settled only the own announcement is taken away.
    OthersLeft,
    /// What one part holds is forgotten in the next.
    HeldForgotten,
    /// A batch that is given up stays announced.
    NotWithdrawn,
    /// Rows of one key are sent without waiting for each other's reports.
    RowsTogether,
    /// An aggregate that is not stored yet is not locked.
    AbsentUnlocked,
    /// A consumer starts at the broker's offset, whatever the database says.
    BrokerOnly,
    /// A transaction does not look at the stored offset.
    OffsetUnchecked,
    /// A part does not look for the mark of the part before it.
    Unmarked,
    /// A consumer that has nothing to do does not look at it either.
    OffsetUnwatched,
}
