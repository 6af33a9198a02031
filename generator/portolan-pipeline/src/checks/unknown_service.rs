use super::evidence::Suggestions;
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Reference, ServiceName, Stack};
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P104", severity: Severity::Error, title: "unknown service", page: page!("P104") };

pub(super) fn check_services(stack: &Stack, findings: &mut Findings) {
    let known = stack.services.keys().chain(stack.externals.keys()).map(ServiceName::as_str);
    let mut suggestions = Suggestions::among(known);
    for dangling in stack.dangling.iter().filter(|dangling| dangling.reference == Reference::Service) {
        let name = &dangling.name;
        if let Some(at) = stack.left_out.get(name.as_str()) {
            let message = format!("service `{name}` is invoked, and this environment leaves it out");
            let finding = Finding::new(&RULE, dangling.at, message).label("nobody answers");
            let help = "deploy it here too, or declare under `external` who answers instead";
            findings.push(finding.related(Some(*at), "it is left out here").help(help));
            continue;
        }
        let finding = Finding::new(&RULE, dangling.at, format!("service `{name}` is invoked and not declared"));
        let declare = "declare it under `services`, or under `external` where it is not deployed from here";
        findings.push(finding.label("no such service").help(suggestions.help(name, declare)));
    }
}
