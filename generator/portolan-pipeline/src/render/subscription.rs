use super::file::RenderedFile;
use super::object::{dapr_path, object};
use super::tree::{Map, Tree};
use crate::model::{Fact, RouteRule, Service, Stack, Subscription};
use crate::spec::Duration;

/// The declarative Subscriptions (`dapr.io/v2alpha1`) of a service. What comes from EventBridge comes by a binding.
pub(super) fn render_subscriptions(stack: &Stack, service: &Service) -> Vec<RenderedFile> {
    let from_bus = |name| stack.components.get(name).is_some_and(|component| component.kind.value.is_eventbridge());
    let by_dapr = service.subscriptions.iter().filter(|subscription| !from_bus(&subscription.component));
    by_dapr.map(|subscription| render_subscription(stack, service, subscription)).collect()
}

fn render_subscription(stack: &Stack, service: &Service, subscription: &Subscription) -> RenderedFile {
    let name = format!("{}-{}", service.name, subscription.topic);
    let topic = stack.topics.get(&subscription.topic);
    let dead_letter = topic.and_then(|topic| topic.dead_letter.as_ref());
    let routes = Map::new()
        .list("rules", subscription.rules.iter().map(render_rule).collect())
        // Without a default, an event that no rule matches goes to the dead-letter topic.
        .with("default", Tree::text(&subscription.route));
    let metadata = subscription.metadata.iter().map(|(key, value)| (key.clone(), Tree::text(value)));
    let spec = Map::new()
        .with("pubsubname", subscription.component.as_str())
        .with("topic", Tree::from(subscription.topic.as_str()).at_place(Some(subscription.at)))
        .with("routes", routes)
        .map("metadata", metadata.collect())
        .maybe("deadLetterTopic", dead_letter.map(Tree::text))
        .maybe("bulkSubscribe", subscription.bulk.as_ref().map(render_bulk));
    let document = object(stack, "dapr.io/v2alpha1", "Subscription", &name)
        .with("spec", spec)
        .with("scopes", vec![Tree::text(&service.app_id)]);
    RenderedFile::new(dapr_path(stack, &format!("subscription-{name}")), document)
}

fn render_bulk((max_messages, max_await): &(Fact<u32>, Fact<Duration>)) -> Map {
    Map::new()
        .with("enabled", true)
        .with("maxMessagesCount", Tree::number(max_messages))
        .with("maxAwaitDurationMs", Tree::from(max_await.value.as_milliseconds()).at_place(max_await.at))
}

fn render_rule(rule: &RouteRule) -> Tree {
    let by_type = || {
        let matches: Vec<String> = rule.types.iter().map(|kind| format!("event.type == {:?}", kind.value)).collect();
        Tree::from(matches.join(" || ")).at_place(rule.types.first().and_then(|kind| kind.at))
    };
    let condition = rule.condition.as_ref().map_or_else(by_type, Tree::text);
    Map::new().with("match", condition).with("path", Tree::text(&rule.route)).into()
}
