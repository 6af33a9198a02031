//! The only writer of tasks: their REST interface, their events and their reminders.

mod domain;
mod http;
mod store;

use std::process::ExitCode;

use handler_runtime::Service;

fn main() -> ExitCode {
    Service::<_, store::TaskStore>::of(domain::Tasks).checking(http::check).with_routes(http::routes).main()
}
