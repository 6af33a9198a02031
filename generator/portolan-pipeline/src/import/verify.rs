//! The new spec is rendered, and every value that was read is looked for in what is rendered.

use std::collections::BTreeMap;

use serde_json::Value;

use super::chart::chart_objects;
use super::configuration::services_of;
use super::deployment::pod_of;
use super::draft::Draft;
use super::leaves::{Leaf, Leaves, leaves_of_node, leaves_of_value};
use super::object::Object;
use super::report::{Added, Log};
use super::{Names, reasons, run_file, strimzi};
use crate::render::render_stack;
use crate::resolve::resolve_stack;
use crate::source::Span;
use crate::spec::{Files, ReadError, parse_project};

/// The kinds that are read, each with the group of its API.
const KINDS: [(&str, &str); 19] = [
    ("Component", "dapr.io"),
    ("Subscription", "dapr.io"),
    ("Resiliency", "dapr.io"),
    ("Configuration", "dapr.io"),
    ("HTTPEndpoint", "dapr.io"),
    ("ScaledObject", "keda.sh"),
    ("ScaledJob", "keda.sh"),
    ("TriggerAuthentication", "keda.sh"),
    ("KafkaTopic", "kafka.strimzi.io"),
    ("KafkaUser", "kafka.strimzi.io"),
    ("Deployment", "apps"),
    ("HorizontalPodAutoscaler", "autoscaling"),
    ("Service", ""),
    ("ServiceAccount", ""),
    ("Secret", ""),
    ("Namespace", ""),
    ("ExternalSecret", "external-secrets.io"),
    ("SealedSecret", "bitnami.com"),
    (run_file::KIND, ""),
];
/// What the API server writes, and what is portolan's or kubectl's own.
const OWN: [&str; 12] = [
    "apiVersion",
    "kind",
    "status",
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "metadata.resourceVersion",
    "metadata.generation",
    "metadata.creationTimestamp",
    "metadata.managedFields",
    "metadata.annotations.kubectl.kubernetes.io/last-applied-configuration",
    "metadata.annotations.portolan.dev/keys",
];
/// Labels that tools put on objects to find them again.
const LABELS: [&str; 6] =
    ["app", "app.kubernetes.io/", "portolan.dev/", "helm.sh/", "strimzi.io/cluster", "pod-security.kubernetes.io/"];

/// Whether an import reads objects of this kind.
pub(super) fn is_read(object: &Object) -> bool {
    KINDS.contains(&(object.kind.as_str(), object.group.as_str()))
}

struct Texts<'a>(&'a [(String, String)], String);

impl Files for Texts<'_> {
    fn read(&self, path: &str) -> Result<String, ReadError> {
        let found = self.0.iter().find(|(known, _)| known == path);
        found.map(|(_, text)| text.clone()).ok_or(ReadError::Missing)
    }

    fn environments(&self) -> Option<Vec<String>> {
        Some(vec![self.1.clone()])
    }
}

/// What is rendered of a spec, by kind and name.
type Rendered = BTreeMap<(String, String), Value>;

pub(super) fn verify(objects: &[Object], draft: &Draft, files: &[(String, String)], names: &Names, log: &mut Log) {
    let mut rendered = render(files, &names.environment);
    for object in objects {
        if object.kind == run_file::KIND {
            continue;
        }
        if !is_read(object) {
            let (reason, help) = reasons::unread(object);
            log.left_object(object, reason, help);
            continue;
        }
        let keys = counterparts(object, draft, names);
        let known: Vec<&(String, String)> = keys.iter().filter(|key| rendered.contains_key(*key)).collect();
        if known.is_empty() {
            reasons::missing(object, draft, log);
            continue;
        }
        log.carried.push(object.title());
        let made: Vec<(&str, &Value)> = known.iter().map(|key| (key.1.as_str(), &rendered[*key])).collect();
        compare(object, &made, log);
        for key in &keys {
            rendered.remove(key);
        }
    }
    // A Secret's values never come with it, so it is one that is there already.
    for ((kind, name), _) in rendered {
        log.added.push(Added { object: format!("{kind} {name}"), field: String::new(), value: String::new() });
    }
}

fn render(files: &[(String, String)], environment: &str) -> Rendered {
    let texts = Texts(files, environment.to_owned());
    let Ok(project) = parse_project(&texts, environment) else { return Rendered::new() };
    let (stack, _) = resolve_stack(&project);
    let mut objects = Vec::new();
    for file in render_stack(&stack).files() {
        let Ok(value) = serde_json::to_value(&file.document) else { continue };
        if file.path.starts_with("charts/values/") {
            objects.extend(chart_objects(&value));
        } else if !file.path.starts_with("infra/platform/") {
            objects.push(value);
        }
    }
    let key = |object: &Value| {
        let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        (text("/kind"), text("/metadata/name"))
    };
    objects.into_iter().map(|object| (key(&object), object)).collect()
}

/// What should be rendered in the place of an object.
fn counterparts(object: &Object, draft: &Draft, names: &Names) -> Vec<(String, String)> {
    let called = |names: Vec<String>| names.into_iter().map(|name| (object.kind.clone(), name)).collect();
    match object.kind.as_str() {
        "Subscription" => {
            let topic = object.node.scalar_at(&["spec", "topic"]).unwrap_or_default();
            let apps = object.node.words_at(&["scopes"]);
            let its = |app: &&String, id: &String| *app == id;
            let services = draft.services.iter().filter(|(_, service)| {
                service.subscribes.contains_key(topic)
                    && (apps.is_empty() || apps.iter().any(|app| its(&app, &service.app_id)))
            });
            called(services.map(|(name, _)| format!("{name}-{topic}")).collect())
        }
        "Configuration" => called(services_of(object, draft)),
        "ServiceAccount" => {
            let its = draft.services.iter().filter(|(_, service)| service.account == object.name);
            called(its.map(|(name, _)| name.clone()).collect())
        }
        "Resiliency" => called(vec![names.stack.clone()]),
        "KafkaTopic" => called(vec![strimzi::topic_name(object).to_owned()]),
        "ScaledObject" | "HorizontalPodAutoscaler" => {
            called(vec![object.node.scalar_at(&["spec", "scaleTargetRef", "name"]).unwrap_or_default().to_owned()])
        }
        _ => called(vec![object.name.clone()]),
    }
}

