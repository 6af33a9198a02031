use super::file::RenderedFile;
use super::object::{dapr_path, object, scopes};
use super::setting::render_named_setting;
use super::tree::{Map, Tree};
use crate::model::{Component, Stack};
use crate::spec::Setting;

/// A Dapr Component (`dapr.io/v1alpha1`).
pub(super) fn render_component(stack: &Stack, component: &Component) -> RenderedFile {
    let kind = &component.kind;
    let metadata: Vec<Tree> =
        component.metadata.iter().map(|item| render_named_setting(&item.key, item.key_at, &item.value)).collect();
    let spec = Map::new()
        .with("type", Tree::from(kind.value.name.as_str()).at_place(kind.at))
        .with("version", Tree::from(kind.value.version.as_str()).at_place(kind.at))
        .maybe("ignoreErrors", component.ignore_errors.as_ref().map(Tree::flag))
        .maybe("initTimeout", component.init_timeout.as_ref().map(Tree::text))
        // The definition refuses a component without metadata, also where there is none to give.
        .with("metadata", metadata);
    let refers = component.metadata.iter().any(|item| matches!(item.value.value, Setting::Secret(_)));
    let store = Map::new().with("secretStore", Tree::text(&component.secret_store));
    let document = object(stack, "dapr.io/v1alpha1", "Component", component.name.as_str())
        .with("spec", spec)
        .maybe("auth", refers.then_some(store))
        .list("scopes", scopes(&component.scopes));
    RenderedFile::new(dapr_path(stack, &format!("component-{}", component.name)), document)
}
