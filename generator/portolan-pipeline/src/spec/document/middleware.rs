use crate::spec::decode::{Located, record};

record! {
    /// The middleware that requests go through, each list in the order in which a request meets it.
    pub struct Middleware {
        /// Requests to the sidecar's HTTP API.
        "http" => http: Vec<Located<String>>,
        /// Requests from the sidecar to the app.
        "app" => app: Vec<Located<String>>,
    }
}
