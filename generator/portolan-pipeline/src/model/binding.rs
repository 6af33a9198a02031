use super::{ComponentName, Fact};
use crate::source::Span;

/// What a service does with a binding.
#[derive(Debug, Clone)]
pub struct Binding {
    /// The component.
    pub component: ComponentName,
    /// Where the service says so.
    pub at: Span,
    /// Where its events are posted to; none where none come in.
    pub route: Option<Fact<String>>,
    /// Whether requests go out through it.
    pub output: bool,
    /// The operations that are asked for; empty: it is not said which.
    pub operations: Vec<Fact<String>>,
    /// The route that the contract serves; none where the contract does not say one.
    pub served: Option<Fact<String>>,
}
