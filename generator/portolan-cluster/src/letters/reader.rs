use std::collections::VecDeque;

use super::marks::Marks;
use super::{Letter, Queue, State, Which};
use crate::WorldError;
use crate::kafka::{Connection, Cursor};

/// Reads the letters of dead-letter topics one after the other: topic by topic, partition by partition, in the order of their
/// offsets. Each partition is read twice, because a mark stands behind the letters that it is about; what is held is one fetch and
/// the ranges of offsets that are dealt with.
pub struct Reader<'a> {
    connection: &'a Connection,
    partitions: VecDeque<(&'a Queue, i32)>,
    current: Option<Partition<'a>>,
    absent: Vec<&'a str>,
}

struct Partition<'a> {
    queue: &'a Queue,
    marks: Marks,
    cursor: Cursor,
}

impl<'a> Reader<'a> {
    /// Of these topics.
    pub async fn open(connection: &'a Connection, queues: &'a [Queue]) -> Result<Self, WorldError> {
        let (mut partitions, mut absent) = (VecDeque::new(), Vec::new());
        for queue in queues {
            match connection.partitions(&queue.topic).await? {
                Some(count) => partitions.extend((0..count).map(|partition| (queue, partition))),
                None => absent.push(queue.topic.as_str()),
            }
        }
        Ok(Self { connection, partitions, current: None, absent })
    }

    /// The topics that the broker does not have.
    pub fn absent(&self) -> &[&'a str] {
        &self.absent
    }

    /// The next letter.
    pub async fn next(&mut self) -> Result<Option<Letter>, WorldError> {
        loop {
            if let Some(partition) = &mut self.current {
                if let Some(letter) = partition.next().await? {
                    return Ok(Some(letter));
                }
                self.current = None;
            }
            let Some((queue, number)) = self.partitions.pop_front() else { return Ok(None) };
            self.current = Some(Partition::open(self.connection, queue, number).await?);
        }
    }

    /// The next letter, and the queue that it is in.
    pub(super) async fn next_in_queue(&mut self) -> Result<Option<(Letter, &'a Queue)>, WorldError> {
        let letter = self.next().await?;
        let queue = self.current.as_ref().map(|partition| partition.queue);
        Ok(letter.zip(queue))
    }
}

impl<'a> Partition<'a> {
    async fn open(connection: &Connection, queue: &'a Queue, number: i32) -> Result<Self, WorldError> {
        let marks = marks(connection, &queue.topic, number).await?;
        let cursor = Cursor::open(connection, &queue.topic, number, None).await?;
        Ok(Self { queue, marks, cursor })
    }

    async fn next(&mut self) -> Result<Option<Letter>, WorldError> {
        while let Some(record) = self.cursor.next().await? {
            if !self.marks.read(&record) {
                let state = self.marks.state(record.offset);
                return Ok(Some(Letter::of(&record, self.queue, state)));
            }
        }
        Ok(None)
    }
}

/// The marks of a partition.
async fn marks(connection: &Connection, topic: &str, partition: i32) -> Result<Marks, WorldError> {
    let mut cursor = Cursor::open(connection, topic, partition, None).await?;
    let mut marks = Marks::default();
    while let Some(record) = cursor.next().await? {
        marks.read(&record);
    }
    Ok(marks)
}

/// Where the first letter stands that is not dealt with; the end where there is none.
pub(super) async fn first_open(connection: &Connection, queue: &Queue, partition: i32) -> Result<i64, WorldError> {
    let mut open = Partition::open(connection, queue, partition).await?;
    let end = open.cursor.end();
    while let Some(letter) = open.next().await? {
        if letter.state == State::Open {
            return Ok(letter.place.offset);
        }
    }
    Ok(end)
}

/// One letter by its place or the event's id, whatever became of it.
pub async fn find(connection: &Connection, queues: &[Queue], which: &Which) -> Result<Option<Letter>, WorldError> {
    let mut reader = Reader::open(connection, queues).await?;
    if let Which::Place(place) = which {
        reader.partitions.retain(|(queue, number)| queue.topic == place.topic && *number == place.partition);
    }
    while let Some(letter) = reader.next().await? {
        if which.is(&letter) {
            return Ok(Some(letter));
        }
    }
    Ok(None)
}
