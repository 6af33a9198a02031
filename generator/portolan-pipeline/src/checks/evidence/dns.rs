//! What a name may look like. Each function says in words what is wrong, or nothing where nothing is.

/// A label: the name of a namespace, a container, or the value of a label.
pub(in crate::checks) fn dns_label(name: &str, longest: usize) -> Option<String> {
    too_long(name, longest).or_else(|| {
        let refused = "has to be lower-case letters, digits and `-`, with a letter or digit at both ends";
        (!is_label(name)).then(|| refused.to_owned())
    })
}

/// A label that a Kubernetes Service can be called by: it begins with a letter.
pub(in crate::checks) fn service_label(name: &str, longest: usize) -> Option<String> {
    dns_label(name, longest).or_else(|| {
        let refused = "has to begin with a letter, as a Kubernetes Service is called after it";
        (!name.starts_with(|first: char| first.is_ascii_lowercase())).then(|| refused.to_owned())
    })
}

/// A subdomain: the name of most objects.
pub(in crate::checks) fn dns_subdomain(name: &str) -> Option<String> {
    too_long(name, 253).or_else(|| {
        let refused =
            "has to be lower-case letters, digits, `-` and `.`, with a letter or digit at both ends of each part";
        (!name.split('.').all(is_label)).then(|| refused.to_owned())
    })
}

/// A key of a Secret.
pub(in crate::checks) fn secret_key(name: &str) -> Option<String> {
    too_long(name, 253).or_else(|| {
        let refused = "has to be letters, digits, `-`, `_` and `.`";
        (!is_plain_word(name)).then(|| refused.to_owned())
    })
}

/// A topic, by Kafka's own rule (`org.apache.kafka.common.internals.Topic`).
pub(in crate::checks) fn kafka_topic(name: &str) -> Option<String> {
    too_long(name, 249).or_else(|| {
        let refused = "has to be letters, digits, `.`, `_` and `-`";
        (!is_plain_word(name)).then(|| refused.to_owned())
    })
}

/// An environment variable: printable and without `=` (Kubernetes since 1.32, `RelaxedEnvironmentVariableValidation`).
pub(in crate::checks) fn variable(name: &str) -> Option<String> {
    let inner = |letter: u8| letter.is_ascii_graphic() && letter != b'=' || letter == b' ';
    let refused = "has to be printable letters without `=`";
    (name.is_empty() || !name.bytes().all(inner)).then(|| refused.to_owned())
}

/// A label's value; it may be empty.
pub(in crate::checks) fn label_value(value: &str) -> Option<String> {
    too_long(value, 63).or_else(|| {
        let refused = "has to be letters, digits, `-`, `_` and `.`, with a letter or digit at both ends";
        let ends = value.starts_with(|first: char| first.is_ascii_alphanumeric())
            && value.ends_with(|last: char| last.is_ascii_alphanumeric());
        (!(value.is_empty() || is_plain_word(value) && ends)).then(|| refused.to_owned())
    })
}

/// A label's name, with a subdomain and `/` before it or without.
pub(in crate::checks) fn label_name(name: &str) -> Option<String> {
    let (prefix, own) = name.split_once('/').map_or((None, name), |(prefix, own)| (Some(prefix), own));
    let of_prefix = prefix.and_then(dns_subdomain);
    let empty = own.is_empty().then(|| "has nothing in its last part".to_owned());
    of_prefix.or(empty).or_else(|| label_value(own))
}

fn too_long(name: &str, longest: usize) -> Option<String> {
    let length = name.chars().count();
    (length > longest).then(|| format!("has {length} characters, {longest} are allowed"))
}

fn is_label(name: &str) -> bool {
    let inner = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'-';
    !name.is_empty() && name.bytes().all(inner) && !name.starts_with('-') && !name.ends_with('-')
}

fn is_plain_word(name: &str) -> bool {
    let inner = |letter: u8| letter.is_ascii_alphanumeric() || matches!(letter, b'.' | b'_' | b'-');
    !matches!(name, "" | "." | "..") && name.bytes().all(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_what_kubernetes_takes_for_one() {
        for name in ["a", "api-service", "0x", "a-0"] {
            assert_eq!(dns_label(name, 63), None, "{name}");
        }
        for name in ["", "-a", "a-", "A", "a.b", "a_b", "é"] {
            assert!(dns_label(name, 63).is_some(), "{name}");
        }
        assert!(dns_label("four", 3).is_some());
        assert!(service_label("0x", 63).is_some());
    }

    #[test]
    fn a_subdomain_has_labels_between_dots() {
        assert_eq!(dns_subdomain("kafka.v2-a"), None);
        for name in ["", ".a", "a..b", "a_b", "a.-b"] {
            assert!(dns_subdomain(name).is_some(), "{name}");
        }
    }

    #[test]
    fn labels_have_a_name_and_a_value() {
        for value in ["", "a", "prod_eu.1", "A-b"] {
            assert_eq!(label_value(value), None, "{value}");
        }
        for value in ["-a", "a.", "a b", "a/b"] {
            assert!(label_value(value).is_some(), "{value}");
        }
        for name in ["release", "app.kubernetes.io/part-of"] {
            assert_eq!(label_name(name), None, "{name}");
        }
        for name in ["", "a/", "/a", "A/a", "a/b/c"] {
            assert!(label_name(name).is_some(), "{name}");
        }
    }

    #[test]
    fn a_variable_has_no_equals_sign() {
        assert_eq!((variable("PORT"), variable("tls.crt")), (None, None));
        assert!(variable("A=B").is_some() && variable("").is_some() && variable("Ü").is_some());
    }

    #[test]
    fn keys_and_topics_may_have_capitals_and_underscores() {
        for name in ["DATABASE_URL", "tls.crt", "a-b"] {
            assert_eq!((secret_key(name), kafka_topic(name)), (None, None), "{name}");
        }
        for name in ["", "..", "a/b", "a b", "ü"] {
            assert!(secret_key(name).is_some() && kafka_topic(name).is_some(), "{name}");
        }
    }
}
