//! Who is connected to this process, by user.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::ws::Utf8Bytes;
use axum::http::StatusCode;
use handler_contract::Push;
use handler_runtime::Sessions;
use prometheus_client::registry::Registry;
use tokio::sync::Notify;

use crate::counts::Counts;
use crate::leave::Leave;
use crate::seat::{Seat, Seated};

/// Sessions of one user.
const MOST_OF_ONE: usize = 32;
/// Sessions of all.
const MOST: usize = 10_000;
/// When the process ends, sessions have so long to go. It is longer than a session takes to say good-bye.
const LEAVING: Duration = Duration::from_secs(5);

/// The sessions of this process.
#[derive(Debug, Default)]
pub(crate) struct Hub {
    room: Mutex<Room>,
    stood_up: Notify,
    counts: Counts,
}

#[derive(Debug, Default)]
struct Room {
    users: HashMap<String, Vec<Arc<Seat>>>,
    taken: usize,
    closed: bool,
}

/// There is no seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    /// The user has too many sessions.
    Theirs,
    /// The process has, or is about to end.
    Ours,
}

impl Full {
    pub(crate) const fn status(self) -> StatusCode {
        match self {
            Self::Theirs => StatusCode::TOO_MANY_REQUESTS,
            Self::Ours => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl Hub {
    /// Takes a seat: from now on the session is told what concerns its user.
    pub(crate) fn sit_down(self: &Arc<Self>, user: &str) -> Result<Seated, Full> {
        let mut room = self.room();
        if room.closed || room.taken >= MOST {
            return Err(Full::Ours);
        }
        let seats = room.users.entry(user.to_owned()).or_default();
        if seats.len() >= MOST_OF_ONE {
            return Err(Full::Theirs);
        }
        let (seat, seated) = Seat::new(Arc::clone(self), user);
        seats.push(seat);
        room.taken += 1;
        self.counts.sessions.inc();
        Ok(seated)
    }

    /// Gives a seat back.
    pub(crate) fn stand_up(&self, user: &str, seat: &Arc<Seat>) {
        let mut room = self.room();
        if let Some(seats) = room.users.get_mut(user) {
            seats.retain(|one| !Arc::ptr_eq(one, seat));
            if seats.is_empty() {
                room.users.remove(user);
            }
        }
        room.taken -= 1;
        self.counts.sessions.dec();
        self.stood_up.notify_waiters();
    }

    pub(crate) const fn counts(&self) -> &Counts {
        &self.counts
    }

    fn room(&self) -> MutexGuard<'_, Room> {
        self.room.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn empty(&self) {
        loop {
            let stood_up = self.stood_up.notified();
            if self.room().taken == 0 {
                return;
            }
            stood_up.await;
        }
    }
}

impl Sessions for Hub {
    fn push(&self, push: &Push) {
        let room = self.room();
        let Some(seats) = room.users.get(&push.user) else { return };
        let message = Utf8Bytes::from(push.data.get());
        for seat in seats {
            if seat.hand(&message) {
                self.counts.messages.inc();
            }
        }
    }

    fn close(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        let mut room = self.room();
        room.closed = true;
        for seat in room.users.values().flatten() {
            seat.leave(Leave::Restarts);
        }
        drop(room);
        Box::pin(async {
            if tokio::time::timeout(LEAVING, self.empty()).await.is_err() {
                tracing::warn!("not all sessions have gone; their connections end with the process");
            }
        })
    }

    fn register(&self, registry: &mut Registry) {
        self.counts.register(registry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(user: &str, data: &str) -> Push {
        Push::new(user, &data).unwrap()
    }

    #[tokio::test]
    async fn a_session_hears_what_concerns_its_user_in_order() {
        let hub = Arc::new(Hub::default());
        let (mut one, mut two) = (hub.sit_down("u").unwrap(), hub.sit_down("u").unwrap());
        let other = hub.sit_down("v").unwrap();
        for text in ["1", "2"] {
            hub.push(&push("u", text));
        }
        for seated in [&mut one, &mut two] {
            assert_eq!(seated.next().await.unwrap().as_str(), r#""1""#);
            assert_eq!(seated.next().await.unwrap().as_str(), r#""2""#);
        }
        drop((one, two));
        hub.push(&push("u", "3"));
        assert_eq!(hub.room().users.len(), 1);
        drop(other);
        assert!(hub.room().users.is_empty());
        assert_eq!(hub.counts.messages.get(), 4);
    }

    #[tokio::test]
    async fn who_does_not_keep_up_leaves_and_nobody_else() {
        for message in ["x", &"x".repeat(100_000)] {
            let hub = Arc::new(Hub::default());
            let (slow, mut quick) = (hub.sit_down("u").unwrap(), hub.sit_down("u").unwrap());
            for _ in 0..300 {
                hub.push(&push("u", message));
                quick.next().await.unwrap();
            }
            assert_eq!(slow.told().await, Leave::TooSlow);
            let told = tokio::time::timeout(Duration::from_millis(10), quick.told()).await;
            assert!(told.is_err(), "{told:?}");
        }
    }

    #[tokio::test]
    async fn one_message_may_be_larger_than_all_that_may_wait() {
        let hub = Arc::new(Hub::default());
        let mut seated = hub.sit_down("u").unwrap();
        hub.push(&push("u", &"x".repeat(9_000_000)));
        assert!(seated.next().await.is_some());
    }

    #[tokio::test]
    async fn a_user_has_so_many_sessions_and_a_closed_hub_none() {
        let hub = Arc::new(Hub::default());
        let seated: Vec<Seated> = (0..MOST_OF_ONE).map(|_| hub.sit_down("u").unwrap()).collect();
        assert_eq!(hub.sit_down("u").err(), Some(Full::Theirs));
        assert!(hub.sit_down("v").is_ok());
        let told = seated[0].told();
        let closing = tokio::spawn({
            let hub = Arc::clone(&hub);
            async move { hub.close().await }
        });
        assert_eq!(told.await, Leave::Restarts);
        assert_eq!(hub.sit_down("v").err(), Some(Full::Ours));
        assert!(!closing.is_finished());
        drop(seated);
        closing.await.unwrap();
    }
}
