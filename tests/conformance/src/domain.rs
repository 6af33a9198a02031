//! A ledger: each event that is handled adds a line to its key's page, with the number of lines before it.

use std::path::Path;
use std::time::Duration;

use handler_contract::{
    Contract, Effect, Effects, Event, Handler, Invocation, Invoke, Job, Mode, Outcome, Publication, Publish, Refusal,
    Schedule, Subscription,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

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
    /// Its text; the database refuses what is longer than it allows.
    pub(crate) text: String,
}

/// What is to be done.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", tag = "do")]
pub(crate) enum Task {
    /// A line is added.
    Write {
        /// Its text.
        #[serde(default)]
        text: String,
    },
    /// A line is added, and an event published.
    Publish {
        /// With so many letters more in it.
        #[serde(default)]
        letters: usize,
    },
    /// A line is added, and a job scheduled. When it is due, its data is the task, and its name is the page.
    Schedule {
        /// Its name.
        job: String,
        /// When it is due.
        due: String,
        /// What is to be done then.
        data: Value,
    },
    /// A line is added, and a job cancelled.
    Cancel {
        /// Its name.
        job: String,
    },
    /// A line is added, and a service invoked.
    Invoke {
        /// The method.
        method: String,
    },
    /// It comes again until this file is there.
    Await {
        /// The file.
        file: String,
    },
    /// It comes again, always.
    Retry,
    /// It concerns nobody.
    Discard,
    /// The handler panics.
    Panic,
    /// The process ends.
    Abort,
}

impl Handler for Subject {
    type Key = String;
    type Aggregate = i64;
    type Row = Line;

    fn contract() -> Contract {
        let mut contract = Contract::of("subject", vec![Mode::Dapr, Mode::Kafka, Mode::Lambda]);
        contract.subscribes = vec![Subscription::to("work", "/events/work").of_types(&["work"])];
        contract.publishes = vec![Publication { topic: "done", types: vec!["done"], key: "page" }];
        contract.schedules = vec![Schedule { job: "job-{name}", route: "/job/job-{name}" }];
        contract.invokes = vec![Invocation { service: "other", method: "orders", verbs: vec!["POST"] }];
        contract
    }

    fn key(&self, event: &Event) -> Result<String, Refusal> {
        event.subject.clone().ok_or_else(|| Refusal::Value("the event has no subject".to_owned()))
    }

    fn handle(&self, lines: &mut i64, event: &Event) -> Outcome<Line> {
        let page = event.subject.clone().unwrap_or_default();
        let line = |before, text| Line { page: page.clone(), before, event: event.identity.id.clone(), text };
        let before = *lines;
        *lines += 1;
        let and = |effect: Result<Effect<Line>, serde_json::Error>| match effect {
            Ok(effect) => Outcome::Done(Effects::none().append(line(before, String::new())).and(effect)),
            Err(error) => Outcome::discard(error.to_string()),
        };
        match event.data::<Task>() {
            Err(error) => Outcome::discard(error.to_string()),
            Ok(Task::Write { text }) => Outcome::Done(Effects::none().append(line(before, text))),
            Ok(Task::Publish { letters }) => and(publish(&page, event, letters).map(Effect::from)),
            Ok(Task::Schedule { job, due, data }) => and(schedule(&job, &due, &data).map(Effect::from)),
            Ok(Task::Cancel { job }) => and(Ok(Effect::Cancel { job })),
            Ok(Task::Invoke { method }) => and(invoke(event, method).map(Effect::from)),
            Ok(Task::Await { file }) if Path::new(&file).exists() => {
                Outcome::Done(Effects::none().append(line(before, String::new())))
            }
            Ok(Task::Await { .. } | Task::Retry) => Outcome::retry("not yet", Duration::ZERO),
            Ok(Task::Discard) => Outcome::discard("nobody waits for it"),
            #[expect(clippy::panic, reason = "the suite asks for it")]
            Ok(Task::Panic) => panic!("as asked"),
            Ok(Task::Abort) => std::process::abort(),
        }
    }
}

fn schedule(job: &str, due: &str, data: &Value) -> Result<Job, serde_json::Error> {
    serde_json::from_str(&json!({ "name": job, "due": due, "data": data }).to_string())
}

fn invoke(event: &Event, method: String) -> Result<Invoke, serde_json::Error> {
    let data = serde_json::value::to_raw_value(&event.identity.id)?;
    Ok(Invoke { service: "other".to_owned(), method, verb: "POST".to_owned(), data: Some(data) })
}

fn publish(page: &str, event: &Event, letters: usize) -> Result<Publish, serde_json::Error> {
    Publish::new("done", "done", page, &format!("{}{}", event.identity.id, "x".repeat(letters)))
}
