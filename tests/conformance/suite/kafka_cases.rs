//! What a Kafka consumer promises beyond what every transport does: partitions come and go, and offsets can be compared.

use rdkafka::Message;
use serde_json::json;

use crate::cases::{load, run_all, settled, write};
use crate::kafka::Kafka;
use crate::world::{LARGEST, World};

/// All of them, one after the other.
pub(crate) fn run(world: &World<Kafka>) {
    run_all(
        world,
        &[
            ("consumers that join and leave under load lose nothing and do nothing twice", rebalanced),
            ("what the broker never takes is kept, and its key goes on", never_taken),
            ("a database that goes back while nothing follows loses nothing", restored_idle),
            ("a database that goes back under load loses nothing", restored_under_load),
            ("a database that goes back while nobody consumes loses nothing", restored_alone),
        ],
    );
}

fn rebalanced(world: &World<Kafka>) {
    let mut pages = load(world, "join", 2000);
    let mut second = world.further();
    pages.extend(load(world, "joined", 2000));
    world.wait("the second has partitions", || second.process.log_text().contains("were assigned").then_some(()));
    pages.extend(load(world, "both", 2000));
    assert!(second.process.stop().unwrap().success());
    pages.extend(load(world, "left", 2000));
    let mut third = world.further();
    world.wait("the third has partitions", || third.process.log_text().contains("were assigned").then_some(()));
    pages.extend(load(world, "third", 2000));
    third.process.kill().unwrap();
    pages.extend(load(world, "killed", 1000));
    settled(world, &pages);
}

fn never_taken(world: &World<Kafka>) {
    world.send("large", "large-1", &json!({ "do": "publish", "letters": LARGEST }));
    world.send("large", "large-2", &json!({ "do": "publish" }));
    world.expect("large", &["large-1", "large-2"]);
    world.wait("the second has left", || {
        let done = world.broker.read("done");
        done.iter()
            .filter_map(Message::payload)
            .any(|payload| String::from_utf8_lossy(payload).contains("\"large-2\""))
            .then_some(())
    });
    let kept = world.sql("SELECT count(*) FROM subject.portolan_outbox WHERE failed IS NOT NULL");
    assert_eq!(kept, "1");
    world.wait("it is counted", || world.metrics().contains("portolan_outbox_refused_rows 1\n").then_some(()));
}

/// Waits until the group's offsets are those of the end: ahead of any earlier state of the database.
fn committed(world: &World<Kafka>) {
    world.wait("offsets are committed", || {
        let (committed, end) = world.broker.progress("subject", "work");
        (committed == end).then_some(())
    });
}

fn restored_idle(world: &World<Kafka>) {
    world.send("back-idle", "idle-1", &write());
    world.expect("back-idle", &["idle-1"]);
    world.parts.postgres.borrow_mut().back_up().unwrap();
    world.send("back-idle", "idle-2", &write());
    world.send("back-idle", "idle-3", &write());
    world.expect("back-idle", &["idle-1", "idle-2", "idle-3"]);
    committed(world);
    world.parts.postgres.borrow_mut().restore().unwrap();
    assert_eq!(world.page("back-idle").len(), 1, "the database went back");
    world.expect("back-idle", &["idle-1", "idle-2", "idle-3"]);
}

fn restored_under_load(world: &World<Kafka>) {
    let mut pages = load(world, "back-before", 500);
    settled(world, &pages);
    world.parts.postgres.borrow_mut().back_up().unwrap();
    pages.extend(load(world, "back-lost", 1000));
    settled(world, &pages);
    committed(world);
    pages.extend(load(world, "back-during", 2000));
    world.parts.postgres.borrow_mut().restore().unwrap();
    pages.extend(load(world, "back-after", 500));
    settled(world, &pages);
}

fn restored_alone(world: &World<Kafka>) {
    world.parts.postgres.borrow_mut().back_up().unwrap();
    let pages = load(world, "back-alone", 1000);
    settled(world, &pages);
    committed(world);
    world.kill();
    world.parts.postgres.borrow_mut().restore().unwrap();
    assert_eq!(world.page("back-alone-0"), [], "the database went back");
    settled(world, &pages);
}
