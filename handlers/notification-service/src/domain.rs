//! A reminder that is due becomes a mail, unless its task has moved on.

use handler_contract::{Contract, Effects, Event, Handler, Id, Mail, Mode, Outcome, Refusal, Schema, Subscription};
use serde::Deserialize;
use time::{OffsetDateTime, UtcOffset};

/// The handler.
pub(crate) struct Notification;

/// What is known of a task: its newest change that has arrived.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Known {
    /// The task's version after it; nothing has arrived at zero.
    pub(crate) version: i64,
    /// Whether the task is completed or deleted.
    pub(crate) closed: bool,
}

/// An event of a task.
#[derive(Deserialize)]
struct Change {
    task_id: Id,
    version: Option<i64>,
    task: Option<Task>,
}

#[derive(Deserialize)]
struct Task {
    version: Option<i64>,
    completed: Option<bool>,
}

/// A reminder that is due, with all that the mail needs: this service asks nobody.
#[derive(Deserialize)]
struct Reminder {
    task_id: Id,
    /// The task's version when the reminder was published.
    version: i64,
    email: String,
    title: String,
    #[serde(default, with = "time::serde::rfc3339::option")]
    due_date: Option<OffsetDateTime>,
}

const REMINDER_DUE: &str = "reminder.due";

impl Handler for Notification {
    type Key = Id;
    type Aggregate = Known;
    type Row = ();

    fn contract() -> Contract {
        let changes = ["task.created", "task.updated", "task.completed", "task.reopened", "task.deleted"];
        let mut contract = Contract::of("notification-service", vec![Mode::Dapr, Mode::Kafka, Mode::Lambda]);
        contract.subscribes = vec![
            Subscription::to("reminders", "/events/reminders").of_types(&[REMINDER_DUE]),
            Subscription::to("task-events", "/events/task-events").of_types(&changes),
        ];
        let task = Schema::object()
            .maybe("version", Schema::integer().or_null())
            .maybe("completed", Schema::boolean().or_null());
        let change = Schema::object()
            .with("task_id", Schema::accepted_id())
            .maybe("version", Schema::integer().or_null())
            .maybe("task", task.or_null());
        let reminder = Schema::object()
            .with("task_id", Schema::accepted_id())
            .with("version", Schema::integer())
            .with("email", Schema::text())
            .with("title", Schema::text())
            .maybe("due_date", Schema::time().or_null());
        contract.events = changes.map(|kind| (kind, change.clone())).into();
        contract.events.insert(REMINDER_DUE, reminder);
        contract.secrets = vec![
            "backend-secrets/DATABASE_URL",
            "backend-secrets/SMTP_HOST",
            "backend-secrets/SMTP_PORT",
            "backend-secrets/SMTP_USERNAME",
            "backend-secrets/SMTP_PASSWORD",
            "backend-secrets/SMTP_FROM_EMAIL",
        ];
        contract
    }

    /// A payload that cannot be read is refused here, once and for all.
    fn key(&self, event: &Event) -> Result<Id, Refusal> {
        if event.kind == REMINDER_DUE {
            Ok(event.data::<Reminder>()?.task_id)
        } else {
            Ok(event.data::<Change>()?.task_id)
        }
    }

    fn handle(&self, known: &mut Known, event: &Event) -> Outcome<()> {
        let outcome = if event.kind == REMINDER_DUE { remind(*known, event) } else { follow(known, event) };
        outcome.unwrap_or_else(|refusal| Outcome::discard(refusal.to_string()))
    }
}

/// The reminder counts unless what is known is as new and closed, or newer. What is older than the reminder says nothing: the
/// topics do not wait for each other.
fn remind(known: Known, event: &Event) -> Result<Outcome<()>, Refusal> {
    let reminder: Reminder = event.data()?;
    Ok(if known.version > reminder.version {
        Outcome::discard("the task is newer than its reminder")
    } else if known.version == reminder.version && known.closed {
        Outcome::discard("the task is closed")
    } else {
        Outcome::Done(Effects::none().and(mail(&reminder)))
    })
}

/// Keeps the newest change; on some carriers events arrive in no order.
fn follow(known: &mut Known, event: &Event) -> Result<Outcome<()>, Refusal> {
    let change: Change = event.data()?;
    let completed = change.task.as_ref().and_then(|task| task.completed);
    let Some(version) = change.version.or(change.task.and_then(|task| task.version)) else {
        return Ok(Outcome::discard("the event names no version of the task"));
    };
    if version <= known.version {
        return Ok(Outcome::discard("a newer change is known"));
    }
    let closed = match event.kind.as_str() {
        "task.deleted" | "task.completed" => true,
        "task.created" | "task.reopened" => completed.unwrap_or(false),
        _ => completed.unwrap_or(known.closed),
    };
    *known = Known { version, closed };
    Ok(Outcome::done())
}

