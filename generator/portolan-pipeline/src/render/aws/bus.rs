use super::request::{Requests, Step};
use super::tag_list;
use crate::render::tree::{Map, Tree};

/// The stack's own bus, where a component is one.
pub(super) fn render_bus(requests: &mut Requests<'_>) {
    let (stack, aws) = (requests.stack, requests.aws);
    if stack.components.values().any(|component| component.kind.value.is_eventbridge()) {
        let body = Map::new().with("Name", Tree::text(&aws.bus)).with("Tags", tag_list(stack));
        requests.add(Step::Bus, &aws.bus.value, body);
    }
}
