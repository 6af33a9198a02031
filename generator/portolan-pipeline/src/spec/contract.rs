//! A handler's contract: what its code subscribes to, publishes, schedules, invokes and stores.

use super::decode::{Entries, Located, record, words};
use super::document::Run;
use super::event_schema::EventSchema;
use super::secret_reference::SecretKey;

record! {
    /// What a handler's code does, as `<service> contract` prints it.
    pub struct Contract {
        /// The version of this format: v1.
        "contract" => version: Option<Located<String>>,
        /// The service.
        "service" => service: Option<Located<String>>,
        /// The ways it can be run.
        "modes" => modes: Vec<Located<Run>>,
        /// The topics it handles events of.
        "subscribes" => subscribes: Vec<Subscribes>,
        /// The topics it publishes to.
        "publishes" => publishes: Vec<Publishes>,
        /// JSON Schema of the payload, by event type: of those it publishes what it promises, of those it handles what it needs.
        "events" => events: Entries<EventSchema>,
        /// The jobs it schedules, and receives when they are due.
        "schedules" => schedules: Vec<Schedules>,
        /// The services it invokes.
        "invokes" => invokes: Vec<Invokes>,
        /// The bindings that it gets events from or sends requests to.
        "bindings" => bindings: Vec<Binds>,
        /// The components whose state it reads and writes.
        "stores" => stores: Vec<Located<String>>,
        /// The secret keys it reads.
        "secrets" => secrets: Vec<Located<SecretKey>>,
    }
}

record! {
    /// A topic that a handler handles events of.
    pub struct Subscribes {
        /// The topic.
        "topic" => topic: Option<Located<String>>,
        /// The path that takes events for which no rule stands.
        "route" => route: Option<Located<String>>,
        /// The event types it acts on; others are acknowledged and left alone. Empty: all of them.
        "types" => types: Vec<Located<String>>,
        /// Paths for single event types.
        "rules" => rules: Vec<RouteRule>,
        /// Whether its replicas share the events; default shared.
        "delivery" => delivery: Option<Located<Delivery>>,
    }
}

record! {
    /// A path for some events.
    pub struct RouteRule {
        /// The event types.
        "types" => types: Vec<Located<String>>,
        /// The events, in Dapr's expression (CEL), instead of `types`: `event.source == "till"`.
        "match" => condition: Option<Located<String>>,
        /// The path.
        "route" => route: Option<Located<String>>,
    }
}

words! {
    /// How the replicas of a service divide the events.
    pub enum Delivery {
        /// Each event reaches one replica.
        Shared = "shared",
        /// Each event reaches every replica that is there; what was missed is gone.
        Broadcast = "broadcast",
    }
}

record! {
    /// A topic that a handler publishes to.
    pub struct Publishes {
        /// The topic.
        "topic" => topic: Option<Located<String>>,
        /// The event types.
        "types" => types: Vec<Located<String>>,
        /// The field of the payload that is the message's key: events of one key stay in order.
        "key" => key: Option<Located<String>>,
    }
}

record! {
    /// A job of Dapr's Jobs API, or its counterpart in the other modes.
    pub struct Schedules {
        /// The job's name, with what varies in braces.
        "job" => job: Option<Located<String>>,
        /// The path that a due job is posted to.
        "route" => route: Option<Located<String>>,
    }
}

record! {
    /// A binding that a handler uses.
    pub struct Binds {
        /// The component.
        "binding" => binding: Option<Located<String>>,
        /// The path that takes its events; none where none come in.
        "route" => route: Option<Located<String>>,
        /// The operations that are asked for; none where nothing goes out.
        "operations" => operations: Vec<Located<String>>,
    }
}

record! {
    /// A service that a handler invokes.
    pub struct Invokes {
        /// The name it is invoked under.
        "service" => service: Option<Located<String>>,
        /// The method: the path without its first slash.
        "method" => method: Option<Located<String>>,
        /// The HTTP verbs.
        "verbs" => verbs: Vec<Located<String>>,
    }
}
