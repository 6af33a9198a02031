//! Contracts without a stack: those of one checkout, to be compared with those of another.

use std::collections::BTreeMap;

use super::contract::Contract;
use super::decode::Decode;
use super::rules;
use super::yaml::parse_yaml;
use crate::finding::{Finding, Findings};
use crate::source::{FileId, Sources, Span};

/// Contracts by service.
#[derive(Debug, Default)]
pub struct ContractFiles {
    /// The texts.
    pub sources: Sources,
    /// The contracts that can be read.
    pub contracts: BTreeMap<String, ContractFile>,
    /// What is wrong with them.
    pub findings: Findings,
}

/// One contract and its file.
#[derive(Debug)]
pub struct ContractFile {
    /// The file.
    pub file: FileId,
    /// What stands in it.
    pub contract: Contract,
}

/// parse_: reads contracts, each from its path and text.
pub fn parse_contract_files(texts: Vec<(String, String)>) -> ContractFiles {
    let mut read = ContractFiles::default();
    for (path, text) in texts {
        let file = read.sources.add(path, text);
        let Some(node) = parse_yaml(&read.sources, file, &mut read.findings) else { continue };
        let Some(contract) = Contract::decode(&node, &mut read.findings) else { continue };
        let Some(service) = contract.service.clone() else {
            let finding = Finding::new(&rules::MISSING, node.at, "the contract does not name its service");
            read.findings.push(finding.help("add `\"service\": NAME`"));
            continue;
        };
        if read.contracts.contains_key(&service.value) {
            let message = format!("another contract is of `{}` too", service.value);
            read.findings.push(Finding::new(&rules::WRONG_TYPE, service.at, message).help("keep one of the two"));
            continue;
        }
        read.contracts.insert(service.value, ContractFile { file, contract });
    }
    read
}

impl ContractFile {
    /// The first byte of the file, for what is missing from the whole.
    pub fn top(&self) -> Span {
        Span { file: self.file, start: 0, end: 0 }
    }
}
