//! audit-service as a consumer, against the plain way and a bare loop.

use std::time::Duration;

use anyhow::{Context, Result};

use crate::database::Database;
use crate::events;
use crate::ground::Ground;
use crate::samples::Samples;
use crate::subject::Subject;
use crate::table::{Line, Unit, Wanted};

/// All events are handled within this time.
pub(crate) const LIMIT: Duration = Duration::from_mins(3);
/// Who is slower is measured for so long.
pub(crate) const ENOUGH: Duration = Duration::from_secs(12);

/// The lines of consumers. One run that does not count comes first.
pub(crate) fn measure(ground: &Ground) -> Result<Vec<Line>> {
    events::publish_all(ground)?;
    let (mut ours, mut bare, mut plain, mut memory) =
        (Samples::default(), Samples::default(), Samples::default(), Samples::default());
    warm_up(ground)?;
    for _ in 0..ground.runs {
        let (rate, peak) = handler(ground)?;
        ours.push(rate);
        memory.push(peak);
        bare.push(peer(ground, "bare", LIMIT)?);
        plain.push(peer(ground, "plain", ENOUGH)?);
    }
    let line = |name, peer, wanted| Line {
        name: format!("audit-service as a consumer, against {name}"),
        unit: Unit::EventsASecond,
        ours: ours.clone(),
        peer: Some(peer),
        wanted,
    };
    let memory = Line {
        name: "memory of audit-service as a consumer at full load".to_owned(),
        unit: Unit::Megabytes,
        ours: memory,
        peer: None,
        wanted: Wanted::Under(120.0),
    };
    Ok(vec![
        line("one transaction for each event", ("plain", plain), Wanted::AtLeast(10.0)),
        line("a loop that inserts batches and promises nothing", ("bare", bare), Wanted::AtLeast(0.6)),
        memory,
    ])
}

/// The broker's first reading of a topic is from the disk.
fn warm_up(ground: &Ground) -> Result<()> {
    peer(ground, "bare", ENOUGH).map(|_| ())
}

/// Events a second, and the most memory.
fn handler(ground: &Ground) -> Result<(f64, f64)> {
    let mut database = ground.database("audit-service")?;
    let subject = consumer(ground, &database, "task-events")?;
    let stored = database.wait_for_all(ground.events, LIMIT).with_context(|| subject.told())?;
    Ok((stored.a_second(), subject.peak_megabytes()?))
}

fn peer(ground: &Ground, name: &str, limit: Duration) -> Result<f64> {
    let mut database = ground.database("audit-service")?;
    let group = ground.name("peer");
    let told = [
        ("DATABASE_URL", database.url.as_str()),
        ("KAFKA_BROKERS", ground.kafka.brokers()),
        ("KAFKA_GROUP", &group),
        ("KAFKA_TOPICS", "task-events"),
    ];
    let subject = Subject::peer(ground, name, &told)?;
    let stored = database.wait_for(ground.events, limit).with_context(|| subject.told())?;
    Ok(stored.a_second())
}

/// audit-service that consumes a topic.
pub(crate) fn consumer(ground: &Ground, database: &Database, topic: &str) -> Result<Subject> {
    let group = ground.name("audit-service");
    let told = [
        ("DATABASE_URL", database.url.as_str()),
        ("PORTOLAN_TRANSPORT", "kafka"),
        ("KAFKA_BROKERS", ground.kafka.brokers()),
        ("KAFKA_GROUP", &group),
        ("KAFKA_TOPICS", topic),
    ];
    Subject::service(ground, "audit-service", &told)
}
