//! Two environments side by side: the files that only one has, and the values that differ in the others.

use std::io::{self, Write as _};

use portolan_pipeline::render::{FileDifference, ValueDifference};

use super::Page;

/// A file a paragraph, a value a line.
pub(crate) fn show(left: &str, right: &str, differences: &[FileDifference], to: &mut Page<'_>) -> io::Result<()> {
    for FileDifference { path, left: in_left, right: in_right, values } in differences {
        match (in_left, in_right) {
            (true, false) => writeln!(to, "{path}: only in {left}")?,
            (false, true) => writeln!(to, "{path}: only in {right}")?,
            _ => writeln!(to, "{path}")?,
        }
        for ValueDifference { pointer, left, right } in values {
            writeln!(to, "  {pointer}: {} -> {}", shown(left.as_deref()), shown(right.as_deref()))?;
        }
    }
    let files = differences.len();
    let values: usize = differences.iter().map(|file| file.values.len()).sum();
    writeln!(to, "{left} -> {right}: {files} files differ, in {values} values")
}

fn shown(value: Option<&str>) -> &str {
    value.unwrap_or("(none)")
}
