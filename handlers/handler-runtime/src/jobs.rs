//! Hands jobs that are due to their handler, where the service keeps them itself. docs/decisions/0022 says why it is so.

use std::sync::Arc;
use std::time::Duration;

use handler_contract::Handler;
use handler_protocol::{Batch, Delivered, Verdict};
use tokio::sync::watch;

use crate::perform::{Perform, Performer, Unavailable};
use crate::quiet::Quiet;
use crate::store::Store;
use crate::store::jobs::{Jobs, Taken};

/// How often it is looked what is due: a job is so late at most, where nothing is in the way.
const LOOK: Duration = Duration::from_millis(500);
/// Jobs that are handled at once.
const AT_ONCE: i64 = 100;
/// How long nobody else takes a job that somebody has taken. Whoever takes longer has company, and the inbox makes one of it.
const IN_HAND: Duration = Duration::from_secs(10);

impl<H: Handler, S: Store<H>> Performer<H, S> {
    /// Hands over what is due to `performing`, until `stop`.
    pub(crate) async fn hand_over_jobs<P: Perform>(
        self: Arc<Self>,
        jobs: Jobs,
        performing: Arc<P>,
        mut stop: watch::Receiver<bool>,
    ) {
        while !*stop.borrow() {
            match self.hand_over_due(&jobs, &performing).await {
                Ok(count) if i64::try_from(count).is_ok_and(|count| count >= AT_ONCE) => continue,
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, "jobs that are due have to wait"),
            }
            let _ = tokio::time::timeout(LOOK, stop.changed()).await;
        }
    }

    /// Hands over a batch of what is due; how many that were. A job is taken away when what follows from it is durable, and not
    /// before: who ends in between leaves it to the next, and the inbox knows it.
    async fn hand_over_due<P: Perform>(&self, jobs: &Jobs, performing: &Arc<P>) -> Result<usize, Unavailable> {
        let away = |error: sqlx::Error| Unavailable::Database(Quiet(&error).to_string());
        let taken = jobs.take(self.pool(), AT_ONCE, IN_HAND).await.map_err(away)?;
        if taken.is_empty() {
            return Ok(0);
        }
        let events = taken.iter().map(|job| Delivered::Event(job.event.clone())).collect();
        let performed = Arc::clone(performing).perform(Batch::new(events), None).await?;
        let (finished, again) = divided(&taken, &performed.verdicts);
        if !finished.is_empty() {
            jobs.finish(self.pool(), &finished).await.map_err(away)?;
        }
        if !again.is_empty() {
            jobs.again(self.pool(), &again).await.map_err(away)?;
        }
        Ok(taken.len())
    }
}

/// What is settled, and what comes again after which wait. One without a verdict stays in hand until its time is over.
fn divided<'a>(taken: &'a [Taken], verdicts: &[Verdict]) -> (Vec<&'a Taken>, Vec<(&'a Taken, Duration)>) {
    let (mut finished, mut again) = (Vec::new(), Vec::new());
    for (job, verdict) in taken.iter().zip(verdicts) {
        match verdict {
            Verdict::Retry { after, .. } | Verdict::Held { after } => again.push((job, *after)),
            _ => finished.push(job),
        }
    }
    (finished, again)
}
