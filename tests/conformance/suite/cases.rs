//! What every way to run a handler promises. Each case uses pages of its own.

use rdkafka::Message;
use serde_json::{Value, json};

use crate::ending::{
    crashes, database_away, ends_each_process, ends_the_process, leaving, nothing_left, stored_and_killed,
};
use crate::features::{Counted, Waits};
use crate::world::{Transport, World, event};

pub(crate) fn write() -> Value {
    json!({ "do": "write" })
}

pub(crate) type Case<T> = (&'static str, fn(&World<T>));

/// All cases, one after the other.
pub(crate) fn run<T: Transport>(world: &World<T>) {
    let cases: &[Case<T>] = &[
        ("events of a page are handled once and in order", in_order),
        ("events of a page that is not there yet, side by side, count each other", side_by_side),
        ("a repetition does nothing", repetition),
        ("one that comes again holds its page, and no more than is declared", comes_again),
        ("what always fails is a dead letter with its reason, and its page goes on", dead_letter),
        ("a panic is an attempt", panics),
        ("what ends the process is a dead letter, and the innocents are handled", ends_the_process),
        ("one that ends each process right after its start does not let innocents pay", ends_each_process),
        ("what the database refuses is a dead letter, and the innocents are handled", refused),
        ("what is no event is a dead letter as it came", no_event),
        ("numbers past 2^53 stay what they are, or not, as it is declared", numbers),
        ("another type is left alone", another_type),
        ("what concerns nobody is acknowledged", discarded),
        ("what leaves arrives under an id that follows from its cause", publishes),
        ("a large event comes, and a large one leaves", large),
        ("what was stored leaves when the process ends before it has sent it, and nothing follows", stored_and_killed),
        ("crashes lose nothing and do nothing twice", crashes),
        ("leaving under load loses nothing and does nothing twice", leaving),
        ("a database that goes away and comes back loses nothing", database_away),
        ("nothing is left of what was announced and counted", nothing_left),
        ("what is counted is told", metrics),
    ];
    run_all(world, cases);
}

/// These cases, one after the other.
#[expect(clippy::print_stdout, reason = "a run shows its cases")]
pub(crate) fn run_all<T: Transport>(world: &World<T>, cases: &[Case<T>]) {
    for (name, case) in cases {
        let begun = std::time::Instant::now();
        case(world);
        println!("{name}: {} ms", begun.elapsed().as_millis());
    }
}

fn in_order<T: Transport>(world: &World<T>) {
    let ids: Vec<String> = (0..100).map(|n| n.to_string()).collect();
    for id in &ids {
        for page in ["order-a", "order-b", "order-c"] {
            world.broker.enqueue("work", page, &event(page, &format!("{page}-{id}"), "work", &write()).to_string());
        }
    }
    world.broker.flush();
    for page in ["order-a", "order-b", "order-c"] {
        let expected: Vec<String> = ids.iter().map(|id| format!("{page}-{id}")).collect();
        world.expect(page, &expected.iter().map(String::as_str).collect::<Vec<_>>());
    }
}

/// Of each page some events on every partition: no row of it can be locked before one of them has stored it.
fn side_by_side<T: Transport>(world: &World<T>) {
    let pages: Vec<String> = (0..50).map(|n| format!("side-{n}")).collect();
    for (n, page) in (0..600).zip(pages.iter().cycle()) {
        let id = format!("{page}-{n}");
        world.broker.enqueue("work", &id, &event(page, &id, "work", &write()).to_string());
    }
    world.broker.flush();
    for page in &pages {
        let lines = world.wait(&format!("{page} has all"), || Some(world.page(page)).filter(|lines| lines.len() >= 12));
        let before: Vec<usize> = lines.into_iter().map(|(_, before)| before).collect();
        assert_eq!(before, (0..12).collect::<Vec<_>>(), "{page}");
    }
}

fn repetition<T: Transport>(world: &World<T>) {
    for id in ["rep-1", "rep-1", "rep-2", "rep-1"] {
        world.send("repetition", id, &write());
    }
    world.expect("repetition", &["rep-1", "rep-2"]);
}

/// It is never given up, however long this machine takes for the case.
const ONE_ATTEMPT: &str = "
CREATE FUNCTION subject.one() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.attempts := 1; RETURN NEW; END';
CREATE TRIGGER one BEFORE INSERT OR UPDATE ON subject.portolan_attempts FOR EACH ROW
  WHEN (NEW.id = 'waits-1') EXECUTE FUNCTION subject.one();
";

fn comes_again<T: Transport>(world: &World<T>) {
    let waits = world.features().waits;
    let file = world.parts.scratch.join("go").display().to_string();
    let send = |partition, page: &str, id: &str, task: &Value| {
        world.broker.publish_to("work", partition, page, &event(page, id, "work", task).to_string());
    };
    world.sql(ONE_ATTEMPT);
    send(0, "waits", "waits-1", &json!({ "do": "await", "file": file }));
    world.wait("it has been tried", || {
        (!world.sql("SELECT 1 FROM subject.portolan_attempts WHERE id = 'waits-1'").is_empty()).then_some(())
    });
    send(0, "waits", "waits-2", &write());
    send(0, "beside", "beside-1", &write());
    send(1, "elsewhere", "elsewhere-1", &write());
    if waits == Waits::Key {
        world.expect("beside", &["beside-1"]);
    }
    if waits != Waits::Component {
        world.expect("elsewhere", &["elsewhere-1"]);
    }
    assert_eq!(world.page("waits"), []);
    assert_eq!(world.page("beside").is_empty(), waits != Waits::Key, "{waits:?}");
    assert_eq!(world.page("elsewhere").is_empty(), waits == Waits::Component, "{waits:?}");
    std::fs::write(&file, "").unwrap();
    world.expect("waits", &["waits-1", "waits-2"]);
    world.expect("beside", &["beside-1"]);
    world.expect("elsewhere", &["elsewhere-1"]);
}

fn dead_letter<T: Transport>(world: &World<T>) {
    world.send("poison", "poison-1", &json!({ "do": "retry" }));
    world.send("poison", "poison-2", &write());
    let letter = world.dead_letter("poison-1");
    assert_eq!(letter.reason.as_deref(), Some("not yet"));
    assert_eq!(letter.attempts.as_deref(), Some("4"));
    assert_eq!(letter.topic.as_deref(), Some("work"));
    world.expect("poison", &["poison-2"]);
}

fn numbers<T: Transport>(world: &World<T>) {
    let odd: u64 = (1 << 53) + 1;
    world.send("numbers", "numbers-1", &json!({ "do": "retry", "number": odd }));
    let letter = String::from_utf8(world.dead_letter("numbers-1").message).unwrap();
    assert_eq!(letter.contains(&odd.to_string()), world.features().numbers, "{letter}");
}

fn panics<T: Transport>(world: &World<T>) {
    world.send("panic", "panic-1", &json!({ "do": "panic" }));
    let letter = world.dead_letter("panic-1");
    assert_eq!(letter.reason.as_deref(), Some("the handler panicked"));
}

fn refused<T: Transport>(world: &World<T>) {
    let long = json!({ "do": "write", "text": "far longer than the ledger's lines may be" });
    for (id, task) in [("ref-1", write()), ("ref-2", long), ("ref-3", write())] {
        world.broker.enqueue("work", "refused", &event("refused", id, "work", &task).to_string());
    }
    world.broker.flush();
    let letter = world.dead_letter("ref-2");
    assert_eq!(letter.reason.as_deref(), Some("the database refuses it: SQLSTATE 22001"));
    world.expect("refused", &["ref-1", "ref-3"]);
}

fn no_event<T: Transport>(world: &World<T>) {
    world.broker.publish("work", "no-event", "nonsense");
    let letter = world.dead_letter("nonsense");
    assert_eq!(letter.message, b"nonsense");
    assert_eq!(letter.reason.is_some(), world.features().reason, "{letter:?}");
    assert!(letter.reason.is_none_or(|reason| reason.starts_with("no CloudEvent")));
    // JSON with a type reaches the runtime everywhere. Without one the sidecar cannot follow the rules of a subscription.
    world.broker.publish("work", "no-event", r#"{"an":"object","type":"work"}"#);
    let letter = world.dead_letter("an");
    assert_eq!(letter.reason.as_deref(), Some("no CloudEvent: `specversion` is missing or empty"));
}

fn another_type<T: Transport>(world: &World<T>) {
    world.broker.publish("work", "other", &event("other", "other-1", "holiday", &write()).to_string());
    world.send("other", "other-2", &write());
    world.expect("other", &["other-2"]);
}

fn discarded<T: Transport>(world: &World<T>) {
    world.send("discard", "discard-1", &json!({ "do": "discard" }));
    world.send("discard", "discard-2", &write());
    world.expect("discard", &["discard-2"]);
}

fn publishes<T: Transport>(world: &World<T>) {
    for id in ["pub-1", "pub-2", "pub-1"] {
        world.send("publishes", id, &json!({ "do": "publish" }));
    }
    world.expect("publishes", &["pub-1", "pub-2"]);
    let done = world.wait("both have left", || {
        let done = world.broker.read("done");
        (done.len() >= 2).then_some(done)
    });
    let ids: Vec<Value> = done
        .iter()
        .map(|message| serde_json::from_slice::<Value>(message.payload().unwrap()).unwrap())
        .map(|event| json!([event["data"], event["source"], event["type"], event["partitionkey"]]))
        .collect();
    assert_eq!(
        ids,
        [json!(["pub-1", "subject", "done", "publishes"]), json!(["pub-2", "subject", "done", "publishes"])]
    );
}

/// Larger than what a broker takes that was not told.
fn large<T: Transport>(world: &World<T>) {
    let expected = world.features().letters;
    let task = json!({ "do": "publish", "letters": expected, "padding": "x".repeat(expected) });
    world.send("heavy", "heavy-1", &task);
    world.expect("heavy", &["heavy-1"]);
    let letters = world.wait("it has left", || letters_of(world, "heavy-1"));
    assert_eq!(letters, expected);
}

/// How many letters more an event has, once it has left for the one that caused it.
pub(crate) fn letters_of<T: Transport>(world: &World<T>, id: &str) -> Option<usize> {
    let done = world.broker.read("done").into_iter().filter_map(|message| {
        let event: Value = serde_json::from_slice(message.payload()?).ok()?;
        event["data"].as_str()?.strip_prefix(id).map(str::len)
    });
    let done: Vec<usize> = done.collect();
    assert!(done.len() < 2, "{id} has left {} times", done.len());
    done.first().copied()
}

/// Publishes so many events over ten pages, and hands over what is expected of each page.
pub(crate) fn load<T: Transport>(world: &World<T>, name: &str, count: usize) -> Vec<(String, Vec<String>)> {
    let mut pages: Vec<(String, Vec<String>)> = (0..10).map(|n| (format!("{name}-{n}"), Vec::new())).collect();
    for n in 0..count {
        let (page, ids) = &mut pages[n % 10];
        let id = format!("{page}-{n}");
        world.broker.enqueue("work", page, &event(page, &id, "work", &write()).to_string());
        ids.push(id);
    }
    world.broker.flush();
    pages
}

pub(crate) fn settled<T: Transport>(world: &World<T>, pages: &[(String, Vec<String>)]) {
    for (page, ids) in pages {
        world.expect(page, &ids.iter().map(String::as_str).collect::<Vec<_>>());
    }
}

fn metrics<T: Transport>(world: &World<T>) {
    world.restart();
    world.send("metrics", "metrics-1", &write());
    world.send("metrics", "metrics-2", &json!({ "do": "retry" }));
    world.expect("metrics", &["metrics-1"]);
    world.dead_letter("metrics-2");
    if world.features().counted == Counted::Logged {
        let counts = ["\"events\":1,\"settled\":1,\"again\":0,\"given_up\":0", "\"again\":1", "\"given_up\":1"];
        return world.wait("all is counted", || {
            let log = world.log();
            counts.iter().all(|count| log.contains(count)).then_some(())
        });
    }
    let metric = |name: &str| {
        let text = world.metrics();
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ').map(str::to_owned));
        line.and_then(|number| number.parse::<f64>().ok())
    };
    world.wait("all is counted and has left", || {
        let done = metric("portolan_events_finished_total{topic=\"work\",outcome=\"done\"}")? >= 1.0;
        let dead = metric("portolan_events_finished_total{topic=\"work\",outcome=\"dead-lettered\"}")? >= 1.0;
        let letters = metric("portolan_dead_letters_total{topic=\"work\"}")? >= 1.0;
        let retries = metric("portolan_retries_total{topic=\"work\"}")? >= 3.0;
        let batches = metric("portolan_batch_size_count")? >= 2.0;
        let outbox = ["portolan_outbox_rows", "portolan_outbox_oldest_seconds"].map(metric) == [Some(0.0); 2];
        (done && dead && letters && retries && batches && outbox).then_some(())
    });
}
