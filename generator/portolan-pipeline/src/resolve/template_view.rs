//! What a template sees of the stack. `docs/guide/templates.md` promises it: fields are added, never changed. No value of a
//! secret is in it, because there is none in the model.

use serde_json::{Value, json};

use crate::model::{Component, ExternalTarget, Image, Service, Stack, Topic, TopicName};

pub(super) fn view(stack: &Stack) -> Value {
    let cluster = &stack.cluster;
    json!({
        "stack": stack.name.value,
        "environment": stack.environment,
        "namespace": cluster.namespace.value,
        "cluster": {
            "flavour": cluster.flavour.value.word(),
            "dapr": cluster.dapr.value,
            "keda": cluster.keda.as_ref().map(|version| &version.value),
        },
        "topics": map(stack.topics.iter().map(|(name, topic)| (name.to_string(), topic_view(topic)))),
        "secrets": map(stack.secrets.iter().map(|(name, secret)| {
            (name.to_string(), secret.keys.iter().map(|key| key.value.as_str()).collect())
        })),
        "components": map(stack.components.iter().map(|(name, component)| (name.to_string(), component_view(component)))),
        "services": map(stack.services.iter().map(|(name, service)| (name.to_string(), service_view(service)))),
        "external": map(stack.externals.iter().map(|(name, external)| {
            (name.to_string(), match &external.target {
                ExternalTarget::App(app) => json!({ "app": app.value, "url": null }),
                ExternalTarget::Url(url) => json!({ "app": null, "url": url.value }),
            })
        })),
    })
}

fn map(entries: impl Iterator<Item = (String, Value)>) -> Value {
    Value::Object(entries.collect())
}

fn topic_view(topic: &Topic) -> Value {
    json!({
        "partitions": topic.partitions.value,
        "retentionMs": topic.retention.value.as_milliseconds(),
        "maxMessageBytes": topic.max_message.value.as_bytes(),
        "deadLetter": topic.dead_letter.as_ref().map(|target| target.value.as_str()),
    })
}

fn component_view(component: &Component) -> Value {
    let addresses = component.broker.iter().flat_map(|broker| broker.addresses.known());
    json!({
        "type": component.kind.value.name,
        "version": component.kind.value.version,
        "brokers": addresses.map(|address| address.value.to_string()).collect::<Vec<_>>(),
        "carries": component.carries.iter().map(TopicName::as_str).collect::<Vec<_>>(),
        "scopes": component.scopes.iter().map(|app| app.value.as_str()).collect::<Vec<_>>(),
    })
}

fn service_view(service: &Service) -> Value {
    let subscribes = service.subscriptions.iter().map(|subscription| {
        json!({
            "topic": subscription.topic.as_str(),
            "component": subscription.component.as_str(),
            "group": subscription.group.value,
            "route": subscription.route.value,
            "delivery": subscription.delivery.value.word(),
        })
    });
    let mut secrets: Vec<&str> = service.secrets.iter().map(|key| key.value.secret.as_str()).collect();
    secrets.sort_unstable();
    secrets.dedup();
    json!({
        "appId": service.app_id.value.as_str(),
        "run": service.run.value.word(),
        "as": if service.scale.job.is_some() { "job" } else { "deployment" },
        "port": service.port.value,
        "expose": service.expose.value,
        "image": reference(&service.image),
        "min": service.scale.min.value,
        "max": service.scale.max.value,
        "identity": service.identity.as_ref().map(|identity| &identity.value),
        "subscribes": subscribes.collect::<Vec<_>>(),
        "publishes": service.publishes.iter().map(|publication| publication.topic.as_str()).collect::<Vec<_>>(),
        "invokes": service.invokes.iter().map(|invocation| invocation.service.as_str()).collect::<Vec<_>>(),
        "secrets": secrets,
    })
}

/// Tag and digest only where the spec writes them: what `--image` says comes later.
fn reference(image: &Image) -> String {
    let tag = image.tag.iter().map(|tag| format!(":{tag}"));
    let digest = image.digest.iter().map(|digest| format!("@{digest}"));
    [image.repository.value.clone()].into_iter().chain(tag).chain(digest).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use crate::resolve::resolve_stack;
    use crate::spec::{Files, ReadError, parse_project};

    struct One;

    impl Files for One {
        fn read(&self, path: &str) -> Result<String, ReadError> {
            match path {
                "infra/stack.yaml" => Ok(STACK.to_owned()),
                "infra/environments/test.yaml" => Ok("environment: test\n".to_owned()),
                _ => Err(ReadError::Missing),
            }
        }
    }

    const STACK: &str = r#"
portolan: v1
stack: one
topics: { NAME: { deadLetter: false } }
secrets: { NAME: [KEY] }
components: { NAME: { type: pubsub.kafka, brokers: ["kafka.kafka.svc.cluster.local:9092"] } }
services: { NAME: { subscribes: { NAME: }, uses: [NAME] } }
external: { NAME: { app: other } }
"#;

    /// The page promises the fields, so it has to name each, and a template may count on each being there.
    #[test]
    fn the_guide_names_every_field() {
        let page = include_str!("../../../../docs/guide/templates.md");
        let (stack, _) = resolve_stack(&parse_project(&One, "test").unwrap());
        let mut fields = BTreeSet::new();
        collect(&super::view(&stack), &mut fields);
        assert!(fields.len() > 30, "{fields:?}");
        let unnamed: Vec<&String> = fields.iter().filter(|field| !page.contains(&format!("`{field}`"))).collect();
        assert_eq!(unnamed, Vec::<&String>::new(), "docs/guide/templates.md leaves them out");
    }

    fn collect(value: &Value, fields: &mut BTreeSet<String>) {
        match value {
            Value::Object(map) => {
                fields.extend(map.keys().filter(|key| *key != "NAME").cloned());
                map.values().for_each(|value| collect(value, fields));
            }
            Value::Array(items) => items.iter().for_each(|item| collect(item, fields)),
            _ => {}
        }
    }
}
