//! The real parts that tests and benchmarks start: Kafka, `PostgreSQL`, Redis, daprd and its scheduler, etcd and the Kubernetes API.
//!
//! A part is fetched or built once by the ordinary package clients into a cache outside the work tree ([`cache`], [`part`]) and from
//! then on started in well under ten seconds. Everything runs on the loopback address and on reserved ports, each in a folder of its
//! own, and ends with the value that stands for it, or with the process that started it when that is killed.
//!
//! ```no_run
//! # fn main() -> anyhow::Result<()> {
//! use portolan_parts::{Daprd, Kafka};
//!
//! let kafka = Kafka::plaintext()?;
//! kafka.create_topics(&[("task-events", 6)])?;
//! let sidecar = Daprd::builder("api-service").env("KAFKA_BROKERS", kafka.brokers()).start()?;
//! println!("{}", sidecar.metadata()?);
//! # Ok(())
//! # }
//! ```

mod aws;
mod better_auth;
pub mod cache;
mod certificates;
pub mod cli;
mod command;
mod crds;
mod daprd;
mod etcd;
pub mod http;
mod kafka;
mod kafka_wire;
mod kubernetes;
mod lambda;
mod listing;
mod manifest;
pub mod part;
mod port;
mod postgres;
mod process;
mod progress;
pub mod recipe;
mod recorder;
mod redis;
mod scheduler;
mod scratch;
mod sink;
mod tool;
mod tools;

pub use aws::Aws;
pub use better_auth::BetterAuth;
pub use certificates::{Authority, Certificate};
pub use crds::Crds;
pub use daprd::{Daprd, DaprdBuilder};
pub use etcd::Etcd;
pub use kafka::Kafka;
pub use kubernetes::KubernetesApi;
pub use lambda::LambdaApi;
pub use port::Port;
pub use postgres::Postgres;
pub use process::{Ending, Launch, Process};
pub use recorder::{Recorder, Request};
pub use redis::Redis;
pub use scheduler::Scheduler;
pub use scratch::Scratch;
pub use sink::{Says, Sink, Taken};
pub use tool::go;
pub use tools::{dapr_chart, helm, kubectl, schemathesis, wrk};
