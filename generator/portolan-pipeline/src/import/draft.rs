//! The spec under construction.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::sizes::{finish_bodies, finish_sizes};

/// Fields in the order that they are written.
pub(super) type Fields = Map<String, Value>;

/// A stack and one environment.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) namespace: String,
    pub(super) topics: BTreeMap<String, Fields>,
    pub(super) secrets: BTreeMap<String, Vec<String>>,
    /// The `TriggerAuthentication`s that some trigger was read with.
    pub(super) authentications: BTreeSet<String>,
    pub(super) components: BTreeMap<String, Component>,
    pub(super) services: BTreeMap<String, Service>,
    pub(super) external: BTreeMap<String, Fields>,
    pub(super) cluster: Fields,
    pub(super) secret_source: Fields,
    pub(super) tracing: Fields,
    pub(super) resiliency: Fields,
    /// Components that repeat another one for a service which sees every event: the original, and the service.
    pub(super) copies: BTreeMap<String, (String, String)>,
    /// Of each topic where its dead letters go, as its subscriptions say.
    pub(super) dead_letters: BTreeMap<String, Option<String>>,
}

/// A component.
#[derive(Debug, Default)]
pub(super) struct Component {
    /// What is the same everywhere.
    pub(super) fields: Fields,
    /// What belongs to the environment: the broker.
    pub(super) place: Fields,
    /// The topics that go through it.
    pub(super) carries: BTreeSet<String>,
    /// The apps that it is for; all where there is no list.
    pub(super) scopes: Option<Vec<String>>,
    /// The largest message, in bytes.
    pub(super) largest: Option<u64>,
    pub(super) is_bus: bool,
}

/// A service.
#[derive(Debug, Default)]
pub(super) struct Service {
    pub(super) fields: Fields,
    pub(super) app_id: String,
    /// The name of its Configuration.
    pub(super) configuration: Option<String>,
    pub(super) subscribes: BTreeMap<String, Fields>,
    /// Whatever method.
    pub(super) invokes: BTreeSet<String>,
    /// Single methods, each with the service that has it.
    pub(super) methods: Vec<(String, Value)>,
    pub(super) uses: BTreeSet<String>,
    pub(super) env: BTreeMap<String, Value>,
    pub(super) scale: Fields,
    pub(super) sidecar: Fields,
    /// What its sidecar lets through, in bytes.
    pub(super) largest_body: Option<u32>,
    /// The name of its service account.
    pub(super) account: String,
    /// Whether a Deployment or a run file says what it runs.
    pub(super) is_known: bool,
}

impl Draft {
    pub(super) fn new(namespace: String) -> Self {
        Self { namespace, ..Self::default() }
    }

    /// A reference to a key of a secret, which is declared with it.
    pub(super) fn reference(&mut self, secret: &str, key: &str) -> Value {
        self.declare(secret, [key.to_owned()]);
        json!({ "secret": format!("{secret}/{key}") })
    }

    /// Declares keys of a secret, in the order in which they are met.
    pub(super) fn declare(&mut self, secret: &str, keys: impl IntoIterator<Item = String>) {
        let known = self.secrets.entry(secret.to_owned()).or_default();
        for key in keys {
            if !known.contains(&key) {
                known.push(key);
            }
        }
    }

    /// The service with an app-id; one that no Deployment knows is called after it.
    pub(super) fn service_of(&mut self, app_id: &str) -> &mut Service {
        let known = self.services.iter().find(|(_, service)| service.app_id == app_id).map(|(name, _)| name.clone());
        let name = known.unwrap_or_else(|| app_id.to_owned());
        let service = self.services.entry(name).or_default();
        if service.app_id.is_empty() {
            app_id.clone_into(&mut service.app_id);
        }
        service
    }

    /// The name of the service with an app-id.
    pub(super) fn name_of(&mut self, app_id: &str) -> String {
        self.service_of(app_id);
        let known = self.services.iter().find(|(_, service)| service.app_id == app_id).map(|(name, _)| name.clone());
        known.unwrap_or_else(|| app_id.to_owned())
    }

    /// The pub/sub component behind a name: of a copy for broadcast the original.
    pub(super) fn original<'a>(&'a self, component: &'a str) -> &'a str {
        self.copies.get(component).map_or(component, |(original, _)| original)
    }

