use std::collections::BTreeSet;

use crate::model::{Service, Stack, Subscription};
use crate::render::tree::{Map, Tree};

/// Which entries of the bus a rule takes: the topic, which every entry carries in its event; who publishes to it; and the
/// types that the handler acts on.
pub(super) fn render_pattern(stack: &Stack, subscription: &Subscription) -> Map {
    let publishes =
        |service: &&Service| service.publishes.iter().any(|publication| publication.topic == subscription.topic);
    let sources: Vec<Tree> =
        stack.services.values().filter(publishes).map(|service| Tree::from(service.name.as_str())).collect();
    let by_rules = subscription.rules.iter().flat_map(|rule| &rule.types).map(|kind| kind.value.as_str());
    let types: BTreeSet<&str> = subscription.types.iter().map(String::as_str).chain(by_rules).collect();
    // Without types of its own it acts on all, whatever its rules name.
    let types = if subscription.types.is_empty() { BTreeSet::new() } else { types };
    Map::new()
        .list("source", sources)
        .list("detail-type", types.into_iter().map(Tree::from).collect())
        .with("detail", Map::new().with("topic", vec![Tree::from(subscription.topic.as_str())]))
}
