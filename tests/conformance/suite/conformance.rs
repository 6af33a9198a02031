//! What every way to run a handler promises, on real parts. `cases` names no transport; each test here runs all of them with
//! one.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by ending")]

mod cases;
mod collector;
mod dapr;
mod ending;
mod features;
mod invoke_cases;
mod job_cases;
mod kafka;
mod kafka_cases;
mod port;
mod program;
mod replay_cases;
mod trace_cases;
mod world;

use dapr::Dapr;
use kafka::Kafka;
use world::{Transport, World};

#[test]
fn as_a_kafka_consumer() {
    let world = World::<Kafka>::start();
    cases::run(&world);
    job_cases::run(&world);
    invoke_cases::run(&world);
    replay_cases::run(&world);
    trace_cases::run(&world);
    kafka_cases::run(&world);
}

#[test]
fn behind_a_sidecar() {
    let world = World::<Dapr<false>>::start();
    cases::run(&world);
    job_cases::run(&world);
    invoke_cases::run(&world);
    replay_cases::run(&world);
    trace_cases::run(&world);
    port::unknown_route_keeps_its_event(&world);
}

#[test]
fn behind_a_sidecar_in_bulk() {
    let world = World::<Dapr<true>>::start();
    cases::run(&world);
    job_cases::run(&world);
    invoke_cases::run(&world);
    replay_cases::run(&world);
    trace_cases::run(&world);
    port::unknown_route_keeps_its_event(&world);
}

#[test]
fn at_the_port_that_the_sidecar_posts_to() {
    port::run(&World::<Dapr<false>>::start());
}

#[test]
fn the_guide_s_table_is_what_is_asserted() {
    let guide = include_str!("../../../docs/guide/handlers.md");
    let table = features::table(&[
        ("Kafka consumer", Kafka::FEATURES),
        ("Dapr, one by one", Dapr::<false>::FEATURES),
        ("Dapr, in bulk", Dapr::<true>::FEATURES),
    ]);
    assert!(guide.contains(&table), "docs/guide/handlers.md has to contain:\n{table}");
}
