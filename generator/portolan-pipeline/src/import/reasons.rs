//! Why something is not carried over.

use super::draft::Draft;
use super::object::Object;
use super::report::Log;

/// Parts that are not rendered: the kind, what the field has in it, the reason, and what to do.
const PARTS: [(&str, &str, &str, &str); 15] = [
    ("Deployment", "Probe", "the spec has no probes, they come with a contract", "write a contract for the service"),
    ("Deployment", "app-health", "it comes with a contract", "write a contract for the service"),
    ("Deployment", "enable-app-health-check", "it comes with a contract", "write a contract for the service"),
    ("Deployment", "annotations.dapr.io/", "the annotation is portolan's to set, and it sets none", ""),
    (
        "Deployment",
        "spec.selector",
        "a selector cannot be changed, and the chart has its own",
        "delete the Deployment before the chart's is applied",
    ),
    ("Deployment", "", "the chart has no place for it", "add it to a copy of the chart, or do without"),
    (
        "Configuration",
        "accessControl",
        "the spec's `invokes` allows every method, single ones come with a contract",
        "write a contract for the service that invokes",
    ),
    (
        "Subscription",
        "routes.rules",
        "the rule asks for more than the event's type, and the spec's rules do not",
        "let the handler decide, or name the types",
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
        "the policies are `deliver`, `publish` and `invoke`: what all targets of one kind agree on was taken",
        "",
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
            let taken = draft.authentications.contains(&object.name) && !references.is_empty();
            for (name, node) in object.node.map_at(&["spec"]).iter().filter(|(key, _)| key.text != "secretTargetRef") {
                let reason = "the spec's `authentication` takes parameters from secrets only";
                log.left(object.place(node.at), &object.title(), &format!("spec.{}", name.text), reason, "");
            }
            if taken {
                log.carried.push(object.title());
            } else {
                log.left_object(object, "no trigger that was read takes it", "");
            }
        }
        "Namespace" => log.left_object(object, "an environment has one namespace, and this is another one", ""),
        "Service" => log.left_object(object, "no service that was read is called so", ""),
        "Configuration" => log.left_object(
            object,
            "no service that was read has it as its configuration",
            "name it in `dapr.io/config`",
        ),
        _ => log.left_object(object, "nothing is rendered in its place", ""),
    }
}
