use portolan_pipeline::spec::SecretKey;

/// Why something in the world was not done.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// Somebody who was asked said no, or nothing.
    #[error("{what}: {why}")]
    Refused {
        /// What was tried.
        what: String,
        /// What came back.
        why: String,
    },
    /// A broker cannot be reached, or does not believe us who we are.
    #[error("cannot reach {at}: {why}")]
    Unreachable {
        /// Where it should be.
        at: String,
        /// What came back.
        why: String,
    },
    /// Values of secrets are missing: all of them at once.
    #[error("values of secrets are missing")]
    MissingSecrets(Vec<SecretKey>),
    /// The file with the values of secrets is none. The reason names the line and never what stands in it.
    #[error("{0}")]
    SecretsFile(String),
}

impl WorldError {
    /// What was tried, and what came back.
    #[expect(clippy::needless_pass_by_value, reason = "errors come by value")]
    pub(crate) fn new(what: impl Into<String>, why: impl ToString) -> Self {
        Self::Refused { what: what.into(), why: plain(&why.to_string()) }
    }

    #[expect(clippy::needless_pass_by_value, reason = "errors come by value")]
    pub(crate) fn unreachable(at: &str, why: impl ToString) -> Self {
        Self::Unreachable { at: plain(at), why: plain(&why.to_string()) }
    }
}

/// What others say may steer a terminal.
fn plain(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}
