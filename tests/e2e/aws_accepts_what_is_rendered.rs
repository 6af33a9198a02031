//! Promise: what is rendered for AWS is accepted there as it stands, in the order of the files' names, and events that
//! are put on the bus reach those who subscribe to them, and nobody else.
//!
//! Three judges: botocore holds every request against the API's own model; ministack and moto do what they are asked.
//! What neither of them does is not judged here: the dead-letter queues of rules and schedules, destinations of what
//! failed, event sources that poll a broker, and whether a role's rights are enough.

mod aws;
mod support;

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use aws::{Environment, environments};
use portolan_parts::Aws;
use serde_json::{Value, json};

/// What neither of them has, so that only botocore judges it: Kafka as an event source.
fn is_event_source(request: &Value) -> bool {
    request["operation"] == "CreateEventSourceMapping"
}

/// What moto has not: roles for pods.
fn is_unknown_to_moto(request: &Value) -> bool {
    request["operation"] == "CreatePodIdentityAssociation" || is_event_source(request)
}

#[test]
fn every_request_is_accepted_by_two_of_its_kind() -> Result<()> {
    let mut accepted = 0;
    let mut operations = BTreeSet::new();
    for environment in environments()? {
        let (account, region) = (environment.account.as_str(), environment.region.as_str());
        // ministack knows one partition.
        let by_ministack = if region.starts_with("cn-") { |_: &Value| true } else { is_event_source };
        accepted += send(&Aws::ministack(account, region)?, &environment, by_ministack)?;
        send(&Aws::moto(account, region)?, &environment, is_unknown_to_moto)?;
        operations.extend(environment.requests.iter().map(|request| request["operation"].to_string()));
    }
    println!("{accepted} requests of {} operations accepted", operations.len());
    assert!(accepted > 150 && operations.len() == 16, "{accepted}: {operations:?}");
    Ok(())
}

/// Every event of every contract against every rule, and types that nobody publishes.
#[test]
fn a_rule_takes_the_types_that_its_service_acts_on_and_no_others() -> Result<()> {
    let environment = Environment::of_the_stack("aws")?;
    let cloud = Aws::ministack(&environment.account, &environment.region)?;
    let contracts = environment.contracts()?;
    let mut calls = Vec::new();
    let mut expected = Vec::new();
    for rule in environment.requests.iter().filter(|request| request["operation"] == "PutRule") {
        let (pattern, name) = (&rule["request"]["EventPattern"], rule["request"]["Name"].as_str().context("a name")?);
        for event in aws::events(&contracts) {
            let entry = environment.event(&event);
            calls.push(json!({ "api": "events", "operation": "TestEventPattern", "request": {
                "EventPattern": pattern, "Event": entry.to_string() } }));
            expected.push((name.to_owned(), aws::is_subscribed(&contracts, name, &event), entry));
        }
    }
    let results = cloud.call_all(&calls)?;
    ensure!(expected.iter().filter(|(_, wanted, _)| *wanted).count() > 20, "too few events that any rule takes");
    for (result, (rule, wanted, entry)) in results.into_iter().zip(expected) {
        assert_eq!(result?["Result"], wanted, "{rule}: {entry}");
    }
    Ok(())
}

/// A pod's queue gets the event itself, a function the entry of the bus.
#[test]
fn events_on_the_bus_reach_the_queue_and_the_function() -> Result<()> {
    let environment = Environment::of_the_stack("aws")?;
    let cloud = Aws::ministack(&environment.account, &environment.region)?;
    let arrived = portolan_parts::Scratch::new("arrived")?;
    send_with(&cloud, &environment, is_event_source, &aws::recorder(arrived.path()))?;
    let wanted = json!({ "id": "1", "topic": "task-commands", "type": "task.create-requested", "data": {} });
    let other = json!({ "id": "2", "topic": "task-events", "type": "task.completed", "data": {} });
    let entries = json!({ "Entries": [
        environment.entry("recurring-task-service", &wanted),
        environment.entry("api-service", &other),
        environment.entry("somebody-else", &wanted),
    ] });
    let put = cloud.call("events", "PutEvents", &entries)?;
    assert_eq!(put["FailedEntryCount"], 0, "{put}");

    let queue = json!({ "QueueName": "todo-aws-api-service-task-commands" });
    let url = cloud.call("sqs", "GetQueueUrl", &queue)?["QueueUrl"].clone();
    let asked = json!({ "QueueUrl": url, "MaxNumberOfMessages": 10, "WaitTimeSeconds": 2 });
    let messages = cloud.call("sqs", "ReceiveMessage", &asked)?["Messages"].clone();
    let bodies: Vec<Value> = messages
        .as_array()
        .context("messages")?
        .iter()
        .map(|message| Ok(serde_json::from_str(message["Body"].as_str().context("a body")?)?))
        .collect::<Result<_>>()?;
    assert_eq!(bodies, [wanted]);

    let seen = aws::wait_for(arrived.path(), "todo-aws-recurring-task-service", 1)?;
    assert_eq!(seen[0]["detail"], other);
    assert_eq!((&seen[0]["detail-type"], &seen[0]["source"]), (&json!("task.completed"), &json!("api-service")));
    let audited = aws::wait_for(arrived.path(), "todo-aws-audit-service", 2)?;
    assert_eq!(audited.len(), 2, "{audited:?}");
    assert_eq!(aws::wait_for(arrived.path(), "todo-aws-recurring-task-service", 1)?.len(), 1);
    Ok(())
}

fn send(cloud: &Aws, environment: &Environment, is_unknown: fn(&Value) -> bool) -> Result<usize> {
    send_with(cloud, environment, is_unknown, "#!/bin/sh\n")
}

/// Sends every request in order. The code of a function is the one thing that is not rendered, so it comes from here.
fn send_with(cloud: &Aws, environment: &Environment, is_unknown: fn(&Value) -> bool, code: &str) -> Result<usize> {
    environment.prepare(cloud, is_unknown)?;
    let calls: Vec<Value> = environment
        .requests
        .iter()
        .map(|request| {
            let mut call = request.clone();
            call["send"] = json!(!is_unknown(request));
            if call["operation"] == "CreateFunction" {
                call["request"]["Code"] = json!({ "ZipFile": { "zip": { "bootstrap": code } } });
            }
            call
        })
        .collect();
    for (outcome, request) in cloud.call_all(&calls)?.into_iter().zip(&environment.requests) {
        let answer = outcome.with_context(|| format!("{}: {request}", environment.name))?;
        ensure!(answer["FailedEntryCount"].as_u64().unwrap_or(0) == 0, "{answer}: {request}");
    }
    Ok(calls.len())
}
