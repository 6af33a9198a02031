//! Output as a page shows it, against output as it was.

/// What is wrong with what is shown; a line `...` stands for any number of lines.
pub(crate) fn wrong(shown: &str, output: &str) -> Option<String> {
    let lines = |text: &str| text.trim_end().lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>();
    let (shown, output) = (lines(shown), lines(output));
    if matches(&shown, &output) {
        return None;
    }
    let dots = "...".to_owned();
    let begins = |length: &usize| matches(&[&shown[..*length], std::slice::from_ref(&dots)].concat(), &output);
    let missed = (1..=shown.len()).find(|length| !begins(length));
    Some(missed.map_or("the output goes on".to_owned(), |length| format!("it does not have `{}`", shown[length - 1])))
}

fn matches(shown: &[String], output: &[String]) -> bool {
    match (shown.split_first(), output.split_first()) {
        (None, None) => true,
        (Some((dots, rest)), _) if dots == "..." => (0..=output.len()).any(|skipped| matches(rest, &output[skipped..])),
        (Some((wanted, shown)), Some((line, output))) => wanted == line && matches(shown, output),
        _ => false,
    }
}

#[test]
fn dots_stand_for_any_number_of_lines() {
    assert_eq!(wrong("a\nb\n", "a \nb\n\n"), None);
    assert_eq!(wrong("a\n...\nd\n", "a\nb\nc\nd\n"), None);
    assert_eq!(wrong("...\nd\n...\n", "d\n"), None);
    assert_eq!(wrong("a\n...\nd\n", "a\nb\n").as_deref(), Some("it does not have `d`"));
    assert_eq!(wrong("a\n", "a\nb\n").as_deref(), Some("the output goes on"));
}
