//! The dead letters of one environment: its stack, its broker, and the words of a command line about them.

use portolan_cluster::kafka::{Access, Connection};
use portolan_cluster::letters::{Queue, Selection, Which, queues};
use portolan_cluster::{Secrets, WorldError};
use portolan_pipeline::model::{Component, Stack};
use portolan_pipeline::suggest::nearest;
use time::OffsetDateTime;

use crate::cli::{BrokerWords, SelectionWords};
use crate::exit::Exit;
use crate::failure::Failure;

/// The dead-letter topics that a command is about, and how their broker is reached.
pub(crate) struct Letters {
    /// The topics.
    pub(crate) queues: Vec<Queue>,
    access: Access,
}

impl Letters {
    /// Those of a stack, narrowed by the words of a command line.
    pub(crate) fn of(stack: &Stack, words: &BrokerWords, topics: &[String]) -> Result<Self, Failure> {
        let (component, mut queues) = one(stack, queues(stack), words.component.as_deref())?;
        let is_of = |queue: &Queue, topic: &String| queue.topic == *topic || queue.origins.contains(topic);
        for topic in topics {
            if !queues.iter().any(|queue| is_of(queue, topic)) {
                let origins = queues.iter().flat_map(|queue| &queue.origins).map(String::as_str);
                let fix = match nearest(topic, origins.clone()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("there are {}", origins.collect::<Vec<_>>().join(", ")),
                };
                let why = format!("nobody in `{}` is subscribed to a topic of that name", stack.environment);
                return Err(Failure::usage(format!("there are no dead letters of `{topic}`"), why, fix));
            }
        }
        queues.retain(|queue| topics.is_empty() || topics.iter().any(|topic| is_of(queue, topic)));
        let mut secrets = Secrets::open(words.secrets.as_deref())?;
        let broker = component.broker.as_ref().ok_or_else(|| no_kafka(stack))?;
        Ok(Self { queues, access: Access::of(broker, words.brokers.as_deref(), &mut secrets)? })
    }

    /// Connects to the broker.
    pub(crate) async fn connect(&self) -> Result<Connection, Failure> {
        Ok(Connection::open(&self.access).await?)
    }
}

/// The letters that the words of a command line choose.
pub(crate) fn selection(words: &SelectionWords, which: &[String]) -> Selection {
    Selection {
        which: which.iter().map(|word| Which::from(word.as_str())).collect(),
        topics: words.topic.clone(),
        handlers: words.handler.clone(),
        reason: words.reason.clone(),
        newer_than: words.newer_than,
        older_than: words.older_than,
        // Who names a letter means that one.
        settled: !which.is_empty(),
        ..Selection::all(OffsetDateTime::now_utc())
    }
}

type Carried<'a> = (&'a Component, Vec<Queue>);

fn one<'a>(stack: &Stack, mut carried: Vec<Carried<'a>>, named: Option<&str>) -> Result<Carried<'a>, Failure> {
    let names: Vec<&str> = carried.iter().map(|(component, _)| component.name.as_str()).collect();
    let names = names.join(", ");
    if carried.is_empty() {
        return Err(no_kafka(stack));
    }
    if let Some(named) = named {
        carried.retain(|(component, _)| component.name.as_str() == named);
    }
    let several = carried.len() > 1;
    match carried.pop() {
        Some(only) if !several => Ok(only),
        Some(_) => Err(Failure::usage(
            "several components carry dead letters",
            format!("there are {names}"),
            "name one of them with `--component`",
        )),
        None => Err(Failure::usage(
            format!("no Kafka component `{}` carries dead letters", named.unwrap_or_default()),
            format!("there are {names}"),
            "name one of them",
        )),
    }
}

fn no_kafka(stack: &Stack) -> Failure {
    let what = format!("`{}` has no dead letters in Kafka", stack.environment);
    match stack.components.values().find(|component| component.kind.value.is_eventbridge()) {
        Some(bus) => Failure::usage(
            what,
            format!("its events go over EventBridge (`{}`)", bus.name),
            "there they wait in the SQS queues whose names end in -dlq and -failed; \
             `aws sqs start-message-move-task` brings them back (docs/guide/aws.md)",
        ),
        None => Failure::usage(
            what,
            "no service is subscribed to a topic of a `pubsub.kafka` component that has a dead-letter topic",
            "choose another environment",
        ),
    }
}

impl From<WorldError> for Failure {
    fn from(error: WorldError) -> Self {
        match error {
            WorldError::Refused { what, why } => Self::input_output(what, why, ""),
            WorldError::Unreachable { at, why } => Self::input_output(
                format!("cannot reach Kafka at {at}"),
                why,
                "is the address right from here? `--brokers HOST:PORT` names another one, such as that of a forwarded port",
            ),
            WorldError::MissingSecrets(keys) => {
                let named: Vec<String> = keys.iter().map(|key| format!("{} (of {key})", key.key)).collect();
                Self::input_output(
                    "values of secrets are missing",
                    named.join(", "),
                    "set them as variables of the environment, or write them into a file and name it with `--secrets FILE`",
                )
            }
            WorldError::SecretsFile(why) => {
                Self::input_output("cannot read the values of secrets", why, "a line is KEY=VALUE")
            }
        }
    }
}

/// Nothing was done, and that was meant: nobody confirmed it, or it would not be safe.
pub(crate) fn refused(what: impl Into<String>, why: impl Into<String>, fix: impl Into<String>) -> Failure {
    Failure { exit: Exit::Refused, ..Failure::usage(what, why, fix) }
}
