//! `10MB`, `1MiB`.

use super::decode::{Decode, FromText, decode_text};
use super::node::Node;
use crate::finding::Findings;

/// A number of bytes, written as a whole number with `B`, `kB`, `MB`, `KiB` or `MiB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size {
    bytes: u32,
}

const UNITS: [(&str, u32); 5] = [("B", 1), ("kB", 1_000), ("MB", 1_000_000), ("KiB", 1_024), ("MiB", 1_048_576)];

impl Size {
    /// So many bytes.
    pub const fn bytes(bytes: u32) -> Self {
        Self { bytes }
    }

    /// Bytes.
    pub const fn as_bytes(self) -> u32 {
        self.bytes
    }
}

impl FromText for Size {
    const WANTED: &'static str = "a size such as 1MiB or 10MB";

    fn from_text(text: &str) -> Option<Self> {
        let digits = text.find(|letter: char| !letter.is_ascii_digit())?;
        let (number, unit) = text.split_at(digits);
        let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit)?;
        number.parse::<u32>().ok()?.checked_mul(*factor).map(Self::bytes)
    }
}

impl Decode for Size {
    fn decode(node: &Node, findings: &mut Findings) -> Option<Self> {
        decode_text(node, findings)
    }
}

super::schemas::text_schema!(Size, "Size", "A whole number with B, kB, MB, KiB or MiB.", r"^[0-9]+(B|kB|MB|KiB|MiB)$");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_decimal_and_binary_units() {
        assert_eq!(Size::from_text("10MB"), Some(Size::bytes(10_000_000)));
        assert_eq!(Size::from_text("1MiB"), Some(Size::bytes(1_048_576)));
        for text in ["10", "10mb", "MB", "5000MB", ""] {
            assert_eq!(Size::from_text(text), None, "{text}");
        }
    }
}
