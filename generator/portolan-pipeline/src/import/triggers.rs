//! What KEDA counts: the lag of topics that the service is subscribed to, time, use, or anything else.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::component::reference;
use super::draft::{Draft, Fields, Service, fields, setting, whole};
use super::object::Object;
use super::plain::is_trigger_secret;
use super::report::{Log, PlainSecret};
use crate::spec::node::Node;

/// What a trigger that is carried over takes from secrets, by parameter.
type Authentication = BTreeMap<String, Value>;

pub(super) fn import_triggers(object: &Object, service: &str, objects: &[Object], draft: &mut Draft, log: &mut Log) {
    let triggers = object.node.list_at(&["spec", "triggers"]);
    let lags: Vec<&Node> = triggers.iter().filter(|trigger| trigger.scalar_at(&["type"]) == Some("kafka")).collect();
    let follows = import_lags(&lags, service, draft);
    for trigger in triggers {
        let kind = trigger.scalar_at(&["type"]).unwrap_or_default();
        let resource = ["cpu", "memory"].contains(&kind) && is_use(trigger, service);
        let Some(known) = draft.services.get_mut(service) else { return };
        match kind {
            "kafka" if follows => {}
            _ if resource => {
                let value = trigger.scalar_at(&["metadata", "value"]).unwrap_or_default();
                known.scale.insert(kind.to_owned(), json!(format!("{value}%")));
            }
            "cron" if is_schedule(trigger) => {
                let schedule = schedule(trigger);
                push(known, "schedules", schedule);
            }
            _ => {
                let scaler = scaler(object, trigger, objects, draft, log);
                if let Some(known) = draft.services.get_mut(service) {
                    push(known, "scalers", scaler);
                }
            }
        }
    }
}

fn push(service: &mut Service, list: &str, value: Fields) {
    let entry = service.scale.entry(list).or_insert_with(|| json!([]));
    if let Some(list) = entry.as_array_mut() {
        list.push(Value::Object(value));
    }
}

/// On the app's own container, as the spec's `cpu` and `memory` are rendered.
fn is_use(trigger: &Node, service: &str) -> bool {
    let value = trigger.scalar_at(&["metadata", "value"]).and_then(|value| value.parse::<u8>().ok());
    let kind = trigger.scalar_at(&["metricType"]).or(trigger.scalar_at(&["metadata", "type"]));
    value.is_some_and(|value| (1..=100).contains(&value))
        && kind == Some("Utilization")
        && trigger.scalar_at(&["metadata", "containerName"]) == Some(service)
}

fn is_schedule(trigger: &Node) -> bool {
    let replicas = trigger.scalar_at(&["metadata", "desiredReplicas"]).is_some_and(|text| text.parse::<u32>().is_ok());
    replicas && trigger.scalar_at(&["name"]).is_none()
}

fn schedule(trigger: &Node) -> Fields {
    let mut fields = Fields::new();
    for name in ["start", "end", "timezone"] {
        let text = trigger.scalar_at(&["metadata", name]).filter(|text| (name, *text) != ("timezone", "UTC"));
        fields.extend(text.map(|text| (name.to_owned(), json!(text))));
    }
    let replicas = trigger.scalar_at(&["metadata", "desiredReplicas"]).unwrap_or_default();
    fields.insert("replicas".to_owned(), setting(replicas));
    fields
}

