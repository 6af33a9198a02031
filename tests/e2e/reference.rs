//! The reference stack in one environment, rendered for parts that run here, and the sidecars that load it.

#![allow(dead_code, reason = "each test takes what it needs")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use portolan_parts::{Daprd, Recorder, Scheduler, Scratch};
use serde_json::{Value, json};

use crate::support::{copy_stack, files, portolan};

/// Stands in for the store that Dapr's operator reads in a cluster.
const OPERATORS_STORE: &str = "kubernetes";
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);
/// The component with the state, whatever keeps it.
const STATE: &str = "/v1.0/state/postgres-statestore";

/// The reference stack in one environment.
pub(crate) struct Project {
    scratch: Scratch,
    environment: &'static str,
    namespace: &'static str,
    replaced: Vec<(String, String)>,
    variables: Vec<(String, String)>,
    scheduler: Scheduler,
}

impl Project {
    /// Renders an environment whose file is adapted first, and gives its secrets these values.
    pub(crate) fn new(
        environment: &'static str,
        namespace: &'static str,
        secrets: &Value,
        adapt: impl Fn(&str) -> String,
    ) -> Result<Self> {
        let scratch = Scratch::new("project")?;
        copy_stack(scratch.path())?;
        let file = scratch.join(format!("infra/environments/{environment}.yaml"));
        fs::write(&file, adapt(&fs::read_to_string(&file)?))?;
        portolan(scratch.path(), &["render", environment])?;
        scratch.write("secrets.json", secrets.to_string())?;
        let scheduler = Scheduler::start()?;
        Ok(Self { scratch, environment, namespace, replaced: Vec::new(), variables: Vec::new(), scheduler })
    }

    /// What is rendered names this as a cluster does; here it is that.
    pub(crate) fn replace(mut self, there: &str, here: &str) -> Self {
        self.replaced.push((there.to_owned(), here.to_owned()));
        self
    }

    /// A variable of every sidecar.
    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A rendered file.
    pub(crate) fn read(&self, path: &str) -> Result<String> {
        fs::read_to_string(self.scratch.join(path)).with_context(|| path.to_owned())
    }

    /// The Helm values of a service.
    pub(crate) fn values(&self, service: &str) -> Result<String> {
        self.read(&format!("charts/values/{}/{service}.yaml", self.environment))
    }

    fn rendered(&self) -> PathBuf {
        self.scratch.join("dapr-components").join(self.environment)
    }

