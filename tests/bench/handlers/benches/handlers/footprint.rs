//! Sizes of programs, and the memory of one that has nothing to do.

use std::fs;
use std::time::Duration;

use anyhow::Result;

use crate::consumer::consumer;
use crate::ground::{Ground, NO_EVENT};
use crate::samples::Samples;
use crate::table::{Line, Unit, Wanted};

const SERVICES: [&str; 5] =
    ["api-service", "audit-service", "notification-service", "recurring-task-service", "websocket-sync-service"];
/// After so long it has nothing more to do.
const IDLE: Duration = Duration::from_secs(5);

/// The lines of sizes and of memory. A release is stripped as it is built.
pub(crate) fn measure(ground: &Ground) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for service in SERVICES {
        lines.push(line(format!("size of {service}, stripped"), size(ground, service)?.into(), 25.0));
    }
    let database = ground.database("audit-service")?;
    let mut subject = consumer(ground, &database, NO_EVENT)?;
    subject.ready()?;
    std::thread::sleep(IDLE);
    lines.push(line("memory of audit-service as a consumer, idle".to_owned(), subject.megabytes()?.into(), 40.0));
    Ok(lines)
}

#[expect(clippy::cast_precision_loss, reason = "a table needs no more than four digits")]
fn size(ground: &Ground, service: &str) -> Result<f64> {
    Ok(fs::metadata(ground.service(service)?)?.len() as f64 / 1e6)
}

fn line(name: String, ours: Samples, bound: f64) -> Line {
    Line { name, unit: Unit::Megabytes, ours, peer: None, wanted: Wanted::Under(bound), profiles: Vec::new() }
}
