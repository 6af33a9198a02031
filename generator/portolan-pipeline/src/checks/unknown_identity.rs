use std::collections::BTreeSet;

use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::Stack;
use crate::source::Span;
use crate::spec::document::{Flavour, Run};
use crate::spec::rules::page;

pub(super) static RULE: Rule = Rule {
    code: "P133",
    severity: Severity::Error,
    title: "identity that the cluster does not know",
    page: page!("P133"),
};

pub(super) fn check_identities(stack: &Stack, findings: &mut Findings) {
    let mut seen: BTreeSet<Span> = BTreeSet::new();
    for service in stack.services.values().filter(|service| service.run.value != Run::Lambda) {
        let Some(identity) = &service.identity else { continue };
        let Some((reason, help)) = refused(stack.cluster.flavour.value, &identity.value) else { continue };
        let at = identity.at.unwrap_or(service.at);
        // One identity of the cluster is that of many services.
        if !seen.insert(at) {
            continue;
        }
        let message = format!("`{}` has the identity `{}`, {reason}", service.name, identity.value);
        findings.push(
            Finding::new(&RULE, at, message)
                .label("nobody takes it for an identity")
                .related(stack.cluster.flavour.at, "the cluster's flavour")
                .help(help),
        );
    }
}

/// Why an identity is none on this flavour, and what to write.
fn refused(flavour: Flavour, identity: &str) -> Option<(&'static str, &'static str)> {
    match flavour {
        Flavour::Kubernetes | Flavour::Minikube => Some((
            "and this flavour of cluster gives out none",
            "write `flavour: aks`, `gke` or `eks` under `cluster`, or take the identity back (`identity:` with nothing behind it)",
        )),
        Flavour::Oke => Some((
            "which OKE does not ask for",
            "take it away: a policy of OCI names the workload by cluster, namespace and service account, which is called like the service",
        )),
        Flavour::Aks if !is_uuid(identity) => Some((
            "which is no client ID",
            "write the client ID of the managed identity, 8-4-4-4-12 hexadecimal digits",
        )),
        Flavour::Gke if !is_service_account(identity) => {
            Some(("which is no service account of Google Cloud", "write NAME@PROJECT.iam.gserviceaccount.com"))
        }
        Flavour::Eks if !is_role(identity) => {
            Some(("which is no role of IAM", "write its ARN, as in arn:aws:iam::123456789012:role/shop"))
        }
        Flavour::Aks | Flavour::Gke | Flavour::Eks => None,
    }
}

fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.bytes().all(|digit| digit.is_ascii_hexdigit()))
}

fn is_service_account(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, project)| !name.is_empty() && project.ends_with(".gserviceaccount.com"))
}

/// `arn:aws-cn:iam::123456789012:role/path/name`, in any partition.
fn is_role(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let [arn, partition, service, region, account, resource] = parts.as_slice() else { return false };
    *arn == "arn"
        && partition.starts_with("aws")
        && *service == "iam"
        && region.is_empty()
        && account.len() == 12
        && account.bytes().all(|digit| digit.is_ascii_digit())
        && resource.strip_prefix("role/").is_some_and(|name| !name.is_empty())
}
