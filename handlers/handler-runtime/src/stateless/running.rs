//! A service without a database at work, from its start to its end.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::health;
use crate::metrics::{self, Metrics};
use crate::service::ServiceError;
use crate::sessions::Sessions;
use crate::trace::Traces;
use crate::transport::{Intake, Ready};

/// What is left of answers when everything else has ended.
const PARTING: Duration = Duration::from_secs(2);

/// What every transport runs with.
pub(super) struct Running {
    pub(super) metrics: Arc<Metrics>,
    pub(super) listener: TcpListener,
    pub(super) routes: Router,
    pub(super) sessions: Arc<dyn Sessions>,
    pub(super) traces: Traces,
    pub(super) stop: watch::Receiver<bool>,
}

impl Running {
    /// Works until it is told to stop. Then nothing more comes in, the sessions are told to go elsewhere, and the server goes.
    pub(super) async fn until_stopped<R: Ready>(
        mut self,
        carrier: R,
        mut intake: impl Intake,
    ) -> Result<(), ServiceError> {
        let health = health::routes(Arc::new(carrier), intake.begun());
        let routes =
            self.traces.around(self.routes).merge(health).merge(metrics::of(self.metrics)).merge(intake.routes());
        let (left, leaving) = tokio::sync::oneshot::channel::<()>();
        let server = axum::serve(self.listener, routes).with_graceful_shutdown(async move {
            let _ = leaving.await;
        });
        let server = tokio::spawn(server.into_future());
        while !*self.stop.borrow() && !intake.has_ended() {
            let _ = tokio::time::timeout(Duration::from_secs(1), self.stop.changed()).await;
        }
        let stopped = intake.stop().await;
        self.sessions.close().await;
        drop(left);
        let _ = tokio::time::timeout(PARTING, server).await;
        self.traces.flush().await;
        stopped
    }
}
