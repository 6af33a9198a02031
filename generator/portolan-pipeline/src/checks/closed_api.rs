use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Fact, Service, Stack, api_parts};
use crate::source::Span;
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P612", severity: Severity::Error, title: "closed API that the service needs", page: page!("P612") };

pub(super) fn check_apis(stack: &Stack, findings: &mut Findings) {
    for service in stack.services.values().filter(|service| service.has_sidecar()) {
        let sidecar = &service.sidecar;
        let named = |apis: &[Fact<String>], api: &str| {
            apis.iter().find(|known| api_parts(&known.value).0.eq_ignore_ascii_case(api)).map(|known| known.at)
        };
        for (api, needed_at) in needed(stack, service) {
            let left_out = sidecar.allowed_apis.first().filter(|_| named(&sidecar.allowed_apis, api).is_none());
            let Some(at) = named(&sidecar.denied_apis, api).or(left_out.map(|first| first.at)) else { continue };
            findings.push(
                Finding::new(
                    &RULE,
                    at.unwrap_or(service.at),
                    format!("`{}` needs the API `{api}`, which is closed", service.name),
                )
                .label("its sidecar answers 403 or has no such method")
                .related(Some(needed_at), "needed here")
                .help(format!("add `{api}` to `allowed`, or take it out of `denied`")),
            );
        }
    }
}

/// What the service asks of its sidecar, as far as the spec knows it.
fn needed(stack: &Stack, service: &Service) -> Vec<(&'static str, Span)> {
    let of_block = |block: &'static str| {
        let used = service.uses.iter().find(|used| {
            stack.components.get(&used.value).is_some_and(|component| component.kind.value.block() == block)
        });
        used.and_then(|used| used.at)
    };
    let needed = [
        ("publish", service.publishes.first().map(|published| published.at)),
        ("invoke", service.invokes.first().map(|invoked| invoked.at)),
        ("bindings", service.bindings.iter().find(|binding| binding.output).map(|binding| binding.at)),
        ("jobs", service.jobs.first().map(|job| job.at)),
        ("state", of_block("state")),
        ("secrets", service.secrets.first().and_then(|key| key.at)),
        ("configuration", service.configuration.first().and_then(|(store, _)| store.at).or(of_block("configuration"))),
        ("workflows", service.workflow.as_ref().map(|workflow| workflow.at)),
        ("lock", of_block("lock")),
        ("conversation", of_block("conversation")),
    ];
    needed.into_iter().filter_map(|(api, at)| Some((api, at?))).collect()
}