fn mail(reminder: &Reminder) -> Mail {
    let title = line(&reminder.title);
    let due = reminder.due_date.map(when).unwrap_or_default();
    let html =
        format!("<!DOCTYPE html><html><body><p><strong>{}</strong></p><p>{due}</p></body></html>", escape(&title));
    Mail {
        to: reminder.email.clone(),
        subject: format!("Reminder: {title}"),
        text: format!("{title}\n\n{due}\n"),
        html: Some(html),
    }
}

/// On one line: a title may be anything that somebody has typed.
fn line(title: &str) -> String {
    let words: String = title.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn when(due: OffsetDateTime) -> String {
    let due = due.to_offset(UtcOffset::UTC);
    format!("Due {} at {:02}:{:02} UTC.", due.date(), due.hour(), due.minute())
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use handler_contract::Effect;

    use super::*;

    fn event(kind: &str, data: &str) -> Event {
        let text = format!(r#"{{"specversion":"1.0","id":"1","source":"api-service","type":"{kind}","data":{data}}}"#);
        Event::from_json(text.as_bytes(), "t").unwrap()
    }

    fn reminder(version: i64, title: &str) -> Event {
        let data = format!(
            r#"{{"task_id":1,"user_id":"u","version":{version},"email":"a@example.com","title":"{title}",
                 "due_date":"2027-01-31T09:30:00+01:00"}}"#
        );
        event(REMINDER_DUE, &data)
    }

    fn change(kind: &str, version: i64) -> Event {
        event(kind, &format!(r#"{{"task_id":"1","task":{{"version":{version}}}}}"#))
    }

    fn sent(known: Known, event: &Event) -> Option<Mail> {
        match Notification.handle(&mut known.clone(), event) {
            Outcome::Done(effects) => effects.into_iter().find_map(|effect| match effect {
                Effect::Mail(mail) => Some(mail),
                _ => None,
            }),
            Outcome::Discard { .. } => None,
            Outcome::Retry { reason, .. } => panic!("{reason}"),
        }
    }

    fn after(changes: &[(&str, i64)]) -> Known {
        let mut known = Known::default();
        for (kind, version) in changes {
            Notification.handle(&mut known, &change(kind, *version));
        }
        known
    }

    #[test]
    fn a_reminder_counts_unless_its_task_is_closed_or_newer() {
        let cases: [(&[(&str, i64)], bool); 9] = [
            (&[], true),
            (&[("task.created", 1)], true),
            (&[("task.created", 1), ("task.updated", 3)], true),
            (&[("task.created", 1), ("task.updated", 4)], false),
            (&[("task.created", 1), ("task.completed", 3)], false),
            (&[("task.created", 1), ("task.deleted", 3)], false),
            // The reopening has not arrived, but the reminder comes after it.
            (&[("task.completed", 2)], true),
            (&[("task.completed", 2), ("task.reopened", 3)], true),
            // The completion arrives after the reopening, which is newer.
            (&[("task.reopened", 3), ("task.completed", 2)], true),
        ];
        for (changes, counts) in cases {
            assert_eq!(sent(after(changes), &reminder(3, "milk")).is_some(), counts, "{changes:?}");
        }
    }

    #[test]
    fn an_update_keeps_a_closed_task_closed_unless_it_says_otherwise() {
        assert_eq!(after(&[("task.completed", 2), ("task.updated", 3)]), Known { version: 3, closed: true });
        let mut known = after(&[("task.completed", 2)]);
        let open = event("task.updated", r#"{"task_id":"1","task":{"version":3,"completed":false}}"#);
        Notification.handle(&mut known, &open);
        assert_eq!(known, Known { version: 3, closed: false });
    }

    #[test]
    fn a_plain_event_without_a_version_changes_nothing() {
        let plain =
            event("task.created", r#"{"event_id":"test-123","event_type":"task.created","task_id":1,"user_id":1}"#);
        let mut known = Known { version: 2, closed: true };
        assert!(matches!(Notification.handle(&mut known, &plain), Outcome::Discard { .. }));
        assert_eq!(known, Known { version: 2, closed: true });
    }

    #[test]
    fn the_mail_says_what_is_due_in_both_forms() {
        let mail = sent(Known::default(), &reminder(1, "a <b>\\r\\nBcc: c@example.com")).unwrap();
        assert_eq!((mail.to.as_str(), mail.subject.as_str()), ("a@example.com", "Reminder: a <b> Bcc: c@example.com"));
        assert_eq!(mail.text, "a <b> Bcc: c@example.com\n\nDue 2027-01-31 at 08:30 UTC.\n");
        assert!(mail.html.unwrap().contains("<strong>a &lt;b&gt; Bcc: c@example.com</strong>"));
    }

    #[test]
    fn a_reminder_without_an_address_is_refused() {
        let event = event(REMINDER_DUE, r#"{"task_id":1,"version":1,"title":"milk"}"#);
        assert!(Notification.key(&event).is_err());
    }

    #[test]
    fn the_committed_contract_is_this_one() {
        let committed: serde_json::Value = serde_json::from_str(include_str!("../contract.json")).unwrap();
        assert_eq!(committed, serde_json::from_str::<serde_json::Value>(&Notification::contract().to_json()).unwrap());
    }
}
