use super::tree::{Map, Tree, Value};
use crate::model::{Fact, Service, Stack, Trigger, TriggerKind};

/// The chart's `scaling`: KEDA where there is one and something to count, else an HPA on CPU, else a fixed number.
pub(super) fn render_scaling(stack: &Stack, service: &Service) -> Map {
    let scale = &service.scale;
    let with_keda = stack.cluster.keda.is_some() && !scale.triggers.is_empty();
    let engine = match (with_keda, &scale.cpu) {
        (true, _) => "keda",
        (false, Some(_)) => "hpa",
        (false, None) => return Map::new().with("engine", "none"),
    };
    let scaling =
        Map::new().with("engine", engine).with("min", Tree::number(&scale.min)).with("max", Tree::number(&scale.max));
    let scaling = match &scale.cpu {
        Some(cpu) => scaling.with("cpu", Tree::from(u64::from(cpu.value.value())).at_place(cpu.at)),
        None => scaling,
    };
    let scaling = if with_keda { with_triggers(scaling, service) } else { scaling };
    scaling.with("scaleDownStabilizationSeconds", seconds(&scale.scale_down_stabilization))
}

fn with_triggers(scaling: Map, service: &Service) -> Map {
    let scale = &service.scale;
    let triggers: Vec<Tree> = scale.triggers.iter().map(|trigger| render_trigger(service, trigger)).collect();
    scaling
        .with("pollingInterval", seconds(&scale.polling_interval))
        .with("cooldownPeriod", seconds(&scale.cooldown_period))
        .with("triggers", triggers)
        .list("authentications", render_authentications(service))
        .maybe("fallback", scale.fallback.as_ref().map(render_fallback))
        .maybe("paused", Some(&scale.paused).filter(|paused| paused.value).map(Tree::flag))
}

fn render_fallback((failures, replicas): &(Fact<u32>, Fact<u32>)) -> Map {
    Map::new().with("failureThreshold", Tree::number(failures)).with("replicas", Tree::number(replicas))
}

fn seconds(duration: &Fact<crate::spec::Duration>) -> Tree {
    Tree::from(duration.value.as_seconds()).at_place(duration.at)
}

fn render_trigger(service: &Service, trigger: &Trigger) -> Tree {
    let metadata: Map = trigger.metadata.iter().map(|(key, value)| (key.clone(), Tree::text(value))).collect();
    Map::new()
        .with("type", trigger.scaler())
        .maybe("name", trigger.name.as_ref().map(Tree::text))
        .maybe("metricType", trigger.metric_type.as_ref().map(|kind| Tree::from(kind.value.word()).at_place(kind.at)))
        .with("metadata", metadata)
        .maybe("authentication", authentication_name(service, trigger))
        .into()
}

/// One TriggerAuthentication for each component, and for each scaler, that a service is counted by.
fn authentication_name(service: &Service, trigger: &Trigger) -> Option<String> {
    let counted = match &trigger.kind {
        _ if trigger.authentication.is_empty() => None,
        TriggerKind::KafkaLag { component, .. } => Some(component.as_str()),
        TriggerKind::Scaler(kind) => Some(trigger.name.as_ref().unwrap_or(kind).value.as_str()),
        TriggerKind::Resource(_) => None,
    };
    counted.map(|counted| format!("{}-{counted}", service.name))
}

fn render_authentications(service: &Service) -> Vec<Tree> {
    let mut seen = std::collections::BTreeSet::new();
    let named =
        service.scale.triggers.iter().filter_map(|trigger| Some((authentication_name(service, trigger)?, trigger)));
    named
        .filter(|(name, _)| seen.insert(name.clone()))
        .map(|(name, trigger)| {
            let references = trigger.authentication.iter().map(|parameter| {
                let key = &parameter.key.value;
                let reference = Map::new()
                    .with("parameter", parameter.parameter.as_str())
                    .with("name", key.secret.as_str())
                    .with("key", key.key.as_str());
                Tree::from(reference).at_place(parameter.key.at)
            });
            Map::new().with("name", name).with("secretTargetRef", Value::List(references.collect())).into()
        })
        .collect()
}
