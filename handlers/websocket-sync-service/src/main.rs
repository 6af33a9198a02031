//! Pushes changes of tasks to the browsers of their users.

mod counts;
mod domain;
mod http;
mod hub;
mod leave;
mod origins;
mod seat;
mod socket;

use std::process::ExitCode;

use handler_runtime::StatelessService;

fn main() -> ExitCode {
    StatelessService::of(domain::TaskSync).serving(http::serve).main()
}
