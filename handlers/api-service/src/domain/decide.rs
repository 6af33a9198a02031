//! What requests make of a task.

use handler_contract::{Effects, Id, Identity};
use time::OffsetDateTime;

use super::task::kept;
use super::{Address, Fields, Patch, Task, Wrong};

/// Who asks, and when.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) user_id: Id,
    /// Where the user's reminders go from now on.
    pub(crate) email: Option<String>,
    pub(crate) now: OffsetDateTime,
}

/// Which versions of the task the request is meant for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    Any,
    /// These; what can be no version of a task is left out.
    Versions(Vec<i64>),
}

/// Why a request is denied.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Denied {
    /// There is no such task, or it is somebody else's.
    NotFound,
    /// The task has another version.
    Stale(i64),
    /// All that is wrong.
    Wrong(Vec<Wrong>),
}

type Decided = Result<(Task, Effects<Address>), Denied>;

pub(crate) fn decide_create(
    task: &mut Option<Task>,
    asked: &Asked,
    cause: &Identity,
    id: &Id,
    fields: &Fields,
) -> Decided {
    // Its id was made for it.
    if task.is_some() {
        return Err(Denied::NotFound);
    }
    let fields = fields.clone().tidied().map_err(Denied::Wrong)?;
    fields.check().map_err(Denied::Wrong)?;
    let new = Task::new(id.clone(), asked.user_id.clone(), fields, None, Some(asked.now));
    conclude(task, new, "task.created", asked, cause, None)
}

pub(crate) fn decide_update(
    task: &mut Option<Task>,
    asked: &Asked,
    cause: &Identity,
    expected: &Expected,
    patch: &Patch,
) -> Decided {
    let old = find(task.as_ref(), asked, expected)?;
    let fields = patch.apply(old.fields.clone()).tidied().map_err(Denied::Wrong)?;
    fields.check().map_err(Denied::Wrong)?;
    let mut new = old.clone();
    new.fields = fields;
    if new.series_id.is_none() && new.fields.recurrence.is_some() {
        new.series_id = Some(new.id.clone());
    }
    change(task, &old, new, "task.updated", asked, cause)
}

pub(crate) fn decide_complete(
    task: &mut Option<Task>,
    asked: &Asked,
    cause: &Identity,
    expected: &Expected,
) -> Decided {
    let old = find(task.as_ref(), asked, expected)?;
    let new = Task { completed: true, ..old.clone() };
    change(task, &old, new, "task.completed", asked, cause)
}

pub(crate) fn decide_reopen(task: &mut Option<Task>, asked: &Asked, cause: &Identity, expected: &Expected) -> Decided {
    let old = find(task.as_ref(), asked, expected)?;
    let new = Task { completed: false, ..old.clone() };
    change(task, &old, new, "task.reopened", asked, cause)
}

/// What is told of it is the task as it was; what remains of it says nothing any more.
pub(crate) fn decide_delete(task: &mut Option<Task>, asked: &Asked, cause: &Identity, expected: &Expected) -> Decided {
    let old = find(task.as_ref(), asked, expected)?;
    let new = Task { deleted: true, ..old.clone() };
    let (told, effects) = change(task, &old, new, "task.deleted", asked, cause)?;
    if let Some(kept) = task {
        kept.fields = Fields::default();
    }
    Ok((told, effects))
}

/// Somebody else's task is not there: whether it is tells nobody anything.
fn find(task: Option<&Task>, asked: &Asked, expected: &Expected) -> Result<Task, Denied> {
    let task = task.filter(|task| !task.deleted && task.user_id == asked.user_id).ok_or(Denied::NotFound)?;
    match expected {
        Expected::Versions(versions) if !versions.contains(&task.version) => Err(Denied::Stale(task.version)),
        _ => Ok(task.clone()),
    }
}

/// What changes nothing is no change: no version, no event.
fn change(task: &mut Option<Task>, old: &Task, mut new: Task, kind: &str, asked: &Asked, cause: &Identity) -> Decided {
    if new == *old {
        return Ok((new, Effects::none()));
    }
    new.version += 1;
    new.updated_at = Some(kept(asked.now));
    conclude(task, new, kind, asked, cause, old.reminder())
}

fn conclude(
    task: &mut Option<Task>,
    new: Task,
    kind: &str,
    asked: &Asked,
    cause: &Identity,
    before: Option<OffsetDateTime>,
) -> Decided {
    let effects = new.follow(kind, cause, before, Some(asked.now));
    let mut effects = effects.map_err(|error| Denied::Wrong(vec![Wrong::new("", error)]))?;
    if let Some(email) = &asked.email {
        effects = effects.append(Address { user_id: asked.user_id.clone(), email: email.clone() });
    }
    *task = Some(new.clone());
    Ok((new, effects))
}
