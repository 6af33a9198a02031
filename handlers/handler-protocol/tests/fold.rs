//! What a batch comes to: order within a key, nothing twice, attempts and dead letters.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by ending")]

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use handler_contract::{Contract, Effects, Event, Handler, Identity, Mode, Outcome, Publish, Refusal, Subscription};
use handler_protocol::{Batch, Delivered, Folded, Limits, Standing, Trace, Verdict, What};
use proptest::prelude::*;

/// Appends what it sees; the payload says what else it does.
struct Ledger;

impl Handler for Ledger {
    type Key = String;
    type Aggregate = Vec<String>;
    type Row = String;

    fn contract() -> Contract {
        let mut contract = Contract::of("ledger", vec![Mode::Dapr]);
        contract.subscribes = vec![Subscription::to("tasks", "/events/tasks").of_types(&["did"])];
        contract
    }

    fn key(&self, event: &Event) -> Result<String, Refusal> {
        event.subject.clone().ok_or_else(|| Refusal::Value("the event has no subject".to_owned()))
    }

    fn handle(&self, seen: &mut Vec<String>, event: &Event) -> Outcome<String> {
        seen.push(event.identity.id.clone());
        match event.data::<String>().unwrap().as_str() {
            "retry" => Outcome::retry("not yet", Duration::from_secs(5)),
            "discard" => Outcome::discard("nobody waits for it"),
            "panic" => panic!("a bug"),
            _ => Outcome::Done(
                Effects::none()
                    .append(event.identity.id.clone())
                    .and(Publish::new("out", "done", &event.identity.id, &"x").unwrap()),
            ),
        }
    }
}

