//! Every run of each small world.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use stateright::{Checker, HasDiscoveries, Model};

use crate::properties::PROPERTIES;
use crate::scenes::{mistakes, worlds};
use crate::state::State;
use crate::world::World;

/// How many states can be reached, and each property that is not true in one, with the steps that lead there.
fn search(world: World, until: HasDiscoveries) -> (usize, Vec<(&'static str, String)>) {
    let checker = world.checker().finish_when(until).spawn_bfs().join();
    let steps = |(name, path): (&'static str, stateright::Path<State, _>)| {
        let condition = PROPERTIES.iter().find(|property| property.0 == name).unwrap().1;
        let wrong = |(state, _): &(State, _)| !condition(checker.model(), state);
        let path = path.into_vec();
        let steps = path.iter().take_while(|step| !wrong(step)).filter_map(|(_, action)| action.as_ref());
        let steps: Vec<String> = steps.map(|action| format!("  {action:?}")).collect();
        (name, steps.join("\n"))
    };
    (checker.unique_state_count(), checker.discoveries().into_iter().map(steps).collect())
}

#[test]
fn nothing_goes_wrong_in_any_run() {
    for world in worlds() {
        let name = world.name;
        let (states, wrong) = search(world, HasDiscoveries::AnyFailures);
        println!("{states:>8} states: {name}");
        if let Some((property, steps)) = wrong.first() {
            panic!("{name}: not true: {property}\n{steps}");
        }
    }
}

#[test]
fn every_mistake_has_a_counterexample() {
    for (fault, mut world, expected) in mistakes() {
        world.fault = Some(fault);
        let (states, wrong) = search(world, HasDiscoveries::AllOf([expected].into()));
        let found = wrong.iter().find(|(property, _)| *property == expected);
        let Some((_, steps)) = found else { panic!("{fault:?}: still true in {states} states: {expected}") };
        println!("{fault:?}, in {states} states: not true: {expected}\n{steps}");
    }
}

/// No run comes back to where it was. So each one ends, and what is true at every end is true in the end.
#[test]
fn every_run_ends() {
    for world in worlds() {
        let hasher = BuildHasherDefault::<DefaultHasher>::default();
        let mut open: HashMap<u64, bool> = HashMap::new();
        let first = State::of(&world);
        let mut path = vec![(hasher.hash_one(&first), world.next_states(&first))];
        open.insert(path[0].0, true);
        while let Some((hash, next)) = path.last_mut() {
            let Some(state) = next.pop() else {
                open.insert(*hash, false);
                path.pop();
                continue;
            };
            let hash = hasher.hash_one(&state);
            match open.get(&hash) {
                Some(true) => panic!("{}: a run comes back to\n{state:#?}", world.name),
                Some(false) => {}
                None => {
                    open.insert(hash, true);
                    path.push((hash, world.next_states(&state)));
                }
            }
        }
        println!("{:>8} states, none twice in a run: {}", open.len(), world.name);
    }
}
