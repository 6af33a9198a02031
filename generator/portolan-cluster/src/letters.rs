//! Dead letters: what is in the dead-letter topics of a stack, and how it is brought back or laid aside.
//!
//! A letter that is dealt with stays where it is until its retention is over: a topic has no way to take one message away. What
//! says so is a mark, a message of our own behind it in the same partition (docs/decisions/0023).

mod attributes;
mod chosen;
mod desk;
mod letter;
mod marks;
mod offsets;
mod queue;
mod reader;
mod replay;
mod selection;

pub use attributes::Attributes;
pub use chosen::{Chosen, Unprotected, choose};
pub use desk::{Desk, Settled};
pub use letter::{Letter, Place, State};
pub use queue::{Queue, queues};
pub use reader::{Reader, find};
pub use replay::{How, INBOX_MEMORY};
pub use selection::{Selection, Which};
