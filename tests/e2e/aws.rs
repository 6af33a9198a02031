//! What was rendered for AWS, and what the contracts say should come of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use portolan_parts::Aws;
use serde_json::{Value, json};

use crate::support::{files, repository};

/// One environment that was rendered.
pub(crate) struct Environment {
    pub(crate) name: String,
    pub(crate) account: String,
    pub(crate) region: String,
    /// By the files' names.
    pub(crate) requests: Vec<Value>,
}

/// An event as a contract announces it.
pub(crate) struct Event {
    source: String,
    topic: String,
    kind: String,
}

/// Every environment with something for AWS: of the repository, and of the render cases.
pub(crate) fn environments() -> Result<Vec<Environment>> {
    let mut roots = vec![repository()];
    let cases = fs::read_dir(repository().join("tests/render"))?;
    roots.extend(cases.filter_map(|case| Some(case.ok()?.path().join("expected"))));
    let mut found = Vec::new();
    for root in roots {
        for folder in fs::read_dir(root.join("infra/manifests"))? {
            let folder = folder?.path();
            if folder.join("aws").is_dir() {
                found.push(Environment::read(&folder)?);
            }
        }
    }
    Ok(found)
}

impl Environment {
    /// One of the reference stack.
    pub(crate) fn of_the_stack(name: &str) -> Result<Self> {
        Self::read(&repository().join("infra/manifests").join(name))
    }

    fn read(folder: &Path) -> Result<Self> {
        let text = |path: &PathBuf| Ok(fs::read_to_string(path)?);
        let texts: Vec<String> = files(&folder.join("aws")).iter().map(text).collect::<Result<_>>()?;
        let requests: Vec<Value> = texts.iter().map(|text| Ok(serde_json::from_str(text)?)).collect::<Result<_>>()?;
        let arn = texts.iter().find_map(|text| text.split("arn:aws").find(|rest| rest.contains(":sqs:")));
        let mut parts = arn.context("an ARN of a queue")?.split(':').skip(2);
        let (region, account) = (parts.next().context("a region")?, parts.next().context("an account")?);
        let name = folder.file_name().and_then(|name| name.to_str()).context("a name")?.to_owned();
        Ok(Self { name, account: account.to_owned(), region: region.to_owned(), requests })
    }

    /// What has to be there before: the cluster whose pods get a role.
    pub(crate) fn prepare(&self, cloud: &Aws, is_unknown: fn(&Value) -> bool) -> Result<()> {
        let association = self.requests.iter().find(|request| request["operation"] == "CreatePodIdentityAssociation");
        if let Some(association) = association.filter(|request| !is_unknown(request)) {
            let role = &association["request"]["roleArn"];
            let network = json!({ "subnetIds": ["subnet-0a1b2c3d"] });
            let name = &association["request"]["clusterName"];
            cloud.call(
                "eks",
                "CreateCluster",
                &json!({ "name": name, "roleArn": role, "resourcesVpcConfig": network }),
            )?;
        }
        Ok(())
    }

    /// The contracts of the reference stack, of services that this environment deploys.
    pub(crate) fn contracts(&self) -> Result<Vec<Value>> {
        let spec = fs::read_to_string(repository().join("infra/environments").join(format!("{}.yaml", self.name)))?;
        let mut contracts = Vec::new();
        for folder in fs::read_dir(repository().join("handlers"))? {
            let Ok(text) = fs::read_to_string(folder?.path().join("contract.json")) else { continue };
            let contract: Value = serde_json::from_str(&text)?;
            let service = contract["service"].as_str().context("a service")?;
            if !spec.contains(&format!("{service}: {{ deploy: false }}")) {
                contracts.push(contract);
            }
        }
        Ok(contracts)
    }

    /// An event as a rule sees it.
    pub(crate) fn event(&self, event: &Event) -> Value {
        json!({ "id": "1", "version": "0", "account": self.account, "region": self.region, "resources": [],
            "time": "2026-01-01T00:00:00Z", "source": event.source, "detail-type": event.kind,
            "detail": { "topic": event.topic, "type": event.kind } })
    }

    /// An entry for the bus.
    pub(crate) fn entry(&self, source: &str, event: &Value) -> Value {
        let bus = self.requests.iter().find(|request| request["operation"] == "CreateEventBus");
        let bus = bus.map(|request| request["request"]["Name"].clone());
        json!({ "EventBusName": bus, "Source": source, "DetailType": event["type"], "Detail": event.to_string() })
    }
}

/// Every event that some contract announces, one of each that nobody does, and one that came by another topic.
pub(crate) fn events(contracts: &[Value]) -> Vec<Event> {
    let mut events = Vec::new();
    for contract in contracts {
        let source = contract["service"].as_str().unwrap_or_default();
        for publishes in list(&contract["publishes"]) {
            let topic = publishes["topic"].as_str().unwrap_or_default();
            let announced = list(&publishes["types"]).iter().filter_map(Value::as_str);
            for kind in announced.chain(["task.unheard-of"]) {
                events.push(Event { source: source.to_owned(), topic: topic.to_owned(), kind: kind.to_owned() });
            }
            events.push(Event {
                source: "somebody-else".to_owned(),
                topic: topic.to_owned(),
                kind: "task.created".to_owned(),
            });
        }
    }
    events
}

/// What the contracts say of a rule, which is called after its service and topic: without types, all are acted on.
pub(crate) fn is_subscribed(contracts: &[Value], rule: &str, event: &Event) -> bool {
    let publishes = |contract: &Value| {
        contract["service"] == event.source.as_str()
            && list(&contract["publishes"]).iter().any(|publishes| publishes["topic"] == event.topic.as_str())
    };
    let acts = |contract: &Value| {
        list(&contract["subscribes"]).iter().any(|subscribes| {
            let named = format!("{}-{}", text(&contract["service"]), text(&subscribes["topic"])) == rule;
            let types = list(&subscribes["types"]);
            named
                && subscribes["topic"] == event.topic.as_str()
                && (types.is_empty() || types.contains(&json!(event.kind)))
        })
    };
    contracts.iter().any(publishes) && contracts.iter().any(acts)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A function that writes down each event it is invoked with.
pub(crate) fn recorder(folder: &Path) -> String {
    format!(
        r#"#!/usr/bin/env python3
import os, urllib.request
api = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2018-06-01/runtime/invocation/"
while True:
    with urllib.request.urlopen(api + "next") as event:
        number, body = event.headers["Lambda-Runtime-Aws-Request-Id"], event.read()
    name = os.path.join("{}", os.environ["AWS_LAMBDA_FUNCTION_NAME"] + "." + number)
    with open(name + ".new", "wb") as file:
        file.write(body)
    os.rename(name + ".new", name + ".json")
    urllib.request.urlopen(urllib.request.Request(api + number + "/response", data=b"{{}}")).read()
"#,
        folder.display()
    )
}

/// The events that a function was invoked with, as soon as there are so many.
pub(crate) fn wait_for(folder: &Path, function: &str, number: usize) -> Result<Vec<Value>> {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let is_ours = |path: &PathBuf| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            name.strip_prefix(function).is_some_and(|rest| rest.starts_with('.') && rest.ends_with("json"))
        };
        let seen: Vec<PathBuf> = files(folder).into_iter().filter(is_ours).collect();
        if seen.len() >= number {
            return seen.iter().map(|path| Ok(serde_json::from_str(&fs::read_to_string(path)?)?)).collect();
        }
        if Instant::now() > deadline {
            bail!("{function} was invoked {} times, not {number}", seen.len());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}
