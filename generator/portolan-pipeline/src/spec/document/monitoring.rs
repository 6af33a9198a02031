use crate::spec::decode::{Entries, Located, record};

record! {
    /// What watches the stack.
    pub struct Monitoring {
        /// Whether the cluster has the Prometheus Operator: a PodMonitor, a PrometheusRule and a dashboard are rendered;
        /// default false.
        "prometheus" => prometheus: Option<Located<bool>>,
        /// The namespace that Prometheus runs in; default monitoring.
        "namespace" => namespace: Option<Located<String>>,
        /// Labels by which Prometheus finds PodMonitors and PrometheusRules.
        "labels" => labels: Entries<Located<String>>,
    }
}