/// Whether the triggers on Kafka are exactly those that follow from `lag`; then they become that.
fn import_lags(lags: &[&Node], service: &str, draft: &mut Draft) -> bool {
    let wanted: BTreeMap<&str, &Node> =
        lags.iter().filter_map(|trigger| Some((trigger.scalar_at(&["metadata", "topic"])?, *trigger))).collect();
    let Some(bus) = bus_of(&wanted, service, draft) else { return false };
    let Some(known) = draft.services.get_mut(service) else { return false };
    let authenticated = wanted.values().any(|trigger| trigger.entry("authenticationRef").is_some());
    if lags.is_empty() || wanted.len() != lags.len() || (authenticated && !bus.0.authenticates) {
        return false;
    }
    let shared: BTreeSet<&str> = known
        .subscribes
        .iter()
        .filter(|(_, one)| !one.contains_key("delivery"))
        .map(|(topic, _)| topic.as_str())
        .collect();
    let sidecar = !known.fields.contains_key("run");
    if sidecar && shared != wanted.keys().copied().collect() {
        return false;
    }
    let (bus, carried) = bus;
    let group = bus.group.clone().filter(|_| sidecar).unwrap_or_else(|| known.app_id.clone());
    let threshold = |trigger: &Node| trigger.scalar_at(&["metadata", "lagThreshold"]).unwrap_or("10").to_owned();
    let lag = wanted.values().next().map_or_else(|| "10".to_owned(), |trigger| threshold(trigger));
    let mut overrides = Fields::new();
    for (topic, trigger) in &wanted {
        let its_group = trigger.scalar_at(&["metadata", "consumerGroup"]).unwrap_or_default();
        let subscription = known.subscribes.entry((*topic).to_owned()).or_default();
        if its_group != group && !sidecar {
            subscription.insert("group".to_owned(), json!(its_group));
        }
        let mut other = bus.overrides(trigger);
        if its_group != group && sidecar {
            other.insert("consumerGroup".to_owned(), json!(its_group));
        }
        if threshold(trigger) != lag {
            other.insert("lagThreshold".to_owned(), setting(&threshold(trigger)));
        }
        if !other.is_empty() {
            overrides.insert((*topic).to_owned(), Value::Object(other));
        }
    }
    known.scale.insert("lag".to_owned(), setting(&lag));
    if !overrides.is_empty() {
        known.scale.insert("triggers".to_owned(), Value::Object(overrides));
    }
    for topic in wanted.keys() {
        draft.topics.entry((*topic).to_owned()).or_default();
        if let Some(component) = draft.components.get_mut(&carried) {
            component.carries.insert((*topic).to_owned());
        }
    }
    true
}

/// Where the brokers' addresses stand.
#[derive(PartialEq)]
enum Servers {
    Listed(String),
    Secret,
}

/// What a trigger follows from, as far as its component says it.
struct Bus {
    brokers: Servers,
    newest: bool,
    tls: bool,
    sasl: &'static str,
    group: Option<String>,
    authenticates: bool,
}

/// The Kafka component of the topics: the one that the service is subscribed through, else the only one with these brokers.
fn bus_of(wanted: &BTreeMap<&str, &Node>, service: &str, draft: &Draft) -> Option<(Bus, String)> {
    let kafka = draft.components.iter().filter(|(_, one)| one.fields.get("type") == Some(&json!("pubsub.kafka")));
    let subscribed =
        draft.services.get(service).is_some_and(|one| wanted.keys().all(|topic| one.subscribes.contains_key(*topic)));
    let of_topics =
        kafka.clone().find(|(_, one)| subscribed && wanted.keys().all(|topic| one.carries.contains(*topic)));
    let mut same = kafka.filter(|(_, one)| {
        let bus = bus(one);
        wanted.values().all(|trigger| match trigger.scalar_at(&["metadata", "bootstrapServers"]) {
            Some(servers) => bus.brokers == Servers::Listed(servers.to_owned()),
            None => bus.brokers == Servers::Secret,
        })
    });
    let (name, component) = match of_topics {
        Some(found) => found,
        None => Some((same.next()?, same.next())).filter(|(_, other)| other.is_none())?.0,
    };
    component.place.contains_key("brokers").then(|| (bus(component), name.clone()))
}

fn bus(component: &super::draft::Component) -> Bus {
    let brokers = component.place.get("brokers");
    let list = brokers
        .and_then(Value::as_array)
        .map(|list| list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","));
    let auth = component.place.get("auth");
    let mechanism = auth.and_then(|auth| auth.get("sasl")).and_then(Value::as_str);
    let written = |key: &str| component.fields.get("metadata").and_then(|all| all.get(key)).and_then(Value::as_str);
    let tls = component.place.get("tls").map_or(auth.is_some(), |tls| *tls != json!(false));
    Bus {
        brokers: list.map_or(Servers::Secret, Servers::Listed),
        newest: written("initialOffset") == Some("newest"),
        authenticates: auth.is_some() || component.place.get("tls").is_some_and(Value::is_object),
        tls,
        sasl: match mechanism {
            Some("plain") => "plaintext",
            Some("scram-sha-256") => "scram_sha256",
            Some("scram-sha-512") => "scram_sha512",
            _ => "none",
        },
        group: written("consumerGroup").or_else(|| written("consumerID")).map(str::to_owned),
    }
}

