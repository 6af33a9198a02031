//! What `dapr run -f` reads (dapr/cli, `pkg/runfileconfig`): the services as processes of this machine, each behind a sidecar.

use std::collections::BTreeSet;

use super::file::RenderedFile;
use super::object::object;
use super::sidecar::largest_body;
use super::tree::{Map, Tree};
use crate::model::{Component, Service, Stack};
use crate::spec::Setting;
use crate::spec::document::Flavour;

/// Dapr's own name for the store that it builds into sidecars in a cluster, and nowhere else.
const BUILT_IN_SECRET_STORE: &str = "kubernetes";
/// The variable that tells our runtime its port.
const PORT_VARIABLE: &str = "PORT";

/// The run file, and the store that components expect of a cluster; only of environments on this machine.
pub(super) fn render_run_file(stack: &Stack) -> Vec<RenderedFile> {
    let apps = render_apps(stack);
    if stack.cluster.flavour.value != Flavour::Minikube || apps.is_empty() {
        return Vec::new();
    }
    let store = stack.components.values().any(needs_store).then(|| render_secret_store(stack));
    // A path in this file is relative to its folder.
    let mut resources = vec![Tree::from(format!("../../../dapr-components/{}", stack.environment))];
    resources.extend(store.iter().map(|_| Tree::from("dapr-run")));
    let document =
        Map::new().with("version", 1).with("common", Map::new().with("resourcesPaths", resources)).with("apps", apps);
    let path = format!("infra/platform/{}/dapr-run.yaml", stack.environment);
    store.into_iter().chain([RenderedFile::new(path, document)]).collect()
}

/// Our own services with a sidecar: of somebody else's image there is no code here to run.
fn render_apps(stack: &Stack) -> Vec<Tree> {
    let mut taken = BTreeSet::new();
    let ours = stack.services.values().filter(|service| service.has_sidecar() && service.contract.is_some());
    ours.map(|service| render_app(stack, service, free_port(service.port.value, &mut taken)).into()).collect()
}

/// In a cluster all may listen on one port; on one machine the next free one is taken.
fn free_port(wanted: u16, taken: &mut BTreeSet<u16>) -> u16 {
    let port = (wanted..=u16::MAX).find(|port| taken.insert(*port));
    port.unwrap_or(wanted)
}

/// There is no `configFilePath`: its access control knows callers by their certificates, and without Dapr's Sentry they
/// have none.
fn render_app(stack: &Stack, service: &Service, port: u16) -> Map {
    let name = service.name.as_str();
    let command = ["cargo", "run", "--package", name].into_iter().map(Tree::from).collect::<Vec<_>>();
    let app = Map::new()
        .with("appID", Tree::text(&service.app_id))
        .with("appDirPath", format!("../../../handlers/{name}"))
        .with("appPort", Tree::from(u64::from(port)).at_place(service.port.at))
        .with("maxBodySize", Tree::text(&largest_body(stack, service)));
    // While it is being compiled nothing is delivered to it.
    let path =
        service.sidecar.health_check.as_ref().map_or_else(|| Tree::from("/healthz"), |check| Tree::text(&check.path));
    app.with("enableAppHealthCheck", true)
        .with("appHealthCheckPath", path)
        .with("command", command)
        .with("env", render_environment(service, port))
}

/// What is plain. What stands in a secret has no place in a file; a process inherits it from the shell.
fn render_environment(service: &Service, port: u16) -> Map {
    let plain = service.env.iter().filter_map(|(name, value)| match &value.value {
        Setting::Plain(_) if name == PORT_VARIABLE => {
            Some((name.clone(), Tree::from(port.to_string()).at_place(value.at)))
        }
        Setting::Plain(text) => Some((name.clone(), Tree::from(text.as_str()).at_place(value.at))),
        Setting::Secret(_) => None,
    });
    plain.collect()
}

/// Whether a component reads secrets from the store that only a cluster has.
fn needs_store(component: &Component) -> bool {
    let refers = component.metadata.iter().any(|item| matches!(item.value.value, Setting::Secret(_)));
    refers && component.secret_store.value == BUILT_IN_SECRET_STORE
}

/// The same store for a process outside of the cluster: it reads the cluster's Secrets with the user's own kubeconfig.
fn render_secret_store(stack: &Stack) -> RenderedFile {
    let spec =
        Map::new().with("type", "secretstores.kubernetes").with("version", "v1").with("metadata", Vec::<Tree>::new());
    let document = object(stack, "dapr.io/v1alpha1", "Component", BUILT_IN_SECRET_STORE).with("spec", spec);
    RenderedFile::new(format!("infra/platform/{}/dapr-run/component-kubernetes.yaml", stack.environment), document)
}