    /// Draws together what several objects say.
    pub(super) fn finish(&mut self) {
        self.finish_publications();
        self.finish_topics();
        finish_sizes(self);
        finish_bodies(self);
        self.finish_scopes();
        let buses = self.components.values().filter(|component| component.is_bus).count();
        for component in self.components.values_mut().filter(|_| buses > 1) {
            if !component.carries.is_empty() {
                let carries: Vec<&String> = component.carries.iter().collect();
                component.fields.insert("carries".to_owned(), json!(carries));
            }
        }
    }

    /// Of a service with portolan's own runtime a variable says what it publishes, and through which component; the dead letters
    /// of what it subscribes to are among them, and all that goes to a queue is one.
    fn finish_publications(&mut self) {
        for service in self.services.values_mut() {
            let Some(Value::String(list)) = service.env.get("PORTOLAN_PUBLISH") else { continue };
            let own_letters = |topic: &str| {
                self.dead_letters
                    .iter()
                    .any(|(from, target)| target.as_deref() == Some(topic) && service.subscribes.contains_key(from))
            };
            let pairs = list.split(',').filter_map(|pair| pair.split_once('='));
            let published = |(topic, place): &(&str, &str)| !own_letters(topic) && !place.starts_with("sqs:");
            let pairs: Vec<(&str, &str)> = pairs.filter(published).collect();
            for (topic, component) in &pairs {
                if let Some(component) = self.components.get_mut(*component) {
                    component.carries.insert((*topic).to_owned());
                    self.topics.entry((*topic).to_owned()).or_default();
                }
            }
            let topics: Vec<&str> = pairs.iter().map(|(topic, _)| *topic).collect();
            if !topics.is_empty() {
                service.fields.insert("publishes".to_owned(), json!(topics));
            }
        }
    }

    fn finish_topics(&mut self) {
        for (topic, target) in self.dead_letters.clone() {
            let own = format!("{topic}.dlq");
            let said = match target {
                None => Some(json!(false)),
                Some(target) if target == own => None,
                Some(target) => {
                    let other = self.topics.entry(target.clone()).or_default();
                    if !self.dead_letters.contains_key(&target) {
                        other.insert("deadLetter".to_owned(), json!(false));
                    }
                    Some(json!(target))
                }
            };
            let fields = self.topics.entry(topic).or_default();
            if let Some(said) = said {
                fields.insert("deadLetter".to_owned(), said);
            }
        }
    }

    /// A scope that is no subscriber uses the component in another way; a component without scopes is everybody's.
    fn finish_scopes(&mut self) {
        let scopes: Vec<(String, Option<Vec<String>>)> =
            self.components.iter().map(|(name, component)| (name.clone(), component.scopes.clone())).collect();
        for (name, scopes) in scopes {
            let Some(scopes) = scopes else {
                if let Some(component) = self.components.get_mut(&name) {
                    component.fields.insert("scopes".to_owned(), json!([]));
                }
                continue;
            };
            let carries = self.components.get(&name).map(|component| component.carries.clone()).unwrap_or_default();
            for app in scopes {
                let service = self.service_of(&app);
                let publishes = service.fields.get("publishes").and_then(Value::as_array);
                let shared = |topic: &String| {
                    publishes.is_some_and(|list| list.contains(&json!(topic)))
                        || service.subscribes.get(topic).is_some_and(|fields| !fields.contains_key("delivery"))
                };
                let handles = service.fields.get("middleware").is_some_and(|lists| {
                    let lists = lists.as_object().into_iter().flat_map(Map::values);
                    lists.filter_map(Value::as_array).any(|list| list.contains(&json!(name)))
                });
                if !handles && !carries.iter().any(shared) {
                    service.uses.insert(name.clone());
                }
            }
        }
    }
}

/// Those fields that have a value, in this order.
pub(super) fn fields<const N: usize>(all: [(&str, Option<Value>); N]) -> Fields {
    all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

/// Fields as a value, where there are any.
pub(super) fn whole(fields: Fields) -> Option<Value> {
    (!fields.is_empty()).then_some(Value::Object(fields))
}

/// The metadata of a component.
pub(super) fn metadata(fields: &mut Fields) -> &mut Fields {
    let entry = fields.entry("metadata").or_insert_with(|| json!({}));
    if !entry.is_object() {
        *entry = json!({});
    }
    #[expect(clippy::expect_used, reason = "it has just been made an object")]
    entry.as_object_mut().expect("an object")
}

/// A value as it is written best: numbers and booleans that keep their spelling need no quotes.
pub(super) fn setting(text: &str) -> Value {
    match text.parse::<i64>() {
        Ok(number) if number.to_string() == text => json!(number),
        _ if text == "true" || text == "false" => json!(text == "true"),
        _ => json!(text),
    }
}
