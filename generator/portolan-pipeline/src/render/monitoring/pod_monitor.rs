use super::super::file::RenderedFile;
use super::super::tree::{Map, Tree};
use super::watched;
use crate::model::{Monitoring, Service, Stack};

/// One PodMonitor for all pods of the stack. Each series gets the service as a label.
pub(super) fn render_pod_monitor(stack: &Stack, monitoring: &Monitoring) -> RenderedFile {
    let labels = Map::new()
        .with("portolan.dev/stack", Tree::text(&stack.name))
        .with("portolan.dev/environment", stack.environment.as_str());
    // Our own runtime answers at `/metrics`; of somebody else's image nothing is known.
    let ours = endpoint("http", &services(stack, |service| service.contract.is_some()));
    // Dapr's injector calls the port so (dapr 1.18, `pkg/injector/consts`).
    let sidecars = endpoint("dapr-metrics", &services(stack, Service::has_sidecar));
    let spec = Map::new()
        .with("selector", Map::new().with("matchLabels", labels))
        .list("podMetricsEndpoints", ours.into_iter().chain(sidecars).collect());
    watched(stack, monitoring, "PodMonitor", spec)
}

fn services(stack: &Stack, wanted: impl Fn(&Service) -> bool) -> Vec<&str> {
    stack.services.values().filter(|service| wanted(service)).map(|service| service.name.as_str()).collect()
}

fn endpoint(port: &'static str, services: &[&str]) -> Option<Tree> {
    if services.is_empty() {
        return None;
    }
    let source = || Tree::from(vec![Tree::from("__meta_kubernetes_pod_label_portolan_dev_service")]);
    let keep = Map::new().with("action", "keep").with("sourceLabels", source()).with("regex", services.join("|"));
    let name = Map::new().with("sourceLabels", source()).with("targetLabel", "service");
    let relabelings = Tree::from(vec![keep.into(), name.into()]);
    Some(Map::new().with("port", port).with("path", "/metrics").with("relabelings", relabelings).into())
}
