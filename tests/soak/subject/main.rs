//! The handler that is put under load.

mod domain;
mod store;

use std::process::ExitCode;

use handler_runtime as runtime;

fn main() -> ExitCode {
    runtime::Service::<_, store::Ledger>::of(domain::Subject).main()
}
