//! Traces: what comes in, what is done with it and what leaves is one trace, whoever does each part. Spans leave by OTLP where
//! `OTEL_EXPORTER_OTLP_ENDPOINT` says where to; docs/decisions/0028 says what a span is and what is never in it.

mod carry;
mod config;
mod context;
mod export;
mod perform;
mod serve;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider, SpanExporter};

use crate::environment::{Environment, Problems};
use crate::perform::Perform;
use crate::relay::Carrier;
use crate::transport::chosen;
use config::Receiver;
use export::{Delivery, Kept};

pub(crate) use carry::Carrying;
pub(crate) use context::{attributes, of_headers};
pub(crate) use perform::Performing;

/// How long the last spans have to leave when the service ends.
pub(crate) const FLUSHING: Duration = Duration::from_secs(2);

/// The traces of a service. Where nobody asks for any, all of it passes through as it came.
#[derive(Clone, Default)]
pub(crate) struct Traces(Option<Arc<Tracing>>);

/// What makes spans.
struct Tracing {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
    delivery: Arc<Delivery>,
    /// What carries the events of the service, in the words of OpenTelemetry.
    system: String,
}

impl Traces {
    /// Reads the environment. What more there is to say, about sampling, limits and headers, the SDK reads by itself under
    /// OpenTelemetry's own names. Needs a runtime around it where there is a receiver.
    pub(crate) fn read(environment: &Environment, service: &str, problems: &mut Problems) -> Self {
        let Some(receiver) = Receiver::read(environment, problems) else { return Self::default() };
        if let Ok(exporter) = receiver.exporter() {
            return Self::to(exporter, environment, service);
        }
        // The reason would quote the address, and an address may hold a password.
        problems.add("OTEL_EXPORTER_OTLP_ENDPOINT is no address of an OTLP receiver".to_owned());
        Self::default()
    }

    fn to(exporter: impl SpanExporter + 'static, environment: &Environment, service: &str) -> Self {
        let name = environment.optional("OTEL_SERVICE_NAME").unwrap_or_else(|| service.to_owned());
        let system = chosen(environment, &mut Problems::default());
        let delivery = Arc::new(Delivery::default());
        let provider = SdkTracerProvider::builder()
            .with_resource(Resource::builder().with_service_name(name).build())
            .with_span_processor(Kept::new(exporter, &delivery))
            .build();
        let tracer = provider.tracer("portolan");
        Self(Some(Arc::new(Tracing { provider, tracer, delivery, system })))
    }

    /// A performer whose batches and events have spans.
    pub(crate) fn performing<P: Perform>(&self, performer: Arc<P>) -> Arc<Performing<P>> {
        Arc::new(Performing::new(performer, self.clone()))
    }

    /// A carrier whose rows have spans.
    pub(crate) fn carrying<C: Carrier>(&self, carrier: C) -> Carrying<C> {
        Carrying::new(carrier, self.clone())
    }

    /// Routes whose requests have spans.
    pub(crate) fn around(&self, routes: Router) -> Router {
        match &self.0 {
            Some(tracing) => serve::around(tracing, routes),
            None => routes,
        }
    }

    /// Sends what there is so far. A receiver that is away is waited for as long as one request to it may take.
    pub(crate) async fn send(&self) {
        let Some(tracing) = &self.0 else { return };
        let provider = tracing.provider.clone();
        let _ = tokio::task::spawn_blocking(move || provider.force_flush()).await;
    }

    /// Sends what is left, and takes nothing more. A receiver that is away is not waited for longer than [`FLUSHING`].
    pub(crate) async fn flush(self) {
        let Some(tracing) = self.0 else { return };
        // It waits for a thread, which itself needs this runtime.
        let provider = tracing.provider.clone();
        let _ = tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(FLUSHING)).await;
        let lost = tracing.delivery.lost();
        if lost > 0 {
            tracing::warn!(spans = lost, "spans have not left");
        }
    }
}
