//! Tasks over HTTP, by the service's own program on a real Kafka and a real `PostgreSQL`, for users that a real better-auth knows.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by ending")]

mod made_up;
mod tasks;
mod world;
