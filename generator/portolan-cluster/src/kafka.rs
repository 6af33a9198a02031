//! Kafka: how a broker of the stack is reached, and what is read from it and written to it.

mod access;
mod connection;
mod partition;
mod reading;

pub use access::Access;
pub use connection::Connection;
pub use partition::Spread;
pub(crate) use reading::Cursor;
