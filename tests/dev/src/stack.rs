//! What runs: the topics of the spec, and the services of the run file.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::Mode;

/// The stack as it is written and rendered.
pub(crate) struct Stack {
    /// Topics with their partitions, those of dead letters among them.
    pub(crate) topics: Vec<(String, u32)>,
    pub(crate) services: Vec<Service>,
}

/// A service.
pub(crate) struct Service {
    pub(crate) name: String,
    contract: Value,
    /// What the run file tells it behind a sidecar.
    rendered: BTreeMap<String, String>,
}

impl Stack {
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let spec = yaml(&root.join("infra/stack.yaml"))?;
        let run = yaml(&root.join("infra/platform/local/dapr-run.yaml"))?;
        let mut topics = Vec::new();
        for (name, topic) in spec["topics"].as_object().context("the stack has no topics")? {
            let partitions = topic["partitions"].as_u64().and_then(|count| u32::try_from(count).ok()).unwrap_or(1);
            topics.extend([(name.clone(), partitions), (format!("{name}.dlq"), 1)]);
        }
        let mut services = Vec::new();
        for app in run["apps"].as_array().context("the run file has no apps")? {
            let name = app["appID"].as_str().unwrap_or_default().to_owned();
            let folder = root.join("handlers").join(&name);
            let contract = serde_json::from_str(&fs::read_to_string(folder.join("contract.json"))?)?;
            let told = app["env"].as_object().into_iter().flatten();
            let told = told.filter(|(name, _)| !name.starts_with("OTEL_"));
            let rendered =
                told.map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned())).collect();
            services.push(Service { name, contract, rendered });
        }
        Ok(Self { topics, services })
    }
}

impl Service {
    /// What its transport needs.
    pub(crate) fn environment(&self, mode: Mode, brokers: &str) -> Vec<(String, String)> {
        if mode == Mode::Dapr {
            return self.rendered.clone().into_iter().collect();
        }
        let subscriptions = self.contract["subscribes"].as_array().cloned().unwrap_or_default();
        let topics: Vec<&str> = subscriptions.iter().filter_map(|one| one["topic"].as_str()).collect();
        let own = subscriptions.iter().any(|one| one["delivery"] == "broadcast");
        let group = if own { format!("{}-{{podName}}", self.name) } else { self.name.clone() };
        let told = [
            ("PORTOLAN_TRANSPORT", "kafka".to_owned()),
            ("KAFKA_BROKERS", brokers.to_owned()),
            ("KAFKA_GROUP", group),
            ("KAFKA_TOPICS", topics.join(",")),
            ("HOSTNAME", format!("{}-0", self.name)),
        ];
        told.map(|(name, value)| (name.to_owned(), value)).into()
    }
}

fn yaml(path: &Path) -> Result<Value> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    serde_yaml::from_str(&text).with_context(|| path.display().to_string())
}
