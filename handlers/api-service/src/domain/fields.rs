//! What a user says of a task, and what it has to be.

#![expect(clippy::option_option, reason = "a field is not said, said to be none, or said")]

use std::fmt;

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime, UtcOffset};

use super::Recurrence;

/// What a user says of a task.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Fields {
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) priority: Option<Priority>,
    pub(crate) tags: Vec<String>,
    #[serde(with = "time::serde::rfc3339::option")]
    pub(crate) due_date: Option<OffsetDateTime>,
    /// Seconds before it is due.
    pub(crate) reminder_offset: Option<i64>,
    #[serde(with = "time::serde::rfc3339::option")]
    pub(crate) reminder_time: Option<OffsetDateTime>,
    pub(crate) recurrence: Option<Recurrence>,
}

/// How much a task matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Priority {
    Low,
    Medium,
    High,
}

/// What a user changes: a field that is not said stays, one that is said to be none is taken away.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Patch {
    pub(crate) title: Option<String>,
    pub(crate) description: Option<Option<String>>,
    pub(crate) priority: Option<Option<Priority>>,
    pub(crate) tags: Option<Vec<String>>,
    pub(crate) due_date: Option<Option<OffsetDateTime>>,
    pub(crate) reminder_offset: Option<Option<i64>>,
    pub(crate) reminder_time: Option<Option<OffsetDateTime>>,
    pub(crate) recurrence: Option<Option<Recurrence>>,
}

/// Something that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) field: String,
    pub(crate) detail: String,
}

impl Wrong {
    pub(crate) fn new(field: &str, detail: impl Into<String>) -> Self {
        Self { field: field.to_owned(), detail: detail.into() }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.field, self.detail)
    }
}

const TITLE: usize = 200;
const DESCRIPTION: usize = 20_000;
const TAGS: usize = 20;
const TAG: usize = 50;
/// A year and a day.
const OFFSET: i64 = 366 * 86_400;

impl Patch {
    pub(crate) fn apply(&self, mut fields: Fields) -> Fields {
        let patch = self.clone();
        set(&mut fields.title, patch.title);
        set(&mut fields.description, patch.description);
        set(&mut fields.priority, patch.priority);
        set(&mut fields.tags, patch.tags);
        set(&mut fields.due_date, patch.due_date);
        set(&mut fields.reminder_offset, patch.reminder_offset);
        set(&mut fields.reminder_time, patch.reminder_time);
        set(&mut fields.recurrence, patch.recurrence);
        fields
    }
}

fn set<T>(field: &mut T, said: Option<T>) {
    if let Some(said) = said {
        *field = said;
    }
}

impl Fields {
    /// In one form: times in UTC and whole seconds, which every scheduler keeps; no blanks around the title; no tag twice.
    pub(crate) fn tidied(mut self) -> Result<Self, Vec<Wrong>> {
        let mut wrong = Vec::new();
        for (name, time) in [("due_date", &mut self.due_date), ("reminder_time", &mut self.reminder_time)] {
            let Some(said) = *time else { continue };
            let whole = said.checked_to_offset(UtcOffset::UTC).and_then(|said| said.replace_nanosecond(0).ok());
            match whole.filter(|said| (1970..=9999).contains(&said.year())) {
                Some(said) => *time = Some(said),
                None => wrong.push(Wrong::new(name, "has to be in the years 1970 to 9999")),
            }
        }
        let title = self.title.trim().to_owned();
        self.title = title;
        let mut tags = Vec::with_capacity(self.tags.len());
        for tag in self.tags.drain(..) {
            if !tags.contains(&tag) && tags.len() <= TAGS {
                tags.push(tag);
            }
        }
        self.tags = tags;
        if wrong.is_empty() { Ok(self) } else { Err([wrong, self.check().err().unwrap_or_default()].concat()) }
    }

    /// All that is wrong.
    pub(crate) fn check(&self) -> Result<(), Vec<Wrong>> {
        let mut wrong = Vec::new();
        let mut hold = |is: bool, field: &str, detail: &str| {
            if !is {
                wrong.push(Wrong::new(field, detail));
            }
        };
        hold(is_line(&self.title, TITLE), "title", "has to be 1 to 200 characters without control characters");
        let text = self.description.as_deref().unwrap_or_default();
        hold(is_text(text, DESCRIPTION), "description", "has to be at most 20000 characters, none of them NUL");
        hold(self.tags.len() <= TAGS, "tags", "has to be at most 20");
        let tags = self.tags.iter().all(|tag| is_line(tag, TAG));
        hold(tags, "tags", "has to have texts of 1 to 50 characters without control characters");
        let offset = self.reminder_offset.is_none_or(|offset| (0..=OFFSET).contains(&offset));
        hold(offset, "reminder_offset", "has to be 0 to 31622400 seconds");
        let dated = self.reminder_offset.is_none() || self.due_date.is_some();
        hold(dated, "reminder_offset", "needs a due_date");
        let agree = self.counted().is_none() || self.reminder_time.is_none() || self.counted() == self.reminder_time;
        hold(agree, "reminder_time", "is not due_date - reminder_offset; give one of them");
        let recurs = self.recurrence.is_none() || self.due_date.is_some();
        hold(recurs, "recurrence", "needs a due_date");
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }

    /// When the user is reminded.
    pub(crate) fn reminder(&self) -> Option<OffsetDateTime> {
        self.reminder_time.or_else(|| self.counted())
    }

    /// The offset before the date.
    fn counted(&self) -> Option<OffsetDateTime> {
        self.due_date?.checked_sub(Duration::seconds(self.reminder_offset?))
    }
}

/// Text of one line that is not empty.
fn is_line(text: &str, most: usize) -> bool {
    !text.is_empty() && text.chars().count() <= most && !text.chars().any(char::is_control)
}

/// PostgreSQL keeps every character but one.
fn is_text(text: &str, most: usize) -> bool {
    text.chars().count() <= most && !text.contains('\0')
}
