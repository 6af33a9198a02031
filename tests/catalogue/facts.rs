//! What upstream's own metadata has wrong, and the catalogue right: names that would be false alarms without.

use portolan_pipeline::catalogue::{self, Build, Status};

#[test]
fn the_names_that_daprd_registers_are_the_types() {
    let release = catalogue::dapr("1.18").unwrap();
    let kind = |name: &str, version: &str| release.component(name, version).map(|entry| entry.kind.as_str());
    assert_eq!(kind("pubsub.azure.servicebus", "v1"), Some("pubsub.azure.servicebus.topics"));
    assert_eq!(kind("secretstores.aws.secretmanager", "v1"), Some("secretstores.aws.secretmanager"));
    assert_eq!(kind("secretstores.aws.secretsmanager", "v1"), None);
    assert_eq!(kind("state.postgres", "v1"), Some("state.postgresql"));
    assert_eq!(kind("configuration.postgres", "v1"), Some("configuration.postgresql"));
    assert_eq!(kind("state.cockroachdb", "v2"), Some("state.postgresql"));
    assert_eq!(kind("state.yugabytedb", "v2"), Some("state.postgresql"));
    assert_eq!(kind("crypto.dapr.jwks", "v1"), Some("crypto.dapr.jwks"));
    assert_eq!(kind("middleware.http.wasm", "v1"), Some("middleware.http.wasm"));
    assert_eq!(kind("state.etcd", "v2"), Some("state.etcd"));
    assert_eq!(release.versions("state.sqlserver").collect::<Vec<_>>(), ["v1", "v2"]);
    let unregistered: Vec<&str> =
        release.components().filter(|entry| entry.daprd.is_none()).map(|entry| entry.kind.as_str()).collect();
    assert_eq!(unregistered, ["bindings.kitex"]);
}

/// Type, key as somebody writes it.
const READ: [(&str, &str); 34] = [
    ("state.redis", "actorStateStore"),
    ("state.redis", "keyPrefix"),
    ("state.mongodb", "outboxPublishPubsub"),
    ("state.mongodb", "outboxPublishTopic"),
    ("pubsub.pulsar", "publishingScopes"),
    ("pubsub.pulsar", "allowedTopics"),
    ("pubsub.gcp.pubsub", "consumerID"),
    ("bindings.http", "direction"),
    ("lock.redis", "keyPrefix"),
    ("state.azure.blobstorage", "storageAccount"),
    ("state.azure.blobstorage", "storageAccessKey"),
    ("state.azure.blobstorage", "container"),
    ("state.azure.cosmosdb", "spnClientId"),
    ("secretstores.azure.keyvault", "spnTenantId"),
    ("secretstores.azure.keyvault", "spnCertificate"),
    ("bindings.azure.storagequeues", "queueEndpointUrl"),
    ("pubsub.rabbitmq", "host"),
    ("pubsub.rabbitmq", "concurrencyMode"),
    ("pubsub.rabbitmq", "concurrency"),
    ("state.redis", "maxRetries"),
    ("lock.redis", "maxRetryBackoff"),
    ("state.postgresql", "url"),
    ("state.postgresql", "timeoutInSeconds"),
    ("state.postgresql", "CLEANUPINTERVALINSECONDS"),
    ("pubsub.kafka", "authRequired"),
    ("bindings.kafka", "authRequired"),
    ("pubsub.kafka", "backOffMaxRetries"),
    ("pubsub.jetstream", "backOffDuration"),
    ("pubsub.pulsar", "orders.jsonschema"),
    ("bindings.graphql", "header:Authorization"),
    ("middleware.http.routeralias", "/mall/stocks"),
    ("bindings.aws.s3", "trustAnchorArn"),
    ("secretstores.kubernetes", "defaultNamespace"),
    ("conversation.openai", "key"),
];

#[test]
fn what_the_code_reads_is_known() {
    let release = catalogue::dapr("1.18").unwrap();
    for (kind, written) in READ {
        let version = release.versions(kind).next().unwrap_or_else(|| panic!("no {kind}"));
        let entry = release.component(kind, version).unwrap();
        assert!(release.keys(entry).any(|key| key.is_named(written)), "{kind} reads {written}");
    }
}

#[test]
fn kafka_reads_seven_keys_in_one_spelling() {
    let release = catalogue::dapr("1.18").unwrap();
    let kafka = release.component("pubsub.kafka", "v1").unwrap();
    for name in [
        "initialOffset",
        "caCert",
        "consumeRetryInterval",
        "channelBufferSize",
        "consumerFetchMin",
        "consumerFetchDefault",
        "excludeHeaderMetaRegex",
    ] {
        assert!(release.keys(kafka).any(|key| key.name == name && key.exact_case), "{name}");
    }
}

#[test]
fn what_a_type_can_is_what_its_code_does() {
    let release = catalogue::dapr("1.18").unwrap();
    let native: Vec<&str> =
        release.components().filter(|entry| entry.has_native_bulk()).map(|entry| entry.kind.as_str()).collect();
    assert_eq!(
        native,
        ["pubsub.azure.eventhubs", "pubsub.azure.servicebus.queues", "pubsub.azure.servicebus.topics", "pubsub.kafka"]
    );
    let kafka = release.component("pubsub.kafka", "v1").unwrap();
    assert_eq!((kafka.status, kafka.daprd), (Status::Stable, Some(Build::Stable)));
    assert!(kafka.lag_trigger.as_ref().is_some_and(|lag| lag.scaler == "kafka"));
    let smtp = release.component("bindings.smtp", "v1").unwrap();
    assert_eq!((smtp.status, smtp.daprd), (Status::Alpha, Some(Build::All)));
}

/// KEDA's own schema lacks these; its code reads them.
#[test]
fn what_scalers_look_up_beside_their_fields_is_known() {
    let keda = catalogue::keda("2.21").unwrap();
    let takes = |scaler: &str, name: &str| keda.scaler(scaler).unwrap().keys.iter().any(|key| key.is_trigger_key(name));
    assert!(takes("azure-servicebus", "endpointSuffix"));
    assert!(takes("azure-eventhub", "storageEndpointSuffix"));
    assert!(takes("gcp-pubsub", "credentialsFromEnv"));
    assert!(takes("aws-sqs-queue", "awsAccessKeyIDFromEnv"));
    assert!(takes("sumologic", "query.A"));
    assert!(takes("external", "anythingAtAll"));
    assert!(!takes("kafka", "password") && !takes("kafka", "lagthreshold"));
}
