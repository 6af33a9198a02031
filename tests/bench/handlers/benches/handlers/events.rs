//! The events that are consumed.

use anyhow::Result;
use portolan_stage::Broker;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use crate::ground::{Ground, PARTITIONS};

/// How many tasks they are of.
const TASKS: usize = 1000;
/// Published before the broker's answer is waited for.
const AT_ONCE: usize = 10_000;

/// Publishes the events that are consumed at full speed, unless they are there.
pub(crate) fn publish_all(ground: &Ground) -> Result<()> {
    if !ground.published.replace(true) {
        publish(ground, "task-events", ground.events)?;
    }
    Ok(())
}

/// Publishes so many events of tasks, spread evenly over the partitions, each task's in one of them.
pub(crate) fn publish(ground: &Ground, topic: &str, count: usize) -> Result<()> {
    let broker = Broker::at(ground.kafka.brokers());
    let now = OffsetDateTime::now_utc().format(&Rfc3339)?;
    let tasks: Vec<String> = (0..TASKS).map(|_| Uuid::new_v4().to_string()).collect();
    for number in 0..count {
        let task = number % TASKS;
        let partition = i32::try_from(task % PARTITIONS as usize)?;
        broker.enqueue_to(topic, partition, &tasks[task], &event(&tasks[task], number / TASKS + 1, &now));
        if number % AT_ONCE == AT_ONCE - 1 {
            broker.flush();
        }
    }
    broker.flush();
    Ok(())
}

/// As api-service publishes them.
fn event(task: &str, version: usize, now: &str) -> String {
    let (id, user) = (Uuid::new_v4(), "LpQXf0u3dYx7V4e1Hq9wTjGmRz2nKsbA");
    let trace = id.simple();
    format!(
        r#"{{"specversion":"1.0","id":"{id}","source":"api-service","type":"task.updated","subject":"{task}","time":"{now}","datacontenttype":"application/json","traceparent":"00-{trace}-00f067aa0ba902b7-01","partitionkey":"{task}","data":{{"event_id":"{id}","event_type":"task.updated","task_id":"{task}","user_id":"{user}","task":{{"id":"{task}","title":"Water the plants on the balcony","description":"Not the cactus","priority":"medium","tags":["home","garden"],"due_date":"{now}","reminder_offset":null,"reminder_time":null,"recurrence":null,"series_id":null,"completed":false,"version":{version},"created_at":"{now}","updated_at":"{now}"}}}}}}"#
    )
}
