//! The plain way to consume: one transaction for each event, one event at a time for each partition.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::consumer;
use crate::entry::Entries;
use crate::told::told;
use anyhow::{Context, Result};
use rdkafka::Message;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::OwnedMessage;
use sqlx::{Connection, PgConnection};
use tokio::runtime::Runtime;
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Messages that wait for their turn.
const WAITING: usize = 1000;
const POLL: Duration = Duration::from_millis(100);

pub(crate) fn run() -> Result<()> {
    let runtime = Runtime::new()?;
    let database = told("DATABASE_URL")?;
    let consumer = Arc::new(consumer::subscribed()?);
    let mut partitions: HashMap<i32, Sender<OwnedMessage>> = HashMap::new();
    loop {
        let Some(message) = consumer.poll(POLL) else { continue };
        let message = message?.detach();
        let partition = partitions.entry(message.partition()).or_insert_with(|| {
            let (sender, messages) = channel(WAITING);
            runtime.spawn(handle(Arc::clone(&consumer), database.clone(), messages));
            sender
        });
        partition.blocking_send(message).ok().context("a partition has ended")?;
    }
}

async fn handle(consumer: Arc<BaseConsumer>, database: String, mut messages: Receiver<OwnedMessage>) -> Result<()> {
    let mut connection = PgConnection::connect(&database).await?;
    while let Some(message) = messages.recv().await {
        let mut entry = Entries::default();
        entry.read(message.payload().context("a message without a value")?, message.topic())?;
        let mut transaction = connection.begin().await?;
        if entry.claim(&mut transaction).await? {
            entry.store_one(&mut transaction).await?;
        }
        transaction.commit().await?;
        consumer.store_offset(message.topic(), message.partition(), message.offset())?;
    }
    Ok(())
}
