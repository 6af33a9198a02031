//! serve_: Lambda brings one invocation at a time. Between two of them the process stands still, so what follows from an event has
//! left before it is answered.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use handler_contract::{Contract, Handler};
use handler_protocol::{Batch, Delivered, Verdict};
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::value::RawValue;
use tokio::sync::{RwLock, watch};

use super::acknowledge::{Answer, ComesAgain, acknowledge_all, acknowledge_messages};
use super::decode::{Brought, Message, decode_invocation};
use crate::perform::{Perform, Performer};
use crate::quiet::Quiet;
use crate::relay::Carrier;
use crate::service::ServiceError;
use crate::store::Store;
use crate::trace::{Carrying, Traces};

/// What is left of an invocation's time when it is answered: Lambda ends a process that is late.
const MARGIN: Duration = Duration::from_secs(1);
/// How long an invocation may take where it is not told.
const UNTOLD: Duration = Duration::from_secs(10);
/// What has been answered has so long to arrive, when the process is told to end.
const PARTING: Duration = Duration::from_millis(200);
/// How long the inbox remembers: longer than any topic of the stack keeps events.
const MEMORY: Duration = Duration::from_hours(14 * 24);

/// A service as a function.
pub(crate) struct Function<H: Handler, S: Store<H>, P, C> {
    contract: Contract,
    performer: Arc<Performer<H, S>>,
    pushing: Arc<P>,
    carrier: Arc<Carrying<C>>,
    traces: Traces,
    /// Held while an invocation is in hand; true when nothing is taken any more.
    leaving: RwLock<bool>,
}

/// Takes what Lambda brings, until it is told to stop.
pub(crate) async fn serve<H: Handler, S: Store<H>, P: Perform, C: Carrier>(
    function: Function<H, S, P, C>,
    mut stop: watch::Receiver<bool>,
) -> Result<(), ServiceError> {
    let function = Arc::new(function);
    let invoked = Arc::clone(&function);
    let taken = lambda_runtime::run(service_fn(move |event: LambdaEvent<Box<RawValue>>| {
        let function = Arc::clone(&invoked);
        async move {
            let answer = function.invoke(event.payload.get(), left(event.context.deadline)).await;
            // Nothing leaves while the process stands still.
            function.traces.send().await;
            answer
        }
    }));
    let left = async move {
        let _ = stop.wait_for(|stopping| *stopping).await;
        *function.leaving.write().await = true;
        tokio::time::sleep(PARTING).await;
    };
    tokio::select! {
        ended = taken => ended.map_err(|error| ServiceError::Lambda(error.to_string())),
        () = left => Ok(()),
    }
}

/// How much time is left until then, in milliseconds of the epoch, and what an answer takes is taken off. One that is over when an
/// invocation begins was told in another measure, by who is not AWS.
fn left(deadline: u64) -> Duration {
    let deadline = SystemTime::UNIX_EPOCH + Duration::from_millis(deadline);
    deadline.duration_since(SystemTime::now()).map_or(UNTOLD, |left| left.saturating_sub(MARGIN))
}

impl<H: Handler, S: Store<H>, P: Perform, C: Carrier> Function<H, S, P, C> {
    pub(crate) fn new(
        contract: Contract,
        performer: Arc<Performer<H, S>>,
        pushing: Arc<P>,
        carrier: C,
        traces: Traces,
    ) -> Self {
        let carrier = Arc::new(traces.carrying(carrier));
        Self { contract, performer, pushing, carrier, traces, leaving: RwLock::new(false) }
    }

    async fn invoke(&self, text: &str, time: Duration) -> Result<Answer, ComesAgain> {
        let leaving = self.leaving.read().await;
        if *leaving {
            return Err(ComesAgain::leaving());
        }
        let until = tokio::time::Instant::now() + time;
        match decode_invocation(text, &self.contract) {
            Brought::Drain => {
                if let Err(error) = self.performer.tidy(MEMORY).await {
                    tracing::warn!(error = %Quiet(&error), "the inbox cannot be tidied");
                }
                Ok(Answer::Handled { left: self.relay(until).await })
            }
            Brought::One(event) => {
                let (verdicts, left) = self.perform(vec![event], until).await?;
                acknowledge_all(&verdicts).map(|()| Answer::Handled { left })
            }
            Brought::Queue(messages) => {
                let events = messages.iter().map(|Message { delivered, .. }| delivered.clone()).collect();
                let (verdicts, _) = self.perform(events, until).await?;
                Ok(acknowledge_messages(&messages, &verdicts))
            }
            Brought::Records(events) => {
                let (verdicts, left) = self.perform(events, until).await?;
                let answer = acknowledge_all(&verdicts).map(|()| Answer::Handled { left });
                if let Err(again) = &answer {
                    // Who reads the broker for us does not wait.
                    tokio::time::sleep_until(until.min(tokio::time::Instant::now() + again.after)).await;
                }
                answer
            }
        }
    }

    /// Handles events, and has what follows leave; the verdicts, and how many rows wait.
    async fn perform(
        &self,
        events: Vec<Delivered>,
        until: tokio::time::Instant,
    ) -> Result<(Vec<Verdict>, Option<i64>), ComesAgain> {
        let count = events.len();
        let performed = Arc::clone(&self.pushing).perform(Batch::new(events), None).await?;
        let left = self.relay(until).await;
        let verdicts = performed.verdicts;
        let settled = verdicts.iter().filter(|verdict| verdict.is_final()).count();
        let given_up = verdicts.iter().filter(|verdict| matches!(verdict, Verdict::DeadLettered { .. })).count();
        tracing::info!(events = count, settled, again = count - settled, given_up, left, "an invocation");
        Ok((verdicts, left))
    }

    /// Has leave what can, in this time; how many rows stay, where the database says. A pass that is not over by then ends by itself
    /// when the process goes on: one that is broken off would send its rows again.
    async fn relay(&self, until: tokio::time::Instant) -> Option<i64> {
        let (performer, carrier) = (Arc::clone(&self.performer), Arc::clone(&self.carrier));
        let relayed = tokio::spawn(async move { performer.relay_all(&*carrier).await });
        match tokio::time::timeout_at(until, relayed).await {
            Ok(Ok(Ok(left))) => {
                if left > 0 {
                    tracing::warn!(left, "rows of the outbox have to wait");
                }
                Some(left)
            }
            Ok(Ok(Err(error))) => {
                tracing::warn!(error = %Quiet(&error), "the outbox cannot be read");
                None
            }
            Ok(Err(error)) => {
                tracing::error!(%error, "the relay has ended");
                None
            }
            Err(_) => {
                tracing::warn!("the time is over before the outbox is empty");
                None
            }
        }
    }
}
