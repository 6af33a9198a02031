//! What effects follow from: an event, or a request.

use handler_contract::{Effect, Effects, Event, Handler, Identity, Publish, derived_id};

use crate::outgoing::What;
use crate::{Folded, Outgoing, Trace};

/// What effects follow from.
#[derive(Clone, Debug)]
pub struct Cause<'a> {
    /// The service.
    pub service: &'a str,
    /// Who the cause is; the ids of what leaves are derived from it.
    pub identity: &'a Identity,
    /// What an effect without a key of its own is kept in order by.
    pub order: &'a str,
    /// Its W3C trace context.
    pub traceparent: Option<&'a str>,
    /// What tracing systems say of it beside.
    pub tracestate: Option<&'a str>,
}

impl<'a> Cause<'a> {
    /// An event that this service handles, in this trace or in the one that it brings.
    pub(crate) fn event(service: &'a str, event: &'a Event, trace: Option<&'a Trace>) -> Self {
        let (traceparent, tracestate) = trace_of(event, trace);
        Self { service, identity: &event.identity, order: order_of(event), traceparent, tracestate }
    }
}

/// `traceparent` and `tracestate`: of the trace that the event is handled in, where somebody traces; else those that it brings.
pub(crate) fn trace_of<'a>(event: &'a Event, trace: Option<&'a Trace>) -> (Option<&'a str>, Option<&'a str>) {
    match trace {
        Some(trace) => (Some(&trace.parent), trace.state.as_deref()),
        None => (event.traceparent(), event.tracestate()),
    }
}

/// The key of an event.
pub(crate) fn order_of(event: &Event) -> &str {
    event.extensions.get("partitionkey").unwrap_or(&event.identity.id)
}

impl<H: Handler> Folded<H> {
    /// Takes up effects: rows that are appended, what leaves, what sessions are told.
    pub fn take(&mut self, cause: &Cause<'_>, effects: Effects<H::Row>) {
        for (ordinal, effect) in effects.into_iter().enumerate() {
            let derived = || derived_id(cause.identity, cause.service, ordinal);
            let order = || cause.order.to_owned();
            let (id, key, what) = match effect {
                Effect::Append(row) => {
                    self.appended.push(row);
                    continue;
                }
                Effect::Push(push) => {
                    self.pushes.push(push);
                    continue;
                }
                Effect::Publish(publish) => {
                    let Publish { topic, kind, key, id, subject, data } = publish;
                    (id.unwrap_or_else(derived), key, What::Publish { topic, kind, subject, data })
                }
                Effect::Schedule(job) => (derived(), job.name.clone(), What::Schedule(job)),
                Effect::Cancel { job } => (derived(), job.clone(), What::Cancel { job }),
                Effect::Invoke(invoke) => (derived(), order(), What::Invoke(invoke)),
                Effect::Mail(mail) => (derived(), order(), What::Mail(mail)),
            };
            let [traceparent, tracestate] = [cause.traceparent, cause.tracestate].map(|told| told.map(str::to_owned));
            self.outgoing.push(Outgoing { id, key, traceparent, tracestate, what });
        }
    }
}
