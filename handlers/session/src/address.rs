//! Where better-auth is asked.

use handler_runtime::environment::{Environment, Problems};
use reqwest::header::HeaderValue;
use reqwest::{Client, RequestBuilder, Url};

/// The method that tells whose a session is.
const METHOD: &str = "api/auth/get-session";

/// Where, and what the sidecar wants to see.
#[derive(Debug)]
pub(crate) struct Address {
    url: Option<Url>,
    token: Option<HeaderValue>,
    is_sidecar: bool,
}

impl Address {
    /// `USE_DAPR_INVOCATION` (true) with `DAPR_HTTP_URL` and `DAPR_APP_ID_AUTH`, or else `BETTER_AUTH_URL`.
    pub(crate) fn read(environment: &Environment, problems: &mut Problems) -> Self {
        if environment.one_of("USE_DAPR_INVOCATION", &["true", "false"], "true", problems) == "false" {
            let base = environment.required("BETTER_AUTH_URL", problems);
            let url = url("BETTER_AUTH_URL", &base, METHOD, problems);
            return Self { url, token: None, is_sidecar: false };
        }
        let base = environment.optional("DAPR_HTTP_URL").unwrap_or_else(|| {
            let port = environment.optional("DAPR_HTTP_PORT").unwrap_or_else(|| "3500".to_owned());
            format!("http://localhost:{port}")
        });
        let app = environment.optional("DAPR_APP_ID_AUTH").unwrap_or_else(|| "better-auth-service".to_owned());
        let token = environment.optional("DAPR_API_TOKEN").and_then(|token| {
            let mut value = HeaderValue::from_str(&token).ok()?;
            value.set_sensitive(true);
            Some(value)
        });
        let url = url("DAPR_HTTP_URL", &base, &format!("v1.0/invoke/{app}/method/{METHOD}"), problems);
        Self { url, token, is_sidecar: true }
    }

    pub(crate) const fn is_sidecar(&self) -> bool {
        self.is_sidecar
    }

    /// The question; without an address, which is a problem that was told, it fails when it is sent.
    pub(crate) fn request(&self, client: &Client) -> RequestBuilder {
        let request = match &self.url {
            Some(url) => client.get(url.clone()),
            None => client.get(""),
        };
        match &self.token {
            Some(token) => request.header("dapr-api-token", token),
            None => request,
        }
    }
}

fn url(name: &str, base: &str, path: &str, problems: &mut Problems) -> Option<Url> {
    let url = Url::parse(&format!("{}/{path}", base.trim_end_matches('/'))).ok();
    let url = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    // What is not set was told already.
    if url.is_none() && !base.is_empty() {
        problems.add(format!("{name} is no address"));
    }
    url
}
