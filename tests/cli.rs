//! The pages in tests/cli: example and test at once. What a page cannot show, closed pipes, full disks and locked
//! folders, stands beside them.

#![allow(clippy::expect_used, reason = "a test tells what it misses by failing")]

#[path = "cli/reading.rs"]
mod reading;
#[path = "cli/sarif.rs"]
mod sarif;
#[path = "cli/streams.rs"]
mod streams;
#[path = "cli/targets.rs"]
mod targets;

/// `TRYCMD=overwrite cargo test -p portolan --test cli` writes what the program now says into the pages.
#[test]
fn the_pages_show_what_the_program_says() {
    trycmd::TestCases::new().case("../../tests/cli/*.md");
}
