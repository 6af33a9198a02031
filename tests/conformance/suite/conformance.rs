//! What every way to run a handler promises, on real parts. `cases` names no transport; each test here runs all of them with
//! one.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by ending")]

mod bus;
mod cases;
mod collector;
mod dapr;
mod ending;
mod event_source;
mod features;
mod invoke_cases;
mod job_cases;
mod kafka;
mod kafka_cases;
mod lambda;
mod port;
mod program;
mod replay_cases;
mod trace_cases;
mod world;

use bus::{Cloud, Function};
use dapr::Dapr;
use kafka::Kafka;
use lambda::Lambda;
use portolan_parts::Aws;
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
fn on_lambda() {
    let world = World::<Lambda>::start();
    cases::run(&world);
    job_cases::run(&world);
    invoke_cases::run(&world);
    replay_cases::run(&world);
}

#[test]
fn on_a_bus() {
    let cloud = Cloud::with(Aws::ministack(lambda::ACCOUNT, lambda::REGION).unwrap());
    let function = Function::start(&cloud);
    bus::comes_and_goes(&cloud, &function);
    bus::is_given_up(&cloud, &function);
    bus::answers_each_message(&function);
    bus::is_too_large(&cloud, &function);
    bus::in_several_requests(&cloud, &function);
    bus::from_a_consumer(&cloud);
    bus::from_behind_a_sidecar(&cloud);
}

/// Whether what is put on a bus is taken has a second opinion.
#[test]
fn on_a_bus_of_another_kind() {
    bus::from_a_consumer(&Cloud::with(Aws::moto(lambda::ACCOUNT, lambda::REGION).unwrap()));
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
        ("Lambda, from Kafka", Lambda::FEATURES),
    ]);
    assert!(guide.contains(&table), "docs/guide/handlers.md has to contain:\n{table}");
}
