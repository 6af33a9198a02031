//! `just soak`: the long form of the fault runs, with the seed that is given or with another one each time.

mod words;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match words::soak(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            words::print(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}
