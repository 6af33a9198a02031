//! Values that Dapr takes in plain or from a secret.

use super::tree::{Map, Tree};
use crate::model::Fact;
use crate::source::Span;
use crate::spec::Setting;

/// A name, and its value or where that lies.
pub(super) fn render_named_setting(name: &str, name_at: Option<Span>, value: &Fact<Setting>) -> Tree {
    render_setting(value, Map::new().with("name", Tree::from(name).at_place(name_at))).into()
}

/// The same laid behind what is there.
pub(super) fn render_setting(value: &Fact<Setting>, entry: Map) -> Map {
    match &value.value {
        Setting::Plain(text) => entry.with("value", Tree::from(text.as_str()).at_place(value.at)),
        Setting::Secret(key) => {
            let reference = Map::new().with("name", key.secret.as_str()).with("key", key.key.as_str());
            entry.with("secretKeyRef", Tree::from(reference).at_place(value.at))
        }
    }
}
