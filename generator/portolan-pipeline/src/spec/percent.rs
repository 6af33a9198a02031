//! `70%`.

use super::decode::{Decode, FromText, decode_text};
use super::node::Node;
use crate::finding::Findings;

/// A share of 100, from 1 to 100, written with its sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percent(u8);

impl Percent {
    /// The number before the sign.
    pub const fn value(self) -> u8 {
        self.0
    }
}

impl FromText for Percent {
    const WANTED: &'static str = "a percentage from 1% to 100%";

    fn from_text(text: &str) -> Option<Self> {
        text.strip_suffix('%')?.parse().ok().filter(|value| (1..=100).contains(value)).map(Self)
    }
}

impl Decode for Percent {
    fn decode(node: &Node, findings: &mut Findings) -> Option<Self> {
        decode_text(node, findings)
    }
}

super::schemas::text_schema!(Percent, "Percent", "From 1% to 100%, with its sign.", r"^(100|[1-9][0-9]?)%$");
