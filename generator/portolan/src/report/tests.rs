use portolan_pipeline::finding::Finding;

use super::testing::{WARNING, environment};
use super::{MASK, Report};
use crate::exit::Exit;

const STACK: &str = "portolan: v1\nstack: todo\nsecrets: { kafka: hunter2hunter2 }\n";

#[test]
fn what_two_environments_share_is_one_finding() {
    let shared = |name| environment(name, STACK).with("todo", |finding| finding);
    let checked = [shared("local"), shared("prod").with("kafka", |finding| finding)];
    let report = Report::new(&checked, false);
    let environments: Vec<_> = report.findings.iter().map(|finding| finding.environments.clone()).collect();
    assert_eq!(environments, [vec!["local", "prod"], vec!["prod"]]);
    let errors: Vec<_> = report.environments.iter().map(|environment| environment.errors).collect();
    assert_eq!(errors, [1, 2], "each environment still counts its own");
}

#[test]
fn another_place_or_another_message_is_another_finding() {
    let local = environment("local", STACK).with("todo", |finding| finding);
    let prod = environment("prod", STACK).with("stack", |finding| finding);
    let prod = prod.with("todo", |finding| Finding { message: "something else".to_owned(), ..finding });
    assert_eq!(Report::new(&[local, prod], false).findings.len(), 3);
}

#[test]
fn the_same_place_in_different_texts_is_not_the_same() {
    let local = environment("local", STACK).with("todo", |finding| finding);
    let prod = environment("prod", &format!("{STACK}# changed meanwhile\n")).with("todo", |finding| finding);
    assert_eq!(Report::new(&[local, prod], false).findings.len(), 2);
}

#[test]
fn no_words_quote_a_secret() {
    let quoting = |finding: Finding| {
        let at = finding.at;
        finding
            .label("`hunter2hunter2` stands here")
            .help("do not write hunter2hunter2")
            .related(Some(at), "hunter2hunter2 again")
            .secret()
    };
    let checked = [environment("prod", STACK).with("hunter2hunter2", quoting)];
    let report = Report::new(&checked, false);
    let finding = &report.findings[0];
    assert_eq!(finding.label, format!("`{MASK}` stands here"));
    assert_eq!(finding.help, format!("do not write {MASK}"));
    assert_eq!(finding.related[0].1, format!("{MASK} again"));
}

#[test]
fn a_finding_beside_a_secret_one_does_not_give_it_away() {
    let checked = [environment("prod", STACK)
        .with("hunter2hunter2", Finding::secret)
        .with("hunter2hunter2", |finding| finding.help("write \"hunter2hunter2\""))];
    let report = Report::new(&checked, false);
    assert!(report.findings.iter().all(|finding| !finding.help.contains("hunter2")), "the help of the second finding");
}

#[test]
fn warnings_stop_only_when_they_are_told_to() {
    let nothing = [environment("prod", STACK)];
    assert_eq!(Report::new(&nothing, false).exit(true), Exit::Done);
    let error = [environment("prod", STACK).with("todo", |finding| finding)];
    assert_eq!(Report::new(&error, false).exit(false), Exit::Findings);
    let warning = [environment("prod", STACK).with("todo", |finding| Finding { rule: &WARNING, ..finding })];
    assert_eq!(Report::new(&warning, false).exit(false), Exit::Done);
    assert_eq!(Report::new(&warning, false).exit(true), Exit::Findings);
}
