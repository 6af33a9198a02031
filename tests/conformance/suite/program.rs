//! The program that people call, built from this checkout, with a stack that says what the suite's subject is.

use std::path::PathBuf;
use std::process::Command;

use crate::world::Parts;

const STACK: &str = "\
portolan: v1
stack: suite
topics: { work: { partitions: 3 } }
components: { bus: { type: pubsub.kafka } }
services:
  subject: { run: kafka, image: \"registry.example.com/subject:1\", subscribes: { work: { route: /events/work } } }
";
const ENVIRONMENT: &str = "\
portolan: v1
environment: suite
cluster: { flavour: minikube, namespace: suite, dapr: \"1.18\", keda: \"2.21\" }
components: { bus: { provider: kafka, brokers: [\"BROKERS\"] } }
";

/// Runs `portolan dlq …` and returns what it said.
pub(crate) fn dlq(parts: &Parts, words: &[&str]) -> String {
    let project = parts.scratch.join("project");
    std::fs::create_dir_all(project.join("infra/environments")).unwrap();
    std::fs::write(project.join("infra/stack.yaml"), STACK).unwrap();
    let environment = ENVIRONMENT.replace("BROKERS", parts.kafka.brokers());
    std::fs::write(project.join("infra/environments/suite.yaml"), environment).unwrap();
    let output = Command::new(build()).arg("dlq").args(words).current_dir(&project).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "dlq {words:?}: {}\n{said}{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    said
}

/// Another package's program is not built for this test, so it is built here; where it is fresh that takes no time.
fn build() -> PathBuf {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_subject")).with_file_name("portolan");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--package", "portolan", "--bin", "portolan"]);
    let folder = program.parent().and_then(std::path::Path::parent).unwrap();
    let status = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).env("CARGO_TARGET_DIR", folder).status().unwrap();
    assert!(status.success(), "the program is not built");
    program
}
