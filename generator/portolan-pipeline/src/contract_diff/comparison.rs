use super::change::{Change, ContractDifference, Impact};
use crate::spec::ContractFiles;
use crate::spec::contract::Contract;

/// The two contracts of one service, those of all others, and what is found.
pub(super) struct Comparison<'a> {
    pub(super) before: &'a ContractFiles,
    pub(super) after: &'a ContractFiles,
    pub(super) service: &'a str,
    pub(super) old: &'a Contract,
    pub(super) new: &'a Contract,
    pub(super) found: ContractDifference,
}

impl Comparison<'_> {
    /// Notes a change that somebody has to follow.
    pub(super) fn breaking(&mut self, subject: impl Into<String>, message: impl Into<String>) -> &mut Change {
        self.change(Impact::Breaking, subject, message)
    }

    /// Notes a change that nobody has to follow.
    pub(super) fn compatible(&mut self, subject: impl Into<String>, message: impl Into<String>) -> &mut Change {
        self.change(Impact::Compatible, subject, message)
    }

    /// Notes a change.
    pub(super) fn change(
        &mut self,
        impact: Impact,
        subject: impl Into<String>,
        message: impl Into<String>,
    ) -> &mut Change {
        let changes = &mut self.found.changes;
        changes.push(Change {
            impact,
            service: self.service.to_owned(),
            subject: subject.into(),
            message: message.into(),
            hits: Vec::new(),
            before: None,
            after: None,
        });
        let last = changes.len() - 1;
        &mut changes[last]
    }
}
