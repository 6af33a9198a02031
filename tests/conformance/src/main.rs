//! The handler that the suite drives: each event says what is to be done with it.

mod domain;
mod store;

use std::process::ExitCode;

use handler_runtime::Service;

fn main() -> ExitCode {
    Service::<_, store::Ledger>::of(domain::Subject).main()
}
