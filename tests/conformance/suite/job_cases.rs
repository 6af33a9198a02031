//! What every way to run a handler promises of jobs.

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::cases::{Case, run_all, write};
use crate::features::Counted;
use crate::world::{Transport, World};

/// All cases, one after the other.
pub(crate) fn run<T: Transport>(world: &World<T>) {
    let cases: &[Case<T>] = &[
        ("a job that is due reaches its handler once, and in time", in_time),
        ("a job whose time is over comes at once", over),
        ("a job that was cancelled never comes", cancelled),
        ("a job that was moved comes when it was moved to, and not before", moved),
        ("a job that moves itself comes again", moves_itself),
        ("a job that is scheduled again for the time that it came at does not come again", repeated),
        ("a job that waits for another attempt comes again", comes_again),
        ("a job that always fails is set aside with its reason", dead),
        ("crashes while jobs are due lose none and do none twice", crashes),
    ];
    run_all(world, cases);
}

/// A time from now, as events tell it; whole milliseconds.
struct Due(OffsetDateTime);

impl Due {
    fn in_ms(milliseconds: i64) -> Self {
        let time = OffsetDateTime::now_utc() + time::Duration::milliseconds(milliseconds);
        Self(time.replace_millisecond(time.millisecond()).unwrap())
    }

    fn text(&self) -> String {
        self.0.format(&Rfc3339).unwrap()
    }

    /// The event that the job is.
    fn event(&self, job: &str) -> String {
        format!("{job}@{}", self.text())
    }

    fn is_over(&self) -> bool {
        OffsetDateTime::now_utc() >= self.0
    }
}

fn schedule(job: &str, due: &Due, data: &Value) -> Value {
    json!({ "do": "schedule", "job": job, "due": due.text(), "data": data })
}

fn cancel(job: &str) -> Value {
    json!({ "do": "cancel", "job": job })
}

/// Waits until the job has come so often, and nothing else has.
fn expect<T: Transport>(world: &World<T>, job: &str, dues: &[&Due]) {
    let events: Vec<String> = dues.iter().map(|due| due.event(job)).collect();
    world.expect(job, &events.iter().map(String::as_str).collect::<Vec<_>>());
}

/// A job that comes shows that those before it would have come too.
fn witness<T: Transport>(world: &World<T>, name: &str, after: &Due) {
    let due = Due(after.0 + time::Duration::milliseconds(500));
    world.send("clerk", &format!("{name}-1"), &schedule(name, &due, &write()));
    expect(world, name, &[&due]);
}

fn in_time<T: Transport>(world: &World<T>) {
    let due = Due::in_ms(2500);
    world.send("clerk", "time-1", &schedule("job-time", &due, &write()));
    let came = world.wait("the job comes", || {
        let page = world.page("job-time");
        assert!(due.is_over() || page.is_empty(), "it came before it was due");
        (!page.is_empty()).then(OffsetDateTime::now_utc)
    });
    assert!(came - due.0 < world.features().late, "it came {} late", came - due.0);
    expect(world, "job-time", &[&due]);
}

fn over<T: Transport>(world: &World<T>) {
    let due = Due::in_ms(-5000);
    world.send("clerk", "over-1", &schedule("job-over", &due, &write()));
    expect(world, "job-over", &[&due]);
}

fn cancelled<T: Transport>(world: &World<T>) {
    let due = Due::in_ms(2500);
    world.send("clerk", "cancel-1", &schedule("job-cancel", &due, &write()));
    world.send("clerk", "cancel-2", &cancel("job-cancel"));
    world.send("clerk", "cancel-3", &cancel("job-that-is-not-there"));
    witness(world, "job-cancel-witness", &due);
    assert_eq!(world.page("job-cancel"), []);
}

fn moved<T: Transport>(world: &World<T>) {
    let [first, second, sooner] = [2500, 4500, 1500].map(Due::in_ms);
    world.send("clerk", "move-1", &schedule("job-later", &first, &write()));
    world.send("clerk", "move-2", &schedule("job-later", &second, &write()));
    world.send("clerk", "move-3", &schedule("job-sooner", &second, &write()));
    world.send("clerk", "move-4", &schedule("job-sooner", &sooner, &write()));
    expect(world, "job-sooner", &[&sooner]);
    witness(world, "job-move-witness", &second);
    expect(world, "job-later", &[&second]);
    expect(world, "job-sooner", &[&sooner]);
}

fn moves_itself<T: Transport>(world: &World<T>) {
    let [first, second] = [1000, 3000].map(Due::in_ms);
    let task = schedule("job-self", &second, &write());
    world.send("clerk", "self-1", &schedule("job-self", &first, &task));
    expect(world, "job-self", &[&first, &second]);
}

fn repeated<T: Transport>(world: &World<T>) {
    let due = Due::in_ms(500);
    world.send("clerk", "repeat-1", &schedule("job-repeat", &due, &write()));
    expect(world, "job-repeat", &[&due]);
    world.send("clerk", "repeat-2", &schedule("job-repeat", &due, &write()));
    witness(world, "job-repeat-witness", &Due::in_ms(1000));
    expect(world, "job-repeat", &[&due]);
}

fn comes_again<T: Transport>(world: &World<T>) {
    let file = world.parts.scratch.join("go-job").display().to_string();
    let due = Due::in_ms(200);
    world.send("clerk", "again-1", &schedule("job-again", &due, &json!({ "do": "await", "file": file })));
    world.wait("it has been tried", || {
        (!world.sql("SELECT 1 FROM subject.portolan_attempts WHERE id LIKE 'job-again@%'").is_empty()).then_some(())
    });
    std::fs::write(&file, "").unwrap();
    expect(world, "job-again", &[&due]);
}

fn dead<T: Transport>(world: &World<T>) {
    let due = Due::in_ms(200);
    world.send("clerk", "dead-1", &schedule("job-dead", &due, &json!({ "do": "retry" })));
    let rows = "SELECT failed FROM subject.portolan_outbox WHERE outgoing LIKE '%job-dead@%'";
    let reason = world.wait("it is set aside", || Some(world.sql(rows)).filter(|reason| !reason.is_empty()));
    assert_eq!(reason.trim(), "a job that was given up after 4 attempts: not yet");
    if world.features().counted == Counted::Asked {
        let metrics = world.metrics();
        assert!(metrics.contains("portolan_dead_letters_total{topic=\"portolan-jobs\"} 1"), "{metrics}");
    }
    world.sql("DELETE FROM subject.portolan_outbox WHERE failed IS NOT NULL");
}

/// Some are due while there is no process, some in the moment in which it ends, and some while the next one starts.
fn crashes<T: Transport>(world: &World<T>) {
    let mut jobs = Vec::new();
    for n in 0..60 {
        let (job, due) = (format!("job-crash-{n}"), Due::in_ms(1500 + 50 * n));
        world.send("clerk", &format!("crash-job-{n}"), &schedule(&job, &due, &write()));
        jobs.push((job, due));
    }
    for (_, due) in jobs.iter().skip(10).step_by(20) {
        world.wait("it is due", || due.is_over().then_some(()));
        world.crash();
    }
    for (job, due) in &jobs {
        expect(world, job, &[due]);
    }
}
