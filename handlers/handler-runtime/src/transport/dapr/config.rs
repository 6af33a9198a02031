//! The sidecar, and what it carries.

use std::collections::{BTreeMap, BTreeSet};

use handler_contract::Contract;

use super::access::Access;
use super::token::Token;
use crate::environment::{Environment, Problems};

/// What a service behind a sidecar is told. docs/decisions/0012 names the variables.
#[derive(Clone, Debug)]
pub struct DaprConfig {
    /// How the sidecar is reached.
    pub(crate) access: Access,
    /// What the sidecar has to show.
    pub(super) token: Option<Token>,
    /// The component that carries each topic.
    pub(super) components: BTreeMap<String, String>,
    /// The largest request that the sidecar posts, where it is known.
    pub(super) largest: Option<usize>,
}

impl DaprConfig {
    /// Reads the environment; every problem is told, not the first one only.
    pub fn read(environment: &Environment, contract: &Contract, problems: &mut Problems) -> Self {
        let access = Access::read(environment, problems);
        let token = environment.optional("APP_API_TOKEN").map(|text| Token::of(&text));
        let components = components(environment, problems);
        for topic in outgoing(contract) {
            if !components.contains_key(&topic) {
                problems.add(format!("PORTOLAN_PUBLISH names no component for {topic}"));
            }
        }
        let largest = environment.number("PORTOLAN_MAX_BODY", problems);
        let largest = largest.map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
        Self { access, token, components, largest }
    }
}

/// The topics that events and dead letters leave to. Who reads dead letters has no further topic for them.
fn outgoing(contract: &Contract) -> BTreeSet<String> {
    let published = contract.publishes.iter().map(|publication| publication.topic.to_owned());
    let subscribed = contract.subscribes.iter().map(|subscription| subscription.topic);
    let dead = subscribed.filter(|topic| topic.strip_suffix(".dlq").is_none()).map(|topic| format!("{topic}.dlq"));
    published.chain(dead).collect()
}

/// `topic=component,...`.
fn components(environment: &Environment, problems: &mut Problems) -> BTreeMap<String, String> {
    let text = environment.optional("PORTOLAN_PUBLISH").unwrap_or_default();
    let pairs = text.split(',').map(str::trim).filter(|pair| !pair.is_empty());
    let mut components = BTreeMap::new();
    for pair in pairs {
        match pair.split_once('=') {
            Some((topic, component)) if !topic.is_empty() && !component.is_empty() => {
                components.insert(topic.to_owned(), component.to_owned());
            }
            _ => problems.add("PORTOLAN_PUBLISH has to be topic=component for each topic, parted by commas".to_owned()),
        }
    }
    components
}

#[cfg(test)]
mod tests {
    use handler_contract::{Mode, Publication, Subscription};

    use super::*;

    fn contract() -> Contract {
        let mut contract = Contract::of("clerk", vec![Mode::Dapr]);
        contract.subscribes =
            vec![Subscription::to("tasks", "/events/tasks"), Subscription::to("tasks.dlq", "/events/dead")];
        contract.publishes = vec![Publication { topic: "done", types: vec!["done"], key: "id" }];
        contract
    }

    fn problems(environment: &Environment) -> String {
        let mut problems = Problems::default();
        DaprConfig::read(environment, &contract(), &mut problems);
        problems.into_result().map_or_else(|error| error.to_string(), |()| String::new())
    }

    #[test]
    fn each_topic_that_something_leaves_to_has_a_component() {
        let environment = Environment::from([("PORTOLAN_PUBLISH", "done=bus, tasks.dlq=bus")]);
        assert_eq!(problems(&environment), "");
        let problems = problems(&Environment::from([]));
        for topic in ["done", "tasks.dlq"] {
            assert!(problems.contains(&format!("PORTOLAN_PUBLISH names no component for {topic}")), "{problems}");
        }
    }

    #[test]
    fn every_problem_is_told() {
        let environment = Environment::from([
            ("PORTOLAN_PUBLISH", "done"),
            ("DAPR_GRPC_PORT", "70000"),
            ("DAPR_API_TOKEN", "two\nlines"),
        ]);
        let problems = problems(&environment);
        for part in ["topic=component", "no port", "DAPR_API_TOKEN has characters"] {
            assert!(problems.contains(part), "{problems}");
        }
        assert!(!problems.contains("two"), "{problems}");
    }
}
