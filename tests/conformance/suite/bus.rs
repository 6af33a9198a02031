//! What a bus brings to the subject, and what the subject puts on one: as a function, and as a consumer. EventBridge is ministack,
//! which delivers; moto is a second opinion on what is put on a bus.

use std::process::Command;
use std::time::{Duration, Instant};

use portolan_parts::{Aws, Ending, Kafka, LambdaApi, Launch, Port, Postgres, Process, Scratch, http};
use portolan_stage::Broker;
use serde_json::{Value, json};

use crate::lambda::{ACCOUNT, REGION};
use crate::world::event;

const BUS: &str = "suite";
/// What a function may take.
const PATIENCE: Duration = Duration::from_secs(10);
const SOON: Duration = Duration::from_secs(30);

/// A stand-in for AWS with a bus, and queues that show what is on it.
pub(crate) struct Cloud {
    pub(crate) aws: Aws,
}

/// The subject as a function, invoked by hand.
pub(crate) struct Function {
    api: LambdaApi,
    subject: Process,
    postgres: Postgres,
    _scratch: Scratch,
}

impl Cloud {
    /// With a rule for each topic, which puts its entries into the queue of the same name, and a queue of what was given up.
    pub(crate) fn with(aws: Aws) -> Self {
        aws.call("events", "CreateEventBus", &json!({ "Name": BUS })).unwrap();
        for name in ["work", "done", "failed"] {
            aws.call("sqs", "CreateQueue", &json!({ "QueueName": name })).unwrap();
        }
        for topic in ["work", "done"] {
            let pattern = json!({ "detail": { "topic": [topic] } }).to_string();
            let rule = json!({ "Name": topic, "EventBusName": BUS, "EventPattern": pattern });
            aws.call("events", "PutRule", &rule).unwrap();
            let targets = json!([{ "Id": "queue", "Arn": queue(topic) }]);
            let request = json!({ "Rule": topic, "EventBusName": BUS, "Targets": targets });
            aws.call("events", "PutTargets", &request).unwrap();
        }
        Self { aws }
    }

    /// Tells a program to put what it publishes on the bus, and what it gives up into the queue.
    pub(crate) fn tell(&self, program: &mut Command) {
        self.aws.tell(program);
        program.env("PORTOLAN_PUBLISH", format!("done=eventbridge:{BUS},work.dlq=sqs:{}", queue("failed")));
    }

    /// Takes so many messages out of a queue.
    pub(crate) fn take(&self, name: &str, count: usize) -> Vec<Value> {
        let queue = format!("http://127.0.0.1/{ACCOUNT}/{name}");
        let request = json!({ "QueueUrl": queue, "MaxNumberOfMessages": 10, "MessageAttributeNames": ["All"] });
        let mut taken = Vec::new();
        let until = Instant::now() + SOON;
        while taken.len() < count {
            assert!(Instant::now() < until, "{name} has {taken:?}");
            let answer = self.aws.ask("AmazonSQS.ReceiveMessage", &request).unwrap();
            if answer["Messages"].as_array().is_none_or(Vec::is_empty) {
                std::thread::sleep(Duration::from_millis(100));
            }
            for message in answer["Messages"].as_array().into_iter().flatten() {
                let done = json!({ "QueueUrl": queue, "ReceiptHandle": message["ReceiptHandle"] });
                self.aws.ask("AmazonSQS.DeleteMessage", &done).unwrap();
                taken.push(message.clone());
            }
        }
        taken
    }

    /// The entries of a bus that a rule has put into a queue.
    pub(crate) fn entries(&self, name: &str, count: usize) -> Vec<Value> {
        let entry = |message: Value| serde_json::from_str(message["Body"].as_str().unwrap()).unwrap();
        self.take(name, count).into_iter().map(entry).collect()
    }
}

fn queue(name: &str) -> String {
    format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{name}")
}

impl Function {
    /// Starts the subject, which finds its database's address as a secret in Secrets Manager.
    pub(crate) fn start(cloud: &Cloud) -> Self {
        let (api, postgres) = (LambdaApi::start().unwrap(), Postgres::start().unwrap());
        let secret = json!({ "URL": postgres.url("postgres") }).to_string();
        let request = json!({ "Name": "suite/database", "SecretString": secret });
        let secret = cloud.aws.call("secretsmanager", "CreateSecret", &request).unwrap();
        let parameter = json!({ "Name": "/suite/attempts", "Value": "3", "Type": "SecureString" });
        cloud.aws.call("ssm", "PutParameter", &parameter).unwrap();
        let scratch = Scratch::new("function").unwrap();
        let mut subject = Command::new(env!("CARGO_BIN_EXE_subject"));
        api.tell(&mut subject);
        cloud.tell(&mut subject);
        let attempts = format!("arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/suite/attempts");
        let secrets = format!("DATABASE_URL={}#URL,PORTOLAN_MAX_ATTEMPTS={attempts}", secret["ARN"].as_str().unwrap());
        subject.env("PORTOLAN_SECRETS", secrets).env("PORTOLAN_INVOKE", "other=http://127.0.0.1:1");
        subject.env("PORTOLAN_SCHEDULE_GROUP", "subject").env("PORTOLAN_SCHEDULE_ROLE", "none");
        subject.env("PORTOLAN_SCHEDULE_TARGET", "none").env("PORTOLAN_FIRST_RETRY_MS", "50");
        let log = scratch.join("subject.log");
        let subject = Launch::new("subject", subject, log).ending(Ending::Terminate).start().unwrap();
        Self { api, subject, postgres, _scratch: scratch }
    }

