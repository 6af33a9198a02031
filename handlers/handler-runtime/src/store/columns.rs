//! Identities as two arrays.

use handler_contract::Identity;

/// Identities as two arrays, in the order in which they came.
pub(super) struct Columns {
    pub(super) sources: Vec<String>,
    pub(super) ids: Vec<String>,
}

impl Columns {
    pub(super) fn of<'a>(identities: impl IntoIterator<Item = &'a Identity>) -> Self {
        let (sources, ids) = identities.into_iter().map(|one| (one.source.clone(), one.id.clone())).unzip();
        Self { sources, ids }
    }
}