/// Of an object for several services there are several rendered ones, which together say what it says.
fn compare(object: &Object, made: &[(&str, &Value)], log: &mut Log) {
    let title = object.title();
    let was = renewed(object, made);
    let mut is = Leaves::new();
    for (_, value) in made {
        for (pointer, leaf) in leaves_of_value(value) {
            is.entry(pointer).or_insert(leaf);
        }
    }
    let names: Vec<&str> = made.iter().map(|(name, _)| *name).filter(|name| *name != object.name).collect();
    if !names.is_empty() && object.kind != "KafkaTopic" {
        let reason = format!("is rendered as `{}`", names.join("`, `"));
        let help = "delete the old one when the new one is there";
        log.left(object.place(object.node.at), &title, "metadata.name", &reason, help);
    }
    for (pointer, leaf) in &was {
        // Strimzi's API has versions that the spec can name.
        let version = pointer == "apiVersion" && object.group == "kafka.strimzi.io";
        if is_own(pointer) && !version || object.kind == "Secret" || same(&is, pointer, &leaf.text) {
            continue;
        }
        let place = object.place(leaf.at.unwrap_or(object.node.at));
        if log.secrets.iter().any(|secret| secret.place == place) {
            continue;
        }
        if let Some(now) = is.get(pointer) {
            log.left(place, &title, leaf.shown(), &format!("is rendered as `{}`", now.text), "");
        } else {
            let (field, at) = outermost(leaf, &is, &was);
            let (reason, help) = reasons::unrendered(&object.kind, &field);
            log.left(object.place(at.unwrap_or(object.node.at)), &title, &field, reason, help);
        }
    }
    for (_, leaf) in is.iter().filter(|(pointer, _)| !was.contains_key(*pointer) && !is_own(pointer)) {
        log.added.push(Added { object: title.clone(), field: leaf.shown().to_owned(), value: leaf.text.clone() });
    }
}

/// The outermost part around a value of which nothing is rendered, and where it stands.
fn outermost(leaf: &Leaf, is: &Leaves, was: &Leaves) -> (String, Option<Span>) {
    let rendered = |key: &str| {
        is.range(key.to_owned()..).next().is_some_and(|(found, _)| {
            found.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        })
    };
    let first = leaf.trail.iter().find(|(key, _)| !rendered(key));
    let field = first.map_or_else(|| leaf.shown().to_owned(), |(_, shown)| shown.clone());
    // The first value in it is where it begins, near enough.
    let begins = was.values().filter(|other| other.trail.iter().any(|(_, shown)| *shown == field));
    let at = begins.filter_map(|other| other.at).min().or(leaf.at);
    (field, at)
}

/// The values of an object under the places that they have in what is rendered.
fn renewed(object: &Object, made: &[(&str, &Value)]) -> Leaves {
    let first = pod_of(object).map(|pod| pod.list_at(&["spec", "containers"])).and_then(<[_]>::first);
    let container = first.and_then(|container| container.scalar_at(&["name"])).unwrap_or_default();
    let (theirs, ours) = (format!("containers[{container}]"), format!("containers[{}]", made[0].0));
    let renew = |text: &str| match object.kind.as_str() {
        "Subscription" if text == "spec.route" => "spec.routes.default".to_owned(),
        "Subscription" if text.contains("event.type") => {
            text.replace('\'', "\"").replace("==", " == ").replace("  ", " ").replace("  ", " ")
        }
        "Deployment" | "ScaledJob" => text.replacen(&theirs, &ours, 1),
        // Dapr finds a topic by the name that Kafka has for it.
        "KafkaTopic" if text == "spec.topicName" => "metadata.name".to_owned(),
        _ => text.to_owned(),
    };
    let leaves = leaves_of_node(&object.node).into_iter().map(|(pointer, mut leaf)| {
        for (key, _) in &mut leaf.trail {
            *key = renew(key);
        }
        if object.kind == "Subscription" {
            leaf.text = renew(&leaf.text);
        }
        (renew(&pointer), leaf)
    });
    leaves.collect()
}

fn is_own(pointer: &str) -> bool {
    let below =
        |own: &str| pointer == own || pointer.strip_prefix(own).is_some_and(|rest| rest.starts_with(['.', '[']));
    let pods = ["", "spec.template.", "spec.jobTargetRef.template."];
    let label = pods.iter().find_map(|pod| pointer.strip_prefix(pod)?.strip_prefix("metadata.labels."));
    OWN.iter().any(|own| below(own))
        || label.is_some_and(|label| {
            LABELS.iter().any(|known| label == *known || (known.ends_with('/') && label.starts_with(known)))
        })
}

/// Durations are the same in whatever unit.
fn same(is: &Leaves, pointer: &str, text: &str) -> bool {
    use crate::spec::{Duration, FromText};
    is.get(pointer).is_some_and(|now| {
        now.text == text || Duration::from_text(text).is_some_and(|was| Duration::from_text(&now.text) == Some(was))
    })
}
