//! import_: YAML as people have it, to a stack and one environment. What was read is rendered again and compared value by
//! value with what it was read from, so nothing is dropped in silence.

mod access;
mod chart;
mod component;
mod configuration;
mod deployment;
mod draft;
mod kafka;
mod leaves;
mod node;
mod object;
mod plain;
mod reasons;
mod report;
mod resiliency;
mod run_file;
mod scaled_job;
mod scaled_object;
mod secret;
mod sidecar;
mod sidecar_options;
mod sizes;
mod strimzi;
mod subscription;
mod triggers;
mod verify;
mod write;

pub use report::{Added, Imported, LeftOver, Place, PlainSecret};

use draft::Draft;
use object::{Object, read_objects};
use report::Log;

/// How the new spec is called.
#[derive(Debug, Clone)]
pub struct Names {
    /// The stack.
    pub stack: String,
    /// The environment.
    pub environment: String,
    /// The namespace, where it is not the one that most objects are in.
    pub namespace: Option<String>,
}

/// import_: reads objects from texts, each with its path, and writes a stack and an environment.
pub fn import_texts(texts: &[(String, String)], names: &Names) -> Imported {
    let mut log = Log::default();
    let objects = read_objects(texts, &mut log);
    let namespace = names.namespace.clone().unwrap_or_else(|| usual_namespace(&objects, names));
    let objects: Vec<Object> =
        objects.into_iter().filter(|object| in_namespace(object, &namespace, &mut log)).collect();
    let mut draft = Draft::new(namespace);
    // Who there is, before what refers to it.
    for step in [secret::import_secrets, deployment::import_deployments, run_file::import_run_files] {
        step(&objects, &mut draft, &mut log);
    }
    for step in [
        component::import_components,
        subscription::import_subscriptions,
        strimzi::import_topics,
        configuration::import_configurations,
        configuration::import_endpoints,
        scaled_object::import_scaled_objects,
        scaled_object::import_autoscalers,
        scaled_job::import_scaled_jobs,
        resiliency::import_resiliency,
    ] {
        step(&objects, &mut draft, &mut log);
    }
    draft.finish();
    let files = write::write_spec(&draft, names);
    verify::verify(&objects, &draft, &files, names, &mut log);
    log.finish(files)
}

/// The kinds that stand in a stack's own namespace.
const OWN: [&str; 11] = [
    "Component",
    "Subscription",
    "Resiliency",
    "Configuration",
    "HTTPEndpoint",
    "ScaledObject",
    "ScaledJob",
    "ServiceAccount",
    "TriggerAuthentication",
    "Deployment",
    "Secret",
];

/// The namespace that most objects are in; the first by name where two have as many.
fn usual_namespace(objects: &[Object], names: &Names) -> String {
    let mut counts = std::collections::BTreeMap::<&str, usize>::new();
    for object in objects.iter().filter(|object| OWN.contains(&object.kind.as_str())) {
        if let Some(namespace) = &object.namespace {
            *counts.entry(namespace).or_default() += 1;
        }
    }
    let most = counts.iter().max_by_key(|(name, count)| (**count, std::cmp::Reverse(**name)));
    most.map_or_else(|| format!("{}-{}", names.stack, names.environment), |(name, _)| (*name).to_owned())
}

fn in_namespace(object: &Object, namespace: &str, log: &mut Log) -> bool {
    let elsewhere = object.namespace.as_deref().filter(|its| *its != namespace && OWN.contains(&object.kind.as_str()));
    if let Some(its) = elsewhere {
        let reason = format!("it is in namespace `{its}`, and an environment has one: `{namespace}`");
        log.left_object(object, &reason, "import that folder or namespace by itself: `--namespace`");
    }
    elsewhere.is_none()
}
