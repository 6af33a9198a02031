use super::{AppId, Fact, ServiceName};
use crate::source::Span;
use crate::spec::document::Action;

/// Who may invoke a service.
#[derive(Debug, Clone)]
pub struct Access {
    /// What holds for a caller without a policy.
    pub default: Fact<Action>,
    /// The trust domain of the service itself.
    pub trust_domain: Fact<String>,
    /// A policy for each caller: what it says that it invokes, and what the spec says, the spec's word last.
    pub policies: Vec<AccessPolicy>,
}

/// What one caller may do.
#[derive(Debug, Clone)]
pub struct AccessPolicy {
    /// The caller, as the stack calls it.
    pub caller: ServiceName,
    /// Its app-id.
    pub app_id: Fact<AppId>,
    /// Its namespace.
    pub namespace: Fact<String>,
    /// Its trust domain.
    pub trust_domain: Fact<String>,
    /// What holds for a path without an operation.
    pub default: Fact<Action>,
    /// What holds for single paths, each path once: of two Dapr takes the first.
    pub operations: Vec<AccessOperation>,
}

/// What holds for one path.
#[derive(Debug, Clone)]
pub struct AccessOperation {
    /// The path, with its first slash.
    pub path: String,
    /// The HTTP verbs; empty: all.
    pub verbs: Vec<String>,
    /// What is done.
    pub action: Action,
    /// Where the caller or the spec says so.
    pub at: Span,
}

impl AccessOperation {
    /// Whether it is about a path. Dapr compares HTTP paths whatever their case.
    pub fn is_for(&self, path: &str) -> bool {
        self.path.eq_ignore_ascii_case(path)
    }
}
