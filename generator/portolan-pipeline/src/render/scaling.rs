use super::scaled_job::render_job;
use super::tree::{Map, Tree};
use crate::model::{
    Fact, Fallback, JobShape, Modifiers, PodIdentity, ScalingPolicy, ScalingRules, Service, Stack, Trigger, TriggerKind,
};

/// The chart's `scaling`: KEDA where there is one and something to count, else an HPA on CPU, else a fixed number.
pub(super) fn render_scaling(stack: &Stack, service: &Service) -> Map {
    let scale = &service.scale;
    if let Some(job) = &scale.job {
        return render_scaled_job(service, job);
    }
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
    scaling
        .with("scaleDownStabilizationSeconds", seconds(&scale.scale_down_stabilization))
        .map("behavior", render_behavior(service))
}

/// KEDA starts jobs for what waits; there is no HPA, and no replica to take away.
fn render_scaled_job(service: &Service, job: &JobShape) -> Map {
    let scale = &service.scale;
    Map::new()
        .with("engine", Tree::from("job").at_place(job.chosen.at))
        .with("min", Tree::number(&scale.min))
        .with("max", Tree::number(&scale.max))
        .with("pollingInterval", seconds(&scale.polling_interval))
        .with("triggers", scale.triggers.iter().map(|trigger| render_trigger(service, trigger)).collect::<Vec<_>>())
        .list("authentications", render_authentications(service))
        .maybe("paused", Some(&scale.paused).filter(|paused| paused.value).map(Tree::flag))
        .with("job", render_job(job))
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
        .maybe("idle", scale.idle.as_ref().map(Tree::number))
        .maybe("initialCooldownPeriod", scale.initial_cooldown_period.as_ref().map(seconds))
        .maybe("restoreToOriginalReplicaCount", scale.restore.as_ref().map(Tree::flag))
        .maybe("hpaName", scale.hpa_name.as_ref().map(Tree::text))
        .maybe("modifiers", scale.modifiers.as_ref().map(render_modifiers))
        .maybe("paused", Some(&scale.paused).filter(|paused| paused.value).map(Tree::flag))
}

fn render_fallback(fallback: &Fallback) -> Map {
    let behavior = fallback.behavior.as_ref().map(|behavior| Tree::from(behavior.value.word()).at_place(behavior.at));
    Map::new()
        .with("failureThreshold", Tree::number(&fallback.failures))
        .with("replicas", Tree::number(&fallback.replicas))
        .maybe("behavior", behavior)
}

fn render_modifiers(modifiers: &Modifiers) -> Map {
    let metric = modifiers.metric_type.as_ref();
    Map::new()
        .with("formula", Tree::text(&modifiers.formula))
        .with("target", Tree::text(&modifiers.target))
        .maybe("activationTarget", modifiers.activation_target.as_ref().map(Tree::text))
        .maybe("metricType", metric.map(|metric| Tree::from(metric.value.word()).at_place(metric.at)))
}

/// In the words of autoscaling/v2; nothing where nothing is said.
fn render_behavior(service: &Service) -> Map {
    let behavior = &service.scale.behavior;
    let window = behavior.scale_up.stabilization_window.as_ref().map(seconds);
    // The other direction's window is `scaleDownStabilizationSeconds`, which always has a value.
    Map::new()
        .map("scaleUp", render_rules(&behavior.scale_up, window))
        .map("scaleDown", render_rules(&behavior.scale_down, None))
}

fn render_rules(rules: &ScalingRules, window: Option<Tree>) -> Map {
    let select = rules.select_policy.as_ref();
    Map::new()
        .maybe("stabilizationWindowSeconds", window)
        .maybe("selectPolicy", select.map(|select| Tree::from(select.value.word()).at_place(select.at)))
        .list("policies", rules.policies.iter().map(render_policy).collect())
}

fn render_policy(policy: &ScalingPolicy) -> Tree {
    Map::new()
        .with("type", Tree::from(policy.kind.value.word()).at_place(policy.kind.at))
        .with("value", Tree::number(&policy.value))
        .with("periodSeconds", seconds(&policy.period))
        .into()
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
        _ if trigger.authentication.is_empty() && trigger.pod_identity.is_none() => None,
        TriggerKind::KafkaLag { component, .. } => Some(component.as_str()),
        TriggerKind::Scaler(kind) => Some(trigger.name.as_ref().unwrap_or(kind).value.as_str()),
        TriggerKind::Resource(_) => None,
    };
    counted.map(|counted| format!("{}-{counted}", service.name))
}

fn render_pod_identity(identity: &PodIdentity) -> Map {
    let parameters = identity.parameters.iter().map(|(name, value)| (*name, Tree::text(value)));
    let owner = identity.owner.iter().map(|owner| ("identityOwner", Tree::from(owner.value.word()).at_place(owner.at)));
    let provider = ("provider", Tree::from(identity.provider.value.word()).at_place(identity.provider.at));
    [provider].into_iter().chain(owner).chain(parameters).collect()
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
            Map::new()
                .with("name", name)
                .list("secretTargetRef", references.collect())
                .maybe("podIdentity", trigger.pod_identity.as_ref().map(render_pod_identity))
                .into()
        })
        .collect()
}
