//! Values of secrets. The spec has references only; the values come from the user's environment, or from a file that is in
//! no repository.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use portolan_pipeline::spec::SecretKey;

use crate::WorldError;

/// The largest file that is read.
const LARGEST: u64 = 1024 * 1024;

/// A secret's value, which no `{:?}` shows.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretValue(String);

impl SecretValue {
    /// The value itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("***")
    }
}

/// Where values are looked up, and which were not found.
#[derive(Debug)]
pub struct Secrets {
    file: BTreeMap<String, SecretValue>,
    environment: fn(&str) -> Option<String>,
    missing: Vec<SecretKey>,
}

impl Secrets {
    /// Those of the environment, and before them those of a file with lines `KEY=VALUE`.
    pub fn open(file: Option<&Path>) -> Result<Self, WorldError> {
        let file = file.map(read).transpose()?.unwrap_or_default();
        Ok(Self { file, environment: |name| std::env::var(name).ok(), missing: Vec::new() })
    }

    /// The value of a key: the file's for `secret/KEY`, its for `KEY`, the environment's for `KEY`. One that is nowhere, or empty,
    /// is remembered.
    pub(crate) fn value(&mut self, key: &SecretKey) -> SecretValue {
        let written = self.file.get(&key.to_string()).or_else(|| self.file.get(&key.key));
        let value = written.cloned().or_else(|| (self.environment)(&key.key).map(SecretValue));
        value.filter(|value| !value.0.is_empty()).unwrap_or_else(|| {
            if !self.missing.contains(key) {
                self.missing.push(key.clone());
            }
            SecretValue(String::new())
        })
    }

    /// An error that names all that were not found.
    pub(crate) fn complete(&self) -> Result<(), WorldError> {
        if self.missing.is_empty() { Ok(()) } else { Err(WorldError::MissingSecrets(self.missing.clone())) }
    }
}

fn read(path: &Path) -> Result<BTreeMap<String, SecretValue>, WorldError> {
    let failed = |why: String| WorldError::SecretsFile(format!("{}: {why}", path.display()));
    let about = std::fs::metadata(path).map_err(|error| failed(error.to_string()))?;
    if !about.is_file() || about.len() > LARGEST {
        return Err(failed("it is no file of at most 1 MiB".to_owned()));
    }
    let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    parse(&text).map_err(failed)
}

/// Lines `KEY=VALUE`, as dotenv files have them: comments, `export`, and quotes, which may hold several lines.
fn parse(text: &str) -> Result<BTreeMap<String, SecretValue>, String> {
    let mut values = BTreeMap::new();
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let line = line.trim_start();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let assignment = line.strip_prefix("export ").unwrap_or(line);
        let (key, value) = assignment.split_once('=').ok_or_else(|| format!("line {} is no KEY=VALUE", number + 1))?;
        let quote = value.chars().next().filter(|letter| ['"', '\''].contains(letter));
        let value = match quote {
            None => value.trim().to_owned(),
            Some(quote) => {
                let mut value = value[1..].to_owned();
                // A certificate has many lines.
                while !value.trim_end().ends_with(quote) {
                    let (_, next) = lines.next().ok_or_else(|| format!("the quote of line {} is open", number + 1))?;
                    value.push('\n');
                    value.push_str(next);
                }
                value.trim_end().trim_end_matches(quote).to_owned()
            }
        };
        values.insert(key.trim().to_owned(), SecretValue(value));
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(secret: &str, key: &str) -> SecretKey {
        SecretKey { secret: secret.to_owned(), key: key.to_owned() }
    }

    fn secrets(text: &str) -> Secrets {
        let environment = |name: &str| (name == "PASSWORD").then(|| "of the environment".to_owned());
        Secrets { file: parse(text).unwrap(), environment, missing: Vec::new() }
    }

    #[test]
    fn a_file_has_values_of_several_forms() {
        let text = "# comment\n\nexport A = 1 \nB='two words'\nC=\"-----BEGIN\nMII=\n-----END\"\nbus/D=4";
        let values = parse(text).unwrap();
        let value = |name: &str| values[name].reveal();
        assert_eq!(
            [value("A"), value("B"), value("C"), value("bus/D")],
            ["1", "two words", "-----BEGIN\nMII=\n-----END", "4"]
        );
        assert_eq!(parse("A=1\nhunter2"), Err("line 2 is no KEY=VALUE".to_owned()));
        assert_eq!(parse("A='1\n\n"), Err("the quote of line 1 is open".to_owned()));
    }

    #[test]
    fn the_nearest_word_counts_and_all_that_is_missing_is_named() {
        let mut secrets = secrets("bus/USER=of the bus\nUSER=of anybody\nEMPTY=");
        assert_eq!(secrets.value(&key("bus", "USER")).reveal(), "of the bus");
        assert_eq!(secrets.value(&key("other", "USER")).reveal(), "of anybody");
        assert_eq!(secrets.value(&key("bus", "PASSWORD")).reveal(), "of the environment");
        assert!(secrets.complete().is_ok());
        for name in ["EMPTY", "NOWHERE", "NOWHERE"] {
            assert_eq!(secrets.value(&key("bus", name)).reveal(), "");
        }
        let Err(WorldError::MissingSecrets(missing)) = secrets.complete() else { unreachable!("two are missing") };
        assert_eq!(missing, [key("bus", "EMPTY"), key("bus", "NOWHERE")]);
        assert_eq!(format!("{:?}", secrets.value(&key("bus", "USER"))), "***");
    }
}
