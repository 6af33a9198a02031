use handler_contract::{Effect, Effects, Job};
use serde_json::{Value, json};
use time::Duration;

use super::*;

const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

fn asked() -> Asked {
    Asked { user_id: "u".into(), email: Some("u@example.com".to_owned()), now: NOW }
}

fn cause() -> Identity {
    Identity { source: "request".to_owned(), id: "1".to_owned() }
}

fn at(text: &str) -> OffsetDateTime {
    OffsetDateTime::parse(text, &Rfc3339).unwrap()
}

fn fields(value: Value) -> Fields {
    serde_json::from_value(value).unwrap()
}

/// What has to happen, in words.
fn words(effects: Effects<Address>) -> Vec<String> {
    let word = |effect| match effect {
        Effect::Publish(publish) => format!("{} on {}", publish.kind, publish.topic),
        Effect::Schedule(Job { name, due, .. }) => format!("{name} at {due}"),
        Effect::Cancel { job } => format!("no {job}"),
        Effect::Append(Address { email, .. }) => format!("to {email}"),
        other => panic!("{other:?}"),
    };
    effects.into_iter().map(word).filter(|word| !word.starts_with("task.") && !word.starts_with("to ")).collect()
}

fn created(value: Value) -> (Option<Task>, Vec<String>) {
    let mut task = None;
    let (_, effects) = decide_create(&mut task, &asked(), &cause(), &"t".into(), &fields(value)).unwrap();
    (task, words(effects))
}

fn updated(task: &mut Option<Task>, patch: &Patch) -> Vec<String> {
    words(decide_update(task, &asked(), &cause(), &Expected::Any, patch).unwrap().1)
}

#[test]
fn a_reminder_follows_its_task() {
    let (mut task, effects) =
        created(json!({ "title": "t", "due_date": "2030-01-02T00:30:00Z", "reminder_offset": 3600 }));
    assert_eq!(effects, ["reminder-t at 2030-01-01 23:30:00.0 +00:00:00"]);
    let later = Patch { due_date: Some(Some(at("2030-03-01T00:00:00Z"))), ..Patch::default() };
    assert_eq!(updated(&mut task, &later), ["reminder-t at 2030-02-28 23:00:00.0 +00:00:00"]);
    assert_eq!(updated(&mut task, &Patch { title: Some("other".to_owned()), ..Patch::default() }), [""; 0]);
    let (_, effects) = decide_complete(&mut task, &asked(), &cause(), &Expected::Any).unwrap();
    assert_eq!(words(effects), ["no reminder-t"]);
    let (_, effects) = decide_reopen(&mut task, &asked(), &cause(), &Expected::Any).unwrap();
    assert_eq!(words(effects), ["reminder-t at 2030-02-28 23:00:00.0 +00:00:00"]);
    let none = Patch { reminder_offset: Some(None), ..Patch::default() };
    assert_eq!(updated(&mut task, &none), ["no reminder-t"]);
    let (_, effects) = decide_delete(&mut task, &asked(), &cause(), &Expected::Any).unwrap();
    assert_eq!(words(effects), [""; 0], "there is none any more");
}

#[test]
fn a_reminder_whose_time_has_passed_needs_no_job() {
    let (mut task, effects) = created(json!({ "title": "t", "reminder_time": "1970-01-01T00:00:00Z" }));
    assert_eq!(effects, [""; 0]);
    let ahead = Patch { reminder_time: Some(Some(NOW + Duration::DAY)), ..Patch::default() };
    assert_eq!(updated(&mut task, &ahead), ["reminder-t at 1970-01-02 0:00:00.0 +00:00:00"]);
    let past = Patch { reminder_time: Some(Some(NOW)), ..Patch::default() };
    assert_eq!(updated(&mut task, &past), ["no reminder-t"]);
}

