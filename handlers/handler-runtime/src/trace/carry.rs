//! Spans of what leaves: whoever gets it continues them, as they continue what caused it, be that in another process.

use std::future::Future;

use handler_protocol::{Outgoing, What};
use opentelemetry::KeyValue;
use opentelemetry::trace::{Span as _, SpanKind, Status, Tracer};
use opentelemetry_sdk::trace::Span;

use super::context::{Told, written};
use super::export::leave_out;
use super::{Traces, Tracing};
use crate::relay::{Carried, Carrier};
use crate::transport::Ready;

/// Carries, with spans.
pub(crate) struct Carrying<C> {
    carrier: C,
    traces: Traces,
}

impl<C: Carrier> Carrying<C> {
    pub(super) const fn new(carrier: C, traces: Traces) -> Self {
        Self { carrier, traces }
    }
}

impl<C: Carrier> Carrier for Carrying<C> {
    /// Each row leaves as part of its span. One that has to wait is sent again, in another span: only that one is told of.
    async fn carry(&self, rows: &[Outgoing]) -> Vec<Carried> {
        let Some(tracing) = &self.traces.0 else { return self.carrier.carry(rows).await };
        let (spans, rows): (Vec<Span>, Vec<Outgoing>) = rows.iter().map(|row| begun(tracing, row)).unzip();
        let carried = self.carrier.carry(&rows).await;
        for (mut span, answer) in spans.into_iter().zip(&carried) {
            match answer {
                Carried::Delivered => {}
                Carried::Later(_) => leave_out(&mut span),
                Carried::Refused(_) => {
                    span.set_attribute(KeyValue::new("error.type", "refused"));
                    span.set_status(Status::error(""));
                }
            }
        }
        carried
    }

    fn is_gapless(&self, rows: &[&Outgoing]) -> bool {
        self.carrier.is_gapless(rows)
    }

    fn keeps_jobs(&self) -> bool {
        self.carrier.keeps_jobs()
    }
}

impl<C: Ready> Ready for Carrying<C> {
    fn is_ready(&self) -> impl Future<Output = Result<(), String>> + Send {
        self.carrier.is_ready()
    }
}

/// A row's span, and the row as it leaves in it.
fn begun(tracing: &Tracing, row: &Outgoing) -> (Span, Outgoing) {
    let context = Told { parent: row.traceparent.as_deref(), state: row.tracestate.as_deref() }.context();
    let (kind, name, attributes) = described(tracing, row);
    let builder = tracing.tracer.span_builder(name).with_kind(kind).with_attributes(attributes);
    let span = builder.start_with_context(&tracing.tracer, &context);
    let trace = written(span.span_context());
    (span, Outgoing { traceparent: Some(trace.parent), tracestate: trace.state, ..row.clone() })
}

/// What a row is. Of an invocation its path stays out, and of a mail everything: both may name somebody.
fn described(tracing: &Tracing, row: &Outgoing) -> (SpanKind, String, Vec<KeyValue>) {
    match &row.what {
        What::Publish { topic, kind, .. } => {
            let told = KeyValue::new("cloudevents.event_type", kind.clone());
            sent(tracing, topic.clone(), &row.id, Some(told))
        }
        What::DeadLetter(letter) => sent(tracing, format!("{}.dlq", letter.topic), &row.id, None),
        What::Schedule(_) => (SpanKind::Client, "schedule job".to_owned(), Vec::new()),
        What::Cancel { .. } => (SpanKind::Client, "cancel job".to_owned(), Vec::new()),
        What::Invoke(invoke) => {
            let told = [("http.request.method", &invoke.verb), ("peer.service", &invoke.service)];
            let told = told.map(|(name, value)| KeyValue::new(name, value.clone()));
            (SpanKind::Client, format!("invoke {}", invoke.service), told.into())
        }
        What::Mail(_) => (SpanKind::Client, "send mail".to_owned(), Vec::new()),
    }
}

fn sent(tracing: &Tracing, topic: String, id: &str, more: Option<KeyValue>) -> (SpanKind, String, Vec<KeyValue>) {
    let name = format!("send {topic}");
    let attributes = [
        KeyValue::new("messaging.system", tracing.system.clone()),
        KeyValue::new("messaging.destination.name", topic),
        KeyValue::new("messaging.operation.name", "send"),
        KeyValue::new("messaging.operation.type", "send"),
        KeyValue::new("messaging.message.id", id.to_owned()),
    ];
    (SpanKind::Producer, name, attributes.into_iter().chain(more).collect())
}
