//! What a consumer does with a batch.

use crate::action::Look;
use crate::fault::Fault;
use crate::set::Set;
use crate::state::{Part, Phase, State, Work};
use crate::world::{Nature, World};

impl State {
    /// What a process would take from each of its partitions.
    pub(crate) fn span(&self, world: &World, process: usize) -> Vec<(usize, usize)> {
        let carrier = &self.carriers[world.processes[process]];
        let partitions = carrier.owner.iter().zip(&self.processes[process].position).zip(&world.logs);
        let span = partitions.map(|((owner, from), log)| {
            let to = if *owner == Some(process) { (from + world.batch).min(log.len()) } else { *from };
            (*from, to)
        });
        span.collect()
    }

    pub(crate) fn fetch(&mut self, world: &World, process: usize, backwards: bool, look: Look) {
        let span = self.span(world, process);
        let mut entries: Vec<Vec<(usize, usize)>> = span
            .iter()
            .enumerate()
            .map(|(partition, (from, to))| (*from..*to).map(|offset| (partition, offset)).collect())
            .collect();
        if backwards {
            entries.reverse();
        }
        let entries: Vec<(usize, usize)> = entries.into_iter().flatten().collect();
        let whole = Part { entries, ..Part::default() };
        let events = State::events(world, &whole);
        if world.is(Fault::CommitFirst) {
            self.carriers[world.processes[process]].committed = span.iter().map(|(_, to)| *to).collect();
        }
        match look {
            Look::Whole => self.count(world, process, events),
            Look::Quick => self.left.quick -= 1,
            Look::Blind => self.left.blind -= 1,
        }
        let suspects = self.suspects(world, process, events, look);
        let parts = whole.isolate(world, suspects);
        let open = vec![None; world.logs.len()];
        let marks = open.clone();
        let work = Work { span, parts, open, marks, held: Set::default(), failed: false, phase: Phase::Answering };
        let at = &mut self.processes[process];
        at.work = Some(work);
        at.old = false;
        at.announced = Set::default();
        if world.is(Fault::AnnouncedWhole) {
            at.announced = events;
        }
        self.begin_part(world, process);
        if suspects.is_empty() {
            self.enter(world, process);
        }
    }

    /// Counts one attempt for each event of the batch that somebody announced who has ended or is slow.
    fn count(&mut self, world: &World, process: usize, events: Set) {
        let most = world.attempts;
        for event in events.iter() {
            let orphans = std::mem::take(&mut self.database.orphans[event]);
            let attempts = &mut self.database.attempts[event];
            if !self.database.inbox.has(event) {
                *attempts = (*attempts + orphans).min(most);
            }
        }
        let others =
            self.processes.iter_mut().enumerate().filter(|(other, at)| !world.is_one(process, *other) && at.old);
        for (_, other) in others {
            let slow = other.announced.and(events);
            other.announced = other.announced.without(slow);
            for event in slow.without(self.database.inbox).iter() {
                self.database.attempts[event] = (self.database.attempts[event] + 1).min(most);
            }
        }
    }

    fn suspects(&self, world: &World, process: usize, events: Set, look: Look) -> Set {
        let failed = events.iter().filter(|event| self.database.attempts[*event] > 0).collect::<Set>();
        if world.is(Fault::StrangersTogether) {
            return failed;
        }
        let others = self.processes.iter().enumerate().filter(|(other, _)| !world.is_one(process, *other));
        let alive = others.fold(Set::default(), |all, (_, other)| all.or(other.announced));
        let ended = events.iter().filter(|event| self.database.orphans[*event] > 0).collect::<Set>();
        if look == Look::Blind { failed.or(ended) } else { failed.or(alive.and(events)).or(ended) }
    }

