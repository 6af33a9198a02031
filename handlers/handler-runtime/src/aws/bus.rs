//! Events leave to a bus of EventBridge.

use aws_config::SdkConfig;
use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::error::ProvideErrorMetadata;
use aws_sdk_eventbridge::types::{PutEventsRequestEntry, PutEventsResultEntry};
use handler_protocol::Outgoing;
use tokio::task::JoinSet;

use super::explained;
use crate::destinations::Destinations;
use crate::relay::{Carried, Carrier};
use crate::transport::published::published;

/// Entries in one request: EventBridge's limit.
const AT_ONCE: usize = 10;
/// What EventBridge says of an entry that it will never take.
const NEVER: [&str; 4] = ["InvalidArgument", "MalformedDetail", "ValidationException", "ValidationError"];

/// Puts events on buses.
pub(crate) struct BusCarrier {
    client: Client,
    source: String,
    destinations: Destinations,
    largest: usize,
}

/// An entry, where its row stands, and how large it is as EventBridge counts.
struct Entry {
    place: usize,
    size: usize,
    sent: PutEventsRequestEntry,
}

impl BusCarrier {
    /// For the events of a service, whose name is their source. An entry is at most so large, in bytes.
    pub(crate) fn new(aws: &SdkConfig, service: &str, destinations: Destinations, largest: usize) -> Self {
        Self { client: Client::new(aws), source: service.to_owned(), destinations, largest }
    }

    /// What a rule can match: the source, the type, and the whole event with its topic in it.
    fn entry(&self, place: usize, row: &Outgoing) -> Result<Entry, Carried> {
        let refused = |reason: String| Carried::Refused(reason);
        let Some(mut event) = published(row, &self.source) else {
            return Err(refused("nothing but events goes on a bus".to_owned()));
        };
        let Some(bus) = self.destinations.bus(&event.topic) else {
            return Err(Carried::Later(format!("no bus is named for {}", event.topic)));
        };
        event.extensions.insert("topic".to_owned(), event.topic.clone());
        let detail = serde_json::to_string(&event).map_err(|error| refused(error.to_string()))?;
        let size = self.source.len() + event.kind.len() + detail.len();
        if size > self.largest {
            let largest = self.largest;
            return Err(refused(format!("the entry has {size} bytes; EventBridge takes {largest} at most")));
        }
        let entry = PutEventsRequestEntry::builder().event_bus_name(bus).source(&self.source);
        let entry = entry.detail_type(event.kind).detail(detail).build();
        Ok(Entry { place, size, sent: entry })
    }

    /// Requests that are not too large: the limit is the same for an entry and for a request.
    fn divided(&self, entries: Vec<Entry>) -> Vec<Vec<Entry>> {
        let mut requests: Vec<Vec<Entry>> = Vec::new();
        let mut size = 0;
        for entry in entries {
            size += entry.size;
            match requests.last_mut() {
                Some(request) if request.len() < AT_ONCE && size <= self.largest => request.push(entry),
                _ => {
                    size = entry.size;
                    requests.push(vec![entry]);
                }
            }
        }
        requests
    }
}

impl Carrier for BusCarrier {
    /// The rows are of different keys, so they go side by side.
    async fn carry(&self, rows: &[Outgoing]) -> Vec<Carried> {
        let mut carried = vec![Carried::Later("EventBridge has not answered".to_owned()); rows.len()];
        let mut entries = Vec::new();
        for (place, row) in rows.iter().enumerate() {
            match self.entry(place, row) {
                Ok(entry) => entries.push(entry),
                Err(answer) => carried[place] = answer,
            }
        }
        let mut requests = JoinSet::new();
        for request in self.divided(entries) {
            requests.spawn(put(self.client.clone(), request));
        }
        while let Some(request) = requests.join_next().await {
            for (place, answer) in request.unwrap_or_default() {
                carried[place] = answer;
            }
        }
        carried
    }
}

/// A request that is refused as a whole does not say for which of its entries, so each of them is sent alone.
async fn put(client: Client, entries: Vec<Entry>) -> Vec<(usize, Carried)> {
    let places: Vec<usize> = entries.iter().map(|entry| entry.place).collect();
    let sent: Vec<PutEventsRequestEntry> = entries.into_iter().map(|entry| entry.sent).collect();
    match put_together(&client, sent.clone()).await {
        Ok(answers) => places.into_iter().zip(answers).collect(),
        Err(Carried::Refused(_)) if places.len() > 1 => {
            let mut answers = Vec::new();
            for (place, entry) in places.into_iter().zip(sent) {
                let answer = put_together(&client, vec![entry]).await;
                let answer = answer.map(|mut answers| answers.pop().unwrap_or_else(unanswered));
                answers.push((place, answer.unwrap_or_else(|refusal| refusal)));
            }
            answers
        }
        Err(answer) => places.into_iter().map(|place| (place, answer.clone())).collect(),
    }
}

/// One answer an entry, or one for all of them.
async fn put_together(client: &Client, entries: Vec<PutEventsRequestEntry>) -> Result<Vec<Carried>, Carried> {
    let count = entries.len();
    match client.put_events().set_entries(Some(entries)).send().await {
        Ok(output) => {
            let mut answers: Vec<Carried> = output.entries().iter().map(answered).collect();
            answers.resize_with(count, unanswered);
            Ok(answers)
        }
        Err(error) => {
            let never = error.code().is_some_and(|code| NEVER.contains(&code));
            let reason = explained(&error);
            Err(if never { Carried::Refused(reason) } else { Carried::Later(reason) })
        }
    }
}

/// Entries fail one by one.
fn answered(entry: &PutEventsResultEntry) -> Carried {
    let Some(code) = entry.error_code() else { return Carried::Delivered };
    let reason = format!("{code}: {}", entry.error_message().unwrap_or_default());
    if NEVER.contains(&code) { Carried::Refused(reason) } else { Carried::Later(reason) }
}

fn unanswered() -> Carried {
    Carried::Later("EventBridge has not answered for it".to_owned())
}
