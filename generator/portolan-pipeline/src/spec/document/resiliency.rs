use crate::spec::decode::{Entries, Located, record, words};
use crate::spec::duration::Duration;

record! {
    /// How what failed is repeated.
    pub struct Resiliency {
        /// Delivery of an event to a handler.
        "deliver" => deliver: Policy,
        /// Publishing, and reads and writes of state.
        "publish" => publish: Policy,
        /// Invocation of another service.
        "invoke" => invoke: Policy,
        /// Policies of one's own, by name.
        "policies" => policies: Entries<Policy>,
        /// The policy of invocations, by the service invoked; default invoke.
        "apps" => apps: Entries<Located<String>>,
        /// The policies of a component's sides, by component.
        "components" => components: Entries<ComponentPolicies>,
    }
}

record! {
    /// Time-out, retries and circuit breaker.
    pub struct Policy {
        /// How long one try may take.
        "timeout" => timeout: Option<Located<Duration>>,
        /// How the wait between two tries grows; default exponential.
        "retry" => retry: Option<Located<Backoff>>,
        /// How often it is repeated before it counts as failed.
        "maxRetries" => max_retries: Option<Located<u32>>,
        /// The wait between two tries that do not grow apart.
        "duration" => duration: Option<Located<Duration>>,
        /// The longest wait between two tries that do.
        "maxInterval" => max_interval: Option<Located<Duration>>,
        /// The HTTP status codes that are repeated, as in `429,500-599`; default all errors.
        "httpCodes" => http_codes: Option<Located<String>>,
        /// The gRPC status codes that are repeated, as in `4,8,14`.
        "grpcCodes" => grpc_codes: Option<Located<String>>,
        /// When no more is tried for a while.
        "breaker" => breaker: Option<Breaker>,
    }
}

words! {
    /// How the wait between two tries grows.
    pub enum Backoff {
        /// It stays.
        Constant = "constant",
        /// It doubles, more or less.
        Exponential = "exponential",
    }
}

record! {
    /// When no more is tried for a while.
    pub struct Breaker {
        /// What opens it, in Dapr's expression; default `consecutiveFailures >= 5`.
        "trip" => trip: Option<Located<String>>,
        /// How long it stays open; default 30s.
        "timeout" => timeout: Option<Located<Duration>>,
        /// How long failures are counted before the count begins anew; default 30s.
        "interval" => interval: Option<Located<Duration>>,
        /// How many requests pass while it is half open; default 1.
        "maxRequests" => max_requests: Option<Located<u32>>,
    }
}

record! {
    /// The policies of a component's two sides.
    pub struct ComponentPolicies {
        /// From the component to the app: events.
        "inbound" => inbound: Option<Located<String>>,
        /// From the app to the component: everything that is asked of it.
        "outbound" => outbound: Option<Located<String>>,
    }
}
