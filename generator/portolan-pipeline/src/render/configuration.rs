use std::collections::BTreeSet;

use super::access::render_access_control;
use super::file::RenderedFile;
use super::object::{dapr_path, object};
use super::setting::render_named_setting;
use super::sidecar_options::{render_options, render_workflow};
use super::tree::{Map, Tree, Value};
use crate::model::{ComponentName, Fact, NameResolution, Otlp, Service, Stack, Tracing};

/// A service's Configuration (`dapr.io/v1alpha1`): tracing, the secrets it may read, who may invoke it.
pub(super) fn render_configuration(stack: &Stack, service: &Service) -> RenderedFile {
    let spec = Map::new()
        .maybe("tracing", stack.tracing.as_ref().map(render_tracing))
        .maybe("httpPipeline", render_pipeline(stack, &service.http_pipeline))
        .maybe("appHttpPipeline", render_pipeline(stack, &service.app_pipeline))
        .maybe("nameResolution", stack.name_resolution.as_ref().map(render_name_resolution))
        .maybe("secrets", render_secret_scopes(stack, service))
        .with("accessControl", render_access_control(service));
    let spec =
        render_options(spec, &service.sidecar).maybe("workflow", service.workflow.as_ref().and_then(render_workflow));
    let name = service.name.as_str();
    let document = object(stack, "dapr.io/v1alpha1", "Configuration", name).with("spec", spec);
    RenderedFile::new(dapr_path(stack, &format!("configuration-{name}")), document)
}

/// Dapr leaves a handler out in silence that it does not find under its name and type.
fn render_pipeline(stack: &Stack, handlers: &[Fact<ComponentName>]) -> Option<Map> {
    let handlers = handlers.iter().filter_map(|name| {
        let component = stack.components.get(&name.value)?;
        let kind = Tree::from(component.kind.value.name.as_str()).at_place(component.kind.at);
        Some(Map::new().with("name", Tree::text(name)).with("type", kind).into())
    });
    let handlers: Vec<Tree> = handlers.collect();
    (!handlers.is_empty()).then(|| Map::new().with("handlers", handlers))
}

fn render_name_resolution(resolution: &NameResolution) -> Map {
    let kind = &resolution.kind;
    let name = kind.value.name.strip_prefix("nameresolution.").unwrap_or(&kind.value.name);
    let configuration = resolution.configuration.as_ref().map_or_else(|| Tree::from(Map::new()), Tree::anything);
    Map::new()
        .with("component", Tree::from(name).at_place(kind.at))
        .with("version", Tree::from(kind.value.version.as_str()).at_place(kind.at))
        .with("configuration", configuration)
}

fn render_tracing(tracing: &Tracing) -> Map {
    let percent = tracing.sampling.value.value();
    let rate = if percent == 100 { "1".to_owned() } else { format!("0.{percent:02}").trim_end_matches('0').to_owned() };
    let zipkin = |url| Map::new().with("endpointAddress", Tree::text(url));
    Map::new()
        .with("samplingRate", Tree::from(rate).at_place(tracing.sampling.at))
        .maybe("stdout", tracing.stdout.as_ref().map(Tree::flag))
        .maybe("zipkin", tracing.zipkin.as_ref().map(zipkin))
        .maybe("otel", tracing.otlp.as_ref().map(render_otlp))
}

fn render_otlp(otlp: &Otlp) -> Map {
    let headers = otlp.headers.iter().map(|(name, value)| render_named_setting(name, None, value)).collect();
    Map::new()
        .with("endpointAddress", Tree::text(&otlp.address))
        .with("isSecure", Tree::flag(&otlp.secure))
        .with("protocol", Tree::from(otlp.protocol.value.word()).at_place(otlp.protocol.at))
        .list("headers", headers)
        .maybe("timeout", otlp.timeout.as_ref().map(Tree::text))
}

/// Of each secret store in scope, exactly the secrets that the service's contract names.
fn render_secret_scopes(stack: &Stack, service: &Service) -> Option<Map> {
    let stores = service.uses.iter().filter(|used| {
        stack.components.get(&used.value).is_some_and(|component| component.kind.value.block() == "secretstores")
    });
    let names: BTreeSet<&str> = service.secrets.iter().map(|key| key.value.secret.as_str()).collect();
    let allowed: Vec<Tree> = names.into_iter().map(Tree::from).collect();
    let scopes: Vec<Tree> = stores
        .map(|store| {
            Map::new()
                .with("storeName", Tree::text(store))
                .with("defaultAccess", "deny")
                .with("allowedSecrets", Value::List(allowed.clone()))
                .into()
        })
        .collect();
    (!scopes.is_empty()).then(|| Map::new().with("scopes", scopes))
}
