//! How long an event waits for its next attempt.

use std::time::Duration;

/// Waits that double.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The wait after the first attempt. Default: 1 s.
    pub first: Duration,
    /// The longest wait. Default: 60 s.
    pub longest: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { first: Duration::from_secs(1), longest: Duration::from_mins(1) }
    }
}

impl Backoff {
    /// The wait after so many attempts, at least as long as the handler asked for, and never longer than the longest.
    pub fn after(&self, attempts: u32, asked: Duration) -> Duration {
        let doubled = self.first.saturating_mul(1_u32.checked_shl(attempts.saturating_sub(1)).unwrap_or(u32::MAX));
        doubled.max(asked).min(self.longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest() {
        let backoff = Backoff::default();
        let waits = [1, 2, 3, 7, 40, u32::MAX].map(|attempts| backoff.after(attempts, Duration::ZERO).as_secs());
        assert_eq!(waits, [1, 2, 4, 60, 60, 60]);
        assert_eq!(backoff.after(1, Duration::from_secs(30)).as_secs(), 30);
        assert_eq!(backoff.after(1, Duration::MAX).as_secs(), 60);
    }
}
