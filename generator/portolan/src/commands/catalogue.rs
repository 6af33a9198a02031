use portolan_pipeline::catalogue::{self, dapr_versions, keda_versions};
use portolan_pipeline::suggest::nearest;

use crate::cli::{CatalogueWords, Format};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::views::catalogue::Catalogue;
use crate::views::{self, Output, json};

/// Shows what is known of every component type and scaler, or of one.
pub(super) fn run(words: &CatalogueWords, out: &mut Output) -> Result<Exit, Failure> {
    let dapr = catalogue::dapr(&words.dapr)
        .ok_or_else(|| unknown_version("Dapr", &words.dapr, &dapr_versions().collect::<Vec<_>>()))?;
    let keda = catalogue::keda(&words.keda)
        .ok_or_else(|| unknown_version("KEDA", &words.keda, &keda_versions().collect::<Vec<_>>()))?;
    let shown = Catalogue::of(dapr, keda, words.kind.as_deref());
    if let Some(kind) = words.kind.as_deref().filter(|_| shown.is_empty()) {
        let fix = match nearest(kind, dapr.types().chain(keda.types())) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`portolan catalogue` lists them all".to_owned(),
        };
        let why = format!("Dapr {} and KEDA {} have none of that name", dapr.minor, keda.minor);
        return Err(Failure::usage(format!("there is no component type or scaler `{kind}`"), why, fix));
    }
    match words.output {
        Format::Human => out.print(|to| views::catalogue::show(&shown, words.kind.is_some(), to))?,
        Format::Json => out.print(|to| json::write(&shown, to))?,
    }
    Ok(Exit::Done)
}

fn unknown_version(what: &str, version: &str, known: &[&str]) -> Failure {
    let fix = format!("known: {}", known.join(", "));
    Failure::usage(format!("nothing is known of {what} {version}"), "it is not in the catalogue", fix)
}
