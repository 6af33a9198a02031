//! Who an event is.

use std::fmt;

use uuid::Uuid;

/// What makes two deliveries the same event: `CloudEvents` asks producers to keep `source` and `id` together unique.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    /// The event's `source`.
    pub source: String,
    /// The event's `id`.
    pub id: String,
}

impl fmt::Display for Identity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}#{}", self.source, self.id)
    }
}

/// The id of what follows from an event: always the same for the same cause, handler and place among its effects, so that
/// a receiver knows a repetition when it sees one.
pub fn derived_id(cause: &Identity, handler: &str, ordinal: usize) -> String {
    // A length before each part, so that no two lists of parts are written alike.
    let mut name = Vec::new();
    for part in [cause.source.as_str(), cause.id.as_str(), handler] {
        name.extend_from_slice(&(part.len() as u64).to_be_bytes());
        name.extend_from_slice(part.as_bytes());
    }
    name.extend_from_slice(&(ordinal as u64).to_be_bytes());
    Uuid::new_v5(&Uuid::NAMESPACE_URL, &name).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(source: &str, id: &str) -> Identity {
        Identity { source: source.to_owned(), id: id.to_owned() }
    }

    #[test]
    fn the_same_cause_gives_the_same_id() {
        let cause = identity("api-service", "1");
        assert_eq!(derived_id(&cause, "audit", 0), derived_id(&cause, "audit", 0));
        assert_ne!(derived_id(&cause, "audit", 0), derived_id(&cause, "audit", 1));
        assert_ne!(derived_id(&cause, "audit", 0), derived_id(&cause, "mailer", 0));
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(derived_id(&identity("a", "bc"), "h", 0), derived_id(&identity("ab", "c"), "h", 0));
    }
}
