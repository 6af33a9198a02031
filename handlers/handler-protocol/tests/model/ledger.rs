//! A real handler and real events.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use handler_contract::{
    Contract, Effects, Event, Handler, Identity, Mode, Outcome, Publish, Refusal, Subscription, derived_id,
};
use handler_protocol::Delivered;

use crate::set::Set;
use crate::world::Nature;

/// Notes each event in its key's aggregate, appends it and publishes that it did.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// The flaky ask to come again.
    pub(crate) unkind: bool,
    /// The number after that of the first event that ended the process.
    pub(crate) ended: AtomicUsize,
}

/// What a key has seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Seen {
    pub(crate) events: Set,
    /// Whether one of them twice.
    pub(crate) twice: bool,
}

impl Handler for Ledger {
    type Key = usize;
    type Aggregate = Seen;
    type Row = usize;

    fn contract() -> Contract {
        let mut contract = Contract::of("ledger", vec![Mode::Kafka]);
        contract.subscribes = vec![Subscription::to("tasks", "/events/tasks")];
        contract
    }

    fn key(&self, event: &Event) -> Result<usize, Refusal> {
        let subject = event.subject.as_deref().unwrap_or_default();
        subject.parse().map_err(|_| Refusal::Value("the subject is no number".to_owned()))
    }

    fn handle(&self, seen: &mut Seen, event: &Event) -> Outcome<usize> {
        let number = number(&event.identity);
        match event.kind.as_str() {
            "Poison" => {
                let _ = self.ended.compare_exchange(0, number + 1, Ordering::Relaxed, Ordering::Relaxed);
                return Outcome::retry("the process has ended", Duration::ZERO);
            }
            "Hopeless" => return Outcome::retry("never", Duration::ZERO),
            "Flaky" if self.unkind => return Outcome::retry("not now", Duration::ZERO),
            "Discarded" => return Outcome::discard("nobody waits for it"),
            _ => {}
        }
        seen.twice |= seen.events.has(number);
        seen.events.insert(number);
        let key = event.subject.clone().unwrap_or_default();
        Outcome::Done(Effects::none().append(number).and(Publish::new("seen", "seen", &key, &"").unwrap()))
    }
}

/// An event as a transport brings it.
pub(crate) fn delivered(event: usize, key: usize, nature: Nature) -> Delivered {
    let id = identity(event).id;
    let text = format!(
        r#"{{"specversion":"1.0","id":"{id}","source":"s","type":"{nature:?}","subject":"{key}","partitionkey":"{key}","data":""}}"#
    );
    Delivered::Event(Event::from_json(text.as_bytes(), "tasks").unwrap())
}

/// Ids in the order of the numbers.
pub(crate) fn identity(event: usize) -> Identity {
    Identity { source: "s".to_owned(), id: format!("{event:02}") }
}

pub(crate) fn number(identity: &Identity) -> usize {
    identity.id.parse().unwrap()
}

pub(crate) fn id_of_publication(event: usize) -> String {
    derived_id(&identity(event), "ledger", 1)
}

pub(crate) fn id_of_letter(event: usize) -> String {
    derived_id(&identity(event), "ledger/dead-letter", 0)
}
