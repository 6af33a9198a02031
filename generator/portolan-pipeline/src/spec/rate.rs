//! `200/s`, `10/m`.

use std::fmt;

use super::decode::{Decode, FromText, decode_text};
use super::node::Node;
use crate::finding::Findings;

/// So many in a time, written as a whole number with `/s`, `/m`, `/h` or `/d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    number: u32,
    unit: &'static str,
    per_day: u64,
}

const UNITS: [(&str, u64); 4] = [("/s", 86_400), ("/m", 1_440), ("/h", 24), ("/d", 1)];

impl Rate {
    /// How many in a day.
    pub const fn per_day(self) -> u64 {
        self.per_day
    }
}

impl FromText for Rate {
    const WANTED: &'static str = "a rate such as 200/s or 10/m";

    fn from_text(text: &str) -> Option<Self> {
        let digits = text.find(|letter: char| !letter.is_ascii_digit())?;
        let (number, unit) = text.split_at(digits);
        let (unit, factor) = UNITS.into_iter().find(|(name, _)| *name == unit)?;
        let number: u32 = number.parse().ok()?;
        Some(Self { number, unit, per_day: u64::from(number) * factor })
    }
}

impl Decode for Rate {
    fn decode(node: &Node, findings: &mut Findings) -> Option<Self> {
        decode_text(node, findings)
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}{}", self.number, self.unit)
    }
}

super::schemas::text_schema!(Rate, "Rate", "A whole number with /s, /m, /h or /d.", r"^[0-9]+/[smhd]$");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_each_unit() {
        for (text, per_day) in [("200/s", 17_280_000), ("10/m", 14_400), ("5/h", 120), ("3/d", 3)] {
            let rate = Rate::from_text(text);
            assert_eq!(rate.map(Rate::per_day), Some(per_day), "{text}");
            assert_eq!(rate.map(|rate| rate.to_string()).as_deref(), Some(text));
        }
        for text in ["", "200", "/s", "200 /s", "2.5/s", "200/w", "99999999999/s"] {
            assert_eq!(Rate::from_text(text), None, "{text}");
        }
    }
}
