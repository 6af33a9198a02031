//! perform_ without a store: an event is folded, and what follows are pushes.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;

use handler_contract::Handler;
use handler_protocol::{Batch, Limits, Standing, Verdict, What};

use crate::metrics::Metrics;
use crate::perform::{Perform, Performed, Unavailable};
use crate::position::{Position, Span};
use crate::sessions::Sessions;

/// One: an event that comes again would come late to the sessions, and hold those after it back for all of them. Who misses one
/// fetches.
const ATTEMPTS: u32 = 1;

/// Handles batches of one handler over nothing.
pub(super) struct StatelessPerformer<H> {
    handler: H,
    metrics: Arc<Metrics>,
}

impl<H: Handler<Aggregate = (), Row = Infallible>> StatelessPerformer<H> {
    pub(super) fn new(handler: H, sessions: &dyn Sessions) -> Arc<Self> {
        Arc::new(Self { handler, metrics: Arc::new(Metrics::stateless(|registry| sessions.register(registry))) })
    }

    pub(super) fn metrics(&self) -> Arc<Metrics> {
        Arc::clone(&self.metrics)
    }

    /// Nothing was seen before, because nothing is remembered.
    fn fold(&self, batch: &Batch) -> Performed {
        let standing = Standing { new: batch.identities::<H>(), attempts: BTreeMap::new() };
        let limits = Limits { attempts: ATTEMPTS, ..Limits::default() };
        let folded = batch.fold(&self.handler, limits, &standing, [].into(), BTreeMap::new());
        for left in folded.outgoing.iter().filter(|left| !matches!(left.what, What::DeadLetter(_))) {
            tracing::error!(id = left.id, "the handler asks for what takes an outbox; it does not happen");
        }
        Performed { verdicts: folded.verdicts.into_iter().map(given_up).collect(), pushes: folded.pushes }
    }
}

/// Each replica would write a dead letter of its own, and nobody could replay it to sessions that are gone: what cannot be handled
/// is counted and logged.
fn given_up(verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::DeadLettered { reason } => {
            tracing::warn!(reason, "an event is told to nobody");
            Verdict::Discarded { reason }
        }
        other => other,
    }
}

impl<H: Handler<Aggregate = (), Row = Infallible>> Perform for StatelessPerformer<H> {
    async fn perform(self: Arc<Self>, batch: Batch, _: Option<Span>) -> Result<Performed, Unavailable> {
        self.metrics.batch(batch.len());
        let performed = self.fold(&batch);
        self.metrics.settled(batch.entries(), &performed.verdicts);
        Ok(performed)
    }

    /// No places are stored. A consumer of its own from the newest event asks for none.
    async fn begin(&self, places: Vec<Position>) -> Result<Vec<Position>, Unavailable> {
        Ok(places)
    }
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::sync::Mutex;
    use std::time::Duration;

    use handler_contract::{Contract, Effects, Event, Identity, Mode, Outcome, Publish, Push, Refusal, Subscription};
    use handler_protocol::Delivered;

    use super::*;
    use crate::sessions::Pushing;

    /// Says what the event's type asks for.
    struct Crier;

    impl Handler for Crier {
        type Key = String;
        type Aggregate = ();
        type Row = Infallible;

        fn contract() -> Contract {
            let mut contract = Contract::of("crier", vec![Mode::Kafka]);
            contract.subscribes = vec![Subscription::to("news", "/events/news").broadcast()];
            contract
        }

        fn key(&self, _: &Event) -> Result<String, Refusal> {
            Ok("town".to_owned())
        }

        fn handle(&self, (): &mut (), event: &Event) -> Outcome<Infallible> {
            let push = Push::new("town", &event.identity.id);
            let publish = Publish::new("elsewhere", "told", "town", &1);
            match event.kind.as_str() {
                "later" => Outcome::retry("not now", Duration::ZERO),
                "broken" => std::panic::panic_any("broken"),
                "publish" => Outcome::Done(Effects::none().and(publish.unwrap())),
                _ => Outcome::Done(Effects::none().and(push.unwrap())),
            }
        }
    }

    #[derive(Default)]
    struct Told(Mutex<Vec<String>>);

    impl Sessions for Told {
        fn push(&self, push: &Push) {
            self.0.lock().unwrap().push(push.data.get().to_owned());
        }

        fn close(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
            Box::pin(std::future::ready(()))
        }
    }

    fn event(id: &str, kind: &str) -> Delivered {
        let text = format!(r#"{{"specversion":"1.0","id":"{id}","source":"s","type":"{kind}"}}"#);
        Delivered::Event(Event::from_json(text.as_bytes(), "news").unwrap())
    }

    #[tokio::test]
    async fn what_fails_is_given_up_at_once_and_holds_nothing_back() {
        let told = Arc::new(Told::default());
        let sessions: Arc<dyn Sessions> = Arc::clone(&told) as Arc<dyn Sessions>;
        let performer = StatelessPerformer::new(Crier, &*sessions);
        let nonsense = Delivered::Unreadable {
            identity: Identity { source: "news/0".to_owned(), id: "7".to_owned() },
            topic: "news".to_owned(),
            key: String::new(),
            reason: "no JSON".to_owned(),
            bytes: Vec::new(),
        };
        let mut events: Vec<Delivered> =
            [("1", "told"), ("2", "later"), ("3", "broken"), ("4", "publish"), ("5", "told")]
                .map(|(id, kind)| event(id, kind))
                .into();
        events.push(nonsense);
        let performed = Pushing::new(&performer, &sessions).perform(Batch::new(events), None).await.unwrap();
        assert!(performed.verdicts.iter().all(Verdict::is_final), "{:?}", performed.verdicts);
        assert_eq!(*told.0.lock().unwrap(), [r#""1""#, r#""5""#]);
        let discarded = |verdict: &&Verdict| matches!(verdict, Verdict::Discarded { .. });
        assert_eq!(performed.verdicts.iter().filter(discarded).count(), 3);
    }
}
