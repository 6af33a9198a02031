use super::evidence::Suggestions;
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Dangling, Reference, SecretName, Stack};
use crate::spec::rules::page;
use crate::suggest::did_you_mean;

pub(super) static RULE: Rule =
    Rule { code: "P103", severity: Severity::Error, title: "unknown secret or secret key", page: page!("P103") };

pub(super) fn check_secrets(stack: &Stack, findings: &mut Findings) {
    let mut suggestions = Suggestions::among(stack.secrets.keys().map(SecretName::as_str));
    for dangling in &stack.dangling {
        let name = &dangling.name;
        match dangling.reference {
            Reference::Secret => findings.push(
                Finding::new(&RULE, dangling.at, format!("secret `{name}` is not declared"))
                    .label("no such secret")
                    .help(suggestions.help(name, "declare it and its keys under `secrets`")),
            ),
            Reference::SecretKey => findings.extend(unknown_key(stack, dangling).into_iter().collect()),
            _ => {}
        }
    }
}

fn unknown_key(stack: &Stack, dangling: &Dangling) -> Option<Finding> {
    let (name, key) = dangling.name.split_once('/')?;
    let secret = stack.secrets.get(name)?;
    let nearest = did_you_mean(key, secret.keys.iter().map(|known| known.value.as_str()));
    let finding = Finding::new(&RULE, dangling.at, format!("secret `{name}` has no key `{key}`"))
        .label("no such key")
        .related(Some(secret.at), "its keys are declared here");
    Some(finding.help(format!("{}; else add it to the keys of `{name}`", nearest.trim_end_matches('?'))))
}
