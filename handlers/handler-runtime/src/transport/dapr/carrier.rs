//! Events and dead letters leave by the sidecar.

use std::collections::BTreeMap;

use handler_protocol::{DeadLetter, Departures, Outgoing, What};
use tokio::task::JoinSet;
use tonic::{Code, Status};

use super::DaprConfig;
use super::sidecar::{Message, Sidecar};
use crate::destinations::Destinations;
use crate::relay::{Carried, Carrier};
use crate::transport::Ready;
use crate::transport::published::published;

/// A call is not larger than this, unless one message is: the sidecar takes 4 MiB where it is told nothing.
const LARGEST_CALL: usize = 1024 * 1024;
/// Messages in one call.
const AT_ONCE: usize = 100;

/// Publishes through the sidecar.
pub struct DaprCarrier {
    sidecar: Sidecar,
    source: String,
    destinations: Destinations,
}

/// Rows with what became of them.
type Reports = Vec<(usize, Carried)>;

impl DaprCarrier {
    /// For the events of a service, whose name is their source.
    pub fn new(config: &DaprConfig, sidecar: Sidecar, service: &str) -> Self {
        Self { sidecar, source: service.to_owned(), destinations: config.destinations.clone() }
    }

    fn message(&self, row: &Outgoing) -> Result<Message, Carried> {
        let (topic, payload, told) = match (&row.what, published(row, &self.source)) {
            (_, Some(event)) => {
                let payload = serde_json::to_vec(&event).map_err(|error| Carried::Refused(error.to_string()))?;
                (event.topic, payload, Vec::new())
            }
            (What::DeadLetter(letter), _) => (format!("{}.dlq", letter.topic), letter.message.clone(), told(letter)),
            _ => return Err(Carried::Refused("nothing but events leaves this way".to_owned())),
        };
        let component = self.destinations.component(&topic).map(str::to_owned);
        let component = component.ok_or_else(|| Carried::Later(format!("no component is named for {topic}")))?;
        let beside = told.into_iter().chain([("partitionKey", row.key.clone())]).collect();
        Ok(Message { component, topic, payload, beside })
    }

    /// Sends rows that need not wait for each other.
    async fn send(&self, rows: &[Outgoing], leaving: Vec<usize>) -> Reports {
        let mut reports = Reports::new();
        let mut calls: BTreeMap<(String, String), Vec<(usize, Message)>> = BTreeMap::new();
        for place in leaving {
            match self.message(&rows[place]) {
                Ok(message) => calls.entry(message.way()).or_default().push((place, message)),
                Err(carried) => reports.push((place, carried)),
            }
        }
        let mut sent = JoinSet::new();
        for call in calls.into_values().flat_map(divided) {
            sent.spawn(send_call(self.sidecar.clone(), call));
        }
        while let Some(call) = sent.join_next().await {
            // A call that panicked has reported nothing: its rows are held with what has failed.
            reports.extend(call.unwrap_or_default());
        }
        reports
    }
}

impl Ready for DaprCarrier {
    /// Whether the sidecar has loaded what is published through.
    async fn is_ready(&self) -> Result<(), String> {
        let loaded = self.sidecar.components().await.map_err(|status| refusal(&status))?;
        let missing = self.destinations.components().find(|component| !loaded.iter().any(|loaded| loaded == component));
        missing.map_or(Ok(()), |component| Err(format!("it has not loaded {component}")))
    }
}

impl Carrier for DaprCarrier {
    /// A row waits for the report of the one before it of its key: the sidecar may send again what came first after what came
    /// second.
    async fn carry(&self, rows: &[Outgoing]) -> Vec<Carried> {
        let held = || Carried::Later("an earlier one of its key waits".to_owned());
        let mut carried: Vec<Carried> = rows.iter().map(|_| held()).collect();
        let mut departures = Departures::new(rows.iter().map(|row| row.key.clone()).collect(), false);
        loop {
            let leaving = departures.leave();
            if leaving.is_empty() {
                return carried;
            }
            for (place, report) in self.send(rows, leaving).await {
                // One that nobody will ever take is set aside, and the others of its key go on.
                departures.report(place, !matches!(report, Carried::Later(_)));
                carried[place] = report;
            }
        }
    }
}

