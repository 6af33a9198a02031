use crate::model::{Component, MetadataItem, Stack};
use crate::source::Span;
use crate::spec::Setting;

/// The components of the spec, and those of manifests that somebody wrote by hand.
pub(in crate::checks) fn all_components(stack: &Stack) -> impl Iterator<Item = &Component> {
    let objects = stack.manifests.iter().flat_map(|manifest| &manifest.objects);
    stack.components.values().chain(objects.filter_map(|object| object.component.as_ref()))
}

/// What the spec writes itself of a component's metadata, and where each key stands.
/// The copies for broadcast repeat their original, which is looked at once.
pub(in crate::checks) fn written_items(component: &Component) -> impl Iterator<Item = (&MetadataItem, Span)> {
    let original = component.broadcast_of.is_none();
    component.metadata.iter().filter(move |_| original).filter_map(|item| Some((item, item.key_at?)))
}

/// The item that Dapr takes for a key, whatever its case: what is written stands behind what is derived.
pub(in crate::checks) fn effective<'a>(component: &'a Component, key: &str) -> Option<&'a MetadataItem> {
    component.metadata.iter().rev().find(|item| item.key.eq_ignore_ascii_case(key))
}

/// The value of an item where it does not lie in a secret.
pub(in crate::checks) fn plain(item: &MetadataItem) -> Option<&str> {
    match &item.value.value {
        Setting::Plain(text) => Some(text),
        Setting::Secret(_) => None,
    }
}
