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
    fn keys_and_topics_may_have_capitals_and_underscores() {
        for name in ["DATABASE_URL", "tls.crt", "a-b"] {
            assert_eq!((secret_key(name), kafka_topic(name)), (None, None), "{name}");
        }
        for name in ["", "..", "a/b", "a b", "ü"] {
            assert!(secret_key(name).is_some() && kafka_topic(name).is_some(), "{name}");
        }
    }
}
