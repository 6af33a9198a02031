use axum::http::HeaderValue;
use portolan_parts::Recorder;

use super::*;

const INVOKED: &str = "/v1.0/invoke/better-auth-service/method/api/auth/get-session";
const SIGNED_IN: &[u8] =
    br#"{"session":{"id":"s","userId":"u1"},"user":{"id":"u1","email":"u1@example.com","name":"U"}}"#;

fn sessions(environment: &Environment) -> Sessions {
    let mut problems = Problems::default();
    let sessions = Sessions::with_deadline(environment, &mut problems, Duration::from_millis(500));
    problems.into_result().unwrap();
    sessions
}

fn behind(port: u16) -> Sessions {
    let url = format!("http://127.0.0.1:{port}");
    sessions(&Environment::from([("DAPR_HTTP_URL", url.as_str()), ("DAPR_API_TOKEN", "hunter2")]))
}

fn cookie(text: &str) -> HeaderMap {
    HeaderMap::from_iter([(COOKIE, HeaderValue::from_str(text).unwrap())])
}

#[tokio::test]
async fn the_sidecar_is_asked_with_the_requests_own_credentials_and_once_in_a_while() {
    let recorder = Recorder::start().unwrap();
    recorder.answer("GET", INVOKED, 200, "application/json", SIGNED_IN);
    let sessions = behind(recorder.port());
    let mut headers = cookie("better-auth.session_token=a");
    headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer b"));
    headers.insert("x-secret", HeaderValue::from_static("no"));
    for _ in 0..2 {
        assert_eq!(sessions.user(&headers).await.unwrap().id, "u1");
    }
    let requests = recorder.requests();
    assert_eq!(requests.len(), 1, "{requests:?}");
    let header = |name: &str| requests[0].headers.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_str());
    assert_eq!(header("cookie"), Some("better-auth.session_token=a"));
    assert_eq!(header("authorization"), Some("Bearer b"));
    assert_eq!(header("dapr-api-token"), Some("hunter2"));
    assert_eq!(header("x-secret"), None);
    assert!(!format!("{sessions:?}").contains("hunter2"));

    sessions.user(&cookie("better-auth.session_token=c")).await.unwrap();
    assert_eq!(recorder.requests().len(), 2, "others are not taken for the first");
}

/// better-auth answers 200 with `null` for a session that is not valid: the status alone would let everyone in.
#[tokio::test]
async fn null_is_nobody() {
    let recorder = Recorder::start().unwrap();
    recorder.answer("GET", "/api/auth/get-session", 200, "application/json", b"null");
    let url = format!("http://127.0.0.1:{}/", recorder.port());
    let environment = Environment::from([("USE_DAPR_INVOCATION", "false"), ("BETTER_AUTH_URL", url.as_str())]);
    let sessions = sessions(&environment);
    assert_eq!(sessions.user(&cookie("a=b")).await, Err(Refusal::NotSignedIn));
    assert_eq!(sessions.user(&HeaderMap::new()).await, Err(Refusal::NotSignedIn));
    assert_eq!(recorder.requests().len(), 1, "who shows nothing is not asked for");
}

#[tokio::test]
async fn nobody_is_let_in_while_it_cannot_be_told() {
    let recorder = Recorder::start().unwrap();
    let sessions = behind(recorder.port());
    let answers: [(u16, &[u8]); 3] = [(500, SIGNED_IN), (302, b""), (200, b"<html>")];
    for (status, body) in answers {
        recorder.answer("GET", INVOKED, status, "application/json", body);
        let refusal = sessions.user(&cookie("a=b")).await.unwrap_err();
        assert_eq!(refusal.status(), StatusCode::SERVICE_UNAVAILABLE, "{status}: {refusal}");
    }
    // It takes the connection and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let refusal = behind(silent.local_addr().unwrap().port()).user(&cookie("a=b")).await.unwrap_err();
    assert_eq!(refusal.status(), StatusCode::SERVICE_UNAVAILABLE, "{refusal}");
}

#[test]
fn every_problem_is_told() {
    for (environment, expected) in [
        (Environment::from([("USE_DAPR_INVOCATION", "false")]), "BETTER_AUTH_URL is not set"),
        (Environment::from([("DAPR_HTTP_URL", "nowhere")]), "DAPR_HTTP_URL is no address"),
        (Environment::from([("USE_DAPR_INVOCATION", "yes")]), "USE_DAPR_INVOCATION has to be one of true, false"),
    ] {
        let mut problems = Problems::default();
        Sessions::from_environment(&environment, &mut problems);
        let text = problems.into_result().unwrap_err().to_string();
        assert!(text.contains(expected), "{text}");
    }
}
