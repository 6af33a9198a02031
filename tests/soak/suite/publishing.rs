//! Mistakes on the way out.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use portolan_soak::{Broken, Mode, Program, Stand};
use rdkafka::Message;
use serde_json::{Value, json};

use crate::consuming::{hold_lines, send, stands_still, warm};
use crate::{ORDINARY, Scenario};

pub(crate) fn scenarios() -> Vec<Scenario> {
    let scenario = |fault, mode, play| Scenario { fault, mode, attempts: 6, play };
    vec![
        scenario("outbox-by-cursor", Mode::Kafka, commits_late),
        scenario("two-relays-on-one-key", Mode::Kafka, beside_another_relay),
        scenario("delivery-report-ignored", Mode::Dapr, not_taken),
        scenario("leave-without-draining", Mode::Kafka, leaves),
    ]
}

/// Holds every shard, as a relay does that works on it.
const SHARDS: &str =
    "SELECT pg_advisory_xact_lock(hashtext('portolan-outbox-soak'), shard) FROM generate_series(0, 7) AS shard";

fn publish() -> Value {
    json!({ "do": "publish" })
}

/// Waits until so many rows are in the outbox.
fn outbox(stand: &mut Stand<'_>, count: usize) -> Result<()> {
    let rows = "SELECT count(*) FROM soak.portolan_outbox";
    stand.wait(&format!("{count} rows in the outbox"), |stand| Ok(stand.count(rows) == Some(count)))
}

/// What the topic `done` has of a page, each as often as it was sent.
fn sent(stand: &Stand<'_>, page: &str) -> Vec<String> {
    let messages = stand.parts.broker.read("done");
    let events = messages.iter().filter_map(|message| serde_json::from_slice::<Value>(message.payload()?).ok());
    let events = events.filter(|event| event["subject"] == page);
    events.map(|event| event["data"].as_str().unwrap_or_default().to_owned()).collect()
}

/// Two rows of a shard, of which the first is stored first and committed last.
fn commits_late(stand: &mut Stand<'_>) -> Result<()> {
    warm(stand)?;
    let pages = stand.sql(
        "SELECT string_agg(page, ' ') FROM (SELECT page FROM generate_series(1, 64) AS n, format('page-%s', n) AS page
         WHERE hashtext(page) & 7 = 3 ORDER BY n LIMIT 2) AS pages",
    )?;
    let (first, second) = pages.split_once(' ').context("two pages of a shard")?;
    let mut lines = hold_lines(stand)?;
    send(stand, 0, first, "first", &publish());
    stands_still(stand, "INSERT INTO soak.lines", 1)?;
    let mut announcement = stand.session()?;
    announcement.hold("SELECT 1 FROM soak.portolan_announcements WHERE 'first' = ANY (ids) FOR UPDATE")?;
    lines.release()?;
    stands_still(stand, "(source, id, settled) WHERE settled", 1)?;
    send(stand, 1, second, "second", &publish());
    stand.wait("the second has left", |stand| Ok(stand.page(&format!("done/{second}"))? == ["second"]))?;
    announcement.release()?;
    let page = format!("done/{first}");
    stand.keeps("a row that is committed late leaves", |stand| Ok(stand.page(&page)? == ["first"]))
}

/// Two rows of a key; another relay has the first in hand.
fn beside_another_relay(stand: &mut Stand<'_>) -> Result<()> {
    let page = format!("page-{}", stand.name);
    let program = std::mem::replace(&mut stand.program, Program { path: PathBuf::from(ORDINARY), fault: None });
    warm(stand)?;
    let mut shards = stand.session()?;
    shards.hold(SHARDS)?;
    for id in ["first", "second"] {
        send(stand, 0, &page, id, &publish());
        stand.wait("it is handled", |stand| Ok(stand.page(&page)?.last().is_some_and(|last| last == id)))?;
    }
    outbox(stand, 2)?;
    stand.members[0].kill()?;
    shards.release()?;
    let mut other = stand.session()?;
    other.hold("SELECT 1 FROM soak.portolan_outbox ORDER BY position LIMIT 1 FOR UPDATE")?;
    stand.program = program;
    stand.revive()?;
    stand.wait("something has left", |stand| Ok(!sent(stand, &page).is_empty()))?;
    other.release()?;
    stand.wait("both have left", |stand| Ok(sent(stand, &page).iter().any(|id| id == "first")))?;
    outbox(stand, 0)?;
    match sent(stand, &page).first().map(String::as_str) {
        Some("first") => Ok(()),
        _ => Err(Broken("rows of a key leave in their order".to_owned()).into()),
    }
}

/// The sidecar is gone when the row is to leave.
fn not_taken(stand: &mut Stand<'_>) -> Result<()> {
    warm(stand)?;
    let mut lines = hold_lines(stand)?;
    send(stand, 0, "page", "1", &publish());
    stands_still(stand, "INSERT INTO soak.lines", 1)?;
    stand.members[0].kill_sidecar()?;
    lines.release()?;
    stand.wait("it is handled", |stand| Ok(stand.page("page")? == ["1"]))?;
    std::thread::sleep(Duration::from_millis(500));
    stand.revive()?;
    stand.keeps("a row that was not taken leaves later", |stand| Ok(stand.page("done/page")? == ["1"]))
}

/// Told to end while a row waits, and nobody comes after.
fn leaves(stand: &mut Stand<'_>) -> Result<()> {
    warm(stand)?;
    let mut shards = stand.session()?;
    shards.hold(SHARDS)?;
    send(stand, 0, "page", "1", &publish());
    outbox(stand, 1)?;
    let released = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(500));
        shards.release()
    });
    stand.members[0].leave()?;
    released.join().map_err(|_| anyhow::anyhow!("the thread panicked"))??;
    let rows = "SELECT count(*) FROM soak.portolan_outbox";
    stand.keeps("who leaves leaves an empty outbox", |stand| Ok(stand.count(rows) == Some(0)))
}