    /// Goes on to the part that is next, or to the answer. Who has one hand always has room.
    fn begin_part(&mut self, world: &World, process: usize) {
        let Some(work) = &mut self.processes[process].work else { return };
        work.phase = match work.parts.first() {
            None if work.failed && world.is(Fault::Sleep) => Phase::Sleeping,
            None => Phase::Answering,
            Some(_) => Phase::Waiting,
        };
        if world.hands == 1 {
            self.enter(world, process);
        }
    }

    /// Announces the part that is next.
    pub(crate) fn enter(&mut self, world: &World, process: usize) {
        let at = &mut self.processes[process];
        let Some(work) = &mut at.work else { return };
        if let (Phase::Waiting, Some(part)) = (&work.phase, work.parts.first()) {
            if !world.is(Fault::CountedAfter) && !world.is(Fault::AnnouncedWhole) {
                at.announced = State::events(world, part);
            }
            work.phase = Phase::Announced;
        }
    }

    /// Whether the other hands of its process leave room for a part: a suspect wants all of it.
    pub(crate) fn has_room(&self, world: &World, process: usize, suspect: bool) -> bool {
        let mut others = world.hands(process).filter(|other| *other != process);
        world.is(Fault::NoRoom)
            || !others.any(|other| {
                let work = self.processes[other].work.as_ref();
                let work = work.filter(|work| !matches!(work.phase, Phase::Waiting | Phase::Answering));
                let part = work.and_then(|work| work.parts.first());
                part.is_some_and(|part| suspect || part.suspect)
            })
    }

    /// Takes announcements of a process away. An event that two hands have is announced once.
    pub(crate) fn withdraw(&mut self, world: &World, process: usize, events: Set) {
        for hand in world.hands(process) {
            let announced = &mut self.processes[hand].announced;
            *announced = announced.without(events);
        }
    }

    pub(crate) fn lock(&mut self, process: usize) {
        if let Some(work) = &mut self.processes[process].work {
            let taken = if let Phase::Locking(taken) = work.phase { taken } else { 0 };
            work.phase = Phase::Locking(taken + 1);
        }
    }

    pub(crate) fn read(&mut self, process: usize) {
        let read = self.database.aggregates.clone();
        if let Some(work) = &mut self.processes[process].work {
            work.phase = Phase::Read(read);
        }
    }

    pub(crate) fn write(&mut self, world: &World, process: usize, unkind: bool) {
        if unkind {
            self.left.retries -= 1;
        }
        if let Some(partition) = self.gone_back(world, process) {
            // The database has lost what this batch follows: it is given up, and the partition is read from there again.
            if self.carriers[world.processes[process]].owner[partition] == Some(process) {
                self.compare(process, partition);
            }
            self.give_up(world, process);
            return;
        }
        match self.fold(world, process, unkind) {
            Ok(transaction) => {
                if let Some(work) = &mut self.processes[process].work {
                    work.phase = Phase::Written(Box::new(transaction));
                }
            }
            Err(event) => {
                self.ended[event] = (self.ended[event] + 1).min(world.attempts + world.unkindness.quick + 1);
                self.end(world, process);
            }
        }
    }

    /// Reads a partition again whose stored offset has gone back; looked at from time to time, since no event may follow.
    pub(crate) fn compare(&mut self, process: usize, partition: usize) {
        self.processes[process].position[partition] = self.database.offsets[partition];
    }

    /// A partition of the part whose stored offset is before what the part follows, or that has not the mark of the part before.
    fn gone_back(&self, world: &World, process: usize) -> Option<usize> {
        let work = self.processes[process].work.as_ref()?;
        if !world.offsets || world.is(Fault::OffsetUnchecked) || world.is(Fault::BrokerOnly) {
            return None;
        }
        let mut seen = Set::default();
        work.parts.first()?.entries.iter().find_map(|(partition, offset)| {
            let first = !seen.has(*partition);
            seen.insert(*partition);
            let ahead = work.open[*partition].unwrap_or(*offset) > self.database.offsets[*partition];
            let mark = work.marks[*partition].filter(|_| !world.is(Fault::Unmarked));
            let other = mark.is_some_and(|mark| mark != self.database.marks[*partition]);
            (first && (ahead || other)).then_some(*partition)
        })
    }

