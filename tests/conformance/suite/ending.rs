//! What is promised when the process ends, or what it needs.

use portolan_parts::Postgres;
use rdkafka::Message;
use serde_json::json;

use crate::cases::{letters_of, load, settled, write};
use crate::trace_cases::{STORED, traced};
use crate::world::{Transport, World, event};

pub(crate) fn ends_the_process<T: Transport>(world: &World<T>) {
    for (page, id, task) in [
        ("ends", "ends-1", write()),
        ("ends", "ends-2", json!({ "do": "abort" })),
        ("ends", "ends-3", write()),
        ("near", "near-1", write()),
    ] {
        world.broker.enqueue("work", page, &event(page, id, "work", &task).to_string());
    }
    world.broker.flush();
    world.dead_letter("ends-2");
    world.expect("ends", &["ends-1", "ends-3"]);
    world.expect("near", &["near-1"]);
    let innocent = world.dead_letters().iter().any(|letter| {
        let message = String::from_utf8_lossy(&letter.message);
        ["ends-1", "ends-3", "near-1"].iter().any(|id| message.contains(id))
    });
    assert!(!innocent, "an innocent was given up");
}

/// It is there, among others, before the first process is; and so for each process after it.
pub(crate) fn ends_each_process<T: Transport>(world: &World<T>) {
    world.kill();
    let pages = load(world, "start", 300);
    world.send("start-0", "start-poison", &json!({ "do": "abort" }));
    let letter = world.dead_letter("start-poison");
    // Processes that ended within the same second are counted together.
    let attempts: u32 = letter.attempts.unwrap().parse().unwrap();
    assert!(attempts >= 4, "given up after {attempts} attempts");
    let letters = world.broker.read("work.dlq");
    let innocent = letters
        .iter()
        .filter_map(Message::payload)
        .map(String::from_utf8_lossy)
        .find(|text| text.contains("\"start-") && !text.contains("start-poison"));
    assert_eq!(innocent, None, "an innocent was given up");
    settled(world, &pages);
}

/// Somebody else has all shards of the outbox, so that the process ends after its transaction and before its relay.
pub(crate) fn stored_and_killed<T: Transport>(world: &World<T>) {
    let wait_for = |name: &str, statement: &str, answer: &str| {
        world.wait(name, || (world.sql(statement) == answer).then_some(()));
    };
    let waiting = "SELECT count(*) FROM subject.portolan_outbox WHERE failed IS NULL";
    wait_for("nothing waits", waiting, "0");
    let postgres = world.parts.postgres.borrow();
    let postgres: &Postgres = &postgres;
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let taken = "SELECT pg_advisory_lock(hashtext('portolan-outbox-subject'), shard) FROM generate_series(0, 7) AS shard";
            // It is ended, which is an error.
            let _ = postgres.psql("postgres", &format!("{taken}; SELECT pg_sleep(100)"));
        });
        let sleeps = "FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
        wait_for("the shards are taken", &format!("SELECT count(*) {sleeps}"), "1");
        let task = json!({ "do": "publish" });
        world.broker.publish("work", "stored", &traced("stored", "stored-1", &task, STORED));
        wait_for("it is stored", waiting, "1");
        world.kill();
        world.sql(&format!("SELECT pg_terminate_backend(pid) {sleeps}"));
    });
    assert_eq!(letters_of(world, "stored-1"), None);
    world.wait("it has left", || letters_of(world, "stored-1"));
}

pub(crate) fn crashes<T: Transport>(world: &World<T>) {
    let mut pages = Vec::new();
    for round in 0..3 {
        pages.extend(load(world, &format!("crash{round}"), 1000));
        world.crash();
    }
    settled(world, &pages);
}

pub(crate) fn leaving<T: Transport>(world: &World<T>) {
    let mut pages = Vec::new();
    for round in 0..3 {
        pages.extend(load(world, &format!("leave{round}"), 1000));
        world.restart();
    }
    settled(world, &pages);
}

pub(crate) fn database_away<T: Transport>(world: &World<T>) {
    let pages = load(world, "away", 1000);
    world.parts.postgres.borrow_mut().restart().unwrap();
    settled(world, &pages);
}

pub(crate) fn nothing_left<T: Transport>(world: &World<T>) {
    let count = "SELECT (SELECT count(*) FROM subject.portolan_announcements) + (SELECT count(*) FROM subject.portolan_attempts)";
    world.wait("nothing is left", || (world.sql(count) == "0").then_some(()));
}
