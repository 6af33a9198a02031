use crate::suggest::{did_you_mean, nearest};

/// How many unknown names get a suggestion. Each is compared with every known one, and nobody reads a thousand of them.
const AT_MOST: u32 = 25;

/// Did-you-mean for many unknown names among the same known ones.
pub(in crate::checks) struct Suggestions<'a> {
    known: Vec<&'a str>,
    left: u32,
}

impl<'a> Suggestions<'a> {
    pub(in crate::checks) fn among(known: impl IntoIterator<Item = &'a str>) -> Self {
        Self { known: known.into_iter().collect(), left: AT_MOST }
    }

    /// The nearest known name and how to declare it; only the latter once there were too many.
    pub(in crate::checks) fn help(&mut self, unknown: &str, declare: &str) -> String {
        if self.left == 0 || self.known.is_empty() {
            return declare.to_owned();
        }
        self.left -= 1;
        format!("{}; else {declare}", did_you_mean(unknown, self.known.iter().copied()).trim_end_matches('?'))
    }
}

/// How many names are looked up that may be somebody else's.
const LOOKED_UP: u32 = 500;

/// Which of many names that may be somebody else's are slips of ours.
pub(in crate::checks) struct Slips<'a> {
    known: Vec<&'a str>,
    left: u32,
}

impl<'a> Slips<'a> {
    pub(in crate::checks) fn among(known: impl IntoIterator<Item = &'a str>) -> Self {
        Self { known: known.into_iter().collect(), left: LOOKED_UP }
    }

    /// The name of ours that was meant; nothing where none is near, or once there were too many.
    pub(in crate::checks) fn of(&mut self, name: &str) -> Option<&'a str> {
        self.left = self.left.checked_sub(1)?;
        nearest(name, self.known.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_told_until_there_were_too_many() {
        let mut slips = Slips::among(["orders"]);
        assert_eq!((slips.of("oders"), slips.of("payments")), (Some("orders"), None));
        slips.left = 0;
        assert_eq!(slips.of("oders"), None);
    }

    #[test]
    fn suggests_until_there_were_too_many() {
        let mut suggestions = Suggestions::among(["orders"]);
        assert_eq!(suggestions.help("oders", "declare it"), "did you mean `orders`; else declare it");
        suggestions.left = 0;
        assert_eq!(suggestions.help("oders", "declare it"), "declare it");
        assert_eq!(Suggestions::among([]).help("oders", "declare it"), "declare it");
    }
}
