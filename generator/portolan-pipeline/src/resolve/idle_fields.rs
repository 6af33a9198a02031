use crate::model::IdleField;
use crate::source::Span;
use crate::spec::document::{Component, Document, Provider, SecretOrigin};
use crate::spec::{Located, Project};

type Written = (&'static str, Option<Span>);

/// Fields that nothing reads. Only within one file: what one environment replaces, another may leave as it is.
pub(super) fn idle_fields(project: &Project) -> Vec<IdleField> {
    let Document { components, secret_source, .. } = &project.document;
    let mut idle = Vec::new();
    for (name, component) in components {
        let Some(kind) = &component.kind else { continue };
        let named = format!("`{}` is of type `{}`", name.value, kind.value);
        if !kind.value.starts_with("pubsub.") && kind.value != "aws.eventbridge" {
            keep(&mut idle, &[("carries", component.carries.first().map(|topic| topic.at))], kind.at, &named);
        }
        if kind.value.split('/').next() != Some("pubsub.kafka") {
            keep(&mut idle, &broker_fields(component), kind.at, &named);
        } else if let Some(provider) = component.provider.as_ref().filter(|known| known.value != Provider::Strimzi) {
            let why = format!("the provider of `{}` is `{}`", name.value, provider.value.word());
            keep(&mut idle, &strimzi_fields(component), provider.at, &why);
        }
    }
    if let Some(from) = secret_source.from.as_ref().filter(|from| from.value != SecretOrigin::ExternalSecrets) {
        let fields = [("store", at(secret_source.store.as_ref())), ("refresh", at(secret_source.refresh.as_ref()))];
        keep(&mut idle, &fields, from.at, &format!("secrets come from `{}`", from.value.word()));
    }
    idle
}

fn keep(idle: &mut Vec<IdleField>, fields: &[Written], because: Span, why: &str) {
    for (field, at) in fields {
        if let Some(at) = at.filter(|at| at.file == because.file) {
            idle.push(IdleField { field, at, why: why.to_owned(), because });
        }
    }
}

/// What only `pubsub.kafka` has.
fn broker_fields(component: &Component) -> Vec<Written> {
    let auth = component.auth.as_ref().and_then(|auth| at(auth.sasl.as_ref()).or_else(|| at(auth.username.as_ref())));
    let mut fields = vec![
        ("provider", at(component.provider.as_ref())),
        ("brokers", at(component.brokers.as_ref())),
        ("auth", auth),
        ("tls", at(component.tls.as_ref())),
        ("replication", at(component.replication.as_ref())),
        ("topics", at(component.topics.as_ref())),
    ];
    fields.extend(strimzi_fields(component));
    fields
}

fn strimzi_fields(component: &Component) -> [Written; 1] {
    let strimzi = &component.strimzi;
    [("strimzi", at(strimzi.cluster.as_ref()).or_else(|| at(strimzi.namespace.as_ref())))]
}

fn at<T>(written: Option<&Located<T>>) -> Option<Span> {
    written.map(|written| written.at)
}
