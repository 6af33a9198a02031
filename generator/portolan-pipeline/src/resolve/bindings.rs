use std::collections::BTreeMap;

use super::kafka_metadata::{item, plain};
use super::resolver::{Resolver, unique};
use super::surroundings::Surroundings;
use crate::catalogue;
use crate::model::{Binding, Component, ComponentName, Fact, Reference, Service, ServiceName};
use crate::spec::contract::{self, Contract};
use crate::spec::document::{self, Side};
use crate::spec::{Located, Setting};

impl Resolver<'_> {
    /// What the contract says and what the spec says, one binding for each component.
    pub(super) fn bindings(
        &mut self,
        service: &Located<String>,
        written: &document::Service,
        contract: Option<&Contract>,
        around: Surroundings<'_>,
    ) -> Vec<Binding> {
        let mut bindings: Vec<Binding> = Vec::new();
        let nothing = document::Binding::default();
        for promised in contract.into_iter().flat_map(|contract| &contract.bindings) {
            let Some(name) = &promised.binding else { continue };
            let over = written.bindings.get(&name.value).unwrap_or(&nothing);
            bindings.extend(self.binding(service, name, over, Some(promised), around));
        }
        for (name, over) in &written.bindings {
            if bindings.iter().all(|known| known.component.as_str() != name.value) {
                bindings.extend(self.binding(service, name, over, None, around));
            }
        }
        bindings
    }

    fn binding(
        &mut self,
        service: &Located<String>,
        name: &Located<String>,
        over: &document::Binding,
        contract: Option<&contract::Binds>,
        around: Surroundings<'_>,
    ) -> Option<Binding> {
        let Some(component) = around.components.get(name.value.as_str()) else {
            self.dangling(Reference::Component, &name.value, name.at);
            return None;
        };
        let promised = contract.into_iter().flat_map(|contract| &contract.operations);
        let operations = unique(promised.chain(&over.operations), |operation| operation.value.clone());
        let served = contract.and_then(|contract| contract.route.as_ref());
        let route = over.route.as_ref().or(served);
        let (input, output) = match over.direction.as_ref().map(|side| side.value) {
            Some(side) => (side != Side::Output, side != Side::Input),
            None if route.is_some() || !operations.is_empty() => (route.is_some(), !operations.is_empty()),
            None => self.sides(component),
        };
        let route = input.then(|| match (route, component.plain("route")) {
            (Some(route), _) => Fact::from(route),
            (None, Some(route)) => {
                Fact { value: with_slash(route), at: component.item("route").and_then(|item| item.value.at) }
            }
            (None, None) => {
                let path = format!("services.{}.bindings.{}.route", service.value, name.value);
                self.or_default(None, &path, usual_route(&component.name))
            }
        });
        Some(Binding {
            component: component.name.clone(),
            at: name.at,
            route,
            output,
            operations: operations.into_iter().map(Fact::from).collect(),
            served: served.map(Fact::from),
        })
    }

    /// The only side that the type has; both where it has both or is not known.
    fn sides(&self, component: &Component) -> (bool, bool) {
        let kind = &component.kind.value;
        let version = self.document.cluster.dapr.as_ref().map_or(catalogue::NEWEST_DAPR, |version| &version.value);
        let entry = catalogue::dapr(version).and_then(|release| release.component(&kind.name, &kind.version));
        let sides = entry.map(|entry| (entry.can("input"), entry.can("output")));
        sides.filter(|(input, output)| input != output).unwrap_or((true, true))
    }
}

/// `direction` and `route` of each binding, from those who use it. What the spec writes itself stays.
pub(super) fn complete_bindings(
    components: &mut BTreeMap<ComponentName, Component>,
    services: &BTreeMap<ServiceName, Service>,
) {
    let mut users: BTreeMap<&ComponentName, Vec<&Binding>> = BTreeMap::new();
    for binding in services.values().filter(|service| service.has_sidecar()).flat_map(|service| &service.bindings) {
        users.entry(&binding.component).or_default().push(binding);
    }
    for (name, bindings) in users {
        if let Some(component) = components.get_mut(name).filter(|component| component.kind.value.block() == "bindings")
        {
            complete(component, &bindings);
        }
    }
}

fn complete(component: &mut Component, bindings: &[&Binding]) {
    let input = bindings.iter().find_map(|binding| binding.route.as_ref());
    let output = bindings.iter().any(|binding| binding.output);
    let sides = match (input, output) {
        (Some(_), true) => "input, output",
        (Some(_), false) => "input",
        (None, _) => "output",
    };
    let route = input.filter(|route| route.value != usual_route(&component.name));
    let mut add = |key: &str, value: Fact<Setting>| {
        if component.item(key).is_none() {
            component.metadata.push(item(key, value));
        }
    };
    add("direction", Fact { value: plain(sides), at: bindings.first().map(|binding| binding.at) });
    if let Some(route) = route {
        add("route", route.clone().map(|route| plain(&route)));
    }
}

/// Dapr posts to the component's name where no route is given.
fn usual_route(component: &ComponentName) -> String {
    format!("/{component}")
}

fn with_slash(route: &str) -> String {
    format!("/{}", route.trim_start_matches('/'))
}
