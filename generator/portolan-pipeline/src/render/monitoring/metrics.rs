//! Expressions over what Dapr (1.18, `pkg/diagnostics`), KEDA (2.21, `pkg/metricscollector`) and our own runtime count.

use crate::model::{Service, Stack, TriggerKind};
use crate::spec::document::Run;

/// Events that a sidecar has got from a component, by what became of them.
pub(super) const INGRESS: &str = "dapr_component_pubsub_ingress_count";
/// The same for events that it has got in bulk, with the words in capitals.
pub(super) const BULK_INGRESS: &str = "dapr_component_pubsub_ingress_bulk_event_count";
/// Dead letters of a consumer.
pub(super) const DEAD_LETTERS: &str = "portolan_dead_letters_total";
/// Events that a consumer is done with.
pub(super) const FINISHED: &str = "portolan_events_finished_total";
/// Age of the oldest event that waits to be published.
pub(super) const OUTBOX_AGE: &str = "portolan_outbox_oldest_seconds";

/// A topic that KEDA counts for a service.
pub(super) struct Lag<'a> {
    pub(super) service: &'a Service,
    pub(super) topic: &'a str,
}

/// Every topic that KEDA counts.
pub(super) fn lags(stack: &Stack) -> Vec<Lag<'_>> {
    let services = stack.services.values().filter(|_| stack.cluster.keda.is_some());
    let lags = services.flat_map(|service| {
        service.scale.triggers.iter().filter_map(move |trigger| match &trigger.kind {
            TriggerKind::KafkaLag { topic, .. } => Some(Lag { service, topic: topic.as_str() }),
            TriggerKind::Resource(_) | TriggerKind::Scaler(_) => None,
        })
    });
    lags.collect()
}

impl Lag<'_> {
    /// How many events wait. KEDA cuts the number off at what the most replicas could take.
    pub(super) fn waiting(&self, stack: &Stack, function: &str, range: &str) -> String {
        // KEDA calls it so: the trigger's number, the scaler, the topic without what a metric's name may not have.
        let metric = format!("s[0-9]+-kafka-{}", self.topic.replace('.', "-"));
        let labels = format!("scaledObject=\"{}\",metric=~\"{metric}\"", self.service.name);
        format!("max({})", keda(stack, "keda_scaler_metrics_value", &labels, function, range))
    }

    /// Which events were finished with: handled, ignored, or given up.
    pub(super) fn finished(&self, stack: &Stack) -> String {
        let namespace = &stack.cluster.namespace.value;
        let (service, topic) = (&self.service.name, self.topic);
        let (metric, progress) = match self.service.run.value {
            Run::Dapr if self.is_bulk() => (BULK_INGRESS, ",process_status!=\"RETRY\""),
            Run::Dapr => (INGRESS, ",process_status!=\"retry\""),
            Run::Kafka | Run::Lambda => (FINISHED, ""),
        };
        format!("{metric}{{namespace=\"{namespace}\",service=\"{service}\",topic=\"{topic}\"{progress}}}")
    }

    fn is_bulk(&self) -> bool {
        let mut subscriptions = self.service.subscriptions.iter();
        subscriptions.any(|subscription| subscription.topic.as_str() == self.topic && subscription.bulk.is_some())
    }
}

/// A series of KEDA's operator, which stands in a namespace of its own: its label `namespace` is renamed when it is read,
/// unless Prometheus was told to honor it.
pub(super) fn keda(stack: &Stack, metric: &str, labels: &str, function: &str, range: &str) -> String {
    let namespace = &stack.cluster.namespace.value;
    let of = |label: &str| format!("{function}({metric}{{{label}=\"{namespace}\",{labels}}}{range})");
    format!("{} or {}", of("exported_namespace"), of("namespace"))
}

/// What grew in the last ten minutes. A counter that is born at 1 has not grown for `increase`.
pub(super) fn grown(series: &str, by: &str) -> String {
    format!("sum by ({by}) (increase({series}[10m])) > 0 or sum by ({by}) ({series} unless {series} offset 10m) > 0")
}
