//! The pure stages of portolan, from texts to manifests: [`spec::parse_project`], [`resolve::resolve_stack`],
//! [`checks::check_stack`] and [`render::render_stack`]; and to drawings: [`graph::graph_stack`]. Nothing here knows a
//! clock, a network, an environment variable or a file that it could write.

pub mod asyncapi;
pub mod catalogue;
pub mod checks;
pub mod contract_diff;
mod dialect;
pub mod finding;
pub mod graph;
pub mod import;
pub mod model;
mod provider;
pub mod render;
pub mod resolve;
pub mod source;
pub mod spec;
pub mod suggest;
