//! The README and the guide: their commands run, their output is what the program says, their links lead somewhere,
//! and they leave no field, command or flag out.

#![allow(clippy::expect_used, clippy::panic, reason = "a test tells what it misses by failing")]

#[path = "docs/blocks.rs"]
mod blocks;
#[path = "docs/console.rs"]
mod console;
#[path = "docs/jobs.rs"]
mod jobs;
#[path = "docs/letters.rs"]
mod letters;
#[path = "docs/links.rs"]
mod links;
#[path = "docs/pages.rs"]
mod pages;
#[path = "docs/project.rs"]
mod project;
#[path = "docs/words.rs"]
mod words;
#[path = "docs/workshop.rs"]
mod workshop;

use anyhow::Result;
use workshop::Workshop;

/// One function: the pages share one Kubernetes API, which is started once, and one warm build.
#[test]
fn every_command_of_the_pages_runs() -> Result<()> {
    let workshop = Workshop::open()?;
    let mut failures = Vec::new();
    for page in pages::with_commands()? {
        if let Err(error) = workshop.run(&page) {
            failures.push(format!("{}: {error:#}", page.name));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    Ok(())
}