impl Bus {
    /// What the trigger says otherwise than it follows; what it leaves out has KEDA's default, which is said then.
    fn overrides(&self, trigger: &Node) -> Fields {
        let mut other = Fields::new();
        let derived = [
            ("offsetResetPolicy", if self.newest { "latest" } else { "earliest" }, "latest"),
            ("tls", if self.tls { "enable" } else { "disable" }, "disable"),
            ("sasl", self.sasl, "none"),
        ];
        for (key, follows, usual) in derived {
            let written = trigger.scalar_at(&["metadata", key]).unwrap_or(usual);
            if written != follows {
                other.insert(key.to_owned(), json!(written));
            }
        }
        let known = ["topic", "consumerGroup", "lagThreshold", "offsetResetPolicy", "tls", "sasl"];
        for (key, value) in trigger.map_at(&["metadata"]).iter().filter(|(key, _)| !known.contains(&key.text.as_str()))
        {
            let text = value.text().unwrap_or_default();
            let follows = match key.text.as_str() {
                "bootstrapServers" => self.brokers == Servers::Listed(text.to_owned()),
                "bootstrapServersFromEnv" => self.brokers == Servers::Secret && text == "KAFKA_BROKERS",
                _ => false,
            };
            if !follows {
                other.insert(key.text.clone(), setting(text));
            }
        }
        other
    }
}

/// A trigger in KEDA's own words; a secret in plain becomes a reference.
fn scaler(object: &Object, trigger: &Node, objects: &[Object], draft: &mut Draft, log: &mut Log) -> Fields {
    let kind = trigger.scalar_at(&["type"]).unwrap_or_default();
    let (mut authentication, identity) = authentication(trigger, objects, draft);
    let mut metadata = Fields::new();
    for (key, value) in trigger.map_at(&["metadata"]) {
        let Some(text) = value.text() else { continue };
        if is_trigger_secret(kind, &key.text, text) {
            log.secrets.push(PlainSecret {
                place: object.place(value.at),
                object: object.title(),
                field: format!("{kind}.{}", key.text),
                reference: format!("{}/{}", object.name, key.text),
            });
            authentication.insert(key.text.clone(), draft.reference(&object.name, &key.text));
        } else {
            metadata.insert(key.text.clone(), setting(text));
        }
    }
    let name = trigger.scalar_at(&["name"]).filter(|name| *name != kind).map(|name| json!(name));
    let fields = [
        ("type", Some(json!(kind))),
        ("name", name),
        ("metadata", Some(Value::Object(metadata)).filter(|all| all != &json!({}))),
        ("authentication", Some(json!(authentication)).filter(|all| all != &json!({}))),
        ("podIdentity", identity),
        ("metricType", trigger.scalar_at(&["metricType"]).map(|kind| json!(kind))),
    ];
    fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

fn authentication(trigger: &Node, objects: &[Object], draft: &mut Draft) -> (Authentication, Option<Value>) {
    let name = trigger.scalar_at(&["authenticationRef", "name"]).unwrap_or_default();
    let kind = trigger.scalar_at(&["authenticationRef", "kind"]).unwrap_or("TriggerAuthentication");
    let (mut found, mut identity) = (Authentication::new(), None);
    for object in objects.iter().filter(|object| object.kind == kind && object.name == name && !name.is_empty()) {
        draft.authentications.insert(object.name.clone());
        identity = object.node.at_path(&["spec", "podIdentity"]).and_then(pod_identity);
        for item in object.node.list_at(&["spec", "secretTargetRef"]) {
            if let (Some(parameter), Some((secret, key))) = (item.scalar_at(&["parameter"]), reference(Some(item))) {
                found.insert(parameter.to_owned(), draft.reference(&secret, &key));
            }
        }
    }
    (found, identity)
}

/// How KEDA proves who it is, where the spec knows whose identities these are.
pub(super) fn pod_identity(written: &Node) -> Option<Value> {
    let text = |name: &'static str| (name, written.text_at(&[name]));
    let provider = written.word_at(&["provider"], &["azure-workload", "aws", "gcp"])?;
    whole(fields([
        ("provider", Some(provider)),
        text("identityId"),
        text("identityTenantId"),
        text("identityAuthorityHost"),
        text("roleArn"),
        text("externalID"),
        ("identityOwner", written.word_at(&["identityOwner"], &["keda", "workload"])),
    ]))
}
