//! What every way to run a handler promises, on real parts. `cases` names no transport; each test here runs all of them with
//! one.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by ending")]

mod broker;
mod cases;
mod kafka;
mod kafka_cases;
mod world;

use kafka::Kafka;
use world::World;

#[test]
fn as_a_kafka_consumer() {
    let world = World::start::<Kafka>();
    cases::run(&world);
    kafka_cases::run(&world);
}
