use std::collections::BTreeMap;

use super::resolver::Resolver;
use crate::model::{Fact, Reference, Topic, TopicName};
use crate::source::Span;
use crate::spec::document::{self, DeadLetter};
use crate::spec::{Duration, Located, Size};

const PARTITIONS: u32 = 3;
const RETENTION: Duration = Duration::days(7);
/// Kafka's own default for a batch is a little above it.
const MAX_MESSAGE: Size = Size::bytes(1024 * 1024);
/// Dead letters wait for a person, who may be on holiday.
const DEAD_LETTER_RETENTION: Duration = Duration::days(14);

impl Resolver<'_> {
    pub(super) fn topics(&mut self) -> BTreeMap<TopicName, Topic> {
        let document = self.document;
        let mut topics = BTreeMap::new();
        for (name, topic) in &document.topics {
            let topic = self.topic(name, topic);
            if let Some(own) = own_dead_letter(&topic, document) {
                topics.insert(own.name.clone(), own);
            }
            topics.insert(topic.name.clone(), topic);
        }
        topics
    }

    fn topic(&mut self, name: &Located<String>, written: &document::Topic) -> Topic {
        let path = |field: &str| format!("topics.{}.{field}", name.value);
        let retention = self.or_default(written.retention.as_ref(), &path("retention"), RETENTION);
        let max_message =
            self.or_default_as(written.max_message.as_ref(), &path("maxMessage"), MAX_MESSAGE, |_| "1MiB".to_owned());
        Topic {
            name: name.value.as_str().into(),
            at: name.at,
            partitions: self.or_default(written.partitions.as_ref(), &path("partitions"), PARTITIONS),
            retention,
            max_message,
            rate: written.rate.as_ref().map(Fact::from),
            dead_letter: self.dead_letter(name, written),
            dead_letter_off: written
                .dead_letter
                .as_ref()
                .filter(|choice| choice.value == DeadLetter::Off)
                .map(|choice| choice.at),
            dead_letter_of: None,
        }
    }

    fn dead_letter(&mut self, name: &Located<String>, written: &document::Topic) -> Option<Fact<TopicName>> {
        let path = format!("topics.{}.deadLetter", name.value);
        let own = || TopicName::from(dead_letter_name(&name.value).as_str());
        let choice = self.or_default_as(written.dead_letter.as_ref(), &path, DeadLetter::Own, |_| "true".to_owned());
        let at = choice.at;
        match choice.value {
            DeadLetter::Off => None,
            DeadLetter::Own => Some(Fact { value: own(), at }),
            DeadLetter::Topic(other) if self.document.topics.get(&other).is_some() => {
                Some(Fact { value: other.as_str().into(), at })
            }
            DeadLetter::Topic(other) => {
                self.dangling(Reference::DeadLetterTopic, &other, at.unwrap_or(name.at));
                None
            }
        }
    }
}

fn dead_letter_name(topic: &str) -> String {
    format!("{topic}.dlq")
}

/// The dead-letter topic that comes with a topic, where the stack does not declare one of that name itself.
fn own_dead_letter(topic: &Topic, document: &document::Document) -> Option<Topic> {
    let target = topic.dead_letter.as_ref()?;
    if target.value.as_str() != dead_letter_name(topic.name.as_str())
        || document.topics.get(target.value.as_str()).is_some()
    {
        return None;
    }
    let at: Span = target.at.unwrap_or(topic.at);
    Some(Topic {
        name: target.value.clone(),
        at: topic.at,
        // Order by key does not matter to a person who reads them one by one.
        partitions: Fact { value: 1, at: Some(at) },
        retention: Fact::derived(DEAD_LETTER_RETENTION.max(topic.retention.value)),
        max_message: topic.max_message.clone(),
        rate: None,
        dead_letter: None,
        dead_letter_off: None,
        dead_letter_of: Some(topic.name.clone()),
    })
}
