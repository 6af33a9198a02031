//! What several checks look at.

mod dns;
mod lag;
mod metadata;
mod objects;
mod pinned;
mod suggestions;

pub(super) use dns::{dns_label, dns_subdomain, kafka_topic, secret_key, service_label};
pub(super) use lag::{Lag, consumed_components, lag_triggers};
pub(super) use metadata::{all_components, effective, plain, written_items};
pub(super) use objects::{ObjectName, object_name, rendered_objects};
pub(super) use pinned::{component_entry, pinned_keda};
pub(super) use suggestions::Suggestions;
