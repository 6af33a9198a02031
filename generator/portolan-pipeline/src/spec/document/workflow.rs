use crate::spec::decode::{Located, record};
use crate::spec::duration::Duration;

record! {
    /// How a service runs Dapr's workflows; their state is kept in its actor store.
    pub struct Workflow {
        /// How many workflows one replica works at at once; default as many as come.
        "maxWorkflows" => max_workflows: Option<Located<u32>>,
        /// How many activities one replica works at at once; default as many as come.
        "maxActivities" => max_activities: Option<Located<u32>>,
        /// How long a finished workflow is kept; default for ever.
        "retention" => retention: Option<Located<Duration>>,
    }
}
