use super::super::file::RenderedFile;
use super::super::tree::{Map, Tree};
use super::metrics::{BULK_INGRESS, DEAD_LETTERS, INGRESS, OUTBOX_AGE, grown, keda, lags};
use super::watched;
use crate::model::{Monitoring, Service, Stack};

/// One PrometheusRule with an alert for each way in which events stop in silence.
pub(super) fn render_rules(stack: &Stack, monitoring: &Monitoring) -> RenderedFile {
    let mut alerts = lag_alerts(stack);
    alerts.extend(dead_letter_alerts(stack));
    if stack.services.values().any(|service| service.contract.is_some()) {
        alerts.push(outbox_alert(stack));
    }
    if stack.services.values().any(Service::has_sidecar) {
        alerts.push(component_alert(stack));
    }
    alerts.extend(scaler_alert(stack));
    let rules = alerts.into_iter().map(Tree::from).collect::<Vec<_>>();
    let group = Map::new().with("name", format!("{}-{}", stack.name.value, stack.environment)).with("rules", rules);
    watched(stack, monitoring, "PrometheusRule", Map::new().with("groups", vec![group.into()]))
}

fn lag_alerts(stack: &Stack) -> Vec<Map> {
    let alerts = lags(stack).into_iter().map(|lag| {
        let waiting = lag.waiting(stack, "min_over_time", "[15m]");
        let expression = format!("{waiting} > 0 unless sum(increase({}[15m])) > 0", lag.finished(stack));
        let (service, topic) = (lag.service.name.as_str(), lag.topic);
        let summary = format!("Events wait in {topic}, and {service} has finished none for 15 minutes");
        let labels = Map::new().with("service", service).with("topic", topic);
        alert("PortolanLagDoesNotMove", expression, "5m", labels.with("severity", "critical"), &summary)
    });
    alerts.collect()
}

fn dead_letter_alerts(stack: &Stack) -> Vec<Map> {
    let namespace = &stack.cluster.namespace.value;
    // An ignored event is dropped with the status of success; in bulk there is no such status.
    let of_sidecars = format!("{INGRESS}{{namespace=\"{namespace}\",process_status=\"drop\",status=\"drop\"}}");
    let of_bulk = format!("{BULK_INGRESS}{{namespace=\"{namespace}\",process_status=\"DROP\"}}");
    let of_consumers = format!("{DEAD_LETTERS}{{namespace=\"{namespace}\"}}");
    let any = |wanted: fn(&Service) -> bool| {
        stack.services.values().filter(|service| !service.subscriptions.is_empty()).any(wanted)
    };
    let in_bulk = |service: &Service| {
        service.has_sidecar() && service.subscriptions.iter().any(|subscription| subscription.bulk.is_some())
    };
    let series = [
        (any(Service::has_sidecar), of_sidecars),
        (any(in_bulk), of_bulk),
        (any(|service| !service.has_sidecar()), of_consumers),
    ];
    let present = series.into_iter().filter(|(is_there, _)| *is_there);
    let summary = "{{ $labels.service }} gives up events of {{ $labels.topic }}";
    present
        .map(|(_, series)| {
            alert("PortolanDeadLetters", grown(&series, "service, topic"), "0m", severity("warning"), summary)
        })
        .collect()
}

fn outbox_alert(stack: &Stack) -> Map {
    let age = format!("{OUTBOX_AGE}{{namespace=\"{}\"}}", stack.cluster.namespace.value);
    let summary = "{{ $labels.service }} has events older than 5 minutes that it has not published";
    alert("PortolanOutboxTooOld", format!("max by (service) ({age}) > 300"), "5m", severity("critical"), summary)
}

/// The counter lives as long as the sidecar: above zero, this sidecar lacks a component.
fn component_alert(stack: &Stack) -> Map {
    let failed = format!("dapr_runtime_component_init_fail_total{{namespace=\"{}\"}}", stack.cluster.namespace.value);
    let summary = "A sidecar of {{ $labels.service }} has not loaded {{ $labels.component }}";
    alert("PortolanComponentFailed", format!("{failed} > 0"), "0m", severity("critical"), summary)
}

fn scaler_alert(stack: &Stack) -> Option<Map> {
    // A ScaledJob's errors are counted by another name.
    let is_counted = |service: &&Service| !service.scale.triggers.is_empty() && service.scale.job.is_none();
    let counted = stack.services.values().filter(is_counted);
    let names: Vec<&str> = counted.map(|service| service.name.as_str()).collect();
    if names.is_empty() || stack.cluster.keda.is_none() {
        return None;
    }
    let labels = format!("scaledObject=~\"{}\"", names.join("|"));
    let errors = keda(stack, "keda_scaled_object_errors_total", &labels, "increase", "[10m]");
    let summary = "KEDA cannot ask what {{ $labels.scaledObject }} is to be scaled by";
    let expression = format!("sum by (scaledObject) ({errors}) > 0");
    Some(alert("PortolanScalerErrors", expression, "5m", severity("warning"), summary))
}

fn severity(word: &'static str) -> Map {
    Map::new().with("severity", word)
}

fn alert(name: &'static str, expression: String, lasting: &'static str, labels: Map, summary: &str) -> Map {
    Map::new()
        .with("alert", name)
        .with("expr", expression)
        .with("for", lasting)
        .with("labels", labels)
        .with("annotations", Map::new().with("summary", summary))
}
