//! Sets of offsets, as ranges: most letters are dealt with in a row.

use std::fmt;
use std::str::FromStr;

/// Ranges in one mark.
const MOST: usize = 1000;

/// Offsets of one partition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Offsets {
    /// First and last of each range, apart from each other and in order.
    ranges: Vec<(i64, i64)>,
}

impl Offsets {
    /// Takes one in.
    pub(crate) fn insert(&mut self, offset: i64) {
        self.insert_range(offset, offset);
    }

    /// Takes all of another set in.
    pub(crate) fn extend(&mut self, other: &Self) {
        other.ranges.iter().for_each(|(first, last)| self.insert_range(*first, *last));
    }

    fn insert_range(&mut self, mut first: i64, mut last: i64) {
        let begin = self.ranges.partition_point(|(_, end)| *end < first.saturating_sub(1));
        let end = self.ranges.partition_point(|(start, _)| *start <= last.saturating_add(1));
        if let Some(touched) = self.ranges.get(begin..end).filter(|touched| !touched.is_empty()) {
            first = first.min(touched[0].0);
            last = last.max(touched[touched.len() - 1].1);
        }
        self.ranges.splice(begin..end, [(first, last)]);
    }

    /// Whether one is in it.
    pub(crate) fn contains(&self, offset: i64) -> bool {
        let at = self.ranges.partition_point(|(_, last)| *last < offset);
        self.ranges.get(at).is_some_and(|(first, _)| *first <= offset)
    }

    /// Whether it is empty.
    pub(crate) fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// In pieces that fit into a header each.
    pub(crate) fn parts(&self) -> impl Iterator<Item = Self> {
        self.ranges.chunks(MOST).map(|ranges| Self { ranges: ranges.to_vec() })
    }
}

/// `5-17,19`.
impl fmt::Display for Offsets {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, (first, last)) in self.ranges.iter().enumerate() {
            let comma = if number == 0 { "" } else { "," };
            write!(formatter, "{comma}{first}")?;
            if last > first {
                write!(formatter, "-{last}")?;
            }
        }
        Ok(())
    }
}

impl FromStr for Offsets {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut offsets = Self::default();
        for range in text.split(',').filter(|range| !range.is_empty()) {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            let (first, last): (i64, i64) = (first.parse()?, last.parse()?);
            offsets.insert_range(first.min(last), first.max(last));
        }
        Ok(offsets)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn they_are_what_a_set_of_single_offsets_is() {
        // A walk without chance over a small world, against the plain set.
        let (mut offsets, mut plain) = (Offsets::default(), BTreeSet::new());
        for step in 0..200_i64 {
            let offset = (step * 37 + step * step) % 61;
            offsets.insert(offset);
            plain.insert(offset);
            assert!((-1..62).all(|one| offsets.contains(one) == plain.contains(&one)), "after {offset}: {offsets}");
            assert!(offsets.ranges.windows(2).all(|two| two[0].1 + 1 < two[1].0), "{offsets}");
        }
    }

    #[test]
    fn they_are_written_and_read() {
        let offsets: Offsets = "5-17,19,18,3".parse().unwrap();
        assert_eq!(offsets.to_string(), "3,5-19");
        assert_eq!("".parse::<Offsets>().unwrap(), Offsets::default());
        assert!("a-b".parse::<Offsets>().is_err());
    }
}
