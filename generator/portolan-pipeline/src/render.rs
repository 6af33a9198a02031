//! render_: the resolved stack as files. Nothing here can fail: what could go wrong was found by the checks.

mod access;
mod aws;
mod component;
mod configuration;
mod difference;
mod external_secret;
mod file;
mod helm_values;
mod http_endpoint;
mod identity;
mod kafka_topic;
mod kafka_user;
mod manifest;
mod manifests;
mod monitoring;
mod namespace;
mod object;
mod platform;
mod resiliency;
mod run_file;
mod scaled_job;
mod scaling;
mod secret;
mod setting;
mod sidecar;
mod sidecar_options;
mod subscription;
mod tree;

pub use difference::{FileDifference, ValueDifference, compare_manifests};
pub use file::{Provenance, RenderedFile};
pub use manifests::{Index, Manifests, index_path};
pub use tree::{Tree, Value};

use crate::model::Stack;
use crate::spec::document::Run;

/// render_: every file of one environment, by path.
pub fn render_stack(stack: &Stack) -> Manifests {
    let mut files = vec![namespace::render_namespace(stack)];
    let of_dapr = stack.components.values().filter(|component| !component.kind.value.is_eventbridge());
    files.extend(of_dapr.map(|component| component::render_component(stack, component)));
    for service in stack.services.values() {
        if service.run.value != Run::Lambda {
            files.push(helm_values::render_helm_values(stack, service));
        }
        if service.has_sidecar() {
            files.push(configuration::render_configuration(stack, service));
            files.extend(subscription::render_subscriptions(stack, service));
        }
    }
    files.extend(resiliency::render_resiliency(stack));
    files.extend(http_endpoint::render_http_endpoints(stack));
    files.extend(secret::render_secrets(stack));
    files.extend(external_secret::render_external_secrets(stack));
    files.extend(kafka_topic::render_kafka_topics(stack));
    files.extend(kafka_user::render_kafka_users(stack));
    files.extend(monitoring::render_monitoring(stack));
    files.extend(manifest::render_manifests(stack));
    files.push(platform::render_dapr_values(stack));
    files.extend(platform::render_keda_values(stack));
    files.extend(run_file::render_run_file(stack));
    files.extend(aws::render_aws(stack));
    Manifests::new(stack, files)
}
