//! librdkafka alone: joins its group, prints when the first message came, in microseconds since 1970, and ends.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::consumer;
use anyhow::Result;

#[expect(clippy::print_stdout, reason = "it prints what it has measured")]
pub(crate) fn run() -> Result<()> {
    let consumer = consumer::subscribed()?;
    loop {
        if let Some(message) = consumer.poll(Duration::from_millis(5)) {
            message?;
            println!("{}", SystemTime::now().duration_since(UNIX_EPOCH)?.as_micros());
            return Ok(());
        }
    }
}
