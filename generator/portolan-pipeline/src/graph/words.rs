//! What a drawing says of a node and of an edge: a few lines of a few words each.

use super::edge::{Relation, Route};
use super::node::{About, Node};

impl Node {
    /// What stands below or behind its name.
    pub(super) fn lines(&self) -> Vec<Vec<String>> {
        match &self.about {
            About::Topic { partitions: 1 } => vec![vec!["1 partition".to_owned()]],
            About::Topic { partitions } => vec![vec![format!("{partitions} partitions")]],
            About::Service { run, min, max, scaled_by, schedules } => {
                let replicas = match (min, max) {
                    (1, 1) => "1 replica".to_owned(),
                    (min, max) if min == max => format!("{min} replicas"),
                    _ => format!("{min} to {max} replicas"),
                };
                let schedules = schedules.iter().map(|job| format!("schedules {job}"));
                vec![vec![(*run).to_owned(), replicas], scaled_by.clone(), schedules.collect()]
            }
            About::External { address } if *address == self.id.name => Vec::new(),
            About::External { address } => vec![vec![format!("at {address}")]],
            About::Component { r#type } => vec![vec![r#type.clone()]],
            // The keys stand on the edges, with those who read them.
            About::Secret { .. } => Vec::new(),
        }
    }
}

impl Relation {
    /// What stands at the edge.
    pub(super) fn lines(&self) -> Vec<Vec<String>> {
        match self {
            Self::Publishes { component } => vec![vec![format!("through {component}")]],
            Self::Delivers { component, group, delivery, routes, lag, .. } => vec![
                vec![format!("through {component}")],
                vec![format!("group {group}"), (*delivery).to_owned()],
                routes.iter().map(route).collect(),
                lag.iter().map(|lag| format!("lag {lag}")).collect(),
            ],
            Self::DeadLetters => vec![vec!["dead letters".to_owned()]],
            Self::Invokes { method, verbs } => {
                let words = std::iter::once("invokes").chain(verbs.iter().map(String::as_str)).chain(method.as_deref());
                vec![vec![words.collect::<Vec<_>>().join(" ")]]
            }
            Self::Uses => vec![vec!["uses".to_owned()]],
            Self::Triggers { route } => vec![vec![format!("posts to {route}")]],
            Self::Follows { keys } => vec![vec!["follows".to_owned()], keys.clone()],
            Self::Reads { keys } => vec![vec!["reads".to_owned()], keys.clone()],
        }
    }
}

fn route(route: &Route) -> String {
    if let Some(condition) = &route.condition {
        return format!("{condition} at {}", route.path);
    }
    match route.types.as_slice() {
        [] => route.path.clone(),
        types => format!("{} at {}", types.join(" and "), route.path),
    }
}

/// All words on one line.
pub(super) fn in_one_line(lines: &[Vec<String>]) -> String {
    lines.iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// A text without what steers a terminal or ends a line.
pub(super) fn visible(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}
