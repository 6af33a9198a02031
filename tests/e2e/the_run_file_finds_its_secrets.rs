//! Promise: sidecars that `dapr run -f` starts outside of the cluster read the secrets that stand in it, through the store
//! that is rendered beside the run file.

mod support;

use anyhow::{Context as _, Result};
use portolan_parts::{Daprd, KubernetesApi};
use serde_json::{Value, json};
use support::repository;

#[test]
fn a_sidecar_outside_of_the_cluster_reads_a_secret_in_it() -> Result<()> {
    let cluster = KubernetesApi::bare()?;
    cluster.create_namespace("shop-local")?;
    cluster.kubectl(&[
        "create",
        "secret",
        "generic",
        "database",
        "--namespace=shop-local",
        "--from-literal=URL=postgres://here",
    ])?;
    let kubeconfig = cluster.kubeconfig();
    let sidecar = Daprd::builder("cart")
        .resources(repository().join("tests/render/run-file/expected/infra/platform/local/dapr-run"))
        .namespace("shop-local")
        .env("KUBECONFIG", kubeconfig.to_str().context("a path that is text")?)
        .start()?;
    let answer = sidecar.get("/v1.0/secrets/kubernetes/database")?;
    let secret: Value = serde_json::from_slice(&answer.body).with_context(|| sidecar.log())?;
    assert_eq!(secret, json!({ "URL": "postgres://here" }));
    Ok(())
}
