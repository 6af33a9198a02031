//! Who is told now: the sessions of browsers that are connected to this process.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use handler_contract::Push;
use handler_protocol::Batch;
use prometheus_client::registry::Registry;

use crate::perform::{Perform, Performed, Unavailable};
use crate::position::{Position, Span};

/// The sessions of a process. A push is done at most once: who is not connected misses it, and fetches what it missed.
pub trait Sessions: Send + Sync + 'static {
    /// Tells the sessions of a user. It never waits: a session that does not keep up is its own concern.
    fn push(&self, push: &Push);

    /// Takes no new sessions and takes leave of those that are there, under a deadline of its own: a server that ends waits for
    /// no connection that was upgraded.
    fn close(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;

    /// What it counts, beside what every service counts.
    fn register(&self, _registry: &mut Registry) {}
}

/// A service without sessions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Nobody;

impl Sessions for Nobody {
    fn push(&self, _: &Push) {
        tracing::error!("a push has nobody to go to: the service was given no sessions");
    }

    fn close(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::ready(()))
    }
}

/// Performs, and then pushes: what a session is told is durable where anything is.
pub(crate) struct Pushing<P> {
    performer: Arc<P>,
    sessions: Arc<dyn Sessions>,
}

impl<P: Perform> Pushing<P> {
    pub(crate) fn new(performer: &Arc<P>, sessions: &Arc<dyn Sessions>) -> Arc<Self> {
        Arc::new(Self { performer: Arc::clone(performer), sessions: Arc::clone(sessions) })
    }
}

impl<P: Perform> Perform for Pushing<P> {
    async fn perform(self: Arc<Self>, batch: Batch, span: Option<Span>) -> Result<Performed, Unavailable> {
        let performed = Arc::clone(&self.performer).perform(batch, span).await?;
        for push in &performed.pushes {
            self.sessions.push(push);
        }
        Ok(performed)
    }

    async fn begin(&self, places: Vec<Position>) -> Result<Vec<Position>, Unavailable> {
        self.performer.begin(places).await
    }
}
