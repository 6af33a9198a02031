use portolan_pipeline::contract_diff::{Impact, compare_contracts};

use crate::cli::{ContractDiffWords, ContractFormat, ContractVerb, ContractWords};
use crate::contracts::read_contracts;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::views::{self, Output, contract, json};

/// Does what is asked for with contracts.
pub(super) fn run(words: &ContractWords, out: &mut Output) -> Result<Exit, Failure> {
    match &words.verb {
        ContractVerb::Diff(words) => diff(words, out),
    }
}

/// Shows what a change of contracts breaks.
fn diff(words: &ContractDiffWords, out: &mut Output) -> Result<Exit, Failure> {
    let (before, mut failures) = read_contracts(&words.before)?;
    let (after, others) = read_contracts(&words.after)?;
    failures.extend(others);
    if let Some(exit) = views::failure::show_all(&failures) {
        return Ok(exit);
    }
    let difference = compare_contracts(&before, &after);
    match words.output {
        ContractFormat::Human => out.print(|to| contract::show(&difference, to))?,
        ContractFormat::Json => out.print(|to| json::write(&difference, to))?,
        ContractFormat::Markdown => out.print(|to| contract::show_markdown(&difference, to))?,
    }
    let breaks = words.detailed_exitcode && difference.count(Impact::Breaking) > 0;
    Ok(if breaks { Exit::Differences } else { Exit::Done })
}
