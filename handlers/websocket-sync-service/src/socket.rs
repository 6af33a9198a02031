//! A session from its hello to its good-bye.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use axum::http::HeaderMap;
use serde::Serialize;
use session::Refusal;
use time::OffsetDateTime;
use tokio::time::{Instant, timeout};

use crate::http::Desk;
use crate::leave::Leave;
use crate::seat::Seated;

/// A session has so long to take a message.
const TAKING: Duration = Duration::from_secs(20);
/// After so many heartbeats without a sign of life a session is given up.
const SILENT: u32 = 2;
/// After so many heartbeats it is asked again whose session it is: a connection outlives what it was let in by.
const ASK_AGAIN: u32 = 12;

/// What is said of this end: at the beginning, and with each heartbeat, because a page cannot see a ping.
#[derive(Serialize)]
struct Said {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(with = "time::serde::rfc3339")]
    time: OffsetDateTime,
}

/// Attends to a session until it goes or has to leave.
pub(crate) async fn attend(mut socket: WebSocket, seated: Seated, desk: Desk, headers: HeaderMap) {
    let mut seated = seated;
    let told = seated.told();
    let leave = tokio::select! {
        leave = told => Some(leave),
        leave = signed_out(&desk, &headers) => Some(leave),
        leave = converse(&mut socket, &mut seated, desk.heartbeat) => leave,
    };
    if let Some(leave) = leave {
        seated.closed(leave);
        let _ = timeout(leave.patience(), part(&mut socket, leave)).await;
    }
}

/// Brings what waits, listens for signs of life. Nothing, when the session has gone by itself.
async fn converse(socket: &mut WebSocket, seated: &mut Seated, every: Duration) -> Option<Leave> {
    // The seat was taken before: what happens after this moment is pushed.
    if let Err(leave) = send(socket, said("hello")).await {
        return leave;
    }
    let mut heard = Instant::now();
    let mut heartbeat = tokio::time::interval_at(heard + every, every);
    loop {
        let sent = tokio::select! {
            message = seated.next() => send(socket, Message::Text(message?)).await,
            said = socket.recv() => match said {
                Some(Ok(_)) => {
                    heard = Instant::now();
                    Ok(())
                }
                Some(Err(error)) => return is_too_large(&error).then_some(Leave::TooLarge),
                None => return None,
            },
            _ = heartbeat.tick() => {
                if heard.elapsed() > every * SILENT {
                    return Some(Leave::Silent);
                }
                match send(socket, Message::Ping(Bytes::new())).await {
                    Ok(()) => send(socket, said("beat")).await,
                    gone => gone,
                }
            }
        };
        if let Err(leave) = sent {
            return leave;
        }
    }
}

/// Sends, or says why no more can be sent.
async fn send(socket: &mut WebSocket, message: Message) -> Result<(), Option<Leave>> {
    match timeout(TAKING, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(None),
        Err(_) => Err(Some(Leave::TooSlow)),
    }
}

fn said(kind: &'static str) -> Message {
    let said = Said { kind, time: OffsetDateTime::now_utc() };
    // A word and a time of this century: there is nothing in it that JSON cannot say.
    Message::text(serde_json::to_string(&said).unwrap_or_default())
}

/// Ends when the user is not signed in any more. While that cannot be told, the session stays.
async fn signed_out(desk: &Desk, headers: &HeaderMap) -> Leave {
    loop {
        tokio::time::sleep(desk.heartbeat * ASK_AGAIN).await;
        if desk.auth.user(headers).await == Err(Refusal::NotSignedIn) {
            return Leave::SignedOut;
        }
    }
}

/// Says why, and waits until the other end has read it.
async fn part(socket: &mut WebSocket, leave: Leave) {
    let frame = CloseFrame { code: leave.code(), reason: leave.reason().into() };
    if socket.send(Message::Close(Some(frame))).await.is_ok() {
        while let Some(Ok(_)) = socket.recv().await {}
    }
}

/// Whether more came than is taken.
fn is_too_large(error: &axum::Error) -> bool {
    error.to_string().contains("too long")
}
