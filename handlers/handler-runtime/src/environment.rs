//! What a handler is told through its environment.

use std::collections::BTreeMap;
use std::fmt;

/// The variables of the process.
#[derive(Clone)]
pub struct Environment(BTreeMap<String, String>);

/// All that is wrong with them. Names and reasons; a value may be a secret.
#[derive(Debug, Default)]
pub struct Problems(Vec<String>);

impl fmt::Debug for Environment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

impl Environment {
    /// Of this process. What is not text is left out.
    pub fn of_process() -> Self {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Self(std::env::vars_os().filter_map(text).collect())
    }

    /// With these beside them; what is set already stays as it is.
    #[must_use]
    pub(crate) fn and(&self, more: BTreeMap<String, String>) -> Self {
        let mut all = more;
        all.extend(self.0.clone());
        Self(all)
    }

    /// A variable that is there and not empty.
    pub fn optional(&self, name: &str) -> Option<String> {
        self.0.get(name).filter(|value| !value.is_empty()).cloned()
    }

    /// A variable that has to be there.
    pub fn required(&self, name: &str, problems: &mut Problems) -> String {
        self.optional(name).unwrap_or_else(|| {
            problems.add(format!("{name} is not set"));
            String::new()
        })
    }

    /// One of these words; `default` where it is not set, which must not be empty unless one is required.
    pub fn one_of(&self, name: &str, words: &[&str], default: &str, problems: &mut Problems) -> String {
        let value = self.optional(name).unwrap_or_else(|| default.to_owned());
        if !words.contains(&value.as_str()) {
            problems.add(format!("{name} has to be one of {}", words.join(", ")));
        }
        value
    }

    /// A whole number.
    pub fn number(&self, name: &str, problems: &mut Problems) -> Option<u64> {
        let value = self.optional(name)?;
        let number = value.parse();
        if number.is_err() {
            problems.add(format!("{name} has to be a whole number"));
        }
        number.ok()
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Environment {
    fn from(variables: [(&str, &str); N]) -> Self {
        Self(variables.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }
}

impl Problems {
    /// One more.
    pub fn add(&mut self, problem: String) {
        self.0.push(problem);
    }

    /// Nothing, or all of them as one error.
    pub fn into_result(self) -> Result<(), ConfigurationError> {
        if self.0.is_empty() { Ok(()) } else { Err(ConfigurationError(self.0)) }
    }
}

/// The service cannot start as it is configured.
#[derive(Debug, thiserror::Error)]
#[error("the configuration is not complete:\n  {}", .0.join("\n  "))]
pub struct ConfigurationError(Vec<String>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_is_told_and_no_value() {
        let environment = Environment::from([("COLOUR", "hunter2"), ("COUNT", "hunter3"), ("EMPTY", "")]);
        let mut problems = Problems::default();
        environment.one_of("COLOUR", &["red", "blue"], "red", &mut problems);
        environment.number("COUNT", &mut problems);
        environment.required("EMPTY", &mut problems);
        let text = problems.into_result().unwrap_err().to_string();
        for part in ["COLOUR has to be one of red, blue", "COUNT has to be a whole number", "EMPTY is not set"] {
            assert!(text.contains(part), "{text}");
        }
        assert!(!text.contains("hunter"), "{text}");
        assert!(!format!("{environment:?}").contains("hunter"));
    }
}
