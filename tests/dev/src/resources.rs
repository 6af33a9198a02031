//! What sidecars load: the files that are rendered for `local`, with this machine's broker and database in place of the cluster's.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use portolan_parts::Kafka;
use serde_json::{Value, json};

/// The broker as a cluster names it.
const BROKER: &str = "kafka-cluster-kafka-bootstrap.default.svc.cluster.local:9092";
/// Secrets are read from these: the store that is rendered, and the one that only Dapr's operator has.
const STORES: [&str; 2] = ["kubernetes-secrets", "kubernetes"];
/// Whom sessions are checked with.
pub(crate) const AUTH: &str = "better-auth-service";

/// What `backend-secrets` holds.
pub(crate) type Secrets = BTreeMap<&'static str, String>;

/// Folders of resources and of configurations.
pub(crate) struct Resources {
    pub(crate) folder: PathBuf,
    rendered: PathBuf,
}

impl Resources {
    pub(crate) fn write(folder: &Path, root: &Path, kafka: &Kafka, backend: &Secrets, auth: &str) -> Result<Self> {
        let rendered = root.join("dapr-components/local");
        fs::create_dir_all(folder)?;
        for entry in fs::read_dir(&rendered)? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str()).context("a name that is no text")?;
            if !name.starts_with("configuration-") && name != "component-kubernetes-secrets.yaml" {
                fs::write(folder.join(name), fs::read_to_string(&path)?.replace(BROKER, kafka.brokers()))?;
            }
        }
        let secrets = folder.with_file_name("secrets.json");
        fs::write(&secrets, json!({ "backend-secrets": backend }).to_string())?;
        for store in STORES {
            fs::write(folder.join(format!("{store}.yaml")), in_a_file(store, &secrets).to_string())?;
        }
        let endpoint = json!({
            "apiVersion": "dapr.io/v1alpha1",
            "kind": "HTTPEndpoint",
            "metadata": { "name": AUTH },
            "spec": { "baseUrl": auth },
        });
        fs::write(folder.join("auth.yaml"), endpoint.to_string())?;
        Ok(Self { folder: folder.to_owned(), rendered })
    }

    pub(crate) fn configuration(&self, service: &str) -> PathBuf {
        self.rendered.join(format!("configuration-{service}.yaml"))
    }
}

fn in_a_file(name: &str, file: &Path) -> Value {
    json!({
        "apiVersion": "dapr.io/v1alpha1",
        "kind": "Component",
        "metadata": { "name": name },
        "spec": { "type": "secretstores.local.file", "version": "v1", "metadata": [
            { "name": "secretsFile", "value": file },
            { "name": "multiValued", "value": "true" },
        ] },
    })
}
