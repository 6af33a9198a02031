//! What the payloads are.

use handler_contract::Schema;

use super::REMINDER_DUE;

/// A change of a task, with the task after it.
pub(super) fn changed(kind: &str) -> Schema {
    let task = Schema::object()
        .with("id", Schema::sent_id())
        .with("title", Schema::text())
        .with("completed", Schema::boolean())
        .with("version", Schema::integer())
        .maybe("description", Schema::text().or_null())
        .maybe("priority", Schema::text().or_null())
        .maybe("due_date", Schema::time().or_null())
        .maybe("reminder_offset", Schema::integer().or_null())
        .maybe("reminder_time", Schema::time().or_null())
        .maybe("series_id", Schema::sent_id().or_null())
        .maybe("recurrence", Schema::object().or_null())
        .maybe("created_at", Schema::time().or_null())
        .maybe("updated_at", Schema::time().or_null());
    sent(kind).with("task", task)
}

/// A reminder that is due.
pub(super) fn reminder() -> Schema {
    sent(REMINDER_DUE)
        .with("due_at", Schema::time())
        .with("email", Schema::text())
        .with("title", Schema::text())
        .with("version", Schema::integer())
        .maybe("due_date", Schema::time().or_null())
}

/// What it needs of a request for a task; all else that a task has may be there.
pub(super) fn create_requested() -> Schema {
    let task = Schema::object()
        .with("title", Schema::text())
        .maybe("description", Schema::text().or_null())
        .maybe("due_date", Schema::time().or_null())
        .maybe("reminder_time", Schema::time().or_null())
        .maybe("recurrence", Schema::object().or_null());
    Schema::object().with("user_id", Schema::accepted_id()).with("series_id", Schema::accepted_id()).with("task", task)
}

fn sent(kind: &str) -> Schema {
    Schema::object()
        .with("event_id", Schema::sent_id())
        .with("event_type", Schema::exactly(kind))
        .with("task_id", Schema::sent_id())
        .with("user_id", Schema::sent_id())
}
