//! The worlds that are searched, and what each mistake leads to in one of them.

use crate::fault::Fault;
use crate::world::Nature::{Discarded, Flaky, Hopeless, Plain, Poison, Refused};
use crate::world::{Unkindness, World};

const KIND: Unkindness = Unkindness {
    crashes: 0,
    quick: 0,
    blind: 0,
    stalls: 0,
    moves: 0,
    retries: 0,
    aborts: 0,
    unheard: 0,
    undelivered: 0,
    unlocked: 0,
    deadlines: 0,
    restores: 0,
};

/// Every world.
pub(crate) fn worlds() -> Vec<World> {
    vec![
        two_members(),
        a_storm(),
        a_poison_in_company(),
        a_poison_in_the_other_hand(),
        one_event_in_both_hands(),
        one_comes_again(),
        one_is_refused(),
        two_carriers(),
        two_topics_of_one_key(),
        two_relays(),
        two_relays_and_a_lost_lock(),
        scaled_by_lag(),
        scaled_by_lag_and_outbox(),
        back_in_time(),
        back_in_time_between_parts(),
    ]
}

/// One partition, two members: crashes, rebalances, a member that is thrown out and goes on, lost answers of the database; and
/// an event that is there twice.
fn two_members() -> World {
    let mut world = World::new("two members", &[(0, Plain), (0, Plain), (1, Plain)], &[&[0, 1, 0, 2]]);
    world.batch = 3;
    world.attempts = 4;
    world.unkindness = Unkindness { crashes: 1, stalls: 1, moves: 2, unheard: 1, aborts: 1, ..KIND };
    world
}

/// Members come and go, and no event is to blame.
fn a_storm() -> World {
    let mut world = World::new("a storm of rebalances", &[(0, Plain), (1, Plain), (1, Plain)], &[&[0], &[1, 2]]);
    world.attempts = 3;
    world.unkindness = Unkindness { moves: 5, blind: 1, ..KIND };
    world
}

/// An event that ends the process, beside others; processes start again at once.
fn a_poison_in_company() -> World {
    let mut world = World::new("a poison in company", &[(0, Plain), (1, Poison), (1, Plain)], &[&[0, 1, 2]]);
    world.batch = 3;
    world.attempts = 3;
    world.unkindness = Unkindness { crashes: 1, quick: 2, moves: 2, ..KIND };
    world
}

/// The same behind a sidecar: a process has a batch of each partition in hand.
fn a_poison_in_the_other_hand() -> World {
    let mut world = World::new("a poison in the other hand", &[(0, Poison), (1, Plain), (1, Plain)], &[&[0], &[1, 2]]);
    world.hands = 2;
    world.batch = 1;
    world.attempts = 3;
    world.unkindness = Unkindness { crashes: 1, quick: 2, ..KIND };
    world
}

/// Two hands have the same event: its producer's relay sent it again, to another partition.
fn one_event_in_both_hands() -> World {
    let events = [(0, Plain), (1, Poison), (2, Flaky)];
    let mut world = World::new("one event in both hands", &events, &[&[0, 1], &[0, 2]]);
    world.hands = 2;
    world.batch = 1;
    world.attempts = 4;
    world.unkindness = Unkindness { crashes: 1, quick: 1, retries: 1, aborts: 1, ..KIND };
    world
}

fn one_comes_again() -> World {
    let events = [(0, Flaky), (0, Plain), (1, Plain), (1, Hopeless)];
    let mut world = World::new("one comes again", &events, &[&[0, 1], &[2, 3]]);
    world.attempts = 3;
    world.unkindness = Unkindness { crashes: 1, moves: 1, retries: 2, ..KIND };
    world
}

fn one_is_refused() -> World {
    let events = [(0, Plain), (1, Refused), (1, Plain), (0, Discarded)];
    let mut world = World::new("one is refused", &events, &[&[0, 1, 2, 3]]);
    world.batch = 4;
    world.attempts = 3;
    world.unkindness = Unkindness { crashes: 1, aborts: 1, moves: 2, ..KIND };
    world
}

/// While the mode is switched, both carriers bring everything, each from its own position.
fn two_carriers() -> World {
    let mut world = World::new("two carriers", &[(0, Plain), (0, Plain), (1, Plain)], &[&[0, 1], &[2]]);
    world.processes = vec![0, 1];
    world.stepwise = true;
    world.attempts = 3;
    world.unkindness = Unkindness { crashes: 1, blind: 1, unheard: 1, ..KIND };
    world
}

/// Two partitions lead to one aggregate, which is not stored yet.
fn two_topics_of_one_key() -> World {
    let mut world = World::new("two topics of one key", &[(0, Plain), (0, Plain)], &[&[0], &[1]]);
    world.attempts = 4;
    world.unkindness = Unkindness { crashes: 1, moves: 1, stalls: 1, ..KIND };
    world
}

