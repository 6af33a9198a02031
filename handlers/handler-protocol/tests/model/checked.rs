//! The world as stateright searches it.

use stateright::{Model, Property};

use crate::action::Action;
use crate::properties::PROPERTIES;
use crate::state::State;
use crate::world::World;

impl Model for World {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State::of(self)]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        state.enabled(self, actions);
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        let mut next = state.clone();
        action.take(self, &mut next);
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        PROPERTIES.iter().map(|(name, condition)| Property::always(name, *condition)).collect()
    }
}
