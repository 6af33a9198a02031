use super::evidence::Suggestions;
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{ComponentName, Reference, SecretName, Stack};
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P102", severity: Severity::Error, title: "unknown component", page: page!("P102") };

/// The store that every sidecar in Kubernetes has without a Component.
const BUILT_IN_STORE: &str = "kubernetes";

pub(super) fn check_components(stack: &Stack, findings: &mut Findings) {
    let components = stack.components.keys().map(ComponentName::as_str);
    // `uses` names secrets as well.
    let mut suggestions = Suggestions::among(components.chain(stack.secrets.keys().map(SecretName::as_str)));
    for dangling in stack.dangling.iter().filter(|dangling| dangling.reference == Reference::Component) {
        let name = &dangling.name;
        let finding = Finding::new(&RULE, dangling.at, format!("component `{name}` is not declared"));
        findings.push(finding.label("no such component").help(suggestions.help(name, "declare it under `components`")));
    }
    check_secret_stores(stack, findings);
}

/// `secretStore` of a component names another component.
fn check_secret_stores(stack: &Stack, findings: &mut Findings) {
    let is_store =
        |name: &str| stack.components.get(name).is_some_and(|known| known.kind.value.block() == "secretstores");
    for component in stack.components.values().filter(|component| component.broadcast_of.is_none()) {
        let store = &component.secret_store;
        let Some(at) = store.at.filter(|_| store.value != BUILT_IN_STORE && !is_store(&store.value)) else { continue };
        let message = format!(
            "`{}`, from which `{}` takes its secrets, is no secret store of this stack",
            store.value, component.name
        );
        let help = "name a component of a type `secretstores.…`, or take the line away: the default is `kubernetes`";
        findings.push(Finding::new(&RULE, at, message).label("no such secret store").help(help));
    }
}
