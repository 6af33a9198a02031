//! The draft as YAML: by the serializer that manifests are written with, small maps and lists on one line.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::{Value, json};
use serde_yaml::{FlowMap, FlowSeq};

use super::Names;
use super::draft::{Component, Draft, Fields, Service};
use crate::spec::{STACK_PATH, environment_path};

/// A map or list that is no longer than this stands on one line.
const SHORT: usize = 90;

/// Path and text of the environment and of the stack, which comes last: it makes a folder a project.
pub(super) fn write_spec(draft: &Draft, names: &Names) -> Vec<(String, String)> {
    vec![
        (environment_path(&names.environment), environment(draft, names)),
        (STACK_PATH.to_owned(), stack(draft, names)),
    ]
}

fn stack(draft: &Draft, names: &Names) -> String {
    let components = map(&draft.components, |component: &Component| component.fields.clone());
    let services = map(&draft.services, service);
    let topics = map(&draft.topics, Clone::clone);
    let external = map(&draft.external, Clone::clone);
    let secrets: Fields = draft.secrets.iter().map(|(name, keys)| (name.clone(), json!(keys))).collect();
    let mut text = "# What there is, the same in every environment.\n".to_owned();
    section(&mut text, "", "portolan", &json!("v1"));
    section(&mut text, "", "stack", &json!(names.stack));
    section(&mut text, "Nothing behind a name takes every default.", "topics", &Value::Object(topics));
    section(&mut text, "Names and keys, never a value.", "secrets", &Value::Object(secrets));
    section(&mut text, "", "components", &Value::Object(components));
    section(&mut text, "", "services", &Value::Object(services));
    section(&mut text, "Invoked, and not deployed from here.", "external", &Value::Object(external));
    section(&mut text, "", "resiliency", &Value::Object(draft.resiliency.clone()));
    text
}

fn environment(draft: &Draft, names: &Names) -> String {
    let places = draft.components.iter().filter(|(_, component)| !component.place.is_empty());
    let places: Fields =
        places.map(|(name, component)| (name.clone(), Value::Object(component.place.clone()))).collect();
    let mut cluster = Fields::new();
    cluster.insert("namespace".to_owned(), json!(draft.namespace));
    cluster.extend(draft.cluster.clone());
    let mut source = Fields::new();
    source.extend(draft.secret_source.get("from").map(|from| ("from".to_owned(), from.clone())));
    source.extend(
        draft.secret_source.iter().filter(|(key, _)| *key != "from").map(|(key, value)| (key.clone(), value.clone())),
    );
    let mut text = "# Where it runs. What stands here wins over stack.yaml.\n".to_owned();
    section(&mut text, "", "environment", &json!(names.environment));
    section(&mut text, "", "cluster", &Value::Object(cluster));
    section(&mut text, "The broker is the environment's.", "components", &Value::Object(places));
    section(&mut text, "Who brings the values of secrets.", "secretSource", &Value::Object(source));
    section(&mut text, "", "tracing", &Value::Object(draft.tracing.clone()));
    text
}

fn map<T>(all: &std::collections::BTreeMap<String, T>, fields: impl Fn(&T) -> Fields) -> Fields {
    let entry = |(name, one): (&String, &T)| {
        let fields = fields(one);
        (name.clone(), if fields.is_empty() { Value::Null } else { Value::Object(fields) })
    };
    all.iter().map(entry).collect()
}

fn service(service: &Service) -> Fields {
    let mut fields = service.fields.clone();
    let subscribes = map(&service.subscribes, Clone::clone);
    let env: Fields = service.env.clone().into_iter().collect();
    let names = service.invokes.iter().map(|name| json!(name));
    let methods = service.methods.iter().filter(|(name, _)| !service.invokes.contains(name));
    let invokes = names.chain(methods.map(|(_, method)| method.clone()));
    let more = [
        ("subscribes", Value::Object(subscribes)),
        ("invokes", Value::Array(invokes.collect())),
        ("uses", json!(service.uses)),
        ("env", Value::Object(env)),
        ("sidecar", Value::Object(service.sidecar.clone())),
        ("scale", Value::Object(service.scale.clone())),
    ];
    let said = more.into_iter().filter(|(_, value)| *value != json!([]) && *value != json!({}));
    fields.extend(said.map(|(name, value)| (name.to_owned(), value)));
    fields
}

/// One key at the top, with a comment over it; nothing where there is nothing to say.
fn section(text: &mut String, comment: &str, name: &str, value: &Value) {
    if *value == json!({}) {
        return;
    }
    if !value.is_string() {
        text.push('\n');
    }
    if !comment.is_empty() {
        text.push_str("# ");
        text.push_str(comment);
        text.push('\n');
    }
    let whole = json!({ name: value });
    #[expect(clippy::expect_used, reason = "writing text, numbers, lists and maps into a string has no way to fail")]
    serde_yaml::to_fmt_writer(&mut *text, &Styled(&whole, true)).expect("a value is always YAML");
}

/// A value, and whether it may not stand on one line: a section's names stand below each other.
struct Styled<'a>(&'a Value, bool);

impl Serialize for Styled<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let short = !self.1 && self.0.to_string().len() <= SHORT;
        match self.0 {
            Value::Object(_) if short => FlowMap(Plain(self.0)).serialize(serializer),
            Value::Array(_) if short => FlowSeq(Plain(self.0)).serialize(serializer),
            Value::Object(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (name, value) in entries {
                    map.serialize_entry(name, &Styled(value, self.1 && entries.len() == 1 && value.is_object()))?;
                }
                map.end()
            }
            Value::Array(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                items.iter().try_for_each(|item| list.serialize_element(&Styled(item, false)))?;
                list.end()
            }
            other => Plain(other).serialize(serializer),
        }
    }
}

/// A value as it is; nothing is written as nothing.
struct Plain<'a>(&'a Value);

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Null => serializer.serialize_unit(),
            Value::Object(entries) => serializer.collect_map(entries.iter().map(|(name, value)| (name, Plain(value)))),
            Value::Array(items) => serializer.collect_seq(items.iter().map(Plain)),
            other => other.serialize(serializer),
        }
    }
}
