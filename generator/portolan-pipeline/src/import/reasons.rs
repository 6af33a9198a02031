//! Why something is not carried over.

use super::draft::Draft;
use super::object::Object;
use super::report::Log;
use super::triggers::pod_identity;

/// Parts that are not rendered: the kind, what the field has in it, the reason, and what to do.
const PARTS: [(&str, &str, &str, &str); 15] = [
    ("Deployment", "Probe", "the spec has no probes, they come with a contract", "write a contract for the service"),
    (
        "",
        "annotations.dapr.io/env",
        "a secret is among the sidecar's variables, which the spec wants without",
        "give it to what the sidecar reads by a reference",
    ),
    ("", "annotations.dapr.io/", "Dapr's injector has no such annotation, or it holds a secret", "take it away"),
    (
        "Deployment",
        "spec.selector",
        "a selector cannot be changed, and the chart has its own",
        "delete the Deployment before the chart's is applied",
    ),
    ("ScaledJob", "Probe", "a job is not probed", ""),
    ("ScaledJob", "template", "the chart has no place for it", "add it to a copy of the chart, or do without"),
    ("Deployment", "", "the chart has no place for it", "add it to a copy of the chart, or do without"),
    (
        "Configuration",
        "accessControl",
        "who may invoke follows from `invokes`, and `access` has no word for this",
        "write it into `access` of the service",
    ),
    (
        "ScaledObject",
        "authenticationRef",
        "the trigger follows from its component, which has no such credentials",
        "write `auth` of the component with references",
    ),
    (
        "Resiliency",
        "policies",
        "a policy is taken that all targets of a kind agree on, or whose parts a target names by one name",
        "give time-out, retry and breaker of a target one name",
    ),
    (
        "Resiliency",
        "targets",
        "nobody here is known to invoke or to use it so",
        "add `invokes` to the service that does",
    ),
    (
        "KafkaUser",
        "acls",
        "ACLs follow from who publishes and subscribes, and here nobody is known to need it",
        "add `publishes` to the service, or write its contract",
    ),
    ("", "metadata.labels", "labels are portolan's to set", ""),
    ("", "metadata.annotations", "annotations are portolan's to set", ""),
    ("", "", "the spec has no field for it", ""),
];

/// Why a part of an object is not rendered, and what to do.
pub(super) fn unrendered(kind: &str, field: &str) -> (&'static str, &'static str) {
    let fits = |of: &str, part: &str| (of.is_empty() || of == kind) && field.contains(part);
    let found = PARTS.iter().find(|(of, part, ..)| fits(of, part));
    found.map_or(("the spec has no field for it", ""), |(_, _, reason, help)| (reason, help))
}

/// Why an object is not read, and what to do.
pub(super) fn unread(object: &Object) -> (&'static str, &'static str) {
    let labelled =
        |label: &str| object.node.at_path(&["metadata", "labels"]).is_some_and(|labels| labels.entry(label).is_some());
    match object.kind.as_str() {
        "NetworkPolicy" if labelled("portolan.dev/service") => {
            ("the chart makes one for each service", "write ports that do not follow from its components into `egress`")
        }
        _ if labelled("portolan.dev/service") => ("the chart makes one for each service", ""),
        _ if labelled("portolan.dev/stack") => {
            ("it follows from `monitoring`", "write `monitoring` into the environment")
        }
        "ClusterTriggerAuthentication" => {
            ("it belongs to the whole cluster", "write `authentication` of the scaler by hand")
        }
        _ => ("objects of this kind are not read", "apply it beside what is rendered"),
    }
}

/// Nothing is rendered in its place.
pub(super) fn missing(object: &Object, draft: &Draft, log: &mut Log) {
    if log.left.iter().any(|left| left.object == object.title() && left.field.is_empty()) {
        return;
    }
    match object.kind.as_str() {
        // Names and keys are in the spec.
        "Secret" | "SealedSecret" | "ExternalSecret" if draft.secrets.contains_key(&object.name) => {
            log.carried.push(object.title());
        }
        "TriggerAuthentication" => {
            let references = object.node.list_at(&["spec", "secretTargetRef"]);
            let is_read = draft.authentications.contains(&object.name);
            let identity = object.node.at_path(&["spec", "podIdentity"]).and_then(pod_identity).is_some();
            let taken = is_read && (!references.is_empty() || identity);
            let is_taken = |part: &str| part == "secretTargetRef" || (part == "podIdentity" && is_read && identity);
            for (name, node) in object.node.map_at(&["spec"]).iter().filter(|(key, _)| !is_taken(&key.text)) {
                let reason =
                    "a scaler takes parameters from secrets and `podIdentity`, of the providers that KEDA still has";
                log.left(object.place(node.at), &object.title(), &format!("spec.{}", name.text), reason, "");
            }
            if taken {
                log.carried.push(object.title());
            } else {
                log.left_object(object, "no trigger that was read takes it", "");
            }
        }
        "Namespace" => log.left_object(object, "an environment has one namespace, and this is another one", ""),
        "ServiceAccount" => log.left_object(object, "no service that was read runs as it", ""),
        "Service" => log.left_object(object, "no service that was read is called so", ""),
        "Configuration" => log.left_object(
            object,
            "no service that was read has it as its configuration",
            "name it in `dapr.io/config`",
        ),
        _ => log.left_object(object, "nothing is rendered in its place", ""),
    }
}
