use super::evidence::dns_label;
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{ManifestObject, Stack};
use crate::source::Span;
use crate::spec::rules::page;

pub(super) static RULE: Rule = Rule {
    code: "P130",
    severity: Severity::Error,
    title: "manifest that is no object of its own",
    page: page!("P130"),
};

/// The name is part of a file's, beside the names of others.
const LONGEST: usize = 63;
/// Groups all of whose kinds live in a namespace, those below apart.
const NAMESPACED: [&str; 10] = [
    "",
    "apps",
    "autoscaling",
    "batch",
    "policy",
    "discovery.k8s.io",
    "dapr.io",
    "keda.sh",
    "kafka.strimzi.io",
    "external-secrets.io",
];
/// The kinds of these groups that live in none.
const CLUSTER_WIDE: [&str; 6] = [
    "Namespace",
    "Node",
    "PersistentVolume",
    "ClusterTriggerAuthentication",
    "ClusterExternalSecret",
    "ClusterSecretStore",
];
/// Kinds that live in a namespace, of groups that have others.
const NAMESPACED_KINDS: [&str; 4] = ["Ingress", "NetworkPolicy", "Role", "RoleBinding"];

pub(super) fn check_manifests(stack: &Stack, findings: &mut Findings) {
    for manifest in &stack.manifests {
        let at = manifest.name.at.or(manifest.path.at);
        if let (Some(problem), Some(at)) = (dns_label(&manifest.name.value, LONGEST), at) {
            let message = format!("manifest `{}` {problem}", manifest.name.value);
            push(at, message, "choose another name, which becomes part of a file's", findings);
        }
        for object in &manifest.objects {
            if let Some((at, problem, help)) = problem(object) {
                let message = format!("{} of `{}` {problem}", object.title(), manifest.path.value);
                push(at, message, help, findings);
            }
        }
    }
}

fn problem(object: &ManifestObject) -> Option<(Span, &'static str, &'static str)> {
    if object.api_version.is_none() || object.kind.is_none() {
        return Some((object.at, "has no apiVersion or no kind", "write both; parts of a file are parted by `---`"));
    }
    if object.kind().ends_with("List") && object.group().is_empty() {
        return Some((object.at, "hides the objects in it", "write them one by one, parted by `---`"));
    }
    if object.name.is_none() {
        return Some((object.at, "has no name", "write `metadata: { name: NAME }`"));
    }
    if object.namespace.is_none() && is_namespaced(object) {
        let help = "write `namespace: NAME` under `metadata`; in a template, `namespace: {{ namespace }}`";
        return Some((object.name.as_ref()?.at.unwrap_or(object.at), "does not say its namespace", help));
    }
    None
}

/// What lives in a namespace for certain; of other groups nobody knows.
fn is_namespaced(object: &ManifestObject) -> bool {
    let kind = object.kind();
    NAMESPACED_KINDS.contains(&kind) || NAMESPACED.contains(&object.group()) && !CLUSTER_WIDE.contains(&kind)
}

fn push(at: Span, message: String, help: &str, findings: &mut Findings) {
    findings.push(Finding::new(&RULE, at, message).label("not fit to be applied").help(help));
}
