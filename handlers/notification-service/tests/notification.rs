//! Mails of reminders, by the service's own program on a real Kafka and a real `PostgreSQL`, to a mail server in this process.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by ending")]

use std::process::Command;

use portolan_parts::{Says, Sink};
use portolan_stage::{Setting, Stage, event};
use serde_json::{Value, json};

fn stage(sink: &Sink) -> Stage {
    Stage::start(Setting {
        program: env!("CARGO_BIN_EXE_notification-service"),
        name: "notification-service",
        listens: vec!["reminders", "task-events"],
        environment: vec![
            ("SMTP_HOST", "127.0.0.1".to_owned()),
            ("SMTP_PORT", sink.port().to_string()),
            ("SMTP_TLS", "none".to_owned()),
            ("SMTP_FROM_EMAIL", "Todo <todo@example.com>".to_owned()),
        ],
        ..Setting::default()
    })
    .unwrap()
}

fn reminder(task: &str, address: &str) -> Value {
    let data = json!({ "task_id": task, "user_id": "u", "version": 2, "email": address, "title": "milk" });
    event(&format!("due-{task}"), "reminder.due", task, &data)
}

fn changed(task: &str, kind: &str, version: i64) -> Value {
    event(&format!("{task}-{version}"), kind, task, &json!({ "task_id": task, "task": { "version": version } }))
}

fn recipients(sink: &Sink) -> Vec<String> {
    sink.taken().into_iter().map(|mail| mail.to).collect()
}

fn expect(stage: &Stage, sink: &Sink, to: &[&str]) {
    let name = format!("mails to {to:?}, not {:?}", recipients(sink));
    stage.wait(&name, || Ok((recipients(sink) == to).then_some(()))).unwrap();
}

#[test]
fn a_reminder_is_one_mail() {
    let sink = Sink::start().unwrap();
    let mut stage = stage(&sink);

    // One task is closed, one has moved on, one is open, and its reminder is delivered twice.
    for event in [
        changed("closed", "task.created", 1),
        changed("closed", "task.completed", 2),
        changed("newer", "task.updated", 3),
        changed("open", "task.created", 1),
    ] {
        stage.publish("task-events", &event).unwrap();
    }
    stage.settled().unwrap();
    for task in ["closed", "newer", "open", "open"] {
        stage.publish("reminders", &reminder(task, &format!("{task}@example.com"))).unwrap();
    }
    stage.settled().unwrap();
    expect(&stage, &sink, &["open@example.com"]);
    let mail = &sink.taken()[0];
    assert_eq!(mail.header("Subject"), Some("Reminder: milk"));
    assert!(mail.header("Message-ID").is_some_and(|id| id.ends_with("@example.com>")));

    // Refused for ever: it is not tried again, and stays to be looked at.
    sink.say("refused@example.com", Says::Never);
    stage.publish("reminders", &reminder("refused", "refused@example.com")).unwrap();
    let no_address = reminder("injected", "a@example.com\r\nRCPT TO:<b@example.com>");
    stage.publish("reminders", &no_address).unwrap();
    let failed = "SELECT failed FROM notification.portolan_outbox WHERE failed IS NOT NULL ORDER BY position";
    let reasons =
        stage.wait("both are set aside", || Ok(Some(stage.sql(failed)?).filter(|rows| rows.lines().count() == 2)));
    assert_eq!(reasons.unwrap(), "the mail server says 550\nthe recipient's address is none");

    // Put off once: the mail comes later, and only once.
    sink.say("later@example.com", Says::NotNow);
    stage.publish("reminders", &reminder("later", "later@example.com")).unwrap();
    expect(&stage, &sink, &["open@example.com", "later@example.com"]);
    assert_eq!(sink.asked(), 4);

    // One is put off, one is taken, and the service ends before it hears so. The next process sends the first, and the second
    // again under the same id, which is counted. It sends nothing else again.
    sink.say("crash@example.com", Says::NotNow);
    sink.say("window@example.com", Says::Nothing);
    stage.publish("reminders", &reminder("crash", "crash@example.com")).unwrap();
    stage.wait("the server puts it off", || Ok((sink.asked() == 5).then_some(()))).unwrap();
    stage.publish("reminders", &reminder("window", "window@example.com")).unwrap();
    stage
        .wait("the server has it", || Ok(recipients(&sink).iter().any(|to| to == "window@example.com").then_some(())))
        .unwrap();
    stage.crash().unwrap();
    for task in ["open", "later", "crash", "window"] {
        stage.publish("reminders", &reminder(task, &format!("{task}@example.com"))).unwrap();
    }
    stage.settled().unwrap();
    let waiting = "SELECT count(*) FROM notification.portolan_outbox WHERE failed IS NULL";
    stage.wait("the outbox is empty", || Ok((stage.sql(waiting)? == "0").then_some(()))).unwrap();
    let mut all = recipients(&sink);
    all.sort();
    let once = ["crash@example.com", "later@example.com", "open@example.com"];
    assert_eq!(all, [&once[..], &["window@example.com"; 2]].concat());
    let taken = sink.taken();
    let ids: Vec<&str> = taken
        .iter()
        .filter(|mail| mail.to == "window@example.com")
        .map(|mail| mail.header("Message-ID").unwrap())
        .collect();
    assert_eq!(ids[0], ids[1]);
    let again = "SELECT count(*), coalesce(sum(begun - 1), 0) FROM notification.portolan_mails WHERE begun > 1";
    assert_eq!(stage.sql(again).unwrap(), "1|1");
    assert!(!stage.logs().unwrap().contains("@example.com"), "a log names an address");
}

#[test]
fn without_a_mail_server_it_does_not_start_and_says_all_that_is_missing() {
    let mut service = Command::new(env!("CARGO_BIN_EXE_notification-service"));
    service.env_clear().env("SMTP_PASSWORD", "hunter2").env("SMTP_TLS", "perhaps");
    let output = service.output().unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    for part in [
        "DATABASE_URL is not set",
        "KAFKA_BROKERS is not set",
        "SMTP_HOST is not set",
        "SMTP_USERNAME is not set",
        "SMTP_FROM_EMAIL is not set",
        "SMTP_TLS has to be one of starttls, tls, none",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!said.contains("hunter2"), "{said}");
}
