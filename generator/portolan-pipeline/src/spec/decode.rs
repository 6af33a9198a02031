//! [`Node`] to typed values, with every problem of a file found in one pass.

use super::node::{Key, Kind, Node, Style};
use super::rules;
use crate::finding::{Finding, Findings};
use crate::source::Span;
use crate::suggest::did_you_mean;

/// A type that a YAML value can be read into. What cannot be read is a finding and yields `None`; the rest goes on.
pub(crate) trait Decode: Sized {
    fn decode(node: &Node, findings: &mut Findings) -> Option<Self>;
}

/// A value and where it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub at: Span,
}

/// A map whose keys are names that the user chose, in the order they were written.
#[derive(Debug, Clone)]
pub struct Entries<T> {
    entries: Vec<(Located<String>, T)>,
    /// Places in `entries`, by name: stacks have thousands of services.
    by_name: Vec<usize>,
}

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Self { entries: Vec::new(), by_name: Vec::new() }
    }
}

impl<T> Entries<T> {
    fn new(entries: Vec<(Located<String>, T)>) -> Self {
        let mut by_name: Vec<usize> = (0..entries.len()).collect();
        by_name.sort_by(|left, right| entries[*left].0.value.cmp(&entries[*right].0.value));
        Self { entries, by_name }
    }

    /// Names and values.
    pub fn iter(&self) -> std::slice::Iter<'_, (Located<String>, T)> {
        self.entries.iter()
    }

    /// The value under a name.
    pub fn get(&self, name: &str) -> Option<&T> {
        let found = self.by_name.binary_search_by(|place| self.entries[*place].0.value.as_str().cmp(name)).ok()?;
        Some(&self.entries[self.by_name[found]].1)
    }
}

impl<'a, T> IntoIterator for &'a Entries<T> {
    type Item = &'a (Located<String>, T);
    type IntoIter = std::slice::Iter<'a, (Located<String>, T)>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T: Decode> Decode for Option<T> {
    fn decode(node: &Node, findings: &mut Findings) -> Option<Self> {
        match node.kind {
            Kind::Null => Some(None),
            _ => T::decode(node, findings).map(Some),
        }
    }
}

impl<T: Decode> Decode for Located<T> {
    fn decode(node: &Node, findings: &mut Findings) -> Option<Self> {
        T::decode(node, findings).map(|value| Self { value, at: node.at })
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(node: &Node, findings: &mut Findings) -> Option<Self> {
        match &node.kind {
            Kind::Null => Some(Self::new()),
            Kind::List(items) => Some(items.iter().filter_map(|item| T::decode(item, findings)).collect()),
            _ => wrong_type(node, "a list", findings),
        }
    }
}

impl<T: Decode> Decode for Entries<T> {
    fn decode(node: &Node, findings: &mut Findings) -> Option<Self> {
        let entries = entries_of(node, findings)?;
        let decoded = entries.iter().filter_map(|(key, value)| {
            let name = Located { value: key.text.clone(), at: key.at };
            T::decode(value, findings).map(|value| (name, value))
        });
        Some(Self::new(decoded.collect()))
    }
}

impl Decode for String {
    /// Text. An unquoted `no`, `1e3` or `1.20` is a finding: YAML makes a boolean or a number of it, other tools would too.
    fn decode(node: &Node, findings: &mut Findings) -> Option<Self> {
        match &node.kind {
            Kind::Scalar { text, style: Style::Text } => Some(text.clone()),
            Kind::Scalar { text, .. } => {
                let message = format!("`{text}` is {} in YAML, text is meant here", node.describe());
                findings.push(Finding::new(&rules::UNQUOTED, node.at, message).help(format!("write \"{text}\"")));
                None
            }
            _ => wrong_type(node, "text", findings),
        }
    }
}

impl Decode for bool {
    fn decode(node: &Node, findings: &mut Findings) -> Option<Self> {
        match &node.kind {
            Kind::Scalar { text, style: Style::Bool } if text == "true" || text == "false" => Some(text == "true"),
            _ => wrong_type(node, "true or false", findings),
        }
    }
}

macro_rules! decode_number {
    ($($number:ty),*) => {$(
        impl Decode for $number {
            fn decode(node: &Node, findings: &mut Findings) -> Option<Self> {
                if let Kind::Scalar { text, style: Style::Number } = &node.kind
                    && let Ok(number) = text.parse()
                {
                    return Some(number);
                }
                wrong_type(node, &format!("a whole number up to {}", <$number>::MAX), findings)
            }
        }
    )*};
}
decode_number!(u8, u16, u32, u64);

/// The entries of a map; anything else is a finding.
pub(crate) fn entries_of<'a>(node: &'a Node, findings: &mut Findings) -> Option<&'a [(Key, Node)]> {
    match &node.kind {
        Kind::Map(entries) => Some(entries),
        Kind::Null => Some(&[]),
        _ => wrong_type(node, "a map", findings),
    }
}

