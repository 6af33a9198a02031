//! Trace contexts as W3C Trace Context writes them.

use axum::http::HeaderMap;
use handler_protocol::Trace;
use opentelemetry::Context;
use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry::trace::{SpanContext, TraceFlags};
use opentelemetry_sdk::propagation::TraceContextPropagator;

pub(super) const TRACEPARENT: &str = "traceparent";
pub(super) const TRACESTATE: &str = "tracestate";
/// A `tracestate` that is longer is not passed on: nobody else has to either.
const LONGEST: usize = 512;

/// What somebody told of a trace.
pub(super) struct Told<'a> {
    pub(super) parent: Option<&'a str>,
    pub(super) state: Option<&'a str>,
}

impl Extractor for Told<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        match key {
            TRACEPARENT => self.parent,
            TRACESTATE => self.state,
            _ => None,
        }
    }

    fn keys(&self) -> Vec<&str> {
        vec![TRACEPARENT, TRACESTATE]
    }
}

impl Told<'_> {
    /// The context that a span continues. One that cannot be read is none, and a trace begins.
    pub(super) fn context(&self) -> Context {
        TraceContextPropagator::new().extract_with_context(&Context::new(), self)
    }
}

/// What the next is told, so that it continues this span.
pub(super) fn written(span: &SpanContext) -> Trace {
    let sampled = span.trace_flags() & TraceFlags::SAMPLED;
    let parent = format!("00-{}-{}-{sampled:02x}", span.trace_id(), span.span_id());
    let state = Some(span.trace_state().header()).filter(|state| !state.is_empty());
    Trace { parent, state }
}

/// The trace that a request belongs to, where its headers have the form of one.
pub(crate) fn of_headers(headers: &HeaderMap) -> Option<Trace> {
    let text = |name| headers.get(name)?.to_str().ok();
    let is_plain = |text: &&str| text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    let parent = text(TRACEPARENT).filter(|text| text.len() == 55).filter(is_plain)?.to_owned();
    let state = text(TRACESTATE).filter(|text| !text.is_empty() && text.len() <= LONGEST).map(str::to_owned);
    Some(Trace { parent, state })
}

/// The attributes of an event that name its trace.
pub(crate) fn attributes(parent: Option<String>, state: Option<String>) -> impl Iterator<Item = (String, String)> {
    let told = [(TRACEPARENT, parent), (TRACESTATE, state)];
    told.into_iter().filter_map(|(name, told)| Some((name.to_owned(), told?)))
}
