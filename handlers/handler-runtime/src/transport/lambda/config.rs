//! What a function is told.

use handler_contract::{Contract, Mode};

use super::broker::{Broker, read_broker};
use crate::aws::ScheduleConfig;
use crate::destinations::{Destinations, outgoing};
use crate::environment::{Environment, Problems};

/// What Lambda itself tells each function; its client panics without.
const OF_LAMBDA: [&str; 4] = [
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_VERSION",
];

/// How a function works. docs/decisions/0012 names the variables.
#[derive(Debug)]
pub(crate) struct LambdaConfig {
    /// The broker, where it publishes to Kafka.
    pub(crate) broker: Option<Broker>,
    /// By what it schedules, where it does.
    pub(crate) schedules: Option<ScheduleConfig>,
}

impl LambdaConfig {
    /// Reads the environment; every problem is told, not the first one only.
    pub(crate) fn read(
        environment: &Environment,
        contract: &Contract,
        destinations: &Destinations,
        problems: &mut Problems,
    ) -> Self {
        if !contract.modes.contains(&Mode::Lambda) {
            problems.add("the contract does not take lambda".to_owned());
        }
        for name in OF_LAMBDA.into_iter().filter(|name| environment.optional(name).is_none()) {
            problems.add(format!("{name} is not set, which Lambda does by itself: this is no function"));
        }
        let mut in_kafka = outgoing(contract);
        in_kafka.retain(|topic| destinations.bus(topic).is_none() && destinations.queue(topic).is_none());
        let broker = if in_kafka.is_empty() { None } else { read_broker(environment, problems) };
        if broker.is_none() {
            for topic in in_kafka {
                problems.add(format!("PORTOLAN_PUBLISH names no place for {topic}, and KAFKA_BROKERS is not set"));
            }
        }
        Self { broker, schedules: ScheduleConfig::read(environment, contract, problems) }
    }
}

#[cfg(test)]
mod tests {
    use handler_contract::{Publication, Schedule, Subscription};

    use super::*;

    const FUNCTION: [(&str, &str); 4] = [
        ("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:1"),
        ("AWS_LAMBDA_FUNCTION_NAME", "clerk"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
    ];

    fn problems(modes: Vec<Mode>, variables: &[(&str, &str)]) -> String {
        let mut contract = Contract::of("clerk", modes);
        contract.publishes = vec![Publication { topic: "done", types: vec!["done"], key: "id" }];
        contract.subscribes = vec![Subscription::to("tasks", "/events/tasks")];
        contract.schedules = vec![Schedule { job: "reminder-{id}", route: "/job/reminder-{id}" }];
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let environment = Environment::from([]).and(variables);
        let mut problems = Problems::default();
        let destinations = Destinations::read(&environment, &mut problems);
        LambdaConfig::read(&environment, &contract, &destinations, &mut problems);
        problems.into_result().map_or_else(|error| error.to_string(), |()| String::new())
    }

    #[test]
    fn every_problem_is_told() {
        let found = problems(vec![Mode::Kafka], &[]);
        for part in [
            "does not take lambda",
            "AWS_LAMBDA_RUNTIME_API is not set",
            "AWS_LAMBDA_FUNCTION_VERSION is not set",
            "PORTOLAN_PUBLISH names no place for done",
            "PORTOLAN_PUBLISH names no place for tasks.dlq",
            "PORTOLAN_SCHEDULE_GROUP is not set",
            "PORTOLAN_SCHEDULE_ROLE is not set",
            "PORTOLAN_SCHEDULE_TARGET is not set",
        ] {
            assert!(found.contains(part), "{part}: {found}");
        }
    }

    #[test]
    fn a_function_publishes_to_a_bus_or_to_a_broker() {
        let scheduled = ["GROUP", "ROLE", "TARGET"].map(|part| format!("PORTOLAN_SCHEDULE_{part}"));
        let scheduled: Vec<(&str, &str)> = scheduled.iter().map(|name| (name.as_str(), "one")).collect();
        let topics = "done=eventbridge:todo,tasks.dlq=sqs:arn:aws:sqs:eu-west-1:12:clerk-failed";
        for way in [("PORTOLAN_PUBLISH", topics), ("KAFKA_BROKERS", "broker:9092")] {
            let told = [&FUNCTION[..], &scheduled, &[way]].concat();
            assert_eq!(problems(vec![Mode::Lambda], &told), "");
        }
    }
}
