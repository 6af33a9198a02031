use crate::spec::decode::{Located, record};
use crate::spec::duration::Duration;

record! {
    /// How what failed is repeated.
    pub struct Resiliency {
        /// Delivery of an event to a handler.
        "deliver" => deliver: RetryPolicy,
        /// Publishing, and reads and writes of state.
        "publish" => publish: RetryPolicy,
        /// Invocation of another service.
        "invoke" => invoke: RetryPolicy,
    }
}

record! {
    /// Time-out, exponential back-off and their bounds.
    pub struct RetryPolicy {
        /// How long one try may take.
        "timeout" => timeout: Option<Located<Duration>>,
        /// How often it is repeated before it counts as failed.
        "maxRetries" => max_retries: Option<Located<u32>>,
        /// The longest wait between two tries.
        "maxInterval" => max_interval: Option<Located<Duration>>,
    }
}