/// Reports a value of the wrong type.
pub(crate) fn wrong_type<T>(node: &Node, wanted: &str, findings: &mut Findings) -> Option<T> {
    let message = format!("{wanted} is wanted here, this is {}", node.describe());
    findings.push(Finding::new(&rules::WRONG_TYPE, node.at, message).help(format!("write {wanted}")));
    None
}

/// Reports a key that a record does not have.
pub(crate) fn unknown_field(key: &Key, known: &[&str], findings: &mut Findings) {
    let finding = Finding::new(&rules::UNKNOWN_FIELD, key.at, format!("unknown field `{}`", key.text));
    findings.push(finding.help(did_you_mean(&key.text, known.iter().copied())));
}

/// Text that a type reads itself: the type says what it wants, and refuses with a reason.
pub(crate) trait FromText: Sized {
    /// What it looks like, for the message.
    const WANTED: &'static str;
    /// Reads it; `None` when the text is not of this form.
    fn from_text(text: &str) -> Option<Self>;
}

/// Decodes any scalar through [`FromText`], as it was written.
pub(crate) fn decode_text<T: FromText>(node: &Node, findings: &mut Findings) -> Option<T> {
    if let Kind::Scalar { text, .. } = &node.kind
        && let Some(value) = T::from_text(text)
    {
        return Some(value);
    }
    wrong_value(node, T::WANTED, findings)
}

fn wrong_value<T>(node: &Node, wanted: &str, findings: &mut Findings) -> Option<T> {
    let Kind::Scalar { text, .. } = &node.kind else { return wrong_type(node, wanted, findings) };
    let message = format!("`{text}` is not {wanted}");
    findings.push(Finding::new(&rules::WRONG_TYPE, node.at, message).help(format!("write {wanted}")));
    None
}

/// A record of the spec: the struct, how it is read, and its JSON Schema, from one list of fields.
macro_rules! record {
    (
        $(#[$meta:meta])*
        pub struct $name:ident { $( $(#[doc = $doc:literal])* $key:literal => $field:ident: $type:ty, )* }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, schemars::JsonSchema)]
        #[schemars(deny_unknown_fields)]
        pub struct $name { $( $(#[doc = $doc])* #[schemars(rename = $key, default)] pub $field: $type, )* }

        impl $crate::spec::decode::Decode for $name {
            fn decode(node: &$crate::spec::node::Node, findings: &mut $crate::finding::Findings) -> Option<Self> {
                const KNOWN: &[&str] = &[$($key),*];
                let mut record = Self::default();
                for (key, value) in $crate::spec::decode::entries_of(node, findings)? {
                    match key.text.as_str() {
                        $( $key => if let Some(read) = $crate::spec::decode::Decode::decode(value, findings) {
                            record.$field = read;
                        }, )*
                        _ => $crate::spec::decode::unknown_field(key, KNOWN, findings),
                    }
                }
                Some(record)
            }
        }
    };
}

/// A closed list of words, each with what it means.
macro_rules! words {
    (
        $(#[$meta:meta])*
        pub enum $name:ident { $( $(#[doc = $doc:literal])* $variant:ident = $word:literal, )* }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, schemars::JsonSchema)]
        pub enum $name { $( $(#[doc = $doc])* #[schemars(rename = $word)] $variant, )* }

        impl $name {
            /// The word in the spec.
            pub fn word(self) -> &'static str {
                match self { $( Self::$variant => $word, )* }
            }
        }

        impl $crate::spec::decode::Decode for $name {
            fn decode(node: &$crate::spec::node::Node, findings: &mut $crate::finding::Findings) -> Option<Self> {
                const KNOWN: &[&str] = &[$($word),*];
                if let $crate::spec::node::Kind::Scalar { text, .. } = &node.kind {
                    match text.as_str() {
                        $( $word => return Some(Self::$variant), )*
                        _ => $crate::spec::decode::unknown_word(node, text, KNOWN, findings),
                    }
                    return None;
                }
                $crate::spec::decode::wrong_type(node, "a word", findings)
            }
        }
    };
}

/// Reports a word that is not on the list.
pub(crate) fn unknown_word(node: &Node, text: &str, known: &[&str], findings: &mut Findings) {
    let finding = Finding::new(&rules::UNKNOWN_FIELD, node.at, format!("`{text}` is not known here"));
    findings.push(finding.help(did_you_mean(text, known.iter().copied())));
}

pub(crate) use {record, words};
