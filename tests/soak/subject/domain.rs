//! A ledger. Each event adds a line to its page, with the number of lines before it; some publish an event, which the ledger receives
//! itself, on another page: so what was published is there once and in order too, or is not.

use std::path::Path;
use std::time::Duration;

use handler_contract::{Contract, Effects, Event, Handler, Mode, Outcome, Publication, Publish, Refusal, Subscription};
use serde::Deserialize;

/// The handler.
pub(crate) struct Subject;

/// A line of the ledger.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// The page.
    pub(crate) page: String,
    /// How many lines stood before it.
    pub(crate) before: i64,
    /// The event.
    pub(crate) event: String,
}

/// What is to be done.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "do")]
enum Task {
    /// A line is added.
    Write,
    /// A line is added, and an event published.
    Publish,
    /// It comes again, after so long at least, until this file is there.
    Await { file: String, seconds: u64 },
    /// It comes again, always.
    Retry,
    /// The process ends.
    Abort,
}

impl Handler for Subject {
    type Key = String;
    type Aggregate = i64;
    type Row = Line;

    fn contract() -> Contract {
        let mut contract = Contract::of("soak", vec![Mode::Dapr, Mode::Kafka]);
        contract.subscribes = vec![
            Subscription::to("work", "/events/work").of_types(&["work"]),
            Subscription::to("done", "/events/done").of_types(&["done"]),
        ];
        contract.publishes = vec![Publication { topic: "done", types: vec!["done"], key: "page" }];
        contract
    }

    fn key(&self, event: &Event) -> Result<String, Refusal> {
        let page = event.subject.as_deref();
        let page = page.ok_or_else(|| Refusal::Value("the event has no subject".to_owned()))?;
        Ok(if event.topic == "done" { format!("done/{page}") } else { page.to_owned() })
    }

    fn handle(&self, lines: &mut i64, event: &Event) -> Outcome<Line> {
        let (Ok(page), before) = (self.key(event), *lines) else { return Outcome::discard("no page") };
        *lines += 1;
        let line = |event| Effects::none().append(Line { page: page.clone(), before, event });
        if event.topic == "done" {
            return match event.data::<String>() {
                Ok(cause) => Outcome::Done(line(cause)),
                Err(error) => Outcome::discard(error.to_string()),
            };
        }
        let line = line(event.identity.id.clone());
        match event.data::<Task>() {
            Err(error) => Outcome::discard(error.to_string()),
            Ok(Task::Write) => Outcome::Done(line),
            Ok(Task::Publish) => match Publish::new("done", "done", &page, &event.identity.id) {
                Ok(publish) => Outcome::Done(line.and(publish.about(page))),
                Err(error) => Outcome::discard(error.to_string()),
            },
            Ok(Task::Await { file, .. }) if Path::new(&file).exists() => Outcome::Done(line),
            Ok(Task::Await { seconds, .. }) => Outcome::retry("not yet", Duration::from_secs(seconds)),
            Ok(Task::Retry) => Outcome::retry("not yet", Duration::ZERO),
            Ok(Task::Abort) => std::process::abort(),
        }
    }
}
