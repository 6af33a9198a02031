use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Fact, Service, Stack};
use crate::spec::SecretKey;
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P704", severity: Severity::Error, title: "token that Dapr does not find", page: page!("P704") };

/// The one key that the injector reads of the secret.
const KEY: &str = "token";

pub(super) fn check_keys(stack: &Stack, findings: &mut Findings) {
    for service in stack.services.values().filter(|service| service.has_sidecar()) {
        for (field, token) in [("appToken", &service.app_token), ("apiToken", &service.api_token)] {
            findings.extend(token.as_ref().and_then(|token| problem(service, field, token)).into_iter().collect());
        }
    }
}

fn problem(service: &Service, field: &str, token: &Fact<SecretKey>) -> Option<Finding> {
    if token.value.key == KEY {
        return None;
    }
    let message =
        format!("`{field}` of `{}` is key `{}`, and Dapr reads the key `{KEY}`", service.name, token.value.key);
    let finding = Finding::new(&RULE, token.at.unwrap_or(service.at), message).label("the sidecar would not start");
    Some(finding.help(format!("write `{{ secret: {}/{KEY} }}`, and declare the key", token.value.secret)))
}
