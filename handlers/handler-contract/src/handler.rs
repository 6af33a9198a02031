//! The handler itself.

use std::fmt::{Debug, Display};

use crate::{Contract, DataError, Event, Outcome};

/// A fold over one aggregate.
pub trait Handler: Send + Sync + 'static {
    /// What names an aggregate. Its text is what is locked where the aggregate is not stored yet, so equal keys have equal texts.
    type Key: Ord + Clone + Debug + Display + Send + Sync + 'static;
    /// What events change. One that is not stored yet is `Default`.
    type Aggregate: Clone + Default + Send + Sync + 'static;
    /// What events append.
    type Row: Send + Sync + 'static;

    /// What the code does, which the stack is held against.
    fn contract() -> Contract;

    /// The aggregate that an event concerns. Events of one key are handled in the order in which they arrive.
    fn key(&self, event: &Event) -> Result<Self::Key, Refusal>;

    /// Changes the aggregate, and says what else has to happen. It is pure: the same aggregate and the same event give the
    /// same outcome, because a batch that fails is handled again.
    fn handle(&self, aggregate: &mut Self::Aggregate, event: &Event) -> Outcome<Self::Row>;
}

/// An event can never be handled, however often it comes: it goes to the dead-letter topic at once.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The payload is not what its type promises.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A value makes no sense.
    #[error("{0}")]
    Value(String),
}
