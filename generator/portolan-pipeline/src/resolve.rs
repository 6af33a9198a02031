//! resolve_: from the document as written to one stack in which every reference holds and every default is taken.

mod aws;
mod brokers;
mod bus_variables;
mod cluster;
mod components;
mod environment;
mod function;
mod kafka_metadata;
mod lag;
mod monitoring;
mod queues;
mod resolver;
mod scale;
mod secrets;
mod services;
mod subscriptions;
mod surroundings;
mod topics;
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
    let tracing = resolver.tracing();
    let monitoring = resolver.monitoring();
    let resiliency = resolver.resiliency();
    let externals = resolver.externals();
    let aws = resolver.aws(&name.value);
    let mut components = resolver.components(&topics, &secrets);
    let services = resolver.services(surroundings::Surroundings {
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
    let invokers = services::invokers(&services);
    resolver.wanted_of_aws(&services, &components, aws.as_ref());
    let left_out = services::left_out(&project.document);
    let Resolver { defaults, dangling, findings, .. } = resolver;
    let environment = project.environment.clone();
    let unread = project.unread.iter().map(|name| name.as_str().into()).collect();
    let stack = Stack {
        name,
        environment,
        cluster,
        secret_source,
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
        whole: project.whole,
        unread,
        elsewhere: project.elsewhere.clone(),
        dangling,
        defaults,
    };
    (stack, findings)
}
