//! Which trace an event is handled in.

/// A W3C trace context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// `traceparent`: the trace, and the span that comes before.
    pub parent: String,
    /// `tracestate`: what tracing systems say of it beside.
    pub state: Option<String>,
}
