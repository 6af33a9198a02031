use super::components::component_type;
use super::resolver::Resolver;
use crate::catalogue;
use crate::model::{Cluster, Fact, NameResolution};
use crate::spec::document::Flavour;

impl Resolver<'_> {
    pub(super) fn cluster(&mut self, stack: &str) -> Cluster {
        let written = &self.document.cluster;
        let namespace = format!("{stack}-{}", self.project.environment);
        let flavour = self.or_default_as(written.flavour.as_ref(), "cluster.flavour", Flavour::Kubernetes, |flavour| {
            flavour.word().to_owned()
        });
        let available = flavour.value != Flavour::Minikube;
        let keda = self.or_default(written.keda.as_ref(), "cluster.keda", catalogue::NEWEST_KEDA.to_owned());
        Cluster {
            namespace: self.or_default(written.namespace.as_ref(), "cluster.namespace", namespace),
            dapr: self.or_default(written.dapr.as_ref(), "cluster.dapr", catalogue::NEWEST_DAPR.to_owned()),
            keda: Some(keda).filter(|version| version.value != "none"),
            high_availability: self.or_default(
                self.document.platform.high_availability.as_ref(),
                "platform.highAvailability",
                available,
            ),
            mtls: self.or_default(self.document.platform.mtls.as_ref(), "platform.mtls", true),
            flavour,
        }
    }

    pub(super) fn name_resolution(&mut self) -> Option<NameResolution> {
        let written = &self.document.name_resolution;
        let Some(kind) = &written.kind else {
            if let Some(configuration) = &written.configuration {
                let message = "the configuration of name resolution is for no type";
                self.missing(configuration.at, message, "add `type: nameresolution.NAME` to `nameResolution`");
            }
            return None;
        };
        let kind = Fact::written_at(component_type(&kind.value), kind.at);
        Some(NameResolution { kind, configuration: written.configuration.clone() })
    }
}
