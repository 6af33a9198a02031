//! parse_: text to the document as it was written.

mod acceptance;
mod anything;
mod arn;
pub mod contract;
mod contract_file;
mod contracts;
pub(crate) mod decode;
pub mod document;
pub(crate) mod duration;
mod elsewhere;
pub(crate) mod endpoint;
mod event_schema;
mod manifest;
pub(crate) mod node;
pub(crate) mod overlay;
pub(crate) mod percent;
mod project;
pub(crate) mod rate;
pub(crate) mod rules;
pub mod schema;
mod schemas;
mod sealed_secret;
pub(crate) mod secret_reference;
pub(crate) mod setting;
pub(crate) mod size;
mod yaml;

pub use acceptance::{Acceptance, Ground};
pub use anything::Anything;
pub use arn::Arn;
pub use contract_file::{ContractFile, ContractFiles, parse_contract_files};
pub(crate) use decode::FromText;
pub use decode::{Entries, Located};
pub use duration::Duration;
pub use endpoint::Endpoint;
pub use event_schema::{Additional, EventSchema};
pub(crate) use manifest::{MAX_MANIFEST_BYTES, ManifestDocument, ManifestFile, moved, parse_documents};
pub(crate) use node::{Kind, Node, Style};
pub use percent::Percent;
pub use project::{Files, Project, ReadError, Unreadable, environment_path, parse_project};
pub use rate::Rate;
pub use sealed_secret::{SealedSecret, sealed_secret_path};
pub use secret_reference::{SecretKey, SecretReference};
pub use setting::Setting;
pub use size::Size;
pub use yaml::MAX_BYTES;
pub(crate) use yaml::parse_yaml;

/// Where the stack stands, relative to the project.
pub const STACK_PATH: &str = "infra/stack.yaml";
