//! The sidecar, and what it carries.

use handler_contract::Contract;

use super::access::Access;
use super::token::Token;
use crate::destinations::{Destinations, outgoing};
use crate::environment::{Environment, Problems};

/// What a service behind a sidecar is told. docs/decisions/0012 names the variables.
#[derive(Clone, Debug)]
pub struct DaprConfig {
    /// How the sidecar is reached.
    pub(crate) access: Access,
    /// What the sidecar has to show.
    pub(super) token: Option<Token>,
    /// Where topics go.
    pub(super) destinations: Destinations,
    /// The largest request that the sidecar posts, where it is known.
    pub(super) largest: Option<usize>,
}

impl DaprConfig {
    /// Reads the environment; every problem is told, not the first one only.
    pub(crate) fn read(
        environment: &Environment,
        contract: &Contract,
        destinations: &Destinations,
        problems: &mut Problems,
    ) -> Self {
        let access = Access::read(environment, problems);
        let token = environment.optional("APP_API_TOKEN").map(|text| Token::of(&text));
        for topic in outgoing(contract) {
            if !destinations.has(&topic) {
                problems.add(format!("PORTOLAN_PUBLISH names no component for {topic}"));
            }
        }
        let largest = environment.number("PORTOLAN_MAX_BODY", problems);
        let largest = largest.map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
        Self { access, token, destinations: destinations.clone(), largest }
    }
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
        let destinations = Destinations::read(environment, &mut problems);
        DaprConfig::read(environment, &contract(), &destinations, &mut problems);
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
    fn a_topic_may_be_on_a_bus_and_dead_letters_in_a_queue() {
        let topics = "done=eventbridge:todo,tasks.dlq=sqs:arn:aws:sqs:eu-west-1:12:failed";
        assert_eq!(problems(&Environment::from([("PORTOLAN_PUBLISH", topics)])), "");
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
