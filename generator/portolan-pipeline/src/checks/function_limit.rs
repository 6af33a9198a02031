use super::evidence::read_by_functions;
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Fact, Function, Service, Stack};
use crate::source::Span;
use crate::spec::Duration;
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P803", severity: Severity::Error, title: "value that Lambda refuses", page: page!("P803") };

const MEMORY: std::ops::RangeInclusive<u32> = 128..=10_240;
const LONGEST: Duration = Duration::seconds(900);
const BATCH: std::ops::RangeInclusive<u32> = 1..=10_000;
const LONGEST_WINDOW: Duration = Duration::seconds(300);
/// `CloudWatch` keeps logs for one of these numbers of days.
const RETENTION: [u64; 22] =
    [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

pub(super) fn check_limits(stack: &Stack, findings: &mut Findings) {
    for service in stack.services.values() {
        if let Some(function) = &service.function {
            check_function(service, function, findings);
        }
    }
    if let Some(retention) = stack.aws.as_ref().map(|aws| &aws.log_retention) {
        let days = retention.value.as_milliseconds() / Duration::days(1).as_milliseconds();
        let whole = Duration::days(days) == retention.value && days > 0;
        if let Some(at) = retention.at.filter(|_| !whole || !RETENTION.contains(&days)) {
            let near = RETENTION.iter().filter(|known| **known >= days).min().map_or(3653, |known| *known);
            let help =
                format!("write `{near}d`: logs are kept for 1, 3, 5, 7, 14, 30, 60, 90, 120 or more days, in steps");
            report(at, format!("logs are not kept for {}", retention.value), help, findings);
        }
    }
    check_sources(stack, findings);
}

/// `aws.function` gives all functions one value, which is wrong once.
fn check_function(service: &Service, function: &Function, findings: &mut Findings) {
    let at = |fact: Option<Span>| fact.unwrap_or(service.at);
    if !MEMORY.contains(&function.memory.value) {
        let help = format!("write a number from {} to {}", MEMORY.start(), MEMORY.end());
        let message = format!("a function has no {} MiB of memory", function.memory.value);
        report(at(function.memory.at), message, help, findings);
    }
    let timeout = &function.timeout;
    if timeout.value > LONGEST || timeout.value < Duration::seconds(1) {
        let message = format!("a function does not work for {}", timeout.value);
        report(at(timeout.at), message, "write a time from 1s to 900s".to_owned(), findings);
    }
    if let Some(reserved) = function.reserved_concurrency.as_ref().filter(|reserved| reserved.value == 0) {
        let message = "a function with a reserved concurrency of zero is never invoked".to_owned();
        let help = "write how many may work at once, or `deploy: false` to leave the service out";
        report(at(reserved.at), message, help.to_owned(), findings);
    }
}

fn check_sources(stack: &Stack, findings: &mut Findings) {
    for name in read_by_functions(stack).into_keys() {
        let broker = stack.components.get(name).and_then(|component| component.broker.as_ref());
        let Some(source) = broker.map(|broker| &broker.event_source) else { continue };
        let (size, window) = (&source.batch_size, source.batch_window.as_ref());
        if let Fact { value, at: Some(at) } = size
            && !BATCH.contains(value)
        {
            let help = format!("write a number from {} to {}", BATCH.start(), BATCH.end());
            report(*at, format!("no batch has {value} records"), help, findings);
        }
        if let Some(Fact { value, at: Some(at) }) = window
            && (*value > LONGEST_WINDOW || value.as_milliseconds() % 1_000 != 0)
        {
            let message = format!("no batch waits {value} for more");
            report(*at, message, "write whole seconds, at most 300s".to_owned(), findings);
        }
    }
}

fn report(at: Span, message: String, help: String, findings: &mut Findings) {
    findings.push(Finding::new(&RULE, at, message).label("the API refuses it").help(help));
}
