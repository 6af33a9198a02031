//! What Dapr and KEDA know, as data: component types and scalers, their keys and what each key is.
//!
//! One file for each minor version, written by `just catalogue`: an index on its first line, then a line for each type. Asking for a
//! version reads the index; asking for a type reads its line. A program that asks for nothing pays nothing.

mod advisory;
mod annotations;
mod component;
mod key;
mod release;
mod scaler;

use std::sync::OnceLock;

pub use advisory::{Advisory, advisories};
pub use annotations::SIDECAR_ANNOTATIONS;
pub use component::{Build, ComponentEntry, DaprRelease, LagTrigger, Profile, Status};
pub use key::{Direction, Key, ValueKind};
pub use scaler::{KedaRelease, ScalerEntry};

/// The newest Dapr minor version whose component types are known.
pub const NEWEST_DAPR: &str = "1.18";
/// The newest KEDA minor version whose scalers are known.
pub const NEWEST_KEDA: &str = "2.21";

struct Data<T: 'static> {
    minor: &'static str,
    text: &'static str,
    read: OnceLock<T>,
}

static DAPR: [Data<DaprRelease>; 2] = [
    Data { minor: "1.17", text: include_str!("catalogue/data/dapr-1.17.jsonl"), read: OnceLock::new() },
    Data { minor: "1.18", text: include_str!("catalogue/data/dapr-1.18.jsonl"), read: OnceLock::new() },
];

static KEDA: [Data<KedaRelease>; 2] = [
    Data { minor: "2.20", text: include_str!("catalogue/data/keda-2.20.jsonl"), read: OnceLock::new() },
    Data { minor: "2.21", text: include_str!("catalogue/data/keda-2.21.jsonl"), read: OnceLock::new() },
];

/// What is known of a Dapr version, `1.18` or `1.18.1`. Read when it is first asked for.
pub fn dapr(version: &str) -> Option<&'static DaprRelease> {
    let data = DAPR.iter().find(|data| data.minor == minor_of(version))?;
    Some(data.read.get_or_init(|| DaprRelease::read(data.text)))
}

/// What is known of a KEDA version.
pub fn keda(version: &str) -> Option<&'static KedaRelease> {
    let data = KEDA.iter().find(|data| data.minor == minor_of(version))?;
    Some(data.read.get_or_init(|| KedaRelease::read(data.text)))
}

/// The Dapr versions that are known.
pub fn dapr_versions() -> impl Iterator<Item = &'static str> + Clone {
    DAPR.iter().map(|data| data.minor)
}

/// The KEDA versions that are known.
pub fn keda_versions() -> impl Iterator<Item = &'static str> + Clone {
    KEDA.iter().map(|data| data.minor)
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
            let release = dapr(version).unwrap();
            assert_eq!(release.minor, version);
            assert!(release.release.starts_with(version));
            assert!(release.components().count() > 130);
        }
        for version in keda_versions() {
            let release = keda(version).unwrap();
            assert_eq!(release.minor, version);
            assert!(release.release.starts_with(version));
            assert!(release.scalers().count() > 70);
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
