//! `parts --list`.

use anyhow::Result;
use serde_json::{Value, json};

use crate::cache::{self, Origin};
use crate::part::Part;

struct Row {
    part: &'static Part,
    state: &'static str,
    folder: Option<String>,
    size: Option<u64>,
}

/// The parts as a table for people.
pub(crate) fn text(parts: &[&'static Part]) -> Result<String> {
    let mut lines = vec![format!("{:<22} {:<8} {:<9} {:>9}  SOURCE", "NAME", "VERSION", "STATE", "SIZE")];
    for part in parts {
        let row = row(part)?;
        let size = row.size.map_or_else(|| "-".to_owned(), |bytes| format!("{:.1} MB", megabytes(bytes)));
        let (name, version, source) = (row.part.name, row.part.version, row.part.recipe.source());
        lines.push(format!("{name:<22} {version:<8} {:<9} {size:>9}  {source}", row.state));
    }
    Ok(lines.join("\n"))
}

/// The parts as JSON for programs.
pub(crate) fn json(parts: &[&'static Part]) -> Result<Value> {
    let rows: Result<Vec<Value>> = parts
        .iter()
        .map(|part| {
            let row = row(part)?;
            Ok(json!({
                "name": row.part.name,
                "version": row.part.version,
                "source": row.part.recipe.source(),
                "state": row.state,
                "folder": row.folder,
                "bytes": row.size,
            }))
        })
        .collect();
    Ok(json!({ "parts": rows? }))
}

/// A damaged part is a state here, not an error: the list is what a person looks at to find it.
fn row(part: &'static Part) -> Result<Row> {
    Ok(match cache::present(part) {
        Ok(Some(found)) => Row {
            part,
            state: if found.origin == Origin::Provided { "provided" } else { "cached" },
            size: (found.origin == Origin::Cached).then(|| cache::size(&found.folder)).transpose()?,
            folder: Some(found.folder.display().to_string()),
        },
        Ok(None) => Row { part, state: "missing", folder: None, size: None },
        Err(_) => Row { part, state: "damaged", folder: Some(cache::place(part)?.display().to_string()), size: None },
    })
}

#[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
