//! Who may invoke a service, from the one graph.

use super::tree::{Map, Tree};
use crate::model::{AccessOperation, AccessPolicy, Service};

/// Nobody, unless a service of the stack says that it invokes this one, or the spec names a caller.
pub(super) fn render_access_control(service: &Service) -> Map {
    let access = &service.access;
    Map::new()
        .with("defaultAction", Tree::from(access.default.value.word()).at_place(access.default.at))
        .with("trustDomain", Tree::text(&access.trust_domain))
        .list("policies", access.policies.iter().map(render_policy).collect())
}

fn render_policy(policy: &AccessPolicy) -> Tree {
    Map::new()
        .with("appId", Tree::text(&policy.app_id))
        .with("defaultAction", Tree::from(policy.default.value.word()).at_place(policy.default.at))
        .with("trustDomain", Tree::text(&policy.trust_domain))
        .with("namespace", Tree::text(&policy.namespace))
        .list("operations", policy.operations.iter().map(render_operation).collect())
        .into()
}

fn render_operation(operation: &AccessOperation) -> Tree {
    let any = || vec![Tree::from("*")];
    let verbs: Vec<Tree> = operation.verbs.iter().map(|verb| Tree::from(verb.as_str())).collect();
    let map = Map::new()
        .with("name", operation.path.as_str())
        .with("httpVerb", if verbs.is_empty() { any() } else { verbs })
        .with("action", operation.action.word());
    Tree::from(map).at_place(Some(operation.at))
}
