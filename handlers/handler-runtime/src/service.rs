//! A service: its handler, its store, its routes, and the command line that every service has.

use std::marker::PhantomData;
use std::process::ExitCode;
use std::sync::Arc;

use axum::Router;
use handler_contract::{Contract, Delivery, Handler};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::aws::Reach;
use crate::carriers::Carriers;
use crate::database::{migrate, pool};
use crate::desk::Desk;
use crate::environment::{ConfigurationError, Environment, Problems};
use crate::invoke::InvokeCarrier;
use crate::mail::MailCarrier;
use crate::perform::Performer;
use crate::quiet::Quiet;
use crate::running::Running;
use crate::sessions::{Nobody, Pushing, Sessions};
use crate::settings::Settings;
use crate::store::Store;
use crate::transport::Transport;
#[cfg(feature = "dapr")]
use crate::transport::dapr::{DaprCarrier, DaprIntake, DaprJobs, Sidecar};
#[cfg(feature = "kafka")]
use crate::transport::kafka::{self, KafkaCarrier};
#[cfg(feature = "lambda")]
use crate::transport::lambda::{self, Function, carrier_to};

/// A service with its own part of PostgreSQL.
pub struct Service<H: Handler, S: Store<H>> {
    handler: H,
    routes: fn(Desk<H, S>) -> Router,
    sessions: Arc<dyn Sessions>,
    check: fn(&Environment, &mut Problems),
    store: PhantomData<fn() -> S>,
}

/// Why a service ends.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// It cannot start as it is configured.
    #[error(transparent)]
    Configuration(#[from] ConfigurationError),
    /// A secret cannot be had.
    #[error("the secrets: {0}")]
    Secrets(String),
    /// The database refuses.
    #[error("the database: {0}")]
    Database(String),
    /// A port cannot be had, or the runtime cannot be started.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// The broker's client cannot go on.
    #[cfg(feature = "kafka")]
    #[error("the broker: {0}")]
    Kafka(#[from] rdkafka::error::KafkaError),
    /// Lambda's own client cannot go on.
    #[error("the Lambda runtime: {0}")]
    Lambda(String),
    /// The command line has a word that it does not know.
    #[error("unknown command `{0}`; there are `contract`, `migrate`, and none, which runs the service")]
    Command(String),
}

impl From<sqlx::Error> for ServiceError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(Quiet(&error).to_string())
    }
}

impl<H: Handler, S: Store<H>> Service<H, S> {
    /// Of this handler, without routes of its own.
    pub fn of(handler: H) -> Self {
        let check = |_: &Environment, _: &mut Problems| {};
        Self { handler, routes: |_| Router::new(), sessions: Arc::new(Nobody), check, store: PhantomData }
    }

    /// With these routes, beside health and metrics.
    #[must_use]
    pub fn with_routes(mut self, routes: fn(Desk<H, S>) -> Router) -> Self {
        self.routes = routes;
        self
    }

    /// With these sessions, whom its pushes reach once what follows from an event is durable.
    #[must_use]
    pub fn with_sessions(mut self, sessions: Arc<dyn Sessions>) -> Self {
        self.sessions = sessions;
        self
    }

    /// With variables of its own, which are checked before it starts.
    #[must_use]
    pub fn checking(mut self, check: fn(&Environment, &mut Problems)) -> Self {
        self.check = check;
        self
    }

    /// What `main` does: `contract` prints the contract, `migrate` makes the tables, and without a command the service runs
    /// until it is told to end.
    pub fn main(self) -> ExitCode {
        run_command(&H::contract(), |command| self.command(command))
    }

    async fn command(self, command: Option<String>) -> Result<(), ServiceError> {
        let environment = Environment::of_process();
        match command.as_deref() {
            None => self.run(&environment, stop_signal()).await,
            Some("migrate") => {
                let mut problems = Problems::default();
                let url = environment.required("DATABASE_URL", &mut problems);
                problems.into_result()?;
                migrate::<H, S>(&pool(&url, 1)?).await
            }
            Some(other) => Err(ServiceError::Command(other.to_owned())),
        }
    }

