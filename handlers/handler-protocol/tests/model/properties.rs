//! What has to be true.

use crate::fault::Fault;
use crate::state::State;
use crate::world::{Nature, Unkindness, World};

/// Whether something is true at a moment.
type Condition = fn(&World, &State) -> bool;

/// What has to be true at each moment, by its name.
pub(crate) const PROPERTIES: [(&str, Condition); 13] = [
    ("the effect of an event is in the database at most once", effects_are_there_once),
    ("what an event did is not undone by another", nothing_is_overwritten),
    ("events of a key are settled in order", keys_are_in_order),
    ("nothing is acknowledged without its effect, its dead letter or its discard", nothing_is_acknowledged_too_early),
    ("innocents are no dead letters", innocents_are_spared),
    ("what leaves has a stable id and the order of its key", what_leaves_is_in_order),
    ("what has left the outbox has arrived", what_is_gone_has_arrived),
    ("an innocent is counted once for each that ends processes beside it", innocents_pay_once),
    ("no event ends the process more often than it is tried", poison_is_bounded),
    ("nobody waits in a circle", |world, state| !world.stepwise || !state.is_deadlocked(world)),
    ("nobody is thrown out of the group for waiting", |_, state| !state.thrown_out),
    ("nothing is left of what was announced and counted", nothing_is_left),
    ("every run ends with everything settled and published", runs_end_well),
];

fn effects_are_there_once(_: &World, state: &State) -> bool {
    !state.database.twice && state.database.aggregates.iter().all(|seen| !seen.twice)
}

fn nothing_is_overwritten(world: &World, state: &State) -> bool {
    let mut keys = state.database.aggregates.iter().zip(world.keys());
    keys.all(|(seen, events)| seen.events == state.database.appended.and(*events))
}

/// What is settled of a key has no gap.
fn keys_are_in_order(world: &World, state: &State) -> bool {
    let settled = state.database.settled();
    world.keys().iter().enumerate().filter(|(key, _)| world.is_ordered(*key)).all(|(_, events)| {
        let open = events.without(settled);
        open.iter().next().is_none_or(|first| settled.and(*events).after(first).is_empty())
    })
}

/// Where the database went back, the broker is ahead for a while.
fn nothing_is_acknowledged_too_early(world: &World, state: &State) -> bool {
    let settled = state.database.settled();
    world.unkindness.restores > 0
        || state
            .carriers
            .iter()
            .flat_map(|carrier| carrier.committed.iter().zip(&world.logs))
            .all(|(committed, log)| log[..*committed].iter().all(|event| settled.has(*event)))
}

fn innocents_are_spared(world: &World, state: &State) -> bool {
    state.database.letters.is_within(world.guilty())
}

/// Beside an event that ends processes: a process that ends by itself, one that is too slow, and one that was not seen.
fn innocents_pay_once(world: &World, state: &State) -> bool {
    let used = |of: fn(&Unkindness) -> usize| of(&world.unkindness) - of(&state.left);
    let poisons = world.events.iter().filter(|(_, nature)| *nature == Nature::Poison).count();
    let most = poisons + used(|left| left.crashes) + used(|left| left.stalls) + used(|left| left.blind);
    let counted = |event: usize| state.database.attempts[event] + state.database.orphans[event];
    world.unkindness.restores > 0 || world.all().without(world.guilty()).iter().all(|event| counted(event) <= most)
}

fn what_leaves_is_in_order(_: &World, state: &State) -> bool {
    !state.database.unstable && !state.receiver.disordered
}

fn what_is_gone_has_arrived(world: &World, state: &State) -> bool {
    let database = &state.database;
    let letters = || database.outbox.iter().filter(|row| row.letter).map(|row| row.event).collect();
    !world.relayed
        || (database.appended.is_within(state.receiver.events.or(database.waiting()))
            && database.letters.is_within(state.receiver.letters.or(letters())))
}

fn poison_is_bounded(world: &World, state: &State) -> bool {
    let most = world.attempts + world.unkindness.quick;
    world.unkindness.restores > 0 || state.ended.iter().all(|times| *times <= most)
}

/// Of who went on without its partitions something may be left; it is tidied.
fn nothing_is_left(world: &World, state: &State) -> bool {
    let database = &state.database;
    let none = || database.attempts.iter().chain(&database.orphans).all(|count| *count == 0);
    world.unkindness.stalls > 0 || none() || !state.is_over(world)
}

fn runs_end_well(world: &World, state: &State) -> bool {
    let database = &state.database;
    let well = || {
        let sent = database.outbox.is_empty() || world.is(Fault::Cursor);
        sent && world.all().is_within(database.settled())
            && database.appended.is_within(state.receiver.events)
            && database.letters.is_within(state.receiver.letters)
    };
    well() || !state.is_over(world)
}
