//! A task as its row has it.

use handler_contract::Id;
use sqlx::FromRow;
use time::OffsetDateTime;

use crate::domain::{Fields, Priority, Recurrence, Task};

/// What a [`Row`] is read from.
pub(super) const COLUMNS: &str = "
  tasks.id, tasks.user_id, addresses.email, title, description, priority, tags, due_date, reminder_offset, reminder_time,
  recurrence, series_id, completed, deleted, version, created_at, updated_at
FROM api.tasks LEFT JOIN api.addresses ON addresses.user_id = tasks.user_id";

#[derive(FromRow)]
pub(super) struct Row {
    id: String,
    user_id: String,
    email: Option<String>,
    title: String,
    description: Option<String>,
    priority: Option<String>,
    tags: Vec<String>,
    due_date: Option<OffsetDateTime>,
    reminder_offset: Option<i64>,
    reminder_time: Option<OffsetDateTime>,
    recurrence: Option<String>,
    series_id: Option<String>,
    completed: bool,
    deleted: bool,
    version: i64,
    created_at: OffsetDateTime,
    updated_at: OffsetDateTime,
}

impl Row {
    pub(super) fn task(self) -> sqlx::Result<Task> {
        let recurrence = self.recurrence.map(|text| serde_json::from_str::<Recurrence>(&text)).transpose();
        let fields = Fields {
            title: self.title,
            description: self.description,
            priority: self.priority.as_deref().and_then(priority),
            tags: self.tags,
            due_date: self.due_date,
            reminder_offset: self.reminder_offset,
            reminder_time: self.reminder_time,
            recurrence: recurrence.map_err(|error| sqlx::Error::Decode(error.into()))?,
        };
        Ok(Task {
            id: Id::from(self.id),
            user_id: Id::from(self.user_id),
            email: self.email,
            fields,
            series_id: self.series_id.map(Id::from),
            completed: self.completed,
            deleted: self.deleted,
            version: self.version,
            created_at: Some(self.created_at),
            updated_at: Some(self.updated_at),
        })
    }
}

/// How a priority is written.
pub(crate) const fn word(priority: Priority) -> &'static str {
    match priority {
        Priority::Low => "low",
        Priority::Medium => "medium",
        Priority::High => "high",
    }
}

/// The priority of that word.
pub(crate) fn priority(text: &str) -> Option<Priority> {
    [Priority::Low, Priority::Medium, Priority::High].into_iter().find(|one| word(*one) == text)
}

pub(super) fn written(recurrence: Option<&Recurrence>) -> sqlx::Result<Option<String>> {
    let written = recurrence.map(serde_json::to_string).transpose();
    written.map_err(|error| sqlx::Error::Encode(error.into()))
}
