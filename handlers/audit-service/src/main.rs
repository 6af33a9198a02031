//! Keeps every event of the Todo stack, once, and answers what happened to a task.

mod domain;
mod http;
mod store;

use std::process::ExitCode;

use handler_runtime::Service;

fn main() -> ExitCode {
    Service::<_, store::AuditStore>::of(domain::Audit).with_routes(http::routes).main()
}
