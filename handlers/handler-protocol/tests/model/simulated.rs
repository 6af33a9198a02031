//! Long runs of a large world, at random.

use crate::fault::Fault;
use crate::properties::PROPERTIES;
use crate::scenes::mistakes;
use crate::state::State;
use crate::world::{Nature, Unkindness, World};

/// Events of a run.
const EVENTS: usize = 60;
const KEYS: usize = 12;
/// So many of them are in every partition, and so in no order.
const SPREAD: usize = 3;
const PARTITIONS: usize = 4;
/// One step in so many is unkind, where there is a choice.
const KINDNESS: usize = 12;

/// A sequence of numbers that a seed repeats (splitmix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ mixed >> 31) % bound as u64).unwrap()
    }
}

/// A large world: two carriers at once, or one whose database goes back.
fn world(chance: &mut Chance) -> World {
    let goes_back = chance.below(2) == 0;
    let natures = [
        Nature::Plain,
        Nature::Plain,
        Nature::Plain,
        Nature::Flaky,
        Nature::Discarded,
        Nature::Refused,
        Nature::Hopeless,
        Nature::Poison,
    ];
    let events: Vec<(usize, Nature)> =
        (0..EVENTS).map(|_| (chance.below(KEYS), natures[chance.below(natures.len())])).collect();
    let mut logs = vec![Vec::new(); PARTITIONS];
    for (event, (key, _)) in events.iter().enumerate() {
        let partition = if *key < SPREAD { event } else { *key } % PARTITIONS;
        let log: &mut Vec<usize> = &mut logs[partition];
        log.push(event);
        if chance.below(8) == 0 {
            let again = log[chance.below(log.len())];
            log.push(again);
        }
    }
    let logs: Vec<&[usize]> = logs.iter().map(Vec::as_slice).collect();
    let mut world = World::new("large", &events, &logs);
    world.hands = 1 + chance.below(2);
    world.processes = if goes_back { vec![0; 4] } else { vec![0, 0, 1, 1] };
    world.offsets = goes_back;
    world.batch = 1 + chance.below(8);
    // An innocent is counted once with each poison at most, and once for each end, stall and look that is not its fault.
    world.attempts = 30;
    world.relayed = true;
    world.stepwise = chance.below(4) == 0;
    world.unkindness = Unkindness {
        crashes: 6,
        quick: 3,
        blind: 3,
        stalls: 6,
        moves: 20,
        retries: 25,
        aborts: 10,
        unheard: 10,
        undelivered: 20,
        unlocked: 6,
        restores: if goes_back { 3 } else { 0 },
        deadlines: 0,
    };
    world
}

/// One run to its end: how many steps, and what was not true on the way.
fn run(seed: u64, fault: Option<Fault>) -> (usize, Option<&'static str>) {
    let mut chance = Chance(seed);
    let mut world = world(&mut chance);
    world.fault = fault;
    let mut state = State::of(&world);
    let mut actions = Vec::new();
    let mut steps = 0;
    loop {
        actions.clear();
        state.enabled(&world, &mut actions);
        if actions.is_empty() {
            let wrong = PROPERTIES.iter().find(|(_, condition)| !condition(&world, &state));
            return (steps, wrong.map(|(name, _)| *name));
        }
        let unkind = chance.below(KINDNESS) == 0;
        if actions.iter().any(|action| action.is_unkind() == unkind) {
            actions.retain(|action| action.is_unkind() == unkind);
        }
        actions[chance.below(actions.len())].take(&world, &mut state);
        steps += 1;
        // The last two are about ends.
        let always = &PROPERTIES[..PROPERTIES.len() - 2];
        if let Some((name, _)) = always.iter().find(|(_, condition)| !condition(&world, &state)) {
            return (steps, Some(name));
        }
        assert!(steps < 100_000, "seed {seed} does not end");
    }
}

/// `SIMULATED_STEPS=1000000 cargo test -p handler-protocol --test model` for more.
#[test]
fn nothing_goes_wrong_in_long_runs() {
    let wanted = std::env::var("SIMULATED_STEPS").map_or(200_000, |steps| steps.parse().unwrap());
    let (mut steps, mut seed) = (0, 0);
    while steps < wanted {
        let (taken, wrong) = run(seed, None);
        assert_eq!(wrong, None, "seed {seed}, after {taken} steps");
        steps += taken;
        seed += 1;
    }
    println!("{steps} steps in {seed} runs");
}

/// All but those that show where the world is small: with no scaler nobody has to drain; where an event is tried thirty times,
/// who is counted wrongly is not yet a dead letter; who is thrown out may leave something; and a database rarely goes back at the
/// very moment that matters.
#[test]
fn long_runs_find_mistakes() {
    let small = [
        Fault::LeaveAtOnce,
        Fault::NotWithdrawn,
        Fault::StrangersTogether,
        Fault::NoRoom,
        Fault::OthersLeft,
        Fault::Unmarked,
        Fault::OffsetUnwatched,
    ];
    for (fault, ..) in mistakes().into_iter().filter(|(fault, ..)| !small.contains(fault)) {
        let found = (0..300).find_map(|seed| run(seed, Some(fault)).1.map(|wrong| (seed, wrong)));
        let Some((seed, wrong)) = found else { panic!("{fault:?}: nothing is wrong in three hundred runs") };
        println!("{fault:?}, seed {seed}: not true: {wrong}");
    }
}
