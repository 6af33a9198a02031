//! What a later apply hands to the APIs of AWS: one request a file, named so that the order of the names is the order of
//! the requests.

mod bus;
mod event_source;
mod function;
mod pattern;
mod pod;
mod queue;
mod request;
mod role;
mod rule;
mod schedule;
mod statement;

use super::file::RenderedFile;
use super::tree::{Map, Tree};
use crate::model::{Aws, Service, Stack, Subscription};
use request::Requests;

/// Every request of an environment; none where it has no account.
pub(super) fn render_aws(stack: &Stack) -> Vec<RenderedFile> {
    let Some(aws) = &stack.aws else { return Vec::new() };
    let mut requests = Requests::new(stack, aws);
    bus::render_bus(&mut requests);
    for service in stack.services.values() {
        match &service.function {
            Some(function) => function::render_function(&mut requests, service, function),
            None => pod::render_pod(&mut requests, service),
        }
        for subscription in &service.subscriptions {
            if is_on_the_bus(stack, subscription) {
                rule::render_rule(&mut requests, service, subscription);
            }
        }
    }
    requests.into_files()
}

/// Whether a subscription gets its events from the bus.
fn is_on_the_bus(stack: &Stack, subscription: &Subscription) -> bool {
    stack.components.get(&subscription.component).is_some_and(|component| component.kind.value.is_eventbridge())
}

/// Whether a service puts events on the bus.
fn publishes_on_the_bus(stack: &Stack, service: &Service) -> bool {
    let mut carriers = service.publishes.iter().filter_map(|publication| stack.components.get(&publication.component));
    carriers.any(|component| component.kind.value.is_eventbridge())
}

/// Whose a thing is, as the APIs that take a map want it.
fn tags(stack: &Stack) -> Map {
    let own =
        [("portolan.dev/stack", stack.name.value.clone()), ("portolan.dev/environment", stack.environment.clone())];
    own.into_iter().map(|(key, value)| (key, Tree::from(value))).collect()
}

/// The same as a list of pairs.
fn tag_list(stack: &Stack) -> Vec<Tree> {
    let own =
        [("portolan.dev/stack", stack.name.value.as_str()), ("portolan.dev/environment", stack.environment.as_str())];
    own.into_iter().map(|(key, value)| Map::new().with("Key", key).with("Value", value).into()).collect()
}

/// Who else may use a role or a queue of this account: only what acts for one thing of ours.
fn source(aws: &Aws, arn: String) -> Map {
    Map::new()
        .with("StringEquals", Map::new().with("aws:SourceAccount", Tree::text(&aws.account)))
        .with("ArnEquals", Map::new().with("aws:SourceArn", arn))
}
