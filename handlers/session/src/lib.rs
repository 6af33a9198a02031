//! Whose request it is. better-auth knows: it is asked by the request's own cookies and `Authorization`, through the sidecar's
//! HTTP API or directly. What it said is believed for a few seconds, so that a page's burst of requests is one question.

mod address;
mod memory;

use std::time::Duration;

use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use handler_runtime::environment::{Environment, Problems};
use reqwest::redirect::Policy;
use serde::Deserialize;

use address::Address;
use memory::{Memory, digest};

/// How long better-auth may take.
const DEADLINE: Duration = Duration::from_secs(5);

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct User {
    /// The id.
    pub id: String,
    /// The address.
    pub email: String,
    /// The name.
    #[serde(default)]
    pub name: String,
}

/// Why nobody is known to be signed in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody is: there are no credentials, or they are not valid any more.
    #[error("not signed in")]
    NotSignedIn,
    /// It cannot be told now.
    #[error("the session cannot be checked: {0}")]
    Unavailable(String),
}

impl Refusal {
    /// The status that says so.
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::NotSignedIn => StatusCode::UNAUTHORIZED,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl IntoResponse for Refusal {
    /// The reason is for the log: it names what stands behind the service.
    fn into_response(self) -> Response {
        let status = self.status();
        (status, status.canonical_reason().unwrap_or_default()).into_response()
    }
}

/// What better-auth answers for a valid session; for any other it answers `null`, with 200 as well.
#[derive(Deserialize)]
struct Answer {
    user: User,
}

/// Asks better-auth.
#[derive(Debug)]
pub struct Sessions {
    client: reqwest::Client,
    address: Address,
    memory: Memory<User>,
}

impl Sessions {
    /// As it is configured; every problem is told.
    pub fn from_environment(environment: &Environment, problems: &mut Problems) -> Self {
        Self::with_deadline(environment, problems, DEADLINE)
    }

    fn with_deadline(environment: &Environment, problems: &mut Problems, deadline: Duration) -> Self {
        let address = Address::read(environment, problems);
        // Credentials go nowhere but there, and a sidecar is not behind a proxy.
        let builder = reqwest::Client::builder().timeout(deadline).redirect(Policy::none());
        let builder = if address.is_sidecar() { builder.no_proxy() } else { builder };
        let client = builder.build().unwrap_or_else(|error| {
            problems.add(format!("the client for better-auth cannot be made: {error}"));
            reqwest::Client::new()
        });
        Self { client, address, memory: Memory::default() }
    }

    /// Whose request this is.
    pub async fn user(&self, headers: &HeaderMap) -> Result<User, Refusal> {
        let credentials = credentials(headers);
        if credentials.is_empty() {
            return Err(Refusal::NotSignedIn);
        }
        let key = digest(&credentials);
        if let Some(user) = self.memory.recall(&key) {
            return Ok(user);
        }
        let user = self.ask(credentials).await?;
        self.memory.keep(key, user.clone());
        Ok(user)
    }

    async fn ask(&self, credentials: HeaderMap) -> Result<User, Refusal> {
        let unavailable = |reason: String| {
            tracing::warn!(reason, "a session cannot be checked");
            Refusal::Unavailable(reason)
        };
        let request = self.address.request(&self.client).headers(credentials);
        let answer = request.send().await.map_err(|error| unavailable(told(error)))?;
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::UNAUTHORIZED => return Err(Refusal::NotSignedIn),
            other => return Err(unavailable(format!("the answer is {other}"))),
        }
        let answer: Option<Answer> = answer.json().await.map_err(|error| unavailable(told(error)))?;
        answer.map(|answer| answer.user).ok_or(Refusal::NotSignedIn)
    }
}

/// The headers by which a session is known. No other is passed on.
fn credentials(headers: &HeaderMap) -> HeaderMap {
    let mut credentials = HeaderMap::new();
    for name in [COOKIE, AUTHORIZATION] {
        for value in headers.get_all(&name) {
            credentials.append(&name, value.clone());
        }
    }
    credentials
}

/// The error with its causes, without the address.
fn told(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(next) = cause {
        text = format!("{text}: {next}");
        cause = next.source();
    }
    text
}

#[cfg(test)]
mod tests;
