use std::collections::BTreeMap;

use super::resolver::Resolver;
use crate::model::{
    Access, AccessOperation, AccessPolicy, AppId, External, ExternalTarget, Fact, Invocation, Reference, Service,
    ServiceName,
};
use crate::spec::Located;
use crate::spec::document::{self, Action};

/// The trust domain of an app that names none (Dapr, `accessControl`).
const TRUST_DOMAIN: &str = "public";

impl Resolver<'_> {
    /// What a service says of itself; who calls it is known when all services are.
    pub(super) fn access(&mut self, service: &str, written: &document::Access) -> Access {
        let path = |field: &str| format!("services.{service}.access.{field}");
        let default = self
            .or_default_as(written.default.as_ref(), &path("default"), Action::Deny, |action| action.word().to_owned());
        let trust_domain =
            self.or_default(written.trust_domain.as_ref(), &path("trustDomain"), TRUST_DOMAIN.to_owned());
        Access { default, trust_domain, policies: Vec::new() }
    }

    /// A policy for each caller that says so itself, and for each that the spec names.
    pub(super) fn complete_access(
        &mut self,
        services: &mut BTreeMap<ServiceName, Service>,
        externals: &BTreeMap<ServiceName, External>,
        namespace: &Fact<String>,
    ) {
        let mut policies: BTreeMap<ServiceName, Vec<AccessPolicy>> = BTreeMap::new();
        // Only a sidecar has an app-id that access control knows.
        for caller in services.values().filter(|caller| caller.has_sidecar()) {
            for (called, invocations) in invoked(caller) {
                let policy = derived_policy(caller, &invocations, namespace);
                policies.entry(called.clone()).or_default().push(policy);
            }
        }
        let document = self.document;
        for (called, written) in &document.services {
            for (name, caller) in &written.access.callers {
                let Some(identity) = self.identity(name, services, externals, namespace) else { continue };
                let known = policies.entry(called.value.as_str().into()).or_default();
                let place = known.iter().position(|known| known.caller.as_str() == name.value).unwrap_or(known.len());
                if place == known.len() {
                    known.push(identity);
                }
                override_policy(&mut known[place], caller);
            }
        }
        for (name, policies) in policies {
            if let Some(service) = services.get_mut(&name) {
                service.access.policies = policies;
            }
        }
    }

    /// Who a caller is that the spec names; nobody where it has no app-id in this environment.
    fn identity(
        &mut self,
        name: &Located<String>,
        services: &BTreeMap<ServiceName, Service>,
        externals: &BTreeMap<ServiceName, External>,
        namespace: &Fact<String>,
    ) -> Option<AccessPolicy> {
        let default = Fact::derived(Action::Deny);
        if let Some(service) = services.get(name.value.as_str()) {
            return service.has_sidecar().then(|| AccessPolicy {
                default,
                caller: service.name.clone(),
                app_id: service.app_id.clone(),
                namespace: namespace.clone(),
                trust_domain: service.access.trust_domain.clone(),
                operations: Vec::new(),
            });
        }
        let Some(external) = externals.get(name.value.as_str()) else {
            self.dangling(Reference::Service, &name.value, name.at);
            return None;
        };
        let ExternalTarget::App(app) = &external.target else {
            let message = format!("`{}` is an address, and access control knows apps", name.value);
            self.missing(name.at, message, "declare the app that calls under `external` with `app: APP-ID.NAMESPACE`");
            return None;
        };
        let (app_id, space) = match app.value.split_once('.') {
            Some((app_id, space)) => (app_id, Fact { value: space.to_owned(), at: app.at }),
            None => (app.value.as_str(), namespace.clone()),
        };
        Some(AccessPolicy {
            default,
            caller: name.value.as_str().into(),
            app_id: Fact { value: AppId::from(app_id), at: app.at },
            namespace: space,
            trust_domain: external.trust_domain.clone(),
            operations: Vec::new(),
        })
    }
}

/// What a service invokes, by the service invoked.
fn invoked(caller: &Service) -> BTreeMap<&ServiceName, Vec<&Invocation>> {
    let mut invoked: BTreeMap<&ServiceName, Vec<&Invocation>> = BTreeMap::new();
    for invocation in &caller.invokes {
        invoked.entry(&invocation.service).or_default().push(invocation);
    }
    invoked
}

fn derived_policy(caller: &Service, invocations: &[&Invocation], namespace: &Fact<String>) -> AccessPolicy {
    let whole = invocations.iter().any(|invocation| invocation.method.is_none());
    let mut operations: Vec<AccessOperation> = Vec::new();
    for invocation in invocations {
        let Some(method) = &invocation.method else { continue };
        let path = with_slash(method);
        match operations.iter_mut().find(|known| known.is_for(&path)) {
            Some(known) => add_verbs(known, &invocation.verbs),
            None => operations.push(AccessOperation {
                path,
                verbs: invocation.verbs.clone(),
                action: Action::Allow,
                at: invocation.at,
            }),
        }
    }
    AccessPolicy {
        caller: caller.name.clone(),
        app_id: caller.app_id.clone(),
        namespace: namespace.clone(),
        trust_domain: caller.access.trust_domain.clone(),
        default: Fact::derived(if whole { Action::Allow } else { Action::Deny }),
        operations,
    }
}

/// The spec's word wins: another action takes the place of what was there, the same one adds its verbs.
fn override_policy(policy: &mut AccessPolicy, written: &document::Caller) {
    if let Some(default) = &written.default {
        policy.default = default.into();
    }
    for operation in &written.operations {
        let Some(path) = &operation.path else { continue };
        let own = AccessOperation {
            path: with_slash(&path.value),
            verbs: operation.verbs.iter().map(|verb| verb.value.clone()).collect(),
            action: operation.action.as_ref().map_or(Action::Allow, |action| action.value),
            at: path.at,
        };
        match policy.operations.iter_mut().find(|known| known.is_for(&own.path)) {
            Some(known) if known.action == own.action => add_verbs(known, &own.verbs),
            Some(known) => *known = own,
            None => policy.operations.push(own),
        }
    }
}

/// No verbs are all verbs.
fn add_verbs(operation: &mut AccessOperation, verbs: &[String]) {
    if verbs.is_empty() || operation.verbs.is_empty() {
        operation.verbs.clear();
        return;
    }
    for verb in verbs {
        if !operation.verbs.contains(verb) {
            operation.verbs.push(verb.clone());
        }
    }
}

fn with_slash(path: &str) -> String {
    format!("/{}", path.trim_start_matches('/'))
}
