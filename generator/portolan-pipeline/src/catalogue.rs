//! What Dapr and KEDA know, as data: component types and scalers, their keys and what each key is.

mod entry;

use std::sync::OnceLock;

pub use entry::{ComponentEntry, DaprRelease, KedaRelease, Key, ScalerEntry};

/// The newest Dapr minor version whose component types are known.
pub const NEWEST_DAPR: &str = "1.18";
/// The newest KEDA minor version whose scalers are known.
pub const NEWEST_KEDA: &str = "2.21";

struct Source<T: 'static> {
    minor: &'static str,
    text: &'static str,
    parsed: OnceLock<T>,
}

static DAPR: [Source<DaprRelease>; 1] =
    [Source { minor: "1.18", text: include_str!("catalogue/data/dapr-1.18.json"), parsed: OnceLock::new() }];

static KEDA: [Source<KedaRelease>; 2] = [
    Source { minor: "2.20", text: include_str!("catalogue/data/keda-2.20.json"), parsed: OnceLock::new() },
    Source { minor: "2.21", text: include_str!("catalogue/data/keda-2.21.json"), parsed: OnceLock::new() },
];

/// What is known of a Dapr version, `1.18` or `1.18.1`. Read when it is first asked for.
pub fn dapr(version: &str) -> Option<&'static DaprRelease> {
    release(&DAPR, version)
}

/// What is known of a KEDA version.
pub fn keda(version: &str) -> Option<&'static KedaRelease> {
    release(&KEDA, version)
}

/// The Dapr versions that are known.
pub fn dapr_versions() -> impl Iterator<Item = &'static str> + Clone {
    DAPR.iter().map(|source| source.minor)
}

/// The KEDA versions that are known.
pub fn keda_versions() -> impl Iterator<Item = &'static str> + Clone {
    KEDA.iter().map(|source| source.minor)
}

fn release<T: serde::de::DeserializeOwned>(sources: &'static [Source<T>], version: &str) -> Option<&'static T> {
    let source = sources.iter().find(|source| source.minor == minor_of(version))?;
    #[expect(clippy::expect_used, reason = "the data is part of the program, and a test reads all of it")]
    Some(source.parsed.get_or_init(|| serde_json::from_str(source.text).expect("catalogue data")))
}

fn minor_of(version: &str) -> &str {
    match version.match_indices('.').nth(1) {
        Some((second, _)) => &version[..second],
        None => version,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_can_be_read_and_says_its_own_version() {
        for version in dapr_versions() {
            assert_eq!(dapr(version).map(|release| release.minor.as_str()), Some(version));
        }
        for version in keda_versions() {
            assert_eq!(keda(version).map(|release| release.minor.as_str()), Some(version));
        }
        assert!(dapr(NEWEST_DAPR).is_some() && keda(NEWEST_KEDA).is_some());
    }

    #[test]
    fn a_patch_version_is_known_by_its_minor() {
        assert!(dapr("1.18.1").is_some());
        assert!(dapr("1.1").is_none());
        assert!(keda("2.21.0").and_then(|release| release.scaler("kafka")).is_some());
    }
}
