//! Which values are secrets. In doubt one is: a reference too much is mended in a minute, a password in a spec is not.

use crate::catalogue::{self, NEWEST_DAPR, NEWEST_KEDA};
use crate::checks::has_password;

/// Words in the name of a key, whatever its capitals, whose value is a secret.
const WORDS: [&str; 13] = [
    "password",
    "passwd",
    "passphrase",
    "secretkey",
    "clientsecret",
    "token",
    "apikey",
    "accesskey",
    "accountkey",
    "sharedkey",
    "privatekey",
    "connectionstring",
    "credential",
];
/// What a value has in it that holds a secret.
const MARKS: [&str; 7] = [
    "password=",
    "pwd=",
    "accountkey=",
    "sharedaccesskey=",
    "secretkey=",
    "-----begin private",
    "-----begin rsa private",
];
/// What a name ends with that says where a secret is, and not what.
const PLACES: [&str; 7] = ["file", "path", "url", "endpoint", "name", "fromenv", "lifetime"];

/// Whether a key of a component's metadata holds a secret.
pub(super) fn is_component_secret(kind: &str, version: &str, key: &str, value: &str) -> bool {
    let release = catalogue::dapr(NEWEST_DAPR);
    let entry = release.and_then(|release| Some((release, release.component(kind, version)?)));
    let known = entry.and_then(|(release, entry)| {
        release.keys(entry).find(|known| known.is_named(key) || known.name.eq_ignore_ascii_case(key))
    });
    holds_secret(value) || known.map_or_else(|| names_secret(key), |known| known.sensitive) && says_something(value)
}

/// Whether a key of a trigger's metadata holds a secret.
pub(super) fn is_trigger_secret(scaler: &str, key: &str, value: &str) -> bool {
    let entry = catalogue::keda(NEWEST_KEDA).and_then(|release| release.scaler(scaler));
    let known = entry.and_then(|entry| entry.keys.iter().find(|known| known.name.eq_ignore_ascii_case(key)));
    holds_secret(value) || known.map_or_else(|| names_secret(key), |known| known.sensitive) && says_something(value)
}

/// Whether a variable of a container holds a secret.
pub(super) fn is_variable_secret(name: &str, value: &str) -> bool {
    holds_secret(value) || names_secret(&name.replace('_', "")) && says_something(value)
}

/// Whether a header of a request holds a secret.
pub(super) fn is_header_secret(name: &str, value: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let proves = ["authorization", "cookie"].iter().any(|word| lower.contains(word));
    is_variable_secret(&name.replace('-', ""), value) || (proves || lower.ends_with("-key")) && says_something(value)
}

fn names_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace(['-', '.'], "");
    let named = name == "secret" || WORDS.iter().any(|word| name.contains(word)) || name.ends_with("secret");
    named && !PLACES.iter().any(|place| name.ends_with(place))
}

fn says_something(value: &str) -> bool {
    !matches!(value, "" | "true" | "false" | "none" | "required" | "optional")
}

fn holds_secret(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    has_password(value) || MARKS.iter().any(|mark| lower.contains(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_seen_and_others_are_not() {
        for (key, value) in
            [("redisPassword", "hunter2"), ("apiToken", "x"), ("url", "amqp://u:p@h"), ("dsn", "host=a password=b")]
        {
            assert!(is_component_secret("state.unknown", "v1", key, value), "{key}");
        }
        for (key, value) in [("redisPassword", ""), ("redisHost", "redis:6379"), ("tokenFile", "/run/token")] {
            assert!(!is_component_secret("state.unknown", "v1", key, value), "{key}");
        }
        assert!(is_variable_secret("DB_PASSWORD", "x") && is_variable_secret("DATABASE_URL", "postgres://a:b@c/d"));
        assert!(!is_variable_secret("PASSWORD_FILE", "/x") && !is_variable_secret("PARTITION_KEY", "id"));
        assert!(is_header_secret("Authorization", "Bearer x") && is_header_secret("api-key", "x"));
        assert!(!is_header_secret("x-tenant", "desk") && !is_header_secret("Accept", "application/json"));
        assert!(is_trigger_secret("rabbitmq", "host", "amqp://u:p@h"));
    }
}
