//! What several checks look at.

mod carriers;
mod delivery;
mod dns;
mod functions;
mod lag;
mod metadata;
mod objects;
mod pinned;
mod quantity;
mod retries;
mod suggestions;
mod topic_scopes;
mod week;

pub(super) use carriers::listed_carriers;
pub(super) use delivery::{Delivered, delivered, published};
pub(super) use dns::{
    dns_label, dns_subdomain, kafka_topic, label_name, label_value, secret_key, service_label, variable,
};
pub(super) use functions::{read_by_functions, used_by_functions};
pub(super) use lag::{Lag, consumed_components, lag_triggers};
pub(super) use metadata::{all_components, effective, plain, written_items};
pub(super) use objects::{ObjectName, object_name, rendered_objects};
pub(super) use pinned::{component_entry, pinned_keda};
pub(super) use quantity::{go_duration, thousandths, truthy};
pub(super) use retries::{GIVES_UP, Round, longest_round, quickest_round, spoken};
pub(super) use suggestions::{Slips, Suggestions};
pub(super) use topic_scopes::{BY_APP, FOR_ALL, TopicList};
pub(super) use week::longest_gap;
