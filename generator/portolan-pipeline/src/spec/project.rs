//! Which files a stack is read from.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::STACK_PATH;
use super::acceptance::{Acceptance, parse_acceptances, speaks_of_acceptance};
use super::contract::Contract;
use super::contracts::parse_contracts;
use super::decode::{Decode, entries_of};
use super::document::Document;
use super::elsewhere::{mentioned_elsewhere, secret_references};
use super::manifest::{ManifestFile, parse_manifests};
use super::node::Node;
use super::overlay::overlay;
use super::sealed_secret::{SealedSecret, parse_sealed_secrets};
use super::yaml::{MAX_BYTES, parse_yaml};
use crate::finding::Findings;
use crate::source::{FileId, Sources};

/// How many files a stack may have: a handle of one has 16 bits.
pub(super) const MAX_FILES: usize = 60_000;

/// The largest size of all texts of one environment together: several services may share one large contract.
pub(super) const MAX_ALL_BYTES: usize = 4 * MAX_BYTES;

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
    /// Whether stack and environment are YAML: of half a spec nobody can say what it lacks.
    pub whole: bool,
    /// The services whose contract is there and cannot be read.
    pub unread: BTreeSet<String>,
    /// What stands where a `SealedSecret` is expected, by secret; empty where they come otherwise.
    pub sealed: BTreeMap<String, SealedSecret>,
    /// The findings that are meant to stay.
    pub acceptances: Vec<Acceptance>,
    /// The files that the spec names under `manifests`.
    pub(crate) manifests: Vec<ManifestFile>,
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
    let stack = parse_map(&sources, stack_file, &mut findings);
    let above = parse_map(&sources, environment_file, &mut findings);
    let whole = stack.is_some() && above.is_some();
    let of_the_stack = secret_references(stack.as_ref());
    let speaks = [&stack, &above].into_iter().flatten().any(speaks_of_acceptance);
    let texts = if speaks { [stack.clone(), above.clone()] } else { [None, None] };
    let document = match (stack, above) {
        (Some(stack), Some(above)) => decode(&overlay(stack, above), &mut findings),
        // One of them is no YAML; the other one's own mistakes are shown all the same.
        (Some(only), None) | (None, Some(only)) => decode(&only, &mut findings),
        (None, None) => Document::default(),
    };
    let (contracts, unread) = parse_contracts(files, &document, &mut sources, &mut findings);
    let acceptances = parse_acceptances(&document, &texts.each_ref().map(Option::as_ref), &contracts);
    let elsewhere = mentioned_elsewhere(files, environment, &document, of_the_stack);
    let sealed = parse_sealed_secrets(files, environment, &document);
    let manifests = parse_manifests(files, &document, &mut sources, &mut findings);
    Ok(Project {
        sources,
        document,
        contracts,
        environment: environment.to_owned(),
        environment_file,
        elsewhere,
        whole,
        unread,
        sealed,
        acceptances,
        manifests,
        findings,
    })
}

/// Where a service's contract stands unless the spec says another place.
pub(super) fn contract_path(service: &str) -> String {
    format!("handlers/{service}/contract.json")
}

fn read(files: &dyn Files, path: &str, sources: &mut Sources) -> Result<FileId, Unreadable> {
    let text = files.read(path).map_err(|reason| Unreadable { path: path.to_owned(), reason })?;
    Ok(sources.add(path, text))
}

/// A list laid under a map would vanish, and its stack with it.
fn parse_map(sources: &Sources, file: FileId, findings: &mut Findings) -> Option<Node> {
    parse_yaml(sources, file, findings).filter(|node| entries_of(node, findings).is_some())
}

fn decode(node: &Node, findings: &mut Findings) -> Document {
    Document::decode(node, findings).unwrap_or_default()
}
