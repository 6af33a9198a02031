//! Sends a mail when a reminder is due and its task is still open.

mod domain;
mod store;

use std::process::ExitCode;

use handler_runtime::Service;

fn main() -> ExitCode {
    Service::<_, store::TaskStore>::of(domain::Notification).main()
}
