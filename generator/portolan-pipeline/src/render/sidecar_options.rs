//! What a Configuration says of how a sidecar runs.

use super::tree::{Map, Tree, Value};
use crate::model::{Fact, Metrics, Sidecar, Workflow, api_parts};

/// Metrics, features, APIs, refused components and logging, each where the spec says something of it.
pub(super) fn render_options(spec: Map, sidecar: &Sidecar) -> Map {
    let features = sidecar
        .features
        .iter()
        .map(|(name, on)| Map::new().with("name", name.as_str()).with("enabled", Tree::flag(on)).into());
    let api = Map::new()
        .list("allowed", render_apis(&sidecar.allowed_apis))
        .list("denied", render_apis(&sidecar.denied_apis));
    let denied = sidecar.deny_components.iter().map(Tree::text).collect();
    spec.maybe("metrics", render_metrics(&sidecar.metrics))
        .list("features", features.collect())
        .map("api", api)
        .map("components", Map::new().list("deny", denied))
        .maybe("logging", render_logging(sidecar))
}

/// A rule without a protocol is for none of the two.
fn render_apis(apis: &[Fact<String>]) -> Vec<Tree> {
    let rule = |api: &Fact<String>, protocol: &'static str| {
        let (name, version) = api_parts(&api.value);
        let rule = Map::new().with("name", name).with("version", version).with("protocol", protocol);
        Tree::from(rule).at_place(api.at)
    };
    apis.iter().flat_map(|api| [rule(api, "http"), rule(api, "grpc")]).collect()
}

fn render_metrics(metrics: &Metrics) -> Option<Map> {
    let http = Map::new()
        .maybe("increasedCardinality", metrics.increased_cardinality.as_ref().map(Tree::flag))
        .list("pathMatching", metrics.paths.iter().map(Tree::text).collect())
        .maybe("excludeVerbs", metrics.exclude_verbs.as_ref().map(Tree::flag));
    let rules = metrics.rules.iter().map(|(metric, labels)| {
        let labels: Vec<Tree> = labels
            .iter()
            .map(|(label, values)| {
                let regex: Map = values.iter().map(|(name, text)| (name.clone(), Tree::text(text))).collect();
                Map::new().with("name", Tree::text(label)).with("regex", regex).into()
            })
            .collect();
        Map::new().with("name", Tree::text(metric)).with("labels", labels).into()
    });
    let written = Map::new()
        .map("http", http)
        .list("rules", rules.collect())
        .list("latencyDistributionBuckets", metrics.buckets.iter().map(Tree::number).collect());
    let written = written.into_tree();
    if written.is_none() && metrics.enabled.is_none() {
        return None;
    }
    let enabled = metrics.enabled.as_ref().map_or_else(|| Tree::from(true), Tree::flag);
    let rest = match written.map(|tree| tree.value) {
        Some(Value::Map(entries)) => entries,
        _ => Vec::new(),
    };
    Some(std::iter::once(("enabled".into(), enabled)).chain(rest).collect())
}

fn render_logging(sidecar: &Sidecar) -> Option<Map> {
    let [enabled, obfuscate, omit] = &sidecar.api_logging;
    let logging = Map::new()
        .maybe("enabled", enabled.as_ref().map(Tree::flag))
        .maybe("obfuscateURLs", obfuscate.as_ref().map(Tree::flag))
        .maybe("omitHealthChecks", omit.as_ref().map(Tree::flag))
        .into_tree()?;
    Some(Map::new().with("apiLogging", logging))
}

/// Bounds of workflows; a finished one is kept for ever unless the spec says how long.
pub(super) fn render_workflow(workflow: &Workflow) -> Option<Tree> {
    let retention = workflow.retention.as_ref().map(|time| Map::new().with("anyTerminal", Tree::text(time)));
    Map::new()
        .maybe("maxConcurrentWorkflowInvocations", workflow.max_workflows.as_ref().map(Tree::number))
        .maybe("maxConcurrentActivityInvocations", workflow.max_activities.as_ref().map(Tree::number))
        .maybe("stateRetentionPolicy", retention)
        .into_tree()
}
