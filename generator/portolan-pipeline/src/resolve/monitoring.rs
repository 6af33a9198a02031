use super::resolver::Resolver;
use crate::model::{Fact, Monitoring};

impl Resolver<'_> {
    /// Nothing, unless it is asked for: a cluster without the operator refuses its kinds.
    pub(super) fn monitoring(&mut self) -> Option<Monitoring> {
        let written = &self.document.monitoring;
        written.prometheus.as_ref().filter(|on| on.value)?;
        let namespace = self.or_default(written.namespace.as_ref(), "monitoring.namespace", "monitoring".to_owned());
        let labels = written.labels.iter().map(|(name, value)| (name.value.clone(), Fact::from(value)));
        Some(Monitoring { namespace, labels: labels.collect() })
    }
}
