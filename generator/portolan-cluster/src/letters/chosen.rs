use std::collections::BTreeMap;

use time::OffsetDateTime;

use super::offsets::Offsets;
use super::{INBOX_MEMORY, Letter, Place, Queue, Reader, Selection, Which};
use crate::WorldError;
use crate::kafka::Connection;

/// Letters that something is to be done with, before it is done.
#[derive(Debug)]
pub struct Chosen {
    /// When they were chosen; ages are counted to then.
    pub now: OffsetDateTime,
    /// How many.
    pub count: u64,
    /// How many by the topic that they came from and the handler that gave them up.
    pub by: BTreeMap<(Option<String>, Option<String>), u64>,
    /// Those that no inbox protects from being handled twice.
    pub unprotected: Option<Unprotected>,
    /// One of those of which nobody says where they came from.
    pub homeless: Option<Place>,
    /// Those among them that were dealt with before.
    pub settled: u64,
    /// Those that were named, and that nobody has.
    pub unknown: Vec<Which>,
    /// Topics that the broker does not have.
    pub absent: Vec<String>,
    places: BTreeMap<(String, i32), Offsets>,
}

/// Letters that no inbox knows: it has forgotten them by now, or they have no id to be known by.
#[derive(Debug)]
pub struct Unprotected {
    /// How many.
    pub count: u64,
    /// The oldest of them.
    pub oldest: Place,
    /// Since when somebody may have handled it.
    pub since: OffsetDateTime,
    /// Whether that one is older than an inbox remembers; else it has no id.
    pub forgotten: bool,
}

impl Chosen {
    fn none(now: OffsetDateTime, unknown: Vec<Which>, absent: Vec<String>) -> Self {
        let (by, places) = (BTreeMap::new(), BTreeMap::new());
        Self { now, count: 0, by, unprotected: None, homeless: None, settled: 0, unknown, absent, places }
    }

    fn take(&mut self, letter: &Letter) {
        self.count += 1;
        self.settled += u64::from(letter.state != super::State::Open);
        *self.by.entry((letter.origin.clone(), letter.handler.clone())).or_default() += 1;
        if letter.origin.is_none() {
            self.homeless.get_or_insert_with(|| letter.place.clone());
        }
        if !is_protected(letter, self.now) {
            let since = letter.since();
            let place = letter.place.clone();
            let forgotten = letter.event.is_event();
            let unprotected = self.unprotected.get_or_insert_with(|| Unprotected {
                count: 0,
                oldest: place.clone(),
                since,
                forgotten,
            });
            unprotected.count += 1;
            if since < unprotected.since {
                (unprotected.oldest, unprotected.since, unprotected.forgotten) = (place, since, forgotten);
            }
        }
        let Place { topic, partition, offset } = &letter.place;
        self.places.entry((topic.clone(), *partition)).or_default().insert(*offset);
    }

    /// Whether a letter is among them.
    pub(super) fn contains(&self, place: &Place) -> bool {
        let offsets = self.places.get(&(place.topic.clone(), place.partition));
        offsets.is_some_and(|offsets| offsets.contains(place.offset))
    }

    /// The offsets, by topic and partition.
    pub(super) fn places(&self) -> impl Iterator<Item = (&str, i32, &Offsets)> {
        self.places.iter().map(|((topic, partition), offsets)| (topic.as_str(), *partition, offsets))
    }
}

/// Whether every handler that has handled the event still knows it.
pub(super) fn is_protected(letter: &Letter, now: OffsetDateTime) -> bool {
    letter.event.is_event() && now - letter.since() < INBOX_MEMORY
}

/// Finds the letters of a selection.
pub async fn choose(connection: &Connection, queues: &[Queue], selection: &Selection) -> Result<Chosen, WorldError> {
    let mut reader = Reader::open(connection, queues).await?;
    let absent = reader.absent().iter().map(|topic| (*topic).to_owned()).collect();
    let mut chosen = Chosen::none(selection.now, selection.which.clone(), absent);
    while let Some(letter) = reader.next().await? {
        chosen.unknown.retain(|which| !which.is(&letter));
        if selection.takes(&letter) {
            chosen.take(&letter);
        }
    }
    Ok(chosen)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use krafka::consumer::ConsumerRecord;

    use super::*;
    use crate::letters::State;

    fn letter(body: &str, at: OffsetDateTime) -> Letter {
        let record = ConsumerRecord::new("tasks.dlq", 0, 7, None, Some(body.to_owned().into()));
        Letter { at, ..Letter::of(&record, &Queue::of("tasks.dlq", &["tasks"]), State::Open) }
    }

    /// A letter may be young and its event old: others have handled that long ago.
    #[test]
    fn an_event_is_protected_for_as_long_as_the_inbox_remembers_it() {
        let now = OffsetDateTime::UNIX_EPOCH + Duration::from_hours(24 * 365);
        let limit = |age: u64| now - INBOX_MEMORY + Duration::from_mins(1) - Duration::from_secs(age);
        let event = r#"{"id":"1","source":"s","type":"t"}"#;
        assert!(is_protected(&letter(event, limit(0)), now) && !is_protected(&letter(event, limit(61)), now));
        assert!(!is_protected(
            &letter(r#"{"id":"1","source":"s","type":"t","time":"1970-12-01T00:00:00Z"}"#, now),
            now
        ));
        assert!(is_protected(&letter(r#"{"id":"1","source":"s","type":"t","time":"1999-12-01T00:00:00Z"}"#, now), now));
        assert!(!is_protected(&letter("nonsense", now), now));
    }

    #[test]
    fn what_is_chosen_is_counted_and_the_oldest_that_nobody_remembers_is_named() {
        let now = OffsetDateTime::UNIX_EPOCH + Duration::from_hours(24 * 365);
        let mut chosen = Chosen::none(now, Vec::new(), Vec::new());
        let event = r#"{"id":"1","source":"s","type":"t"}"#;
        for (offset, days) in [(1, 1), (2, 20), (3, 30), (4, 15)] {
            let mut letter = letter(event, now - Duration::from_hours(24 * days));
            letter.place.offset = offset;
            chosen.take(&letter);
        }
        let unprotected = chosen.unprotected.as_ref().unwrap();
        assert_eq!((chosen.count, unprotected.count, unprotected.oldest.offset), (4, 3, 3));
        assert!(unprotected.forgotten && chosen.homeless.is_none());
        let place = |offset| Place { topic: "tasks.dlq".to_owned(), partition: 0, offset };
        assert!(chosen.contains(&place(4)) && !chosen.contains(&place(5)));
    }
}
