//! Values for the charts that the stack runs on, pinned to the environment's versions.

use super::file::RenderedFile;
use super::tree::{Map, Tree};
use crate::catalogue;
use crate::model::{Fact, Monitoring, Stack};

/// Values for Dapr's own chart. The injector is hardened so that sidecars pass Pod Security "restricted".
pub(super) fn render_dapr_values(stack: &Stack) -> RenderedFile {
    let pinned = catalogue::dapr(&stack.cluster.dapr.value).map(|known| known.release.as_str());
    let global = Map::new()
        .with("tag", pin(&stack.cluster.dapr, pinned))
        .with("ha", Map::new().with("enabled", Tree::flag(&stack.cluster.high_availability)))
        .with("mtls", Map::new().with("enabled", Tree::flag(&stack.cluster.mtls)))
        .with("logAsJson", true)
        .with("seccompProfile", "RuntimeDefault");
    let injector = Map::new()
        .with("sidecarRunAsNonRoot", true)
        .with("sidecarReadOnlyRootFilesystem", true)
        .with("sidecarDropALLCapabilities", true);
    let document = Map::new().with("global", global).with("dapr_sidecar_injector", injector);
    RenderedFile::new(path(stack, "dapr"), document)
}

/// Values for KEDA's own chart; none where the cluster has no KEDA.
pub(super) fn render_keda_values(stack: &Stack) -> Option<RenderedFile> {
    let keda = stack.cluster.keda.as_ref()?;
    let tag = || Map::new().with("tag", pin(keda, catalogue::keda(&keda.value).map(|known| known.release.as_str())));
    // The operator elects a leader; a second one only waits, and takes over at once.
    let replicas = || {
        let number: u64 = if stack.cluster.high_availability.value { 2 } else { 1 };
        Map::new().with("replicaCount", Tree::from(number).at_place(stack.cluster.high_availability.at))
    };
    let image = Map::new().with("keda", tag()).with("metricsApiServer", tag()).with("webhooks", tag());
    let document = Map::new()
        .with("image", image)
        .with("operator", replicas())
        .with("metricsServer", replicas())
        .with("webhooks", replicas())
        .maybe("prometheus", stack.monitoring.as_ref().map(render_keda_metrics));
    Some(RenderedFile::new(path(stack, "keda"), document))
}

/// The operator counts only where it is told to, and is read by a PodMonitor of its own.
fn render_keda_metrics(monitoring: &Monitoring) -> Map {
    let labels = monitoring.labels.iter().map(|(name, value)| (name.clone(), Tree::text(value))).collect();
    let monitor = Map::new().with("enabled", true).map("additionalLabels", labels);
    Map::new().with("operator", Map::new().with("enabled", true).with("podMonitor", monitor))
}

/// The release to install: the one that is written, or the catalogue's for a minor version.
fn pin(version: &Fact<String>, known: Option<&str>) -> Tree {
    let is_minor = version.value.matches('.').count() == 1;
    let pinned = known.filter(|_| is_minor).unwrap_or(&version.value);
    Tree::from(pinned).at_place(version.at)
}

fn path(stack: &Stack, chart: &str) -> String {
    format!("infra/platform/{}/{chart}.yaml", stack.environment)
}