    fn invoke(&self, payload: &Value) -> anyhow::Result<Value> {
        self.api.invoke(&payload.to_string(), PATIENCE)
    }

    fn sql(&self, statement: &str) -> String {
        self.postgres.psql("postgres", statement).unwrap()
    }

    fn lines(&self, page: &str) -> String {
        self.sql(&format!("SELECT string_agg(event, ' ' ORDER BY number) FROM subject.lines WHERE page = '{page}'"))
    }
}

fn work(page: &str, id: &str, task: &Value) -> Value {
    let mut event = event(page, id, "work", task);
    event["topic"] = json!("work");
    event["partitionkey"] = json!(page);
    event
}

/// What the bus brings is handled, and what follows is on the bus before the function answers.
pub(crate) fn comes_and_goes(cloud: &Cloud, function: &Function) {
    let mut published = work("page", "bus-1", &json!({ "do": "publish" }));
    published["traceparent"] = json!("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    let entry =
        json!({ "EventBusName": BUS, "Source": "suite", "DetailType": "work", "Detail": published.to_string() });
    cloud.aws.call("events", "PutEvents", &json!({ "Entries": [entry] })).unwrap();
    let entry = cloud.entries("work", 1).remove(0);
    for _ in 0..2 {
        assert_eq!(function.invoke(&entry).unwrap(), json!({ "left": 0 }), "{}", function.subject.log_text());
    }
    assert_eq!(function.lines("page"), "bus-1");
    let done = cloud.entries("done", 1).remove(0);
    assert_eq!((&done["source"], &done["detail-type"]), (&json!("subject"), &json!("done")));
    let told = ["topic", "type", "data", "partitionkey", "traceparent"].map(|name| done["detail"][name].clone());
    assert_eq!(told, ["done".into(), "done".into(), "bus-1".into(), "page".into(), published["traceparent"].clone()]);
}

/// The third time that Lambda brings an event is the last, so it is a dead letter with its reason then.
pub(crate) fn is_given_up(cloud: &Cloud, function: &Function) {
    let poison = json!({ "id": "e-1", "source": "suite", "detail-type": "work",
        "detail": work("poison", "poison-1", &json!({ "do": "retry" })) });
    for _ in 0..2 {
        let again = function.invoke(&poison).unwrap_err().to_string();
        assert!(again.contains("portolan.ComesAgain") && again.contains("1 of 1 come again: not yet"), "{again}");
    }
    assert_eq!(function.invoke(&poison).unwrap(), json!({ "left": 0 }));
    assert!(function.invoke(&json!({ "neither": "event nor records" })).is_ok());
    let letters = cloud.take("failed", 2);
    let told = |letter: &Value, name: &str| letter["MessageAttributes"][name]["StringValue"].clone();
    let find = |reason: &str| letters.iter().find(|letter| told(letter, "portolan-reason") == reason).unwrap();
    let letter = find("not yet");
    assert_eq!(
        ["attempts", "topic", "handler", "key"].map(|name| told(letter, &format!("portolan-{name}"))),
        [json!("3"), json!("work"), json!("subject"), json!("poison")]
    );
    assert!(letter["Body"].as_str().unwrap().contains("poison-1"));
    let strange = find("no CloudEvent: `specversion` is missing or empty");
    assert_eq!(strange["Body"], r#"{"neither":"event nor records"}"#);
}

/// Messages of a queue are answered one by one.
pub(crate) fn answers_each_message(function: &Function) {
    let message = |id: &str, event: &Value| {
        json!({ "messageId": id, "body": event.to_string(), "eventSource": "aws:sqs", "eventSourceARN": queue("work"),
            "attributes": {} })
    };
    let write = json!({ "do": "write" });
    let records = [
        message("m-1", &work("queue", "queue-1", &write)),
        message("m-2", &work("held", "queue-2", &json!({ "do": "retry" }))),
        message("m-3", &work("held", "queue-3", &write)),
        message("m-4", &work("queue", "queue-4", &write)),
    ];
    let answer = function.invoke(&json!({ "Records": records })).unwrap();
    let failed = ["m-2", "m-3"].map(|id| json!({ "itemIdentifier": id }));
    assert_eq!(answer, json!({ "batchItemFailures": failed }));
    assert_eq!(function.lines("queue"), "queue-1 queue-4");
    assert_eq!(function.lines("held"), "");
}

/// One that no bus takes is set aside with its reason, and its key goes on.
pub(crate) fn is_too_large(cloud: &Cloud, function: &Function) {
    let large = work("large", "large-1", &json!({ "do": "publish", "letters": 1_100_000 }));
    assert_eq!(function.invoke(&large).unwrap(), json!({ "left": 0 }));
    let reason = function.sql("SELECT failed FROM subject.portolan_outbox");
    assert!(reason.contains("EventBridge takes 1048576 at most"), "{reason}");
    assert!(function.invoke(&work("large", "large-2", &json!({ "do": "publish" }))).is_ok());
    assert_eq!(cloud.entries("done", 1)[0]["detail"]["data"], "large-2");
}

/// Thirty entries take several requests, and none is left out. No value of a secret is in the log.
pub(crate) fn in_several_requests(cloud: &Cloud, function: &Function) {
    let message = |n: usize| {
        let page = format!("order-{}", n % 15);
        let event = work(&page, &format!("{page}-{n}"), &json!({ "do": "publish" }));
        json!({ "messageId": n.to_string(), "body": event.to_string(), "eventSource": "aws:sqs",
            "eventSourceARN": queue("work"), "attributes": {} })
    };
    let records: Vec<Value> = (0..30).map(message).collect();
    assert_eq!(function.invoke(&json!({ "Records": records })).unwrap(), json!({ "batchItemFailures": [] }));
    let entries = cloud.entries("done", 30);
    let mut ids: Vec<&str> = entries.iter().filter_map(|entry| entry["detail"]["data"].as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 30);
    let log = function.subject.log_text();
    assert!(!log.contains(&function.postgres.url("postgres")), "{log}");
}

/// A subject that listens at a port, with its database.
struct Service {
    _subject: Process,
    port: Port,
    _postgres: Postgres,
    _scratch: Scratch,
}

impl Service {
    fn start(cloud: &Cloud, tell: impl FnOnce(&mut Command)) -> Self {
        let (postgres, scratch) = (Postgres::start().unwrap(), Scratch::new("service").unwrap());
        let port = Port::reserve().unwrap();
        let mut subject = Command::new(env!("CARGO_BIN_EXE_subject"));
        cloud.tell(&mut subject);
        subject.env("DATABASE_URL", postgres.url("postgres")).env("PORT", port.to_string());
        subject.env("PORTOLAN_FIRST_RETRY_MS", "50").env("PORTOLAN_MAX_ATTEMPTS", "2");
        tell(&mut subject);
        let log = scratch.join("subject.log");
        let mut subject = Launch::new("subject", subject, log).ending(Ending::Terminate).start().unwrap();
        let alive = || http::get(port.number(), "/healthz").is_ok_and(|answer| answer.status == 200);
        subject.wait_until(SOON, alive).unwrap();
        Self { _subject: subject, port, _postgres: postgres, _scratch: scratch }
    }
}

/// As a consumer the subject takes events from the broker and puts others on the bus.
pub(crate) fn from_a_consumer(cloud: &Cloud) {
    let kafka = Kafka::plaintext().unwrap();
    kafka.create_topics(&[("work", 1)]).unwrap();
    let _service = Service::start(cloud, |subject| {
        subject.env("PORTOLAN_TRANSPORT", "kafka").env("KAFKA_BROKERS", kafka.brokers());
        subject.env("KAFKA_GROUP", "subject").env("KAFKA_TOPICS", "work");
        subject.env("PORTOLAN_INVOKE", "other=http://127.0.0.1:1");
    });
    let broker = Broker::at(kafka.brokers());
    for id in ["one", "two", "three"] {
        broker.publish("work", "page", &event("page", id, "work", &json!({ "do": "publish" })).to_string());
    }
    let entries = cloud.entries("done", 3);
    let mut told: Vec<String> = entries.iter().map(|entry| entry["detail"]["data"].to_string()).collect();
    told.sort_unstable();
    assert_eq!(told, [r#""one""#, r#""three""#, r#""two""#]);
}

/// A sidecar's binding brings events out of a queue. What follows goes on the bus without it, and what is given up to the queue.
pub(crate) fn from_behind_a_sidecar(cloud: &Cloud) {
    let service = Service::start(cloud, |subject| {
        subject.env("PORTOLAN_TRANSPORT", "dapr");
    });
    let bring = |event: &Value| {
        let body = event.to_string();
        http::post(service.port.number(), "/events/work", "application/json", body.as_bytes()).unwrap().status
    };
    assert_eq!(bring(&work("page", "behind-1", &json!({ "do": "publish" }))), 200);
    assert_eq!(cloud.entries("done", 1)[0]["detail"]["data"], "behind-1");
    let poison = work("page", "behind-2", &json!({ "do": "retry" }));
    assert_eq!([(); 2].map(|()| bring(&poison)), [503, 200]);
    let letter = cloud.take("failed", 1).remove(0);
    assert_eq!(letter["MessageAttributes"]["portolan-reason"]["StringValue"], "not yet");
}
