use super::request::{Requests, Step};
use super::statement::allow;
use super::tags;
use crate::model::{Broker, Service, Stack, Subscription};
use crate::render::tree::{Map, Tree};
use crate::spec::document::Sasl;

/// After so many tries a batch, halved each time, goes to the queue of what failed.
const RETRIES: u64 = 10;

/// One mapping for each topic that a function reads from Kafka.
pub(super) fn render_event_sources(requests: &mut Requests<'_>, service: &Service, function: &str) {
    let stack = requests.stack;
    for (subscription, broker) in sources(stack, service) {
        let name = requests.aws.queue_name(&service.name, &subscription.topic);
        let body = render_mapping(requests, service, function, subscription, broker);
        requests.add(Step::EventSource, &name, body);
    }
}

/// What Lambda asks for in the function's name, and whether it attaches to a network for it.
pub(super) fn allow_event_sources(stack: &Stack, service: &Service) -> (Vec<Map>, bool) {
    let mut clusters = Vec::new();
    let mut secrets = Vec::new();
    for (_, broker) in sources(stack, service) {
        let source = &broker.event_source;
        clusters.extend(source.cluster.iter().map(|arn| arn.value.to_string()));
        secrets.extend([&source.credentials, &source.authority].into_iter().flatten().map(|arn| arn.value.to_string()));
    }
    let unique = |mut arns: Vec<String>| {
        arns.sort();
        arns.dedup();
        arns
    };
    let (clusters, secrets) = (unique(clusters), unique(secrets));
    let in_network = !clusters.is_empty();
    let asked = ["kafka:DescribeCluster", "kafka:DescribeClusterV2", "kafka:GetBootstrapBrokers"];
    let clusters = (!clusters.is_empty()).then(|| allow(&asked, clusters));
    let secrets = (!secrets.is_empty()).then(|| allow(&["secretsmanager:GetSecretValue"], secrets));
    (clusters.into_iter().chain(secrets).collect(), in_network)
}

fn sources<'a>(stack: &'a Stack, service: &'a Service) -> Vec<(&'a Subscription, &'a Broker)> {
    let read = service.subscriptions.iter().filter_map(|subscription| {
        Some((subscription, stack.components.get(&subscription.component)?.broker.as_ref()?))
    });
    read.collect()
}

fn render_mapping(
    requests: &Requests<'_>,
    service: &Service,
    function: &str,
    subscription: &Subscription,
    broker: &Broker,
) -> Map {
    let (stack, aws, source) = (requests.stack, requests.aws, &broker.event_source);
    let failed = Map::new().with("Destination", aws.queue_arn(&aws.failed_queue(&service.name)));
    let group = Map::new().with("ConsumerGroupId", Tree::text(&subscription.group));
    let window = source.batch_window.as_ref();
    let body = Map::new()
        .with("FunctionName", function)
        .with("Topics", vec![Tree::from(subscription.topic.as_str()).at_place(Some(subscription.at))])
        .with("StartingPosition", "TRIM_HORIZON")
        .with("BatchSize", Tree::number(&source.batch_size))
        .maybe(
            "MaximumBatchingWindowInSeconds",
            window.map(|window| Tree::from(window.value.as_seconds()).at_place(window.at)),
        )
        .with("BisectBatchOnFunctionError", true)
        .with("MaximumRetryAttempts", RETRIES)
        .with("FunctionResponseTypes", vec![Tree::from("ReportBatchItemFailures")])
        .with("DestinationConfig", Map::new().with("OnFailure", failed))
        .list("SourceAccessConfigurations", render_access(requests, broker));
    let body = if let Some(cluster) = &source.cluster {
        body.with("EventSourceArn", Tree::text(cluster)).with("AmazonManagedKafkaEventSourceConfig", group)
    } else {
        let addresses: Vec<Tree> = broker.addresses.known().iter().map(Tree::text).collect();
        let endpoints = Map::new().with("KAFKA_BOOTSTRAP_SERVERS", addresses);
        body.with("SelfManagedEventSource", Map::new().with("Endpoints", endpoints))
            .with("SelfManagedKafkaEventSourceConfig", group)
    };
    body.with("Tags", tags(stack))
}

fn render_access(requests: &Requests<'_>, broker: &Broker) -> Vec<Tree> {
    let source = &broker.event_source;
    let entry = |kind: &str, uri: Tree| Tree::from(Map::new().with("Type", kind).with("URI", uri));
    let mechanism = broker.credentials.as_ref().map(|credentials| match credentials.sasl.value {
        Sasl::Plain => "BASIC_AUTH",
        Sasl::ScramSha256 => "SASL_SCRAM_256_AUTH",
        Sasl::ScramSha512 => "SASL_SCRAM_512_AUTH",
    });
    let credentials = mechanism.zip(source.credentials.as_ref()).map(|(kind, arn)| entry(kind, Tree::text(arn)));
    let authority = source.authority.as_ref().map(|arn| entry("SERVER_ROOT_CA_CERTIFICATE", Tree::text(arn)));
    // An MSK cluster says itself in which network it is.
    let network = requests.aws.network.as_ref().filter(|_| source.cluster.is_none());
    let places = network.into_iter().flat_map(|network| {
        let subnets = network.subnets.iter().map(|subnet| ("VPC_SUBNET", format!("subnet:{}", subnet.value)));
        let groups = network
            .security_groups
            .iter()
            .map(|group| ("VPC_SECURITY_GROUP", format!("security_group:{}", group.value)));
        subnets.chain(groups).collect::<Vec<_>>()
    });
    let places = places.map(|(kind, uri)| entry(kind, Tree::from(uri)));
    credentials.into_iter().chain(authority).chain(places).collect()
}
