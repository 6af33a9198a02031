//! Dapr's declarative Subscriptions, of both versions.

use serde_json::{Value, json};

use super::draft::{Draft, Fields, setting, whole};
use super::object::Object;
use super::plain::is_variable_secret;
use super::report::Log;
use crate::spec::node::Node;

pub(super) fn import_subscriptions(objects: &[Object], draft: &mut Draft, log: &mut Log) {
    let mine = |object: &&Object| object.kind == "Subscription" && object.group == "dapr.io";
    for object in objects.iter().filter(mine) {
        let node = &object.node;
        let (Some(component), Some(topic)) =
            (node.scalar_at(&["spec", "pubsubname"]), node.scalar_at(&["spec", "topic"]))
        else {
            log.left_object(object, "it names no pub/sub or no topic", "mend it: Dapr does not take it either");
            continue;
        };
        let original = draft.original(component).to_owned();
        let broadcast = original != component;
        let Some(bus) = draft.components.get_mut(&original) else {
            let reason = format!("its component `{component}` is not among the files");
            log.left_object(object, &reason, "import the component's file with it");
            continue;
        };
        bus.carries.insert(topic.to_owned());
        let apps = apps(object, draft);
        if apps.is_empty() {
            let reason =
                "it has no scopes, so it is every app's, and the spec says of each service what it subscribes to";
            log.left_object(object, reason, "add `subscribes` to the services that have the route");
        }
        draft.topics.entry(topic.to_owned()).or_default();
        let target = node.scalar_at(&["spec", "deadLetterTopic"]).map(str::to_owned);
        draft.dead_letters.entry(topic.to_owned()).or_insert(target);
        let fields = subscription(object, topic, broadcast);
        for app in apps {
            draft.service_of(&app).subscribes.insert(topic.to_owned(), fields.clone());
        }
    }
}

/// Those it is for; without scopes the one service that there is.
fn apps(object: &Object, draft: &Draft) -> Vec<String> {
    let scopes = object.node.words_at(&["scopes"]);
    let mut services = draft.services.values();
    match (scopes.is_empty(), services.next(), services.next()) {
        (true, Some(only), None) => vec![only.app_id.clone()],
        _ => scopes,
    }
}

fn subscription(object: &Object, topic: &str, broadcast: bool) -> Fields {
    let node = &object.node;
    let mut fields = Fields::new();
    let route = node.scalar_at(&["spec", "routes", "default"]).or(node.scalar_at(&["spec", "route"]));
    if let Some(route) = route.filter(|route| *route != format!("/events/{topic}")) {
        fields.insert("route".to_owned(), json!(route));
    }
    if broadcast {
        fields.insert("delivery".to_owned(), json!("broadcast"));
    }
    let mut rules = Vec::new();
    for rule in node.list_at(&["spec", "routes", "rules"]) {
        // A rule without one of the two is found missing when what is rendered is compared.
        let (Some(condition), Some(path)) = (rule.scalar_at(&["match"]), rule.scalar_at(&["path"])) else { continue };
        rules.push(match types(condition) {
            Some(types) => json!({ "types": types, "route": path }),
            None => json!({ "match": condition, "route": path }),
        });
    }
    if !rules.is_empty() {
        fields.insert("rules".to_owned(), Value::Array(rules));
    }
    let plain = node.map_at(&["spec", "metadata"]).iter().filter_map(|(key, value)| {
        let text = value.text().filter(|text| !is_variable_secret(&key.text, text))?;
        Some((key.text.clone(), setting(text)))
    });
    fields.extend(whole(plain.collect()).map(|metadata| ("metadata".to_owned(), metadata)));
    if let Some(bulk) = node.at_path(&["spec", "bulkSubscribe"]).filter(|bulk| enabled(bulk)) {
        fields.insert("bulk".to_owned(), Value::Object(bulk_fields(bulk)));
    }
    fields
}

fn enabled(bulk: &Node) -> bool {
    bulk.entry("enabled").is_some_and(Node::is_true)
}

/// Where it says nothing Dapr's defaults hold, which are not the spec's.
fn bulk_fields(bulk: &Node) -> Fields {
    let number = |name: &str, usual: u64| bulk.scalar_at(&[name]).and_then(|text| text.parse().ok()).unwrap_or(usual);
    let wait = number("maxAwaitDurationMs", 1000);
    let mut fields = Fields::new();
    fields.insert("maxMessages".to_owned(), json!(number("maxMessagesCount", 100)));
    fields.insert("maxAwait".to_owned(), json!(format!("{wait}ms")));
    fields
}

/// The types of `event.type == "a" || event.type == "b"`.
fn types(text: &str) -> Option<Vec<String>> {
    let one = |part: &str| {
        let value = part.trim().strip_prefix("event.type")?.trim_start().strip_prefix("==")?.trim();
        let inner = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let inner = inner.or_else(|| value.strip_prefix('\'')?.strip_suffix('\''))?;
        (!inner.contains(['"', '\'', '\\'])).then(|| inner.to_owned())
    };
    text.split("||").map(one).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn types_are_read_and_other_expressions_are_not() {
        assert_eq!(super::types(r#"event.type == "a" || event.type=='b'"#), Some(vec!["a".into(), "b".into()]));
        for text in [r#"event.data.x == "a""#, r#"event.type == "a" && x"#, "", r#"event.type != "a""#] {
            assert_eq!(super::types(text), None, "{text}");
        }
    }
}
