//! Promise: a real sidecar loads exactly the components and subscriptions that were rendered for it, in the dialect of
//! every environment; an event that one service publishes arrives at another, and state is kept.

mod reference;
mod support;

use anyhow::Result;
use portolan_parts::{Kafka, Postgres, Redis};
use reference::Project;
use serde_json::{Value, json};

const TOPICS: [(&str, u32); 8] = [
    ("task-events", 6),
    ("task-updates", 6),
    ("task-commands", 3),
    ("reminders", 3),
    ("task-events.dlq", 1),
    ("task-updates.dlq", 1),
    ("task-commands.dlq", 1),
    ("reminders.dlq", 1),
];
const WITHOUT_USERS: &str = "kafka-cluster-kafka-bootstrap.default.svc.cluster.local:9092";
const WITH_USERS: &str = "kafka-cluster-kafka-bootstrap.kafka.svc.cluster.local:9093";

#[test]
fn in_the_dialect_of_local() -> Result<()> {
    let kafka = Kafka::plaintext()?;
    kafka.create_topics(&TOPICS)?;
    let postgres = Postgres::start()?;
    let secrets = json!({ "backend-secrets": { "DATABASE_URL": postgres.create_database("todo")? } });
    let project =
        Project::new("local", "todo-app-dev", &secrets, str::to_owned)?.replace(WITHOUT_USERS, kafka.brokers());
    let services = ["api-service", "notification-service", "recurring-task-service", "websocket-sync-service"];
    let sidecars = project.start(&services)?;
    let key = sidecars.assert_state_is_kept()?;
    assert_eq!(postgres.psql("todo", &format!("SELECT count(*) FROM dapr_state WHERE key = '{key}'"))?, "1");
    sidecars.assert_an_event_arrives("notification-service", "task-events", "/events/task-events")
}

/// One broker, on which each mechanism has a listener that takes no other: Dapr takes a word that it does not know for PLAIN.
/// One environment after the other, for their services are the same and would share the events.
#[test]
fn in_the_dialects_with_users() -> Result<()> {
    let kafka = Kafka::every_mechanism(&[("todo", "kafka-password")])?;
    kafka.create_topics(&TOPICS)?;
    let postgres = Postgres::start()?;
    in_the_dialect_of_prod(&kafka, &postgres)?;
    in_the_dialect_of_confluent(&kafka, &postgres)?;
    in_the_dialect_of_redis(&kafka)
}

/// Redpanda: SCRAM-SHA-256. PostgreSQL as Dapr's second version of the component keeps it.
fn in_the_dialect_of_prod(kafka: &Kafka, postgres: &Postgres) -> Result<()> {
    let secrets = secrets(kafka, "SCRAM-SHA-256", &postgres.create_database("prod")?)?;
    let project = Project::new("prod", "todo-app-prod", &secrets, with_authority)?;
    let sidecars = project.start(&["api-service", "websocket-sync-service"])?;
    let key = sidecars.assert_state_is_kept()?;
    assert_eq!(postgres.psql("prod", &format!("SELECT count(*) FROM dapr_state WHERE key = '{key}'"))?, "1");
    sidecars.assert_an_event_arrives("websocket-sync-service", "task-updates", "/events/task-updates")
}

/// Confluent Cloud: PLAIN. PostgreSQL as Dapr's first version of the component keeps it.
fn in_the_dialect_of_confluent(kafka: &Kafka, postgres: &Postgres) -> Result<()> {
    let secrets = secrets(kafka, "PLAIN", &postgres.create_database("confluent")?)?;
    let project = Project::new("confluent", "todo-app-confluent", &secrets, with_authority)?;
    let sidecars = project.start(&["api-service", "notification-service"])?;
    let key = sidecars.assert_state_is_kept()?;
    assert_eq!(postgres.psql("confluent", &format!("SELECT count(*) FROM dapr_state WHERE key = '{key}'"))?, "1");
    sidecars.assert_an_event_arrives("notification-service", "task-events", "/events/task-events")
}

/// Strimzi with users: SCRAM-SHA-512. State in Redis, over TLS and with a password.
fn in_the_dialect_of_redis(kafka: &Kafka) -> Result<()> {
    let redis = Redis::start("redis-password")?;
    let mut secrets = secrets(kafka, "SCRAM-SHA-512", "")?;
    secrets["redis-secrets"] = json!({ "REDIS_PASSWORD": "redis-password" });
    let project = Project::new("redis", "todo-app-redis", &secrets, str::to_owned)?
        .replace(WITH_USERS, kafka.brokers_for("SCRAM-SHA-512")?)
        .replace("redis.todo.example.com:6379", &redis.address())
        // Dapr's Redis client has no key for an authority: it trusts those of the system.
        .variable("SSL_CERT_FILE", &redis.ca_file().display().to_string());
    let sidecars = project.start(&["api-service", "notification-service"])?;
    let key = sidecars.assert_state_is_kept()?;
    assert_eq!(redis.command(&["EXISTS", &key])?, "1");
    sidecars.assert_an_event_arrives("notification-service", "task-events", "/events/task-events")
}

/// The broker of a test has an authority of its own; everything else is as the environment says.
fn with_authority(text: &str) -> String {
    text.replace("tls: true", "tls: { ca: { secret: kafka-secrets/KAFKA_CA } }")
        + "\nsecrets:\n  kafka-secrets: [KAFKA_BROKERS, KAFKA_USERNAME, KAFKA_PASSWORD, KAFKA_SASL_MECHANISM, KAFKA_CA]\n"
}

fn secrets(kafka: &Kafka, mechanism: &str, database: &str) -> Result<Value> {
    Ok(json!({
        "backend-secrets": { "DATABASE_URL": database },
        "kafka-secrets": {
            "KAFKA_BROKERS": kafka.brokers_for(mechanism)?,
            "KAFKA_USERNAME": "todo",
            "KAFKA_PASSWORD": "kafka-password",
            "KAFKA_SASL_MECHANISM": mechanism,
            "KAFKA_CA": kafka.ca_pem().unwrap_or_default(),
        },
    }))
}
