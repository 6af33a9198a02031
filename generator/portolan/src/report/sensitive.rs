//! Secrets that no check has seen yet. A text that is no YAML is not understood, and a misspelt `pasword` is no password:
//! where the lines around a finding hold what by its key can only be a secret, nobody is shown it.

use std::ops::Range;

use portolan_pipeline::suggest::nearest;

/// How far above a line of text its key is looked for: a private key in PEM has half as many lines.
const TEXT: usize = 100;
/// How far above an entry of a map that map's key is looked for: what a secret's key should hold has one.
const MAP: usize = 8;
/// No key is longer.
const LONGEST: usize = 100;
/// The last word of a key that stands for a secret.
const WORDS: [&str; 14] = [
    "authorization",
    "cookie",
    "pass",
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "token",
    "credential",
    "credentials",
    "apikey",
    "dsn",
    "connectionstring",
];
/// What a `…Key` is when it is no secret.
const PUBLIC: [&str; 14] = [
    "",
    "public",
    "partition",
    "primary",
    "foreign",
    "sort",
    "message",
    "routing",
    "cache",
    "group",
    "hash",
    "idempotency",
    "ordering",
    "lookup",
];

/// A line as far as it is understood.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Holds {
    /// A key whose value may follow on the next lines.
    Key { secret: bool, opens_text: bool },
    /// Text that goes on, or nothing.
    #[default]
    Text,
}

/// The parts of one line, as bytes of it, that only a secret can fill. `above` are the lines before it, the nearest first.
pub(super) fn secrets_in<'a>(line: &str, above: impl Iterator<Item = &'a str>) -> Vec<Range<usize>> {
    let holds = classify(line);
    match enclosing(line, above) {
        Holds::Key { secret: true, opens_text } if opens_text || holds == Holds::Text => whole(line),
        Holds::Key { secret: true, .. } => {
            of_a_map(line).next().map_or_else(Vec::new, |key| secret_value(line, key.end))
        }
        _ => keys(line)
            .filter(|key| is_secret(key.name))
            .flat_map(|key| secret_value(line, key.end))
            .chain(in_urls(line))
            .collect(),
    }
}

/// The key that a line belongs to: it stands above it and further left, or no further right where text goes on. A block of
/// text that somebody forgot to indent goes on anywhere.
fn enclosing<'a>(line: &str, above: impl Iterator<Item = &'a str>) -> Holds {
    let goes_on = classify(line) == Holds::Text;
    let depth = |line: &str| indentation(line) + usize::from(goes_on);
    let mut left_of = depth(line);
    let mut nearest = goes_on;
    for line in above.take(if goes_on { TEXT } else { MAP }).filter(|line| !line.trim().is_empty()) {
        if left_of == 0 {
            break;
        }
        if (nearest || indentation(line) < left_of)
            && let key @ Holds::Key { opens_text, .. } = classify(line)
        {
            if indentation(line) < left_of || opens_text {
                return key;
            }
            nearest = false;
        }
        left_of = left_of.min(depth(line));
    }
    Holds::Text
}

fn classify(line: &str) -> Holds {
    let Some(key) = of_a_map(line).last() else { return Holds::Text };
    let value = line[key.end..].trim();
    let quotes = value.matches(['"', '\'']).count();
    Holds::Key { secret: is_secret(key.name), opens_text: value.starts_with(['|', '>']) || quotes % 2 == 1 }
}

struct Key<'a> {
    name: &'a str,
    /// Behind its colon.
    end: usize,
}

/// Whatever has a colon, or an equals sign, behind it.
fn keys(line: &str) -> impl Iterator<Item = Key<'_>> {
    line.match_indices([':', '=']).filter_map(|(at, _)| {
        let before = line[..at].trim_end().trim_end_matches(['"', '\'']);
        let start = before
            .rfind(|letter: char| !letter.is_alphanumeric() && !"_-.".contains(letter))
            .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
        let name = &before[start..];
        (!name.is_empty() && name.len() <= LONGEST).then_some(Key { name, end: at + 1 })
    })
}

/// Those of them that YAML takes for keys: a colon inside a word is part of it.
fn of_a_map(line: &str) -> impl Iterator<Item = Key<'_>> {
    keys(line).filter(|key| {
        let (before, behind) = line.split_at(key.end);
        let quoted = before.ends_with("\":") || before.ends_with("':");
        before.ends_with(':') && (quoted || behind.is_empty() || behind.starts_with(char::is_whitespace))
    })
}

/// The value behind a secret's key, up to the line's end, but for a reference, which says where the secret lies.
fn secret_value(line: &str, start: usize) -> Vec<Range<usize>> {
    let value = line[start..].trim();
    let inside = value.trim_start_matches('{').trim_start();
    let named = inside.strip_prefix("secret:").unwrap_or(inside).trim();
    let reference = named.split(['}', ',', ' ']).next().unwrap_or_default().trim_matches(['"', '\'']);
    let rest = named[named.find(['}', ',', ' ']).unwrap_or(named.len())..].trim_start_matches(['}', ' ']);
    let plain = keys(rest).all(|key| !is_secret(key.name));
    if value.is_empty() || is_reference(reference) && plain { Vec::new() } else { range_of(line, start) }
}

