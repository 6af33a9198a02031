//! Mistakes on the way in.

use std::time::Duration;

use anyhow::{Result, anyhow};
use portolan_soak::{Broken, Mode, PARTITIONS, Session, Stand, event};
use serde_json::{Value, json};

use crate::Scenario;

pub(crate) fn scenarios() -> Vec<Scenario> {
    let kafka = |fault, play| Scenario { fault, mode: Mode::Kafka, attempts: 6, play };
    vec![
        kafka("commit-after-revoke", after_a_rebalance),
        Scenario {
            fault: "commit-before-the-transaction",
            mode: Mode::Dapr,
            attempts: 6,
            play: ends_before_its_transaction,
        },
        kafka("inbox-in-a-second-transaction", ends_before_its_transaction),
        kafka("no-inbox", comes_twice),
        kafka("read-before-the-inbox-insert", two_at_once),
        kafka("unsorted-inbox-keys", the_same_batch_twice),
        kafka("sleep-in-the-poll-loop", beside_one_that_waits),
        Scenario {
            fault: "attempts-counted-after-the-handler",
            mode: Mode::Kafka,
            attempts: 2,
            play: ends_each_process,
        },
    ]
}

pub(crate) fn send(stand: &Stand<'_>, partition: u16, page: &str, id: &str, task: &Value) {
    let payload = event(page, id, task).to_string();
    stand.parts.broker.publish_to("work", i32::from(partition), page, &payload);
}

pub(crate) fn write() -> Value {
    json!({ "do": "write" })
}

/// A member that works: an event has gone through.
pub(crate) fn warm(stand: &mut Stand<'_>) -> Result<()> {
    stand.join()?;
    for partition in 0..PARTITIONS {
        send(stand, partition, &format!("warm-{partition}"), &format!("warm-{partition}"), &write());
    }
    let warm = "SELECT count(*) FROM soak.lines WHERE page LIKE 'warm-%'";
    stand.wait("the member works", |stand| Ok(stand.count(warm) == Some(usize::from(PARTITIONS))))
}

/// Waits until so many statements wait for a lock that the test holds.
pub(crate) fn stands_still(stand: &mut Stand<'_>, statement: &str, count: usize) -> Result<()> {
    let waiting = format!(
        "SELECT count(*) FROM pg_stat_activity
         WHERE wait_event_type = 'Lock' AND datname = current_database() AND query LIKE '%{statement}%'"
    );
    stand.wait(&format!("{count} × {statement} stand still"), |stand| Ok(stand.count(&waiting) == Some(count)))
}

/// No line can be stored until it is let go.
pub(crate) fn hold_lines(stand: &Stand<'_>) -> Result<Session> {
    let mut session = stand.session()?;
    session.hold("LOCK TABLE soak.lines IN SHARE MODE")?;
    Ok(session)
}

fn ends_before_its_transaction(stand: &mut Stand<'_>) -> Result<()> {
    warm(stand)?;
    let mut held = hold_lines(stand)?;
    send(stand, 0, "page", "1", &write());
    stands_still(stand, "INSERT INTO soak.lines", 1)?;
    stand.members[0].kill()?;
    held.release()?;
    stand.revive()?;
    stand.keeps("an event whose process ended in its transaction is handled", |stand| Ok(stand.page("page")? == ["1"]))
}

fn comes_twice(stand: &mut Stand<'_>) -> Result<()> {
    warm(stand)?;
    for id in ["1", "1", "2"] {
        send(stand, 0, "page", id, &write());
        let line = format!("SELECT count(*) FROM soak.lines WHERE event = '{id}'");
        stand.wait("it is there", |stand| Ok(stand.count(&line) >= Some(1)))?;
    }
    stand.keeps("an event that comes twice is handled once", |stand| Ok(stand.page("page")? == ["1", "2"]))
}

fn two_at_once(stand: &mut Stand<'_>) -> Result<()> {
    warm(stand)?;
    let mut held = stand.session()?;
    held.hold("LOCK TABLE soak.portolan_inbox IN SHARE MODE")?;
    send(stand, 0, "page", "1", &write());
    send(stand, 1, "page", "2", &write());
    stands_still(stand, "INSERT INTO soak.portolan_inbox", 2)?;
    held.release()?;
    stand.wait("both are there", |stand| Ok(stand.page("page")?.len() == 2))?;
    stand.keeps("two events of a page that come at once count each other", |stand| {
        Ok(stand.sql("SELECT before FROM soak.lines WHERE page = 'page' ORDER BY before")? == "0\n1")
    })
}

