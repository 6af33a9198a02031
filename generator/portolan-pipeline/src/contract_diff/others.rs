//! The other services' side of a topic or an event.

use std::collections::BTreeMap;

use super::comparison::Comparison;
use crate::spec::contract::{Contract, Publishes, Subscribes};
use crate::spec::{Additional, EventSchema, Located};

impl<'a> Comparison<'a> {
    /// Every other service's contract: the new one where there is one.
    fn others(&self) -> BTreeMap<&'a str, &'a Contract> {
        let (before, after) = (&self.before.contracts, &self.after.contracts);
        let all = before.iter().chain(after).map(|(name, file)| (name.as_str(), &file.contract));
        let mut others: BTreeMap<&str, &Contract> = all.collect();
        others.remove(self.service);
        others
    }

    /// Who handles events of a type from a topic; of any type where none is named.
    pub(super) fn subscribers(&self, topic: &str, event: Option<&str>) -> Vec<String> {
        let handles = |contract: &Contract| contract.subscribes.iter().any(|one| takes(one, topic, event));
        self.others().into_iter().filter(|(_, contract)| handles(contract)).map(|(name, _)| name.to_owned()).collect()
    }

    /// Those of them that read a field. A contract that has a schema of the event reads what stands in it; of one without
    /// nobody can say.
    pub(super) fn readers(&self, topics: &[&str], event: &str, field: &[String]) -> Vec<String> {
        let reads = |contract: &Contract| {
            let schema = contract.events.get(event);
            schema.is_none_or(|schema| names(schema, field))
                && topics.iter().any(|topic| contract.subscribes.iter().any(|one| takes(one, topic, Some(event))))
        };
        self.others().into_iter().filter(|(_, contract)| reads(contract)).map(|(name, _)| name.to_owned()).collect()
    }

    /// Who publishes events of a type to a topic.
    pub(super) fn publishers(&self, topic: &str, event: Option<&str>) -> Vec<String> {
        let sends = |contract: &Contract| contract.publishes.iter().any(|one| gives(one, topic, event));
        self.others().into_iter().filter(|(_, contract)| sends(contract)).map(|(name, _)| name.to_owned()).collect()
    }

    /// Whether a service still handles events of a type from a topic, the compared one among them.
    pub(super) fn is_handled(&self, topic: &str, event: Option<&str>) -> bool {
        let left = self.after.contracts.values();
        left.flat_map(|file| &file.contract.subscribes).any(|one| takes(one, topic, event))
    }
}

/// Whether a subscription handles a type of a topic.
pub(super) fn takes(one: &Subscribes, topic: &str, event: Option<&str>) -> bool {
    is(one.topic.as_ref(), topic) && event.is_none_or(|event| one.types.is_empty() || has(&one.types, event))
}

/// Whether a publication has a type of a topic.
pub(super) fn gives(one: &Publishes, topic: &str, event: Option<&str>) -> bool {
    is(one.topic.as_ref(), topic) && event.is_none_or(|event| one.types.is_empty() || has(&one.types, event))
}

fn is(topic: Option<&Located<String>>, name: &str) -> bool {
    topic.is_some_and(|topic| topic.value == name)
}

/// Whether a list has a word.
pub(super) fn has(list: &[Located<String>], word: &str) -> bool {
    list.iter().any(|one| one.value == word)
}

/// Whether a schema says anything of a field.
fn names(schema: &EventSchema, field: &[String]) -> bool {
    let Some((first, rest)) = field.split_first() else { return true };
    let inner = match (&schema.additional, first.as_str()) {
        (_, "[]") => schema.items.as_deref(),
        (Additional::Schema(other), "*") => Some(&**other),
        _ => schema.properties.get(first),
    };
    match inner {
        Some(inner) => names(inner, rest),
        // One that refuses what it does not name is hit by everything.
        None => schema.required.contains(first) || matches!(schema.additional, Additional::Closed),
    }
}
