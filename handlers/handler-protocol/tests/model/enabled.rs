//! What can happen next, from here.

use crate::action::{Action, Look};
use crate::fault::Fault;
use crate::state::{Life, Phase, Process, State};
use crate::world::{Nature, World};

impl State {
    /// Whether nothing can happen any more.
    pub(crate) fn is_over(&self, world: &World) -> bool {
        let mut actions = Vec::new();
        self.enabled(world, &mut actions);
        actions.is_empty()
    }

    pub(crate) fn enabled(&self, world: &World, actions: &mut Vec<Action>) {
        for (process, at) in self.processes.iter().enumerate() {
            let is_first = world.hands(process).start == process;
            if at.life == Life::Down {
                if self.wanted && is_first {
                    actions.push(Action::Start(process));
                }
                continue;
            }
            self.consumer(world, process, at, actions);
            if world.relayed {
                self.relay(world, process, at, actions);
            }
            if self.left.crashes > 0 && is_first {
                actions.push(Action::Crash(process));
            }
        }
        self.group(world, actions);
        self.scaler(world, actions);
        if self.left.restores > 0 {
            actions.push(if self.backup.is_none() { Action::Backup } else { Action::Restore });
        }
    }

    fn consumer(&self, world: &World, process: usize, at: &Process, actions: &mut Vec<Action>) {
        let Some(work) = &at.work else {
            if at.life == Life::Up && self.has_room(world, process, false) {
                self.fetches(world, process, actions);
            }
            return;
        };
        let part = work.parts.first();
        let unkind = || {
            self.left.retries > 0
                && part.is_some_and(|part| {
                    State::events(world, part).iter().any(|event| world.nature(event) == Nature::Flaky)
                })
        };
        let ready = || self.is_free(world, process);
        match &work.phase {
            Phase::Waiting => {
                if self.has_room(world, process, part.is_some_and(|part| part.suspect)) {
                    actions.push(Action::Enter(process));
                }
            }
            Phase::Announced if world.is(Fault::ReadFirst) => actions.push(Action::Read(process)),
            Phase::Announced | Phase::Locking(_) if world.stepwise => match self.next_lock(world, process) {
                Some(lock) if self.holder(world, process, lock).is_none() => actions.push(Action::Lock(process)),
                Some(_) => {}
                None => actions.push(Action::Write { process, unkind: false }),
            },
            Phase::Announced | Phase::Locking(_) | Phase::Read(_) if ready() => {
                actions.push(Action::Write { process, unkind: false });
                if unkind() {
                    actions.push(Action::Write { process, unkind: true });
                }
            }
            Phase::Announced | Phase::Locking(_) | Phase::Read(_) => {}
            Phase::Written(_) => {
                actions.push(Action::Commit(process));
                if self.left.aborts > 0 {
                    actions.push(Action::Abort(process));
                }
                if self.left.unheard > 0 {
                    actions.push(Action::CommitUnheard(process));
                }
            }
            Phase::InboxLeft(_) => actions.push(Action::InsertInbox(process)),
            Phase::Sleeping => actions.push(Action::Wake(process)),
            Phase::Answering => actions.push(Action::Answer(process)),
        }
        let member = self.carriers[world.processes[process]].owner.contains(&Some(process));
        if member && (self.left.stalls > 0 || work.phase == Phase::Sleeping) {
            actions.push(Action::ThrowOut(process));
        }
    }

    fn fetches(&self, world: &World, process: usize, actions: &mut Vec<Action>) {
        let span = self.span(world, process);
        if world.offsets && !world.is(Fault::BrokerOnly) && !world.is(Fault::OffsetUnwatched) {
            let owner = &self.carriers[world.processes[process]].owner;
            for (partition, stored) in self.database.offsets.iter().enumerate() {
                if owner[partition] == Some(process) && self.processes[process].position[partition] > *stored {
                    actions.push(Action::Compare { process, partition });
                }
            }
        }
        let full = span.iter().filter(|(from, to)| from < to).count();
        if full == 0 {
            return;
        }
        let taken = || span.iter().zip(&world.logs).flat_map(|((from, to), log)| log[*from..*to].iter().copied());
        let announced = |event: usize| {
            self.processes
                .iter()
                .enumerate()
                .any(|(other, at)| !world.is_one(process, other) && at.announced.has(event))
        };
        let mut looks = vec![Look::Whole];
        if self.left.quick > 0 && taken().any(|event| self.database.orphans[event] > 0) {
            looks.push(Look::Quick);
        }
        if self.left.blind > 0 && taken().any(announced) {
            looks.push(Look::Blind);
        }
        for backwards in [false, true].into_iter().take(full.min(2)) {
            actions.extend(looks.iter().map(|look| Action::Fetch { process, backwards, look: *look }));
        }
    }

    fn relay(&self, world: &World, process: usize, at: &Process, actions: &mut Vec<Action>) {
        match &at.relay {
            None if !self.claimable(world).is_empty() => actions.push(Action::Claim(process)),
            None => {}
            Some(relay) if relay.away.is_empty() => actions.push(Action::Settle(process)),
            Some(relay) => {
                actions.push(Action::Report { process, delivered: true });
                if self.left.undelivered > 0 {
                    actions.push(Action::Report { process, delivered: false });
                }
                if self.left.unlocked > 0 && !relay.unlocked {
                    actions.push(Action::Unlock(process));
                }
            }
        }
    }

    fn group(&self, world: &World, actions: &mut Vec<Action>) {
        for (carrier, at) in self.carriers.iter().enumerate() {
            for (partition, owner) in at.owner.iter().enumerate() {
                if owner.is_some() {
                    if self.left.moves > 0 {
                        actions.push(Action::Move { carrier, partition });
                    }
                    continue;
                }
                for (to, process) in self.processes.iter().enumerate() {
                    if world.processes[to] == carrier && process.life == Life::Up && process.work.is_none() {
                        actions.push(Action::Assign { carrier, partition, to });
                    }
                }
            }
        }
    }

    fn scaler(&self, world: &World, actions: &mut Vec<Action>) {
        let Some(sees_outbox) = world.scaled else { return };
        let lag = self
            .carriers
            .iter()
            .any(|carrier| carrier.committed.iter().zip(&world.logs).any(|(at, log)| *at < log.len()));
        let wakes = lag || (sees_outbox && !self.database.outbox.is_empty());
        if self.wanted && !wakes && self.processes.iter().all(|process| process.life == Life::Up) {
            actions.push(Action::ScaleDown);
        }
        if !self.wanted && wakes && self.processes.iter().all(|process| process.life == Life::Down) {
            actions.push(Action::ScaleUp);
        }
        for (process, at) in self.processes.iter().enumerate().filter(|(_, at)| at.life == Life::Leaving) {
            if at.work.is_none() && at.relay.is_none() && self.database.outbox.is_empty() {
                actions.push(Action::Leave(process));
            } else if self.left.deadlines > 0 {
                actions.push(Action::Deadline(process));
            }
        }
    }
}
