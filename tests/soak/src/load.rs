//! What goes in, and what has to come of it.

use std::collections::{BTreeMap, BTreeSet};

use portolan_stage::Broker;
use serde_json::json;

use crate::{Chance, PARTITIONS, event};

const PAGES: usize = 100;
/// Pages whose events stand on every partition, so that they are handled side by side. They have no order.
const CROSSING: usize = 5;

/// One message.
struct Message {
    page: String,
    partition: Option<u16>,
    payload: String,
}

/// Messages in their order, and what is expected.
pub(crate) struct Load {
    messages: Vec<Message>,
    sent: usize,
    /// The events that do something, by page, in their order.
    pub(crate) pages: BTreeMap<String, Vec<String>>,
    /// The events that publish one, by page, in their order.
    pub(crate) published: BTreeMap<String, Vec<String>>,
    /// What has to be given up.
    pub(crate) dead: BTreeSet<String>,
    /// Events, each once.
    pub(crate) events: usize,
}

impl Load {
    /// So many events. Some come twice, and a few can never be handled.
    pub(crate) fn of(events: usize, chance: &mut Chance) -> Self {
        let mut load = Self {
            messages: Vec::with_capacity(events + events / 50),
            sent: 0,
            pages: BTreeMap::new(),
            published: BTreeMap::new(),
            dead: BTreeSet::new(),
            events,
        };
        let poison: Vec<usize> = (1..=4).map(|fifth| fifth * events / 5 + chance.below(events / 10)).collect();
        let mut later: Vec<(usize, Message)> = Vec::new();
        for number in 0..events {
            while let Some(at) = later.iter().position(|(due, _)| *due <= number) {
                load.messages.push(later.remove(at).1);
            }
            match poison.iter().position(|place| *place == number) {
                Some(0) => load.unreadable(),
                Some(kind) => load.poison(number, chance, ["", "retry", "abort", "retry"][kind]),
                None => {
                    let repeated = load.event(number, chance);
                    if chance.below(100) == 0 {
                        later.push((number + chance.below(200), repeated));
                    }
                }
            }
        }
        load.messages.extend(later.into_iter().map(|(_, message)| message));
        load
    }

    /// The message, to be sent again perhaps.
    fn event(&mut self, number: usize, chance: &mut Chance) -> Message {
        let crosses = chance.below(20) == 0;
        let page = if crosses { format!("crossing-{}", chance.below(CROSSING)) } else { page(chance) };
        let id = format!("{page}-{number:07}");
        let publishes = !crosses && chance.below(2) == 0;
        let task = json!({ "do": if publishes { "publish" } else { "write" } });
        let partition = crosses.then(|| u16::try_from(chance.below(usize::from(PARTITIONS))).unwrap_or_default());
        let message = || Message { page: page.clone(), partition, payload: event(&page, &id, &task).to_string() };
        self.messages.push(message());
        if publishes {
            self.published.entry(page.clone()).or_default().push(id.clone());
        }
        self.pages.entry(page.clone()).or_default().push(id.clone());
        message()
    }

    fn poison(&mut self, number: usize, chance: &mut Chance, task: &str) {
        let page = page(chance);
        let id = format!("{task}-{number:07}");
        let payload = event(&page, &id, &json!({ "do": task })).to_string();
        self.messages.push(Message { page, partition: None, payload });
        self.dead.insert(id);
    }

    /// Bytes that are no event.
    fn unreadable(&mut self) {
        let payload = "nonsense".to_owned();
        self.messages.push(Message { page: "unreadable".to_owned(), partition: None, payload: payload.clone() });
        self.dead.insert(payload);
    }

    /// Whether everything was sent.
    pub(crate) fn is_sent(&self) -> bool {
        self.sent == self.messages.len()
    }

    /// Sends up to this part of it, in thousandths.
    pub(crate) fn send(&mut self, broker: &Broker, part: usize) {
        let until = (self.messages.len() * part / 1000).min(self.messages.len());
        for message in &self.messages[self.sent.min(until)..until] {
            match message.partition {
                None => broker.enqueue("work", &message.page, &message.payload),
                Some(partition) => broker.enqueue_to("work", i32::from(partition), &message.page, &message.payload),
            }
        }
        self.sent = self.sent.max(until);
    }

    /// How many lines there have to be.
    pub(crate) fn lines(&self) -> usize {
        self.pages.values().chain(self.published.values()).map(Vec::len).sum()
    }
}

fn page(chance: &mut Chance) -> String {
    format!("page-{:02}", chance.below(PAGES))
}
