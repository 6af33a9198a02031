//! The Kubernetes API, helm and Dapr's chart.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};
use portolan_parts::{KubernetesApi, Scratch, dapr_chart, helm};

const RESOURCES: &str = "
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: { name: kafka-pubsub }
spec: { type: pubsub.kafka, version: v1, metadata: [] }
---
apiVersion: dapr.io/v2alpha1
kind: Subscription
metadata: { name: task-events }
spec: { pubsubname: kafka-pubsub, topic: task-events, routes: { default: /events } }
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: api-service }
spec: { scaleTargetRef: { name: api-service }, triggers: [{ type: kafka, metadata: { topic: task-events } }] }
---
apiVersion: kafka.strimzi.io/v1
kind: KafkaTopic
metadata: { name: task-events }
spec: { partitions: 6, replicas: 1 }
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: kafka-secrets }
spec: { secretStoreRef: { name: vault }, target: { name: kafka-secrets }, data: [{ secretKey: A, remoteRef: { key: a } }] }
";

/// One function: the server is started once, and a test binary has one thing to say.
#[test]
fn the_kubernetes_api_serves_all_kinds_and_ends() -> Result<()> {
    let begun = Instant::now();
    let mut api = KubernetesApi::start()?;
    println(&format!("ready in {:?}", begun.elapsed()));

    api.create_namespace("todo")?;
    let files = Scratch::new("resources")?;
    let manifest = files.write("all.yaml", RESOURCES)?;
    let path = manifest.to_str().context("a path of ASCII")?;
    api.kubectl(&["apply", "--server-side", "-n", "todo", "-f", path])?;
    let names = api.kubectl(&[
        "get",
        "-n",
        "todo",
        "-o",
        "name",
        "components,subscriptions.dapr.io,scaledobjects,kafkatopics,externalsecrets",
    ])?;
    assert_eq!(String::from_utf8(names.stdout)?.lines().count(), 5);

    let refused = api.kubectl(&["get", "namespace", "nowhere"]);
    assert!(refused.is_err_and(|error| error.to_string().contains("NotFound")));

    let pid = api.process().pid();
    assert!(Path::new(&format!("/proc/{pid}")).exists());
    let folder = api.kubeconfig();
    drop(api);
    assert!(!Path::new(&format!("/proc/{pid}")).exists());
    assert!(!folder.exists());
    Ok(())
}

#[test]
fn helm_renders_the_chart_of_dapr() -> Result<()> {
    let rendered = output(helm()?.arg("template").arg("dapr").arg(dapr_chart()?))?;
    assert!(rendered.contains("dapr-sidecar-injector"));
    Ok(())
}

fn output(command: &mut Command) -> Result<String> {
    Ok(String::from_utf8(command.output()?.stdout)?)
}

/// For whoever runs the test with `--nocapture`.
#[expect(clippy::print_stderr, reason = "a measurement")]
fn println(text: &str) {
    eprintln!("{text}");
}
