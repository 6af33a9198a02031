//! A task, and what follows when it changes.

use handler_contract::{Effects, Id, Identity, Job, Publish, derived_id};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Address, Fields, SERVICE, TOPICS};

/// A task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Task {
    pub(crate) id: Id,
    #[serde(skip)]
    pub(crate) user_id: Id,
    /// Where its reminder goes, where that is known.
    #[serde(skip)]
    pub(crate) email: Option<String>,
    #[serde(flatten)]
    pub(crate) fields: Fields,
    pub(crate) series_id: Option<Id>,
    pub(crate) completed: bool,
    /// What remains of a deleted task keeps its occurrence from coming back.
    #[serde(skip)]
    pub(crate) deleted: bool,
    /// From one, and one more with each change.
    pub(crate) version: i64,
    #[serde(with = "time::serde::rfc3339::option")]
    pub(crate) created_at: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339::option")]
    pub(crate) updated_at: Option<OffsetDateTime>,
}

/// A time as PostgreSQL keeps it: what is answered is what is read later.
pub(super) fn kept(time: OffsetDateTime) -> OffsetDateTime {
    time.replace_nanosecond(time.microsecond() * 1000).unwrap_or(time)
}

/// A change, as it is told.
#[derive(Serialize)]
struct Changed<'a> {
    event_id: &'a str,
    event_type: &'a str,
    task_id: &'a Id,
    user_id: &'a Id,
    task: &'a Task,
}

/// What comes back with a due job.
#[derive(Serialize)]
struct Due<'a> {
    task_id: &'a Id,
}

impl Task {
    /// A new one. A task that recurs begins a series, unless it belongs to one.
    pub(crate) fn new(id: Id, user_id: Id, fields: Fields, series: Option<Id>, now: Option<OffsetDateTime>) -> Self {
        let now = now.map(kept);
        let series_id = series.or_else(|| fields.recurrence.is_some().then(|| id.clone()));
        Self {
            id,
            user_id,
            email: None,
            fields,
            series_id,
            completed: false,
            deleted: false,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    /// When its user is reminded; never of what is done.
    pub(crate) fn reminder(&self) -> Option<OffsetDateTime> {
        if self.completed || self.deleted { None } else { self.fields.reminder() }
    }

    /// What follows a change: its events, and its job where the reminder was `before` and is another now. What has passed needs
    /// no job.
    pub(super) fn follow(
        &self,
        kind: &str,
        cause: &Identity,
        before: Option<OffsetDateTime>,
        now: Option<OffsetDateTime>,
    ) -> Result<Effects<Address>, String> {
        let mut effects = Effects::none();
        for topic in TOPICS {
            let event_id = derived_id(cause, &format!("{SERVICE}/{topic}"), 0);
            let (task_id, user_id) = (&self.id, &self.user_id);
            let changed = Changed { event_id: &event_id, event_type: kind, task_id, user_id, task: self };
            let publish = Publish::new(topic, kind, self.id.as_str(), &changed).map_err(|error| error.to_string())?;
            effects = effects.and(publish.with_id(&event_id).about(self.id.as_str()));
        }
        let job = format!("reminder-{}", self.id);
        match self.reminder() {
            after if after == before => Ok(effects),
            Some(due) if now.is_none_or(|now| due > now) => {
                let job = Job::new(job, due, &Due { task_id: &self.id }).map_err(|error| error.to_string())?;
                Ok(effects.and(job))
            }
            _ if before.is_some() => Ok(effects.cancel(job)),
            _ => Ok(effects),
        }
    }
}
