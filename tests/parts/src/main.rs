//! Obtains the real parts that tests and benchmarks start.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use portolan_parts::cli::Cli;

fn main() -> ExitCode {
    match Cli::parse().run(&mut io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to do when stderr is closed.
            let _ = writeln!(io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
