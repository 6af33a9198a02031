//! Events and dead letters leave to the broker.

use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use handler_protocol::{DeadLetter, Outgoing, What};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{DeliveryFuture, FutureProducer, FutureRecord, Producer as _};

use super::KafkaConfig;
use crate::relay::{Carried, Carrier};
use crate::transport::published::published;

/// How long a full queue is given before it is tried again.
const FULL: Duration = Duration::from_millis(20);

/// An idempotent producer. After an error that ends one, another takes its place.
pub struct KafkaCarrier {
    config: KafkaConfig,
    source: String,
    producer: RwLock<FutureProducer>,
}

/// A message as it goes to the broker.
struct Message {
    topic: String,
    key: String,
    payload: Vec<u8>,
    headers: OwnedHeaders,
}

impl KafkaCarrier {
    /// For the events of a service, whose name is their source.
    pub fn new(config: &KafkaConfig, service: &str) -> Result<Self, KafkaError> {
        let producer = RwLock::new(config.producer().create()?);
        Ok(Self { config: config.clone(), source: service.to_owned(), producer })
    }

    /// Waits until everything that was sent is with the broker, or the time is over: a producer that is dropped before lets
    /// its queue fall.
    pub fn flush(&self, time: Duration) -> Result<(), KafkaError> {
        self.producer().flush(time)
    }

    fn producer(&self) -> FutureProducer {
        self.producer.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn renew(&self) {
        match self.config.producer().create() {
            Ok(producer) => *self.producer.write().unwrap_or_else(PoisonError::into_inner) = producer,
            Err(error) => tracing::error!(%error, "no new producer"),
        }
    }

    fn message(&self, row: &Outgoing) -> Option<Message> {
        if let Some(event) = published(row, &self.source) {
            let payload = serde_json::to_vec(&event).ok()?;
            let headers = headers(&[("content-type", "application/cloudevents+json")]);
            return Some(Message { topic: event.topic, key: row.key.clone(), payload, headers: traced(headers, row) });
        }
        match &row.what {
            What::DeadLetter(letter) => {
                let message = dead(letter, &row.key);
                Some(Message { headers: traced(message.headers, row), ..message })
            }
            _ => None,
        }
    }

    /// Puts a message into the queue; a full queue is waited for.
    async fn enqueue(&self, message: &Message) -> Result<DeliveryFuture, KafkaError> {
        let producer = self.producer();
        loop {
            let record = FutureRecord::to(&message.topic).key(&message.key).payload(&message.payload);
            match producer.send_result(record.headers(message.headers.clone())) {
                Ok(delivery) => return Ok(delivery),
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), _)) => tokio::time::sleep(FULL).await,
                Err((error, _)) => return Err(error),
            }
        }
    }
}

impl Carrier for KafkaCarrier {
    /// All are in the queue before the first report is waited for: the broker keeps the order of each key.
    async fn carry(&self, rows: &[Outgoing]) -> Vec<Carried> {
        let mut deliveries = Vec::with_capacity(rows.len());
        for row in rows {
            deliveries.push(match self.message(row) {
                Some(message) => self.enqueue(&message).await,
                None => Err(KafkaError::MessageProduction(RDKafkaErrorCode::InvalidArgument)),
            });
        }
        let mut carried = Vec::with_capacity(rows.len());
        for delivery in deliveries {
            let report = match delivery {
                Ok(delivery) => match delivery.await {
                    Ok(report) => report.map(|_| ()).map_err(|(error, _)| error),
                    Err(_) => Err(KafkaError::Canceled),
                },
                Err(error) => Err(error),
            };
            carried.push(report.map_or_else(|error| self.refusal(&error), |()| Carried::Delivered));
        }
        carried
    }

    /// `enable.gapless.guarantee`.
    fn is_gapless(&self, _: &[&Outgoing]) -> bool {
        true
    }
}

impl KafkaCarrier {
    fn refusal(&self, error: &KafkaError) -> Carried {
        use RDKafkaErrorCode::{Fatal, InvalidArgument, InvalidRecord, MessageSizeTooLarge, PurgeQueue};
        match error.rdkafka_error_code() {
            Some(MessageSizeTooLarge | InvalidRecord | InvalidArgument) => Carried::Refused(error.to_string()),
            Some(Fatal | PurgeQueue) => {
                self.renew();
                Carried::Later(error.to_string())
            }
            _ => Carried::Later(error.to_string()),
        }
    }
}

fn headers(pairs: &[(&str, &str)]) -> OwnedHeaders {
    pairs.iter().fold(OwnedHeaders::new(), |all, (key, value)| all.insert(Header { key, value: Some(*value) }))
}

/// With the trace that it belongs to, as Kafka's clients pass it on.
fn traced(headers: OwnedHeaders, row: &Outgoing) -> OwnedHeaders {
    let told = [("traceparent", row.traceparent.as_deref()), ("tracestate", row.tracestate.as_deref())];
    let told = told.into_iter().filter(|(_, value)| value.is_some());
    told.fold(headers, |all, (key, value)| all.insert(Header { key, value }))
}

/// The message as it came, with what helps to mend it in headers.
fn dead(letter: &DeadLetter, key: &str) -> Message {
    let attempts = letter.attempts.to_string();
    let headers = headers(&[
        ("portolan-topic", &letter.topic),
        ("portolan-handler", &letter.handler),
        ("portolan-reason", &letter.reason),
        ("portolan-attempts", &attempts),
    ]);
    Message { topic: format!("{}.dlq", letter.topic), key: key.to_owned(), payload: letter.message.clone(), headers }
}
