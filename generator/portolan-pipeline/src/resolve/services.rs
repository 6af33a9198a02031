use std::collections::{BTreeMap, BTreeSet};

use super::environment::environment_variables;
use super::resolver::{Resolver, unique};
use super::surroundings::Surroundings;
use crate::model::{ComponentName, Fact, Image, Invocation, Job, Reference, Service, ServiceName};
use crate::spec::contract::Contract;
use crate::spec::document::{self, Run};
use crate::spec::{Duration, Entries, Located, SecretKey, Setting};

const PORT: u16 = 8080;
const GRACE: Duration = Duration::seconds(60);

impl Resolver<'_> {
    pub(super) fn services(&mut self, around: Surroundings<'_>) -> BTreeMap<ServiceName, Service> {
        let document = self.document;
        let mut services = BTreeMap::new();
        for (name, written) in &document.services {
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
        let subscriptions = self.subscriptions(name, written, contract, around);
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
            jobs: contract.map_or_else(Vec::new, jobs),
            resources: self.resources(name, &written.resources),
            grace: self.or_default(written.grace.as_ref(), &path("grace"), GRACE),
            egress: written.egress.iter().map(Fact::from).collect(),
            uses: unique(uses, |used| used.value.clone()),
            env: Vec::new(),
            modes: contract.map_or_else(Vec::new, |contract| contract.modes.iter().map(Fact::from).collect()),
            contract: contract_file,
            events: contract.map_or_else(Entries::default, |contract| contract.events.clone()),
            run,
            subscriptions,
            publishes,
            secrets,
            scale,
        };
        service.env = environment_variables(&service, written, around);
        service
    }

    fn image(&mut self, name: &Located<String>, written: &document::Service) -> Image {
        let registry = self.document.images.registry.as_ref();
        let default =
            registry.map_or_else(|| name.value.clone(), |registry| format!("{}/{}", registry.value, name.value));
        let path = format!("services.{}.image", name.value);
        let mut reference = self.or_default(written.image.as_ref(), &path, default);
        reference.at = reference.at.or_else(|| registry.map(|registry| registry.at));
        Image::from_reference(reference)
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
        let promised = contract.into_iter().flat_map(|contract| &contract.invokes).filter_map(|invokes| {
            let service = invokes.service.as_ref()?;
            let method = invokes.method.as_ref().map(|method| method.value.clone());
            Some((service, method, invokes.verbs.iter().map(|verb| verb.value.clone()).collect()))
        });
        let named = written.invokes.iter().map(|service| (service, None, Vec::new()));
        let all: Vec<(&Located<String>, Option<String>, Vec<String>)> = promised.chain(named).collect();
        all.into_iter().filter_map(|(service, method, verbs)| self.invocation(service, method, verbs, around)).collect()
    }

    fn invocation(
        &mut self,
        service: &Located<String>,
        method: Option<String>,
        verbs: Vec<String>,
        around: Surroundings<'_>,
    ) -> Option<Invocation> {
        let known = self.document.services.get(&service.value).is_some()
            || around.externals.contains_key(service.value.as_str());
        if !known {
            self.dangling(Reference::Service, &service.value, service.at);
            return None;
        }
        Some(Invocation { service: service.value.as_str().into(), method, verbs, at: service.at })
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

fn jobs(contract: &Contract) -> Vec<Job> {
    let names = contract.schedules.iter().filter_map(|schedules| schedules.job.as_ref());
    names.map(|job| Job { name: job.value.clone(), at: job.at }).collect()
}
