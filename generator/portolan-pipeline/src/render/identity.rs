//! A service's identity in the cloud, in the words of each cluster's webhook.

use super::tree::{Map, Tree};
use crate::model::{Service, Stack};
use crate::spec::document::Flavour;

/// Annotations of the service account.
pub(super) fn render_service_account(stack: &Stack, service: &Service) -> Map {
    let annotation = match stack.cluster.flavour.value {
        Flavour::Aks => "azure.workload.identity/client-id",
        Flavour::Gke => "iam.gke.io/gcp-service-account",
        Flavour::Eks => "eks.amazonaws.com/role-arn",
        // Oracle tells a workload by its namespace and its service account, and needs no annotation.
        Flavour::Oke | Flavour::Kubernetes | Flavour::Minikube => return Map::new(),
    };
    Map::new().maybe(annotation, service.identity.as_ref().map(Tree::text))
}

/// Labels of the pods: Azure's webhook looks at no other pod.
pub(super) fn render_pod_labels(stack: &Stack, service: &Service) -> Map {
    let identity = service.identity.as_ref().filter(|_| stack.cluster.flavour.value == Flavour::Aks);
    Map::new().maybe("azure.workload.identity/use", identity.map(|identity| Tree::from("true").at_place(identity.at)))
}

/// Where tokens are given out, and where they are used; on GKE also the metadata server on the node.
pub(super) fn identity_ports(stack: &Stack, service: &Service) -> &'static [u16] {
    match (stack.cluster.flavour.value, &service.identity) {
        (_, None) => &[],
        (Flavour::Gke, Some(_)) => &[80, 443, 988],
        (_, Some(_)) => &[443],
    }
}
