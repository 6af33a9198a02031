//! Who is there, and who has what.

use crate::fault::Fault;
use crate::set::Set;
use crate::state::{Life, Phase, State};
use crate::world::World;

impl State {
    pub(crate) fn start(&mut self, world: &World, process: usize) {
        for hand in world.hands(process) {
            self.processes[hand].life = Life::Up;
        }
    }

    /// A process ends: its transactions are rolled back, its announcement stays.
    pub(crate) fn end(&mut self, world: &World, process: usize) {
        let announced = world.hands(process).fold(Set::default(), |all, hand| all.or(self.processes[hand].announced));
        for event in announced.iter() {
            self.database.orphans[event] += 1;
        }
        for hand in world.hands(process) {
            self.leave(world, hand);
        }
    }

    /// A process is gone.
    pub(crate) fn leave(&mut self, world: &World, process: usize) {
        let at = &mut self.processes[process];
        at.life = Life::Down;
        at.announced = Set::default();
        at.old = false;
        at.work = None;
        at.relay = None;
        for partition in 0..world.logs.len() {
            self.free(world, process, partition);
        }
    }

    fn free(&mut self, world: &World, process: usize, partition: usize) {
        let owner = &mut self.carriers[world.processes[process]].owner[partition];
        if *owner == Some(process) {
            *owner = None;
            self.processes[process].position[partition] = 0;
        }
    }

    pub(crate) fn assign(&mut self, world: &World, carrier: usize, partition: usize, to: usize) {
        let committed = self.carriers[carrier].committed[partition];
        let stored = self.database.offsets[partition];
        let from = if world.offsets && !world.is(Fault::BrokerOnly) { committed.min(stored) } else { committed };
        self.carriers[carrier].owner[partition] = Some(to);
        self.processes[to].position[partition] = from;
    }

    /// Gives up what is in hand: rolled back, and no longer announced.
    pub(crate) fn give_up(&mut self, world: &World, process: usize) {
        let at = &mut self.processes[process];
        let Some(work) = at.work.take() else { return };
        at.old = false;
        let announced = at.announced;
        self.withdraw(world, process, announced);
        if world.is(Fault::NotWithdrawn) {
            announced.iter().for_each(|event| self.database.orphans[event] += 1);
        }
        if world.is(Fault::CommitAfterRevoke) {
            let committed = &mut self.carriers[world.processes[process]].committed;
            work.span.iter().zip(committed).filter(|((from, to), _)| from < to).for_each(|((_, to), at)| *at = *to);
        }
    }

    pub(crate) fn take_away(&mut self, world: &World, carrier: usize, partition: usize) {
        self.left.moves -= 1;
        if let Some(process) = self.carriers[carrier].owner[partition] {
            self.give_up(world, process);
            self.free(world, process, partition);
        }
    }

    pub(crate) fn throw_out(&mut self, world: &World, process: usize) {
        let at = &mut self.processes[process];
        if at.work.as_ref().is_some_and(|work| work.phase == Phase::Sleeping) {
            self.thrown_out = true;
        } else {
            self.left.stalls -= 1;
        }
        at.old = true;
        for partition in 0..world.logs.len() {
            self.free(world, process, partition);
        }
    }

    pub(crate) fn scale_down(&mut self, world: &World) {
        self.wanted = false;
        for process in 0..self.processes.len() {
            self.processes[process].life = Life::Leaving;
            if world.is(Fault::LeaveAtOnce) {
                self.end(world, process);
            }
        }
    }

    /// The database goes back. Transactions are rolled back; processes live on and try their parts again.
    pub(crate) fn restore(&mut self) {
        self.left.restores -= 1;
        let Some(backup) = self.backup.take() else { return };
        self.database = *backup;
        for at in &mut self.processes {
            at.relay = None;
            if let Some(work) = &mut at.work
                && matches!(work.phase, Phase::Written(_) | Phase::Locking(_))
            {
                work.phase = Phase::Announced;
            }
        }
    }
}
