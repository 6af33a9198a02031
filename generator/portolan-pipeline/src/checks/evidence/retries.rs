//! How long Dapr tries one event: the exponential back-off of a resiliency policy, as the runtime builds it
//! (dapr 1.18, `pkg/resiliency`; dapr/kit, `retry`; cenkalti/backoff, `exponential.go`), without its jitter.

use crate::model::{Fact, Policy};
use crate::spec::Duration;
use crate::spec::document::Backoff;

/// Dapr starts no further try of an exponential back-off so long after the first. No resource can set it.
pub(in crate::checks) const GIVES_UP: u64 = 15 * 60 * 1_000;
const FIRST_INTERVAL: u64 = 500;
/// Dapr's own waits, where a policy says none: constant, and the longest of an exponential one.
const CONSTANT: u64 = 5_000;
const LONGEST: u64 = 60_000;

/// What becomes of an event that fails each time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::checks) struct Round {
    /// The retries that are made.
    pub(in crate::checks) retries: u32,
    /// From the first try to the end of the last, in milliseconds.
    pub(in crate::checks) milliseconds: u64,
}

/// The round in which each try fails at once: the most retries.
pub(in crate::checks) fn quickest_round(policy: &Policy) -> Round {
    round(policy, 0)
}

/// The round in which each try takes the whole time-out: the longest.
pub(in crate::checks) fn longest_round(policy: &Policy) -> Round {
    round(policy, policy.timeout.as_ref().map_or(0, |timeout| timeout.value.as_milliseconds()))
}

fn round(policy: &Policy, one_try: u64) -> Round {
    let Some(retry) = &policy.retry else { return Round { retries: 0, milliseconds: one_try } };
    let (wanted, step) = (retry.max_retries.value, |wait: &Option<Fact<Duration>>, usual| {
        wait.as_ref().map_or(usual, |wait| wait.value.as_milliseconds())
    });
    match retry.backoff.value {
        Backoff::Constant => {
            let step = step(&retry.duration, CONSTANT).saturating_add(one_try);
            Round { retries: wanted, milliseconds: u64::from(wanted).saturating_mul(step).saturating_add(one_try) }
        }
        Backoff::Exponential => exponential(wanted, step(&retry.max_interval, LONGEST), one_try),
    }
}

fn exponential(wanted: u32, longest: u64, one_try: u64) -> Round {
    let (mut retries, mut spent, mut interval) = (0, one_try, FIRST_INTERVAL);
    while retries < wanted && spent.saturating_add(interval) <= GIVES_UP {
        if interval == longest {
            let (more, step) = (wanted - retries, interval + one_try);
            let fit = (GIVES_UP - interval - spent).checked_div(step).map_or(u64::MAX, |times| times + 1);
            let more = u32::try_from(fit).map_or(more, |fit| fit.min(more));
            return Round { retries: retries + more, milliseconds: spent + u64::from(more) * step };
        }
        retries += 1;
        spent += interval + one_try;
        interval = (interval * 3 / 2).min(longest);
    }
    Round { retries, milliseconds: spent }
}

/// A length of time as one says it: `250 ms`, `90 s`, `16 min`, `2 h`, `7 d`.
pub(in crate::checks) fn spoken(milliseconds: u64) -> String {
    let seconds = milliseconds.div_ceil(1_000);
    match seconds {
        _ if milliseconds < 10_000 && !milliseconds.is_multiple_of(1_000) => format!("{milliseconds} ms"),
        ..=119 => format!("{seconds} s"),
        120..=7_199 => format!("{} min", seconds.div_ceil(60)),
        7_200..=172_799 => format!("{} h", seconds.div_ceil(3_600)),
        _ => format!("{} d", seconds.div_ceil(86_400)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Retry;

    fn policy(timeout: u64, retries: u32, interval: u64) -> Policy {
        let seconds = |number| Some(Fact::derived(Duration::seconds(number)));
        let retry = Retry {
            backoff: Fact::derived(Backoff::Exponential),
            max_retries: Fact::derived(retries),
            duration: None,
            max_interval: seconds(interval),
            http_codes: None,
            grpc_codes: None,
        };
        Policy { timeout: seconds(timeout), retry: Some(retry), breaker: None }
    }

    #[test]
    fn a_constant_wait_goes_on_for_as_many_retries_as_are_written() {
        let mut policy = policy(1, 1_000, 1);
        let retry = policy.retry.as_mut().unwrap();
        (retry.backoff, retry.duration) = (Fact::derived(Backoff::Constant), Some(Fact::derived(Duration::seconds(2))));
        assert_eq!(longest_round(&policy), Round { retries: 1_000, milliseconds: 3_001_000 });
        policy.retry = None;
        assert_eq!(longest_round(&policy), Round { retries: 0, milliseconds: 1_000 });
    }

    #[test]
    fn a_round_ends_with_its_last_retry() {
        assert_eq!(longest_round(&policy(60, 0, 60)), Round { retries: 0, milliseconds: 60_000 });
        // 1 + (0.5 + 1) + (0.75 + 1) + (1 + 1) seconds.
        assert_eq!(longest_round(&policy(1, 3, 1)), Round { retries: 3, milliseconds: 6_250 });
        assert_eq!(quickest_round(&policy(1, 3, 1)), Round { retries: 3, milliseconds: 2_250 });
    }

    #[test]
    fn a_round_ends_a_time_out_after_a_quarter_of_an_hour() {
        let longest = longest_round(&policy(60, 1_000, 60));
        assert!(longest.retries < 15 && longest.milliseconds > GIVES_UP - 120_000, "{longest:?}");
        assert!(longest.milliseconds <= GIVES_UP + 60_000, "{longest:?}");
        let quickest = quickest_round(&policy(60, 1_000, 60));
        assert_eq!(quickest.retries, 24, "{quickest:?}");
    }

    #[test]
    fn no_bound_is_no_endless_loop() {
        assert_eq!(quickest_round(&policy(0, u32::MAX, 0)).retries, u32::MAX);
        assert!(longest_round(&policy(u64::MAX / 1_000, u32::MAX, 60)).retries == 0);
    }

    #[test]
    fn a_time_is_said_in_the_unit_that_fits() {
        for (milliseconds, said) in
            [(250, "250 ms"), (60_000, "60 s"), (930_000, "16 min"), (7_200_000, "2 h"), (604_800_000, "7 d")]
        {
            assert_eq!(spoken(milliseconds), said);
        }
    }
}
