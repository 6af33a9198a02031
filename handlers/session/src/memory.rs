//! What was said a moment ago.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::HeaderMap;
use sha2::{Digest, Sha256};

/// So long an answer is believed: who signs out is signed out so much later at most.
const BELIEVED: Duration = Duration::from_secs(5);
/// So many answers are kept.
const MOST: usize = 10_000;

/// Names credentials without keeping them.
pub(crate) type Key = [u8; 32];

/// Answers by the credentials that they were given for. Refusals are not kept: who signs in is signed in at once.
#[derive(Debug)]
pub(crate) struct Memory<T>(Mutex<HashMap<Key, (Instant, T)>>);

impl<T> Default for Memory<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> Memory<T> {
    pub(crate) fn recall(&self, key: &Key) -> Option<T> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(key).filter(|(since, _)| since.elapsed() < BELIEVED).map(|(_, answer)| answer.clone())
    }

    pub(crate) fn keep(&self, key: Key, answer: T) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST {
            kept.retain(|_, (since, _)| since.elapsed() < BELIEVED);
        }
        if kept.len() < MOST {
            kept.insert(key, (Instant::now(), answer));
        }
    }
}

/// The credentials' name.
pub(crate) fn digest(credentials: &HeaderMap) -> Key {
    let mut digest = Sha256::new();
    for (name, value) in credentials {
        for part in [name.as_str().as_bytes(), value.as_bytes()] {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
    }
    digest.finalize().into()
}
