use std::time::Duration;

use time::OffsetDateTime;

use super::{Letter, Place, State};

/// One letter, as a person names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// By its place.
    Place(Place),
    /// By the event's id.
    Id(String),
}

impl From<&str> for Which {
    fn from(word: &str) -> Self {
        word.parse().map_or_else(|()| Self::Id(word.to_owned()), Self::Place)
    }
}

/// Which letters.
#[derive(Debug, Clone)]
pub struct Selection {
    /// These; empty: all.
    pub which: Vec<Which>,
    /// From one of these topics; empty: from any.
    pub topics: Vec<String>,
    /// Given up by one of these; empty: by whomever.
    pub handlers: Vec<String>,
    /// Whose reason has these words, in any case.
    pub reason: Option<String>,
    /// Written no longer ago than this.
    pub newer_than: Option<Duration>,
    /// Written longer ago than this.
    pub older_than: Option<Duration>,
    /// Those too that are dealt with.
    pub settled: bool,
    /// What time it is.
    pub now: OffsetDateTime,
}

impl Selection {
    /// Every open letter.
    pub fn all(now: OffsetDateTime) -> Self {
        let (which, topics, handlers) = (Vec::new(), Vec::new(), Vec::new());
        Self { which, topics, handlers, reason: None, newer_than: None, older_than: None, settled: false, now }
    }

    /// Whether a letter is among them.
    pub fn takes(&self, letter: &Letter) -> bool {
        let age = self.now - letter.at;
        let handler = |name: &String| letter.handler.as_ref() == Some(name);
        let reason = |words: &String| {
            letter.reason.as_ref().is_some_and(|reason| reason.to_lowercase().contains(&words.to_lowercase()))
        };
        (self.settled || letter.state == State::Open)
            && (self.which.is_empty() || self.which.iter().any(|which| which.is(letter)))
            && (self.topics.is_empty() || self.topics.iter().any(|topic| letter.is_of(topic)))
            && (self.handlers.is_empty() || self.handlers.iter().any(handler))
            && self.reason.as_ref().is_none_or(reason)
            && self.newer_than.is_none_or(|limit| age <= limit)
            && self.older_than.is_none_or(|limit| age > limit)
    }
}

impl Which {
    /// Whether it is this letter.
    pub fn is(&self, letter: &Letter) -> bool {
        match self {
            Self::Place(place) => letter.place == *place,
            Self::Id(id) => letter.event.id.as_ref() == Some(id),
        }
    }
}

#[cfg(test)]
mod tests {
    use krafka::consumer::ConsumerRecord;

    use super::*;
    use crate::letters::Queue;

    fn letter(age: Duration) -> Letter {
        let mut record =
            ConsumerRecord::new("tasks.dlq", 0, 7, None, Some(r#"{"id":"e1","source":"s","type":"t"}"#.into()));
        let headers = [("portolan-topic", "tasks"), ("portolan-handler", "audit"), ("portolan-reason", "Not yet")];
        record.headers = headers.map(|(name, value)| (name.to_owned(), Some(value.into()))).into();
        let mut letter = Letter::of(&record, &Queue::of("tasks.dlq", &["tasks"]), State::Open);
        letter.at = now() - age;
        letter
    }

    fn now() -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH + Duration::from_hours(24)
    }

    #[test]
    fn each_word_narrows() {
        let letter = letter(Duration::from_hours(2));
        let takes = |change: fn(&mut Selection)| {
            let mut selection = Selection::all(now());
            change(&mut selection);
            selection.takes(&letter)
        };
        assert!(takes(|_| {}));
        assert!(takes(|all| all.which = vec![Which::from("tasks.dlq/0/7"), Which::from("other")]));
        assert!(takes(|all| all.which = vec![Which::from("e1")]));
        assert!(!takes(|all| all.which = vec![Which::from("tasks.dlq/1/7")]));
        assert!(
            takes(|all| all.topics = vec!["tasks".to_owned()])
                && takes(|all| all.topics = vec!["tasks.dlq".to_owned()])
        );
        assert!(!takes(|all| all.topics = vec!["other".to_owned()]));
        assert!(
            takes(|all| all.handlers = vec!["audit".to_owned()])
                && !takes(|all| all.handlers = vec!["mail".to_owned()])
        );
        assert!(
            takes(|all| all.reason = Some("not YET".to_owned())) && !takes(|all| all.reason = Some("ever".to_owned()))
        );
        assert!(takes(|all| all.newer_than = Some(Duration::from_hours(3))));
        assert!(!takes(|all| all.newer_than = Some(Duration::from_hours(1))));
        assert!(takes(|all| all.older_than = Some(Duration::from_hours(1))));
        assert!(!takes(|all| all.older_than = Some(Duration::from_hours(3))));
    }

    #[test]
    fn what_is_dealt_with_is_not_taken_unless_that_is_said() {
        let mut letter = letter(Duration::ZERO);
        letter.state = State::Replayed;
        assert!(!Selection::all(now()).takes(&letter));
        assert!(Selection { settled: true, ..Selection::all(now()) }.takes(&letter));
    }
}
