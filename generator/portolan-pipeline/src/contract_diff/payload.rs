//! Two schemas of one payload, field by field.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::Span;
use crate::spec::{Additional, EventSchema};

/// What becomes of the payloads that a schema allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// There may be others than before: who reads them may meet what it does not know.
    Wider,
    /// Some are no longer allowed: who writes them may write what is refused.
    Narrower,
    /// Both, or nobody can say.
    Other,
    /// None that matters.
    None,
}

/// One difference.
#[derive(Debug)]
pub(super) struct Difference {
    /// The field: names from outside to inside, `[]` for the items of a list.
    pub(super) field: Vec<String>,
    /// What has changed of it.
    pub(super) message: String,
    /// What that does.
    pub(super) effect: Effect,
    /// Where the old schema of the field, or of what holds it, stands.
    pub(super) before: Span,
    /// Where the new one stands.
    pub(super) after: Span,
}

/// Everything that differs.
pub(super) fn compare_payloads(old: &EventSchema, new: &EventSchema) -> Vec<Difference> {
    let mut walk = Walk { field: Vec::new(), found: Vec::new() };
    walk.compare(old, new);
    walk.found
}

/// The keywords of a schema that are not compared, each once.
pub(super) fn uncompared(schema: &EventSchema, found: &mut BTreeSet<String>) {
    found.extend(schema.unknown.keys().cloned());
    schema.properties.values().for_each(|inner| uncompared(inner, found));
    schema.items.iter().for_each(|inner| uncompared(inner, found));
    if let Additional::Schema(inner) = &schema.additional {
        uncompared(inner, found);
    }
}

struct Walk {
    field: Vec<String>,
    found: Vec<Difference>,
}

impl Walk {
    fn note(&mut self, effect: Effect, message: String, old: &EventSchema, new: &EventSchema) {
        let field = self.field.clone();
        self.found.push(Difference { field, message, effect, before: old.at, after: new.at });
    }

    fn inside(&mut self, name: &str, run: impl FnOnce(&mut Self)) {
        self.field.push(name.to_owned());
        run(self);
        self.field.pop();
    }

    fn compare(&mut self, old: &EventSchema, new: &EventSchema) {
        if let Some((effect, words)) = compare_types(old.types.as_ref(), new.types.as_ref()) {
            self.note(effect, words, old, new);
        }
        if let Some((effect, words)) = compare_values(old.values.as_ref(), new.values.as_ref()) {
            self.note(effect, words, old, new);
        }
        self.bounds(old, new);
        self.words(old, new);
        self.fields(old, new);
        self.unnamed(old, new);
        match (&old.items, &new.items) {
            (Some(left), Some(right)) => self.inside("[]", |walk| walk.compare(left, right)),
            (Some(_), None) => self.note(Effect::Wider, "its items may be anything now".to_owned(), old, new),
            (None, Some(_)) => self.note(Effect::Narrower, "its items have a form now".to_owned(), old, new),
            (None, None) => {}
        }
    }

    fn fields(&mut self, old: &EventSchema, new: &EventSchema) {
        let names: BTreeSet<&String> =
            old.properties.keys().chain(new.properties.keys()).chain(&old.required).chain(&new.required).collect();
        for name in names {
            let was_there = old.properties.contains_key(name) || old.required.contains(name);
            let is_there = new.properties.contains_key(name) || new.required.contains(name);
            let (was_needed, is_needed) = (old.required.contains(name), new.required.contains(name));
            self.inside(name, |walk| match (was_there, is_there) {
                (true, false) if matches!(new.additional, Additional::Closed) => {
                    walk.note(Effect::Other, "is gone, and refused".to_owned(), old, new);
                }
                (true, false) => walk.note(Effect::Wider, "is gone".to_owned(), old, new),
                (false, true) if is_needed => {
                    let effect = if closed(old) { Effect::Other } else { Effect::Narrower };
                    walk.note(effect, "is new and required".to_owned(), old, new);
                }
                (false, true) => {
                    let effect = if closed(old) { Effect::Wider } else { Effect::None };
                    walk.note(effect, "is new".to_owned(), old, new);
                }
                _ => {
                    match (was_needed, is_needed) {
                        (true, false) => walk.note(Effect::Wider, "is no longer required".to_owned(), old, new),
                        (false, true) => walk.note(Effect::Narrower, "is required now".to_owned(), old, new),
                        _ => {}
                    }
                    if let (Some(left), Some(right)) = (old.properties.get(name), new.properties.get(name)) {
                        walk.compare(left, right);
                    }
                }
            });
        }
    }

