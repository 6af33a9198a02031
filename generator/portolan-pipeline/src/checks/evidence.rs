//! What several checks look at.

mod dns;
mod functions;
mod lag;
mod metadata;
mod pinned;
mod suggestions;

pub(super) use dns::{dns_label, dns_subdomain, kafka_topic, secret_key, service_label};
pub(super) use functions::{read_by_functions, used_by_functions};
pub(super) use lag::{Lag, consumed_components, lag_triggers};
pub(super) use metadata::{effective, plain, written_items};
pub(super) use pinned::{component_entry, pinned_keda};
pub(super) use suggestions::Suggestions;
