//! Answers as better-auth does when it is asked whose a session is.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Users who are signed in. A session's cookie is `session=<user>`.
#[derive(Clone, Default)]
pub(crate) struct Auth(Arc<Mutex<BTreeSet<String>>>);

impl Auth {
    /// Serves, and says where.
    pub(crate) async fn start(users: &[&str]) -> (Self, String) {
        let auth = Self::default();
        auth.0.lock().unwrap().extend(users.iter().map(|user| (*user).to_owned()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let routes = Router::new().route("/api/auth/get-session", get(session)).with_state(auth.clone());
        tokio::spawn(axum::serve(listener, routes).into_future());
        (auth, address)
    }

    /// From now on the user is not signed in.
    pub(crate) fn sign_out(&self, user: &str) {
        self.0.lock().unwrap().remove(user);
    }
}

async fn session(State(auth): State<Auth>, headers: HeaderMap) -> Json<Value> {
    let cookie = headers.get(COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let user = cookie.strip_prefix("session=").unwrap_or_default();
    let user = auth.0.lock().unwrap().get(user).cloned();
    Json(user.map_or(Value::Null, |id| {
        json!({ "session": { "id": "s", "userId": id }, "user": { "id": id, "email": format!("{id}@example.com"), "name": id } })
    }))
}
