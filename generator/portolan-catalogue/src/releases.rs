//! The releases that the catalogue knows. A new one is a row here and its parts.

/// A minor version of Dapr.
#[derive(Debug)]
pub struct DaprSource {
    /// `1.18`.
    pub minor: &'static str,
    /// The release that is read, and that a cluster is pinned to where the spec names none.
    pub release: &'static str,
    /// The release of its components.
    pub components: &'static str,
}

/// A minor version of KEDA.
#[derive(Debug)]
pub struct KedaSource {
    /// `2.21`.
    pub minor: &'static str,
    /// The release that is read, and that a cluster is pinned to where the spec names none.
    pub release: &'static str,
}

/// Dapr, the oldest first.
pub static DAPR: &[DaprSource] = &[
    DaprSource { minor: "1.17", release: "1.17.5", components: "1.17.3" },
    DaprSource { minor: "1.18", release: "1.18.1", components: "1.18.0" },
];

/// KEDA, the oldest first.
pub static KEDA: &[KedaSource] =
    &[KedaSource { minor: "2.20", release: "2.20.1" }, KedaSource { minor: "2.21", release: "2.21.0" }];
