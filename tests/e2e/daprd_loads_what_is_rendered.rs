//! Promise: a real sidecar loads exactly the components and subscriptions that were rendered for it, in the dialect of
//! `local` and in that of `prod`, and an event that one service publishes arrives at another.

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use portolan_parts::{Daprd, Kafka, Postgres, Recorder, Scheduler, Scratch};
use serde_json::{Value, json};
use support::{copy_stack, files, portolan};

const TOPICS: [(&str, u32); 8] = [
    ("task-events", 6),
    ("task-updates", 6),
    ("task-commands", 3),
    ("reminders", 3),
    ("task-events.dlq", 1),
    ("task-updates.dlq", 1),
    ("task-commands.dlq", 1),
    ("reminders.dlq", 1),
];
const BROKER_IN_THE_CLUSTER: &str = "kafka-cluster-kafka-bootstrap.default.svc.cluster.local:9092";
/// Stands in for the store that Dapr's operator reads in a cluster.
const OPERATORS_STORE: &str = "kubernetes";
const PATIENCE: Duration = Duration::from_mins(1);

#[test]
fn in_the_dialect_of_local() -> Result<()> {
    let kafka = Kafka::plaintext()?;
    let project = Project::new("local", "todo-app-dev", &kafka, str::to_owned)?;
    let services = ["api-service", "notification-service", "recurring-task-service", "websocket-sync-service"];
    let sidecars = project.start(&services)?;
    sidecars.assert_an_event_arrives("notification-service", "task-events", "/events/task-events")
}

#[test]
fn in_the_dialect_of_prod() -> Result<()> {
    let kafka = Kafka::scram(&[("todo", "kafka-password")])?;
    let project = Project::new("prod", "todo-app-prod", &kafka, |text| {
        // The broker of a test has an authority of its own; everything else is as in production.
        let with_authority = text.replace("tls: true", "tls: { ca: { secret: kafka-secrets/KAFKA_CA } }");
        with_authority
            + "\nsecrets:\n  kafka-secrets: [KAFKA_BROKERS, KAFKA_USERNAME, KAFKA_PASSWORD, KAFKA_SASL_MECHANISM, KAFKA_CA]\n"
    })?;
    let sidecars = project.start(&["api-service", "websocket-sync-service"])?;
    sidecars.assert_an_event_arrives("websocket-sync-service", "task-updates", "/events/task-updates")
}

/// The reference stack in one environment, rendered for parts that run here.
struct Project {
    scratch: Scratch,
    environment: &'static str,
    namespace: &'static str,
    brokers: String,
    _postgres: Postgres,
    scheduler: Scheduler,
}

impl Project {
    fn new(
        environment: &'static str,
        namespace: &'static str,
        kafka: &Kafka,
        adapt: impl Fn(&str) -> String,
    ) -> Result<Self> {
        kafka.create_topics(&TOPICS)?;
        let postgres = Postgres::start()?;
        let scratch = Scratch::new("project")?;
        copy_stack(scratch.path())?;
        let file = scratch.join(format!("infra/environments/{environment}.yaml"));
        fs::write(&file, adapt(&fs::read_to_string(&file)?))?;
        portolan(scratch.path(), &["render", environment])?;
        let secrets = json!({
            "backend-secrets": { "DATABASE_URL": postgres.create_database("todo")? },
            "kafka-secrets": {
                "KAFKA_BROKERS": kafka.brokers(),
                "KAFKA_USERNAME": "todo",
                "KAFKA_PASSWORD": "kafka-password",
                "KAFKA_SASL_MECHANISM": "SCRAM-SHA-256",
                "KAFKA_CA": kafka.ca_pem().unwrap_or_default(),
            },
        });
        scratch.write("secrets.json", secrets.to_string())?;
        Ok(Self {
            scratch,
            environment,
            namespace,
            brokers: kafka.brokers().to_owned(),
            _postgres: postgres,
            scheduler: Scheduler::start()?,
        })
    }

    fn rendered(&self) -> PathBuf {
        self.scratch.join("dapr-components").join(self.environment)
    }

