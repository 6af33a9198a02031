//! resolve_: from the document as written to one stack in which every reference holds and every default is taken.

mod access;
mod actors;
mod aws;
mod behavior;
mod bindings;
mod brokers;
mod bus_variables;
mod cluster;
mod components;
mod environment;
mod externals;
mod function;
mod idle_fields;
mod invoked;
mod job;
mod kafka_metadata;
mod lag;
mod manifest_object;
mod manifests;
mod monitoring;
mod queues;
mod resiliency;
mod resolver;
mod scale;
mod secrets;
mod services;
mod sidecar;
mod subscriptions;
mod surroundings;
mod template_view;
mod templates;
mod topics;
mod tracing;
mod triggers;
mod users;

use crate::finding::Findings;
use crate::model::Stack;
use crate::spec::Project;
use resolver::Resolver;

/// resolve_: every reference, every default. What names nothing is kept in [`Stack::dangling`] for the checks;
/// the findings are of what is missing altogether.
pub fn resolve_stack(project: &Project) -> (Stack, Findings) {
    let mut resolver = Resolver::new(project);
    let name = resolver.stack_name();
    let cluster = resolver.cluster(&name.value);
    let topics = resolver.topics();
    let secrets = resolver.secrets();
    let secret_source = resolver.secret_source();
    let name_resolution = resolver.name_resolution();
    let tracing = resolver.tracing(&secrets);
    let monitoring = resolver.monitoring();
    let externals = resolver.externals(&secrets);
    let aws = resolver.aws(&name.value);
    let mut components = resolver.components(&topics, &secrets);
    let resiliency = resolver.resiliency(&components);
    let mut services = resolver.services(surroundings::Surroundings {
        topics: &topics,
        secrets: &secrets,
        components: &components,
        carriers: &surroundings::carriers(&components),
        externals: &externals,
        tracing: tracing.as_ref(),
        aws: aws.as_ref(),
        namespace: &cluster.namespace.value,
    });
    queues::add_queues(&mut components, &services, aws.as_ref());
    users::assign_users(&mut components, &services);
    actors::complete_actor_stores(&mut components, &services);
    bindings::complete_bindings(&mut components, &services);
    resolver.complete_access(&mut services, &externals, &cluster.namespace);
    invoked::complete_invocations(&mut services, &externals, &cluster.namespace.value);
    let invokers = services::invokers(&services);
    resolver.wanted_of_aws(&services, &components, aws.as_ref());
    let left_out = services::left_out(&project.document);
    let Resolver { defaults, dangling, mut findings, .. } = resolver;
    let environment = project.environment.clone();
    let unread = project.unread.iter().map(|name| name.as_str().into()).collect();
    let mut stack = Stack {
        name,
        environment,
        cluster,
        secret_source,
        name_resolution,
        tracing,
        monitoring,
        aws,
        resiliency,
        topics,
        secrets,
        components,
        services,
        left_out,
        externals,
        invokers,
        manifests: Vec::new(),
        whole: project.whole,
        unread,
        elsewhere: project.elsewhere.clone(),
        acceptances: project.acceptances.clone(),
        idle_fields: idle_fields::idle_fields(project),
        dangling,
        defaults,
    };
    stack.manifests = manifests::resolve_manifests(project, &stack, &mut findings);
    (stack, findings)
}
