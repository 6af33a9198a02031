use super::evidence::{plain, written_items};
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::Stack;
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P212", severity: Severity::Error, title: "misspelt template of Dapr", page: page!("P212") };

/// All that Dapr fills in, in exactly this spelling (dapr 1.18, `pkg/runtime/meta`).
const TEMPLATES: [&str; 4] = ["appID", "namespace", "podName", "uuid"];

pub(super) fn check_templates(stack: &Stack, findings: &mut Findings) {
    for component in stack.components.values() {
        for (item, key_at) in written_items(component) {
            for word in plain(item).into_iter().flat_map(words) {
                let Some(meant) = misspelt(word) else { continue };
                let message =
                    format!("`{}` of `{}` has `{{{word}}}`, which Dapr does not fill in", item.key, component.name);
                findings.push(
                    Finding::new(&RULE, item.value.at.unwrap_or(key_at), message)
                        .label("taken as it stands, and the same for every app")
                        .help(format!("write `{{{meant}}}`")),
                );
            }
        }
    }
}

/// What stands in single braces.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| {
        let (word, after) = rest.split_once('}')?;
        let is_word = word.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_'));
        (is_word && !after.starts_with('}')).then_some(word)
    })
}

/// The template that a word stands for in all but its capitals and hyphens.
fn misspelt(word: &str) -> Option<&'static str> {
    let letters: String = word.chars().filter(char::is_ascii_alphanumeric).collect();
    TEMPLATES.into_iter().find(|template| template.eq_ignore_ascii_case(&letters) && *template != word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_another_spelling_of_the_same_word() {
        for word in ["appId", "appid", "app-id", "podname", "pod_name", "Namespace", "UUID"] {
            assert!(misspelt(word).is_some(), "{word}");
        }
        for word in ["appID", "namespace", "podName", "uuid", "app", "name", ""] {
            assert_eq!(misspelt(word), None, "{word}");
        }
    }

    #[test]
    fn only_words_in_single_braces_are_looked_at() {
        assert_eq!(words("a-{appid}-{x}").collect::<Vec<_>>(), ["appid", "x"]);
        assert_eq!(words("{{appid}} {\"appid\":1} {appid").count(), 0);
    }
}
