//! An `AsyncAPI` document as YAML.

use std::io;

use serde_json::Value;

use super::{Page, verbatim};

/// By the serializer that manifests are written with.
pub(crate) fn show(document: &Value, to: &mut Page<'_>) -> io::Result<()> {
    let text = portolan_pipeline::asyncapi::yaml(document);
    verbatim(text.as_bytes(), to)
}
