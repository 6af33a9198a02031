//! What a Configuration says of how a sidecar runs, beside tracing, secrets and access.

use serde_json::{Value, json};

use super::draft::{Draft, Fields, fields, whole};
use crate::spec::node::Node;

/// Metrics, features, APIs, refused components and logging.
pub(super) fn options(spec: &Node) -> Fields {
    let api = fields([
        ("allowed", apis(spec.list_at(&["api", "allowed"]))),
        ("denied", apis(spec.list_at(&["api", "denied"]))),
    ]);
    let features = spec.list_at(&["features"]).iter();
    let features =
        features.filter_map(|one| Some((one.scalar_at(&["name"])?.to_owned(), one.flag_at(&["enabled"])?))).collect();
    let logging = |name: &str| spec.flag_at(&["logging", "apiLogging", name]);
    let logging = fields([
        ("enabled", logging("enabled")),
        ("obfuscateUrls", logging("obfuscateURLs")),
        ("omitHealthChecks", logging("omitHealthChecks")),
    ]);
    fields([
        ("metrics", spec.entry("metrics").and_then(metrics)),
        ("apiLogging", whole(logging)),
        ("features", whole(features)),
        ("api", whole(api)),
        ("denyComponents", list(&spec.words_at(&["components", "deny"]))),
    ])
}

fn list(words: &[String]) -> Option<Value> {
    (!words.is_empty()).then(|| json!(words))
}

fn metrics(written: &Node) -> Option<Value> {
    let buckets = written.list_at(&["latencyDistributionBuckets"]).iter();
    let buckets: Vec<Value> = buckets.filter_map(|bucket| bucket.number_at(&[])).collect();
    let mut said = fields([
        ("increasedCardinality", written.flag_at(&["http", "increasedCardinality"])),
        ("paths", list(&written.words_at(&["http", "pathMatching"]))),
        ("excludeVerbs", written.flag_at(&["http", "excludeVerbs"])),
        ("buckets", Some(buckets).filter(|buckets| !buckets.is_empty()).map(Value::Array)),
        ("rules", whole(written.list_at(&["rules"]).iter().filter_map(rule).collect())),
    ]);
    // With anything else they are on.
    let enabled = written.flag_at(&["enabled"]).filter(|on| said.is_empty() || *on == json!(false));
    said.extend(enabled.map(|enabled| ("enabled".to_owned(), enabled)));
    whole(said)
}

/// A metric with its labels, each with a regular expression for every new value.
fn rule(rule: &Node) -> Option<(String, Value)> {
    let label = |label: &Node| {
        let values = label.map_at(&["regex"]).iter();
        let values: Fields = values.filter_map(|(name, text)| Some((name.text.clone(), text.text_at(&[])?))).collect();
        Some((label.scalar_at(&["name"])?.to_owned(), Value::Object(values)))
    };
    let labels: Fields = rule.list_at(&["labels"]).iter().filter_map(label).collect();
    Some((rule.scalar_at(&["name"])?.to_owned(), Value::Object(labels)))
}

/// APIs that are named for both protocols; the spec has no word for one of them alone.
fn apis(rules: &[Node]) -> Option<Value> {
    let of = |rule: &Node, protocol: &str| {
        let name = rule.scalar_at(&["name"]).filter(|_| rule.scalar_at(&["protocol"]) == Some(protocol))?;
        let version = rule.scalar_at(&["version"]).unwrap_or("v1");
        Some(if version == "v1" { name.to_owned() } else { format!("{name}/{version}") })
    };
    let grpc: Vec<String> = rules.iter().filter_map(|rule| of(rule, "grpc")).collect();
    let both: Vec<String> = rules.iter().filter_map(|rule| of(rule, "http")).filter(|api| grpc.contains(api)).collect();
    list(&both)
}

/// The bounds of workflows.
pub(super) fn workflow(spec: &Node) -> Option<Value> {
    whole(fields([
        ("maxWorkflows", spec.number_at(&["workflow", "maxConcurrentWorkflowInvocations"])),
        ("maxActivities", spec.number_at(&["workflow", "maxConcurrentActivityInvocations"])),
        ("retention", spec.duration_at(&["workflow", "stateRetentionPolicy", "anyTerminal"])),
    ]))
}

/// The middleware of both pipelines, as far as its components are here.
pub(super) fn middleware(spec: &Node, draft: &Draft) -> Option<Value> {
    let handlers = |pipeline: &str| {
        let handlers = spec.list_at(&[pipeline, "handlers"]).iter().filter_map(|one| one.scalar_at(&["name"]));
        let known: Vec<String> =
            handlers.filter(|name| draft.components.contains_key(*name)).map(str::to_owned).collect();
        list(&known)
    };
    whole(fields([("http", handlers("httpPipeline")), ("app", handlers("appHttpPipeline"))]))
}