#[test]
fn what_changes_nothing_is_no_change() {
    let (mut task, _) = created(json!({ "title": "t" }));
    let (same, effects) =
        decide_update(&mut task, &asked(), &cause(), &Expected::Versions(vec![1]), &Patch::default()).unwrap();
    assert_eq!((same.version, effects.into_iter().count()), (1, 0));
    decide_complete(&mut task, &asked(), &cause(), &Expected::Any).unwrap();
    let (same, effects) = decide_complete(&mut task, &asked(), &cause(), &Expected::Any).unwrap();
    assert_eq!((same.version, effects.into_iter().count()), (2, 0));
}

#[test]
fn others_and_what_is_deleted_are_not_there_and_a_version_is_expected() {
    let (mut task, _) = created(json!({ "title": "t" }));
    let other = Asked { user_id: "other".into(), ..asked() };
    let denied =
        |task: &mut Option<Task>, asked: &Asked, expected| decide_delete(task, asked, &cause(), &expected).unwrap_err();
    assert_eq!(denied(&mut task, &other, Expected::Any), Denied::NotFound);
    assert_eq!(denied(&mut task, &asked(), Expected::Versions(vec![2])), Denied::Stale(1));
    decide_delete(&mut task, &asked(), &cause(), &Expected::Versions(vec![1, 7])).unwrap();
    assert_eq!(denied(&mut task, &asked(), Expected::Any), Denied::NotFound);
    let left = task.unwrap();
    assert_eq!((left.version, left.fields), (2, Fields::default()), "what it said is gone");
}

#[test]
fn what_is_wrong_is_told_at_once() {
    let wrong = |value| {
        let fields = fields(value).tidied().and_then(|fields| fields.check());
        fields.err().unwrap_or_default().into_iter().map(|wrong| wrong.field).collect::<Vec<_>>()
    };
    let due = "2030-01-01T00:00:00Z";
    assert_eq!(
        wrong(json!({ "title": " \t", "reminder_offset": -1, "tags": [""] })),
        ["title", "tags", "reminder_offset", "reminder_offset"]
    );
    assert_eq!(
        wrong(json!({ "title": "t", "due_date": due, "reminder_offset": 60, "reminder_time": due })),
        ["reminder_time"]
    );
    assert_eq!(
        wrong(json!({ "title": "t", "due_date": due, "reminder_offset": 0, "reminder_time": due })),
        [""; 0],
        "both say the same"
    );
    assert_eq!(wrong(json!({ "title": "t", "due_date": due, "reminder_offset": i64::MAX })), ["reminder_offset"]);
    assert_eq!(wrong(json!({ "title": "", "due_date": "9999-12-31T23:59:59-23:59" })), ["due_date", "title"]);
    assert_eq!(wrong(json!({ "title": "t", "due_date": "1969-12-31T23:59:59Z" })), ["due_date"]);
    assert_eq!(wrong(json!({ "title": "t", "recurrence": { "frequency": "daily" } })), ["recurrence"]);
    assert_eq!(wrong(json!({ "title": "x".repeat(201), "description": "\0" })), ["title", "description"]);
}

#[test]
fn times_are_kept_in_one_form() {
    let tidy =
        fields(json!({ "title": " t ", "due_date": "2030-01-01T01:00:00.9+02:00", "tags": ["a", "b", "a"] })).tidied();
    let tidy = tidy.unwrap();
    assert_eq!((tidy.title.as_str(), tidy.due_date, tidy.tags.len()), ("t", Some(at("2029-12-31T23:00:00Z")), 2));
}

fn due(task: Option<&Task>, at: OffsetDateTime) -> Outcome<Address> {
    let job = Job::new("reminder-t", at, &()).unwrap();
    Tasks.handle(&mut task.cloned(), &Event::due(SERVICE, job))
}

