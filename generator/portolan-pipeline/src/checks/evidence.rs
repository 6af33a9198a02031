//! What several checks look at.

mod dns;
mod lag;
mod metadata;
mod pinned;
mod suggestions;
mod week;

pub(super) use dns::{
    dns_label, dns_subdomain, kafka_topic, label_name, label_value, secret_key, service_label, variable,
};
pub(super) use lag::{Lag, consumed_components, lag_triggers};
pub(super) use metadata::{effective, plain, written_items};
pub(super) use pinned::{component_entry, pinned_keda};
pub(super) use suggestions::{Slips, Suggestions};
pub(super) use week::longest_gap;