    /// Sidecars of the services, each with the very files that were rendered.
    pub(crate) fn start(&self, services: &[&'static str]) -> Result<Sidecars> {
        let resources = self.resources()?;
        let mut running = Vec::new();
        for service in services {
            let app = Recorder::start()?;
            let values = self.values(service)?;
            let largest = value(&values, "    dapr.io/max-body-size: ")?;
            let mut sidecar = Daprd::builder(service)
                .resources(&resources)
                .config(self.rendered().join(format!("configuration-{service}.yaml")))
                .namespace(self.namespace)
                .env("POD_NAME", &format!("{service}-0"))
                .arg(&format!("--max-body-size={}", largest.trim_matches('"')))
                .app_port(app.port())
                .scheduler(&self.scheduler)
                .patience(PATIENCE);
            for (name, value) in &self.variables {
                sidecar = sidecar.env(name, value);
            }
            let sidecar = sidecar.start().with_context(|| format!("{service} in {}", self.environment))?;
            self.assert_loaded(service, &sidecar.metadata()?).with_context(|| sidecar.log())?;
            running.push((*service, sidecar, app));
        }
        Ok(Sidecars { environment: self.environment, running })
    }

    /// The rendered files, but for the two stores that only a cluster has: a file takes their place.
    fn resources(&self) -> Result<PathBuf> {
        let resources = self.scratch.join("resources");
        fs::create_dir_all(&resources)?;
        for file in files(&self.rendered()) {
            let name = file.file_name().and_then(|name| name.to_str()).context("a name")?.to_owned();
            if !name.starts_with("configuration-") && name != "component-kubernetes-secrets.yaml" {
                let text = fs::read_to_string(&file)?;
                let here = |text: String, (there, here): &(String, String)| text.replace(there, here);
                fs::write(resources.join(name), self.replaced.iter().fold(text, here))?;
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
        let operators = ["secretstores.local.file/v1", OPERATORS_STORE];
        let mut components = BTreeSet::from([operators.map(str::to_owned)]);
        let mut subscriptions = BTreeSet::new();
        for file in files(&self.rendered()) {
            let text = fs::read_to_string(&file)?;
            if !scopes(&file)?.iter().any(|scope| scope == service) {
                continue;
            }
            match value(&text, "kind: ")? {
                "Component" => {
                    let kind = format!("{}/{}", value(&text, "  type: ")?, value(&text, "  version: ")?);
                    // A file stands in for the cluster's own store.
                    let kind = kind.replace("secretstores.kubernetes", "secretstores.local.file");
                    components.insert([kind, value(&text, "  name: ")?.to_owned()]);
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
        let loaded: BTreeSet<[String; 2]> = list("components")
            .iter()
            .map(|known| [format!("{}/{}", text(&known["type"]), text(&known["version"])), text(&known["name"])])
            .collect();
        assert_eq!(loaded, components, "components of {service} in {}", self.environment);
        let subscribed: BTreeSet<Vec<String>> = list("subscriptions")
            .iter()
            .map(|known| {
                let path = text(&known["rules"][0]["path"]);
                vec![text(&known["pubsubname"]), text(&known["topic"]), path, text(&known["deadLetterTopic"])]
            })
            .collect();
        assert_eq!(subscribed, subscriptions, "subscriptions of {service} in {}", self.environment);
        Ok(())
    }
}

/// Running sidecars, each with the app behind it.
pub(crate) struct Sidecars {
    environment: &'static str,
    running: Vec<(&'static str, Daprd, Recorder)>,
}

impl Sidecars {
    pub(crate) fn get(&self, service: &str) -> Result<(&Daprd, &Recorder)> {
        let found = self.running.iter().find(|(name, _, _)| *name == service).context("a sidecar")?;
        Ok((&found.1, &found.2))
    }

    /// Published by api-service, received by another.
    pub(crate) fn assert_an_event_arrives(&self, receiver: &str, topic: &str, route: &str) -> Result<()> {
        let (publisher, _) = self.get("api-service")?;
        let (sidecar, app) = self.get(receiver)?;
        let id = format!("event-of-{}", self.environment);
        let event = json!({
            "specversion": "1.0", "id": id, "source": "api-service", "type": "task.completed", "subject": "task-1",
            "datacontenttype": "application/json",
            "data": { "event_id": id, "event_type": "task.completed", "task_id": "task-1", "user_id": "user-1" },
        });
        let arrived = |limit| {
            let is_it = |body: Value| body["id"] == event["id"] && body["data"] == event["data"];
            app.wait(|request| request.path == route && request.json().is_ok_and(is_it), limit)
        };
        // A broadcast group begins at the newest offset: what is published before it has joined is not for it.
        for _ in 0..PATIENCE.as_secs() {
            publisher.publish("kafka-pubsub", topic, "application/cloudevents+json", event.to_string().as_bytes())?;
            if arrived(Duration::from_secs(1)).is_ok() {
                break;
            }
        }
        let event_there = arrived(Duration::ZERO).with_context(|| sidecar.log())?.json()?;
        assert_eq!(event_there["type"], event["type"]);
        Ok(())
    }

    /// What api-service saves it reads again. The key, as the store has it, is returned.
    pub(crate) fn assert_state_is_kept(&self) -> Result<String> {
        let (sidecar, _) = self.get("api-service")?;
        let key = format!("of-{}", self.environment);
        let items = json!([{ "key": key, "value": { "seen": self.environment } }]);
        let saved = sidecar.post(STATE, "application/json", items.to_string().as_bytes())?;
        ensure!(saved.status == 204, "saving answered {}: {}", saved.status, saved.text());
        let read = sidecar.get(&format!("{STATE}/{key}"))?;
        assert_eq!(serde_json::from_slice::<Value>(&read.body)?, json!({ "seen": self.environment }));
        Ok(format!("api-service||{key}"))
    }
}

/// The `scopes` of a rendered file, which are the list at its end.
fn scopes(file: &Path) -> Result<Vec<String>> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let list = text.split_once("\nscopes:\n").map_or("", |(_, list)| list);
    Ok(list.lines().filter_map(|line| line.strip_prefix("- ")).map(str::to_owned).collect())
}

/// The first value of a key with this indentation.
pub(crate) fn value<'a>(text: &'a str, key: &str) -> Result<&'a str> {
    text.lines().find_map(|line| line.strip_prefix(key)).with_context(|| format!("{key:?} in {text}"))
}
