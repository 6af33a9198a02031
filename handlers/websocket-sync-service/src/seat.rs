//! A session's place in the hub: what waits for it, and whether it has to leave.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::extract::ws::Utf8Bytes;
use tokio::sync::{mpsc, watch};

use crate::hub::Hub;
use crate::leave::Leave;

/// So many messages wait for a session at most.
const MOST: usize = 256;
/// So many bytes at most, unless one message is larger. A message is held once for all sessions that it waits for.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// The hub's end.
#[derive(Debug)]
pub(crate) struct Seat {
    messages: mpsc::Sender<Utf8Bytes>,
    waiting: AtomicUsize,
    leave: watch::Sender<Option<Leave>>,
}

/// The session's end. The seat is free when it is dropped.
pub(crate) struct Seated {
    hub: Arc<Hub>,
    user: String,
    seat: Arc<Seat>,
    messages: mpsc::Receiver<Utf8Bytes>,
    leave: watch::Receiver<Option<Leave>>,
}

impl Seat {
    pub(crate) fn new(hub: Arc<Hub>, user: &str) -> (Arc<Self>, Seated) {
        let (sender, messages) = mpsc::channel(MOST);
        let (told, leave) = watch::channel(None);
        let seat = Arc::new(Self { messages: sender, waiting: AtomicUsize::new(0), leave: told });
        let seated = Seated { hub, user: user.to_owned(), seat: Arc::clone(&seat), messages, leave };
        (seat, seated)
    }

    /// Hands over a message, or has the session leave that has no room for it. Nobody else waits meanwhile.
    pub(crate) fn hand(&self, message: &Utf8Bytes) -> bool {
        if self.leave.borrow().is_some() {
            return false;
        }
        let waiting = self.waiting.fetch_add(message.len(), Ordering::Relaxed);
        let has_room = waiting == 0 || waiting + message.len() <= MOST_BYTES;
        if has_room && self.messages.try_send(message.clone()).is_ok() {
            return true;
        }
        self.leave(Leave::TooSlow);
        false
    }

    /// Has the session leave; the first reason is the one that it is told.
    pub(crate) fn leave(&self, why: Leave) {
        self.leave.send_if_modified(|leave| leave.is_none() && leave.replace(why).is_none());
    }
}

impl Seated {
    /// The next message for the session.
    pub(crate) async fn next(&mut self) -> Option<Utf8Bytes> {
        let message = self.messages.recv().await?;
        self.seat.waiting.fetch_sub(message.len(), Ordering::Relaxed);
        Some(message)
    }

    /// Waits until the session has to leave.
    pub(crate) fn told(&self) -> impl Future<Output = Leave> + Send + use<> {
        let mut leave = self.leave.clone();
        async move {
            loop {
                if let Some(why) = *leave.borrow_and_update() {
                    return why;
                }
                // The hub's end goes with this one.
                if leave.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        }
    }

    /// Counts what the session was told in the end.
    pub(crate) fn closed(&self, leave: Leave) {
        self.hub.counts().closed(leave);
    }
}

impl Drop for Seated {
    fn drop(&mut self) {
        self.hub.stand_up(&self.user, &self.seat);
    }
}