    /// Runs until `stop` is true.
    pub async fn run(self, environment: &Environment, stop: watch::Receiver<bool>) -> Result<(), ServiceError> {
        let contract = H::contract();
        let environment = &Transport::with_secrets(environment, &contract).await?;
        let settings = Settings::read(environment, &contract, self.check)?;
        let pool = pool(&settings.database, settings.transport.connections())?;
        migrate::<H, S>(&pool).await?;
        let performer = Performer::<H, S>::new(self.handler, settings.limits, pool.clone());
        let pushing = Pushing::new(&performer, &self.sessions);
        let invocations = settings.invoke.map(InvokeCarrier::new).transpose().map_err(std::io::Error::other)?;
        let mail = settings.mail.map(|config| MailCarrier::new(config, S::SCHEMA, pool));
        let traces = settings.traces;
        let pushing = traces.performing(pushing);
        let aws = Reach::of(settings.aws.as_ref(), contract.service, settings.destinations).await;
        let routes = (self.routes)(Desk::new(Arc::clone(&performer), settings.largest));
        match settings.transport {
            #[cfg(feature = "kafka")]
            Transport::Kafka(config) => {
                let listener = listen(settings.port).await?;
                let own = KafkaCarrier::new(&config, contract.service)?;
                let carrier = Carriers::new(aws.events(Some(own)), mail).keeping_jobs();
                let carrier = carrier.with_invocations(invocations);
                let intake = kafka::serve(&config, pushing, is_broadcast(&contract))?;
                let running = Running { performer, listener, routes, sessions: self.sessions, traces, stop };
                running.until_stopped(carrier, intake).await
            }
            #[cfg(feature = "dapr")]
            Transport::Dapr(config) => {
                let listener = listen(settings.port).await?;
                let sidecar = Sidecar::of(&config.access).map_err(std::io::Error::other)?;
                let schedules = !contract.schedules.is_empty();
                let jobs = schedules.then(|| DaprJobs::new(sidecar.clone(), settings.limits.backoff.first));
                let own = DaprCarrier::new(&config, sidecar, contract.service);
                let carrier = Carriers::new(aws.events(Some(own)), mail).with_jobs(jobs);
                let carrier = carrier.with_invocations(invocations);
                let intake = DaprIntake::new(&config, &contract, &pushing);
                let running = Running { performer, listener, routes, sessions: self.sessions, traces, stop };
                running.until_stopped(carrier, intake).await
            }
            #[cfg(feature = "lambda")]
            Transport::Lambda(config) => {
                let own = config.broker.map(|broker| carrier_to(&broker, contract.service)).transpose()?;
                let jobs = aws.schedules(config.schedules);
                let carrier = Carriers::new(aws.events(own), mail).with_jobs(jobs).with_invocations(invocations);
                lambda::serve(Function::new(contract, performer, pushing, carrier, traces), stop).await
            }
            Transport::Missing => Ok(()),
        }
    }
}

async fn listen(port: u16) -> std::io::Result<TcpListener> {
    TcpListener::bind(("0.0.0.0", port)).await
}

/// Runs a service's command; `contract` is the same for all of them.
pub(crate) fn run_command<R: Future<Output = Result<(), ServiceError>>>(
    contract: &Contract,
    run: impl FnOnce(Option<String>) -> R,
) -> ExitCode {
    crate::log::start();
    let command = std::env::args().nth(1);
    if command.as_deref() == Some("contract") {
        crate::log::print(&contract.to_json());
        return ExitCode::SUCCESS;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let result = runtime.map_err(ServiceError::from).and_then(|runtime| {
        let result = runtime.block_on(run(command));
        // A client that cannot reach its broker blocks; its time is over.
        runtime.shutdown_background();
        result
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

pub(crate) fn is_broadcast(contract: &Contract) -> bool {
    contract.subscribes.iter().any(|subscription| subscription.delivery == Delivery::Broadcast)
}

/// Becomes true when the process is told to end.
pub(crate) fn stop_signal() -> watch::Receiver<bool> {
    let (sender, receiver) = watch::channel(false);
    tokio::spawn(async move {
        let terminated = async {
            match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
                Ok(mut signal) => {
                    signal.recv().await;
                }
                Err(_) => std::future::pending().await,
            }
        };
        tokio::select! {
            () = terminated => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        let _ = sender.send(true);
    });
    receiver
}
