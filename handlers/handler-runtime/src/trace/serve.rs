//! Spans of requests: each continues the trace of its headers, and what the service does for it continues the span.

use std::sync::Arc;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{HeaderName, HeaderValue};
use axum::http::{HeaderMap, Method};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use opentelemetry::KeyValue;
use opentelemetry::trace::{Span as _, SpanKind, Status, Tracer};
use opentelemetry_sdk::trace::Span;

use super::Tracing;
use super::context::{TRACEPARENT, TRACESTATE, Told, written};

/// These routes, with spans.
pub(super) fn around(tracing: &Arc<Tracing>, routes: Router) -> Router {
    routes.layer(from_fn_with_state(Arc::clone(tracing), traced))
}

async fn traced(State(tracing): State<Arc<Tracing>>, mut request: Request, next: Next) -> Response {
    let mut span = begun(&tracing, &request);
    continued(request.headers_mut(), &span);
    let response = next.run(request).await;
    let status = response.status();
    span.set_attribute(KeyValue::new("http.response.status_code", i64::from(status.as_u16())));
    if status.is_server_error() {
        span.set_attribute(KeyValue::new("error.type", status.as_str().to_owned()));
        span.set_status(Status::error(""));
    }
    response
}

/// The route as it is declared: a path may name somebody, and a query may hold a secret.
fn begun(tracing: &Tracing, request: &Request) -> Span {
    let text = |name| request.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let context = Told { parent: text(TRACEPARENT), state: text(TRACESTATE) }.context();
    let method = method(request.method());
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let name = route.as_ref().map_or_else(|| method.to_owned(), |route| format!("{method} {route}"));
    let told = [KeyValue::new("http.request.method", method.to_owned())];
    let told = told.into_iter().chain(route.map(|route| KeyValue::new("http.route", route)));
    let builder = tracing.tracer.span_builder(name).with_kind(SpanKind::Server).with_attributes(told);
    builder.start_with_context(&tracing.tracer, &context)
}

/// Whatever reads the headers finds the span in them.
fn continued(headers: &mut HeaderMap, span: &Span) {
    let trace = written(span.span_context());
    for (name, told) in [(TRACEPARENT, Some(trace.parent)), (TRACESTATE, trace.state)] {
        let name = HeaderName::from_static(name);
        match told.and_then(|told| HeaderValue::from_str(&told).ok()) {
            Some(told) => headers.insert(name, told),
            None => headers.remove(name),
        };
    }
}

/// A method that nobody has defined is somebody's text.
fn method(method: &Method) -> &str {
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    if known.contains(&method.as_str()) { method.as_str() } else { "_OTHER" }
}
