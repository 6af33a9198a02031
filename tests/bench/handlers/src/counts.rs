//! How many events a peer without a database has handled, and in what time.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use serde::Serialize;

/// Counts since the first.
#[derive(Debug, Default)]
pub(crate) struct Counts(Mutex<Option<Span>>);

#[derive(Clone, Copy, Debug)]
struct Span {
    begun: Instant,
    at_begin: u64,
    last: Instant,
    all: u64,
}

/// What is told: the events behind those that were handled first, and the seconds from then to the last.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Told {
    all: u64,
    after_first: u64,
    seconds: f64,
}

impl Counts {
    /// So many more.
    pub(crate) fn add(&self, events: u64) {
        let now = Instant::now();
        let mut span = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let span = span.get_or_insert(Span { begun: now, at_begin: events, last: now, all: 0 });
        (span.last, span.all) = (now, span.all + events);
    }

    /// So far.
    pub(crate) fn tell(&self) -> Told {
        let span = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        span.map_or_else(Told::default, |span| Told {
            all: span.all,
            after_first: span.all - span.at_begin,
            seconds: span.last.duration_since(span.begun).as_secs_f64(),
        })
    }
}
