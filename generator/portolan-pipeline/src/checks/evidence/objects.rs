use std::collections::BTreeSet;

use crate::model::{ExternalTarget, ManifestObject, Service, Stack};
use crate::spec::document::{Run, SecretOrigin, TopicOwner};

/// By which an API server tells objects apart: group, kind, namespace and name.
pub(in crate::checks) type ObjectName = (String, String, String, String);

/// What the chart makes for a service, each called like the service.
const OF_A_SERVICE: [(&str, &str); 10] = [
    ("apps", "Deployment"),
    ("", "ServiceAccount"),
    ("", "Service"),
    ("keda.sh", "ScaledObject"),
    ("keda.sh", "ScaledJob"),
    ("autoscaling", "HorizontalPodAutoscaler"),
    ("policy", "PodDisruptionBudget"),
    ("networking.k8s.io", "NetworkPolicy"),
    ("rbac.authorization.k8s.io", "Role"),
    ("rbac.authorization.k8s.io", "RoleBinding"),
];

/// The name of an object of a manifest; of one without a namespace as if it were in the stack's own.
pub(in crate::checks) fn object_name(stack: &Stack, object: &ManifestObject) -> Option<ObjectName> {
    let namespace = object.namespace.as_ref().unwrap_or(&stack.cluster.namespace);
    let name = object.name.as_ref()?.value.clone();
    Some((object.group().to_owned(), object.kind().to_owned(), namespace.value.clone(), name))
}

/// Every object that is rendered from the spec, or made by the chart from what is.
pub(in crate::checks) fn rendered_objects(stack: &Stack) -> BTreeSet<ObjectName> {
    let mut objects = Objects { namespace: stack.cluster.namespace.value.clone(), found: BTreeSet::new() };
    objects.add("", "Namespace", &stack.cluster.namespace.value);
    objects.add("dapr.io", "Resiliency", &stack.name.value);
    stack.components.keys().for_each(|name| objects.add("dapr.io", "Component", name.as_str()));
    for (name, external) in &stack.externals {
        if let ExternalTarget::Url(_) = external.target {
            objects.add("dapr.io", "HTTPEndpoint", name.as_str());
        }
    }
    // Whoever brings it, a declared secret is there.
    for name in stack.secrets.keys() {
        objects.add("", "Secret", name.as_str());
        if stack.secret_source.origin.value == SecretOrigin::ExternalSecrets {
            objects.add("external-secrets.io", "ExternalSecret", name.as_str());
        }
    }
    stack
        .services
        .values()
        .filter(|service| service.run.value != Run::Lambda)
        .for_each(|service| objects.add_service(service));
    if stack.monitoring.is_some() {
        objects.add("monitoring.coreos.com", "PodMonitor", &stack.name.value);
        objects.add("monitoring.coreos.com", "PrometheusRule", &stack.name.value);
    }
    objects.add_topics(stack);
    objects.found
}

struct Objects {
    namespace: String,
    found: BTreeSet<ObjectName>,
}

impl Objects {
    fn add(&mut self, group: &str, kind: &str, name: &str) {
        self.found.insert((group.to_owned(), kind.to_owned(), self.namespace.clone(), name.to_owned()));
    }

    fn add_service(&mut self, service: &Service) {
        let name = service.name.as_str();
        for (group, kind) in OF_A_SERVICE {
            self.add(group, kind, name);
        }
        if service.has_sidecar() {
            self.add("dapr.io", "Configuration", name);
            for subscription in &service.subscriptions {
                self.add("dapr.io", "Subscription", &format!("{name}-{}", subscription.topic));
            }
        }
    }

    fn add_topics(&mut self, stack: &Stack) {
        let own = self.namespace.clone();
        for component in stack.components.values().filter(|component| component.broadcast_of.is_none()) {
            let broker = component.broker.as_ref().filter(|broker| broker.owner.value == TopicOwner::Strimzi);
            let Some(broker) = broker else { continue };
            self.namespace =
                broker.strimzi.as_ref().map_or_else(|| own.clone(), |strimzi| strimzi.namespace.value.clone());
            component.carries.iter().for_each(|topic| self.add("kafka.strimzi.io", "KafkaTopic", topic.as_str()));
            if let Some(user) = broker.credentials.as_ref().and_then(|credentials| credentials.user.as_ref()) {
                self.add("kafka.strimzi.io", "KafkaUser", &user.value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::rendered_objects;
    use crate::render::{Tree, Value, render_stack};
    use crate::resolve::resolve_stack;
    use crate::spec::{Files, ReadError, parse_project};

    struct Folder(PathBuf);

    impl Files for Folder {
        fn read(&self, path: &str) -> Result<String, ReadError> {
            fs::read_to_string(self.0.join(path)).map_err(|_| ReadError::Missing)
        }
    }

    fn text(tree: &Tree, path: &[&str]) -> Option<String> {
        let Some((first, rest)) = path.split_first() else {
            return if let Value::Text(text) = &tree.value { Some(text.clone()) } else { None };
        };
        let Value::Map(entries) = &tree.value else { return None };
        text(&entries.iter().find(|(key, _)| key == first)?.1, rest)
    }

    /// Dashboards and the run file apart, which nobody else writes.
    #[test]
    fn every_rendered_object_is_known_by_its_name() {
        let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/render");
        let mut compared = 0;
        for case in fs::read_dir(cases).unwrap().map(|case| case.unwrap().path()) {
            for environment in fs::read_dir(case.join("infra/environments")).unwrap() {
                let environment = environment.unwrap().path();
                let name = environment.file_stem().unwrap().to_str().unwrap();
                let (mut stack, _) = resolve_stack(&parse_project(&Folder(case.clone()), name).unwrap());
                stack.manifests.clear();
                let known = rendered_objects(&stack);
                for file in render_stack(&stack).files() {
                    let Some(kind) = text(&file.document, &["kind"]).filter(|kind| kind != "ConfigMap") else {
                        continue;
                    };
                    let version = text(&file.document, &["apiVersion"]).unwrap();
                    let group = version.split_once('/').map_or("", |(group, _)| group).to_owned();
                    let own = stack.cluster.namespace.value.clone();
                    let namespace = text(&file.document, &["metadata", "namespace"]).unwrap_or(own);
                    let object = (group, kind, namespace, text(&file.document, &["metadata", "name"]).unwrap());
                    assert!(file.path.starts_with("infra/platform/") || known.contains(&object), "{object:?}");
                    compared += 1;
                }
            }
        }
        assert!(compared > 60, "only {compared}");
    }
}
