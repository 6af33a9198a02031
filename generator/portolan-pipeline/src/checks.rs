//! check_: all that is wrong with a resolved stack, in one run. One check, one file, one code.

mod actor_store;
mod alike_topics;
mod any_method;
mod app_token;
mod awake_timing;
mod aws_name;
mod aws_place;
mod bad_release;
mod bare_credentials;
mod binding_routes;
mod binding_sides;
mod broker_name;
mod brokers;
mod bulk_memory;
mod capacity;
mod closed_api;
mod credentials;
mod cron_replicas;
mod dead_letter;
mod dead_letter_circle;
mod deprecated_key;
mod emulated_bulk;
mod endless_job;
mod entry_size;
mod event_order;
mod event_source;
mod evidence;
mod expired_events;
mod fallback_bounds;
mod floating_image;
mod forgotten_offsets;
mod function_limit;
mod heartbeat;
mod idle_acceptance;
mod idle_fallback;
mod idle_field;
mod idle_replicas;
mod initial_offset;
mod job_scale;
mod message_limit;
mod metadata_reference;
mod missing_arn;
mod missing_key;
mod missing_scope;
mod mistaken_kind;
mod mtls;
mod name_resolution;
mod no_retry;
mod no_sidecar;
mod no_wake;
mod open_component;
mod owners;
mod parallel_delivery;
mod passed_over;
mod plain_secret;
mod polling;
mod prefixed_topic;
mod provider_connection;
mod provider_mechanism;
mod provider_replication;
mod provider_size;
mod refused_caller;
mod refused_idle;
mod refused_name;
mod refused_value;
mod replica_bounds;
mod resiliency_policy;
mod resiliency_target;
mod rule_conditions;
mod said_twice;
mod sasl;
mod scaling_behavior;
mod scope_name;
mod scope_of_nobody;
mod sealed_secret;
mod second_object;
mod session_timeout;
mod shared_group;
mod short_grace;
mod short_retention;
mod sidecar_annotations;
mod sidecar_options;
mod sleeping_jobs;
mod taken_port;
mod template;
mod tls;
mod token_key;
mod topic_scopes;
mod trigger_group;
mod trigger_name;
mod trigger_topic;
mod two_carriers;
mod two_retry_layers;
mod unbounded_bulk;
mod uncounted_lag;
mod unfit_acceptance;
mod unfit_event;
mod unfit_manifest;
mod unknown_component;
mod unknown_identity;
mod unknown_key;
mod unknown_secret;
mod unknown_service;
mod unknown_topic;
mod unknown_type;
mod unknown_version;
mod unreachable_from_lambda;
mod unreached_retries;
mod unserved_route;
mod unserved_subscription;
mod unsuited_service;
mod unsupported_mode;
mod unused_declaration;
mod unused_schema;
mod unverified_certificate;
mod unwaking_topic;
mod zero_request;

use crate::finding::{Findings, Rule};
use crate::model::Stack;
use crate::spec;

pub(crate) use plain_secret::has_password;

type Check = fn(&Stack, &mut Findings);

