//! portolan: one stack spec, checked, rendered, planned, applied and proven. This crate is what people see of it:
//! words, flags and exit codes.

mod cli;
mod commands;
mod contracts;
#[cfg(feature = "world")]
mod desk;
mod exit;
mod failure;
mod guard;
mod manifests;
mod output;
mod project;
mod rendered;
mod report;
mod stages;
mod starter;
mod views;

use std::process::ExitCode;

fn main() -> ExitCode {
    guard::guarded(|| match cli::parse(std::env::args_os()) {
        Ok(words) => commands::run(&words),
        Err(refusal) => views::refusal(&refusal),
    })
    .into()
}
