use crate::spec::anything::Anything;
use crate::spec::decode::{Located, record};

record! {
    /// How sidecars find each other; default Dapr's own for the place: `kubernetes`, or `mdns` on one machine.
    pub struct NameResolution {
        /// The type, with its version where that is not v1: `nameresolution.hashicorp.consul`.
        "type" => kind: Option<Located<String>>,
        /// Its configuration, as the type names it.
        "configuration" => configuration: Option<Located<Anything>>,
    }
}
