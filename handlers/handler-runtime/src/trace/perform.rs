//! Spans of what comes in: one for each event that is handled, which continues the event's trace, and one for a batch of
//! several, which belongs to none of their traces and names them all.

use std::collections::BTreeMap;
use std::sync::Arc;

use handler_contract::{Event, Identity};
use handler_protocol::{Batch, Delivered, Trace, Verdict};
use opentelemetry::trace::{Link, Span as _, SpanContext, SpanKind, Status, TraceContextExt, Tracer};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::Span as OpenSpan;

use super::context::{Told, written};
use super::export::leave_out;
use super::{Traces, Tracing};
use crate::perform::{Perform, Performed, Unavailable};
use crate::position::{Position, Span};

/// Performs, with spans.
pub(crate) struct Performing<P> {
    performer: Arc<P>,
    traces: Traces,
}

impl<P: Perform> Performing<P> {
    pub(super) const fn new(performer: Arc<P>, traces: Traces) -> Self {
        Self { performer, traces }
    }
}

impl<P: Perform> Perform for Performing<P> {
    async fn perform(self: Arc<Self>, batch: Batch, span: Option<Span>) -> Result<Performed, Unavailable> {
        let performer = Arc::clone(&self.performer);
        let Some(tracing) = &self.traces.0 else { return performer.perform(batch, span).await };
        let spans = Spans::begin(tracing, &batch);
        let performed = performer.perform(batch.traced(spans.traces()), span).await;
        spans.end(performed.as_ref().ok().map(|performed| performed.verdicts.as_slice()));
        performed
    }

    async fn begin(&self, places: Vec<Position>) -> Result<Vec<Position>, Unavailable> {
        self.performer.begin(places).await
    }
}

/// The spans of a batch.
struct Spans {
    /// Of several events.
    batch: Option<OpenSpan>,
    /// Of each entry, in order.
    entries: Vec<(Identity, OpenSpan)>,
}

impl Spans {
    fn begin(tracing: &Tracing, batch: &Batch) -> Self {
        let entries: Vec<(&Delivered, Context)> = batch.entries().iter().map(|entry| (entry, context(entry))).collect();
        let span = (entries.len() > 1).then(|| batch_span(tracing, &entries));
        let beside = span.as_ref().map(|span| span.span_context().clone());
        let begin = |(entry, context): (&Delivered, Context)| {
            (entry.identity().clone(), entry_span(tracing, entry, &context, beside.as_ref()))
        };
        Self { batch: span, entries: entries.into_iter().map(begin).collect() }
    }

    /// The trace that each event is handled in. What comes twice is handled the first time.
    fn traces(&self) -> BTreeMap<Identity, Trace> {
        let written = |(identity, span): &(Identity, OpenSpan)| (identity.clone(), written(span.span_context()));
        self.entries.iter().rev().map(written).collect()
    }

    /// Without verdicts nothing was decided: the batch says so, or its only event.
    fn end(self, verdicts: Option<&[Verdict]>) {
        let is_alone = self.batch.is_none();
        for (place, (_, mut span)) in self.entries.into_iter().enumerate() {
            match verdicts.and_then(|verdicts| verdicts.get(place)) {
                None if is_alone => failed(&mut span, "unavailable"),
                None | Some(Verdict::Ignored | Verdict::Held { .. }) => leave_out(&mut span),
                Some(verdict) => settled(&mut span, verdict),
            }
        }
        if let Some(mut span) = self.batch.filter(|_| verdicts.is_none()) {
            failed(&mut span, "unavailable");
        }
    }
}

/// The context that an entry brings.
fn context(entry: &Delivered) -> Context {
    match entry {
        Delivered::Event(event) => Told { parent: event.traceparent(), state: event.tracestate() }.context(),
        Delivered::Unreadable { .. } => Context::new(),
    }
}

fn batch_span(tracing: &Tracing, entries: &[(&Delivered, Context)]) -> OpenSpan {
    let topic = entries.first().map_or("", |(entry, _)| entry.topic());
    let causes = entries.iter().map(|(_, context)| Link::with_context(context.span().span_context().clone()));
    let count = i64::try_from(entries.len()).unwrap_or(i64::MAX);
    let attributes = process(tracing, topic).into_iter().chain([KeyValue::new("messaging.batch.message_count", count)]);
    let builder = tracing.tracer.span_builder(format!("process {topic}")).with_kind(SpanKind::Consumer);
    let builder = builder.with_links(causes.collect()).with_attributes(attributes);
    builder.start_with_context(&tracing.tracer, &Context::new())
}

fn entry_span(tracing: &Tracing, entry: &Delivered, context: &Context, batch: Option<&SpanContext>) -> OpenSpan {
    let told = match entry {
        Delivered::Event(event) => told(event),
        Delivered::Unreadable { .. } => Vec::new(),
    };
    let attributes = process(tracing, entry.topic()).into_iter().chain(told);
    let builder = tracing.tracer.span_builder(format!("process {}", entry.topic())).with_kind(SpanKind::Consumer);
    let builder = builder.with_links(batch.cloned().map(Link::with_context).into_iter().collect());
    builder.with_attributes(attributes).start_with_context(&tracing.tracer, context)
}

fn process(tracing: &Tracing, topic: &str) -> [KeyValue; 4] {
    [
        KeyValue::new("messaging.system", tracing.system.clone()),
        KeyValue::new("messaging.destination.name", topic.to_owned()),
        KeyValue::new("messaging.operation.name", "process"),
        KeyValue::new("messaging.operation.type", "process"),
    ]
}

/// What names an event. Its subject and its data are nobody's concern but the handler's.
fn told(event: &Event) -> Vec<KeyValue> {
    vec![
        KeyValue::new("messaging.message.id", event.identity.id.clone()),
        KeyValue::new("cloudevents.event_source", event.identity.source.clone()),
        KeyValue::new("cloudevents.event_type", event.kind.clone()),
    ]
}

/// What became of it. The reason is a handler's words, and stays in the log and the dead letter.
fn settled(span: &mut OpenSpan, verdict: &Verdict) {
    let outcome = match verdict {
        Verdict::Done => "done",
        Verdict::Seen => "seen",
        Verdict::Discarded { .. } => "discarded",
        Verdict::DeadLettered { .. } => return failed(span, "dead-lettered"),
        Verdict::Retry { .. } => return failed(span, "retry"),
        Verdict::Ignored | Verdict::Held { .. } => return,
    };
    span.set_attribute(KeyValue::new("portolan.outcome", outcome));
}

fn failed(span: &mut OpenSpan, outcome: &'static str) {
    span.set_attribute(KeyValue::new("portolan.outcome", outcome));
    span.set_attribute(KeyValue::new("error.type", outcome));
    span.set_status(Status::error(""));
}
