use std::path::Path;

use portolan_pipeline::import::{Names, import_texts};

use crate::cli::{Format, ImportWords};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::manifests::read_manifests;
use crate::output::{create, overwrite};
use crate::starter::{label, stack_name};
use crate::views::{Output, imported, json};

/// Writes a stack and an environment from YAML that is there.
pub(super) fn run(words: &ImportWords, project: Option<&Path>, out: &mut Output) -> Result<Exit, Failure> {
    let folder = words.out.as_deref().or(project).unwrap_or(Path::new("."));
    let names = Names {
        stack: label("stack", words.stack.clone().unwrap_or_else(|| stack_name(folder)))?,
        environment: label("environment", words.environment.clone())?,
        namespace: words.namespace.clone(),
    };
    let (texts, unread) = read_manifests(&words.places)?;
    let mut found = import_texts(&texts, &names);
    found.left.extend(unread);
    if found.carried.is_empty() {
        out.print(|to| imported::show_left(&found, to))?;
        let why = "no object in them was carried over";
        return Err(Failure::input_output("there is nothing to import", why, "name folders with YAML of Dapr or KEDA"));
    }
    if words.force {
        overwrite(folder, &found.files)?;
    } else {
        create(folder, &found.files).map_err(Failure::or_force)?;
    }
    let done = imported::Written::new(&names, &found, folder);
    match words.output {
        Format::Human => out.print(|to| imported::show(&done, to))?,
        Format::Json => out.print(|to| json::write(&done, to))?,
    }
    let left = words.strict && !(found.left.is_empty() && found.secrets.is_empty());
    Ok(if left { Exit::Findings } else { Exit::Done })
}
