//! The sources that the catalogue is generated from and that its tests read: one part for each minor version.

use super::go::{Files, Module};

const CONTRIB: &str = "github.com/dapr/components-contrib";
const DAPR: &str = "github.com/dapr/dapr";
const KEDA: &str = "github.com/kedacore/keda/v2";

const SOURCES: &[&str] = &[".go", ".yaml", ".yml"];
/// What daprd registers, and the components that its own tests use.
const DAPR_COPIES: &[(&str, &str)] = &[("cmd/daprd/components", "components"), ("tests/config", "config")];
/// The scalers with the table of their names, and the objects that KEDA's own tests use.
const KEDA_COPIES: &[(&str, &str)] =
    &[("pkg/scalers", "pkg/scalers"), ("pkg/scaling", "pkg/scaling"), ("tests/scalers", "tests/scalers")];

const fn files(
    module: Module,
    module_path: &'static str,
    version: &'static str,
    copies: &'static [(&'static str, &'static str)],
) -> Files {
    Files { module, module_path, version, copies, endings: SOURCES }
}

impl Files {
    /// The components of Dapr 1.17.
    pub const CONTRIB_1_17: Self = files(Module::DAPR_1_17, CONTRIB, "v1.17.3", &[("", "")]);
    /// The components of Dapr 1.18.
    pub const CONTRIB_1_18: Self = files(Module::DAPR, CONTRIB, "v1.18.0", &[("", "")]);
    /// What Dapr 1.17 registers.
    pub const DAPR_1_17: Self = files(Module::DAPR_1_17, DAPR, "v1.17.5", DAPR_COPIES);
    /// What Dapr 1.18 registers.
    pub const DAPR_1_18: Self = files(Module::DAPR, DAPR, "v1.18.1", DAPR_COPIES);
    /// The scalers of KEDA 2.20.
    pub const KEDA_2_20: Self = files(Module::KEDA_2_20, KEDA, "v2.20.1", KEDA_COPIES);
    /// The scalers of KEDA 2.21.
    pub const KEDA_2_21: Self = files(Module::KEDA, KEDA, "v2.21.0", KEDA_COPIES);
}
