use serde::Deserialize;

/// One key of metadata.
#[expect(clippy::struct_excessive_bools, reason = "each is a word of the data, and none excludes another")]
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Key {
    /// As it is written.
    pub name: String,
    /// What its value is.
    #[serde(rename = "type", default)]
    pub kind: ValueKind,
    /// Whether it has to be there; in a profile, whether the profile needs it.
    #[serde(default)]
    pub required: bool,
    /// What counts where it is not there.
    #[serde(default)]
    pub default: Option<String>,
    /// The values that it can have, all where none is named. An alias may stand for another set of values.
    #[serde(default)]
    pub allowed: Vec<String>,
    /// Whether the value is a secret.
    #[serde(default)]
    pub sensitive: bool,
    /// Whether another spelling in capitals is another key.
    #[serde(default)]
    pub exact_case: bool,
    /// Other names that are read as well.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Whether it should no longer be used.
    #[serde(default)]
    pub deprecated: bool,
    /// The side of a binding that alone reads it.
    #[serde(default)]
    pub direction: Option<Direction>,
    /// Whether the code reads it and upstream's own metadata does not name it.
    #[serde(default)]
    pub undocumented: bool,
    /// Whether `<name>FromEnv` is read (scalers).
    #[serde(default)]
    pub from_env: bool,
    /// Whether it may stand in a trigger's metadata (scalers).
    #[serde(default)]
    pub trigger_metadata: bool,
    /// Whether a trigger's authentication may hold it (scalers).
    #[serde(default)]
    pub authentication: bool,
    /// What stands between several values.
    #[serde(default)]
    pub separator: Option<String>,
    /// What else there is to know, in a few words.
    #[serde(default)]
    pub note: Option<String>,
    #[serde(rename = "match", default)]
    matches: Match,
}

/// What a value is.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum ValueKind {
    /// Any text.
    #[default]
    String,
    /// A number.
    Number,
    /// A yes or no.
    Bool,
    /// A length of time, `30s`; a bare number is seconds unless the note says otherwise.
    Duration,
    /// A size, `4Mi`.
    ByteSize,
}

/// A side of a binding.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Events come in.
    Input,
    /// Requests go out.
    Output,
}

/// What the name stands for.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Match {
    #[default]
    Whole,
    Prefix,
    Suffix,
    Any,
}

impl Key {
    /// Whether this key is meant by a name as it stands in metadata.
    pub fn is_named(&self, written: &str) -> bool {
        let named = match self.matches {
            Match::Whole if self.exact_case => self.name == written,
            Match::Whole => self.name.eq_ignore_ascii_case(written),
            _ => self.covers(written),
        };
        named || self.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(written))
    }

    /// Whether a trigger's metadata may hold this name. KEDA's names are case-sensitive.
    pub fn is_trigger_key(&self, written: &str) -> bool {
        let from_env = self.from_env && written.strip_suffix("FromEnv") == Some(self.name.as_str());
        from_env || (self.trigger_metadata && (self.name == written || self.covers(written)))
    }

    /// Whether the name stands for many: all that begin or end so, or any at all.
    pub fn is_pattern(&self) -> bool {
        self.matches != Match::Whole
    }

    fn covers(&self, written: &str) -> bool {
        match self.matches {
            Match::Whole => false,
            Match::Prefix => written.starts_with(&self.name),
            Match::Suffix => written.ends_with(&self.name),
            Match::Any => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Key;

    fn key(json: &str) -> Key {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_pattern_stands_for_many_names() {
        let header = key(r#"{"name": "header:", "match": "prefix"}"#);
        assert!(header.is_named("header:Authorization") && !header.is_named("headers"));
        let schema = key(r#"{"name": ".avroschema", "match": "suffix"}"#);
        assert!(schema.is_named("orders.avroschema") && !schema.is_named("avroschema"));
        let any = key(r#"{"name": "*", "match": "any", "triggerMetadata": true}"#);
        assert!(any.is_trigger_key("whatever") && any.is_pattern());
    }

    #[test]
    fn an_exact_key_has_one_spelling_and_its_aliases_have_any() {
        let key = key(r#"{"name": "caCert", "exactCase": true, "aliases": ["ca"]}"#);
        assert!(key.is_named("caCert") && key.is_named("CA") && !key.is_named("cacert"));
    }
}
