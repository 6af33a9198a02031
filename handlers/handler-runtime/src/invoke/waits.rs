//! What was not taken, and until when it waits.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use handler_protocol::Backoff;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

const WAITS: Backoff = Backoff { first: Duration::from_secs(1), longest: Duration::from_mins(5) };
/// A service that asks for more is asked again all the same.
const LONGEST: Duration = Duration::from_hours(1);

/// The rows that wait, by id. A process that starts anew tries at once.
#[derive(Debug, Default)]
pub(super) struct Waits(Mutex<BTreeMap<String, (u32, Instant)>>);

impl Waits {
    fn rows(&self) -> MutexGuard<'_, BTreeMap<String, (u32, Instant)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_waiting(&self, id: &str, now: Instant) -> bool {
        self.rows().get(id).is_some_and(|(_, until)| now < *until)
    }

    /// It was not taken; `asked` is how long the service itself asks for.
    pub(super) fn again(&self, id: &str, now: Instant, asked: Option<Duration>) {
        let mut rows = self.rows();
        let attempts = rows.get(id).map_or(0, |(attempts, _)| *attempts).saturating_add(1);
        let wait = WAITS.after(attempts, Duration::ZERO).max(asked.unwrap_or_default().min(LONGEST));
        rows.insert(id.to_owned(), (attempts, now + wait));
    }

    pub(super) fn settled(&self, id: &str) {
        self.rows().remove(id);
    }
}

/// `Retry-After`: seconds, or a date.
pub(super) fn retry_after(text: &str, now: OffsetDateTime) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = OffsetDateTime::parse(text.trim(), &Rfc2822).ok()?;
    Some(Duration::try_from(date - now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_are_as_long_as_the_service_asks_for_within_reason() {
        let (waits, now) = (Waits::default(), Instant::now());
        let after = |waits: &Waits, seconds| waits.is_waiting("a", now + Duration::from_secs(seconds));
        waits.again("a", now, None);
        waits.again("a", now, None);
        assert!(after(&waits, 1) && !after(&waits, 2));
        waits.again("a", now, Some(Duration::from_mins(10)));
        assert!(after(&waits, 599) && !after(&waits, 600));
        waits.again("a", now, Some(Duration::MAX));
        assert!(!after(&waits, 3600));
        waits.settled("a");
        assert!(!after(&waits, 0));
    }

    #[test]
    fn a_wait_is_told_in_seconds_or_as_a_date() {
        let now = OffsetDateTime::UNIX_EPOCH;
        assert_eq!(retry_after("120", now), Some(Duration::from_mins(2)));
        assert_eq!(retry_after("Thu, 01 Jan 1970 00:01:00 GMT", now), Some(Duration::from_mins(1)));
        assert_eq!(retry_after("Wed, 31 Dec 1969 23:59:00 GMT", now), Some(Duration::ZERO));
        assert_eq!(retry_after("soon", now), None);
    }
}
