//! How spans leave: in the background, through a queue that has an end. Who is traced never waits for who is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use opentelemetry::trace::Span as _;
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{BatchSpanProcessor, Span, SpanData, SpanExporter, SpanProcessor};
use tokio::runtime::Handle;

/// Marks a span that nobody is told of.
const LEFT_OUT: &str = "portolan.left_out";

/// Has nobody told of a span: nothing was done in it.
pub(super) fn leave_out(span: &mut Span) {
    span.set_attribute(KeyValue::new(LEFT_OUT, true));
}

/// How many spans there were, and how many of them have arrived.
#[derive(Debug, Default)]
pub(super) struct Delivery {
    ended: AtomicU64,
    arrived: AtomicU64,
    away: AtomicBool,
}

impl Delivery {
    /// How many have not arrived: those that wait, too, until all have been sent.
    pub(super) fn lost(&self) -> u64 {
        self.ended.load(Ordering::Relaxed).saturating_sub(self.arrived.load(Ordering::Relaxed))
    }

    /// Says so when the receiver goes away, and when it is back; not for each attempt.
    fn report(&self, spans: u64, result: &OTelSdkResult) {
        match result {
            Ok(()) => {
                self.arrived.fetch_add(spans, Ordering::Relaxed);
                if self.away.swap(false, Ordering::Relaxed) {
                    tracing::info!(lost = self.lost(), "the receiver of traces is there again");
                }
            }
            Err(error) if !self.away.swap(true, Ordering::Relaxed) => {
                tracing::warn!(%error, "the receiver of traces does not take them; spans are lost until it does");
            }
            Err(_) => {}
        }
    }
}

/// Takes in what is not left out.
#[derive(Debug)]
pub(super) struct Kept {
    queue: BatchSpanProcessor,
    delivery: Arc<Delivery>,
}

impl Kept {
    pub(super) fn new(exporter: impl SpanExporter + 'static, delivery: &Arc<Delivery>) -> Self {
        let (inner, delivery) = (Arc::new(exporter), Arc::clone(delivery));
        let exporter = Exporter { inner, delivery: Arc::clone(&delivery), runtime: Handle::current() };
        Self { queue: BatchSpanProcessor::builder(exporter).build(), delivery }
    }
}

impl SpanProcessor for Kept {
    fn on_start(&self, span: &mut Span, context: &Context) {
        self.queue.on_start(span, context);
    }

    fn on_end(&self, span: SpanData) {
        if !span.attributes.iter().any(|attribute| attribute.key.as_str() == LEFT_OUT) {
            self.delivery.ended.fetch_add(1, Ordering::Relaxed);
            self.queue.on_end(span);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.queue.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.queue.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.queue.set_resource(resource);
    }
}

/// Sends in the runtime: the queue's own thread has none, and connections need one.
#[derive(Debug)]
struct Exporter<E> {
    inner: Arc<E>,
    delivery: Arc<Delivery>,
    runtime: Handle,
}

impl<E: SpanExporter + 'static> SpanExporter for Exporter<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len() as u64;
        let inner = Arc::clone(&self.inner);
        let sent = self.runtime.spawn(async move { inner.export(batch).await }).await;
        let result = sent.unwrap_or_else(|error| Err(OTelSdkError::InternalFailure(error.to_string())));
        self.delivery.report(spans, &result);
        result
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.inner.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        if let Some(inner) = Arc::get_mut(&mut self.inner) {
            inner.set_resource(resource);
        }
    }
}
