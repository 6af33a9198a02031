//! The package for Lambda, unpacked as Lambda does, on its runtime API; and as a function that a rule of a bus invokes.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by ending")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use portolan_parts::{Aws, Ending, LambdaApi, Launch, Postgres, Scratch};
use portolan_stage::event;
use serde_json::{Value, json};

/// With the rights that it has in the zip: without the right to run it, Lambda starts nothing.
const UNZIP: &str = "import os, zipfile; packed = zipfile.ZipFile('bootstrap.zip'); program = packed.getinfo('bootstrap'); \
    packed.extract(program); os.chmod('bootstrap', program.external_attr >> 16)";
const ACCOUNT: &str = "123456789012";
const REGION: &str = "eu-central-1";
const PATIENCE: Duration = Duration::from_secs(30);

/// Built as this test is: the optimiser takes minutes, and so does what other features ask for; neither packs anything else.
fn package(scratch: &Scratch) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let target = Path::new(env!("CARGO_BIN_EXE_audit-service")).parent().and_then(Path::parent).unwrap();
    let mut package = Command::new(root.join("handlers/package"));
    package.args(["lambda", "audit-service"]).env("PROFILE", "dev").env("FEATURES", "").env("OUT", scratch.path());
    assert!(package.env("CARGO_TARGET_DIR", target).status().unwrap().success());
}

/// What the function is told; nothing says where it runs, and it finds itself on Lambda.
fn told(postgres: &Postgres) -> Vec<(&'static str, String)> {
    let letters = "sqs:arn:aws:sqs:eu-central-1:123456789012:audit-service-failed";
    let topics = ["task-events", "task-updates", "task-commands", "reminders"];
    let topics = topics.map(|topic| format!("{topic}.dlq={letters}")).join(",");
    vec![("DATABASE_URL", postgres.url("postgres")), ("PORTOLAN_PUBLISH", topics)]
}

fn created(id: &str) -> Value {
    let mut created =
        event(id, "task.created", "7", &json!({ "task_id": "7", "user_id": "u", "task": { "version": 1 } }));
    created["topic"] = json!("task-events");
    created
}

fn entries(postgres: &Postgres) -> String {
    postgres.psql("postgres", "SELECT count(*) FROM audit.entries").unwrap_or_default()
}

#[test]
fn the_package_is_a_function_that_keeps_what_the_bus_brings() {
    let scratch = Scratch::new("package").unwrap();
    package(&scratch);
    let folder = scratch.join("audit-service");
    let postgres = Postgres::start().unwrap();
    on_the_runtime_api(&folder, &scratch, &postgres);
    from_a_rule(&folder, &postgres);
}

fn on_the_runtime_api(folder: &Path, scratch: &Scratch, postgres: &Postgres) {
    let mut unzip = Command::new("python3");
    assert!(unzip.args(["-c", UNZIP]).current_dir(folder).status().unwrap().success());
    let api = LambdaApi::start().unwrap();
    let mut function = Command::new(folder.join("bootstrap"));
    function.env_clear().envs(told(postgres)).env("AWS_REGION", REGION);
    api.tell(&mut function);
    let _function = Launch::new("bootstrap", function, scratch.join("log")).ending(Ending::Terminate).start().unwrap();
    let entry = json!({ "id": "e", "source": "api-service", "detail-type": "task.created", "detail": created("1") });
    for _ in 0..2 {
        assert_eq!(api.invoke(&entry.to_string(), PATIENCE).unwrap(), json!({ "left": 0 }));
    }
    assert_eq!(entries(postgres), "1");
}

/// Created from the zip, and invoked by a rule of a bus.
fn from_a_rule(folder: &Path, postgres: &Postgres) {
    let aws = Aws::ministack(ACCOUNT, REGION).unwrap();
    let arn = format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:audit-service");
    let variables: BTreeMap<&str, String> = told(postgres).into_iter().collect();
    let function = json!({ "FunctionName": "audit-service", "Runtime": "provided.al2023", "Handler": "bootstrap",
        "Role": format!("arn:aws:iam::{ACCOUNT}:role/audit-service"), "Timeout": 60, "MemorySize": 256,
        "Code": { "ZipFile": { "file": folder.join("bootstrap.zip") } }, "Environment": { "Variables": variables } });
    let pattern = json!({ "source": ["api-service"], "detail": { "topic": ["task-events"] } }).to_string();
    let entry = |event: &Value| {
        json!({ "EventBusName": "todo", "Source": "api-service", "DetailType": "task.created",
        "Detail": event.to_string() })
    };
    for (api, operation, request) in [
        ("events", "CreateEventBus", json!({ "Name": "todo" })),
        ("lambda", "CreateFunction", function),
        ("events", "PutRule", json!({ "Name": "audit", "EventBusName": "todo", "EventPattern": pattern })),
        (
            "events",
            "PutTargets",
            json!({ "Rule": "audit", "EventBusName": "todo", "Targets": [{ "Id": "function", "Arn": arn }] }),
        ),
        ("events", "PutEvents", json!({ "Entries": [entry(&created("1")), entry(&created("2"))] })),
    ] {
        aws.call(api, operation, &request).unwrap();
    }
    let until = Instant::now() + Duration::from_mins(1);
    while entries(postgres) != "2" {
        assert!(Instant::now() < until, "{} entries", entries(postgres));
        std::thread::sleep(Duration::from_millis(200));
    }
}
