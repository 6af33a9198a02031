//! What came of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use anyhow::{Context, Result};
use rdkafka::Message;
use serde_json::Value;

use crate::load::Load;
use crate::{Plan, Stand};

/// What came of a run, and the first things that are wrong.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    mode: &'static str,
    seed: u64,
    events: usize,
    effects: usize,
    duplicates: usize,
    lost: usize,
    out_of_order: usize,
    wrong_letters: usize,
    published: usize,
    sent_again: usize,
    pub(crate) kills: usize,
    pub(crate) restarts: usize,
    pub(crate) seconds: u64,
    wrong: Vec<String>,
}

/// Things that are wrong and shown.
const SHOWN: usize = 10;

impl Tally {
    pub(crate) fn of(plan: &Plan, stand: &Stand<'_>, load: &Load) -> Result<Self> {
        let mut tally = Self { mode: plan.mode.name(), seed: plan.seed, events: load.events, ..Self::default() };
        tally.ledger(stand, load)?;
        tally.topic(stand, load)?;
        tally.letters(stand, load)?;
        Ok(tally)
    }

    /// Whether nothing is wrong.
    pub fn is_right(&self) -> bool {
        [self.duplicates, self.lost, self.out_of_order, self.wrong_letters] == [0; 4]
    }

    fn wrong(&mut self, what: String) {
        if self.wrong.len() < SHOWN {
            self.wrong.push(what);
        }
    }

    /// Pages, and the pages of what was published and received.
    fn ledger(&mut self, stand: &Stand<'_>, load: &Load) -> Result<()> {
        let rows = stand.sql("SELECT page, before, event FROM soak.lines ORDER BY page, before, number")?;
        let mut pages: BTreeMap<&str, Vec<(usize, &str)>> = BTreeMap::new();
        for row in rows.lines() {
            let (page, row) = row.split_once('|').context("a row of the ledger")?;
            let (before, event) = row.split_once('|').context("a row of the ledger")?;
            pages.entry(page).or_default().push((before.parse()?, event));
        }
        for (page, expected) in &load.pages {
            self.effects += self.page(page, pages.get(page.as_str()).map_or(&[][..], Vec::as_slice), expected);
        }
        for (page, expected) in &load.published {
            let page = format!("done/{page}");
            self.page(&page, pages.get(page.as_str()).map_or(&[][..], Vec::as_slice), expected);
        }
        Ok(())
    }

    /// Compares a page with what is expected; how many of its events are there.
    fn page(&mut self, page: &str, lines: &[(usize, &str)], expected: &[String]) -> usize {
        let mut seen = BTreeSet::new();
        let first: Vec<&str> = lines.iter().map(|(_, event)| *event).filter(|event| seen.insert(*event)).collect();
        let lost: Vec<&String> = expected.iter().filter(|event| !seen.contains(event.as_str())).collect();
        let repeated = lines.len() - first.len();
        if !lost.is_empty() || repeated > 0 {
            self.lost += lost.len();
            self.duplicates += repeated;
            self.wrong(format!("{page}: {repeated} lines too many, lost {lost:?}"));
        }
        let counted = lines.iter().enumerate().all(|(number, (before, _))| number == *before);
        let ordered = page.starts_with("crossing") || first.is_sorted();
        if !counted || !ordered {
            self.out_of_order += 1;
            let at = first.windows(2).find(|two| two[0] > two[1]);
            self.wrong(format!("{page}: counted one by one: {counted}, in order: {ordered} {at:?}"));
        }
        first.len()
    }

    /// What left, as a receiver would see it: what comes again has the id that it had, and nothing came before its turn.
    fn topic(&mut self, stand: &Stand<'_>, load: &Load) -> Result<()> {
        let mut ids: BTreeMap<String, String> = BTreeMap::new();
        let mut pages: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for message in stand.parts.broker.try_read("done")? {
            let event: Value = serde_json::from_slice(message.payload().unwrap_or_default())?;
            let text = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
            let (page, cause, id) = (text("subject"), text("data"), text("id"));
            match ids.get(&cause) {
                None => {
                    pages.entry(page).or_default().push(cause.clone());
                    ids.insert(cause, id);
                }
                Some(known) if *known == id => self.sent_again += 1,
                Some(known) => {
                    self.duplicates += 1;
                    self.wrong(format!("what follows from {cause} left as {known} and as {id}"));
                }
            }
        }
        for (page, expected) in &load.published {
            let left = pages.remove(page).unwrap_or_default();
            self.published += left.len();
            if left != *expected {
                self.lost += expected.len().saturating_sub(left.len());
                self.out_of_order += usize::from(!left.is_sorted());
                let at = expected.iter().zip(&left).find(|(expected, left)| expected != left);
                self.wrong(format!("topic done, {page}: {} of {} left, {at:?}", left.len(), expected.len()));
            }
        }
        Ok(())
    }

    fn letters(&mut self, stand: &Stand<'_>, load: &Load) -> Result<()> {
        let mut missing = load.dead.clone();
        let mut letters: Vec<String> = Vec::new();
        for topic in ["work.dlq", "done.dlq"] {
            let messages = stand.parts.broker.try_read(topic)?;
            letters
                .extend(messages.iter().map(|one| String::from_utf8_lossy(one.payload().unwrap_or_default()).into()));
        }
        for letter in letters {
            let is_it = |id: &&String| letter == **id || letter.contains(&format!("\"{id}\""));
            if let Some(id) = load.dead.iter().find(is_it) {
                missing.remove(id);
            } else {
                self.wrong_letters += 1;
                self.wrong(format!("a dead letter that should be none: {letter}"));
            }
        }
        self.wrong_letters += missing.len();
        if !missing.is_empty() {
            self.wrong(format!("not given up: {missing:?}"));
        }
        Ok(())
    }
}

/// A table of one row, and what is wrong below it.
impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cells = [
            ("mode", self.mode.to_owned()),
            ("seed", self.seed.to_string()),
            ("events in", self.events.to_string()),
            ("effects", self.effects.to_string()),
            ("duplicates", self.duplicates.to_string()),
            ("lost", self.lost.to_string()),
            ("out of order", self.out_of_order.to_string()),
            ("wrong dead letters", self.wrong_letters.to_string()),
            ("published", self.published.to_string()),
            ("sent again", self.sent_again.to_string()),
            ("kills", self.kills.to_string()),
            ("restarts", self.restarts.to_string()),
            ("seconds", self.seconds.to_string()),
        ];
        let width = |(name, value): &(&str, String)| name.len().max(value.len());
        let names: Vec<String> = cells.iter().map(|cell| format!("{:>1$}", cell.0, width(cell))).collect();
        let values: Vec<String> = cells.iter().map(|cell| format!("{:>1$}", cell.1, width(cell))).collect();
        write!(formatter, "{}\n{}", names.join(" | "), values.join(" | "))?;
        for wrong in &self.wrong {
            write!(formatter, "\n  {wrong}")?;
        }
        Ok(())
    }
}
