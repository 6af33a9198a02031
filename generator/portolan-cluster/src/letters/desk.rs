//! Where letters are dealt with.

use std::collections::BTreeMap;

use krafka::producer::{DeliveryHandle, Producer};
use time::OffsetDateTime;

use super::chosen::is_protected;
use super::marks::Marks;
use super::offsets::Offsets;
use super::reader::first_open;
use super::replay::message;
use super::{Chosen, How, Letter, Place, Queue, Reader, State};
use crate::WorldError;
use crate::kafka::Connection;

/// Letters on their way before they are marked. A run that ends in between brings them back again, under the same ids.
const AT_ONCE: usize = 100;
/// And what they weigh.
const BYTES: usize = 4 * 1024 * 1024;

/// Deals with letters of one broker.
#[derive(Debug)]
pub struct Desk<'a> {
    connection: &'a Connection,
    queues: &'a [Queue],
    producer: Producer,
    partitions: BTreeMap<String, i32>,
}

/// What was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Settled {
    /// Letters that were dealt with.
    pub letters: u64,
    /// Those among them that got a new id.
    pub new_ids: u64,
}

/// Letters of one partition on their way.
#[derive(Debug, Default)]
struct Away {
    at: Option<(String, i32)>,
    letters: Vec<(Place, DeliveryHandle)>,
    bytes: usize,
}

impl<'a> Desk<'a> {
    /// At a broker.
    pub async fn open(connection: &'a Connection, queues: &'a [Queue]) -> Result<Self, WorldError> {
        Ok(Self { connection, queues, producer: connection.producer().await?, partitions: BTreeMap::new() })
    }

    /// Brings letters back, in their order, and marks them when the broker has them. What no inbox protects gets a new id.
    pub async fn replay(&mut self, chosen: &Chosen, mut done: impl FnMut(Settled)) -> Result<Settled, WorldError> {
        let mut settled = Settled::default();
        let mut away = Away::default();
        let mut reader = Reader::open(self.connection, self.queues).await?;
        while let Some((letter, queue)) = reader.next_in_queue().await? {
            if !chosen.contains(&letter.place) {
                continue;
            }
            let at = Some((letter.place.topic.clone(), letter.place.partition));
            if away.at != at || away.letters.len() >= AT_ONCE || away.bytes >= BYTES {
                settled.letters += self.arrive(&mut away).await?;
                done(settled);
                away.at = at;
            }
            settled.new_ids += u64::from(self.send(&letter, queue, chosen.now, &mut away).await?);
        }
        settled.letters += self.arrive(&mut away).await?;
        Ok(settled)
    }

    /// Sends one; whether it got a new id.
    async fn send(
        &mut self,
        letter: &Letter,
        queue: &Queue,
        now: OffsetDateTime,
        away: &mut Away,
    ) -> Result<bool, WorldError> {
        let failed =
            |why: &dyn ToString| WorldError::new(format!("cannot bring {} back", letter.place), why.to_string());
        let origin = letter.origin.as_deref().ok_or_else(|| failed(&"nobody says which topic it came from"))?;
        let partitions = if let Some(known) = self.partitions.get(origin) {
            *known
        } else {
            let partitions = self.connection.partitions(origin).await?;
            let partitions = partitions.ok_or_else(|| failed(&format!("there is no topic {origin}")))?;
            *self.partitions.entry(origin.to_owned()).or_insert(partitions)
        };
        let how = if is_protected(letter, now) { How::SameId } else { How::NewId };
        let record = message(letter, queue, partitions, how).ok_or_else(|| failed(&"it has no origin"))?;
        away.bytes += letter.payload.as_ref().map_or(0, Vec::len);
        let delivery = self.producer.enqueue(record).await.map_err(|error| failed(&error))?;
        away.letters.push((letter.place.clone(), delivery));
        Ok(how == How::NewId)
    }

    /// Waits until the broker has what is on its way, and marks that; how many they are. One that it refuses ends the run, after the
    /// others are marked.
    async fn arrive(&self, away: &mut Away) -> Result<u64, WorldError> {
        let mut arrived = Offsets::default();
        let mut count = 0;
        let mut refused = None;
        for (place, delivery) in away.letters.drain(..) {
            match delivery.await {
                Ok(_) => {
                    arrived.insert(place.offset);
                    count += 1;
                }
                Err(error) => {
                    refused.get_or_insert_with(|| WorldError::new(format!("cannot bring {place} back"), error));
                }
            }
        }
        away.bytes = 0;
        if let Some((topic, partition)) = &away.at
            && !arrived.is_empty()
        {
            self.mark(topic, *partition, State::Replayed, &arrived).await?;
        }
        refused.map_or(Ok(count), Err)
    }

    /// Lays letters aside: they stay in the topic, and count as dealt with.
    pub async fn drop_letters(&self, chosen: &Chosen) -> Result<Settled, WorldError> {
        for (topic, partition, offsets) in chosen.places() {
            self.mark(topic, partition, State::Dropped, offsets).await?;
        }
        Ok(Settled { letters: chosen.count, new_ids: 0 })
    }

    /// Deletes what stands before the first letter that is not dealt with, in every partition that letters were chosen from; these
    /// ends.
    pub async fn delete(&self, chosen: &Chosen) -> Result<Vec<Place>, WorldError> {
        let mut deleted = Vec::new();
        for (topic, partition, _) in chosen.places() {
            let Some(queue) = self.queues.iter().find(|queue| queue.topic == topic) else { continue };
            let offset = first_open(self.connection, queue, partition).await?;
            self.connection.delete_before(topic, partition, offset).await?;
            deleted.push(Place { topic: topic.to_owned(), partition, offset });
        }
        Ok(deleted)
    }

    async fn mark(&self, topic: &str, partition: i32, state: State, offsets: &Offsets) -> Result<(), WorldError> {
        for part in offsets.parts() {
            let sent = self.producer.send(Marks::write(topic, partition, state, &part)).await;
            sent.map(drop).map_err(|error| {
                let what = format!("cannot mark in {topic}/{partition} what is dealt with, {part}");
                WorldError::new(what, error)
            })?;
        }
        Ok(())
    }
}
