//! What is in hand.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many requests are handled at a time; more wait for their turn. Each takes a connection to the database.
const MOST: u32 = 64;

/// Counts requests in hand, until it is closed.
#[derive(Clone, Debug)]
pub(super) struct Hand(Arc<Semaphore>);

impl Hand {
    pub(super) fn open() -> Self {
        Self(Arc::new(Semaphore::new(MOST as usize)))
    }

    /// Takes one in hand, for as long as the permit lives; none when nothing is taken any more.
    pub(super) async fn take(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.0).acquire_owned().await.ok()
    }

    /// Takes nothing more, and waits until nothing is in hand, or the time is over. Who has asked meanwhile waits behind us,
    /// and is then refused.
    pub(super) async fn close(&self, time: Duration) -> bool {
        let empty = tokio::time::timeout(time, self.0.acquire_many(MOST)).await.is_ok();
        self.0.close();
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
        while hand.0.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert!(!closing.is_finished());
        let (late, ()) = tokio::join!(hand.take(), async { drop(permit) });
        assert!(late.is_none());
        assert!(closing.await.unwrap());
    }

    #[tokio::test]
    async fn closing_does_not_wait_for_ever() {
        let hand = Hand::open();
        let _permit = hand.take().await.unwrap();
        assert!(!hand.close(Duration::from_millis(10)).await);
        assert!(hand.take().await.is_none());
    }
}
