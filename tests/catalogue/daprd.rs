//! A second independent judge: a real sidecar misses a key exactly where portolan finds that it is misspelt.

use std::fs;
use std::time::Duration;

use portolan_parts::{Daprd, Scratch};

use crate::stack::{Value, metadata_findings};

/// A type, the key that is misspelt, what the sidecar then says, and a use that it has nothing against. Nothing listens at the
/// addresses: a sidecar that goes as far as to connect has read the metadata.
type Case = (&'static str, &'static str, &'static str, &'static [(&'static str, &'static str)]);

const POSTGRES: (&str, &str) = ("connectionString", "host=127.0.0.1 port=1");
const SQL_SERVER: (&str, &str) = ("connectionString", "server=127.0.0.1;port=1;user id=a;password=b");
const ACCOUNT: (&str, &str) = ("accountName", "a");
const KEY: (&str, &str) = ("accountKey", "dGV4dA==");
const ENDPOINT: (&str, &str) = ("endpoint", "http://127.0.0.1:1");

const CASES: [Case; 28] = [
    ("pubsub.kafka/v1", "brokers", "missing 'brokers'", &[("brokers", "127.0.0.1:1"), ("authType", "none")]),
    (
        "bindings.kafka/v1",
        "brokers",
        "missing 'brokers'",
        &[("brokers", "127.0.0.1:1"), ("authType", "none"), ("topics", "a"), ("direction", "output")],
    ),
    ("pubsub.pulsar/v1", "host", "missing pulsar host", &[("host", "127.0.0.1:1")]),
    ("pubsub.mqtt3/v1", "url", "missing url", &[("url", "tcp://127.0.0.1:1"), ("consumerID", "a")]),
    (
        "pubsub.azure.servicebus/v1",
        "connectionString",
        "connection string or namespace name are required",
        &[("connectionString", "Endpoint=sb://127.0.0.1/;SharedAccessKeyName=a;SharedAccessKey=b")],
    ),
    ("bindings.cron/v1", "schedule", "schedule not set", &[("schedule", "@every 1h")]),
    ("bindings.localstorage/v1", "rootPath", "rootPath must not be empty", &[("rootPath", "FOLDER")]),
    ("bindings.rabbitmq/v1", "queueName", "missing queue Name", &[("queueName", "a"), ("host", "amqp://127.0.0.1:1")]),
    ("bindings.postgresql/v1", "connectionString", "failed to build connection string", &[POSTGRES]),
    (
        "bindings.azure.blobstorage/v1",
        "containerName",
        "empty containerName",
        &[("containerName", "a"), ACCOUNT, KEY, ENDPOINT],
    ),
    (
        "bindings.azure.storagequeues/v1",
        "queueName",
        "empty queueName",
        &[("queueName", "a"), ACCOUNT, KEY, ("queueEndpointUrl", "http://127.0.0.1:1")],
    ),
    (
        "configuration.postgresql/v1",
        "table",
        "missing postgreSQL configuration table name",
        &[("table", "a"), POSTGRES],
    ),
    (
        "secretstores.local.file/v1",
        "secretsFile",
        "missing local secrets file",
        &[("secretsFile", "FOLDER/secrets.json")],
    ),
    (
        "secretstores.hashicorp.vault/v1",
        "vaultToken",
        "token mount path and token not set",
        &[("vaultToken", "a"), ("vaultAddr", "http://127.0.0.1:1")],
    ),
    ("state.postgresql/v1", "connectionString", "failed to build connection string", &[POSTGRES]),
    ("state.postgresql/v2", "connectionString", "failed to build connection string", &[POSTGRES]),
    ("state.cockroachdb/v1", "connectionString", "failed to build connection string", &[POSTGRES]),
    (
        "state.mysql/v1",
        "connectionString",
        "missing connection string",
        &[("connectionString", "a:b@tcp(127.0.0.1:1)/")],
    ),
    ("state.sqlserver/v1", "connectionString", "missing connection string", &[SQL_SERVER]),
    ("state.sqlserver/v2", "connectionString", "missing connection string", &[SQL_SERVER]),
    ("state.sqlite/v1", "connectionString", "missing connection string", &[("connectionString", "FOLDER/state.db")]),
    ("state.mongodb/v1", "host", "must set 'host' or 'server'", &[("host", "127.0.0.1:1"), ("operationTimeout", "1s")]),
    (
        "state.aws.dynamodb/v1",
        "table",
        "missing dynamodb table name",
        &[("table", "a"), ("region", "us-east-1"), ENDPOINT, ("accessKey", "a"), ("secretKey", "b")],
    ),
    (
        "state.azure.blobstorage/v1",
        "containerName",
        "empty containerName",
        &[("containerName", "a"), ACCOUNT, KEY, ENDPOINT],
    ),
    (
        "state.azure.blobstorage/v2",
        "containerName",
        "empty containerName",
        &[("containerName", "a"), ACCOUNT, KEY, ENDPOINT],
    ),
    (
        "state.azure.tablestorage/v1",
        "tableName",
        "empty tableName",
        &[("tableName", "a"), ACCOUNT, KEY, ("serviceURL", "http://127.0.0.1:1")],
    ),
    ("state.cassandra/v1", "hosts", "empty hosts", &[("hosts", "127.0.0.1"), ("port", "1")]),
    ("state.memcached/v1", "hosts", "empty hosts", &[("hosts", "127.0.0.1:1")]),
];

