//! Brings what waits in the outbox to those it is for.

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use handler_contract::Handler;
use handler_protocol::Outgoing;

use crate::perform::Performer;
use crate::quiet::Quiet;
use crate::store::Store;
use crate::store::outbox::AT_ONCE;

/// How often the outbox is looked into when nothing was said: rows of a process that is gone wait at most so long.
const LOOK: Duration = Duration::from_secs(1);

/// Brings rows away.
pub trait Carrier: Send + Sync + 'static {
    /// Sends rows in their order and waits until the receiver has them. One answer a row.
    fn carry(&self, rows: &[Outgoing]) -> impl Future<Output = Vec<Carried>> + Send;
}

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Carried {
    /// The receiver has it.
    Delivered,
    /// Not now: it is sent again, and so are the later ones of its key.
    Later(String),
    /// Never: it is too large, or names what is not there.
    Refused(String),
}

/// What one pass over the outbox did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pass {
    /// Rows that left.
    pub delivered: usize,
    /// Rows that have to wait.
    pub waiting: usize,
}

impl<H: Handler, S: Store<H>> Performer<H, S> {
    /// Brings away what waits, until `stop`.
    pub async fn relay<C: Carrier>(self: Arc<Self>, carrier: Arc<C>, mut stop: tokio::sync::watch::Receiver<bool>) {
        loop {
            let pause = match self.relay_once(&*carrier).await {
                Ok(Pass { waiting: 0, .. }) => LOOK,
                Ok(Pass { waiting, .. }) => {
                    tracing::warn!(waiting, "rows of the outbox have to wait");
                    LOOK / 4
                }
                Err(error) => {
                    tracing::warn!(error = %Quiet(&error), "the outbox cannot be read");
                    LOOK
                }
            };
            tokio::select! {
                () = self.stored.notified() => {}
                () = tokio::time::sleep(pause) => {}
                _ = stop.wait_for(|stopping| *stopping) => return,
            }
        }
    }

    /// Brings away what waits now.
    pub async fn relay_once<C: Carrier>(&self, carrier: &C) -> sqlx::Result<Pass> {
        let mut pass = Pass::default();
        for shard in self.outbox.waiting(self.pool()).await? {
            loop {
                let (one, full) = self.relay_shard(carrier, shard).await?;
                pass.delivered += one.delivered;
                pass.waiting += one.waiting;
                if !full || one.waiting > 0 {
                    break;
                }
            }
        }
        Ok(pass)
    }

    /// One transaction: take the shard, send its oldest rows, delete what was delivered.
    async fn relay_shard<C: Carrier>(&self, carrier: &C, shard: i16) -> sqlx::Result<(Pass, bool)> {
        let mut transaction = self.pool().begin().await?;
        if !self.outbox.lock(&mut transaction, shard).await? {
            return Ok((Pass::default(), false));
        }
        let rows = self.outbox.oldest(&mut transaction, shard).await?;
        let full = i64::try_from(rows.len()).is_ok_and(|count| count == AT_ONCE);
        let (positions, outgoing): (Vec<i64>, Vec<Outgoing>) =
            rows.into_iter().map(|row| (row.position, row.outgoing)).unzip();
        let answers = carrier.carry(&outgoing).await;
        let mut delivered = Vec::new();
        let mut waiting = 0;
        for ((position, row), answer) in positions.into_iter().zip(&outgoing).zip(answers) {
            match answer {
                Carried::Delivered => delivered.push(position),
                Carried::Later(reason) => {
                    tracing::warn!(id = row.id, reason, "cannot leave now");
                    waiting += 1;
                }
                Carried::Refused(reason) => {
                    tracing::error!(id = row.id, reason, "will never be taken; set aside");
                    self.outbox.refuse(&mut transaction, position, &reason).await?;
                }
            }
        }
        self.outbox.delete(&mut transaction, &delivered).await?;
        transaction.commit().await?;
        Ok((Pass { delivered: delivered.len(), waiting }, full))
    }

    /// Brings away everything, for a process that leaves; what still waits when the time is over leaves with the next one.
    pub async fn drain<C: Carrier>(&self, carrier: &C, time: Duration) -> bool {
        let drained = tokio::time::timeout(time, async {
            loop {
                let pass = self.relay_once(carrier).await;
                let depth = self.outbox.depth(self.pool()).await;
                if pass.is_ok() && depth.is_ok_and(|(rows, _)| rows == 0) {
                    return;
                }
                tokio::time::sleep(LOOK / 10).await;
            }
        });
        drained.await.is_ok()
    }
}

/// The keys behind which later rows have to wait, for carriers that send one by one.
#[derive(Debug, Default)]
pub struct Blocked(BTreeSet<String>);

impl Blocked {
    /// Whether an earlier row of its key has to wait.
    pub fn has(&self, row: &Outgoing) -> bool {
        self.0.contains(&row.key)
    }

    /// What to answer for a row: what `send` says, unless an earlier row of its key has to wait.
    pub async fn guard<F: Future<Output = Carried>>(&mut self, row: &Outgoing, send: F) -> Carried {
        if self.has(row) {
            return Carried::Later("an earlier one of its key waits".to_owned());
        }
        let carried = send.await;
        if matches!(carried, Carried::Later(_)) {
            self.0.insert(row.key.clone());
        }
        carried
    }
}
