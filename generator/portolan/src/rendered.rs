//! render_ and what became of it on disk, for all environments together.

use std::path::Path;

use portolan_pipeline::model::ServiceName;
use portolan_pipeline::render::render_stack;
use serde::Serialize;

use crate::cli::ImageReference;
use crate::failure::Failure;
use crate::output::{Changes, Environment, stale, write};
use crate::stages::Checked;

/// An environment and the files that changed, or would.
#[derive(Debug, Serialize)]
pub(crate) struct Rendered {
    /// The environment's name.
    pub(crate) environment: String,
    /// The files.
    #[serde(flatten)]
    pub(crate) changes: Changes,
}

/// Renders the environments into a folder, all or none; with `only_compare` nothing is written.
pub(crate) fn render_environments(
    checked: &[Checked],
    root: &Path,
    only_compare: bool,
) -> Result<Vec<Rendered>, Failure> {
    let environments: Vec<Environment<'_>> =
        checked.iter().map(|checked| (checked.environment.as_str(), render_stack(&checked.stack))).collect();
    let changes = if only_compare { stale(root, &environments)? } else { write(root, &environments)? };
    let rendered = checked.iter().zip(changes);
    Ok(rendered.map(|(checked, changes)| Rendered { environment: checked.environment.clone(), changes }).collect())
}

/// Gives services the images of the command line.
pub(crate) fn set_images(checked: &mut [Checked], images: &[ImageReference]) -> Result<(), Failure> {
    for ImageReference { service, image } in images {
        let known = checked.iter_mut().map(|checked| checked.stack.set_image(service, image));
        // Every environment gets it: the check for one that knows the service must not stop at the first.
        if known.fold(false, |any, known| any | known) {
            continue;
        }
        let services = checked.iter().flat_map(|checked| checked.stack.services.keys()).map(ServiceName::as_str);
        let fix = match portolan_pipeline::suggest::nearest(service, services) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "name a service of the stack".to_owned(),
        };
        return Err(Failure::usage(
            format!("there is no service `{service}`"),
            format!("`--image {service}={image}` names it"),
            fix,
        ));
    }
    Ok(())
}
