//! What the service counts, for Prometheus. docs/guide/monitoring.md names them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderName, StatusCode, header};
use axum::routing::get;
use handler_contract::Handler;
use handler_protocol::{Delivered, Verdict};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::perform::Performer;
use crate::store::Store;
use crate::store::jobs::Agenda;
use crate::store::outbox::Depth;

/// The format that Prometheus asks for first.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// How long the database may take to say what is in the outbox; Prometheus gives up after ten seconds.
const DATABASE: Duration = Duration::from_secs(2);

type Labels = Vec<(&'static str, String)>;

/// What the service counts.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    finished: Family<Labels, Counter>,
    dead_letters: Family<Labels, Counter>,
    retries: Family<Labels, Counter>,
    waiting: Gauge,
    oldest: Gauge<f64, std::sync::atomic::AtomicU64>,
    refused: Gauge,
    jobs: JobGauges,
    batch: Histogram,
}

/// Of the jobs that a service keeps itself.
#[derive(Debug, Default)]
struct JobGauges {
    waiting: Gauge,
    late: Gauge,
    latest: Gauge<f64, std::sync::atomic::AtomicU64>,
}

impl JobGauges {
    fn register(&self, registry: &mut Registry) {
        registry.register("portolan_jobs", "Jobs that wait to be due, or to be handled", self.waiting.clone());
        registry.register("portolan_jobs_late", "Jobs that are due and not handled", self.late.clone());
        registry.register("portolan_jobs_late_seconds", "How long the first of them is due", self.latest.clone());
    }
}

impl Metrics {
    /// Of a service with an outbox, with those of jobs for one that schedules any.
    pub(crate) fn new(schedules: bool) -> Self {
        let mut metrics = Self::of_events();
        let registry = &mut metrics.registry;
        registry.register("portolan_outbox_rows", "What waits to leave", metrics.waiting.clone());
        let oldest = metrics.oldest.clone();
        registry.register("portolan_outbox_oldest_seconds", "How long the oldest has waited to leave", oldest);
        registry.register(
            "portolan_outbox_refused_rows",
            "What will never be taken and was kept",
            metrics.refused.clone(),
        );
        if schedules {
            metrics.jobs.register(&mut metrics.registry);
        }
        metrics
    }

    /// Of a service without one, and what else it counts.
    pub(crate) fn stateless(more: impl FnOnce(&mut Registry)) -> Self {
        let mut metrics = Self::of_events();
        more(&mut metrics.registry);
        metrics
    }

    fn of_events() -> Self {
        let finished = Family::default();
        let dead_letters = Family::default();
        let retries = Family::default();
        let batch = Histogram::new([1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0]);
        let mut registry = Registry::default();
        registry.register("portolan_events_finished", "Events that the consumer is done with", finished.clone());
        registry.register("portolan_dead_letters", "Events that were given up", dead_letters.clone());
        registry.register("portolan_retries", "Attempts after which an event has to come again", retries.clone());
        registry.register("portolan_batch_size", "Events that were handed over at once", batch.clone());
        let (waiting, oldest, refused) = (Gauge::default(), Gauge::default(), Gauge::default());
        let jobs = JobGauges::default();
        Self { registry, finished, dead_letters, retries, waiting, oldest, refused, jobs, batch }
    }

    pub(crate) fn batch(&self, size: usize) {
        self.batch.observe(f64::from(u32::try_from(size).unwrap_or(u32::MAX)));
    }

    /// Counts what a part came to.
    pub(crate) fn settled(&self, entries: &[Delivered], verdicts: &[Verdict]) {
        // One look-up for all that are alike.
        let mut finished: BTreeMap<(&str, &str), u64> = BTreeMap::new();
        for (entry, verdict) in entries.iter().zip(verdicts) {
            let topic = || vec![("topic", entry.topic().to_owned())];
            let outcome = match verdict {
                Verdict::Done => "done",
                Verdict::Seen => "seen",
                Verdict::Ignored => "ignored",
                Verdict::Discarded { .. } => "discarded",
                Verdict::DeadLettered { .. } => "dead-lettered",
                Verdict::Retry { .. } => {
                    self.retries.get_or_create(&topic()).inc();
                    continue;
                }
                Verdict::Held { .. } => continue,
            };
            if outcome == "dead-lettered" {
                self.dead_letters.get_or_create(&topic()).inc();
            }
            *finished.entry((entry.topic(), outcome)).or_default() += 1;
        }
        for ((topic, outcome), count) in finished {
            let labels = vec![("topic", topic.to_owned()), ("outcome", outcome.to_owned())];
            self.finished.get_or_create(&labels).inc_by(count);
        }
    }

    fn page(&self) -> (StatusCode, [(HeaderName, &'static str); 1], String) {
        let mut text = String::new();
        match encode(&mut text, &self.registry) {
            Ok(()) => (StatusCode::OK, [(header::CONTENT_TYPE, OPEN_METRICS)], text),
            Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, [(header::CONTENT_TYPE, "text/plain")], String::new()),
        }
    }

    fn depth(&self, depth: Depth) {
        self.waiting.set(depth.waiting);
        self.oldest.set(depth.oldest);
        self.refused.set(depth.refused);
    }

    fn agenda(&self, agenda: Agenda) {
        self.jobs.waiting.set(agenda.waiting);
        self.jobs.late.set(agenda.late);
        self.jobs.latest.set(agenda.latest);
    }
}

/// `/metrics`. While the database cannot be asked, the outbox is as it was.
pub(crate) fn routes<H: Handler, S: Store<H>>(performer: Arc<Performer<H, S>>) -> Router {
    let metrics = move || async move {
        if let Ok(Ok(depth)) = tokio::time::timeout(DATABASE, performer.outbox.depth(performer.pool())).await {
            performer.metrics.depth(depth);
        }
        if let Some(jobs) = &performer.jobs
            && let Ok(Ok(agenda)) = tokio::time::timeout(DATABASE, jobs.agenda(performer.pool())).await
        {
            performer.metrics.agenda(agenda);
        }
        performer.metrics.page()
    };
    Router::new().route("/metrics", get(metrics))
}

/// `/metrics` of a service without an outbox.
pub(crate) fn of(metrics: Arc<Metrics>) -> Router {
    Router::new().route("/metrics", get(move || async move { metrics.page() }))
}
