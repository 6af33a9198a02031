//! Secrets in words. A check does not quote what it marks as secret; where one does, or where another finding at the
//! same place does, the words are covered here, before any view sees them.

use std::borrow::Cow;

use super::text::{SHORTEST, bare};
use super::{Place, Report, Reported, Text};

/// What stands where a secret stood. Its length says nothing.
pub(crate) const MASK: &str = "••••••••";

impl Report<'_> {
    /// Covers the secrets in the words of the findings that lie on them.
    pub(super) fn conceal(&mut self) {
        self.texts.sort_secrets();
        for finding in &self.findings {
            finding
                .related
                .iter()
                .map(|(place, _)| *place)
                .chain([finding.at])
                .for_each(|place| self.texts.search(place));
        }
        self.texts.sort_secrets();
        for finding in &mut self.findings {
            let places = finding.related.iter().map(|(place, _)| *place).chain([finding.at]);
            let mut secrets: Vec<&str> = places.flat_map(|place| spellings(self.texts.of(place), place)).collect();
            // The longest first: a part must not break up the whole.
            secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
            for secret in secrets {
                finding.cover(secret);
            }
        }
    }
}

impl Reported<'_> {
    fn cover(&mut self, secret: &str) {
        let labels = self.related.iter_mut().map(|(_, label)| label);
        let reason = self.accepted.iter_mut();
        for words in labels.chain(reason).chain([&mut self.message, &mut self.label, &mut self.help]) {
            if words.contains(secret) {
                *words = Cow::Owned(words.replace(secret, MASK));
            }
        }
    }
}

/// How the secrets under a place may be spelled in words: as written, without quotes, and line by line.
fn spellings<'a>(text: &Text<'a>, place: Place) -> Vec<&'a str> {
    let written = text.secrets_in(place.range()).filter_map(|secret| text.text().get(secret.clone()));
    let lines = written.flat_map(|written| std::iter::once(written).chain(written.lines()));
    let spelled = lines.flat_map(|line| [line.trim(), bare(line)]);
    // A block's `|` and a single letter are no secrets, and covering them would hide nothing but the words.
    spelled.filter(|spelling| spelling.len() >= SHORTEST).collect()
}
