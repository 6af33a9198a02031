use super::file::RenderedFile;
use super::object::{dapr_path, object, scopes};
use super::tree::{Map, Tree};
use crate::model::{ExternalTarget, Stack};

/// HTTPEndpoints (`dapr.io/v1alpha1`) for the external services that are no Dapr apps, each for those who invoke it.
pub(super) fn render_http_endpoints(stack: &Stack) -> Vec<RenderedFile> {
    let endpoints = stack.externals.iter().filter_map(|(name, external)| {
        let ExternalTarget::Url(url) = &external.target else { return None };
        let invokers = stack.invokers.get(name).into_iter().flatten().filter_map(|service| stack.services.get(service));
        let apps: Vec<_> =
            invokers.filter(|service| service.has_sidecar()).map(|service| service.app_id.clone()).collect();
        let document = object(stack, "dapr.io/v1alpha1", "HTTPEndpoint", name.as_str())
            .with("spec", Map::new().with("baseUrl", Tree::text(url)))
            .list("scopes", scopes(&apps));
        Some(RenderedFile::new(dapr_path(stack, &format!("http-endpoint-{name}")), document))
    });
    endpoints.collect()
}
