use crate::spec::decode::{Located, record, words};
use crate::spec::duration::Duration;

record! {
    /// The Kubernetes cluster.
    pub struct Cluster {
        /// What kind of cluster; default kubernetes.
        "flavour" => flavour: Option<Located<Flavour>>,
        /// The namespace of every object; default `<stack>-<environment>`.
        "namespace" => namespace: Option<Located<String>>,
        /// The identity in the cloud of every service that has none of its own.
        "identity" => identity: Option<Located<String>>,
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
        /// Amazon Elastic Kubernetes Service.
        Eks = "eks",
        /// Oracle Kubernetes Engine.
        Oke = "oke",
    }
}

record! {
    /// How Dapr and KEDA themselves are installed.
    pub struct Platform {
        /// Three replicas of each control-plane service; default true, false on minikube.
        "highAvailability" => high_availability: Option<Located<bool>>,
        /// Whether sidecars prove to each other who they are, and encrypt; default true. Access control rests on it.
        "mtls" => mtls: Option<Located<bool>>,
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
