//! What a handler is told of the services that it invokes, once all services are known.

use std::collections::BTreeMap;

use super::environment::variable;
use super::resolver::unique;
use crate::model::{External, ExternalTarget, Fact, Service, ServiceName};
use crate::spec::document::Run;

/// `service=where` for each: an app-id that is not its name for the sidecar, an address for a consumer, which has none.
const VARIABLE: &str = "PORTOLAN_INVOKE";

/// Adds the variable where there is something to tell, and the spec has not written it.
pub(super) fn complete_invocations(
    services: &mut BTreeMap<ServiceName, Service>,
    externals: &BTreeMap<ServiceName, External>,
    namespace: &str,
) {
    let told: Vec<(ServiceName, String)> = services
        .values()
        .filter(|service| service.contract.is_some())
        .filter_map(|service| Some((service.name.clone(), told(service, services, externals, namespace)?)))
        .collect();
    for (name, text) in told {
        let Some(service) = services.get_mut(&name) else { continue };
        if let Err(place) = service.env.binary_search_by(|(known, _)| known.as_str().cmp(VARIABLE)) {
            service.env.insert(place, variable(VARIABLE, Fact::derived(text)));
        }
    }
}

fn told(
    service: &Service,
    services: &BTreeMap<ServiceName, Service>,
    externals: &BTreeMap<ServiceName, External>,
    namespace: &str,
) -> Option<String> {
    let place = |invoked: &ServiceName| match service.run.value {
        Run::Dapr => app_id(invoked, services, externals).filter(|id| id != invoked.as_str()),
        Run::Kafka => address(invoked, services, externals, namespace),
        Run::Lambda => None,
    };
    let pairs = service.invokes.iter().filter_map(|invocation| {
        let invoked = &invocation.service;
        Some(format!("{invoked}={}", place(invoked)?))
    });
    let pairs = unique(pairs, String::clone);
    (!pairs.is_empty()).then(|| pairs.join(","))
}

/// What the sidecar knows it by; an address outside is known by its name.
fn app_id(
    invoked: &ServiceName,
    services: &BTreeMap<ServiceName, Service>,
    externals: &BTreeMap<ServiceName, External>,
) -> Option<String> {
    match (services.get(invoked), externals.get(invoked).map(|external| &external.target)) {
        (Some(service), _) => Some(service.app_id.value.to_string()),
        (None, Some(ExternalTarget::App(app))) => Some(app.value.clone()),
        _ => None,
    }
}

/// Where it is without a sidecar. What wants headers or a certificate of its own is reached through one only.
fn address(
    invoked: &ServiceName,
    services: &BTreeMap<ServiceName, Service>,
    externals: &BTreeMap<ServiceName, External>,
    namespace: &str,
) -> Option<String> {
    if let Some(service) = services.get(invoked) {
        return service.expose.value.then(|| format!("http://{invoked}.{namespace}.svc.cluster.local"));
    }
    let external = externals.get(invoked).filter(|external| external.headers.is_empty() && external.tls.is_none())?;
    match &external.target {
        ExternalTarget::Url(url) => Some(url.value.clone()),
        ExternalTarget::App(_) => None,
    }
}
