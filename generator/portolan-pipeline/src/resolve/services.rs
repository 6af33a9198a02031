use std::collections::{BTreeMap, BTreeSet};

use super::actors::workflow;
use super::environment::environment_variables;
use super::function;
use super::resolver::{Resolver, unique};
use super::surroundings::Surroundings;
use crate::model::{ComponentName, Fact, Image, Invocation, Job, Reference, Service, ServiceName};
use crate::source::Span;
use crate::spec::contract::{Contract, Invokes};
use crate::spec::document::{self, Run};
use crate::spec::{Duration, Entries, Located, SecretKey, SecretReference, Setting};

const PORT: u16 = 8080;
const GRACE: Duration = Duration::seconds(60);

impl Resolver<'_> {
    pub(super) fn services(&mut self, around: Surroundings<'_>) -> BTreeMap<ServiceName, Service> {
        let document = self.document;
        let mut services = BTreeMap::new();
        for (name, written) in document.services.iter().filter(|(_, written)| is_deployed(written)) {
            let service = self.service(name, written, around);
            services.insert(service.name.clone(), service);
        }
        services
    }

    fn service(&mut self, name: &Located<String>, written: &document::Service, around: Surroundings<'_>) -> Service {
        let project = self.project;
        let contract = project.contracts.get(&name.value);
        let contract_file = contract.map(|(file, _)| *file);
        let contract = contract.map(|(_, contract)| contract);
        let path = |field: &str| format!("services.{}.{field}", name.value);
        let run = self.or_default_as(written.run.as_ref(), &path("run"), Run::Dapr, |run| run.word().to_owned());
        let app_id = self.or_default(written.app_id.as_ref(), &path("appId"), name.value.clone());
        let mut subscriptions = self.subscriptions(name, written, contract, around);
        if run.value == Run::Lambda {
            function::part_groups(&mut subscriptions, around);
        }
        let publishes = self.publications(written, contract, around);
        let scale = self.scale(name, written, &run, &subscriptions, around);
        let (mut uses, secrets) = self.uses(written, contract, around);
        if run.value == Run::Dapr && !secrets.is_empty() {
            uses.extend(around.secret_store().map(|store| Fact { value: store.name.clone(), at: secrets[0].at }));
        }
        let mut service = Service {
            name: name.value.as_str().into(),
            at: name.at,
            app_id: app_id.map(|id| id.as_str().into()),
            image: self.image(name, written),
            port: self.or_default(written.port.as_ref(), &path("port"), PORT),
            expose: self.or_default(written.expose.as_ref(), &path("expose"), false),
            invokes: self.invocations(written, contract, around),
            bindings: self.bindings(name, written, contract, around),
            http_pipeline: self.pipeline(&written.middleware.http, around),
            app_pipeline: self.pipeline(&written.middleware.app, around),
            access: self.access(&name.value, &written.access),
            sidecar: self.sidecar(&name.value, &written.sidecar, contract.is_some()),
            configuration: self.configuration(written, around),
            actor_store: written.actor_store.as_ref().and_then(|store| self.used_component(store, around)),
            workflow: written.workflow.as_ref().map(workflow),
            jobs: jobs(contract, written),
            resources: self.resources(name, &written.resources),
            grace: self.or_default(written.grace.as_ref(), &path("grace"), GRACE),
            handles: written.handles.as_ref().map(Fact::from),
            egress: written.egress.iter().map(Fact::from).collect(),
            app_token: self.token(written.app_token.as_ref(), around),
            api_token: self.token(written.api_token.as_ref(), around),
            uses: unique(uses, |used| used.value.clone()),
            env: Vec::new(),
            modes: contract.map_or_else(Vec::new, |contract| contract.modes.iter().map(Fact::from).collect()),
            contract: contract_file,
            function: self.function(name, &written.function, &run, around),
            events: contract.map_or_else(Entries::default, |contract| contract.events.clone()),
            run,
            subscriptions,
            publishes,
            secrets,
            identity: written.identity.as_ref().or(self.document.cluster.identity.as_ref()).map(Fact::from),
            scale,
        };
        service.env = environment_variables(&service, written, around);
        service
    }

    fn token(
        &mut self,
        written: Option<&Located<SecretReference>>,
        around: Surroundings<'_>,
    ) -> Option<Fact<SecretKey>> {
        let written = written?;
        self.secret_reference(around.secrets, &written.value.0, written.at);
        Some(Fact::written_at(written.value.0.clone(), written.at))
    }

    fn image(&mut self, name: &Located<String>, written: &document::Service) -> Image {
        let registry = self.document.images.registry.as_ref();
        let default =
            registry.map_or_else(|| name.value.clone(), |registry| format!("{}/{}", registry.value, name.value));
        let path = format!("services.{}.image", name.value);
        let mut reference = self.or_default(written.image.as_ref(), &path, default);
        reference.at = reference.at.or_else(|| registry.map(|registry| registry.at));
        Image { written: written.image.is_some(), ..Image::from_reference(reference) }
    }

    fn resources(&mut self, name: &Located<String>, written: &document::Resources) -> [Fact<String>; 3] {
        let path = |field: &str| format!("services.{}.resources.{field}", name.value);
        [
            self.or_default(written.cpu.as_ref(), &path("cpu"), "50m".to_owned()),
            self.or_default(written.memory.as_ref(), &path("memory"), "64Mi".to_owned()),
            self.or_default(written.memory_limit.as_ref(), &path("memoryLimit"), "256Mi".to_owned()),
        ]
    }

    fn invocations(
        &mut self,
        written: &document::Service,
        contract: Option<&Contract>,
        around: Surroundings<'_>,
    ) -> Vec<Invocation> {
        let promised = contract.into_iter().flat_map(|contract| &contract.invokes);
        let named = written.invokes.iter().map(|invoked| &invoked.0);
        promised.chain(named).filter_map(|invokes| self.invocation(invokes, around)).collect()
    }

    fn invocation(&mut self, invokes: &Invokes, around: Surroundings<'_>) -> Option<Invocation> {
        let service = invokes.service.as_ref()?;
        let known = self.document.services.get(&service.value).is_some_and(is_deployed)
            || around.externals.contains_key(service.value.as_str());
        if !known {
            self.dangling(Reference::Service, &service.value, service.at);
            return None;
        }
        Some(Invocation {
            service: service.value.as_str().into(),
            method: invokes.method.as_ref().map(|method| method.value.clone()),
            verbs: invokes.verbs.iter().map(|verb| verb.value.clone()).collect(),
            at: service.at,
        })
    }

    /// Components and secret keys, by contract and by spec.
    fn uses(
        &mut self,
        written: &document::Service,
        contract: Option<&Contract>,
        around: Surroundings<'_>,
    ) -> (Vec<Fact<ComponentName>>, Vec<Fact<SecretKey>>) {
        let (mut components, mut secrets) = (Vec::new(), Vec::new());
        for key in contract.into_iter().flat_map(|contract| &contract.secrets) {
            self.secret_reference(around.secrets, &key.value, key.at);
            secrets.push(Fact::from(key));
        }
        for store in contract.into_iter().flat_map(|contract| &contract.stores) {
            components.extend(self.used_component(store, around));
        }
        for used in &written.uses {
            match around.secrets.get(used.value.as_str()) {
                Some(secret) => secrets.extend(secret.keys.iter().map(|key| {
                    Fact::written_at(SecretKey { secret: used.value.clone(), key: key.value.clone() }, used.at)
                })),
                None => components.extend(self.used_component(used, around)),
            }
        }
        for (_, setting) in &written.env {
            if let Setting::Secret(key) = &setting.value {
                self.secret_reference(around.secrets, key, setting.at);
            }
        }
        (components, unique(secrets, |key| key.value.clone()))
    }

    fn configuration(
        &mut self,
        written: &document::Service,
        around: Surroundings<'_>,
    ) -> Vec<(Fact<ComponentName>, Vec<String>)> {
        let followed = written.configuration.iter().filter_map(|(store, keys)| {
            let keys = keys.iter().map(|key| key.value.clone()).collect();
            Some((self.used_component(store, around)?, keys))
        });
        followed.collect()
    }

    fn pipeline(&mut self, written: &[Located<String>], around: Surroundings<'_>) -> Vec<Fact<ComponentName>> {
        written.iter().filter_map(|name| self.used_component(name, around)).collect()
    }

    fn used_component(&mut self, name: &Located<String>, around: Surroundings<'_>) -> Option<Fact<ComponentName>> {
        if !around.components.contains_key(name.value.as_str()) {
            self.dangling(Reference::Component, &name.value, name.at);
            return None;
        }
        Some(Fact::written_at(name.value.as_str().into(), name.at))
    }
}

