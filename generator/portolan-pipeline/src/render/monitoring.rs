//! What the Prometheus Operator and Grafana read: one PodMonitor, one PrometheusRule and one dashboard for a stack.

mod dashboard;
mod metrics;
mod pod_monitor;
mod rules;

use super::file::RenderedFile;
use super::object::{manifest_path, object_in};
use super::tree::{Map, Tree};
use crate::model::{Monitoring, Stack};

/// The three files; none where the cluster has no such operator.
pub(super) fn render_monitoring(stack: &Stack) -> Vec<RenderedFile> {
    let Some(monitoring) = &stack.monitoring else { return Vec::new() };
    vec![
        pod_monitor::render_pod_monitor(stack, monitoring),
        rules::render_rules(stack, monitoring),
        dashboard::render_dashboard(stack),
    ]
}

/// An object of the operator, called like the stack, with the labels that it is found by.
fn watched(stack: &Stack, monitoring: &Monitoring, kind: &'static str, spec: Map) -> RenderedFile {
    let labels = monitoring.labels.iter().map(|(name, value)| (name.clone(), Tree::text(value))).collect();
    let namespace = Tree::text(&stack.cluster.namespace);
    let document = object_in(stack, namespace, "monitoring.coreos.com/v1", kind, &stack.name.value, labels);
    let file = if kind == "PodMonitor" { "pod-monitor" } else { "prometheus-rule" };
    RenderedFile::new(manifest_path(stack, file), document.with("spec", spec))
}
