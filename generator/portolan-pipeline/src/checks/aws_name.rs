use std::collections::BTreeMap;

use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Aws, Service, Stack};
use crate::source::Span;
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P806", severity: Severity::Error, title: "name that AWS refuses", page: page!("P806") };

/// Of a function, a role, a rule and a group of schedules.
const NAME: usize = 64;
const QUEUE: usize = 80;
const BUS: usize = 256;

pub(super) fn check_names(stack: &Stack, findings: &mut Findings) {
    let Some(aws) = &stack.aws else { return };
    let mut names = Names { taken: BTreeMap::new(), findings };
    let bus_at = aws.bus.at.or(stack.name.at);
    if let Some(at) = bus_at {
        names.check_bus(aws, at);
    }
    for service in stack.services.values() {
        names.check_service(stack, aws, service);
    }
}

struct Names<'a> {
    /// Rules and queues that are made already, and where they follow from.
    taken: BTreeMap<(&'static str, String), Span>,
    findings: &'a mut Findings,
}

impl Names<'_> {
    /// Every account has a bus called default, which nobody can make.
    fn check_bus(&mut self, aws: &Aws, at: Span) {
        let bus = &aws.bus.value;
        let refused = |letter: char| !letter.is_ascii_alphanumeric() && !matches!(letter, '.' | '-' | '_' | '/');
        if bus == "default" || bus.is_empty() || bus.len() > BUS || bus.contains(refused) {
            let finding = Finding::new(&RULE, at, format!("the bus cannot be called `{bus}`"));
            let help = "choose another name of letters, digits, `.`, `-` and `_`, or take `bus` away";
            self.findings.push(finding.label("the API refuses it").help(help));
        }
    }

    fn check_service(&mut self, stack: &Stack, aws: &Aws, service: &Service) {
        let on_the_bus =
            |name| stack.components.get(name).is_some_and(|component| component.kind.value.is_eventbridge());
        let function = aws.function_name(&service.name);
        let mut named = Vec::new();
        if service.function.is_some() {
            // One finding for each service: the longest of what is called after it.
            let scheduled = !service.publishes.is_empty() || !service.jobs.is_empty();
            let role = if scheduled { aws.scheduler_role(&service.name) } else { function.clone() };
            named.push(("role", role, service.at, NAME));
        }
        for subscription in service.subscriptions.iter().filter(|known| on_the_bus(&known.component)) {
            let rule = aws.rule_name(&service.name, &subscription.topic);
            let queue = aws.dead_letter_queue(&service.name, &subscription.topic);
            self.take("rule", &rule, subscription.at);
            self.take("queue", &queue, subscription.at);
            named.push(("rule", rule, subscription.at, NAME));
            named.push(("queue", queue, subscription.at, QUEUE));
        }
        for (what, name, at, longest) in named {
            let length = name.chars().count();
            if length > longest {
                let message = format!("{what} `{name}` would have {length} characters, {longest} are allowed");
                let finding = Finding::new(&RULE, at, message).label("the API refuses it");
                self.findings
                    .push(finding.help("shorten the name of the service, the topic, the environment or the stack"));
            }
        }
    }

    /// Two of one name are one, and the one that is made last replaces the other.
    fn take(&mut self, what: &'static str, name: &str, at: Span) {
        if let Some(other) = self.taken.insert((what, name.to_owned()), at) {
            let finding = Finding::new(&RULE, at, format!("two subscriptions would have {what} `{name}`"));
            let finding = finding.label("one replaces the other").related(Some(other), "the other one");
            self.findings.push(finding.help("choose another name for one of the services or topics"));
        }
    }
}
