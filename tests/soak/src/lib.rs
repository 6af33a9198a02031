//! A group of processes under load, on real parts, while things are ended at random or at the worst moment. docs/decisions/0024.

mod chance;
mod load;
mod member;
mod resources;
mod run;
mod schedule;
mod session;
mod stand;
mod tally;

pub use chance::Chance;
pub use member::{Member, Mode};
pub use run::run;
pub use schedule::Plan;
pub use session::Session;
pub use stand::{PARTITIONS, Parts, Program, Stand};
pub use tally::Tally;

use serde_json::{Value, json};

/// The mistakes that the faulty subject can make; `handler-runtime/src/faults.rs` has them.
pub const FAULTS: [&str; 12] = [
    "commit-before-the-transaction",
    "no-inbox",
    "inbox-in-a-second-transaction",
    "read-before-the-inbox-insert",
    "unsorted-inbox-keys",
    "outbox-by-cursor",
    "two-relays-on-one-key",
    "delivery-report-ignored",
    "sleep-in-the-poll-loop",
    "commit-after-revoke",
    "attempts-counted-after-the-handler",
    "leave-without-draining",
];

/// A promise that was not kept.
#[derive(Debug)]
pub struct Broken(pub String);

impl std::fmt::Display for Broken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "not kept: {}", self.0)
    }
}

impl std::error::Error for Broken {}

/// An event that says what is to be done with it.
pub fn event(page: &str, id: &str, task: &Value) -> Value {
    json!({ "specversion": "1.0", "id": id, "source": "soak", "type": "work", "subject": page, "data": task })
}
