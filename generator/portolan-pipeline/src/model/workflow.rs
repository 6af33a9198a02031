use super::Fact;
use crate::source::Span;
use crate::spec::Duration;

/// How a service runs workflows.
#[derive(Debug, Clone)]
pub struct Workflow {
    /// Where the spec says so.
    pub at: Span,
    /// How many workflows one replica works at at once.
    pub max_workflows: Option<Fact<u32>>,
    /// How many activities.
    pub max_activities: Option<Fact<u32>>,
    /// How long a finished workflow is kept.
    pub retention: Option<Fact<Duration>>,
}
