use super::Fact;

/// What watches the stack, where the cluster has the Prometheus Operator.
#[derive(Debug, Clone)]
pub struct Monitoring {
    /// The namespace that Prometheus runs in.
    pub namespace: Fact<String>,
    /// Labels by which it finds what it is to read.
    pub labels: Vec<(String, Fact<String>)>,
}
