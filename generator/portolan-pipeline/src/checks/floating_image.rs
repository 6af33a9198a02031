use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Service, Stack};
use crate::spec::rules::page;

pub(super) static RULE: Rule = Rule {
    code: "P708",
    severity: Severity::Warning,
    title: "image that changes by itself in production",
    page: page!("P708"),
};

/// Tags that are moved on purpose.
const MOVING: [&str; 9] = ["latest", "stable", "edge", "nightly", "main", "master", "dev", "develop", "snapshot"];

pub(super) fn check_images(stack: &Stack, findings: &mut Findings) {
    if !stack.cluster.is_production() {
        return;
    }
    for service in stack.services.values() {
        let image = &service.image;
        // What comes of `images.registry` and of `--image` gets its tag from whoever builds it.
        let Some(at) = image.repository.at.filter(|_| image.written && image.digest.is_none()) else { continue };
        let what = match &image.tag {
            None if service.contract.is_none() => "no tag".to_owned(),
            Some(tag) if MOVING.iter().any(|moving| moving.eq_ignore_ascii_case(tag)) => format!("the tag `{tag}`"),
            _ => continue,
        };
        findings.push(finding(service, at, &what));
    }
}

fn finding(service: &Service, at: crate::source::Span, what: &str) -> Finding {
    let message = format!("the image of `{}` has {what}, so each new pod may run another program", service.name);
    Finding::new(&RULE, at, message)
        .label("not the same tomorrow")
        .help("write the tag of a release, `name:1.4.2`, or a digest, `name@sha256:…`; or give it by `--image` where it is built")
}