fn sent(outcome: Outcome<Address>) -> Option<(String, Value)> {
    let Outcome::Done(effects) = outcome else { return None };
    let effect = effects.into_iter().next()?;
    let Effect::Publish(publish) = effect else { panic!("{effect:?}") };
    assert_eq!(
        (publish.topic.as_str(), publish.kind.as_str(), publish.key.as_str()),
        ("reminders", "reminder.due", "t")
    );
    Some((publish.id.unwrap(), serde_json::from_str(publish.data.get()).unwrap()))
}

#[test]
fn a_due_job_is_one_reminder_of_the_task_as_it_is() {
    let (mut task, _) = created(json!({ "title": "t", "reminder_time": "2030-01-01T00:00:00Z" }));
    let time = at("2030-01-01T00:00:00Z");
    assert!(sent(due(task.as_ref(), time)).is_none(), "no address is known");
    if let Some(task) = &mut task {
        task.email = Some("u@example.com".to_owned());
    }
    let (id, data) = sent(due(task.as_ref(), time)).unwrap();
    assert_eq!((&data["event_id"], &data["email"], &data["version"]), (&json!(id), &json!("u@example.com"), &json!(1)));
    updated(&mut task, &Patch { title: Some("other".to_owned()), ..Patch::default() });
    assert_eq!(sent(due(task.as_ref(), time)).unwrap().0, id, "whoever finds it due says the same");
    assert!(sent(due(task.as_ref(), time + Duration::SECOND)).is_none(), "moved");
    decide_complete(&mut task, &asked(), &cause(), &Expected::Any).unwrap();
    assert!(sent(due(task.as_ref(), time)).is_none(), "completed");
    decide_delete(&mut task, &asked(), &cause(), &Expected::Any).unwrap();
    assert!(sent(due(task.as_ref(), time)).is_none(), "deleted");
    assert!(sent(due(None, time)).is_none(), "never there");
}

fn requested(id: &str, task: &Value) -> Event {
    let data = json!({ "event_id": id, "user_id": 7, "series_id": "s", "task": task });
    let text = json!({ "specversion": "1.0", "id": id, "source": "recurring", "type": CREATE_REQUESTED, "data": data });
    Event::from_json(text.to_string().as_bytes(), "task-commands").unwrap()
}

#[test]
fn an_occurrence_has_one_task() {
    let task = json!({ "title": "t", "due_date": "2030-01-01T00:00:00Z", "reminder_offset": 60 });
    let (one, other) = (requested("1", &task), requested("2", &task));
    assert_eq!(Tasks.key(&one).unwrap(), Tasks.key(&other).unwrap());
    let next = requested("2", &json!({ "title": "t", "due_date": "2030-01-02T00:00:00Z" }));
    assert_ne!(Tasks.key(&one).unwrap(), Tasks.key(&next).unwrap());
    let mut task = None;
    let Outcome::Done(effects) = Tasks.handle(&mut task, &one) else { panic!("it is created") };
    assert_eq!(words(effects).len(), 1, "its reminder");
    let made = task.clone().unwrap();
    assert_eq!((made.series_id, made.user_id, made.version), (Some("s".into()), "7".into(), 1));
    assert!(matches!(Tasks.handle(&mut task, &other), Outcome::Discard { .. }));
    if let Some(task) = &mut task {
        task.deleted = true;
    }
    assert!(matches!(Tasks.handle(&mut task, &other), Outcome::Discard { .. }), "deleted is deleted");
}

#[test]
fn what_can_never_be_a_task_is_refused() {
    for task in [json!({}), json!({ "title": "" }), json!({ "title": "t", "reminder_offset": 1 }), json!(7)] {
        assert!(Tasks.key(&requested("1", &task)).is_err(), "{task}");
    }
    let job = Job::new("cleaning", NOW, &()).unwrap();
    assert!(Tasks.key(&Event::due(SERVICE, job)).is_err());
}

#[test]
fn the_committed_contract_is_this_one() {
    let committed: Value = serde_json::from_str(include_str!("../../contract.json")).unwrap();
    assert_eq!(committed, serde_json::from_str::<Value>(&Tasks::contract().to_json()).unwrap());
}
