//! Promise: what is rendered is accepted by a real Kubernetes API, as it stands: by kubectl under strict field
//! validation, through the chart, and by Pod Security's strictest profile.

mod support;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use portolan_parts::{KubernetesApi, dapr_chart, helm};
use serde_json::{Value, json};
use support::{both, files, repository};

/// One function: the server is started once.
#[test]
fn every_rendered_file_is_accepted() -> Result<()> {
    let cluster = KubernetesApi::start()?;
    let mut roots = vec![repository()];
    let cases = repository().join("tests/render");
    roots.extend(std::fs::read_dir(cases)?.filter_map(|case| Some(case.ok()?.path().join("expected"))));
    let mut accepted = 0;
    for root in roots {
        for environment in environments(&root) {
            accepted += accept_environment(&cluster, &root, &environment)
                .with_context(|| format!("{} of {}", environment, root.display()))?;
        }
    }
    println!("{accepted} files accepted");
    assert!(accepted > 60, "only {accepted} files");
    Ok(())
}

/// The environments that were rendered below a folder: each has an index.
fn environments(root: &Path) -> Vec<String> {
    let indexes = files(&root.join("infra/manifests"));
    indexes
        .iter()
        .filter_map(|path| path.file_name()?.to_str()?.strip_suffix(".index.json").map(str::to_owned))
        .collect()
}

fn accept_environment(cluster: &KubernetesApi, root: &Path, environment: &str) -> Result<usize> {
    let manifests = files(&root.join("infra/manifests").join(environment));
    let components = files(&root.join("dapr-components").join(environment));
    let values = files(&root.join("charts/values").join(environment));
    apply(cluster, &manifests[..1])?;
    create_foreign_namespaces(cluster, &manifests)?;
    accept(cluster, &manifests)?;
    accept(cluster, &components)?;
    for file in &values {
        accept_release(cluster, file)?;
    }
    let platform = files(&root.join("infra/platform").join(environment));
    let dapr = platform.iter().find(|file| file.ends_with("dapr.yaml")).context("values for Dapr")?;
    let mut template = helm()?;
    run(template.arg("template").arg("dapr").arg(dapr_chart()?).arg("-f").arg(dapr))?;
    Ok(manifests.len() + components.len() + values.len())
}

/// The namespace itself is created; in a dry run nothing else could go into it.
fn apply(cluster: &KubernetesApi, manifests: &[PathBuf]) -> Result<()> {
    for manifest in manifests {
        run(cluster.command()?.args(["apply", "--server-side", "-f"]).arg(manifest))?;
    }
    Ok(())
}

/// Strimzi's namespace, which belongs to somebody else.
fn create_foreign_namespaces(cluster: &KubernetesApi, manifests: &[PathBuf]) -> Result<()> {
    for manifest in manifests {
        let text = std::fs::read_to_string(manifest)?;
        let namespace = text.lines().find_map(|line| line.strip_prefix("  namespace: ")).unwrap_or_default();
        if !namespace.is_empty() && cluster.kubectl(&["get", "namespace", namespace]).is_err() {
            cluster.create_namespace(namespace)?;
        }
    }
    Ok(())
}

fn accept(cluster: &KubernetesApi, manifests: &[PathBuf]) -> Result<()> {
    let mut command = cluster.command()?;
    command.args(["apply", "--server-side", "--dry-run=server", "--validate=strict"]);
    for manifest in manifests {
        command.arg("-f").arg(manifest);
    }
    run(&mut command)
}

fn accept_release(cluster: &KubernetesApi, values: &Path) -> Result<()> {
    let chart = repository().join("charts/handler");
    let service = values.file_stem().and_then(|name| name.to_str()).context("a service's name")?;
    run(helm()?.args(["lint", "--strict", "--quiet"]).arg(&chart).arg("-f").arg(values))?;
    let install = || -> Result<()> {
        let mut upgrade = helm()?;
        // Nobody here runs a Job that helm would wait for.
        upgrade.env("KUBECONFIG", cluster.kubeconfig()).args(["upgrade", "--install", "--no-hooks", service]);
        upgrade.arg(&chart);
        run(upgrade.arg("-f").arg(values).args(["--set", "env.NAME=true", "--set", "env.OTHER=3"]))
    };
    install()?;
    accept_pod(cluster, service, values)?;
    accept_migration(cluster, &chart, values)?;
    run(helm()?.env("KUBECONFIG", cluster.kubeconfig()).args(["uninstall", service]))
}

/// The Job that makes the tables, and its pod.
fn accept_migration(cluster: &KubernetesApi, chart: &Path, values: &Path) -> Result<()> {
    let text = std::fs::read_to_string(values)?;
    if !text.contains("\nmigration:") {
        return Ok(());
    }
    let mut template = helm()?;
    template.args(["template", "--show-only", "templates/migration.yaml", "-f"]).arg(values).arg("release").arg(chart);
    let output = template.output()?;
    ensure!(output.status.success(), "{template:?}: {}", both(&output));
    let scratch = portolan_parts::Scratch::new("migration")?;
    let file = scratch.write("job.yaml", &output.stdout)?;
    accept(cluster, std::slice::from_ref(&file))?;
    let path = file.to_str().context("a path that is no text")?;
    let job = cluster.kubectl(&["create", "--dry-run=client", "-o", "json", "-f", path])?;
    let job: Value = serde_json::from_slice(&job.stdout)?;
    let namespace = job["metadata"]["namespace"].as_str().context("a namespace")?;
    // A controller makes it on a cluster. It may be there from the service before.
    if cluster.kubectl(&["get", "serviceaccount", "default", "-n", namespace]).is_err() {
        cluster.kubectl(&["create", "serviceaccount", "default", "-n", namespace])?;
    }
    accept_template(cluster, &job["metadata"], &job["spec"]["template"])
}

/// Pod Security judges pods, and no controller makes them here: one is made of the template of its Deployment or `ScaledJob`.
fn accept_pod(cluster: &KubernetesApi, service: &str, values: &Path) -> Result<()> {
    let text = std::fs::read_to_string(values)?;
    let namespace = text.lines().find_map(|line| line.strip_prefix("namespace: ")).context("a namespace")?;
    let (kind, pointer) = if text.contains("engine: job") {
        ("scaledjob", "/spec/jobTargetRef/template")
    } else {
        ("deployment", "/spec/template")
    };
    let found = cluster.kubectl(&["get", kind, service, "-n", namespace, "-o", "json"])?;
    let workload: Value = serde_json::from_slice(&found.stdout)?;
    let template = workload.pointer(pointer).context("a pod's template")?;
    accept_template(cluster, &json!({ "name": service, "namespace": namespace }), template)
}

fn accept_template(cluster: &KubernetesApi, owner: &Value, template: &Value) -> Result<()> {
    let mut metadata = template["metadata"].clone();
    metadata["name"] = owner["name"].clone();
    metadata["namespace"] = owner["namespace"].clone();
    let pod = json!({ "apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"] });
    let scratch = portolan_parts::Scratch::new("pod")?;
    let file = scratch.write("pod.json", pod.to_string())?;
    accept(cluster, &[file])
}

fn run(command: &mut std::process::Command) -> Result<()> {
    let output = command.output()?;
    ensure!(output.status.success(), "{command:?}: {}\n{}", output.status, both(&output));
    Ok(())
}
