use crate::catalogue::{self, ComponentEntry, DaprRelease, KedaRelease};
use crate::model::{Component, Stack};

/// What is known of the KEDA that the environment pins; nothing where there is none.
pub(in crate::checks) fn pinned_keda(stack: &Stack) -> Option<&'static KedaRelease> {
    catalogue::keda(&stack.cluster.keda.as_ref()?.value)
}

/// What the Dapr that the environment pins knows of a component's type.
pub(in crate::checks) fn component_entry(
    stack: &Stack,
    component: &Component,
) -> Option<(&'static DaprRelease, &'static ComponentEntry)> {
    let kind = &component.kind.value;
    let release = catalogue::dapr(&stack.cluster.dapr.value)?;
    Some((release, release.component(&kind.name, &kind.version)?))
}
