use super::manifest_object::manifest_object;
use super::templates::{Place, Templates, Trouble};
use crate::finding::{Finding, Findings};
use crate::model::{Fact, Manifest, Stack};
use crate::source::{SourceFile, Span};
use crate::spec::{ManifestDocument, ManifestFile, Project, moved, parse_documents, rules};

/// The objects of every file under `manifests`; templates are rendered with the stack as it was resolved.
pub(super) fn resolve_manifests(project: &Project, stack: &Stack, findings: &mut Findings) -> Vec<Manifest> {
    if project.manifests.is_empty() || !project.whole {
        return Vec::new();
    }
    let templates = project.manifests.iter().filter(|file| file.is_template);
    let mut templates = Templates::read(templates.map(|file| (file, &project.sources.file(file.file).text)), stack);
    for (file, trouble) in templates.troubles() {
        findings.push(finding(project, file, trouble));
    }
    let manifests = project.manifests.iter().map(|file| {
        let documents = if file.is_template {
            output(project, file, &mut templates, findings)
        } else {
            parse_documents(project.sources.file(file.file), file.file, findings)
        };
        Manifest {
            name: Fact::from(&file.name),
            path: Fact::from(&file.path),
            objects: documents.into_iter().map(manifest_object).collect(),
        }
    });
    manifests.collect()
}

/// The documents that a template becomes. What is found in them is shown where the spec names the template.
fn output(
    project: &Project,
    file: &ManifestFile,
    templates: &mut Templates<'_>,
    findings: &mut Findings,
) -> Vec<ManifestDocument> {
    let text = match templates.render(&file.path.value) {
        None => return Vec::new(),
        Some(Ok(text)) => text,
        Some(Err(trouble)) => {
            findings.push(finding(project, file, &trouble));
            return Vec::new();
        }
    };
    let source = SourceFile { path: file.path.value.clone(), text };
    let mut found = Findings::default();
    let documents = parse_documents(&source, file.file, &mut found);
    for problem in &found {
        let line = source.position(problem.at.start as usize).line;
        let message = format!("line {line} of what `{}` becomes is no YAML: {}", source.path, problem.message);
        let help = "look at the blanks and line ends around the tags; `| json` quotes a value";
        findings.push(Finding::new(&rules::TEMPLATE, file.path.at, message).label("rendered from here").help(help));
    }
    let here = |_: Span| file.path.at;
    documents.into_iter().map(|document| ManifestDocument { node: moved(document.node, &here), ..document }).collect()
}

fn finding(project: &Project, file: &ManifestFile, trouble: &Trouble) -> Finding {
    let source = project.sources.file(file.file);
    let range = trouble.place.as_ref().map(|place| match place {
        Place::Range(range) => range.clone(),
        Place::Position(position) => {
            let at = source.offset(*position);
            at..at
        }
    });
    // Whatever Tera says, a place lies in its text.
    let range = range.filter(|range| source.text.get(range.clone()).is_some());
    #[expect(clippy::cast_possible_truncation, reason = "a template is far below 4 GiB")]
    let at = range.as_ref().map(|range| Span { file: file.file, start: range.start as u32, end: range.end as u32 });
    Finding::new(&rules::TEMPLATE, at.unwrap_or(file.path.at), trouble.message.clone())
        .related(at.map(|_| file.path.at), "the template is named here")
        .help(trouble.help.clone())
}
