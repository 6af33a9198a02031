//! What a change of contracts breaks.

use std::io::{self, Write as _};

use anstyle::{AnsiColor, Style};
use portolan_pipeline::contract_diff::{Change, ContractDifference, Impact, Site};

use super::Page;

const BREAKING: Style = AnsiColor::BrightRed.on_default().bold();
const COMPATIBLE: Style = AnsiColor::BrightGreen.on_default();

/// A change a paragraph: what breaks first, with those whom it hits and where it stands.
pub(crate) fn show(difference: &ContractDifference, to: &mut Page<'_>) -> io::Result<()> {
    for change in &difference.changes {
        let style = if change.impact == Impact::Breaking { BREAKING } else { COMPATIBLE };
        let (service, message) = (plain(&change.service), plain(&change.message));
        writeln!(to, "{style}{}{style:#} {service}: {}: {message}", word(change.impact), plain(&change.subject))?;
        if !change.hits.is_empty() {
            writeln!(to, "  hits {}", change.hits.iter().map(|name| plain(name)).collect::<Vec<_>>().join(", "))?;
        }
        if let Some(places) = places(change) {
            writeln!(to, "  at {places}")?;
        }
    }
    for note in &difference.notes {
        writeln!(to, "note {}", plain(note))?;
    }
    writeln!(to, "{}", summary(difference))
}

/// A table for a merge request, what breaks first.
pub(crate) fn show_markdown(difference: &ContractDifference, to: &mut Page<'_>) -> io::Result<()> {
    writeln!(to, "### Contracts: {}", summary(difference))?;
    if !difference.changes.is_empty() {
        writeln!(to, "\n| | service | of | change | hits |\n| --- | --- | --- | --- | --- |")?;
    }
    for change in &difference.changes {
        let impact = if change.impact == Impact::Breaking { "**breaking**" } else { "compatible" };
        let hits: Vec<String> = change.hits.iter().map(|name| cell(name)).collect();
        let (service, subject) = (cell(&change.service), cell(&change.subject));
        writeln!(to, "| {impact} | {service} | {subject} | {} | {} |", cell(&change.message), hits.join(", "))?;
    }
    if !difference.notes.is_empty() {
        writeln!(to)?;
    }
    difference.notes.iter().try_for_each(|note| writeln!(to, "- {}", cell(note)))
}

fn summary(difference: &ContractDifference) -> String {
    let breaking = difference.count(Impact::Breaking);
    let compatible = difference.count(Impact::Compatible);
    let plural = if breaking == 1 { "" } else { "s" };
    format!("{breaking} breaking change{plural}, {compatible} compatible")
}

fn word(impact: Impact) -> &'static str {
    match impact {
        Impact::Breaking => "breaking",
        Impact::Compatible => "compatible",
    }
}

fn places(change: &Change) -> Option<String> {
    let place = |site: &Site| format!("{}:{}:{}", plain(&site.file), site.line, site.column);
    let places: Vec<String> = change.before.iter().chain(&change.after).map(place).collect();
    (!places.is_empty()).then(|| places.join(" -> "))
}

/// Names come from files: none of them may steer the terminal.
fn plain(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { char::REPLACEMENT_CHARACTER } else { letter }).collect()
}

/// A text that ends neither its cell nor its table.
fn cell(text: &str) -> String {
    plain(text).replace('|', "\\|").replace('<', "&lt;")
}