fn event(id: &str, key: Option<&str>, kind: &str, does: &str) -> Delivered {
    let subject = key.map(|key| format!(r#""subject":"{key}","#)).unwrap_or_default();
    let text = format!(r#"{{"specversion":"1.0","id":"{id}","source":"s",{subject}"type":"{kind}","data":"{does}"}}"#);
    Delivered::Event(Event::from_json(text.as_bytes(), "tasks").unwrap())
}

fn did(id: &str, key: &str, does: &str) -> Delivered {
    event(id, Some(key), "did", does)
}

fn identity(id: &str) -> Identity {
    Identity { source: "s".to_owned(), id: id.to_owned() }
}

fn fold(entries: Vec<Delivered>, attempts: &[(&str, u32)]) -> Folded<Ledger> {
    let batch = Batch::new(entries);
    let new = batch.identities::<Ledger>();
    let attempts = attempts.iter().map(|(id, count)| (identity(id), *count)).collect();
    batch.fold(&Ledger, Limits::default(), &Standing { new, attempts }, BTreeMap::new(), BTreeMap::new())
}

fn retry(seconds: u64) -> Verdict {
    Verdict::Retry { reason: "not yet".to_owned(), after: Duration::from_secs(seconds) }
}

#[test]
fn later_events_of_a_key_wait_for_one_that_comes_again() {
    let folded = fold(vec![did("1", "a", ""), did("2", "a", "retry"), did("3", "b", ""), did("4", "a", "")], &[]);
    assert_eq!(
        folded.verdicts,
        [Verdict::Done, retry(5), Verdict::Done, Verdict::Held { after: Duration::from_secs(5) }]
    );
    assert_eq!(folded.changed["a"], ["1"], "what the second changed is forgotten");
    assert_eq!(folded.appended, ["1", "3"]);
    let failed: Vec<_> = folded.failed.iter().map(|failed| (failed.identity.id.as_str(), failed.attempts)).collect();
    assert_eq!(failed, [("2", 1)]);
    assert_eq!(folded.waiting, [identity("4")], "who only waits is not counted");
}

#[test]
fn the_last_attempt_leads_to_the_dead_letter_topic_and_the_key_goes_on() {
    let folded = fold(vec![did("1", "a", "retry"), did("2", "a", "")], &[("1", 9)]);
    assert_eq!(folded.verdicts, [Verdict::DeadLettered { reason: "not yet".to_owned() }, Verdict::Done]);
    assert!(folded.failed.is_empty() && folded.held.is_empty());
    let What::DeadLetter(letter) = &folded.outgoing[0].what else { panic!("it is the first to leave") };
    assert_eq!((letter.attempts, letter.reason.as_str(), letter.topic.as_str()), (10, "not yet", "tasks"));
    assert_eq!(Event::from_json(&letter.message, "tasks").unwrap().identity, identity("1"), "it can be replayed");
}

/// Parts of a batch know the traces too.
#[test]
fn what_follows_is_in_the_trace_of_its_event_and_a_dead_letter_stays_as_it_came() {
    let entries = ["1", "2", "3"].map(|id| did(id, "a", if id == "1" { "retry" } else { "" })).map(|entry| {
        let Delivered::Event(mut event) = entry else { panic!("it is an event") };
        event.extensions.insert("traceparent".to_owned(), "of-who-published".to_owned());
        Delivered::Event(event)
    });
    let trace = |id: &str| Trace { parent: format!("of-{id}"), state: Some("a=b".to_owned()) };
    let traces = ["1", "2"].map(|id| (identity(id), trace(id)));
    let (first, rest) = Batch::new(entries.into()).traced(traces.into()).halves();
    let parts = rest.isolate(&[identity("2")].into());
    let mut left = Vec::new();
    for part in [first].into_iter().chain(parts) {
        let new = part.identities::<Ledger>();
        let standing = Standing { new, attempts: [(identity("1"), 9)].into() };
        left.extend(part.fold(&Ledger, Limits::default(), &standing, BTreeMap::new(), BTreeMap::new()).outgoing);
    }
    let told: Vec<_> = left.iter().map(|row| (row.traceparent.as_deref(), row.tracestate.as_deref())).collect();
    let states = [Some("a=b"), Some("a=b"), None];
    let parents = [Some("of-1"), Some("of-2"), Some("of-who-published")];
    assert_eq!(told, parents.into_iter().zip(states).collect::<Vec<_>>());
    let What::DeadLetter(letter) = &left[0].what else { panic!("it is the first to leave") };
    let letter = Event::from_json(&letter.message, "tasks").unwrap();
    assert_eq!((letter.traceparent(), letter.tracestate()), (Some("of-who-published"), None));
}

#[test]
fn one_that_ended_the_process_too_often_is_not_tried_again() {
    let folded = fold(vec![did("1", "a", "panic")], &[("1", 10)]);
    assert!(matches!(folded.verdicts[0], Verdict::DeadLettered { .. }));
    assert!(folded.changed.is_empty());
}

#[test]
fn a_panic_is_an_attempt() {
    let folded = fold(vec![did("1", "a", "panic"), did("2", "b", "")], &[]);
    assert!(matches!(&folded.verdicts[0], Verdict::Retry { reason, .. } if reason == "the handler panicked"));
    assert_eq!(folded.verdicts[1], Verdict::Done);
}

#[test]
fn what_can_never_be_handled_is_a_dead_letter_at_once() {
    let unreadable = Delivered::Unreadable {
        identity: identity("tasks-0@7"),
        topic: "tasks".to_owned(),
        key: "k".to_owned(),
        reason: "no CloudEvent".to_owned(),
        bytes: vec![0xff, 0x00],
    };
    let folded = fold(vec![unreadable, event("1", None, "did", "")], &[]);
    let reasons = ["no CloudEvent", "the event has no subject"];
    assert_eq!(folded.verdicts, reasons.map(|reason| Verdict::DeadLettered { reason: reason.to_owned() }));
    let text = serde_json::to_string(&folded.outgoing).unwrap();
    let again: Vec<handler_protocol::Outgoing> = serde_json::from_str(&text).unwrap();
    let What::DeadLetter(letter) = &again[0].what else { panic!("{text}") };
    assert_eq!(letter.message, [0xff, 0x00], "bytes that are no text come back as they were");
}

#[test]
fn nothing_happens_for_what_was_seen_and_what_is_of_another_type() {
    let batch = Batch::new(vec![did("1", "a", ""), event("2", Some("a"), "other", ""), did("1", "a", "")]);
    assert_eq!(batch.identities::<Ledger>(), BTreeSet::from([identity("1")]));
    let folded = batch.fold(&Ledger, Limits::default(), &Standing::default(), BTreeMap::new(), BTreeMap::new());
    assert_eq!(folded.verdicts, [Verdict::Seen, Verdict::Ignored, Verdict::Seen]);
    assert!(folded.changed.is_empty() && folded.outgoing.is_empty());
}

#[test]
fn who_failed_before_stands_alone() {
    let suspects = BTreeSet::from([identity("2"), identity("3")]);
    let batch = Batch::new(["1", "2", "3", "4", "5"].map(|id| did(id, "a", "")).to_vec());
    let parts = batch.isolate(&suspects);
    assert_eq!(parts.iter().map(Batch::len).collect::<Vec<_>>(), [1, 1, 1, 2]);
}

#[test]
fn a_key_that_one_part_holds_is_held_in_the_next() {
    let first = fold(vec![did("1", "a", "retry")], &[]);
    let second = Batch::new(vec![did("2", "a", ""), did("3", "b", "")]);
    let standing = Standing { new: second.identities::<Ledger>(), attempts: BTreeMap::new() };
    let second = second.fold(&Ledger, Limits::default(), &standing, BTreeMap::new(), first.held);
    assert_eq!(second.verdicts, [Verdict::Held { after: Duration::from_secs(5) }, Verdict::Done]);
    assert_eq!(second.held.keys().collect::<Vec<_>>(), ["a"], "and so in the one after it");
}

#[test]
fn what_the_store_refuses_has_failed_an_attempt_and_gives_its_reason_at_the_last() {
    let batch = Batch::new(vec![did("1", "a", "")]);
    let refused = |attempts: u32| {
        let attempts = BTreeMap::from([(identity("1"), attempts)]);
        let standing = Standing { new: batch.identities::<Ledger>(), attempts };
        batch.refused(&Ledger, Limits::default(), &standing, BTreeMap::new(), "value too long")
    };
    let first = refused(0);
    assert_eq!((first.failed[0].attempts, first.failed[0].reason.as_str()), (1, "value too long"));
    assert!(first.changed.is_empty() && first.appended.is_empty() && first.held.contains_key("a"));
    assert_eq!(refused(9).verdicts, [Verdict::DeadLettered { reason: "value too long".to_owned() }]);
}

#[test]
fn dead_letters_of_one_id_and_two_sources_are_two() {
    let of = |source: &str| {
        let identity = Identity { source: source.to_owned(), id: "1".to_owned() };
        let (topic, key, reason) = ("tasks".to_owned(), "k".to_owned(), "no CloudEvent".to_owned());
        fold(vec![Delivered::Unreadable { identity, topic, key, reason, bytes: Vec::new() }], &[]).outgoing[0]
            .id
            .clone()
    };
    assert_eq!(of("a"), of("a"));
    assert_ne!(of("a"), of("b"));
}

proptest! {
    /// Whatever fails, an event is handled only after all earlier ones of its key are settled, and each at most once.
    #[test]
    fn a_key_stays_in_order(batch in proptest::collection::vec((0_u8..12, 0_u8..3, 0_u8..5), 0..40)) {
        let does = |what: u8| ["", "", "retry", "discard", "panic"][usize::from(what)];
        let entries: Vec<_> =
            batch.iter().map(|(id, key, what)| did(&format!("{key}-{id}"), &key.to_string(), does(*what))).collect();
        let folded = fold(entries.clone(), &[]);
        prop_assert_eq!(folded.verdicts.len(), entries.len());
        let mut blocked = BTreeSet::new();
        let mut done = BTreeSet::new();
        for (entry, verdict) in entries.iter().zip(&folded.verdicts) {
            let id = entry.identity().id.clone();
            let key = id.split('-').next().unwrap().to_owned();
            match verdict {
                Verdict::Done => {
                    prop_assert!(!blocked.contains(&key));
                    prop_assert!(done.insert(id));
                }
                Verdict::Retry { .. } | Verdict::Held { .. } => { blocked.insert(key); }
                _ => {}
            }
        }
        prop_assert_eq!(folded.appended.len(), done.len());
        prop_assert_eq!(folded.outgoing.len(), done.len());
    }
}