    /// Sidecars of the services, each with the very files that were rendered.
    fn start(&self, services: &[&'static str]) -> Result<Sidecars> {
        let resources = self.resources()?;
        let mut running = Vec::new();
        for service in services {
            let app = Recorder::start()?;
            let sidecar = Daprd::builder(service)
                .resources(&resources)
                .config(self.rendered().join(format!("configuration-{service}.yaml")))
                .namespace(self.namespace)
                .env("POD_NAME", &format!("{service}-0"))
                .app_port(app.port())
                .scheduler(&self.scheduler)
                .patience(PATIENCE)
                .start()?;
            self.assert_loaded(service, &sidecar.metadata()?).with_context(|| sidecar.log())?;
            running.push((*service, sidecar, app));
        }
        Ok(Sidecars { running })
    }

    /// The rendered files, but for the two stores that only a cluster has: a file takes their place.
    fn resources(&self) -> Result<PathBuf> {
        let resources = self.scratch.join("resources");
        fs::create_dir_all(&resources)?;
        for file in files(&self.rendered()) {
            let name = file.file_name().and_then(|name| name.to_str()).context("a name")?.to_owned();
            if !name.starts_with("configuration-") && name != "component-kubernetes-secrets.yaml" {
                // What is rendered for a cluster names its broker as the cluster does.
                let text = fs::read_to_string(&file)?.replace(BROKER_IN_THE_CLUSTER, &self.brokers);
                fs::write(resources.join(name), text)?;
            }
        }
        for store in [OPERATORS_STORE, "kubernetes-secrets"] {
            fs::write(resources.join(format!("{store}.yaml")), self.store_in_a_file(store)?)?;
        }
        Ok(resources)
    }

    fn store_in_a_file(&self, name: &str) -> Result<String> {
        let mut store = json!({
            "apiVersion": "dapr.io/v1alpha1",
            "kind": "Component",
            "metadata": { "name": name, "namespace": self.namespace },
            "spec": { "type": "secretstores.local.file", "version": "v1", "metadata": [
                { "name": "secretsFile", "value": self.scratch.join("secrets.json") },
                { "name": "multiValued", "value": "true" },
            ] },
        });
        if name != OPERATORS_STORE {
            store["scopes"] = json!(scopes(&self.rendered().join(format!("component-{name}.yaml")))?);
        }
        Ok(store.to_string())
    }

    /// What the sidecar says that it has is what was rendered for its app-id, no more and no less.
    fn assert_loaded(&self, service: &str, metadata: &Value) -> Result<()> {
        let mut components = BTreeSet::from([OPERATORS_STORE.to_owned()]);
        let mut subscriptions = BTreeSet::new();
        for file in files(&self.rendered()) {
            let text = fs::read_to_string(&file)?;
            if !scopes(&file)?.iter().any(|scope| scope == service) {
                continue;
            }
            match value(&text, "kind: ")? {
                "Component" => {
                    components.insert(value(&text, "  name: ")?.to_owned());
                }
                "Subscription" => {
                    let fields = ["  pubsubname: ", "  topic: ", "    default: ", "  deadLetterTopic: "];
                    subscriptions.insert(
                        fields
                            .iter()
                            .map(|field| value(&text, field).map(str::to_owned))
                            .collect::<Result<Vec<_>>>()?,
                    );
                }
                _ => {}
            }
        }
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let list = |name: &str| metadata[name].as_array().cloned().unwrap_or_default();
        let loaded: BTreeSet<String> = list("components").iter().map(|component| text(&component["name"])).collect();
        assert_eq!(loaded, components, "components of {service}");
        let subscribed: BTreeSet<Vec<String>> = list("subscriptions")
            .iter()
            .map(|known| {
                let path = text(&known["rules"][0]["path"]);
                vec![text(&known["pubsubname"]), text(&known["topic"]), path, text(&known["deadLetterTopic"])]
            })
            .collect();
        assert_eq!(subscribed, subscriptions, "subscriptions of {service}");
        Ok(())
    }
}

struct Sidecars {
    running: Vec<(&'static str, Daprd, Recorder)>,
}

impl Sidecars {
    fn get(&self, service: &str) -> Result<&(&'static str, Daprd, Recorder)> {
        self.running.iter().find(|(name, _, _)| *name == service).context("a sidecar")
    }

    /// Published by api-service, received by another.
    fn assert_an_event_arrives(&self, receiver: &str, topic: &str, route: &str) -> Result<()> {
        let (_, publisher, _) = self.get("api-service")?;
        let (_, sidecar, app) = self.get(receiver)?;
        let event = json!({
            "specversion": "1.0", "id": "event-1", "source": "api-service", "type": "task.completed", "subject": "task-1",
            "datacontenttype": "application/json",
            "data": { "event_id": "event-1", "event_type": "task.completed", "task_id": "task-1", "user_id": "user-1" },
        });
        let arrived = |limit| app.wait(|request| request.method == "POST" && request.path == route, limit);
        // A broadcast group begins at the newest offset: what is published before it has joined is not for it.
        for _ in 0..PATIENCE.as_secs() {
            publisher.publish("kafka-pubsub", topic, "application/cloudevents+json", event.to_string().as_bytes())?;
            if arrived(Duration::from_secs(1)).is_ok() {
                break;
            }
        }
        let event_there = arrived(Duration::ZERO).with_context(|| sidecar.log())?.json()?;
        assert_eq!((&event_there["id"], &event_there["type"]), (&event["id"], &event["type"]));
        assert_eq!(event_there["data"], event["data"]);
        Ok(())
    }
}

/// The `scopes` of a rendered file, which are the list at its end.
fn scopes(file: &Path) -> Result<Vec<String>> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let list = text.split_once("\nscopes:\n").map_or("", |(_, list)| list);
    Ok(list.lines().filter_map(|line| line.strip_prefix("- ")).map(str::to_owned).collect())
}

/// The first value of a key with this indentation.
fn value<'a>(text: &'a str, key: &str) -> Result<&'a str> {
    text.lines().find_map(|line| line.strip_prefix(key)).with_context(|| format!("{key:?} in {text}"))
}
