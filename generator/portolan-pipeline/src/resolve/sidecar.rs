use super::resolver::Resolver;
use crate::model::{Fact, HealthCheck, LabelRule, Metrics, Sidecar};
use crate::spec::document::{self, Protocol};
use crate::spec::{Entries, Located};

impl Resolver<'_> {
    /// What the service says wins over what the stack says; maps of names are laid over each other.
    pub(super) fn sidecar(&mut self, service: &str, written: &document::Sidecar, has_contract: bool) -> Sidecar {
        let stack = &self.document.sidecar;
        let path = |field: &str| format!("services.{service}.sidecar.{field}");
        let protocol = self.or_default_as(
            written.protocol.as_ref().or(stack.protocol.as_ref()),
            &path("protocol"),
            Protocol::Http,
            |protocol| protocol.word().to_owned(),
        );
        let mut resource =
            |own: &Option<Located<String>>, all: &Option<Located<String>>, field: &str, default: &str| {
                self.or_default(own.as_ref().or(all.as_ref()), &path(field), default.to_owned())
            };
        let resources = [
            resource(&written.cpu, &stack.cpu, "cpu", "50m"),
            resource(&written.memory, &stack.memory, "memory", "64Mi"),
            resource(&written.memory_limit, &stack.memory_limit, "memoryLimit", "256Mi"),
        ];
        let health_check = self.health_check(service, written, has_contract);
        let logging = |pick: fn(&document::ApiLogging) -> Option<&Located<bool>>| {
            first(pick(&written.api_logging), pick(&stack.api_logging))
        };
        Sidecar {
            log_level: first(written.log_level.as_ref(), stack.log_level.as_ref()),
            protocol,
            max_concurrency: first(written.max_concurrency.as_ref(), stack.max_concurrency.as_ref()),
            max_body: first(written.max_body.as_ref(), stack.max_body.as_ref()),
            read_buffer: first(written.read_buffer.as_ref(), stack.read_buffer.as_ref()),
            graceful_shutdown: first(written.graceful_shutdown.as_ref(), stack.graceful_shutdown.as_ref()),
            block_shutdown: first(written.block_shutdown.as_ref(), stack.block_shutdown.as_ref()),
            resources,
            cpu_limit: first(written.cpu_limit.as_ref(), stack.cpu_limit.as_ref()),
            health_check,
            env: laid_over(&written.env, &stack.env),
            annotations: laid_over(&written.annotations, &stack.annotations),
            metrics: metrics(&written.metrics, &stack.metrics),
            api_logging: [
                logging(|known| known.enabled.as_ref()),
                logging(|known| known.obfuscate_urls.as_ref()),
                logging(|known| known.omit_health_checks.as_ref()),
            ],
            features: laid_over(&written.features, &stack.features),
            allowed_apis: listed(&written.api.allowed, &stack.api.allowed),
            denied_apis: listed(&written.api.denied, &stack.api.denied),
            deny_components: listed(&written.deny_components, &stack.deny_components),
        }
    }

    /// Only our own runtime is known to answer without being told where.
    fn health_check(&mut self, service: &str, written: &document::Sidecar, has_contract: bool) -> Option<HealthCheck> {
        let check = written.health_check.as_ref().or(self.document.sidecar.health_check.as_ref());
        let nothing = document::HealthCheck::default();
        let enabled = check.map_or(has_contract, |check| check.enabled.as_ref().is_none_or(|enabled| enabled.value));
        let check = check.unwrap_or(&nothing);
        let path = format!("services.{service}.sidecar.healthCheck.path");
        enabled.then(|| HealthCheck {
            path: self.or_default(check.path.as_ref(), &path, "/healthz".to_owned()),
            interval: check.interval.as_ref().map(Fact::from),
            timeout: check.timeout.as_ref().map(Fact::from),
            threshold: check.threshold.as_ref().map(Fact::from),
        })
    }
}

fn metrics(written: &document::Metrics, stack: &document::Metrics) -> Metrics {
    let rules = if written.rules.iter().next().is_some() { &written.rules } else { &stack.rules };
    let labels = |labels: &Entries<Entries<Located<String>>>| -> Vec<LabelRule> {
        labels.iter().map(|(label, values)| (label.into(), facts(values).collect())).collect()
    };
    Metrics {
        enabled: first(written.enabled.as_ref(), stack.enabled.as_ref()),
        increased_cardinality: first(written.increased_cardinality.as_ref(), stack.increased_cardinality.as_ref()),
        paths: listed(&written.paths, &stack.paths),
        exclude_verbs: first(written.exclude_verbs.as_ref(), stack.exclude_verbs.as_ref()),
        buckets: listed(&written.buckets, &stack.buckets),
        rules: rules.iter().map(|(metric, rule)| (metric.into(), labels(rule))).collect(),
    }
}

fn first<T: Clone>(own: Option<&Located<T>>, all: Option<&Located<T>>) -> Option<Fact<T>> {
    own.or(all).map(Fact::from)
}

fn listed<T: Clone>(own: &[Located<T>], all: &[Located<T>]) -> Vec<Fact<T>> {
    let written = if own.is_empty() { all } else { own };
    written.iter().map(Fact::from).collect()
}

fn laid_over<T: Clone>(own: &Entries<Located<T>>, all: &Entries<Located<T>>) -> Vec<(String, Fact<T>)> {
    facts(own).chain(facts(all).filter(|(name, _)| own.get(name).is_none())).collect()
}

fn facts<T: Clone>(entries: &Entries<Located<T>>) -> impl Iterator<Item = (String, Fact<T>)> {
    entries.iter().map(|(name, value)| (name.value.clone(), Fact::from(value)))
}