/// The user and the password of a URL.
fn in_urls(line: &str) -> impl Iterator<Item = Range<usize>> {
    line.match_indices("://").filter_map(|(at, _)| {
        let start = at + "://".len();
        let length = line[start..].find(|letter: char| letter.is_whitespace() || "/?#\"'".contains(letter));
        let authority = &line[start..length.map_or(line.len(), |length| start + length)];
        let user = authority.rfind('@').filter(|end| authority[..*end].contains(':'))?;
        Some(start..start + user)
    })
}

fn whole(line: &str) -> Vec<Range<usize>> {
    range_of(line, 0)
}

fn range_of(line: &str, start: usize) -> Vec<Range<usize>> {
    let rest = &line[start..];
    let start = start + rest.len() - rest.trim_start().len();
    let range = start..line.trim_end().len().max(start);
    // What only opens or closes a map is shown: a mark may lie on it.
    let braces = line[range.clone()].trim_matches(['{', '}', '[', ']', ',', ' ']).is_empty();
    Vec::from_iter((!braces).then_some(range))
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

/// `NAME/KEY`, as Kubernetes writes both.
fn is_reference(text: &str) -> bool {
    let is_name = |name: &str| {
        name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte))
    };
    let is_key = |key: &str| key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
    text.split_once('/').is_some_and(|(name, key)| !name.is_empty() && !key.is_empty() && is_name(name) && is_key(key))
}

/// Whether a key's last word stands for a secret, a slip of the pen included.
fn is_secret(key: &str) -> bool {
    let words = words(key);
    let last = words.last().map_or("", String::as_str);
    let before = words.len().checked_sub(2).map_or("", |place| words[place].as_str());
    match last {
        "key" => !PUBLIC.contains(&before),
        "string" => before == "connection",
        _ => WORDS.contains(&last) || (last.len() > 4 && nearest(last, ["password", "passphrase"]).is_some()),
    }
}

/// `saslPassword`, `SASL_PASSWORD` and `sasl-password` are two words each.
fn words(key: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut small = false;
    for letter in key.chars() {
        if !letter.is_alphanumeric() || (small && letter.is_uppercase()) {
            words.push(String::new());
        }
        small = letter.is_lowercase();
        if let Some(word) = words.last_mut().filter(|_| letter.is_alphanumeric()) {
            word.extend(letter.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The last line, with what is found in it replaced.
    fn shown(text: &str) -> String {
        let mut lines: Vec<&str> = text.lines().rev().collect();
        let line = lines.remove(0);
        let (mut shown, mut at) = (String::new(), 0);
        for part in secrets_in(line, lines.into_iter()) {
            if part.start >= at {
                shown.extend([&line[at..part.start], "•"]);
                at = part.end;
            }
        }
        shown + &line[at..]
    }

    #[test]
    fn values_of_secret_keys_are_found() {
        for (text, expected) in [
            ("  password: hunter2", "  password: •"),
            ("  pasword: hunter2", "  pasword: •"),
            ("  password:hunter2", "  password:•"),
            ("  { user: a, saslPassword: hunter2 }", "  { user: a, saslPassword: •"),
            ("  \"clientSecret\":\"hunter2\",", "  \"clientSecret\":•"),
            ("  SMTP_PASSWORD=hunter2", "  SMTP_PASSWORD=•"),
            ("  password: [hunter2]", "  password: •"),
            ("  password: { value: hunter2 }", "  password: •"),
            ("  password: { secret: hunter2 }", "  password: •"),
            ("  url: postgres://todo:hunter2@db/todo", "  url: postgres://•@db/todo"),
            ("  # token: hunter2", "  # token: •"),
            ("a:\n  password:\n    value: hunter2", "    value: •"),
            ("a:\n  password: \"first\n    hunter2\"", "    •"),
            ("a:\n  privateKey: |\n    -----BEGIN\n    hunter2: x", "    •"),
            ("privateKey: |\n-----BEGIN\nhunter2==", "•"),
            ("a:\n  privateKey: |\n-----BEGIN\nhunter2==", "•"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_secret_is_shown() {
        for text in [
            "  password: { secret: kafka-secrets/KAFKA_PASSWORD }",
            "  password: { secret: \"kafka-secrets/KAFKA_PASSWORD\" }",
            "  brokers: { secret: kafka-secrets/KAFKA_BROKERS, expect: [\"a:9092\"] }",
            "  kafka-secrets: [KAFKA_BROKERS, KAFKA_PASSWORD]",
            "secretSource: { from: external-secrets, store: vault }",
            "  key: task_id",
            "  partitionKey: user",
            "  password:",
            "  otlp: \"collector:4317\"",
            "a:\n  password: { secret: a/B }\n  port: 80",
            "services:\n  token-service:\n    port: 80",
            "password: |\n  hunter2\nport: 80",
        ] {
            assert_eq!(shown(text), text.lines().last().unwrap_or_default(), "{text}");
        }
    }
}
