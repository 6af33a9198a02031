//! Logs as JSON, one line each, on standard error.

use std::io::Write;

use tracing_subscriber::EnvFilter;

/// Starts to log; `RUST_LOG` says how much, `info` where it says nothing.
pub(crate) fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    // A second service in one process logs where the first does.
    let _ = tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(std::io::stderr).try_init();
}

/// Writes what was asked for; a reader that has gone away is no error.
pub(crate) fn print(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}
