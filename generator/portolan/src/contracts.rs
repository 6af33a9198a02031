//! Contracts on disk: one file, a folder of them, or a checkout.

use std::fs;
use std::path::{Path, PathBuf};

use portolan_pipeline::finding::Finding;
use portolan_pipeline::spec::{ContractFiles, parse_contract_files};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::project::read_file;

/// The file that a service's contract stands in.
const CONTRACT: &str = "contract.json";
/// Where the services of a checkout stand.
const HANDLERS: &str = "handlers";

/// Every contract of a place, and what is wrong with them.
pub(crate) fn read_contracts(place: &Path) -> Result<(ContractFiles, Vec<Failure>), Failure> {
    let mut texts = Vec::new();
    for path in paths(place)? {
        let text = read_file(&path).map_err(|error| cannot_read(&path, &error))?;
        texts.push((path.display().to_string(), text));
    }
    let files = parse_contract_files(texts);
    let failures = files.findings.iter().map(|finding| wrong(&files, finding)).collect();
    Ok((files, failures))
}

fn paths(place: &Path) -> Result<Vec<PathBuf>, Failure> {
    let about = fs::metadata(place).map_err(|error| cannot_read(place, &error))?;
    if !about.is_dir() {
        return Ok(vec![place.to_owned()]);
    }
    let handlers = place.join(HANDLERS);
    let folder = if handlers.is_dir() { handlers } else { place.to_owned() };
    let entries = fs::read_dir(&folder).map_err(|error| cannot_read(&folder, &error))?;
    let entries = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut found: Vec<PathBuf> = entries.filter_map(|path| contract_in(&path)).collect();
    found.sort();
    if found.is_empty() {
        let why = format!("neither a {CONTRACT} in a folder of it nor a .json file");
        let fix = "name a contract, a folder of contracts, or a checkout with a folder `handlers`";
        return Err(Failure::input_output(format!("there is no contract in {}", folder.display()), why, fix));
    }
    Ok(found)
}

fn contract_in(path: &Path) -> Option<PathBuf> {
    if path.is_dir() {
        return Some(path.join(CONTRACT)).filter(|contract| contract.is_file());
    }
    path.extension().is_some_and(|ending| ending == "json").then(|| path.to_owned())
}

fn cannot_read(path: &Path, error: &dyn ToString) -> Failure {
    let fix = "name a contract, a folder of contracts, or a checkout with a folder `handlers`";
    Failure::input_output(format!("cannot read {}", path.display()), error.to_string(), fix)
}

fn wrong(files: &ContractFiles, finding: &Finding) -> Failure {
    let at = files.sources.position(finding.at);
    let what = format!("{}:{}:{}", files.sources.file(finding.at.file).path, at.line, at.column);
    let why = format!("{} [{}]", finding.message, finding.rule.code);
    Failure { what, why, fix: finding.help.clone(), exit: Exit::Findings }
}
