//! Where each value of a rendered file came from.

use std::io::{self, Write as _};

use portolan_pipeline::render::{Manifests, Provenance, render_stack};
use portolan_pipeline::source::Position;
use portolan_pipeline::suggest::nearest;
use serde::Serialize;

use super::Page;
use crate::failure::Failure;
use crate::stages::Checked;

/// One value, and the place in the spec or in a contract that it came from.
#[derive(Debug, Serialize)]
pub(crate) struct Explained {
    pointer: String,
    value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<Position>,
}

/// The values of the rendered file at a path.
pub(crate) fn find(checked: &[Checked], path: &str) -> Result<Vec<Explained>, Failure> {
    let rendered: Vec<Manifests> = checked.iter().map(|checked| render_stack(&checked.stack)).collect();
    let path = path.trim_start_matches("./");
    for (checked, manifests) in checked.iter().zip(&rendered) {
        if let Some(file) = manifests.file(path) {
            return Ok(file.provenance().into_iter().map(|value| explain(checked, value)).collect());
        }
    }
    let paths = rendered.iter().flat_map(Manifests::files).map(|file| file.path.as_str());
    let fix = match nearest(path, paths) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "name a file as `portolan render` writes it, relative to the project".to_owned(),
    };
    Err(Failure::usage(
        format!("nothing is rendered to `{path}`"),
        "`--explain` wants the path of a rendered file",
        fix,
    ))
}

fn explain(checked: &Checked, value: Provenance) -> Explained {
    let file = value.at.map(|at| checked.sources.file(at.file).path.clone());
    let position = value.at.map(|at| checked.sources.position(at));
    Explained { pointer: value.pointer, value: value.value, file, position }
}

/// One line a value.
pub(crate) fn show(explained: &[Explained], to: &mut Page<'_>) -> io::Result<()> {
    for Explained { pointer, value, file, position } in explained {
        let place = match (file, position) {
            (Some(file), Some(Position { line, column })) => format!("{file}:{line}:{column}"),
            _ => "derived".to_owned(),
        };
        writeln!(to, "{pointer}: {value}  <- {place}")?;
    }
    Ok(())
}
