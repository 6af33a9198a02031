use super::{ComponentType, Fact};
use crate::spec::{Anything, Located};

/// How sidecars find each other.
#[derive(Debug, Clone)]
pub struct NameResolution {
    /// The type and its version.
    pub kind: Fact<ComponentType>,
    /// Its configuration.
    pub configuration: Option<Located<Anything>>,
}
