//! What a handler is told of the places that it publishes to, and of AWS.

use super::environment::{Variable, broker_variables, variable};
use super::resolver::unique;
use super::surroundings::Surroundings;
use crate::model::{Aws, Fact, Publication, Service, Subscription};
use crate::spec::document::Run;

/// Where each topic goes, dead letters among them: to a component of the sidecar, to the bus, or to a queue. A consumer that
/// publishes to Kafka knows by its broker.
pub(super) fn bus_variables(service: &Service, around: Surroundings<'_>) -> Vec<Variable> {
    let target = |publication: &Publication| match around.aws {
        Some(aws) if around.is_eventbridge(&publication.component) => {
            Some(format!("{}=eventbridge:{}", publication.topic, aws.bus.value))
        }
        _ if service.has_sidecar() => Some(format!("{}={}", publication.topic, publication.component)),
        _ => None,
    };
    let dead = service.subscriptions.iter().filter_map(|subscription| dead_letters(service, subscription, around));
    let topics: Vec<String> = unique(service.publishes.iter().filter_map(target).chain(dead), String::clone);
    if topics.is_empty() {
        return Vec::new();
    }
    let in_aws = topics.iter().any(|topic| topic.contains("=eventbridge:") || topic.contains("=sqs:"));
    // Lambda sets the region itself, and refuses a function that does.
    let region = around.aws.filter(|_| in_aws && service.run.value != Run::Lambda);
    let region = region.map(|aws| variable("AWS_REGION", aws.region.clone()));
    region.into_iter().chain([variable("PORTOLAN_PUBLISH", Fact::derived(topics.join(",")))]).collect()
}

/// Where what a service gives up of a topic goes: a function's to the queue of what it failed on; that of a topic which comes from
/// the bus to the topic's own queue, where EventBridge and SQS put what they give up.
fn dead_letters(service: &Service, subscription: &Subscription, around: Surroundings<'_>) -> Option<String> {
    let topic = &subscription.topic;
    if let Some(aws) = around.aws.filter(|_| service.run.value == Run::Lambda) {
        let queue = aws.queue_arn(&aws.failed_queue(&service.name));
        // Who handles dead letters has no further place for them.
        return topic.as_str().strip_suffix(".dlq").is_none().then(|| format!("{topic}.dlq=sqs:{queue}"));
    }
    let letters = around.topics.get(topic)?.dead_letter.as_ref().filter(|_| service.has_sidecar())?;
    match around.aws.filter(|_| around.is_eventbridge(&subscription.component)) {
        Some(aws) => {
            let queue = aws.queue_arn(&aws.dead_letter_queue(&service.name, topic));
            Some(format!("{}=sqs:{queue}", letters.value))
        }
        None => Some(format!("{}={}", letters.value, subscription.component)),
    }
}

/// What a function is told: the broker where it publishes to Kafka, and by what it schedules.
pub(super) fn function_variables(service: &Service, around: Surroundings<'_>) -> Vec<Variable> {
    let published =
        service.publishes.iter().find_map(|publication| around.components.get(&publication.component)?.broker.as_ref());
    let broker = published.map(broker_variables).unwrap_or_default();
    let scheduler = around.aws.filter(|_| !service.jobs.is_empty()).map(|aws| scheduler_variables(aws, service));
    broker.into_iter().chain(scheduler.unwrap_or_default()).collect()
}

/// The group that its schedules stand in, the role that they invoke it by, and where those go that nobody took.
fn scheduler_variables(aws: &Aws, service: &Service) -> Vec<Variable> {
    let name = aws.function_name(&service.name);
    vec![
        variable("PORTOLAN_SCHEDULE_GROUP", Fact::derived(name.clone())),
        variable("PORTOLAN_SCHEDULE_ROLE", Fact::derived(aws.role_arn(&aws.scheduler_role(&service.name)))),
        variable("PORTOLAN_SCHEDULE_TARGET", Fact::derived(aws.function_arn(&name))),
        variable("PORTOLAN_SCHEDULE_DEAD_LETTERS", Fact::derived(aws.queue_arn(&aws.failed_queue(&service.name)))),
    ]
}
