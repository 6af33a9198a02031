//! Did you mean …?

/// The known name nearest to an unknown one, if it is near enough to be a slip of the hand.
pub fn nearest<'a>(unknown: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let (unknown, length) = (unknown.to_lowercase(), unknown.chars().count());
    let allowed = (length / 3).clamp(1, 4);
    // A name of quite another length is no slip, and need not be compared.
    let alike = known.into_iter().filter(|name| name.chars().count().abs_diff(length) <= allowed);
    alike
        .map(|name| (strsim::damerau_levenshtein(&unknown, &name.to_lowercase()), name))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, name)| name)
}

/// A help text: the nearest name, or all of them where none is near.
pub fn did_you_mean<'a>(unknown: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    if let Some(name) = nearest(unknown, known.clone()) {
        return format!("did you mean `{name}`?");
    }
    let known: Vec<&str> = known.into_iter().collect();
    match known.len() {
        0 => "none is declared".to_owned(),
        1..=12 => format!("known: {}", known.join(", ")),
        more => format!("known: {}, … ({more} in all)", known[..12].join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::{did_you_mean, nearest};

    #[test]
    fn a_slip_is_near_and_another_word_is_not() {
        assert_eq!(nearest("task-event", ["reminders", "task-events"]), Some("task-events"));
        assert_eq!(nearest("orders", ["reminders", "task-events"]), None);
        assert_eq!(nearest("partitons", ["partitions", "retention"]), Some("partitions"));
    }

    #[test]
    fn without_a_near_name_all_are_listed() {
        assert_eq!(did_you_mean("x", ["reminders", "audit"]), "known: reminders, audit");
        assert_eq!(did_you_mean("x", []), "none is declared");
    }
}
