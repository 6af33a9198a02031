//! A moment of the world.

use handler_protocol::Departures;

use crate::database::{Database, Row, Transaction};
use crate::ledger::Seen;
use crate::set::Set;
use crate::world::{Unkindness, World};

/// All there is at a moment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct State {
    pub(crate) database: Database,
    /// What the database goes back to.
    pub(crate) backup: Option<Box<Database>>,
    pub(crate) carriers: Vec<Carrier>,
    pub(crate) processes: Vec<Process>,
    pub(crate) receiver: Receiver,
    /// Whether the scaler wants a process.
    pub(crate) wanted: bool,
    pub(crate) left: Unkindness,
    /// How many marks there were so far.
    pub(crate) marks: usize,
    /// How often each event has ended a process.
    pub(crate) ended: Vec<usize>,
    /// A process that only waited for an event to come again was thrown out of its group.
    pub(crate) thrown_out: bool,
}

/// What brings events: for each partition, up to where it is acknowledged and who has it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Carrier {
    pub(crate) committed: Vec<usize>,
    pub(crate) owner: Vec<Option<usize>>,
}

/// Who receives what leaves, and knows a repetition by its id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Receiver {
    pub(crate) events: Set,
    pub(crate) letters: Set,
    /// An event came after a later one of its key.
    pub(crate) disordered: bool,
}

/// Whether a process is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Life {
    Up,
    /// It was told to leave.
    Leaving,
    Down,
}

/// A process, or one of its hands: a consumer and a relay.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Process {
    pub(crate) life: Life,
    /// Its announcement.
    pub(crate) announced: Set,
    /// It is older than a second.
    pub(crate) old: bool,
    /// From where it reads the partitions that it has.
    pub(crate) position: Vec<usize>,
    pub(crate) work: Option<Work>,
    pub(crate) relay: Option<Relay>,
}

/// A batch in hand.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Work {
    /// From where to where, for each partition.
    pub(crate) span: Vec<(usize, usize)>,
    /// What is left of it; the first is handled now.
    pub(crate) parts: Vec<Part>,
    /// The first entry of each partition that has to come again.
    pub(crate) open: Vec<Option<usize>>,
    /// The marks that its earlier parts have left.
    pub(crate) marks: Vec<Option<usize>>,
    /// The keys that wait.
    pub(crate) held: Set,
    /// Whether it was an attempt that failed, not only a wait.
    pub(crate) failed: bool,
    pub(crate) phase: Phase,
}

/// A part of a batch: partitions and offsets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Part {
    pub(crate) entries: Vec<(usize, usize)>,
    /// It is one event, and the database has refused what came of it.
    pub(crate) refused: bool,
    /// It is an event that has failed before, or that another process has announced.
    pub(crate) suspect: bool,
}

/// How far the first part is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Phase {
    /// It waits until its process has room for it.
    Waiting,
    Announced,
    /// So many locks are taken.
    Locking(usize),
    /// The aggregates are read, before any lock is taken.
    Read(Vec<Seen>),
    /// Everything is written and not committed.
    Written(Box<Transaction>),
    /// The effects are committed, the inbox keys are not.
    InboxLeft(Set),
    /// All is stored; a wait that should be a pause.
    Sleeping,
    /// All is stored.
    Answering,
}

/// Rows on their way.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Relay {
    pub(crate) rows: Vec<Row>,
    pub(crate) departures: Departures,
    pub(crate) away: Vec<usize>,
    /// Its transaction is gone, and it does not know.
    pub(crate) unlocked: bool,
}

impl State {
    pub(crate) fn of(world: &World) -> Self {
        let partitions = world.logs.len();
        let count = world.processes.iter().max().map_or(0, |last| last + 1);
        let members = |carrier: usize| -> Vec<usize> {
            (0..world.processes.len()).filter(|process| world.processes[*process] == carrier).collect()
        };
        let carrier = |carrier: usize| {
            let members = members(carrier);
            let owner = (0..partitions).map(|partition| Some(members[partition % members.len()]));
            Carrier { committed: vec![0; partitions], owner: owner.collect() }
        };
        let process = Process {
            life: Life::Up,
            announced: Set::default(),
            old: false,
            position: vec![0; partitions],
            work: None,
            relay: None,
        };
        Self {
            database: Database::of(world),
            backup: None,
            carriers: (0..count).map(carrier).collect(),
            processes: vec![process; world.processes.len()],
            receiver: Receiver::default(),
            wanted: true,
            left: world.unkindness,
            marks: 0,
            ended: vec![0; world.events.len()],
            thrown_out: false,
        }
    }

    /// The events of a part.
    pub(crate) fn events(world: &World, part: &Part) -> Set {
        part.entries.iter().map(|(partition, offset)| world.logs[*partition][*offset]).collect()
    }
}

impl Receiver {
    pub(crate) fn receive(&mut self, world: &World, row: Row) {
        let known = if row.letter { &mut self.letters } else { &mut self.events };
        if known.has(row.event) {
            return;
        }
        known.insert(row.event);
        let key = world.key(row.event);
        let later = world.keys()[key].after(row.event);
        self.disordered |= !row.letter && world.is_ordered(key) && !self.events.and(later).is_empty();
    }
}
