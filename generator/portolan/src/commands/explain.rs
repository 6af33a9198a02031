use portolan_pipeline::checks::rules;
use portolan_pipeline::finding::Rule;
use portolan_pipeline::suggest::nearest;

use crate::cli::{ExplainWords, Format};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::views::{Output, pages};

/// Shows the page of a code, or all codes.
pub(super) fn run(words: &ExplainWords, out: &mut Output) -> Result<Exit, Failure> {
    let rules = rules();
    let asked = words.code.as_deref().map(|code| find(&rules, code)).transpose()?;
    match (asked, words.output) {
        (Some(rule), Format::Human) => out.print(|to| pages::show(rule, to))?,
        (Some(rule), Format::Json) => out.print(|to| pages::show_json(rule, to))?,
        (None, Format::Human) => out.print(|to| pages::list(&rules, to))?,
        (None, Format::Json) => out.print(|to| pages::list_json(&rules, to))?,
    }
    Ok(Exit::Done)
}

fn find(rules: &[&'static Rule], code: &str) -> Result<&'static Rule, Failure> {
    if let Some(rule) = rules.iter().find(|rule| rule.code.eq_ignore_ascii_case(code)) {
        return Ok(rule);
    }
    let fix = match nearest(code, rules.iter().map(|rule| rule.code)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`portolan explain` lists every code".to_owned(),
    };
    Err(Failure::usage(format!("there is no code `{code}`"), "a code is P and three digits", fix))
}
