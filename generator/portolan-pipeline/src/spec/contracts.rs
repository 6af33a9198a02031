//! The contracts of a stack's services, each from its own file.

use std::collections::{BTreeMap, BTreeSet};

use super::Located;
use super::contract::Contract;
use super::decode::Decode;
use super::document::{Document, Service};
use super::node::Node;
use super::project::{Files, MAX_ALL_BYTES, MAX_FILES, ReadError, contract_path};
use super::rules;
use super::yaml::parse_yaml;
use crate::finding::{Finding, Findings};
use crate::source::{FileId, Sources};

/// The contracts that can be read, by service, and the services whose contract cannot.
pub(super) fn parse_contracts(
    files: &dyn Files,
    document: &Document,
    sources: &mut Sources,
    findings: &mut Findings,
) -> (BTreeMap<String, (FileId, Contract)>, BTreeSet<String>) {
    let (mut contracts, mut unread) = (BTreeMap::new(), BTreeSet::new());
    for (name, service) in &document.services {
        if sources.files().len() >= MAX_FILES {
            let finding =
                Finding::new(&rules::REFUSED, name.at, format!("more than {MAX_FILES} files belong to this stack"));
            findings.push(finding.help("split the stack"));
            break;
        }
        let text = match parse_contract(files, name, service, sources, findings) {
            Ok(Some(text)) => Some(text),
            Ok(None) => continue,
            Err(Unread) => None,
        };
        match text.and_then(|(file, node)| Some((file, Contract::decode(&node, findings)?))) {
            Some(contract) => {
                contracts.insert(name.value.clone(), contract);
            }
            None => {
                unread.insert(name.value.clone());
            }
        }
    }
    (contracts, unread)
}

/// A contract that is there and cannot be read, which is a finding already.
struct Unread;

fn parse_contract(
    files: &dyn Files,
    name: &Located<String>,
    service: &Service,
    sources: &mut Sources,
    findings: &mut Findings,
) -> Result<Option<(FileId, Node)>, Unread> {
    let written = service.contract.as_ref();
    let path = written.map_or_else(|| contract_path(&name.value), |path| path.value.clone());
    match files.read(&path) {
        Ok(text) if sources.bytes() + text.len() > MAX_ALL_BYTES => {
            let at = written.map_or(name.at, |path| path.at);
            let message = format!("the texts are larger than {} MiB together", MAX_ALL_BYTES / 1024 / 1024);
            findings.push(Finding::new(&rules::REFUSED, at, message).help("find what made the contracts so large"));
            Err(Unread)
        }
        Ok(text) => {
            let file = sources.add(&path, text);
            parse_yaml(sources, file, findings).map(|node| Some((file, node))).ok_or(Unread)
        }
        // A service without a contract is somebody else's image: the spec says what it does.
        Err(ReadError::Missing) if written.is_none() => Ok(None),
        Err(reason) => {
            let at = written.map_or(name.at, |path| path.at);
            let finding =
                Finding::new(&rules::UNREADABLE, at, format!("the contract `{path}` cannot be read: {reason}"));
            findings.push(finding.help("mend the path; it is relative to the project's root"));
            Err(Unread)
        }
    }
}
