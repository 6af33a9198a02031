//! Whether what one service promises of an event is what another one needs.

use super::payload::covers;
use crate::spec::{Additional, EventSchema};

/// The first field of which the promise is not enough, and why; with the place of the promise and of the need.
pub(crate) fn disagreement<'a>(
    promise: &'a EventSchema,
    need: &'a EventSchema,
) -> Option<(String, &'a EventSchema, &'a EventSchema)> {
    compare(promise, need, "")
}

fn compare<'a>(
    promise: &'a EventSchema,
    need: &'a EventSchema,
    path: &str,
) -> Option<(String, &'a EventSchema, &'a EventSchema)> {
    let here = |what: String| Some((what, promise, need));
    let name = if path.is_empty() { "the payload".to_owned() } else { format!("`{path}`") };
    if let (Some(given), Some(wanted)) = (&promise.types, &need.types)
        && !covers(wanted, given)
    {
        return here(format!("{name} is {}, {} is wanted", join(given), join(wanted)));
    }
    if let (Some(given), Some(wanted)) = (&promise.values, &need.values)
        && let Some(unknown) = given.difference(wanted).next()
    {
        return here(format!("{name} may be {unknown}, which is not wanted"));
    }
    // A promise that names no fields at all says nothing of them.
    if !promise.properties.is_empty() {
        let missing = need.required.iter().find(|field| !promise.required.contains(*field));
        if let Some(field) = missing {
            let field = inner(path, field);
            return here(format!("`{field}` is needed, and not promised"));
        }
        if let (Additional::Closed, Some(field)) =
            (&need.additional, promise.properties.keys().find(|field| !need.properties.contains_key(*field)))
        {
            return here(format!("`{}` is sent, and refused", inner(path, field)));
        }
    }
    let mut fields =
        need.properties.iter().filter_map(|(field, wanted)| Some((field, promise.properties.get(field)?, wanted)));
    fields.find_map(|(field, given, wanted)| compare(given, wanted, &inner(path, field))).or_else(|| {
        let (given, wanted) = (promise.items.as_deref()?, need.items.as_deref()?);
        compare(given, wanted, &format!("{path}[]"))
    })
}

fn inner(path: &str, field: &str) -> String {
    if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") }
}

fn join(words: &std::collections::BTreeSet<String>) -> String {
    words.iter().map(String::as_str).collect::<Vec<_>>().join(" or ")
}