/// How often the database had to end one of two transactions that waited for each other at the inbox.
pub(crate) fn circles(stand: &mut Stand<'_>) -> usize {
    let log = stand.parts.postgres.process().log_text();
    log.lines().filter(|line| line.contains("in relation \"portolan_inbox")).count()
}

/// Several times, with more time each time: where not all events have come, or one of the two is through before the other begins,
/// nobody waits.
fn the_same_batch_twice(stand: &mut Stand<'_>) -> Result<()> {
    warm(stand)?;
    let before = circles(stand);
    for round in 0..4 {
        one_batch_twice(stand, round)?;
        if circles(stand) > before {
            return Err(
                Broken("two batches of the same events do not wait for each other in a circle".to_owned()).into()
            );
        }
    }
    Ok(())
}

/// One event of each partition is in hand; all that comes meanwhile is one batch a partition.
fn one_batch_twice(stand: &mut Stand<'_>, round: u32) -> Result<()> {
    let mut held = hold_lines(stand)?;
    for partition in [0, 1] {
        let id = format!("held-{round}-{partition}");
        send(stand, partition, &id, &id, &write());
    }
    stands_still(stand, "INSERT INTO soak.lines", 2)?;
    for id in 0..400 {
        for partition in [0, 1] {
            let payload = event(&id.to_string(), &format!("same-{round}-{id}"), &write()).to_string();
            stand.parts.broker.enqueue_to("work", partition, "same", &payload);
        }
    }
    stand.parts.broker.flush();
    std::thread::sleep(Duration::from_millis(200) * (round + 1));
    // It is granted when those in hand are through, and before any other transaction.
    let mut inbox = stand.session()?;
    let granted =
        std::thread::spawn(move || inbox.hold("LOCK TABLE soak.portolan_inbox IN SHARE MODE").map(|()| inbox));
    stands_still(stand, "LOCK TABLE soak.portolan_inbox", 1)?;
    held.release()?;
    let mut inbox = granted.join().map_err(|_| anyhow!("the thread panicked"))??;
    stands_still(stand, "INSERT INTO soak.portolan_inbox", 2)?;
    inbox.release()?;
    let all = format!("SELECT count(*) FROM soak.lines WHERE event LIKE 'same-{round}-%'");
    stand.wait("all are there", |stand| Ok(stand.count(&all) == Some(400)))?;
    stand.wait("both batches are through", |stand| stand.has_no_lag())
}

fn beside_one_that_waits(stand: &mut Stand<'_>) -> Result<()> {
    warm(stand)?;
    send(stand, 0, "waits", "waits", &json!({ "do": "await", "file": "/nowhere", "seconds": 30 }));
    let tried = "SELECT count(*) FROM soak.portolan_attempts WHERE id = 'waits'";
    stand.wait("it has been tried", |stand| Ok(stand.count(tried) == Some(1)))?;
    send(stand, 1, "beside", "beside", &write());
    stand.keeps("one that waits does not hold another partition", |stand| Ok(stand.page("beside")? == ["beside"]))
}

fn after_a_rebalance(stand: &mut Stand<'_>) -> Result<()> {
    warm(stand)?;
    stand.wait("all is committed", |stand| stand.has_no_lag())?;
    stand.commits_stay()
}

fn ends_each_process(stand: &mut Stand<'_>) -> Result<()> {
    warm(stand)?;
    let id = format!("poison-{}", stand.name);
    send(stand, 0, "poison", &id, &json!({ "do": "abort" }));
    for end in 0.. {
        let given_up = |stand: &mut Stand<'_>| {
            let letters = stand.parts.broker.read("work.dlq");
            let mut payloads = letters.iter().filter_map(rdkafka::Message::payload);
            payloads.any(|payload| String::from_utf8_lossy(payload).contains(&id))
        };
        let mut letter = false;
        stand.wait("it ends its process or is given up", |stand| {
            letter = given_up(stand);
            Ok(letter || !stand.members[0].is_running())
        })?;
        if letter {
            return Ok(());
        }
        if end > 3 {
            break;
        }
        stand.revive()?;
    }
    Err(Broken("an event ends no more processes than it has attempts".to_owned()).into())
}
