//! What a change of contracts breaks, and for whom: an event that is published is a promise, a subscription is a need.

mod agreement;
mod change;
mod comparison;
mod others;
mod payload;
mod publishes;
mod subscribes;
mod surface;

pub(crate) use agreement::disagreement;
pub use change::{Change, ContractDifference, Impact, Site};

use std::collections::BTreeSet;

use crate::spec::ContractFiles;
use crate::spec::contract::Contract;
use comparison::Comparison;

/// Every change between two sets of contracts, by service. Two sets of one contract each are compared as one service, also
/// where its name has changed.
pub fn compare_contracts(before: &ContractFiles, after: &ContractFiles) -> ContractDifference {
    let mut difference = ContractDifference::default();
    for (left, right) in pairs(before, after) {
        let nothing = Contract::default();
        let (old, new) = (before.contracts.get(left), after.contracts.get(right));
        let mut comparison = Comparison {
            before,
            after,
            service: if new.is_some() { right } else { left },
            old: old.map_or(&nothing, |file| &file.contract),
            new: new.map_or(&nothing, |file| &file.contract),
            found: ContractDifference::default(),
        };
        match (old, new) {
            (Some(old), None) => {
                comparison.breaking("service", "is gone").before(before, old.top());
            }
            (None, Some(new)) => {
                comparison.compatible("service", "is new").after(after, new.top());
            }
            (Some(old), Some(new)) if left != right => {
                let message = format!("was called `{left}`: its app-id and its consumer groups follow from the name");
                comparison.breaking("service", message).before(before, old.top()).after(after, new.top());
            }
            _ => {}
        }
        publishes::compare_publishes(&mut comparison);
        subscribes::compare_subscribes(&mut comparison);
        surface::compare_surface(&mut comparison);
        difference.extend(comparison.found);
    }
    difference.sorted()
}

/// Which contract of one side is compared with which of the other.
fn pairs<'a>(before: &'a ContractFiles, after: &'a ContractFiles) -> Vec<(&'a str, &'a str)> {
    let mut lefts = before.contracts.keys();
    let mut rights = after.contracts.keys();
    if let (Some(left), None, Some(right), None) = (lefts.next(), lefts.next(), rights.next(), rights.next()) {
        return vec![(left, right)];
    }
    let names: BTreeSet<&String> = before.contracts.keys().chain(after.contracts.keys()).collect();
    names.into_iter().map(|name| (name.as_str(), name.as_str())).collect()
}
