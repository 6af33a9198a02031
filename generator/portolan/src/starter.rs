//! The first stack of a folder: two small files to begin from, which check and render as they stand.

use std::path::Path;

use portolan_pipeline::spec::{Files, ReadError, STACK_PATH, environment_path};

use crate::cli::InitWords;
use crate::failure::Failure;
use crate::output::NewFile;
use crate::stages::check_environments;

/// The first environment.
const ENVIRONMENT: &str = "local";
/// The name of a stack in a folder whose own name has no letter that a label takes.
const NAMELESS: &str = "my-stack";
/// As long as a name may be that is taken from a folder: the namespace has the environment's name behind it.
const LONGEST: usize = 40;

/// The texts of a first stack.
pub(crate) struct Starter {
    /// The stack's name.
    pub(crate) stack: String,
    /// Path and text: what makes the folder a project comes last.
    pub(crate) files: [NewFile; 2],
}

impl Starter {
    /// The stack that the words ask for.
    pub(crate) fn new(words: &InitWords, folder: &Path) -> Self {
        let stack = words.stack.clone().unwrap_or_else(|| stack_name(folder));
        let image = words.image.clone();
        let image = image.unwrap_or_else(|| format!("registry.example.com/{stack}/{}:1.0.0", words.service));
        let environment = format!(
            "# Where it runs. What stands here wins over stack.yaml; each file in this folder is an environment.\n\
             environment: {ENVIRONMENT}\n\
             components: {{ bus: {{ brokers: [{}] }} }}\n",
            quoted(&words.broker)
        );
        let text = stack_text(&stack, &words.topic, &words.service, &image);
        Self { stack, files: [(environment_path(ENVIRONMENT), environment), (STACK_PATH.to_owned(), text)] }
    }
}

fn stack_text(stack: &str, topic: &str, service: &str, image: &str) -> String {
    let (stack, topic, service, image) = (scalar(stack), scalar(topic), scalar(service), quoted(image));
    format!(
        "# What there is, the same in every environment.\n\
         portolan: v1\n\
         stack: {stack}\n\
         # Nothing behind a name takes every default; `portolan check --defaults` lists them.\n\
         topics: {{ {topic}: }}\n\
         components: {{ bus: {{ type: pubsub.kafka }} }}\n\
         # Events arrive by HTTP at /events/TOPIC. One more replica for every 20 that wait, none when nothing does.\n\
         services:\n  \
           {service}: {{ image: {image}, subscribes: {{ {topic}: }}, scale: {{ min: 0, max: 3, lag: 20 }} }}\n"
    )
}

/// The checks themselves say whether the names can be used, so none of their rules stands here again.
pub(crate) fn check_starter(starter: &Starter) -> Result<(), Failure> {
    let (checked, failures) = check_environments(starter, &[ENVIRONMENT.to_owned()]);
    if let Some(failure) = failures.into_iter().next() {
        return Err(failure);
    }
    match checked.iter().flat_map(|checked| checked.findings.iter()).next() {
        None => Ok(()),
        Some(finding) => {
            Err(Failure::usage("this would be no stack to begin from", finding.message.as_str(), finding.help.as_str()))
        }
    }
}

impl Files for Starter {
    fn environments(&self) -> Option<Vec<String>> {
        Some(vec![ENVIRONMENT.to_owned()])
    }

    fn read(&self, path: &str) -> Result<String, ReadError> {
        let text = self.files.iter().find(|(known, _)| known == path);
        text.map(|(_, text)| text.clone()).ok_or(ReadError::Missing)
    }
}

/// A name that was typed, where it is a DNS label.
pub(crate) fn label(what: &str, name: String) -> Result<String, Failure> {
    let inner = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    if !name.is_empty() && name.len() <= 63 && name.chars().all(inner) && !name.starts_with('-') && !name.ends_with('-')
    {
        return Ok(name);
    }
    let why = "it has to be lower-case letters, digits and `-`, with a letter or digit at both ends";
    Err(Failure::usage(
        format!("`{name}` is no name for the {what}"),
        why,
        format!("name another one with `--{what} NAME`"),
    ))
}

/// The folder's name as a DNS label.
pub(crate) fn stack_name(folder: &Path) -> String {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let name = folder.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let plain = name.replace(|letter: char| !letter.is_ascii_lowercase() && !letter.is_ascii_digit(), "-");
    let short: String = plain.trim_start_matches('-').chars().take(LONGEST).collect();
    match short.trim_end_matches('-') {
        "" => NAMELESS.to_owned(),
        label => label.to_owned(),
    }
}

/// A text as YAML; without quotes where nobody can take it for anything else.
fn scalar(text: &str) -> String {
    let inner = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    let plain = text.starts_with(|first: char| first.is_ascii_alphabetic()) && text.chars().all(inner);
    // What YAML, of whatever version, takes for a boolean or for nothing.
    let words = ["true", "false", "yes", "no", "on", "off", "y", "n", "null"];
    if plain && !words.contains(&text.to_lowercase().as_str()) { text.to_owned() } else { quoted(text) }
}

/// A text in double quotes, which JSON and YAML escape alike.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_lends_its_name() {
        for (folder, name) in [
            ("/srv/shop", "shop"),
            ("/srv/My Shop (2)", "my-shop--2"),
            ("/srv/__", NAMELESS),
            ("/", NAMELESS),
            ("/srv/0x", "0x"),
        ] {
            assert_eq!(stack_name(Path::new(folder)), name);
        }
        assert_eq!(stack_name(Path::new(&"/a-".repeat(30).replace("/a", "a"))).len(), LONGEST - 1);
    }

    #[test]
    fn a_name_stays_a_name() {
        for (text, written) in
            [("orders.v1", "orders.v1"), ("No", "\"No\""), ("12", "\"12\""), ("a: b", "\"a: b\""), ("", "\"\"")]
        {
            assert_eq!(scalar(text), written);
        }
    }
}
