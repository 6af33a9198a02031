use super::file::RenderedFile;
use super::object::{dapr_path, object, scopes};
use super::setting::render_named_setting;
use super::tree::{Map, Tree};
use crate::model::{ClientTls, External, ExternalTarget, Fact, ServiceName, Stack};
use crate::spec::document::Renegotiation;
use crate::spec::{SecretKey, Setting};

/// HTTPEndpoints (`dapr.io/v1alpha1`) for the external services that are no Dapr apps, each for those who invoke it.
pub(super) fn render_http_endpoints(stack: &Stack) -> Vec<RenderedFile> {
    stack.externals.iter().filter_map(|(name, external)| render_http_endpoint(stack, name, external)).collect()
}

fn render_http_endpoint(stack: &Stack, name: &ServiceName, external: &External) -> Option<RenderedFile> {
    let ExternalTarget::Url(url) = &external.target else { return None };
    let invokers = stack.invokers.get(name).into_iter().flatten().filter_map(|service| stack.services.get(service));
    let users = || invokers.filter(|service| service.has_sidecar()).map(|service| service.app_id.clone()).collect();
    let apps = external.scopes.clone().unwrap_or_else(users);
    let headers = external.headers.iter().map(|(header, value)| render_named_setting(header, None, value)).collect();
    let spec = Map::new()
        .with("baseUrl", Tree::text(url))
        .list("headers", headers)
        .maybe("clientTLS", external.tls.as_ref().map(render_tls));
    // Dapr's operator reads the keys, as it does those of components.
    let store = external.keys().next().is_some().then(|| Map::new().with("secretStore", "kubernetes"));
    let document = object(stack, "dapr.io/v1alpha1", "HTTPEndpoint", name.as_str())
        .with("spec", spec)
        .maybe("auth", store)
        .list("scopes", scopes(&apps));
    Some(RenderedFile::new(dapr_path(stack, &format!("http-endpoint-{name}")), document))
}

fn render_tls(tls: &ClientTls) -> Map {
    let renegotiation = tls.renegotiation.as_ref().map(|known| {
        let word = match known.value {
            Renegotiation::Never => "Never",
            Renegotiation::Once => "OnceAsClient",
            Renegotiation::Freely => "FreelyAsClient",
        };
        Tree::from(word).at_place(known.at)
    });
    Map::new()
        .maybe("rootCA", tls.ca.as_ref().map(render_key))
        .maybe("certificate", tls.certificate.as_ref().map(render_key))
        .maybe("privateKey", tls.key.as_ref().map(render_key))
        .maybe("renegotiation", renegotiation)
}

fn render_key(key: &Fact<SecretKey>) -> Map {
    super::setting::render_setting(&key.clone().map(Setting::Secret), Map::new())
}
