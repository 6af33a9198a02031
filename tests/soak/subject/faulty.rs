//! The same handler on a runtime that makes mistakes.

mod domain;
mod store;

use std::process::ExitCode;

use faulty_runtime as runtime;

fn main() -> ExitCode {
    runtime::Service::<_, store::Ledger>::of(domain::Subject).main()
}
