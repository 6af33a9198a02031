//! `7d`, `300s`, `250ms`.

use std::fmt;

use super::decode::{Decode, FromText, decode_text};
use super::node::Node;
use crate::finding::Findings;

/// A length of time in whole milliseconds, written as a whole number with `ms`, `s`, `m`, `h` or `d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration {
    milliseconds: u64,
}

const UNITS: [(&str, u64); 5] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

impl Duration {
    /// So many milliseconds.
    pub const fn milliseconds(milliseconds: u64) -> Self {
        Self { milliseconds }
    }

    /// So many seconds.
    pub const fn seconds(seconds: u64) -> Self {
        Self { milliseconds: seconds * 1_000 }
    }

    /// So many days.
    pub const fn days(days: u64) -> Self {
        Self::seconds(days * 86_400)
    }

    /// Milliseconds.
    pub const fn as_milliseconds(self) -> u64 {
        self.milliseconds
    }

    /// Whole seconds, rounded up, as KEDA and Kubernetes count.
    pub const fn as_seconds(self) -> u64 {
        self.milliseconds.div_ceil(1_000)
    }
}

impl FromText for Duration {
    const WANTED: &'static str = "a duration such as 30s, 5m or 7d";

    fn from_text(text: &str) -> Option<Self> {
        let digits = text.find(|letter: char| !letter.is_ascii_digit())?;
        let (number, unit) = text.split_at(digits);
        let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit)?;
        let milliseconds = number.parse::<u64>().ok()?.checked_mul(*factor)?;
        Some(Self { milliseconds })
    }
}

/// As it is written in a spec; what is wanted where it is not.
impl std::str::FromStr for Duration {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::from_text(text).ok_or(Self::WANTED)
    }
}

impl Decode for Duration {
    fn decode(node: &Node, findings: &mut Findings) -> Option<Self> {
        decode_text(node, findings)
    }
}

impl fmt::Display for Duration {
    /// In seconds, or milliseconds where it is no whole second: the form that Go's parser in Dapr reads.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.milliseconds % 1_000 {
            0 => write!(formatter, "{}s", self.milliseconds / 1_000),
            _ => write!(formatter, "{}ms", self.milliseconds),
        }
    }
}

super::schemas::text_schema!(Duration, "Duration", "A whole number with ms, s, m, h or d.", r"^[0-9]+(ms|s|m|h|d)$");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_each_unit() {
        for (text, milliseconds) in
            [("250ms", 250), ("30s", 30_000), ("5m", 300_000), ("2h", 7_200_000), ("7d", 604_800_000)]
        {
            assert_eq!(Duration::from_text(text).map(Duration::as_milliseconds), Some(milliseconds), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_duration() {
        for text in ["", "7", "d", "-1s", "1.5h", "7 d", "7w", "99999999999999999999d", "18446744073709551615d"] {
            assert_eq!(Duration::from_text(text), None, "{text}");
        }
    }

    #[test]
    fn is_shown_as_go_reads_it() {
        assert_eq!(Duration::days(7).to_string(), "604800s");
        assert_eq!(Duration::from_text("250ms").map(|duration| duration.to_string()).as_deref(), Some("250ms"));
    }
}
