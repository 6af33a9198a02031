use super::evidence::listed_carriers;
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::Stack;
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P213", severity: Severity::Error, title: "topic carried by two components", page: page!("P213") };

pub(super) fn check_carriers(stack: &Stack, findings: &mut Findings) {
    for (topic, carriers) in listed_carriers(stack) {
        let [(first, place), others @ ..] = carriers.as_slice() else { continue };
        for (other, at) in others {
            let message = format!("`{topic}` is carried by `{}` and by `{}`", first.name, other.name);
            findings.push(
                Finding::new(&RULE, at.at.unwrap_or(other.at), message)
                    .label("nobody publishes or subscribes through this one")
                    .related(place.at, format!("everybody uses `{}`, the first by name", first.name))
                    .help("list the topic in one of them; a broker that needs the same events gets a topic of its own"),
            );
        }
    }
}
