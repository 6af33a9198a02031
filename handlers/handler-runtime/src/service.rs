//! A service: its handler, its store, its routes, and the command line that every service has.

use std::marker::PhantomData;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use handler_contract::{Contract, Delivery, Handler};
use handler_protocol::Limits;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::carriers::Carriers;
use crate::environment::{ConfigurationError, Environment, Problems};
use crate::mail::{MailCarrier, MailConfig, sends_mail};
use crate::perform::Performer;
use crate::quiet::Quiet;
use crate::relay::Carrier;
use crate::store::Store;
use crate::store::mails::Mails;
use crate::tables::make_tables;
use crate::transport::dapr::{DaprCarrier, DaprIntake, Sidecar};
use crate::transport::kafka::{self, KafkaCarrier};
use crate::transport::{Intake, Ready, Transport};
use crate::{health, metrics};

/// How long what is being handled, and the outbox, may take when the service is told to end. The pod's grace is longer.
const DRAIN: Duration = Duration::from_secs(20);
/// How long a connection to the database is waited for: who waits for an answer hears sooner that there is none.
const CONNECT: Duration = Duration::from_secs(5);
/// How often the inbox is tidied.
const TIDY: Duration = Duration::from_secs(10);
/// How long the inbox remembers: longer than any topic of the stack keeps events.
const MEMORY: Duration = Duration::from_hours(14 * 24);

/// A service with its own part of PostgreSQL.
pub struct Service<H: Handler, S: Store<H>> {
    handler: H,
    routes: fn(PgPool) -> Router,
    store: PhantomData<fn() -> S>,
}

/// Why a service ends.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// It cannot start as it is configured.
    #[error(transparent)]
    Configuration(#[from] ConfigurationError),
    /// The database refuses.
    #[error("the database: {0}")]
    Database(String),
    /// A port cannot be had, or the runtime cannot be started.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// The broker's client cannot go on.
    #[error("the broker: {0}")]
    Kafka(#[from] rdkafka::error::KafkaError),
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
        Self { handler, routes: |_| Router::new(), store: PhantomData }
    }

    /// With these routes, beside health and metrics.
    #[must_use]
    pub fn with_routes(mut self, routes: fn(PgPool) -> Router) -> Self {
        self.routes = routes;
        self
    }

    /// What `main` does: `contract` prints the contract, `migrate` makes the tables, and without a command the service runs
    /// until it is told to end.
    pub fn main(self) -> ExitCode {
        crate::log::start();
        let command = std::env::args().nth(1);
        if command.as_deref() == Some("contract") {
            crate::log::print(&H::contract().to_json());
            return ExitCode::SUCCESS;
        }
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        let result = runtime.map_err(ServiceError::from).and_then(|runtime| runtime.block_on(self.command(command)));
        match result {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                tracing::error!("{error}");
                ExitCode::FAILURE
            }
        }
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
        let settings = Settings::read(environment, &contract)?;
        let pool = pool(&settings.database, 8)?;
        migrate::<H, S>(&pool).await?;
        let performer = Performer::<H, S>::new(self.handler, settings.limits, pool.clone());
        let listener = TcpListener::bind(("0.0.0.0", settings.port)).await?;
        let mail = settings.mail.map(|config| MailCarrier::new(config, S::SCHEMA, pool.clone()));
        let running = Running { performer, listener, routes: (self.routes)(pool), stop };
        match &settings.transport {
            Transport::Kafka(config) => {
                let carrier = Carriers::new(KafkaCarrier::new(config, contract.service)?, mail);
                let intake = kafka::serve(config, Arc::clone(&running.performer), is_broadcast(&contract))?;
                running.until_stopped(carrier, intake).await
            }
            Transport::Dapr(config) => {
                let sidecar = Sidecar::of(config).map_err(std::io::Error::other)?;
                let carrier = Carriers::new(DaprCarrier::new(config, sidecar, contract.service), mail);
                let intake = DaprIntake::new(config, &contract, &running.performer);
                running.until_stopped(carrier, intake).await
            }
        }
    }
}

/// What is configured.
struct Settings {
    database: String,
    port: u16,
    limits: Limits,
    transport: Transport,
    mail: Option<MailConfig>,
}

impl Settings {
    /// Reads the environment; every problem is told at once.
    fn read(environment: &Environment, contract: &Contract) -> Result<Self, ConfigurationError> {
        let mut problems = Problems::default();
        let database = environment.required("DATABASE_URL", &mut problems);
        let port = environment.number("PORT", &mut problems).unwrap_or(8080);
        let port = u16::try_from(port).unwrap_or_else(|_| {
            problems.add("PORT is no port".to_owned());
            0
        });
        let limits = limits(environment, &mut problems);
        let transport = Transport::read(environment, contract, &mut problems);
        let mail = MailConfig::read(environment, contract, &mut problems);
        problems.into_result()?;
        Ok(Self { database, port, limits, transport, mail })
    }
}

