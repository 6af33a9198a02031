//! `GET /ws`: a browser becomes a session.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use handler_runtime::Served;
use handler_runtime::environment::{Environment, Problems};
use session::Sessions;

use crate::hub::Hub;
use crate::origins::Origins;
use crate::socket::attend;

/// The largest message that is read: sessions have nothing to say.
const LARGEST: usize = 4 * 1024;
/// Below the minute after which proxies close what is silent.
const HEARTBEAT: u64 = 25_000;

/// Where sessions are let in.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) auth: Arc<Sessions>,
    pub(crate) heartbeat: Duration,
    hub: Arc<Hub>,
    origins: Arc<Origins>,
}

/// What the service serves, as it is told to.
pub(crate) fn serve(environment: &Environment, problems: &mut Problems) -> Served {
    let heartbeat = environment.number("WEBSOCKET_HEARTBEAT_MS", problems).unwrap_or(HEARTBEAT).max(100);
    let hub = Arc::new(Hub::default());
    let desk = Desk {
        auth: Arc::new(Sessions::from_environment(environment, problems)),
        heartbeat: Duration::from_millis(heartbeat),
        hub: Arc::clone(&hub),
        origins: Arc::new(Origins::read(environment, problems)),
    };
    Served { sessions: hub, routes: Router::new().route("/ws", get(connect)).with_state(desk) }
}

async fn connect(State(desk): State<Desk>, headers: HeaderMap, upgrade: WebSocketUpgrade) -> Response {
    if !desk.origins.allow(&headers) {
        tracing::warn!("a page of another origin was refused");
        return StatusCode::FORBIDDEN.into_response();
    }
    let user = match desk.auth.user(&headers).await {
        Ok(user) => user,
        Err(refusal) => return refusal.into_response(),
    };
    let seated = match desk.hub.sit_down(&user.id) {
        Ok(seated) => seated,
        Err(full) => return full.status().into_response(),
    };
    let upgrade = upgrade.max_message_size(LARGEST).max_frame_size(LARGEST);
    upgrade.on_upgrade(|socket| attend(socket, seated, desk, headers))
}