fn two_relays() -> World {
    let mut world = World::new("two relays", &[(0, Plain), (0, Plain), (1, Plain)], &[&[0, 1], &[2]]);
    world.relayed = true;
    world.attempts = 3;
    world.unkindness = Unkindness { crashes: 1, undelivered: 1, ..KIND };
    world
}

fn two_relays_and_a_lost_lock() -> World {
    let mut world = two_relays();
    world.name = "two relays and a lost lock";
    world.unkindness = Unkindness { undelivered: 1, unlocked: 1, ..KIND };
    world
}

/// No process while there is no lag; the outbox is no reason to start one, and the time to drain is enough.
fn scaled_by_lag() -> World {
    let mut world = World::new("scaled by lag", &[(0, Plain), (0, Hopeless), (1, Plain)], &[&[0, 1, 2]]);
    world.processes = vec![0];
    world.relayed = true;
    world.scaled = Some(false);
    world.attempts = 2;
    world.unkindness = Unkindness { undelivered: 2, ..KIND };
    world
}

/// The same where a process may be killed at any moment, draining or not: the outbox is a reason to start one.
fn scaled_by_lag_and_outbox() -> World {
    let mut world = scaled_by_lag();
    world.name = "scaled by lag and outbox";
    world.scaled = Some(true);
    world.attempts = 3;
    world.unkindness = Unkindness { crashes: 2, undelivered: 1, deadlines: 2, ..KIND };
    world
}

/// The same within a batch whose parts follow each other.
fn back_in_time_between_parts() -> World {
    let mut world = World::new("back in time between parts", &[(0, Flaky), (1, Plain), (1, Plain)], &[&[0, 1, 2]]);
    world.processes = vec![0];
    world.batch = 3;
    world.offsets = true;
    world.attempts = 4;
    world.unkindness = Unkindness { crashes: 1, retries: 1, restores: 1, unheard: 1, ..KIND };
    world
}

/// A failover to a standby that was behind.
fn back_in_time() -> World {
    let mut world = World::new("back in time", &[(0, Plain), (0, Flaky), (0, Plain)], &[&[0, 1, 2]]);
    world.offsets = true;
    world.relayed = true;
    world.attempts = 4;
    world.unkindness = Unkindness { moves: 1, retries: 1, restores: 1, ..KIND };
    world
}

const ONCE: &str = "the effect of an event is in the database at most once";
const KEPT: &str = "what an event did is not undone by another";
const ORDER: &str = "events of a key are settled in order";
const ACKNOWLEDGED: &str = "nothing is acknowledged without its effect, its dead letter or its discard";
const INNOCENT: &str = "innocents are no dead letters";
const LEAVES: &str = "what leaves has a stable id and the order of its key";
const ARRIVED: &str = "what has left the outbox has arrived";
const LEFT: &str = "nothing is left of what was announced and counted";
const BOUNDED: &str = "no event ends the process more often than it is tried";
const CIRCLE: &str = "nobody waits in a circle";
const MEMBER: &str = "nobody is thrown out of the group for waiting";
const ENDS: &str = "every run ends with everything settled and published";

/// Each mistake, a world in which it shows, and what is no longer true there.
pub(crate) fn mistakes() -> Vec<(Fault, World, &'static str)> {
    vec![
        (Fault::CommitFirst, two_members(), ACKNOWLEDGED),
        (Fault::NoInbox, two_members(), ONCE),
        (Fault::InboxApart, two_members(), ONCE),
        (Fault::ReadFirst, two_members(), KEPT),
        (Fault::Unsorted, two_carriers(), CIRCLE),
        (Fault::Cursor, two_relays(), ENDS),
        (Fault::TwoRelays, two_relays(), LEAVES),
        (Fault::ReportIgnored, two_relays(), ARRIVED),
        (Fault::Sleep, one_comes_again(), MEMBER),
        (Fault::CommitAfterRevoke, two_members(), ACKNOWLEDGED),
        (Fault::CountedAfter, a_poison_in_company(), BOUNDED),
        (Fault::LeaveAtOnce, scaled_by_lag(), ENDS),
        (Fault::AnnouncedWhole, a_poison_in_company(), INNOCENT),
        (Fault::StrangersTogether, a_poison_in_company(), INNOCENT),
        (Fault::NoRoom, a_poison_in_the_other_hand(), INNOCENT),
        (Fault::OthersLeft, a_poison_in_company(), LEFT),
        (Fault::HeldForgotten, one_comes_again(), ORDER),
        (Fault::NotWithdrawn, a_storm(), INNOCENT),
        (Fault::RowsTogether, two_relays(), LEAVES),
        (Fault::AbsentUnlocked, two_topics_of_one_key(), KEPT),
        (Fault::BrokerOnly, back_in_time(), ENDS),
        (Fault::OffsetUnchecked, back_in_time(), ORDER),
        (Fault::Unmarked, back_in_time_between_parts(), ORDER),
        (Fault::OffsetUnwatched, back_in_time(), ENDS),
    ]
}
