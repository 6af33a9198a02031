//! What can happen next.

use crate::state::State;
use crate::world::World;

/// One step of one of the parties. The number is the process, or one of its hands, where nothing else is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// A batch is taken, looked up and isolated, and its first part announced.
    Fetch { process: usize, backwards: bool, look: Look },
    /// There is room for a part, and it is announced.
    Enter(usize),
    /// One lock more.
    Lock(usize),
    /// The aggregates are read too early.
    Read(usize),
    /// All from the inbox insert to the outbox, not committed.
    Write { process: usize, unkind: bool },
    /// The transaction is committed, or the database refuses it.
    Commit(usize),
    /// The inbox keys are written too late.
    InsertInbox(usize),
    /// The wait that should be a pause is over.
    Wake(usize),
    /// The batch is answered.
    Answer(usize),
    /// A stored offset that has gone back is seen.
    Compare { process: usize, partition: usize },
    /// The relay takes rows.
    Claim(usize),
    /// The report of the oldest row that is away.
    Report { process: usize, delivered: bool },
    /// What was delivered is deleted.
    Settle(usize),
    /// A free partition is given to a member.
    Assign { carrier: usize, partition: usize, to: usize },
    /// A process starts.
    Start(usize),
    /// The scaler wants none any more.
    ScaleDown,
    /// The scaler wants one.
    ScaleUp,
    /// A process that was told to leave is done.
    Leave(usize),
    /// A partition is taken from a member, who gives up what it has in hand.
    Move { carrier: usize, partition: usize },
    /// A member is thrown out of its group and does not know.
    ThrowOut(usize),
    /// A process ends.
    Crash(usize),
    /// The database rolls a transaction back.
    Abort(usize),
    /// A transaction is committed, and its process does not hear of it.
    CommitUnheard(usize),
    /// A relay's transaction is gone, and it does not know.
    Unlock(usize),
    /// The time to drain is over.
    Deadline(usize),
    /// The database is saved.
    Backup,
    /// The database goes back to what was saved.
    Restore,
}

/// What a process sees of the announcements of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// All, and those of who has ended are older than a second.
    Whole,
    /// All, but no second has passed since a process ended.
    Quick,
    /// None of who lives: they announce at the same moment.
    Blind,
}

impl Action {
    /// Whether it is the world being unkind, and not somebody doing what the protocol says.
    pub(crate) fn is_unkind(self) -> bool {
        match self {
            Self::Fetch { look, .. } => look != Look::Whole,
            Self::Write { unkind, .. } => unkind,
            Self::Report { delivered, .. } => !delivered,
            Self::Move { .. }
            | Self::ThrowOut(_)
            | Self::Crash(_)
            | Self::Abort(_)
            | Self::CommitUnheard(_)
            | Self::Unlock(_)
            | Self::Deadline(_)
            | Self::Backup
            | Self::Restore => true,
            _ => false,
        }
    }

    /// Takes the step.
    pub(crate) fn take(self, world: &World, state: &mut State) {
        match self {
            Self::Fetch { process, backwards, look } => state.fetch(world, process, backwards, look),
            Self::Enter(process) => state.enter(world, process),
            Self::Lock(process) => state.lock(process),
            Self::Read(process) => state.read(process),
            Self::Write { process, unkind } => state.write(world, process, unkind),
            Self::Commit(process) => state.commit(world, process, true),
            Self::InsertInbox(process) => state.insert_inbox(world, process),
            Self::Wake(process) => state.wake(process),
            Self::Answer(process) => state.answer(world, process),
            Self::Compare { process, partition } => state.compare(process, partition),
            Self::Claim(process) => state.claim(world, process),
            Self::Report { process, delivered } => state.report(world, process, delivered),
            Self::Settle(process) => state.settle(world, process),
            Self::Assign { carrier, partition, to } => state.assign(world, carrier, partition, to),
            Self::Start(process) => state.start(world, process),
            Self::ScaleDown => state.scale_down(world),
            Self::ScaleUp => state.wanted = true,
            Self::Leave(process) => state.leave(world, process),
            Self::Move { carrier, partition } => state.take_away(world, carrier, partition),
            Self::ThrowOut(process) => state.throw_out(world, process),
            Self::Crash(process) => {
                state.left.crashes -= 1;
                state.end(world, process);
            }
            Self::Abort(process) => state.abort(process),
            Self::CommitUnheard(process) => {
                state.left.unheard -= 1;
                state.commit(world, process, false);
            }
            Self::Unlock(process) => state.unlock(process),
            Self::Deadline(process) => {
                state.left.deadlines -= 1;
                state.leave(world, process);
            }
            Self::Backup => state.backup = Some(Box::new(state.database.clone())),
            Self::Restore => state.restore(),
        }
    }
}
