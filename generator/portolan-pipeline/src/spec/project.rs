//! Which files a stack is read from.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::STACK_PATH;
use super::contract::Contract;
use super::decode::Decode;
use super::document::{Document, Service};
use super::elsewhere::mentioned_elsewhere;
use super::node::Node;
use super::overlay::overlay;
use super::rules;
use super::yaml::parse_yaml;
use super::Located;
use crate::finding::{Finding, Findings};
use crate::source::{FileId, Sources};

/// Where texts come from: a folder, or a map in a test.
pub trait Files {
    /// The text at a path relative to the project.
    fn read(&self, path: &str) -> Result<String, ReadError>;

    /// The names of all environments, where they are known: then what none of them uses can be told.
    fn environments(&self) -> Option<Vec<String>> {
        None
    }
}

/// Why a file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadError {
    /// There is none.
    Missing,
    /// There is one; this is what the system says.
    Failed(String),
}

impl fmt::Display for ReadError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => formatter.write_str("there is no such file"),
            Self::Failed(reason) => formatter.write_str(reason),
        }
    }
}

/// The stack or the environment itself cannot be read, so there is nothing to check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Relative to the project.
    pub path: String,
    /// Why.
    pub reason: ReadError,
}

/// All that was read for one environment.
#[derive(Debug)]
pub struct Project {
    /// The texts.
    pub sources: Sources,
    /// The stack with the environment laid over it.
    pub document: Document,
    /// Contracts by service.
    pub contracts: BTreeMap<String, (FileId, Contract)>,
    /// The environment's name, from its file's name.
    pub environment: String,
    /// The environment's file.
    pub environment_file: FileId,
    /// What the other environments mention, where they are known.
    pub elsewhere: Option<BTreeSet<String>>,
    /// What is wrong with the texts themselves.
    pub findings: Findings,
}

/// Path of an environment's file.
pub fn environment_path(environment: &str) -> String {
    format!("infra/environments/{environment}.yaml")
}

/// parse_: reads the stack, one environment and the contracts of its services.
///
/// # Errors
/// When the stack or the environment cannot be read at all. All that is wrong inside them is a finding.
pub fn parse_project(files: &dyn Files, environment: &str) -> Result<Project, Unreadable> {
    let mut sources = Sources::default();
    let mut findings = Findings::default();
    let stack_file = read(files, STACK_PATH, &mut sources)?;
    let environment_file = read(files, &environment_path(environment), &mut sources)?;
    let stack = parse_yaml(&sources, stack_file, &mut findings);
    let above = parse_yaml(&sources, environment_file, &mut findings);
    let document = match (stack, above) {
        (Some(stack), Some(above)) => decode(&overlay(stack, above), &mut findings),
        // One of them is no YAML; the other one's own mistakes are shown all the same.
        (Some(only), None) | (None, Some(only)) => decode(&only, &mut findings),
        (None, None) => Document::default(),
    };
    let contracts = parse_contracts(files, &document, &mut sources, &mut findings);
    let elsewhere = mentioned_elsewhere(files, environment, &document);
    let environment = environment.to_owned();
    Ok(Project { sources, document, contracts, environment, environment_file, elsewhere, findings })
}

/// Where a service's contract stands unless the spec says another place.
pub(super) fn contract_path(service: &str) -> String {
    format!("handlers/{service}/contract.json")
}

fn read(files: &dyn Files, path: &str, sources: &mut Sources) -> Result<FileId, Unreadable> {
    let text = files.read(path).map_err(|reason| Unreadable { path: path.to_owned(), reason })?;
    Ok(sources.add(path, text))
}

fn decode(node: &Node, findings: &mut Findings) -> Document {
    Document::decode(node, findings).unwrap_or_default()
}

fn parse_contracts(
    files: &dyn Files,
    document: &Document,
    sources: &mut Sources,
    findings: &mut Findings,
) -> BTreeMap<String, (FileId, Contract)> {
    let mut contracts = BTreeMap::new();
    for (name, service) in document.services.iter() {
        if let Some((file, node)) = parse_contract(files, name, service, sources, findings)
            && let Some(contract) = Contract::decode(&node, findings)
        {
            contracts.insert(name.value.clone(), (file, contract));
        }
    }
    contracts
}

fn parse_contract(
    files: &dyn Files,
    name: &Located<String>,
    service: &Service,
    sources: &mut Sources,
    findings: &mut Findings,
) -> Option<(FileId, Node)> {
    let written = service.contract.as_ref();
    let path = written.map_or_else(|| contract_path(&name.value), |path| path.value.clone());
    match files.read(&path) {
        Ok(text) => {
            let file = sources.add(&path, text);
            parse_yaml(sources, file, findings).map(|node| (file, node))
        }
        // A service without a contract is somebody else's image: the spec says what it does.
        Err(ReadError::Missing) if written.is_none() => None,
        Err(reason) => {
            let at = written.map_or(name.at, |path| path.at);
            let finding = Finding::new(&rules::UNREADABLE, at, format!("the contract `{path}` cannot be read: {reason}"));
            findings.push(finding.help("mend the path; it is relative to the project's root"));
            None
        }
    }
}
