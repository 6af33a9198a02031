//! A service that stores nothing: what its events say is told to the sessions that are there, and to nobody else.
//! docs/decisions/0025 says what is promised then.

mod health;
mod performer;
mod running;

use std::convert::Infallible;
use std::process::ExitCode;
use std::sync::Arc;

use axum::Router;
use handler_contract::{Contract, Handler};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::destinations::Destinations;
use crate::environment::{Environment, Problems};
use crate::service::{ServiceError, is_broadcast, run_command, stop_signal};
use crate::sessions::{Nobody, Pushing, Sessions};
use crate::settings::port;
use crate::trace::Traces;
use crate::transport::Transport;
#[cfg(feature = "dapr")]
use crate::transport::dapr::{DaprCarrier, DaprIntake, Sidecar};
#[cfg(feature = "kafka")]
use crate::transport::kafka::{self, KafkaCarrier};
use performer::StatelessPerformer;
use running::Running;

/// What a service serves beside health and metrics.
pub struct Served {
    /// Whom its pushes reach.
    pub sessions: Arc<dyn Sessions>,
    /// Its routes.
    pub routes: Router,
}

/// How a service makes what it serves from what it is told.
type Serve = fn(&Environment, &mut Problems) -> Served;

/// A service without a database. Its handler keeps no aggregate and appends no rows: there is no place for either.
pub struct StatelessService<H: Handler<Aggregate = (), Row = Infallible>> {
    handler: H,
    serve: Serve,
}

impl<H: Handler<Aggregate = (), Row = Infallible>> StatelessService<H> {
    /// Of this handler, which tells nobody yet.
    pub fn of(handler: H) -> Self {
        Self { handler, serve: |_, _| Served { sessions: Arc::new(Nobody), routes: Router::new() } }
    }

    /// With these sessions and routes.
    #[must_use]
    pub fn serving(mut self, serve: Serve) -> Self {
        self.serve = serve;
        self
    }

    /// What `main` does: `contract` prints the contract, `migrate` has nothing to make, and without a command the service runs
    /// until it is told to end.
    pub fn main(self) -> ExitCode {
        run_command(&H::contract(), |command| async move {
            match command.as_deref() {
                None => self.run(&Environment::of_process(), stop_signal()).await,
                Some("migrate") => Ok(()),
                Some(other) => Err(ServiceError::Command(other.to_owned())),
            }
        })
    }

    /// Runs until `stop` is true.
    pub async fn run(self, environment: &Environment, stop: watch::Receiver<bool>) -> Result<(), ServiceError> {
        let contract = H::contract();
        let environment = &Transport::with_secrets(environment, &contract).await?;
        let mut problems = Problems::default();
        let port = port(environment, &mut problems);
        let destinations = Destinations::read(environment, &mut problems);
        let transport = Transport::read(environment, &contract, &destinations, &mut problems);
        check(environment, &contract, &transport, &mut problems);
        let Served { sessions, routes } = (self.serve)(environment, &mut problems);
        let traces = Traces::read(environment, contract.service, &mut problems);
        problems.into_result()?;
        let performer = StatelessPerformer::new(self.handler, &*sessions);
        let pushing = traces.performing(Pushing::new(&performer, &sessions));
        let listener = TcpListener::bind(("0.0.0.0", port)).await?;
        let running = Running { metrics: performer.metrics(), listener, routes, sessions, traces, stop };
        match &transport {
            #[cfg(feature = "kafka")]
            Transport::Kafka(config) => {
                let intake = kafka::serve(config, pushing, is_broadcast(&contract))?;
                running.until_stopped(KafkaCarrier::new(config, contract.service)?, intake).await
            }
            #[cfg(feature = "dapr")]
            Transport::Dapr(config) => {
                let sidecar = Sidecar::of(&config.access).map_err(std::io::Error::other)?;
                let intake = DaprIntake::new(config, &contract, &pushing);
                running.until_stopped(DaprCarrier::new(config, sidecar, contract.service), intake).await
            }
            // It was refused.
            _ => Ok(()),
        }
    }
}

/// What a service without a store cannot keep, it must not promise.
fn check(environment: &Environment, contract: &Contract, transport: &Transport, problems: &mut Problems) {
    if !contract.publishes.is_empty() || !contract.schedules.is_empty() {
        problems
            .add("the contract publishes or schedules, which takes an outbox: the service needs a store".to_owned());
    }
    if transport.is_lambda() {
        problems
            .add("a service that stores nothing has its sessions in its process, and a function has none".to_owned());
    }
    let group = environment.optional("KAFKA_GROUP").unwrap_or_default();
    let is_own = ["{podName}", "{uuid}"].iter().any(|template| group.contains(template));
    if !group.is_empty() && is_broadcast(contract) && !is_own {
        problems
            .add("KAFKA_GROUP has to contain {podName} or {uuid}: replicas of one group share the events".to_owned());
    }
}
