//! A bare loop: consumes and inserts in batches. No inbox, no order, no guarantee.

use std::time::Duration;

use crate::consumer;
use crate::entry::Entries;
use crate::told::told;
use anyhow::{Context, Result};
use rdkafka::Message;
use rdkafka::consumer::Consumer;
use sqlx::{Connection, PgConnection};
use tokio::runtime::Builder;

/// Events in a statement, as a handler has them in a transaction.
const AT_ONCE: usize = 500;
const POLL: Duration = Duration::from_millis(5);

pub(crate) fn run() -> Result<()> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let mut connection = runtime.block_on(PgConnection::connect(&told("DATABASE_URL")?))?;
    let consumer = consumer::subscribed()?;
    loop {
        let mut entries = Entries::default();
        while entries.len() < AT_ONCE {
            let Some(message) = consumer.poll(POLL) else { break };
            let message = message?;
            entries.read(message.payload().context("a message without a value")?, message.topic())?;
            consumer.store_offset_from_message(&message)?;
        }
        if !entries.is_empty() {
            runtime.block_on(entries.store(&mut connection))?;
        }
    }
}
