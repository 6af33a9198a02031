//! A row is one request, under an id that is the same at every repetition.

use std::sync::Arc;
use std::time::{Duration, Instant};

use handler_contract::Invoke;
use handler_protocol::{Outgoing, What};
use reqwest::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Method, Response, StatusCode};
use time::OffsetDateTime;
use tokio::task::JoinSet;

use super::InvokeConfig;
use super::waits::{Waits, retry_after};
use crate::relay::{Carried, Carrier};

/// How long one request may take.
const DEADLINE: Duration = Duration::from_secs(10);
/// How long one pass begins requests: the relay's transaction stays open meanwhile.
const PASS: Duration = Duration::from_secs(5);
/// Requests at a time.
const AT_ONCE: usize = 16;

/// Invokes services. One that was not heard of is invoked again, under the same `Idempotency-Key`.
pub struct InvokeCarrier(Arc<Invoker>);

struct Invoker {
    client: Client,
    config: InvokeConfig,
    waits: Waits,
}

impl InvokeCarrier {
    /// For the services of this configuration.
    pub fn new(config: InvokeConfig) -> Result<Self, reqwest::Error> {
        // A redirect would be another request than the one that was meant.
        let builder = Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(DEADLINE);
        let builder = if config.by_sidecar { builder.no_proxy() } else { builder };
        Ok(Self(Arc::new(Invoker { client: builder.build()?, config, waits: Waits::default() })))
    }
}

impl Invoker {
    async fn carry(&self, row: &Outgoing, until: Instant) -> Carried {
        let What::Invoke(invoke) = &row.what else { return Carried::Refused("it is no invocation".to_owned()) };
        let now = Instant::now();
        if now >= until {
            return Carried::Later("the next pass sends it".to_owned());
        }
        if self.waits.is_waiting(&row.id, now) {
            return Carried::Later("it waits for its next attempt".to_owned());
        }
        let (carried, asked) = self.invoke(row, invoke).await;
        match carried {
            Carried::Later(_) => self.waits.again(&row.id, Instant::now(), asked),
            Carried::Delivered | Carried::Refused(_) => self.waits.settled(&row.id),
        }
        carried
    }

    /// What became of it, and how long the service asks to be left alone.
    async fn invoke(&self, row: &Outgoing, invoke: &Invoke) -> (Carried, Option<Duration>) {
        let name = format!("{} {}/{}", invoke.verb, invoke.service, invoke.method);
        let Some(address) = self.config.addresses.get(&invoke.service) else {
            return (Carried::Refused(format!("{name}: the contract does not invoke it")), None);
        };
        let Ok(verb) = Method::from_bytes(invoke.verb.as_bytes()) else {
            return (Carried::Refused(format!("{name}: there is no such verb")), None);
        };
        let mut request = self.client.request(verb, format!("{address}/{}", invoke.method.trim_start_matches('/')));
        request = request.header("idempotency-key", &row.id);
        // Who published the event wrote it: one that no header can have is not passed on.
        for (name, told) in [("traceparent", &row.traceparent), ("tracestate", &row.tracestate)] {
            if let Some(told) = told.as_deref().and_then(|told| HeaderValue::from_str(told).ok()) {
                request = request.header(name, told);
            }
        }
        if let Some(token) = &self.config.token {
            request = request.header("dapr-api-token", token.clone());
        }
        if let Some(data) = &invoke.data {
            request = request.header(CONTENT_TYPE, "application/json").body(data.get().to_owned());
        }
        match request.send().await {
            Ok(answer) => judged(&name, &answer),
            // What cannot be built as a request never will be.
            Err(error) if error.is_builder() => (Carried::Refused(format!("{name}: it is no request")), None),
            Err(error) => (Carried::Later(format!("{name}: {}", silence(&error))), None),
        }
    }
}

impl Carrier for InvokeCarrier {
    /// The rows are of different keys, so they go side by side.
    async fn carry(&self, rows: &[Outgoing]) -> Vec<Carried> {
        let until = Instant::now() + PASS;
        let mut carried = vec![Carried::Later("it was not sent".to_owned()); rows.len()];
        let (mut calls, mut waiting) = (JoinSet::new(), rows.iter().cloned().enumerate());
        loop {
            for (place, row) in waiting.by_ref().take(AT_ONCE - calls.len()) {
                let invoker = Arc::clone(&self.0);
                calls.spawn(async move { (place, invoker.carry(&row, until).await) });
            }
            match calls.join_next().await {
                Some(Ok((place, answer))) => carried[place] = answer,
                Some(Err(_)) => {}
                None => return carried,
            }
        }
    }
}

/// The service has it, has to be asked again, or will never take it. The answer's words stay out of the reason: they may quote
/// what was sent.
fn judged(name: &str, answer: &Response) -> (Carried, Option<Duration>) {
    let status = answer.status();
    let reason = format!("{name} answered {}", status.as_u16());
    if status.is_success() {
        return (Carried::Delivered, None);
    }
    let later = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_EARLY, StatusCode::TOO_MANY_REQUESTS];
    if status.is_server_error() || later.contains(&status) {
        let asked = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        return (Carried::Later(reason), asked.and_then(|text| retry_after(text, OffsetDateTime::now_utc())));
    }
    (Carried::Refused(reason), None)
}

fn silence(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "it cannot be reached"
    } else {
        "the connection broke"
    }
}
