//! From the start of a process to its first event.

use std::time::Duration;

use anyhow::{Context, Result};

use crate::consumer::consumer;
use crate::events;
use crate::ground::{Ground, ONE_EVENT};
use crate::samples::Samples;
use crate::subject::Subject;
use crate::table::{Line, Unit, Wanted};

const LIMIT: Duration = Duration::from_mins(1);

/// The lines of starts. One start of each that does not count comes first.
pub(crate) fn measure(ground: &Ground) -> Result<Vec<Line>> {
    events::publish(ground, ONE_EVENT, 1)?;
    let (mut ours, mut peer) = (Samples::default(), Samples::default());
    for run in 0..=ground.runs {
        let (handled, joined) = (handled(ground)?, joined(ground)?);
        if run > 0 {
            ours.push(handled);
            peer.push(joined);
        }
    }
    Ok(vec![Line {
        name: "start of audit-service as a consumer to its first event handled, against librdkafka alone".to_owned(),
        unit: Unit::Milliseconds,
        ours,
        peer: Some(("join", peer)),
        wanted: Wanted::Below(2.0),
        profiles: Vec::new(),
    }])
}

/// Milliseconds until the commit that has the event.
fn handled(ground: &Ground) -> Result<f64> {
    let mut database = ground.database("audit-service")?;
    let subject = consumer(ground, &database, ONE_EVENT)?;
    let committed = database.first_commit(LIMIT).with_context(|| subject.told())?;
    Ok(milliseconds(committed - subject.begun))
}

/// Milliseconds until the event is there.
fn joined(ground: &Ground) -> Result<f64> {
    let group = ground.name("join");
    let told =
        [("KAFKA_BROKERS", ground.kafka.brokers()), ("KAFKA_GROUP", group.as_str()), ("KAFKA_TOPICS", ONE_EVENT)];
    let mut subject = Subject::peer(ground, "join", &told)?;
    let printed = subject.printed()?;
    let came: i64 = printed.trim().parse().with_context(|| printed.clone())?;
    Ok(milliseconds(came - subject.begun))
}

#[expect(clippy::cast_precision_loss, reason = "a table needs no more than four digits")]
fn milliseconds(microseconds: i64) -> f64 {
    microseconds as f64 / 1e3
}
