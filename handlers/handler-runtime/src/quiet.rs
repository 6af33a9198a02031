//! Errors of the database as they may stand in a log.

use std::fmt;

/// An error of the database without the values that the server quotes.
pub(crate) struct Quiet<'a>(pub(crate) &'a sqlx::Error);

impl fmt::Display for Quiet<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_database_error() {
            Some(error) => write!(formatter, "SQLSTATE {}", error.code().unwrap_or_default()),
            None => write!(formatter, "{}", self.0),
        }
    }
}
