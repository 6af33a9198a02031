//! Promise: a dead letter is found, shown, brought back as it came and laid aside; nothing is lost, and nothing is done without
//! being asked for.

mod letters;

use std::process::Stdio;
use std::time::SystemTime;

use anyhow::{Context as _, Result, ensure};
use letters::{Broker, PERSONAL, TOLD, Written, dlq, ends, event, harbour, headers, lines, program, three_letters};
use portolan_parts::{Kafka, Scratch};
use rdkafka::Message as _;
use serde_json::{Value, json};

fn listed(project: &Scratch, words: &[&str]) -> Result<Vec<Value>> {
    lines(&ends(project, &[&["list", "open", "--output", "json"], words].concat(), 0)?)
}

fn places(letters: &[Value]) -> Vec<&str> {
    letters.iter().filter_map(|letter| letter["letter"].as_str()).collect()
}

#[test]
fn letters_are_listed_shown_brought_back_and_laid_aside() -> Result<()> {
    let kafka = Kafka::plaintext()?;
    let project = harbour(kafka.brokers())?;
    let broker = Broker::at(kafka.brokers(), &[])?;
    kafka.create_topics(&[("tasks", 6)])?;
    let output = dlq(&project, &["list", "open"], &[])?;
    ensure!(String::from_utf8_lossy(&output.stderr).contains("the broker has no topic tasks.dlq"), "{output:?}");
    kafka.create_topics(&[("tasks.dlq", 2)])?;
    assert_eq!(ends(&project, &["list", "open"], 0)?, "no dead letters\n");
    three_letters(&broker)?;

    list(&project)?;
    show(&project)?;
    nothing_without_being_asked(&project, &broker)?;
    bring_back(&project, &broker)?;
    lay_aside(&project, &broker)
}

fn list(project: &Scratch) -> Result<()> {
    let letters = listed(project, &[])?;
    assert_eq!(places(&letters), ["tasks.dlq/0/0", "tasks.dlq/0/1", "tasks.dlq/1/0"]);
    let columns = ["topic", "handler", "reason", "attempts", "type", "id", "key", "state"];
    let told = |letter: &Value| columns.map(|name| letter[name].clone());
    let own = json!(["tasks", "pilot", TOLD[2].1, 10, "task.created", "e-own", "k-7", "open"]);
    assert_eq!(json!(told(&letters[0])), own);
    assert_eq!(json!(told(&letters[1])), json!(["tasks", null, null, null, "task.created", "e-sidecar", null, "open"]));
    assert_eq!(json!(told(&letters[2])), json!(["tasks", null, null, null, null, null, null, "open"]));

    let own = ["tasks.dlq/0/0"];
    for words in [&["--handler", "pilot"][..], &["--reason", "sqlstate"], &["--limit", "1"]] {
        assert_eq!(places(&listed(project, words)?), own, "{words:?}");
    }
    for words in [&["--topic", "tasks"][..], &["--topic", "tasks.dlq"], &["--newer-than", "1h"]] {
        assert_eq!(listed(project, words)?.len(), 3, "{words:?}");
    }
    assert_eq!(listed(project, &["--older-than", "1h"])?, Vec::<Value>::new());
    ensure!(ends(project, &["list", "open", "--topic", "task"], 64)?.contains("did you mean `tasks`?"));

    let page = ends(project, &["list", "open"], 0)?;
    let rows: Vec<&str> = page.lines().collect();
    ensure!(rows.len() == 4 && rows[0].starts_with("LETTER") && rows[1].contains("SQLSTATE 22001"), "{page}");
    ensure!(rows[2].contains("(sidecar)") && !page.contains('\u{1b}') && !page.contains("Ada"), "{page}");
    ensure!(ends(project, &["list", "open", "--color", "always"], 0)?.contains('\u{1b}'));
    Ok(())
}

fn show(project: &Scratch) -> Result<()> {
    for letter in ["tasks.dlq/0/0", "e-own"] {
        let page = ends(project, &["show", "open", letter], 0)?;
        ensure!(
            page.contains("portolan-attempts: 10") && page.contains("--payload") && !page.contains("Ada"),
            "{page}"
        );
        let whole: Value = serde_json::from_str(&ends(project, &["show", "open", letter, "--output", "json"], 0)?)?;
        ensure!(whole["id"] == "e-own" && whole.get("payload").is_none(), "{whole}");
    }
    ensure!(ends(project, &["show", "open", "e-own", "--payload"], 0)?.contains(PERSONAL));
    ensure!(ends(project, &["show", "open", "e-none"], 64)?.contains("there is no dead letter `e-none`"));
    Ok(())
}