/// Calls that are not too large.
fn divided(messages: Vec<(usize, Message)>) -> Vec<Vec<(usize, Message)>> {
    let mut calls: Vec<Vec<(usize, Message)>> = Vec::new();
    let mut size = 0;
    for (place, message) in messages {
        let own = message.payload.len();
        match calls.last_mut() {
            Some(call) if call.len() < AT_ONCE && size + own <= LARGEST_CALL => {
                size += own;
                call.push((place, message));
            }
            _ => {
                size = own;
                calls.push(vec![(place, message)]);
            }
        }
    }
    calls
}

/// A call that fails does not say which of its messages were taken, so each is sent alone: what was taken goes again under its id,
/// and one that is refused does not hold the others.
async fn send_call(sidecar: Sidecar, call: Vec<(usize, Message)>) -> Reports {
    if call.len() > 1 {
        let messages = call.iter().map(|(_, message)| message.clone()).collect();
        match sidecar.publish_all(Message::together(messages)).await {
            Ok(()) => return call.into_iter().map(|(place, _)| (place, Carried::Delivered)).collect(),
            // Nobody has taken anything, and nobody would.
            Err(status) if status.code() == Code::Unavailable => {
                return call.into_iter().map(|(place, _)| (place, carried(&status))).collect();
            }
            Err(_) => {}
        }
    }
    let mut sent = JoinSet::new();
    for (place, message) in call {
        let sidecar = sidecar.clone();
        sent.spawn(async move {
            let answer = sidecar.publish(message.alone()).await;
            (place, answer.map_or_else(|status| carried(&status), |()| Carried::Delivered))
        });
    }
    sent.join_all().await
}

/// Too large is too large for ever; whatever else it is may pass.
pub(super) fn carried(status: &Status) -> Carried {
    let words = status.message();
    let too_large = ["larger than", "too large"].iter().any(|large| words.contains(large));
    if too_large { Carried::Refused(refusal(status)) } else { Carried::Later(refusal(status)) }
}

fn refusal(status: &Status) -> String {
    format!("{:?}: {}", status.code(), status.message())
}

/// What helps to mend a dead letter, under the names that it has in every transport.
fn told(letter: &DeadLetter) -> Vec<(&'static str, String)> {
    vec![
        ("portolan-topic", letter.topic.clone()),
        ("portolan-handler", letter.handler.clone()),
        ("portolan-reason", letter.reason.clone()),
        ("portolan-attempts", letter.attempts.to_string()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(size: usize) -> Message {
        let payload = vec![0; size];
        Message { component: "bus".to_owned(), topic: "done".to_owned(), payload, beside: Vec::new() }
    }

    #[test]
    fn calls_are_not_too_large_and_nothing_is_left_out() {
        let sizes = [LARGEST_CALL / 2, LARGEST_CALL / 2, 1, LARGEST_CALL * 3, 1];
        let calls = divided(sizes.into_iter().map(message).enumerate().collect());
        let places: Vec<Vec<usize>> = calls.iter().map(|call| call.iter().map(|(place, _)| *place).collect()).collect();
        assert_eq!(places, [vec![0, 1], vec![2], vec![3], vec![4]]);
        let many = divided((0..=AT_ONCE).map(|place| (place, message(1))).collect());
        assert_eq!(many.iter().map(Vec::len).collect::<Vec<_>>(), [AT_ONCE, 1]);
    }

    #[test]
    fn what_is_too_large_is_refused_and_anything_else_may_pass() {
        let large = Status::internal("kafka server: Message was too large, server rejected it");
        assert!(matches!(carried(&large), Carried::Refused(_)));
        assert!(matches!(carried(&Status::unavailable("connection refused")), Carried::Later(_)));
    }
}
