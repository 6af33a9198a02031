//! A service at work, from its start to its end.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use handler_contract::Handler;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::perform::Performer;
use crate::quiet::Quiet;
use crate::relay::Carrier;
use crate::service::ServiceError;
use crate::sessions::Sessions;
use crate::store::Store;
use crate::trace::{FLUSHING, Traces};
use crate::transport::{Intake, Ready};
use crate::{health, metrics};

/// All of leaving takes so long at most: what is in hand ends, the outbox is emptied, and the server goes. A pod's grace that is
/// shorter is a finding (P413).
const LEAVING: Duration = Duration::from_secs(30);
/// Of it, what comes in has so long to end: more than any transport gives itself, unless its broker does not answer.
const PARTING: Duration = Duration::from_secs(10);
/// Of it, the server has so long, in the end.
const CLOSING: Duration = Duration::from_secs(2);
/// How often the inbox is tidied.
const TIDY: Duration = Duration::from_secs(10);
/// How long the inbox remembers: longer than any topic of the stack keeps events.
const MEMORY: Duration = Duration::from_hours(14 * 24);

/// What every transport runs with.
pub(crate) struct Running<H: Handler, S: Store<H>> {
    pub(crate) performer: Arc<Performer<H, S>>,
    pub(crate) listener: TcpListener,
    pub(crate) routes: Router,
    pub(crate) sessions: Arc<dyn Sessions>,
    pub(crate) traces: Traces,
    pub(crate) stop: watch::Receiver<bool>,
}

impl<H: Handler, S: Store<H>> Running<H, S> {
    /// Works until it is told to stop. Then nothing more comes in, what is in hand ends, the outbox is emptied, and only then the
    /// server goes: until then it answers, so that nobody takes silence for an answer.
    pub(crate) async fn until_stopped<C: Carrier + Ready>(
        mut self,
        carrier: C,
        mut intake: impl Intake,
    ) -> Result<(), ServiceError> {
        let carrier = Arc::new(self.traces.carrying(carrier));
        let health = health::routes(self.performer.pool().clone(), Arc::clone(&carrier));
        let metrics = metrics::routes(Arc::clone(&self.performer));
        let routes = self.traces.around(self.routes).merge(health).merge(metrics).merge(intake.routes());
        let relay = tokio::spawn(Arc::clone(&self.performer).relay(Arc::clone(&carrier), self.stop.clone()));
        let tidy = tokio::spawn(tidy(Arc::clone(&self.performer), self.stop.clone()));
        let jobs = self.performer.jobs.clone().filter(|_| carrier.keeps_jobs());
        let jobs = jobs.map(|jobs| {
            let performing = self.traces.performing(Arc::clone(&self.performer));
            tokio::spawn(Arc::clone(&self.performer).hand_over_jobs(jobs, performing, self.stop.clone()))
        });
        let (left, leaving) = tokio::sync::oneshot::channel::<()>();
        let server = axum::serve(self.listener, routes).with_graceful_shutdown(async move {
            let _ = leaving.await;
        });
        let server = tokio::spawn(server.into_future());

        while !*self.stop.borrow() && !intake.has_ended() {
            let _ = tokio::time::timeout(Duration::from_secs(1), self.stop.changed()).await;
        }
        #[cfg(portolan_faults)]
        if crate::faults::is(crate::faults::LEAVE_AT_ONCE) {
            return Ok(());
        }
        let until = Instant::now() + LEAVING;
        let parting = Instant::now() + PARTING;
        let stopped = tokio::time::timeout_at(parting, intake.stop()).await.unwrap_or_else(|_| {
            tracing::warn!("the broker does not answer; what was handled last comes again and is known");
            Ok(())
        });
        if let Some(jobs) = jobs {
            let _ = tokio::time::timeout_at(parting, jobs).await;
        }
        self.sessions.close().await;
        tidy.abort();
        leave(&self.performer, &*carrier, relay, until - CLOSING - FLUSHING).await;
        drop(left);
        let _ = tokio::time::timeout_at(until - FLUSHING, server).await;
        self.traces.flush().await;
        stopped
    }
}

/// The relay ends by itself after its pass: a pass that is broken off sends its rows again.
async fn leave<H: Handler, S: Store<H>, C: Carrier>(
    performer: &Performer<H, S>,
    carrier: &C,
    relay: JoinHandle<()>,
    until: Instant,
) {
    let drained = tokio::time::timeout_at(until, async {
        let _ = relay.await;
        performer.drain(carrier).await;
    });
    if drained.await.is_ok() {
        tracing::info!("the outbox is empty; leaving");
    } else {
        tracing::warn!("the outbox is not empty; what is in it leaves with the next process");
    }
}

async fn tidy<H: Handler, S: Store<H>>(performer: Arc<Performer<H, S>>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        if let Err(error) = performer.tidy(MEMORY).await {
            tracing::warn!(error = %Quiet(&error), "the inbox cannot be tidied");
        }
        let _ = tokio::time::timeout(TIDY, stop.changed()).await;
    }
}
