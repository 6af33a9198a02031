//! audit-service as a consumer, against the plain way and a bare loop.

use std::time::Duration;

use anyhow::{Context, Result};

use crate::database::{Database, Stored};
use crate::events;
use crate::ground::Ground;
use crate::profile::{Profile, Taken};
use crate::samples::Samples;
use crate::subject::Subject;
use crate::table::{Line, Unit, Wanted};

/// All events are handled within this time.
pub(crate) const LIMIT: Duration = Duration::from_mins(3);
/// Who is slower is measured for so long.
pub(crate) const ENOUGH: Duration = Duration::from_secs(12);

/// Figures of one program.
#[derive(Default)]
pub(crate) struct Measured {
    pub(crate) rate: Samples,
    pub(crate) memory: Samples,
    pub(crate) profile: Profile,
}

impl Measured {
    /// One more run, which is at its end.
    pub(crate) fn push(&mut self, ground: &Ground, subject: &Subject, before: Taken, stored: Stored) -> Result<()> {
        self.rate.push(stored.a_second());
        self.memory.push(subject.peak_megabytes()?);
        self.profile.push(before, ground.taken(Some(subject))?, stored.count());
        Ok(())
    }
}

/// The lines of consumers. One run that does not count comes first: the broker's first reading of a topic is from the disk.
pub(crate) fn measure(ground: &Ground) -> Result<Vec<Line>> {
    events::publish_all(ground)?;
    peer(ground, "bare", LIMIT, &mut Measured::default())?;
    let (mut ours, mut bare, mut plain) = (Measured::default(), Measured::default(), Measured::default());
    for _ in 0..ground.runs {
        handler(ground, &mut ours)?;
        peer(ground, "bare", LIMIT, &mut bare)?;
        peer(ground, "plain", ENOUGH, &mut plain)?;
    }
    let name = "audit-service as a consumer";
    Ok(vec![
        Line {
            name: format!("{name}, against one transaction for each event"),
            unit: Unit::EventsASecond,
            ours: ours.rate.clone(),
            peer: Some(("plain", plain.rate)),
            wanted: Wanted::AtLeast(10.0),
            profiles: vec![("plain", plain.profile)],
        },
        Line {
            name: format!("{name}, against a loop that inserts batches and promises nothing"),
            unit: Unit::EventsASecond,
            ours: ours.rate,
            peer: Some(("bare", bare.rate)),
            wanted: Wanted::AtLeast(0.6),
            profiles: vec![("ours", ours.profile), ("bare", bare.profile)],
        },
        Line {
            name: format!("memory of {name} at full load"),
            unit: Unit::Megabytes,
            ours: ours.memory,
            peer: None,
            wanted: Wanted::Under(120.0),
            profiles: Vec::new(),
        },
    ])
}

fn handler(ground: &Ground, measured: &mut Measured) -> Result<()> {
    let mut database = ground.database("audit-service")?;
    let before = ground.taken(None)?;
    let subject = consumer(ground, &database, "task-events")?;
    let stored = database.wait_for_all(ground.events, LIMIT).with_context(|| subject.told())?;
    measured.push(ground, &subject, before, stored)
}

fn peer(ground: &Ground, name: &str, limit: Duration, measured: &mut Measured) -> Result<()> {
    let mut database = ground.database("audit-service")?;
    let group = ground.name("peer");
    let told = [
        ("DATABASE_URL", database.url.as_str()),
        ("KAFKA_BROKERS", ground.kafka.brokers()),
        ("KAFKA_GROUP", &group),
        ("KAFKA_TOPICS", "task-events"),
    ];
    let before = ground.taken(None)?;
    let subject = Subject::peer(ground, name, &told)?;
    let stored = database.wait_for(ground.events, limit).with_context(|| subject.told())?;
    measured.push(ground, &subject, before, stored)
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
