//! serve_: the sidecar posts, one event or several at a time, and waits for the answer.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use handler_contract::Contract;
use handler_protocol::{Batch, Delivered, Verdict};
use serde_json::json;

use super::DaprConfig;
use super::acknowledge::{acknowledge_entries, acknowledge_event};
use super::decode::{decode_entry, decode_event};
use super::envelope::{Envelope, Place};
use super::hand::Hand;
use super::token::Token;
use crate::perform::Perform;
use crate::problem::Problem;
use crate::service::ServiceError;
use crate::transport::Intake;
use crate::transport::due::decode_due;

/// A sidecar that was told to end with us has brought its last event when none came for so long.
const QUIET: Duration = Duration::from_millis(500);
/// One that was not told goes on for ever: so long at most it is listened to.
const LISTEN: Duration = Duration::from_secs(3);
/// What is in hand has so long to end.
const PARTING: Duration = Duration::from_secs(5);

/// The routes that events come by.
pub(crate) struct DaprIntake {
    routes: Router,
    hand: Hand,
}

struct Desk<P> {
    performer: Arc<P>,
    hand: Hand,
    /// The topics of each route.
    topics: Vec<&'static str>,
}

impl DaprIntake {
    /// The routes of a contract.
    pub(crate) fn new<P: Perform>(config: &DaprConfig, contract: &Contract, performer: &Arc<P>) -> Self {
        let hand = Hand::open();
        let mut routes = Router::new();
        for (route, topics) in topics_of_routes(contract) {
            let desk = Desk { performer: Arc::clone(performer), hand: hand.clone(), topics };
            routes = routes.route(route, post(receive::<P>).with_state(Arc::new(desk)));
        }
        if !contract.schedules.is_empty() {
            let desk = Desk { performer: Arc::clone(performer), hand: hand.clone(), topics: Vec::new() };
            let desk = (contract.service, Arc::new(desk));
            routes = routes.route("/job/{name}", post(receive_due::<P>).with_state(desk));
        }
        // The server's own limit would refuse the same request for ever. What is larger than all that the sidecar posts is from
        // somebody else.
        routes = routes.layer(config.largest.map_or_else(DefaultBodyLimit::disable, DefaultBodyLimit::max));
        if let Some(token) = config.token.clone() {
            routes = routes.layer(from_fn_with_state(token, known));
        }
        // Subscriptions are declared by what is rendered; the code adds none.
        let routes = routes.route("/dapr/subscribe", get(|| async { Json(json!([])) })).fallback(unknown);
        Self { routes, hand }
    }
}

impl Intake for DaprIntake {
    fn routes(&mut self) -> Router {
        std::mem::take(&mut self.routes)
    }

    /// An event that is refused now keeps the sidecar from its own end: it repeats the event until it is killed, its group does not
    /// know that it has left, and the partitions stand still until the session times out. So what it still brings is taken.
    async fn stop(self) -> Result<(), ServiceError> {
        self.hand.quiet(QUIET, LISTEN).await;
        if !self.hand.close(PARTING).await {
            tracing::warn!("not all that was in hand has ended; it comes again");
        }
        Ok(())
    }
}

fn topics_of_routes(contract: &Contract) -> BTreeMap<&'static str, Vec<&'static str>> {
    let mut routes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for subscription in &contract.subscribes {
        let rules = subscription.rules.iter().map(|rule| rule.route);
        for route in rules.chain([subscription.route]) {
            let topics = routes.entry(route).or_default();
            if !topics.contains(&subscription.topic) {
                topics.push(subscription.topic);
            }
        }
    }
    routes
}

async fn receive<P: Perform>(State(desk): State<Arc<Desk<P>>>, headers: HeaderMap, body: Bytes) -> Response {
    if let Some(envelope) = Envelope::read(&headers, &body) {
        let events = envelope.entries.iter().map(|entry| decode_entry(entry, &desk.topics)).collect();
        let verdicts = desk.perform(events).await;
        return acknowledge_entries(&envelope.entries, &verdicts).into_response();
    }
    let event = decode_event(&body, &desk.topics, Place::of_headers(&headers));
    acknowledge_event(desk.perform(vec![event]).await.first()).into_response()
}

/// Any answer but success, and 404, has Dapr's scheduler bring the job again.
async fn receive_due<P: Perform>(
    State((service, desk)): State<(&'static str, Arc<Desk<P>>)>,
    Path(name): Path<String>,
    body: Bytes,
) -> StatusCode {
    acknowledge_event(desk.perform(vec![decode_due(service, "dapr", &name, &body)]).await.first())
}

impl<P: Perform> Desk<P> {
    /// The verdicts; none when nothing was decided, because the database is away or we are about to leave.
    async fn perform(&self, events: Vec<Delivered>) -> Vec<Verdict> {
        let Some(permit) = self.hand.take().await else { return Vec::new() };
        let performer = Arc::clone(&self.performer);
        // It stays in hand when the sidecar gives the request up.
        let performed = tokio::spawn(async move {
            let performed = performer.perform(Batch::new(events), None).await;
            drop(permit);
            performed
        });
        match performed.await {
            Ok(Ok(performed)) => performed.verdicts,
            Ok(Err(error)) => {
                tracing::warn!(%error, "events come again");
                Vec::new()
            }
            Err(error) => {
                tracing::error!(%error, "events come again");
                Vec::new()
            }
        }
    }
}

/// Refuses who does not show the token; the sidecar takes that for a reason to come again.
async fn known(State(token): State<Token>, request: Request, next: Next) -> Response {
    match request.headers().get("dapr-api-token") {
        Some(shown) if token.is(shown.as_bytes()) => next.run(request).await,
        _ => {
            tracing::warn!("a request without the token was refused");
            StatusCode::UNAUTHORIZED.into_response()
        }
    }
}

/// For the sidecar, 404 is a reason to drop an event, and a job. One that comes by a route that the code does not have is kept
/// until a version comes that has it.
async fn unknown(request: Request) -> Response {
    let headers = request.headers();
    let content = headers.get(CONTENT_TYPE).map_or(&b""[..], axum::http::HeaderValue::as_bytes);
    let is_event = headers.contains_key("pubsubname") || content.starts_with(b"application/cloudevents");
    if request.method() == Method::POST && is_event {
        tracing::error!(route = request.uri().path(), "an event came by a route that the contract does not have");
        return acknowledge_event(None).into_response();
    }
    if request.method() == Method::POST && request.uri().path().starts_with("/job/") {
        tracing::error!(route = request.uri().path(), "a job came that the contract does not have");
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    Problem::not_found().into_response()
}

#[cfg(test)]
mod tests {
    use handler_contract::{Mode, Rule, Subscription};

    use super::*;

    #[test]
    fn rules_have_routes_and_a_route_may_have_several_topics() {
        let mut contract = Contract::of("clerk", vec![Mode::Dapr]);
        let mut tasks = Subscription::to("tasks", "/events");
        tasks.rules = vec![Rule { types: vec!["task.done"], route: "/events/done" }];
        contract.subscribes = vec![tasks, Subscription::to("reminders", "/events")];
        let expected = [("/events", vec!["tasks", "reminders"]), ("/events/done", vec!["tasks"])];
        assert_eq!(topics_of_routes(&contract), expected.into());
    }
}