    pub(crate) fn commit(&mut self, world: &World, process: usize, heard: bool) {
        let Some(work) = &mut self.processes[process].work else { return };
        let Phase::Written(transaction) = &work.phase else { return };
        let transaction = transaction.clone();
        if transaction.appended.iter().any(|event| world.nature(event) == Nature::Refused) {
            let halves = work.parts.remove(0).halves(world);
            work.parts.splice(0..0, halves);
            self.begin_part(world, process);
            return;
        }
        let part = State::events(world, &work.parts[0]);
        self.database.commit(&transaction);
        if world.offsets {
            for partition in work.parts[0].partitions().iter() {
                self.marks += 1;
                self.database.marks[partition] = self.marks;
                work.marks[partition] = Some(self.marks);
            }
        }
        for row in &transaction.rows {
            if world.relayed {
                self.database.outbox.push(*row);
            } else {
                self.receiver.receive(world, *row);
            }
        }
        if !heard {
            self.database.inbox = self.database.inbox.or(transaction.inserted);
            work.phase = Phase::Announced;
        }
        self.release(world, process, part);
        let Some(work) = self.processes[process].work.as_mut().filter(|_| heard) else { return };
        if !world.is(Fault::HeldForgotten) {
            work.held = work.held.or(transaction.held);
        }
        work.failed |= !transaction.failed.is_empty();
        for (partition, offset) in &transaction.open {
            let open = &mut work.open[*partition];
            *open = Some(open.map_or(*offset, |first| first.min(*offset)));
        }
        if world.is(Fault::InboxApart) {
            work.phase = Phase::InboxLeft(transaction.inserted);
            return;
        }
        self.database.inbox = self.database.inbox.or(transaction.inserted);
        self.part_is_done(world, process);
    }

    pub(crate) fn insert_inbox(&mut self, world: &World, process: usize) {
        if let Some(Work { phase: Phase::InboxLeft(keys), .. }) = self.processes[process].work {
            self.database.inbox = self.database.inbox.or(keys);
        }
        self.part_is_done(world, process);
    }

    /// What the transaction of a part does to announcements and attempts.
    fn release(&mut self, world: &World, process: usize, part: Set) {
        self.withdraw(world, process, part);
        let settled = part.and(self.database.settled());
        for event in settled.iter() {
            self.database.attempts[event] = 0;
        }
        if world.is(Fault::OthersLeft) {
            return;
        }
        for at in &mut self.processes {
            at.announced = at.announced.without(settled);
        }
        for event in settled.iter() {
            self.database.orphans[event] = 0;
        }
    }

    fn part_is_done(&mut self, world: &World, process: usize) {
        if let Some(work) = &mut self.processes[process].work {
            work.parts.remove(0);
        }
        self.begin_part(world, process);
    }

    pub(crate) fn wake(&mut self, process: usize) {
        if let Some(work) = &mut self.processes[process].work {
            work.phase = Phase::Answering;
        }
    }

    /// Acknowledges up to the first entry that has to come again, and reads on from there.
    pub(crate) fn answer(&mut self, world: &World, process: usize) {
        let at = &mut self.processes[process];
        let Some(work) = at.work.take() else { return };
        at.old = false;
        let carrier = &mut self.carriers[world.processes[process]];
        for (partition, (from, to)) in work.span.iter().enumerate().filter(|(_, (from, to))| from < to) {
            let next = work.open[partition].unwrap_or(*to).max(*from);
            if !world.is(Fault::CommitFirst) {
                carrier.committed[partition] = next;
            }
            if carrier.owner[partition] == Some(process) {
                at.position[partition] = next;
            }
        }
    }

    pub(crate) fn abort(&mut self, process: usize) {
        self.left.aborts -= 1;
        if let Some(work) = &mut self.processes[process].work {
            work.phase = Phase::Announced;
        }
    }
}
