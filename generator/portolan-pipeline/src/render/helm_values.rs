//! Values for `charts/handler`; its `values.schema.json` says what may stand in them.

use std::collections::BTreeSet;

use super::file::RenderedFile;
use super::identity::{identity_ports, render_pod_labels, render_service_account};
use super::scaling::render_scaling;
use super::sidecar::render_annotations;
use super::tree::{Map, Tree, Value};
use crate::model::{Service, Stack};
use crate::spec::Setting;

/// By which our runtime knows its database.
const DATABASE_VARIABLE: &str = "DATABASE_URL";

/// The values of one service.
pub(super) fn render_helm_values(stack: &Stack, service: &Service) -> RenderedFile {
    let (env, secret_env) = render_environment(service);
    let document = Map::new()
        .with("namespace", Tree::text(&stack.cluster.namespace))
        .with("stack", Tree::text(&stack.name))
        .with("environment", stack.environment.as_str())
        .with("service", service.name.as_str())
        .with("image", render_image(service))
        .with("run", Tree::from(service.run.value.word()).at_place(service.run.at))
        .with("port", Tree::number(&service.port))
        .with("expose", Tree::flag(&service.expose))
        .with("replicas", Tree::from(u64::from(service.scale.min.value.max(1))).at_place(service.scale.min.at))
        .with("dapr", render_dapr(stack, service))
        .map("env", env)
        .map("secretEnv", secret_env)
        .list("secrets", readable_secrets(service))
        .map("migration", render_migration(service))
        .with("scaling", render_scaling(stack, service))
        .with("resources", render_resources(service))
        .with("probes", render_probes(service))
        .with("disruption", render_disruption(service))
        .with("network", render_network(stack, service))
        .with("terminationGracePeriodSeconds", Tree::from(service.grace.value.as_seconds()).at_place(service.grace.at))
        .map("serviceAccount", Map::new().map("annotations", render_service_account(stack, service)))
        .map("podLabels", render_pod_labels(stack, service));
    RenderedFile::new(format!("charts/values/{}/{}.yaml", stack.environment, service.name), document)
}

fn render_image(service: &Service) -> Map {
    let image = &service.image;
    Map::new()
        .with("repository", Tree::text(&image.repository))
        .maybe("tag", image.tag.clone())
        .maybe("digest", image.digest.clone())
}

fn render_dapr(stack: &Stack, service: &Service) -> Map {
    let dapr = Map::new().with("enabled", service.has_sidecar());
    if service.has_sidecar() { dapr.with("annotations", render_annotations(stack, service)) } else { dapr }
}

fn render_environment(service: &Service) -> (Map, Map) {
    let (mut env, mut secret_env) = (Map::new(), Map::new());
    for (name, value) in &service.env {
        match &value.value {
            Setting::Plain(text) => env = env.with(name.clone(), Tree::from(text.as_str()).at_place(value.at)),
            Setting::Secret(key) => {
                let reference = Map::new().with("secret", key.secret.as_str()).with("key", key.key.as_str());
                secret_env = secret_env.with(name.clone(), Tree::from(reference).at_place(value.at));
            }
        }
    }
    (env, secret_env)
}

/// What the pod may ask the API server for: only a sidecar does, for the secrets of the service's contract.
fn readable_secrets(service: &Service) -> Vec<Tree> {
    let mut seen = BTreeSet::new();
    let keys = service.secrets.iter().filter(|_| service.has_sidecar());
    keys.filter(|key| seen.insert(&key.value.secret))
        .map(|key| Tree::from(key.value.secret.as_str()).at_place(key.at))
        .collect()
}

/// Where the job that makes the tables reads the database's address: it has no sidecar that could.
fn render_migration(service: &Service) -> Map {
    let told = service.env.iter().find(|(name, _)| name == DATABASE_VARIABLE).map(|(_, value)| &value.value);
    let own = service.secrets.iter().map(|key| &key.value).find(|key| key.key == DATABASE_VARIABLE);
    let key = match told {
        _ if service.contract.is_none() => None,
        Some(Setting::Secret(key)) => Some(key),
        Some(Setting::Plain(_)) => None,
        None => own,
    };
    key.map_or_else(Map::new, |key| Map::new().with("secret", key.secret.as_str()).with("key", key.key.as_str()))
}

fn render_resources(service: &Service) -> Map {
    let [cpu, memory, memory_limit] = &service.resources;
    Map::new()
        .with("requests", Map::new().with("cpu", Tree::text(cpu)).with("memory", Tree::text(memory)))
        .with("limits", Map::new().with("memory", Tree::text(memory_limit)))
}

/// A budget counts the pods of a controller that has a number of them. Jobs have none.
fn render_disruption(service: &Service) -> Map {
    let disruption = Map::new().with("enabled", service.scale.job.is_none());
    if service.scale.job.is_some() { disruption } else { disruption.with("maxUnavailable", 1) }
}

/// Our runtime answers on both paths; of somebody else's image nothing is known, and a job serves nobody.
fn render_probes(service: &Service) -> Map {
    let path = |path: &str| {
        if service.contract.is_some() && service.scale.job.is_none() { Tree::from(path) } else { Value::Null.into() }
    };
    Map::new().with("liveness", path("/healthz")).with("readiness", path("/readyz")).with("startup", path("/healthz"))
}

fn render_network(stack: &Stack, service: &Service) -> Map {
    let ports: Vec<Tree> = egress_ports(stack, service)
        .into_iter()
        .map(|port| Map::new().with("port", u64::from(port)).with("protocol", "TCP").into())
        .collect();
    Map::new().with("enabled", true).list("ingressFrom", callers(stack)).list("egressPorts", ports)
}

/// Beside the stack's own pods Prometheus, where it reads from here.
fn callers(stack: &Stack) -> Vec<Tree> {
    let Some(monitoring) = &stack.monitoring else { return Vec::new() };
    let namespaces = [&stack.cluster.namespace, &monitoring.namespace];
    namespaces.into_iter().map(|namespace| Map::new().with("namespace", Tree::text(namespace)).into()).collect()
}

/// The ports of what the service, or its sidecar, connects to.
fn egress_ports(stack: &Stack, service: &Service) -> BTreeSet<u16> {
    let components = service.components().filter_map(|(name, _)| stack.components.get(name));
    let invoked = service.invokes.iter().filter_map(|invocation| stack.externals.get(&invocation.service)?.port());
    components
        .flat_map(crate::model::Component::ports)
        .chain(invoked)
        .chain(stack.tracing.iter().flat_map(crate::model::Tracing::ports))
        .chain(identity_ports(stack, service).iter().copied())
        .chain(service.egress.iter().map(|port| port.value))
        .collect()
}
