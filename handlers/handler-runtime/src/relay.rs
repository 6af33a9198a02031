//! Brings what waits in the outbox to those it is for.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use handler_contract::Handler;
use handler_protocol::{Departures, Outgoing, What};
use sqlx::PgConnection;

use crate::perform::Performer;
use crate::quiet::Quiet;
use crate::store::Store;
use crate::store::outbox::{AT_ONCE, Row};

/// How often the outbox is looked into when nothing was said: rows of a process that is gone wait at most so long.
const LOOK: Duration = Duration::from_secs(1);
/// After so many passes that changed nothing, what waits is left to who comes later.
const IDLE: u32 = 3;

/// Brings rows away.
pub trait Carrier: Send + Sync + 'static {
    /// Sends rows in their order and waits until the receiver has them. One answer a row.
    fn carry(&self, rows: &[Outgoing]) -> impl Future<Output = Vec<Carried>> + Send;

    /// Whether it fails, of these rows, whatever follows a failed one of the same key. One that does is given a key's rows at once;
    /// to the others a row goes when the one before it of its key has arrived.
    fn is_gapless(&self, _: &[&Outgoing]) -> bool {
        false
    }

    /// Whether the service keeps its jobs itself. What is said of them is then done in the transaction that deletes the rows, and
    /// no carrier sees it.
    fn keeps_jobs(&self) -> bool {
        false
    }
}

/// What has no carrier waits for a version, or a configuration, that has one.
impl<C: Carrier> Carrier for Option<C> {
    async fn carry(&self, rows: &[Outgoing]) -> Vec<Carried> {
        match self {
            Some(carrier) => carrier.carry(rows).await,
            None => rows.iter().map(|_| Carried::Later("nothing that carries it is configured".to_owned())).collect(),
        }
    }

    fn is_gapless(&self, rows: &[&Outgoing]) -> bool {
        self.as_ref().is_some_and(|carrier| carrier.is_gapless(rows))
    }

    fn keeps_jobs(&self) -> bool {
        self.as_ref().is_some_and(Carrier::keeps_jobs)
    }
}

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Carried {
    /// The receiver has it.
    Delivered,
    /// Not now: it is sent again, and the later ones of its key after it.
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
        let (kept, rows) = self.keep_jobs(carrier, &mut transaction, rows).await?;
        let sent = send(carrier, &rows).await;
        for (position, reason) in &sent.refused {
            self.outbox.refuse(&mut transaction, *position, reason).await?;
        }
        let waiting = rows.len() - sent.delivered.len() - sent.refused.len();
        let delivered = [kept, sent.delivered].concat();
        self.outbox.delete(&mut transaction, &delivered).await?;
        transaction.commit().await?;
        Ok((Pass { delivered: delivered.len(), waiting }, full))
    }

    /// Does what rows say of jobs where the service keeps them itself; their positions, and the other rows.
    async fn keep_jobs<C: Carrier>(
        &self,
        carrier: &C,
        connection: &mut PgConnection,
        rows: Vec<Row>,
    ) -> sqlx::Result<(Vec<i64>, Vec<Row>)> {
        let Some(jobs) = self.jobs.as_ref().filter(|_| carrier.keeps_jobs()) else { return Ok((Vec::new(), rows)) };
        let (kept, others): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| is_of_a_job(&row.outgoing));
        jobs.keep(connection, &kept.iter().map(|row| &row.outgoing).collect::<Vec<_>>()).await?;
        Ok((kept.iter().map(|row| row.position).collect(), others))
    }

    /// Brings away what can leave, for a process that does nothing afterwards for a while; how many rows stay. Who has a shard
    /// in hand may have begun before what was stored last, so it is looked again a few times.
    pub async fn relay_all<C: Carrier>(&self, carrier: &C) -> sqlx::Result<i64> {
        let mut before = i64::MAX;
        let mut idle = 0;
        loop {
            let pass = self.relay_once(carrier).await?;
            let depth = self.outbox.depth(self.pool()).await?.waiting;
            idle = if pass.delivered > 0 || depth < before { 0 } else { idle + 1 };
            if depth == 0 || idle == IDLE {
                return Ok(depth);
            }
            before = depth;
            tokio::time::sleep(LOOK / 10).await;
        }
    }

    /// Brings away everything, for a process that leaves.
    pub async fn drain<C: Carrier>(&self, carrier: &C) {
        loop {
            let pass = self.relay_once(carrier).await;
            let depth = self.outbox.depth(self.pool()).await;
            if pass.is_ok() && depth.is_ok_and(|depth| depth.waiting == 0) {
                return;
            }
            tokio::time::sleep(LOOK / 10).await;
        }
    }
}

