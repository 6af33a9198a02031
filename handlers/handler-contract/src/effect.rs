//! What has to happen beside the change of the aggregate.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use time::OffsetDateTime;

/// Effects in the order in which they were asked for.
#[derive(Clone, Debug)]
pub struct Effects<Row>(Vec<Effect<Row>>);

/// What has to happen. All but [`Effect::Push`] are stored in the transaction of the aggregate. Rows are then there exactly
/// once; what leaves the service is done at least once, under an id that is the same at every repetition.
#[derive(Clone, Debug)]
pub enum Effect<Row> {
    /// A row is appended to what the service stores: an entry of an audit log, a line of a history.
    Append(Row),
    /// An event is published.
    Publish(Publish),
    /// A job is scheduled; one of the same name is replaced.
    Schedule(Job),
    /// A job is cancelled; one that is not there is no error.
    Cancel {
        /// The job's name.
        job: String,
    },
    /// A service is invoked.
    Invoke(Invoke),
    /// A mail is sent.
    Mail(Mail),
    /// Browser sessions are told. At most once: it is not stored, and who is not connected misses it.
    Push(Push),
}

/// An event to be published.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Publish {
    /// The topic.
    pub topic: String,
    /// `type`.
    pub kind: String,
    /// The key: events of one key stay in order.
    pub key: String,
    /// `id`; derived from the cause and the effect's place where nothing is said.
    pub id: Option<String>,
    /// `subject`.
    pub subject: Option<String>,
    /// The payload.
    pub data: Box<RawValue>,
}

/// A job: at its time its service receives its data.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Job {
    /// The job's name; one job of a name is there at a time.
    pub name: String,
    /// When it is due.
    #[serde(with = "time::serde::rfc3339")]
    pub due: OffsetDateTime,
    /// What the service receives then.
    pub data: Box<RawValue>,
}

/// An invocation of another service.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Invoke {
    /// The service.
    pub service: String,
    /// The method: the path without its first slash.
    pub method: String,
    /// The HTTP verb.
    pub verb: String,
    /// The body.
    pub data: Option<Box<RawValue>>,
}

/// A mail, as text and, where there is one, as HTML.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Mail {
    /// The address.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The same as HTML.
    pub html: Option<String>,
}

/// A message to the sessions of a user.
#[derive(Clone, Debug)]
pub struct Push {
    /// The user.
    pub user: String,
    /// The message.
    pub data: Box<RawValue>,
}

impl Publish {
    /// An event whose payload is `data`.
    pub fn new<T: Serialize>(topic: &str, kind: &str, key: &str, data: &T) -> Result<Self, serde_json::Error> {
        let data = serde_json::value::to_raw_value(data)?;
        Ok(Self { topic: topic.to_owned(), kind: kind.to_owned(), key: key.to_owned(), id: None, subject: None, data })
    }

    /// With an id of its own, where several causes lead to one event.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// With a subject.
    #[must_use]
    pub fn about(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }
}

impl Push {
    /// A message to the sessions of a user.
    pub fn new<T: Serialize>(user: impl Into<String>, data: &T) -> Result<Self, serde_json::Error> {
        Ok(Self { user: user.into(), data: serde_json::value::to_raw_value(data)? })
    }
}

impl Job {
    /// A job that brings `data` back.
    pub fn new<T: Serialize>(
        name: impl Into<String>,
        due: OffsetDateTime,
        data: &T,
    ) -> Result<Self, serde_json::Error> {
        Ok(Self { name: name.into(), due, data: serde_json::value::to_raw_value(data)? })
    }
}

impl<Row> Effects<Row> {
    /// Nothing has to happen.
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// One effect more.
    #[must_use]
    pub fn and(mut self, effect: impl Into<Effect<Row>>) -> Self {
        self.0.push(effect.into());
        self
    }

    /// A job less.
    #[must_use]
    pub fn cancel(mut self, job: impl Into<String>) -> Self {
        self.0.push(Effect::Cancel { job: job.into() });
        self
    }

    /// A row more.
    #[must_use]
    pub fn append(mut self, row: Row) -> Self {
        self.0.push(Effect::Append(row));
        self
    }
}

impl<Row> Default for Effects<Row> {
    fn default() -> Self {
        Self::none()
    }
}

impl<Row> IntoIterator for Effects<Row> {
    type Item = Effect<Row>;
    type IntoIter = std::vec::IntoIter<Effect<Row>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

macro_rules! effects {
    ($($kind:ident),*) => {$(
        impl<Row> From<$kind> for Effect<Row> {
            fn from(effect: $kind) -> Self {
                Self::$kind(effect)
            }
        }
    )*};
}
effects!(Publish, Invoke, Mail, Push);

impl<Row> From<Job> for Effect<Row> {
    fn from(job: Job) -> Self {
        Self::Schedule(job)
    }
}