    /// The fields that neither names.
    fn unnamed(&mut self, old: &EventSchema, new: &EventSchema) {
        match (&old.additional, &new.additional) {
            (Additional::Schema(left), Additional::Schema(right)) => self.inside("*", |walk| walk.compare(left, right)),
            (Additional::Open, Additional::Open) | (Additional::Closed, Additional::Closed) => {}
            (Additional::Open, _) | (Additional::Schema(_), Additional::Closed) => {
                self.note(Effect::Narrower, "other fields are restricted now".to_owned(), old, new);
            }
            (_, Additional::Open) | (Additional::Closed, Additional::Schema(_)) => {
                self.note(Effect::Wider, "other fields are allowed now".to_owned(), old, new);
            }
        }
    }

    fn bounds(&mut self, old: &EventSchema, new: &EventSchema) {
        for (before, after, sign) in [(&old.lower, &new.lower, 1.0), (&old.upper, &new.upper, -1.0)] {
            let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
            for name in names {
                let (effect, words) = match (before.get(name), after.get(name)) {
                    (Some(left), Some(right)) if (right - left) * sign > 0.0 => {
                        (Effect::Narrower, format!("`{name}` {left} -> {right}"))
                    }
                    (Some(left), Some(right)) if (right - left) * sign < 0.0 => {
                        (Effect::Wider, format!("`{name}` {left} -> {right}"))
                    }
                    (Some(left), None) => (Effect::Wider, format!("`{name}` {left} is gone")),
                    (None, Some(right)) => (Effect::Narrower, format!("`{name}` {right} is new")),
                    _ => continue,
                };
                self.note(effect, words, old, new);
            }
        }
    }

    /// Keywords that are the same or are not.
    fn words(&mut self, old: &EventSchema, new: &EventSchema) {
        let keywords: BTreeSet<&String> = old.exact.keys().chain(new.exact.keys()).collect();
        for keyword in keywords {
            let (effect, words) = match (old.exact.get(keyword), new.exact.get(keyword)) {
                (Some(left), Some(right)) if left != right => (Effect::Other, format!("`{keyword}` {left} -> {right}")),
                (Some(left), None) => (Effect::Wider, format!("`{keyword}` {left} is gone")),
                (None, Some(right)) => (Effect::Narrower, format!("`{keyword}` {right} is new")),
                _ => continue,
            };
            self.note(effect, words, old, new);
        }
        self.others(&old.unknown, &new.unknown, old, new);
    }

    /// Of a keyword that is not known nobody here can say what its change does.
    fn others(
        &mut self,
        before: &BTreeMap<String, serde_json::Value>,
        after: &BTreeMap<String, serde_json::Value>,
        old: &EventSchema,
        new: &EventSchema,
    ) {
        let keywords: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for keyword in keywords.into_iter().filter(|keyword| before.get(*keyword) != after.get(*keyword)) {
            let words = format!("`{keyword}` is not the same, and what it means is not known here");
            self.note(Effect::Other, words, old, new);
        }
    }
}

fn closed(schema: &EventSchema) -> bool {
    matches!(schema.additional, Additional::Closed)
}

type Set = BTreeSet<String>;

fn compare_types(old: Option<&Set>, new: Option<&Set>) -> Option<(Effect, String)> {
    let shown = |types: Option<&Set>| types.map_or("anything".to_owned(), join);
    let effect = match (old, new) {
        (None, None) => return None,
        (None, Some(_)) => Effect::Narrower,
        (Some(_), None) => Effect::Wider,
        (Some(old), Some(new)) => match (covers(new, old), covers(old, new)) {
            (true, true) => return None,
            (true, false) => Effect::Wider,
            (false, true) => Effect::Narrower,
            (false, false) => Effect::Other,
        },
    };
    Some((effect, format!("type {} -> {}", shown(old), shown(new))))
}

/// Whether every value of the types `few` has one of `many`: an integer is a number.
pub(super) fn covers(many: &Set, few: &Set) -> bool {
    few.iter().all(|one| many.contains(one) || (one == "integer" && many.contains("number")))
}

fn compare_values(old: Option<&Set>, new: Option<&Set>) -> Option<(Effect, String)> {
    match (old, new) {
        (None, None) => None,
        (None, Some(new)) => Some((Effect::Narrower, format!("is one of {} now", join(new)))),
        (Some(old), None) => Some((Effect::Wider, format!("may be anything, no longer one of {}", join(old)))),
        (Some(old), Some(new)) => {
            let (added, removed): (Set, Set) = (new - old, old - new);
            match (added.is_empty(), removed.is_empty()) {
                (true, true) => None,
                (false, true) => Some((Effect::Wider, format!("may be {} too", join(&added)))),
                (true, false) => Some((Effect::Narrower, format!("may no longer be {}", join(&removed)))),
                (false, false) => {
                    Some((Effect::Other, format!("may be {} too, and no longer {}", join(&added), join(&removed))))
                }
            }
        }
    }
}

fn join(words: &Set) -> String {
    words.iter().map(String::as_str).collect::<Vec<_>>().join(" or ")
}