#[test]
fn a_sidecar_misses_what_is_found_to_be_misspelt_and_nothing_else() {
    let (right, wrong) = std::thread::scope(|both| {
        let right = both.spawn(|| log_of(false));
        (right.join().unwrap(), log_of(true))
    });
    for (kind, misspelt, complaint, metadata) in CASES {
        let (kind, version) = kind.split_once('/').unwrap();
        let found = |slip| {
            let metadata =
                metadata.iter().map(|(name, _)| (written(name, misspelt, slip), Value::Secret)).collect::<Vec<_>>();
            metadata_findings("1.18", kind, version, &metadata)
        };
        let name = component_name(kind, version);
        assert_eq!(found(false), [], "{kind}");
        assert!(!said(&right, &name).contains(complaint), "{kind} is right: {}", said(&right, &name));
        let slips = found(true);
        assert!(
            matches!(slips.as_slice(), [(code, text)] if code == "P601" && text.contains(misspelt)),
            "{kind}: {slips:?}"
        );
        assert!(said(&wrong, &name).contains(complaint), "{kind} is wrong: {}", said(&wrong, &name));
    }
}

/// The misspelt key has its last letter twice.
fn written(name: &str, misspelt: &str, slip: bool) -> String {
    let last = name.chars().last().filter(|_| slip && name == misspelt);
    format!("{name}{}", last.map(String::from).unwrap_or_default())
}

fn component_name(kind: &str, version: &str) -> String {
    format!("{kind}.{version}").replace('.', "-")
}

/// What a sidecar says that has all the components, and may do without each of them.
fn log_of(slip: bool) -> String {
    let scratch = Scratch::new("catalogue").unwrap();
    scratch.write("secrets.json", "{}").unwrap();
    fs::create_dir(scratch.join("resources")).unwrap();
    let folder = scratch.path().to_str().unwrap();
    for (kind, misspelt, _, metadata) in CASES {
        let (kind, version) = kind.split_once('/').unwrap();
        let items = metadata.iter().map(|(name, value)| {
            serde_json::json!({ "name": written(name, misspelt, slip), "value": value.replace("FOLDER", folder) })
        });
        let name = component_name(kind, version);
        let component = serde_json::json!({
            "apiVersion": "dapr.io/v1alpha1",
            "kind": "Component",
            "metadata": { "name": name },
            "spec": {
                "type": kind, "version": version, "ignoreErrors": true, "initTimeout": "1s", "metadata": items.collect::<Vec<_>>(),
            },
        });
        scratch.write(&format!("resources/{name}.yaml"), component.to_string()).unwrap();
    }
    let sidecar = Daprd::builder("catalogue").resources(scratch.join("resources")).patience(Duration::from_mins(2));
    sidecar.start().unwrap().log()
}

/// What the log says of the start of a component.
fn said<'a>(log: &'a str, name: &str) -> &'a str {
    let begins = format!("Failed to init component {name} ");
    log.lines().find(|line| line.contains(&begins)).unwrap_or_default()
}
