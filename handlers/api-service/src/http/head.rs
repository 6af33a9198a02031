//! What a request says beside its body.

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use handler_runtime::Problem;
use sha2::{Digest, Sha256};

use crate::domain::Expected;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Which versions a request is meant for.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) expected: Expected,
}

impl Head {
    /// Of a request that may say so.
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        Ok(Self { expected: expected(headers)?.unwrap_or(Expected::Any) })
    }

    /// Of a request that has to: who changes what he has not seen takes back what others did.
    pub(super) fn that_expects(headers: &HeaderMap) -> Result<Self, Problem> {
        let expected = expected(headers)?;
        let missing = || Problem::of(StatusCode::PRECONDITION_REQUIRED, "If-Match has to name the task's ETag, or `*`");
        Ok(Self { expected: expected.ok_or_else(missing)? })
    }
}

/// `If-Match`. Weak tags match nothing, as the comparison is the strong one.
fn expected(headers: &HeaderMap) -> Result<Option<Expected>, Problem> {
    let Some(text) = text(headers, &header::IF_MATCH)? else { return Ok(None) };
    if text.trim() == "*" {
        return Ok(Some(Expected::Any));
    }
    let tags: Option<Vec<&str>> = text.split(',').map(tag).collect();
    let wrong = || Problem::of(StatusCode::BAD_REQUEST, "If-Match is no list of entity tags");
    let versions = tags.ok_or_else(wrong)?.into_iter().filter_map(|tag| tag.parse().ok());
    Ok(Some(Expected::Versions(versions.collect())))
}

/// The text of an entity tag; of a weak one a text that no version has.
fn tag(text: &str) -> Option<&str> {
    let text = text.trim();
    let (text, weak) = text.strip_prefix("W/").map_or((text, false), |text| (text, true));
    let tag = text.strip_prefix('"')?.strip_suffix('"').filter(|tag| !tag.contains('"'))?;
    Some(if weak { "" } else { tag })
}

/// Whether `If-None-Match` names this version; here the comparison is the weak one.
pub(super) fn known(headers: &HeaderMap, version: i64) -> bool {
    let values = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = values.flat_map(|text| text.split(',')).map(str::trim);
    tags.any(|tag| tag == "*" || tag.trim_start_matches("W/") == format!("\"{version}\""))
}

/// `Idempotency-Key`, with or without quotes.
pub(super) fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(text) = text(headers, &IDEMPOTENCY_KEY)? else { return Ok(None) };
    let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(&text);
    if text.is_empty() || text.len() > 255 {
        return Err(Problem::of(StatusCode::BAD_REQUEST, "Idempotency-Key has to be 1 to 255 characters"));
    }
    Ok(Some(text.to_owned()))
}

/// What makes two requests the same.
pub(super) fn digest(parts: &Parts, body: &[u8]) -> Vec<u8> {
    let mut digest = Sha256::new();
    let expected = parts.headers.get(header::IF_MATCH).map(HeaderValue::as_bytes).unwrap_or_default();
    for part in [parts.method.as_str().as_bytes(), parts.uri.path().as_bytes(), expected, body] {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    digest.finalize().to_vec()
}

/// A header that is there at most once, of visible ASCII.
fn text(headers: &HeaderMap, name: &HeaderName) -> Result<Option<String>, Problem> {
    let mut values = headers.get_all(name).iter();
    let Some(first) = values.next() else { return Ok(None) };
    match first.to_str() {
        Ok(text) if values.next().is_none() => Ok(Some(text.trim().to_owned())),
        _ => Err(Problem::of(StatusCode::BAD_REQUEST, format!("{name} has to be there once, in ASCII"))),
    }
}
