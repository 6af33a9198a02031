//! Which pages may connect. A browser sends its user's cookies along whatever page asks, and says which page that is; what says
//! nothing is no browser.

use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, Uri};
use handler_runtime::environment::{Environment, Problems};

/// The pages' origins.
#[derive(Debug)]
pub(crate) struct Origins(Vec<String>);

impl Origins {
    /// `WEBSOCKET_ORIGINS`, parted by commas; where it says nothing, pages of the host that is asked.
    pub(crate) fn read(environment: &Environment, problems: &mut Problems) -> Self {
        let text = environment.optional("WEBSOCKET_ORIGINS").unwrap_or_default();
        let origins = text.split(',').map(str::trim).filter(|origin| !origin.is_empty());
        let origins = origins.map(|origin| {
            let origin = origin.trim_end_matches('/').to_ascii_lowercase();
            if authority(&origin).is_none() {
                problems.add(format!("WEBSOCKET_ORIGINS: {origin} is no origin, such as https://todo.example.com"));
            }
            origin
        });
        Self(origins.collect())
    }

    pub(crate) fn allow(&self, headers: &HeaderMap) -> bool {
        let mut said = headers.get_all(ORIGIN).iter();
        let Some(origin) = said.next() else { return true };
        let Ok(origin) = origin.to_str().map(str::to_ascii_lowercase) else { return false };
        if said.next().is_some() {
            return false;
        }
        if !self.0.is_empty() {
            return self.0.contains(&origin);
        }
        let host = headers.get(HOST).and_then(|host| host.to_str().ok()).map(str::to_ascii_lowercase);
        host.is_some() && authority(&origin) == host
    }
}

/// Host and port of an origin.
fn authority(origin: &str) -> Option<String> {
    let uri: Uri = origin.parse().ok()?;
    let is_origin = matches!(uri.scheme_str(), Some("http" | "https")) && uri.path() == "/" && uri.query().is_none();
    uri.authority().filter(|_| is_origin).map(|authority| authority.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn origins(text: &str) -> Origins {
        let mut problems = Problems::default();
        let origins = Origins::read(&Environment::from([("WEBSOCKET_ORIGINS", text)]), &mut problems);
        problems.into_result().unwrap();
        origins
    }

    fn headers(origin: &str) -> HeaderMap {
        let pairs = [(HOST, "todo.example.com"), (ORIGIN, origin)];
        pairs.map(|(name, value)| (name, HeaderValue::from_str(value).unwrap())).into_iter().collect()
    }

    #[test]
    fn pages_of_others_are_refused() {
        let listed = origins("https://app.example.com, http://localhost:5173/");
        let own = origins("");
        for (origin, by_list, by_host) in [
            ("https://app.example.com", true, false),
            ("https://APP.example.com", true, false),
            ("http://localhost:5173", true, false),
            ("http://app.example.com", false, false),
            ("https://app.example.com.evil.example", false, false),
            ("https://todo.example.com", false, true),
            ("https://todo.example.com:8443", false, false),
            ("https://evil.example", false, false),
            ("null", false, false),
            ("", false, false),
        ] {
            assert_eq!((listed.allow(&headers(origin)), own.allow(&headers(origin))), (by_list, by_host), "{origin}");
        }
        let mut twice = headers("https://evil.example");
        twice.insert(ORIGIN, HeaderValue::from_static("https://todo.example.com"));
        twice.append(ORIGIN, HeaderValue::from_static("https://evil.example"));
        assert!(!own.allow(&twice));
    }

    #[test]
    fn what_is_no_browser_says_no_origin() {
        assert!(origins("").allow(&HeaderMap::new()) && origins("https://a.example").allow(&HeaderMap::new()));
    }

    #[test]
    fn what_is_no_origin_is_a_problem() {
        for text in ["todo.example.com", "https://todo.example.com/app", "*", "https://"] {
            let mut problems = Problems::default();
            Origins::read(&Environment::from([("WEBSOCKET_ORIGINS", text)]), &mut problems);
            assert!(problems.into_result().is_err(), "{text}");
        }
    }
}
