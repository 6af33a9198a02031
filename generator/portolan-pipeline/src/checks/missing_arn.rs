use std::collections::BTreeMap;

use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Service, Stack};
use crate::source::Span;
use crate::spec::rules::page;
use crate::spec::{SecretKey, Setting};

pub(super) static RULE: Rule =
    Rule { code: "P807", severity: Severity::Error, title: "secret that Lambda cannot find", page: page!("P807") };

pub(super) fn check_secrets(stack: &Stack, findings: &mut Findings) {
    let Some(aws) = &stack.aws else { return };
    let functions = stack.services.values().filter(|service| service.function.is_some());
    // One ARN is missing for all services that read the secret.
    let mut missing: BTreeMap<&str, (&Service, Option<Span>)> = BTreeMap::new();
    for service in functions {
        let told = service.env.iter().filter_map(|(_, value)| match &value.value {
            Setting::Secret(key) => Some((key, value.at)),
            Setting::Plain(_) => None,
        });
        let used = service.secrets.iter().map(|key| (&key.value, key.at));
        let unknown = |key: &SecretKey| !aws.secrets.contains_key(key.secret.as_str());
        // A secret that is not declared is another finding.
        let declared = |key: &SecretKey| stack.secrets.contains_key(key.secret.as_str());
        for (key, at) in used.chain(told).filter(|(key, _)| unknown(key) && declared(key)) {
            missing.entry(&key.secret).or_insert((service, at));
        }
    }
    for (secret, (service, at)) in missing {
        let message = format!("`{}` reads secret `{secret}` on Lambda, and no ARN says where that is", service.name);
        findings.push(
            Finding::new(&RULE, at.unwrap_or(service.at), message)
                .label("a function has no Secret of Kubernetes")
                .related(service.run.at, "it runs on Lambda here")
                .help(format!("write `{secret}: \"arn:aws:secretsmanager:…\"` under `aws.secrets`, or the path of SSM's parameters")),
        );
    }
}
