//! Asks for the next task of a series when one is completed.

mod domain;
mod store;

use std::process::ExitCode;

use handler_runtime::Service;

fn main() -> ExitCode {
    Service::<_, store::RequestStore>::of(domain::Recurring).main()
}