/// Who invokes each service.
pub(super) fn invokers(services: &BTreeMap<ServiceName, Service>) -> BTreeMap<ServiceName, BTreeSet<ServiceName>> {
    let mut invokers: BTreeMap<ServiceName, BTreeSet<ServiceName>> = BTreeMap::new();
    for (name, service) in services {
        for invocation in &service.invokes {
            invokers.entry(invocation.service.clone()).or_default().insert(name.clone());
        }
    }
    invokers
}

/// The services that the environment leaves out, and where it says so.
pub(super) fn left_out(document: &document::Document) -> BTreeMap<ServiceName, Span> {
    let written = document.services.iter().filter(|(_, written)| !is_deployed(written));
    written
        .map(|(name, written)| {
            (name.value.as_str().into(), written.deploy.as_ref().map_or(name.at, |deploy| deploy.at))
        })
        .collect()
}

fn is_deployed(written: &document::Service) -> bool {
    written.deploy.as_ref().is_none_or(|deploy| deploy.value)
}

fn jobs(contract: Option<&Contract>, written: &document::Service) -> Vec<Job> {
    let promised = contract.into_iter().flat_map(|contract| &contract.schedules);
    let names = promised.filter_map(|schedules| schedules.job.as_ref()).chain(&written.schedules);
    names.map(|job| Job { name: job.value.clone(), at: job.at }).collect()
}