/// What every transport runs with.
struct Running<H: Handler, S: Store<H>> {
    performer: Arc<Performer<H, S>>,
    listener: TcpListener,
    routes: Router,
    stop: watch::Receiver<bool>,
}

impl<H: Handler, S: Store<H>> Running<H, S> {
    /// Works until it is told to stop. Then nothing more comes in, what is in hand ends, the outbox is emptied, and only then the
    /// server goes: until then it answers, so that nobody takes silence for an answer.
    async fn until_stopped<C: Carrier + Ready>(
        mut self,
        carrier: C,
        mut intake: impl Intake,
    ) -> Result<(), ServiceError> {
        let carrier = Arc::new(carrier);
        let health = health::routes(self.performer.pool().clone(), Arc::clone(&carrier));
        let metrics = metrics::routes(Arc::clone(&self.performer));
        let routes = self.routes.merge(health).merge(metrics).merge(intake.routes());
        let relay = tokio::spawn(Arc::clone(&self.performer).relay(Arc::clone(&carrier), self.stop.clone()));
        let tidy = tokio::spawn(tidy(Arc::clone(&self.performer), self.stop.clone()));
        let (left, leaving) = tokio::sync::oneshot::channel::<()>();
        let server = axum::serve(self.listener, routes).with_graceful_shutdown(async move {
            let _ = leaving.await;
        });
        let server = tokio::spawn(server.into_future());

        while !*self.stop.borrow() && !intake.has_ended() {
            let _ = tokio::time::timeout(Duration::from_secs(1), self.stop.changed()).await;
        }
        let stopped = intake.stop().await;
        tidy.abort();
        leave(&self.performer, &*carrier, relay).await;
        drop(left);
        let _ = tokio::time::timeout(Duration::from_secs(2), server).await;
        stopped
    }
}

/// The relay ends by itself after its pass: a pass that is broken off sends its rows again.
async fn leave<H: Handler, S: Store<H>, C: Carrier>(performer: &Performer<H, S>, carrier: &C, relay: JoinHandle<()>) {
    let drained = tokio::time::timeout(DRAIN, async {
        let _ = relay.await;
        performer.drain(carrier).await;
    });
    if drained.await.is_ok() {
        tracing::info!("the outbox is empty; leaving");
    } else {
        tracing::warn!("the outbox is not empty; what is in it leaves with the next process");
    }
}

async fn tidy<H: Handler, S: Store<H>>(performer: Arc<Performer<H, S>>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        if let Err(error) = performer.tidy(MEMORY).await {
            tracing::warn!(error = %Quiet(&error), "the inbox cannot be tidied");
        }
        let _ = tokio::time::timeout(TIDY, stop.changed()).await;
    }
}

fn is_broadcast(contract: &Contract) -> bool {
    contract.subscribes.iter().any(|subscription| subscription.delivery == Delivery::Broadcast)
}

/// Connections are made when they are needed. They are renewed now and then, so that one that a fault has left in a bad state
/// does not stay.
fn pool(url: &str, connections: u32) -> Result<PgPool, ServiceError> {
    let options =
        PgPoolOptions::new().max_connections(connections).max_lifetime(Duration::from_mins(5)).acquire_timeout(CONNECT);
    // The error would show the address, and with it the password.
    options.connect_lazy(url).map_err(|_| ServiceError::Database("DATABASE_URL is no address of PostgreSQL".to_owned()))
}

/// Makes what is missing of the service's schema, in one transaction, one process at a time.
async fn migrate<H: Handler, S: Store<H>>(pool: &PgPool) -> Result<(), ServiceError> {
    let mut transaction = pool.begin().await?;
    make_tables(&mut transaction, S::SCHEMA).await?;
    if sends_mail(&H::contract()) {
        Mails::make_table(&mut transaction, S::SCHEMA).await?;
    }
    sqlx::raw_sql(S::TABLES).execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(())
}

/// How often an event is tried, and how long it waits first.
fn limits(environment: &Environment, problems: &mut Problems) -> Limits {
    let mut limits = Limits::default();
    if let Some(attempts) = environment.number("PORTOLAN_MAX_ATTEMPTS", problems) {
        limits.attempts = u32::try_from(attempts).unwrap_or(u32::MAX).max(1);
    }
    if let Some(first) = environment.number("PORTOLAN_FIRST_RETRY_MS", problems) {
        limits.backoff.first = Duration::from_millis(first);
    }
    limits
}

/// Becomes true when the process is told to end.
fn stop_signal() -> watch::Receiver<bool> {
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
