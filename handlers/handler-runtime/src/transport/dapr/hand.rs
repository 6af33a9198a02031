//! What is in hand.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// How many requests are handled at a time; more wait for their turn. Each takes a connection to the database.
const MOST: u32 = 64;

/// Counts requests in hand, until it is closed.
#[derive(Clone, Debug)]
pub(super) struct Hand {
    permits: Arc<Semaphore>,
    taken: Arc<Mutex<Instant>>,
}

impl Hand {
    pub(super) fn open() -> Self {
        let taken = Arc::new(Mutex::new(Instant::now()));
        Self { permits: Arc::new(Semaphore::new(MOST as usize)), taken }
    }

    /// Takes one in hand, for as long as the permit lives; none when nothing is taken any more.
    pub(super) async fn take(&self) -> Option<OwnedSemaphorePermit> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.ok()?;
        *self.taken.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        Some(permit)
    }

    /// Waits until nothing was taken for so long, or the time is over.
    pub(super) async fn quiet(&self, so_long: Duration, time: Duration) {
        let until = Instant::now() + time;
        loop {
            let last = *self.taken.lock().unwrap_or_else(PoisonError::into_inner);
            let quiet = (last + so_long).min(until);
            if quiet <= Instant::now() {
                return;
            }
            tokio::time::sleep_until(quiet).await;
        }
    }

    /// Takes nothing more, and waits until nothing is in hand, or the time is over. Who has asked meanwhile waits behind us,
    /// and is then refused.
    pub(super) async fn close(&self, time: Duration) -> bool {
        let empty = tokio::time::timeout(time, self.permits.acquire_many(MOST)).await.is_ok();
        self.permits.close();
        empty
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn closing_waits_for_what_is_in_hand_and_refuses_the_rest() {
        let hand = Hand::open();
        let permit = hand.take().await.unwrap();
        let closing = tokio::spawn({
            let hand = hand.clone();
            async move { hand.close(Duration::from_secs(10)).await }
        });
        while hand.permits.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert!(!closing.is_finished());
        let (late, ()) = tokio::join!(hand.take(), async { drop(permit) });
        assert!(late.is_none());
        assert!(closing.await.unwrap());
    }

    #[tokio::test]
    async fn it_is_quiet_when_nothing_was_taken_for_a_while_or_never() {
        let (hand, begun) = (Hand::open(), Instant::now());
        let busy = tokio::spawn({
            let hand = hand.clone();
            async move {
                for _ in 0..10 {
                    drop(hand.take().await);
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            }
        });
        hand.quiet(Duration::from_millis(500), Duration::from_mins(1)).await;
        assert!(busy.is_finished() && begun.elapsed() >= Duration::from_millis(590), "{:?}", begun.elapsed());
        hand.quiet(Duration::from_mins(1), Duration::from_millis(10)).await;
    }

    #[tokio::test]
    async fn closing_does_not_wait_for_ever() {
        let hand = Hand::open();
        let _permit = hand.take().await.unwrap();
        assert!(!hand.close(Duration::from_millis(10)).await);
        assert!(hand.take().await.is_none());
    }
}