/// The one list of checks, by code.
static CHECKS: [(&Rule, Check); 116] = [
    (&unfit_acceptance::RULE, unfit_acceptance::check_acceptances),
    (&unknown_topic::RULE, unknown_topic::check_topics),
    (&unknown_component::RULE, unknown_component::check_components),
    (&unknown_secret::RULE, unknown_secret::check_secrets),
    (&unknown_service::RULE, unknown_service::check_services),
    (&unserved_route::RULE, unserved_route::check_routes),
    (&refused_name::RULE, refused_name::check_names),
    (&unused_declaration::RULE, unused_declaration::check_declarations),
    (&unsupported_mode::RULE, unsupported_mode::check_modes),
    (&sealed_secret::RULE, sealed_secret::check_sealed_secrets),
    (&scope_of_nobody::RULE, scope_of_nobody::check_scopes),
    (&metadata_reference::RULE, metadata_reference::check_references),
    (&idle_field::RULE, idle_field::check_fields),
    (&trigger_name::RULE, trigger_name::check_names),
    (&taken_port::RULE, taken_port::check_ports),
    (&said_twice::RULE, said_twice::check_lists),
    (&alike_topics::RULE, alike_topics::check_topics),
    (&no_sidecar::RULE, no_sidecar::check_sidecars),
    (&binding_routes::RULE, binding_routes::check_binding_routes),
    (&mistaken_kind::RULE, mistaken_kind::check_kinds),
    (&refused_caller::RULE, refused_caller::check_callers),
    (&resiliency_target::RULE, resiliency_target::check_targets),
    (&resiliency_policy::RULE, resiliency_policy::check_policies),
    (&sidecar_annotations::RULE, sidecar_annotations::check_annotations),
    (&sidecar_options::RULE, sidecar_options::check_options),
    (&rule_conditions::RULE, rule_conditions::check_rules),
    (&cron_replicas::RULE, cron_replicas::check_cron),
    (&unfit_manifest::RULE, unfit_manifest::check_manifests),
    (&second_object::RULE, second_object::check_objects),
    (&unknown_identity::RULE, unknown_identity::check_identities),
    (&provider_mechanism::RULE, provider_mechanism::check_mechanisms),
    (&provider_connection::RULE, provider_connection::check_connections),
    (&provider_replication::RULE, provider_replication::check_replication),
    (&provider_size::RULE, provider_size::check_sizes),
    (&shared_group::RULE, shared_group::check_groups),
    (&missing_scope::RULE, missing_scope::check_scopes),
    (&trigger_group::RULE, trigger_group::check_trigger_groups),
    (&trigger_topic::RULE, trigger_topic::check_trigger_topics),
    (&brokers::RULE, brokers::check_brokers),
    (&sasl::RULE, sasl::check_sasl),
    (&tls::RULE, tls::check_tls),
    (&broker_name::RULE, broker_name::check_broker_names),
    (&topic_scopes::RULE, topic_scopes::check_scopes),
    (&scope_name::RULE, scope_name::check_names),
    (&dead_letter_circle::RULE, dead_letter_circle::check_dead_letters),
    (&template::RULE, template::check_templates),
    (&two_carriers::RULE, two_carriers::check_carriers),
    (&credentials::RULE, credentials::check_credentials),
    (&prefixed_topic::RULE, prefixed_topic::check_topics),
    (&initial_offset::RULE, initial_offset::check_offsets),
    (&idle_replicas::RULE, idle_replicas::check_replicas),
    (&sleeping_jobs::RULE, sleeping_jobs::check_jobs),
    (&no_wake::RULE, no_wake::check_wake),
    (&replica_bounds::RULE, replica_bounds::check_bounds),
    (&uncounted_lag::RULE, uncounted_lag::check_lag),
    (&unwaking_topic::RULE, unwaking_topic::check_topics),
    (&zero_request::RULE, zero_request::check_requests),
    (&idle_fallback::RULE, idle_fallback::check_fallbacks),
    (&fallback_bounds::RULE, fallback_bounds::check_fallbacks),
    (&awake_timing::RULE, awake_timing::check_timing),
    (&polling::RULE, polling::check_polling),
    (&forgotten_offsets::RULE, forgotten_offsets::check_offsets),
    (&capacity::RULE, capacity::check_capacity),
    (&scaling_behavior::RULE, scaling_behavior::check_behavior),
    (&refused_idle::RULE, refused_idle::check_idle),
    (&job_scale::RULE, job_scale::check_jobs),
    (&endless_job::RULE, endless_job::check_sidecars),
    (&dead_letter::RULE, dead_letter::check_dead_letters),
    (&emulated_bulk::RULE, emulated_bulk::check_bulk),
    (&no_retry::RULE, no_retry::check_retries),
    (&two_retry_layers::RULE, two_retry_layers::check_layers),
    (&passed_over::RULE, passed_over::check_passing),
    (&unreached_retries::RULE, unreached_retries::check_policies),
    (&short_retention::RULE, short_retention::check_retention),
    (&unbounded_bulk::RULE, unbounded_bulk::check_bulk),
    (&bulk_memory::RULE, bulk_memory::check_bulk),
    (&message_limit::RULE, message_limit::check_limits),
    (&event_order::RULE, event_order::check_keys),
    (&parallel_delivery::RULE, parallel_delivery::check_order),
    (&short_grace::RULE, short_grace::check_grace),
    (&session_timeout::RULE, session_timeout::check_sessions),
    (&heartbeat::RULE, heartbeat::check_heartbeats),
    (&spec::rules::PLAIN_SECRET, plain_secret::check_plain_secrets),
    (&unknown_key::RULE, unknown_key::check_keys),
    (&unknown_version::RULE, unknown_version::check_versions),
    (&missing_key::RULE, missing_key::check_keys),
    (&unknown_type::RULE, unknown_type::check_types),
    (&refused_value::RULE, refused_value::check_values),
    (&deprecated_key::RULE, deprecated_key::check_keys),
    (&open_component::RULE, open_component::check_scopes),
    (&mtls::RULE, mtls::check_mtls),
    (&app_token::RULE, app_token::check_tokens),
    (&token_key::RULE, token_key::check_keys),
    (&bare_credentials::RULE, bare_credentials::check_credentials),
    (&unverified_certificate::RULE, unverified_certificate::check_certificates),
    (&floating_image::RULE, floating_image::check_images),
    (&bad_release::RULE, bad_release::check_releases),
    (&owners::RULE, owners::check_owners),
    (&expired_events::RULE, expired_events::check_retention),
    (&any_method::RULE, any_method::check_invocations),
    (&idle_acceptance::RULE, idle_acceptance::check_acceptances),
    (&binding_sides::RULE, binding_sides::check_bindings),
    (&closed_api::RULE, closed_api::check_apis),
    (&actor_store::RULE, actor_store::check_stores),
    (&name_resolution::RULE, name_resolution::check_name_resolution),
    (&unsuited_service::RULE, unsuited_service::check_services),
    (&unserved_subscription::RULE, unserved_subscription::check_subscriptions),
    (&function_limit::RULE, function_limit::check_limits),
    (&entry_size::RULE, entry_size::check_sizes),
    (&aws_place::RULE, aws_place::check_places),
    (&aws_name::RULE, aws_name::check_names),
    (&missing_arn::RULE, missing_arn::check_secrets),
    (&event_source::RULE, event_source::check_sources),
    (&unreachable_from_lambda::RULE, unreachable_from_lambda::check_addresses),
    (&unfit_event::RULE, unfit_event::check_events),
    (&unused_schema::RULE, unused_schema::check_schemas),
];

/// check_: every finding of every check.
pub fn check_stack(stack: &Stack) -> Findings {
    let mut findings = Findings::default();
    if !stack.whole {
        return findings;
    }
    for (_, check) in CHECKS {
        check(stack, &mut findings);
    }
    findings
}

/// Every rule, by code.
pub fn rules() -> Vec<&'static Rule> {
    let mut rules: Vec<&'static Rule> = spec::rules::RULES.into_iter().chain(CHECKS.map(|(rule, _)| rule)).collect();
    rules.sort_by_key(|rule| rule.code);
    // A plain secret is found by reading and by a check.
    rules.dedup_by_key(|rule| rule.code);
    rules
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_its_own_page() {
        for rule in rules() {
            assert!(rule.page.starts_with(&format!("# {}: ", rule.code)), "{}", rule.code);
            for part in ["**What.**", "**Why it bites.**", "**How to mend.**", "**Source.**"] {
                assert!(rule.page.contains(part), "{} lacks {part}", rule.code);
            }
        }
    }

    #[test]
    fn every_title_is_a_fragment() {
        for rule in rules() {
            assert!(!rule.title.ends_with('.') && !rule.title.is_empty(), "{}", rule.code);
        }
    }
}
