//! Resource definitions, by who brings them.

use std::path::PathBuf;

use anyhow::Result;

use crate::{cache, tools};

/// A group of resource definitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crds {
    /// Components, Subscriptions and the rest of Dapr.
    Dapr,
    /// `ScaledObjects` and what goes with them.
    Keda,
    /// `KafkaTopic` and `KafkaUser`.
    Strimzi,
    /// External Secrets.
    ExternalSecrets,
    /// `PodMonitor` and `PrometheusRule`.
    PrometheusOperator,
}

impl Crds {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Dapr, Self::Keda, Self::Strimzi, Self::ExternalSecrets, Self::PrometheusOperator];

    /// The folder with the manifests.
    pub fn folder(self) -> Result<PathBuf> {
        let part = match self {
            Self::Dapr => return Ok(tools::dapr_chart()?.join("crds")),
            Self::Keda => "keda-crds",
            Self::Strimzi => "strimzi-crds",
            Self::ExternalSecrets => "external-secrets-crds",
            Self::PrometheusOperator => "prometheus-operator-crds",
        };
        Ok(cache::folder(part)?.join("crds"))
    }
}
