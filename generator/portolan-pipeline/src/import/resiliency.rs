//! Dapr's Resiliency: what all targets of one kind agree on is the spec's own policy, what one has for itself gets a name.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::draft::{Draft, Fields, fields, whole};
use super::object::Object;
use super::report::Log;
use crate::spec::node::Node;
use crate::spec::{Duration, FromText};

/// The spec's word, the side of a component that it is for (none: apps), and its time-out, retries and longest wait.
const CLASSES: [(&str, Option<&str>, [&str; 3]); 3] = [
    ("deliver", Some("inbound"), ["60s", "20", "60s"]),
    ("publish", Some("outbound"), ["10s", "5", "5s"]),
    ("invoke", None, ["5s", "3", "2s"]),
];
/// A breaker that says nothing of itself.
const BREAKER: [(&str, &str); 4] =
    [("trip", "consecutiveFailures >= 5"), ("timeout", "30s"), ("interval", "30s"), ("maxRequests", "1")];
/// What a target names, and where that is defined.
const PARTS: [(&str, &str); 3] = [("timeout", "timeouts"), ("retry", "retries"), ("circuitBreaker", "circuitBreakers")];

/// The policies that a target names, in the order of `PARTS`.
type Used<'a> = [Option<&'a str>; 3];

pub(super) fn import_resiliency(objects: &[Object], draft: &mut Draft, log: &mut Log) {
    let mut mine = objects.iter().filter(|object| object.kind == "Resiliency" && object.group == "dapr.io");
    let Some(object) = mine.next() else { return };
    for other in mine {
        log.left_object(other, "a stack has one Resiliency, and another one stands before it", "put the two together");
    }
    let mut named = Named::default();
    for (class, side, usual) in CLASSES {
        let targets = targets(object, side);
        let own = defined(object, class);
        // A policy with the spec's own word is it, whoever uses it.
        let used = if own == [None; 3] { agreed(&targets) } else { own };
        let policy = policy(object, used, Some(usual), class == "invoke");
        draft.resiliency.extend(whole(policy).map(|policy| (class.to_owned(), policy)));
        for (name, target) in targets {
            let is_usual = side != Some("inbound") || draft.components.get(name).is_some_and(|one| one.is_bus);
            let theirs = PARTS.map(|(part, _)| target.scalar_at(&[part]));
            if theirs != used || !is_usual {
                named.add(object, (name, side), theirs, draft);
            }
        }
    }
    let [policies, apps, components] = [named.policies, named.apps, named.components].map(whole);
    draft.resiliency.extend(fields([("policies", policies), ("apps", apps), ("components", components)]));
}

/// Policies by name, and who has them.
#[derive(Default)]
struct Named {
    policies: Fields,
    apps: Fields,
    components: Fields,
}

impl Named {
    /// A target whose parts all have one name; other targets are found missing when what is rendered is compared.
    fn add(&mut self, object: &Object, (target, side): (&str, Option<&str>), used: Used<'_>, draft: &Draft) {
        let Some(name) = used.into_iter().flatten().next() else { return };
        if defined(object, name) != used {
            return;
        }
        if let Some(side) = side {
            if !draft.components.contains_key(target) {
                return;
            }
            let sides = self.components.entry(target).or_insert_with(|| json!({}));
            sides[side] = json!(name);
        } else {
            let service = draft.services.iter().find(|(_, service)| service.app_id == target).map(|(name, _)| name);
            let external =
                || draft.external.iter().find(|(name, one)| is_called(name, one, target)).map(|(name, _)| name);
            let Some(called) = service.or_else(external) else { return };
            self.apps.insert(called.clone(), json!(name));
        }
        if !CLASSES.iter().any(|(class, ..)| *class == name) {
            self.policies.insert(name.to_owned(), Value::Object(policy(object, used, None, false)));
        }
    }
}

fn is_called(name: &str, external: &Fields, target: &str) -> bool {
    external.get("app").map_or(name == target, |app| *app == json!(target))
}

/// The name, where there is such a part.
fn defined<'a>(object: &Object, name: &'a str) -> Used<'a> {
    PARTS.map(|(_, all)| object.node.at_path(&["spec", "policies", all, name]).map(|_| name))
}

fn policy(object: &Object, used: Used<'_>, usual: Option<[&str; 3]>, has_breaker: bool) -> Fields {
    let [timeout, retry, breaker] =
        std::array::from_fn(|number| object.node.at_path(&["spec", "policies", PARTS[number].1, used[number]?]));
    let [usual_timeout, usual_retries, usual_interval] = usual.unwrap_or_default();
    let mut said = fields([("timeout", timeout.and_then(|text| length(text, &[], usual_timeout)))]);
    if let Some(retry) = retry {
        said.extend(retry_fields(retry, usual_retries, usual_interval));
    }
    if let Some(breaker) = breaker {
        let mut other = Fields::new();
        for (name, default) in BREAKER {
            let value = match name {
                "trip" => breaker.text_at(&[name]),
                "maxRequests" => breaker.number_at(&[name]),
                _ => breaker.duration_at(&[name]),
            };
            other.extend(value.filter(|_| breaker.scalar_at(&[name]) != Some(default)).map(|it| (name.to_owned(), it)));
        }
        if other.is_empty() && !has_breaker {
            other.insert(BREAKER[0].0.to_owned(), json!(BREAKER[0].1));
        }
        said.extend(whole(other).map(|breaker| ("breaker".to_owned(), breaker)));
    }
    said
}

fn retry_fields(retry: &Node, usual_retries: &str, usual_interval: &str) -> Fields {
    let duration = retry.duration_at(&["duration"]);
    let interval = length(retry, &["maxInterval"], usual_interval);
    // A wait that is written and stays makes it constant.
    let follows = if duration.is_some() && interval.is_none() { "constant" } else { "exponential" };
    let backoff = retry.word_at(&["policy"], &["constant", "exponential"]).filter(|word| *word != json!(follows));
    let retries = retry.number_at(&["maxRetries"]).filter(|_| retry.scalar_at(&["maxRetries"]) != Some(usual_retries));
    fields([
        ("retry", backoff),
        ("maxRetries", retries),
        ("duration", duration),
        ("maxInterval", interval),
        ("httpCodes", retry.text_at(&["matching", "httpStatusCodes"])),
        ("grpcCodes", retry.text_at(&["matching", "gRPCStatusCodes"])),
    ])
}

/// A length of time that is not the usual one.
fn length(node: &Node, path: &[&str], usual: &str) -> Option<Value> {
    let text = node.scalar_at(path)?;
    let duration = Duration::from_text(text);
    (duration.is_some() && duration != Duration::from_text(usual)).then(|| json!(text))
}

/// Each target of a kind, with its name.
fn targets<'a>(object: &'a Object, side: Option<&str>) -> Vec<(&'a str, &'a Node)> {
    let of = |kind: &str| object.node.map_at(&["spec", "targets", kind]).iter();
    let Some(side) = side else { return of("apps").map(|(name, app)| (name.text.as_str(), app)).collect() };
    of("components").filter_map(|(name, component)| Some((name.text.as_str(), component.entry(side)?))).collect()
}

/// Of each part the one policy that all targets name.
fn agreed<'a>(targets: &[(&'a str, &'a Node)]) -> Used<'a> {
    PARTS.map(|(part, _)| {
        let names: BTreeSet<Option<&str>> = targets.iter().map(|(_, target)| target.scalar_at(&[part])).collect();
        names.first().copied().flatten().filter(|_| names.len() == 1)
    })
}
