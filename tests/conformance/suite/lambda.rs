//! The subject as a function: Lambda's runtime API, and what brings it events, which is AWS's own and is played here. Records are
//! read from the broker and handed over as Lambda hands them over, each partition by itself, and again until they are taken.

use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use portolan_parts::{Aws, LambdaApi};
use serde_json::{Value, json};

use crate::event_source::EventSource;
use crate::features::{Counted, Features, Paced, Waits};
use crate::world::{LARGEST, Parts, Transport};

pub(crate) const ACCOUNT: &str = "123456789012";
pub(crate) const REGION: &str = "eu-central-1";
/// What the schedules of the subject send to: the stand-in can run no function that is not its own.
const DUE: &str = "due";
/// A function that ends does not answer.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(200);
/// How often the outbox is drained: each five minutes, as it is rendered.
const DRAIN: Duration = Duration::from_secs(2);

/// The function, and what brings it events.
pub(crate) struct Lambda {
    api: Arc<LambdaApi>,
    aws: Arc<Aws>,
    ended: Arc<AtomicBool>,
    bringing: Mutex<Vec<JoinHandle<()>>>,
}

impl Transport for Lambda {
    const FEATURES: Features = Features {
        waits: Waits::Partition,
        paced: Paced::Runtime,
        reason: true,
        numbers: true,
        counted: Counted::Logged,
        late: Duration::from_secs(25),
        letters: 2 * 1024 * 1024,
    };

    fn prepare(_: &Parts) -> Self {
        let aws = Aws::ministack(ACCOUNT, REGION).unwrap();
        aws.call("sqs", "CreateQueue", &json!({ "QueueName": DUE })).unwrap();
        aws.call("scheduler", "CreateScheduleGroup", &json!({ "Name": "subject" })).unwrap();
        let api = Arc::new(LambdaApi::start().unwrap());
        Self { api, aws: Arc::new(aws), ended: Arc::default(), bringing: Mutex::default() }
    }

    fn tell(&self, subject: &mut Command, parts: &Parts) {
        self.api.tell(subject);
        self.aws.tell(subject);
        subject.env("PORTOLAN_TRANSPORT", "lambda").env("KAFKA_BROKERS", parts.kafka.brokers());
        subject.env("KAFKA_MAX_MESSAGE", LARGEST.to_string());
        subject.env("PORTOLAN_INVOKE", format!("other=http://127.0.0.1:{}", parts.other.port()));
        subject.env("PORTOLAN_SCHEDULE_GROUP", "subject");
        subject.env("PORTOLAN_SCHEDULE_ROLE", format!("arn:aws:iam::{ACCOUNT}:role/subject-scheduler"));
        subject.env("PORTOLAN_SCHEDULE_TARGET", format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{DUE}"));
    }

    fn accompany(&self, parts: &Parts) {
        let mut bringing = self.bringing.lock().unwrap();
        if !bringing.is_empty() {
            return;
        }
        for partition in 0..3 {
            let source = EventSource::of(parts.kafka.brokers(), "work", partition);
            let (api, ended) = (Arc::clone(&self.api), Arc::clone(&self.ended));
            bringing.push(std::thread::spawn(move || bring_records(source, &api, &ended)));
        }
        let (api, aws, ended) = (Arc::clone(&self.api), Arc::clone(&self.aws), Arc::clone(&self.ended));
        bringing.push(std::thread::spawn(move || bring_jobs(&aws, &api, &ended)));
        let (api, ended) = (Arc::clone(&self.api), Arc::clone(&self.ended));
        bringing.push(std::thread::spawn(move || {
            while !ended.load(Ordering::Relaxed) {
                // It is asked again in any case.
                let _ = api.invoke(r#"{"portolan":"drain"}"#, PATIENCE);
                std::thread::sleep(DRAIN);
            }
        }));
    }

    fn log(&self) -> String {
        self.api.log()
    }
}

impl Drop for Lambda {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        for thread in self.bringing.get_mut().unwrap().drain(..) {
            let _ = thread.join();
        }
    }
}

/// Nothing of a partition is brought before what stands before it is taken.
fn bring_records(mut source: EventSource, api: &LambdaApi, ended: &AtomicBool) {
    while !ended.load(Ordering::Relaxed) {
        let Some(batch) = source.next() else { continue };
        while !ended.load(Ordering::Relaxed) && api.invoke(&batch, PATIENCE).is_err() {
            std::thread::sleep(PAUSE);
        }
    }
}

/// What a schedule has sent is a function's payload; one that fails comes again when the queue shows it again.
fn bring_jobs(aws: &Aws, api: &LambdaApi, ended: &AtomicBool) {
    let queue = format!("http://127.0.0.1/{ACCOUNT}/{DUE}");
    let receive = json!({ "QueueUrl": queue, "MaxNumberOfMessages": 10, "VisibilityTimeout": 1 });
    while !ended.load(Ordering::Relaxed) {
        let messages = aws.ask("AmazonSQS.ReceiveMessage", &receive).unwrap_or_default();
        for message in messages["Messages"].as_array().into_iter().flatten() {
            let body = message["Body"].as_str().unwrap_or_default();
            if api.invoke(body, PATIENCE).is_ok() {
                let receipt: &Value = &message["ReceiptHandle"];
                let done = json!({ "QueueUrl": queue, "ReceiptHandle": receipt });
                // One that stays comes again, and is known.
                let _ = aws.ask("AmazonSQS.DeleteMessage", &done);
            }
        }
        std::thread::sleep(PAUSE);
    }
}
