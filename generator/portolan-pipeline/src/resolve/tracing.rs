use std::collections::BTreeMap;

use super::environment::{Variable, variable};
use super::resolver::Resolver;
use crate::model::{Fact, Otlp, Secret, SecretName, Tracing};
use crate::spec::document::OtlpProtocol;
use crate::spec::{FromText, Percent, Setting};

impl Resolver<'_> {
    pub(super) fn tracing(&mut self, secrets: &BTreeMap<SecretName, Secret>) -> Option<Tracing> {
        let written = &self.document.tracing;
        for (_, value) in &written.headers {
            if let Setting::Secret(key) = &value.value {
                self.secret_reference(secrets, key, value.at);
            }
        }
        let otlp = self.otlp();
        if otlp.is_none() && written.zipkin.is_none() && written.stdout.as_ref().is_none_or(|on| !on.value) {
            return None;
        }
        let all = Percent::from_text("100%")?;
        let sampling = self.or_default_as(written.sampling.as_ref(), "tracing.sampling", all, |_| "100%".to_owned());
        Some(Tracing {
            otlp,
            zipkin: written.zipkin.as_ref().map(Fact::from),
            stdout: written.stdout.as_ref().map(Fact::from),
            sampling,
        })
    }

    fn otlp(&mut self) -> Option<Otlp> {
        let written = &self.document.tracing;
        let address = Fact::from(written.otlp.as_ref()?);
        let protocol =
            self.or_default_as(written.protocol.as_ref(), "tracing.protocol", OtlpProtocol::Grpc, |protocol| {
                protocol.word().to_owned()
            });
        Some(Otlp {
            address,
            protocol,
            secure: self.or_default(written.secure.as_ref(), "tracing.secure", false),
            headers: written.headers.iter().map(|(name, value)| (name.value.clone(), value.into())).collect(),
            timeout: written.timeout.as_ref().map(Fact::from),
        })
    }
}

/// Where a service's own spans go, in OpenTelemetry's words. What they take to be so anyway is not written.
pub(super) fn tracing_variables(tracing: &Tracing, otlp: &Otlp) -> Vec<Variable> {
    let scheme = if otlp.secure.value { "https" } else { "http" };
    let address = otlp.address.clone().map(|address| format!("{scheme}://{address}"));
    let mut variables = vec![variable("OTEL_EXPORTER_OTLP_ENDPOINT", address)];
    if otlp.protocol.value == OtlpProtocol::Http {
        let protocol = otlp.protocol.clone().map(|_| "http/protobuf".to_owned());
        variables.push(variable("OTEL_EXPORTER_OTLP_PROTOCOL", protocol));
    }
    if let Some(timeout) = &otlp.timeout {
        let milliseconds = timeout.clone().map(|timeout| timeout.as_milliseconds().to_string());
        variables.push(variable("OTEL_EXPORTER_OTLP_TIMEOUT", milliseconds));
    }
    if tracing.sampling.value.value() < 100 {
        let sampler = tracing.sampling.clone().map(|_| "parentbased_traceidratio".to_owned());
        let share = tracing.sampling.clone().map(|percent| format!("0.{:02}", percent.value()));
        variables.push(variable("OTEL_TRACES_SAMPLER", sampler));
        variables.push(variable("OTEL_TRACES_SAMPLER_ARG", share));
    }
    variables
}