fn nothing_without_being_asked(project: &Scratch, broker: &Broker) -> Result<()> {
    let all = ["--topic", "tasks"];
    for verb in ["replay", "drop"] {
        let words = [verb, "open"];
        ensure!(ends(project, &words, 64)?.contains("no letter is named"));
        ensure!(ends(project, &[&words[..], &["e-own"]].concat(), 64)?.contains("--yes"));
        let planned = ends(project, &[&words[..], &["e-own", "--dry-run"]].concat(), 0)?;
        ensure!(planned.contains("1 dead letter to") && planned.contains("given up by pilot"), "{planned}");
        ensure!(ends(project, &[&words[..], &["e-none", "--yes"]].concat(), 64)?.contains("e-none"));
    }
    // One of them is no event, and nobody would know it again.
    let refused = ends(project, &[&["replay", "open", "--yes"][..], &all].concat(), 5)?;
    ensure!(refused.contains("tasks.dlq/1/0 is no event"), "{refused}");
    assert_eq!(listed(project, &[])?.len(), 3);
    ensure!(broker.read("tasks")?.is_empty());
    Ok(())
}

fn bring_back(project: &Scratch, broker: &Broker) -> Result<()> {
    let back = |letter: &str, words: &[&str]| ends(project, &[&["replay", "open", letter, "--yes"], words].concat(), 0);
    ensure!(back("tasks.dlq/0/0", &[])?.ends_with("1 dead letter brought back\n"));
    let messages = broker.read("tasks")?;
    let [message] = messages.as_slice() else { anyhow::bail!("{messages:?}") };
    assert_eq!(message.payload().map(String::from_utf8_lossy).as_deref(), Some(event("e-own").as_str()));
    assert_eq!(message.key(), Some(&b"k-7"[..]));
    let expected = [("content-type", "application/cloudevents+json"), ("portolan-replay", "tasks.dlq/0/0")];
    assert_eq!(headers(message), expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
    // Where a producer of the runtime puts the key.
    broker.write("tasks", &Written { key: Some("k-7"), payload: b"{}", ..Written::default() })?;
    let partitions: Vec<i32> = broker.read("tasks")?.iter().map(rdkafka::Message::partition).collect();
    assert_eq!(partitions, [message.partition(); 2]);

    assert_eq!(places(&listed(project, &[])?), ["tasks.dlq/0/1", "tasks.dlq/1/0"]);
    let all = listed(project, &["--all"])?;
    assert_eq!((all.len(), &all[0]["state"]), (3, &json!("replayed")));
    // Once more is the same replay.
    ensure!(back("e-own", &[])?.contains("1 of them dealt with before"));
    ensure!(back("tasks.dlq/1/0", &["--new-ids"])?.contains("1 under new ids"));
    let messages = broker.read("tasks")?;
    let replays: Vec<_> = messages.iter().filter_map(|one| headers(one).remove("portolan-replay")).collect();
    assert_eq!(replays.iter().filter(|name| *name == "tasks.dlq/0/0").count(), 2);
    let odd =
        messages.iter().find(|one| one.payload() == Some(b"\xff\x00 no event")).context("the bytes as they came")?;
    assert_eq!((odd.key(), headers(odd).contains_key("content-type")), (None, false));
    Ok(())
}

fn lay_aside(project: &Scratch, broker: &Broker) -> Result<()> {
    let end = broker.bounds("tasks.dlq", 0)?.1;
    let dropped = ends(project, &["drop", "open", "e-sidecar", "--yes"], 0)?;
    ensure!(dropped.ends_with("1 dead letter laid aside\n"), "{dropped}");
    assert_eq!(ends(project, &["list", "open"], 0)?, "no dead letters\n");
    assert_eq!(listed(project, &["--all"])?.len(), 3);
    assert_eq!(broker.bounds("tasks.dlq", 0)?, (0, end + 1), "a mark, and nothing is deleted");

    // An open letter keeps what stands behind it.
    for id in ["e-first", "e-second"] {
        let letter = event(id);
        let written = Written { partition: Some(0), payload: letter.as_bytes(), headers: &TOLD, ..Written::default() };
        broker.write("tasks.dlq", &written)?;
    }
    let deleted = ends(project, &["drop", "open", "e-second", "--yes", "--delete"], 0)?;
    let first = format!("tasks.dlq/0/{}", end + 1);
    ensure!(deleted.contains(&format!("deleted what stood before {first}")), "{deleted}");
    assert_eq!(broker.bounds("tasks.dlq", 0)?.0, end + 1);
    assert_eq!(places(&listed(project, &[])?), [first]);
    ends(project, &["drop", "open", "--handler", "pilot", "--yes", "--delete"], 0)?;
    let (begin, end) = broker.bounds("tasks.dlq", 0)?;
    assert_eq!(begin, end);
    Ok(())
}

#[test]
fn what_handlers_forget_is_refused_or_gets_a_new_id() -> Result<()> {
    let kafka = Kafka::plaintext()?;
    let project = harbour(kafka.brokers())?;
    let broker = Broker::at(kafka.brokers(), &[])?;
    kafka.create_topics(&[("tasks", 6)])?;
    kafka.create_topic("tasks.dlq", 1, &[("retention.ms", "-1")])?;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_millis();
    let days = |days: u128| i64::try_from(now - days * 86_400_000);
    for (id, at) in [("e-young", days(1)?), ("e-old", days(20)?)] {
        let letter = event(id);
        let written = Written { payload: letter.as_bytes(), headers: &TOLD, timestamp: Some(at), ..Written::default() };
        broker.write("tasks.dlq", &written)?;
    }
    let words = ["replay", "open", "--topic", "tasks", "--yes"];
    let refused = ends(&project, &words, 5)?;
    ensure!(refused.contains("the event in tasks.dlq/0/1 is 20d old, and handlers remember for 14d"), "{refused}");
    ensure!(broker.read("tasks")?.is_empty());
    for _ in 0..2 {
        // The second run finds nothing: both are dealt with.
        ends(&project, &[&words[..], &["--new-ids"]].concat(), 0)?;
    }
    // A run that is repeated gives the same new id.
    ends(&project, &["replay", "open", "tasks.dlq/0/1", "--new-ids", "--yes"], 0)?;
    let messages = broker.read("tasks")?;
    let mut ids: Vec<(String, bool)> = Vec::new();
    for message in &messages {
        let payload = String::from_utf8(message.payload().unwrap_or_default().to_vec())?;
        let id = serde_json::from_str::<Value>(&payload)?["id"].as_str().unwrap_or_default().to_owned();
        assert_eq!(payload.replace(&id, "e-old"), event("e-old"), "all but the id stays, and no number is rounded");
        ids.push((id.clone(), id == "e-young"));
    }
    ids.sort_by_key(|(_, young)| *young);
    ensure!(ids.len() == 3 && ids[2].1 && ids[0] == ids[1] && ids[0].0 != "e-old", "{ids:?}");
    Ok(())
}

#[test]
fn many_letters_come_back_in_their_order_though_the_run_is_killed() -> Result<()> {
    const MANY: usize = 2_500;
    let kafka = Kafka::plaintext()?;
    let project = harbour(kafka.brokers())?;
    let broker = Broker::at(kafka.brokers(), &[])?;
    kafka.create_topics(&[("tasks", 1), ("tasks.dlq", 1)])?;
    let names: Vec<String> = (0..MANY).map(|number| format!("e-{number:05}")).collect();
    broker.write_all("tasks.dlq", names.iter().map(|name| (name.as_str(), event(name))), &TOLD)?;
    assert_eq!(listed(&project, &[])?.len(), MANY);
    let words = ["replay", "open", "--handler", "pilot", "--yes"];
    let mut first = program(&project, &words).stdout(Stdio::null()).spawn()?;
    while broker.bounds("tasks", 0)?.1 == 0 && first.try_wait()?.is_none() {}
    // It may have ended by itself by now, which is no matter.
    let _ = first.kill();
    first.wait()?;
    ends(&project, &words, 0)?;
    let mut keys: Vec<String> = Vec::new();
    for message in broker.read("tasks")? {
        let key = String::from_utf8_lossy(message.key().unwrap_or_default()).into_owned();
        let name = format!("tasks.dlq/0/{}", key.trim_start_matches("e-").parse::<u32>()?);
        assert_eq!(headers(&message).get("portolan-replay"), Some(&name), "a repetition is the same replay");
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    assert_eq!(keys, names);
    assert_eq!(ends(&project, &["list", "open"], 0)?, "no dead letters\n");
    Ok(())
}

#[test]
fn where_there_is_no_kafka_it_says_what_to_use_instead() -> Result<()> {
    let project = harbour("127.0.0.1:1")?;
    let bus = "portolan: v1\nenvironment: bus\n\
               cluster: { flavour: eks, namespace: harbour, dapr: \"1.18\", keda: \"2.21\" }\n\
               components: { bus: { type: aws.eventbridge } }\n\
               aws: { account: \"123456789012\", region: eu-central-1, cluster: harbour }\n\
               services: { pilot: { run: dapr } }\n";
    project.write("infra/environments/bus.yaml", bus)?;
    let refused = ends(&project, &["list", "bus"], 64)?;
    ensure!(refused.contains("EventBridge (`bus`)") && refused.contains("start-message-move-task"), "{refused}");
    Ok(())
}
