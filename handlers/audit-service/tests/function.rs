//! The package for Lambda, unpacked as Lambda does, on its runtime API.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by ending")]

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use portolan_parts::{Ending, LambdaApi, Launch, Postgres, Scratch};
use portolan_stage::event;
use serde_json::json;

/// With the rights that it has in the zip: without the right to run it, Lambda starts nothing.
const UNZIP: &str = "import os, zipfile; packed = zipfile.ZipFile('bootstrap.zip'); program = packed.getinfo('bootstrap'); \
    packed.extract(program); os.chmod('bootstrap', program.external_attr >> 16)";
const PATIENCE: Duration = Duration::from_secs(30);

/// Built as this test is: the optimiser takes minutes, and so does what other features ask for; neither packs anything else.
fn package(scratch: &Scratch) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let target = Path::new(env!("CARGO_BIN_EXE_audit-service")).parent().and_then(Path::parent).unwrap();
    let mut package = Command::new(root.join("handlers/package"));
    package.args(["lambda", "audit-service"]).env("PROFILE", "dev").env("FEATURES", "").env("OUT", scratch.path());
    assert!(package.env("CARGO_TARGET_DIR", target).status().unwrap().success());
}

#[test]
fn the_package_is_a_function_that_keeps_what_the_bus_brings() {
    let scratch = Scratch::new("package").unwrap();
    package(&scratch);
    let folder = scratch.join("audit-service");
    let mut unzip = Command::new("python3");
    assert!(unzip.args(["-c", UNZIP]).current_dir(&folder).status().unwrap().success());

    let (api, postgres) = (LambdaApi::start().unwrap(), Postgres::start().unwrap());
    let mut function = Command::new(folder.join("bootstrap"));
    function.env_clear().env("DATABASE_URL", postgres.url("postgres")).env("AWS_REGION", "eu-central-1");
    let letters = "sqs:arn:aws:sqs:eu-central-1:123456789012:audit-service-failed";
    let topics = ["task-events", "task-updates", "task-commands", "reminders"];
    let topics = topics.map(|topic| format!("{topic}.dlq={letters}")).join(",");
    function.env("PORTOLAN_PUBLISH", topics);
    // Nothing else is said of where it runs: it finds itself on Lambda.
    api.tell(&mut function);
    let _function = Launch::new("bootstrap", function, scratch.join("log")).ending(Ending::Terminate).start().unwrap();

    let mut created =
        event("1", "task.created", "7", &json!({ "task_id": "7", "user_id": "u", "task": { "version": 1 } }));
    created["topic"] = json!("task-events");
    let entry = json!({ "id": "e", "source": "api-service", "detail-type": "task.created", "detail": created });
    for _ in 0..2 {
        assert_eq!(api.invoke(&entry.to_string(), PATIENCE).unwrap(), json!({ "left": 0 }));
    }
    assert_eq!(postgres.psql("postgres", "SELECT count(*) FROM audit.entries").unwrap(), "1");
}
