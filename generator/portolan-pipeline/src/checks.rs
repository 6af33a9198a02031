//! check_: all that is wrong with a resolved stack, in one run. One check, one file, one code.

mod broker_name;
mod brokers;
mod dead_letter;
mod deprecated_key;
mod emulated_bulk;
mod evidence;
mod idle_replicas;
mod initial_offset;
mod missing_key;
mod missing_scope;
mod no_wake;
mod plain_secret;
mod refused_name;
mod refused_value;
mod replica_bounds;
mod sasl;
mod sealed_secret;
mod shared_group;
mod sleeping_jobs;
mod tls;
mod trigger_group;
mod trigger_topic;
mod unfit_event;
mod unknown_component;
mod unknown_key;
mod unknown_secret;
mod unknown_service;
mod unknown_topic;
mod unknown_type;
mod unknown_version;
mod unserved_route;
mod unsupported_mode;
mod unused_declaration;
mod unused_schema;

use crate::finding::{Findings, Rule};
use crate::model::Stack;
use crate::spec;

pub(crate) use plain_secret::has_password;

type Check = fn(&Stack, &mut Findings);

/// The one list of checks, by code.
static CHECKS: [(&Rule, Check); 33] = [
    (&unknown_topic::RULE, unknown_topic::check_topics),
    (&unknown_component::RULE, unknown_component::check_components),
    (&unknown_secret::RULE, unknown_secret::check_secrets),
    (&unknown_service::RULE, unknown_service::check_services),
    (&unserved_route::RULE, unserved_route::check_routes),
    (&refused_name::RULE, refused_name::check_names),
    (&unused_declaration::RULE, unused_declaration::check_declarations),
    (&unsupported_mode::RULE, unsupported_mode::check_modes),
    (&sealed_secret::RULE, sealed_secret::check_sealed_secrets),
    (&shared_group::RULE, shared_group::check_groups),
    (&missing_scope::RULE, missing_scope::check_scopes),
    (&trigger_group::RULE, trigger_group::check_trigger_groups),
    (&trigger_topic::RULE, trigger_topic::check_trigger_topics),
    (&brokers::RULE, brokers::check_brokers),
    (&sasl::RULE, sasl::check_sasl),
    (&tls::RULE, tls::check_tls),
    (&broker_name::RULE, broker_name::check_broker_names),
    (&initial_offset::RULE, initial_offset::check_offsets),
    (&idle_replicas::RULE, idle_replicas::check_replicas),
    (&sleeping_jobs::RULE, sleeping_jobs::check_jobs),
    (&no_wake::RULE, no_wake::check_wake),
    (&replica_bounds::RULE, replica_bounds::check_bounds),
    (&dead_letter::RULE, dead_letter::check_dead_letters),
    (&emulated_bulk::RULE, emulated_bulk::check_bulk),
    (&spec::rules::PLAIN_SECRET, plain_secret::check_plain_secrets),
    (&unknown_key::RULE, unknown_key::check_keys),
    (&unknown_version::RULE, unknown_version::check_versions),
    (&missing_key::RULE, missing_key::check_keys),
    (&unknown_type::RULE, unknown_type::check_types),
    (&refused_value::RULE, refused_value::check_values),
    (&deprecated_key::RULE, deprecated_key::check_keys),
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
