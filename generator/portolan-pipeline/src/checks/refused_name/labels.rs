use super::Names;
use crate::checks::evidence::{label_name, label_value};
use crate::model::Stack;

impl Names<'_> {
    /// The environment's name, and what Prometheus selects by.
    pub(super) fn check_labels(&mut self, stack: &Stack) {
        // Where the namespace follows from the name, it is told there.
        if let Some(at) = stack.cluster.namespace.at {
            let problem = label_value(&stack.environment);
            self.refuse("the environment's name, a label of every object,", &stack.environment, at, problem);
        }
        for (name, value) in stack.monitoring.iter().flat_map(|monitoring| &monitoring.labels) {
            let Some(at) = value.at else { continue };
            self.refuse("label", name, at, label_name(name));
            self.refuse("value of a label", &value.value, at, label_value(&value.value));
        }
    }
}
