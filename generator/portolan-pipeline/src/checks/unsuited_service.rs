use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Service, Stack};
use crate::spec::contract::Delivery;
use crate::spec::document::Run;
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P801", severity: Severity::Error, title: "service that cannot run on Lambda", page: page!("P801") };

pub(super) fn check_services(stack: &Stack, findings: &mut Findings) {
    for service in stack.services.values().filter(|service| service.run.value == Run::Lambda) {
        check_broadcast(service, findings);
        if service.expose.value {
            let message =
                format!("`{}` runs on Lambda and is exposed, and a function listens on no port", service.name);
            findings.push(
                Finding::new(&RULE, service.expose.at.unwrap_or(service.at), message)
                    .label("no Kubernetes Service can lead there")
                    .related(service.run.at, "it runs on Lambda here")
                    .help("write `expose: false` where nobody calls it in this environment, else `run: dapr`"),
            );
        }
    }
}

fn check_broadcast(service: &Service, findings: &mut Findings) {
    let broadcast = service.subscriptions.iter().find(|known| known.delivery.value == Delivery::Broadcast);
    let Some(subscription) = broadcast else { return };
    let message = format!("`{}` runs on Lambda, and each of its replicas has to see every event", service.name);
    findings.push(
        Finding::new(&RULE, service.run.at.unwrap_or(service.at), message)
            .label("each event reaches one function, which keeps no connection")
            .related(subscription.delivery.at, format!("`{}` is delivered to all replicas", subscription.topic))
            .help("write `run: dapr` with a broker, or `deploy: false` to leave it out of this environment"),
    );
}
