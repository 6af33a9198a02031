use crate::spec::decode::{Located, record, words};
use crate::spec::duration::Duration;
use crate::spec::endpoint::Endpoint;
use crate::spec::percent::Percent;

record! {
    /// The Kubernetes cluster.
    pub struct Cluster {
        /// What kind of cluster; default kubernetes.
        "flavour" => flavour: Option<Located<Flavour>>,
        /// The namespace of every object; default `<stack>-<environment>`.
        "namespace" => namespace: Option<Located<String>>,
        /// Dapr's version; default the newest that is known.
        "dapr" => dapr: Option<Located<String>>,
        /// KEDA's version, or `none` where the cluster has none; default the newest that is known.
        "keda" => keda: Option<Located<String>>,
    }
}

words! {
    /// What kind of cluster.
    pub enum Flavour {
        /// Any Kubernetes.
        Kubernetes = "kubernetes",
        /// minikube, on one machine.
        Minikube = "minikube",
        /// Azure Kubernetes Service.
        Aks = "aks",
        /// Google Kubernetes Engine.
        Gke = "gke",
        /// Oracle Kubernetes Engine.
        Oke = "oke",
        /// Amazon Elastic Kubernetes Service.
        Eks = "eks",
    }
}

record! {
    /// How Dapr and KEDA themselves are installed.
    pub struct Platform {
        /// Three replicas of each control-plane service; default true, false on minikube.
        "highAvailability" => high_availability: Option<Located<bool>>,
    }
}

record! {
    /// Where the values of secrets come from.
    pub struct SecretSource {
        /// What brings them; default template.
        "from" => from: Option<Located<SecretOrigin>>,
        /// The name of the store, for external-secrets.
        "store" => store: Option<Located<String>>,
        /// How often external-secrets asks; default 1h.
        "refresh" => refresh: Option<Located<Duration>>,
    }
}

words! {
    /// What brings the values of secrets into the cluster.
    pub enum SecretOrigin {
        /// A person or a pipeline: a Secret without values is rendered, with the keys it wants.
        Template = "template",
        /// The External Secrets Operator.
        ExternalSecrets = "external-secrets",
        /// The controller of Sealed Secrets: nothing is rendered, `infra/sealed/<env>/<secret>.yaml` is what kubeseal wrote.
        SealedSecrets = "sealed-secrets",
        /// Somebody else: nothing is rendered.
        Existing = "existing",
    }
}

record! {
    /// Where images come from.
    pub struct Images {
        /// The registry and path before the service's name.
        "registry" => registry: Option<Located<String>>,
    }
}

record! {
    /// Where traces go.
    pub struct Tracing {
        /// The OTLP gRPC receiver; without it nothing is traced.
        "otlp" => otlp: Option<Located<Endpoint>>,
        /// How many of the traces are kept; default 100%.
        "sampling" => sampling: Option<Located<Percent>>,
    }
}
