//! What portolan does in the world: the one crate that talks to what runs. It takes the resolved stack from the pipeline and
//! values of secrets from the user, and hands values back; it prints nothing.

mod error;
pub mod kafka;
pub mod letters;
mod secrets;

pub use error::WorldError;
pub use secrets::{SecretValue, Secrets};

/// Runs what talks to the world until it has ended.
pub fn block_on<T, E: From<WorldError>>(work: impl Future<Output = Result<T, E>>) -> Result<T, E> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| WorldError::new("cannot begin", error))?.block_on(work)
}