/// Whether a row says when a job is due, or that it is not.
pub(crate) const fn is_of_a_job(row: &Outgoing) -> bool {
    matches!(row.what, What::Schedule(_) | What::Cancel { .. })
}

/// What became of rows, by their positions. The others wait.
#[derive(Debug, Default)]
struct Sent {
    delivered: Vec<i64>,
    refused: Vec<(i64, String)>,
}

/// Sends rows, as many at once as the carrier keeps in order.
async fn send<C: Carrier>(carrier: &C, rows: &[Row]) -> Sent {
    let keys = rows.iter().map(|row| row.outgoing.key.clone()).collect();
    let all: Vec<&Outgoing> = rows.iter().map(|row| &row.outgoing).collect();
    let mut departures = Departures::new(keys, carrier.is_gapless(&all));
    let mut sent = Sent::default();
    loop {
        let leaving = departures.leave();
        if leaving.is_empty() {
            return sent;
        }
        let outgoing: Vec<Outgoing> = leaving.iter().map(|place| rows[*place].outgoing.clone()).collect();
        let answers = carrier.carry(&outgoing);
        #[cfg(portolan_faults)]
        let answers = crate::faults::unreported(answers, outgoing.len());
        for (place, answer) in leaving.into_iter().zip(answers.await) {
            let (position, id) = (rows[place].position, rows[place].outgoing.id.as_str());
            // One that is refused for ever is out of the way of the others of its key.
            departures.report(place, !matches!(answer, Carried::Later(_)));
            match answer {
                Carried::Delivered => sent.delivered.push(position),
                Carried::Later(reason) => tracing::warn!(id, reason, "cannot leave now"),
                Carried::Refused(reason) => {
                    tracing::error!(id, reason, "will never be taken; set aside");
                    sent.refused.push((position, reason));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Answers by id, and notes what it is given at once.
    struct Scripted(fn(&str) -> Carried, bool, Mutex<Vec<String>>);

    impl Carrier for Scripted {
        async fn carry(&self, rows: &[Outgoing]) -> Vec<Carried> {
            let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
            self.2.lock().unwrap().push(ids.join(" "));
            ids.into_iter().map(self.0).collect()
        }

        fn is_gapless(&self, _: &[&Outgoing]) -> bool {
            self.1
        }
    }

    fn rows() -> Vec<Row> {
        let row = |(position, id): (i64, &str)| {
            let what = What::Cancel { job: id.to_owned() };
            let (id, key) = (id.to_owned(), id[..1].to_owned());
            Row { position, outgoing: Outgoing { id, key, traceparent: None, tracestate: None, what } }
        };
        (0..).zip(["a1", "a2", "b1", "a3", "b2"]).map(row).collect()
    }

    async fn sent(answer: fn(&str) -> Carried, gapless: bool) -> (Vec<String>, Sent) {
        let carrier = Scripted(answer, gapless, Mutex::default());
        let mut sent = send(&carrier, &rows()).await;
        sent.delivered.sort_unstable();
        (carrier.2.into_inner().unwrap(), sent)
    }

    #[tokio::test]
    async fn a_row_leaves_when_the_one_before_it_of_its_key_has_arrived() {
        let (rounds, sent) = sent(|_| Carried::Delivered, false).await;
        assert_eq!((rounds, sent.delivered), (vec!["a1 b1".into(), "a2 b2".into(), "a3".into()], vec![0, 1, 2, 3, 4]));
    }

    #[tokio::test]
    async fn what_cannot_leave_holds_its_key_and_what_never_will_does_not() {
        let answer = |id: &str| match id {
            "a1" => Carried::Refused("too large".into()),
            "a2" => Carried::Later("not now".into()),
            _ => Carried::Delivered,
        };
        let (rounds, sent) = sent(answer, false).await;
        assert_eq!(rounds, ["a1 b1", "a2 b2"]);
        assert_eq!((sent.delivered, sent.refused), (vec![2, 4], vec![(0, "too large".into())]));
    }

    #[tokio::test]
    async fn a_gapless_carrier_is_given_all_at_once() {
        let (rounds, _) = sent(|_| Carried::Delivered, true).await;
        assert_eq!(rounds, ["a1 a2 b1 a3 b2"]);
    }
}
