//! Tasks from the first to the last.

use crate::world::World;
use portolan_parts::BetterAuth;
use portolan_parts::http::{self, Response};
use portolan_stage::{Stage, event};
use serde_json::{Value, json};

/// A user, by the cookie of the session.
struct Browser<'a> {
    port: u16,
    cookie: &'a str,
}

impl Browser<'_> {
    fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Response {
        let mut all = vec![("cookie", self.cookie), ("content-type", "application/json")];
        all.retain(|(name, _)| !headers.iter().any(|(other, _)| other == name));
        all.extend(headers);
        http::send(self.port, method, path, &all, body.as_bytes()).unwrap()
    }

    fn create(&self, task: &Value) -> Value {
        let answer = self.send("POST", "/tasks", &[], &task.to_string());
        assert_eq!(answer.status, 201, "{}", answer.text());
        body(&answer)
    }

    fn titles(&self, query: &str) -> (Vec<String>, Option<String>) {
        let answer = self.send("GET", &format!("/tasks?{query}"), &[], "");
        assert_eq!(answer.status, 200, "{}", answer.text());
        let page = body(&answer);
        let titles = page["tasks"].as_array().unwrap().iter().map(|task| task["title"].as_str().unwrap().to_owned());
        (titles.collect(), page["next"].as_str().map(str::to_owned))
    }
}

fn body(answer: &Response) -> Value {
    serde_json::from_str(&answer.text()).unwrap_or_else(|error| panic!("{error}: {}", answer.text()))
}

fn header<'a>(answer: &'a Response, name: &str) -> Option<&'a str> {
    answer.headers.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_str())
}

/// The status of a refusal, which is a problem in the sense of RFC 9457.
fn refused(answer: &Response) -> u16 {
    assert_eq!(header(answer, "content-type"), Some("application/problem+json"), "{}", answer.text());
    let problem = body(answer);
    assert_eq!(problem["status"], answer.status, "{problem}");
    assert!(problem["title"].is_string() && problem["detail"].is_string(), "{problem}");
    answer.status
}

fn told(stage: &Stage, topic: &str, count: usize) -> Vec<(String, Value)> {
    stage.wait(topic, || Ok(Some(stage.read(topic)?).filter(|read| read.len() >= count))).unwrap()
}

#[test]
fn tasks_from_the_first_to_the_last() {
    let mut world = World::start();
    let (ann, bob) = (world.auth.sign_in("ann@example.com").unwrap(), world.auth.sign_in("bob@example.com").unwrap());
    let port = world.stage.port();
    let (ann, bob) = (Browser { port, cookie: &ann }, Browser { port, cookie: &bob });

    changes_are_told(&world.stage, &ann);
    others_see_nothing(&ann, &bob);
    a_request_that_comes_again_gets_the_same_answer(&world.stage, &bob);
    lists_are_filtered_sorted_and_paged(&bob);
    an_occurrence_is_one_task(&world.stage, &bob);
    what_is_wrong_is_told(&bob);
    nothing_hostile_is_an_error_of_the_server(&bob);
    who_asks_has_to_be_known(&mut world.auth, port);
}

fn changes_are_told(stage: &Stage, ann: &Browser<'_>) {
    let task =
        ann.create(&json!({ "title": " Milk ", "due_date": "2999-01-01T10:00:00+01:00", "reminder_offset": 3600 }));
    assert_eq!(
        (&task["title"], &task["version"], &task["due_date"]),
        (&json!("Milk"), &json!(1), &json!("2999-01-01T09:00:00Z"))
    );
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    let read = ann.send("GET", &path, &[], "");
    assert_eq!((read.status, header(&read, "etag"), &body(&read)), (200, Some("\"1\""), &task));
    assert_eq!(ann.send("GET", &path, &[("if-none-match", "\"1\"")], "").status, 304);

    assert_eq!(refused(&ann.send("PATCH", &path, &[], r#"{"title":"Oat milk"}"#)), 428);
    let changed = ann.send("PATCH", &path, &[("if-match", "\"1\"")], r#"{"title":"Oat milk"}"#);
    assert_eq!((changed.status, header(&changed, "etag")), (200, Some("\"2\"")), "{}", changed.text());
    let stale = ann.send("PATCH", &path, &[("if-match", "\"1\"")], r#"{"title":"Soy milk"}"#);
    assert_eq!((refused(&stale), &body(&stale)["version"]), (412, &json!(2)));
    for _ in 0..2 {
        let done = ann.send("POST", &format!("{path}/complete"), &[], "");
        assert_eq!((done.status, &body(&done)["completed"], &body(&done)["version"]), (200, &json!(true), &json!(3)));
    }
    assert_eq!(ann.send("POST", &format!("{path}/reopen"), &[], "").status, 200);
    assert_eq!(refused(&ann.send("DELETE", &path, &[("if-match", "\"3\"")], "")), 412);
    assert_eq!(ann.send("DELETE", &path, &[("if-match", "\"4\"")], "").status, 204);
    assert_eq!(refused(&ann.send("GET", &path, &[], "")), 404);

    for topic in ["task-events", "task-updates"] {
        let events = told(stage, topic, 5);
        let kinds: Vec<&Value> = events.iter().map(|(_, event)| &event["type"]).collect();
        assert_eq!(kinds, ["task.created", "task.updated", "task.completed", "task.reopened", "task.deleted"]);
        for (number, (key, event)) in (1..).zip(&events) {
            let data = &event["data"];
            assert_eq!((&json!(key), &data["task_id"], &data["event_id"]), (&task["id"], &task["id"], &event["id"]));
            assert_eq!(data["task"]["version"], number);
        }
    }
    // Each of the two has ids of its own: who listens to both knows them apart.
    assert_ne!(told(stage, "task-events", 5)[0].1["id"], told(stage, "task-updates", 5)[0].1["id"]);
}

fn others_see_nothing(ann: &Browser<'_>, bob: &Browser<'_>) {
    let task = ann.create(&json!({ "title": "Secret" }));
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    assert_eq!(refused(&bob.send("GET", &path, &[], "")), 404);
    assert_eq!(refused(&bob.send("PATCH", &path, &[("if-match", "*")], r#"{"title":"Mine"}"#)), 404);
    assert_eq!(refused(&bob.send("DELETE", &path, &[("if-match", "*")], "")), 404);
    assert_eq!(refused(&bob.send("POST", &format!("{path}/complete"), &[], "")), 404);
    assert_eq!(bob.titles("").0, [""; 0]);
}

fn a_request_that_comes_again_gets_the_same_answer(stage: &Stage, bob: &Browser<'_>) {
    let before = stage.sql("SELECT count(*) FROM api.tasks").unwrap();
    let named = [("idempotency-key", "\"once\"")];
    let first = bob.send("POST", "/tasks", &named, r#"{"title":"Once"}"#);
    let path = header(&first, "location").unwrap();
    assert_eq!(bob.send("PATCH", path, &[("if-match", "*")], r#"{"title":"Changed"}"#).status, 200);
    let again = bob.send("POST", "/tasks", &named, r#"{"title":"Once"}"#);
    assert_eq!((again.status, again.text()), (201, first.text()));
    assert_eq!(refused(&bob.send("POST", "/tasks", &named, r#"{"title":"Twice"}"#)), 422);
    let after = stage.sql("SELECT count(*) FROM api.tasks").unwrap();
    assert_eq!(after.trim().parse::<u64>().unwrap(), before.trim().parse::<u64>().unwrap() + 1);
    assert_eq!(bob.send("DELETE", path, &[("if-match", "*")], "").status, 204);
}

fn lists_are_filtered_sorted_and_paged(bob: &Browser<'_>) {
    for (title, due, tag) in
        [("b", Some("2030-01-02T00:00:00Z"), "x"), ("C", None, "y"), ("a", Some("2030-01-01T00:00:00Z"), "x")]
    {
        bob.create(&json!({ "title": title, "due_date": due, "tags": [tag, tag], "priority": "high" }));
    }
    let all = |query: &str| bob.titles(query).0.join(" ");
    assert_eq!(all("sort=title"), "a b C");
    assert_eq!((all("sort=due_date"), all("sort=-due_date")), ("a b C".to_owned(), "b a C".to_owned()));
    assert_eq!((all(""), all("sort=-created_at")), ("b C a".to_owned(), "a C b".to_owned()));
    assert_eq!(
        (all("tag=x&sort=title"), all("title=c"), all("priority=low")),
        ("a b".to_owned(), "C".to_owned(), String::new())
    );
    assert_eq!((all("due_before=2030-01-02T00:00:00Z"), all("status=completed")), ("a".to_owned(), String::new()));
    for sort in ["title", "-title", "due_date", "-due_date", "created_at", "-created_at"] {
        let mut paged = Vec::new();
        let mut query = format!("sort={sort}&limit=1");
        loop {
            let (titles, next) = bob.titles(&query);
            paged.extend(titles);
            let Some(next) = next else { break };
            query = format!("sort={sort}&limit=1&after={next}");
        }
        assert_eq!(paged.join(" "), all(&format!("sort={sort}")), "{sort}");
    }
    let (_, next) = bob.titles("sort=title&limit=1");
    assert_eq!(refused(&bob.send("GET", &format!("/tasks?sort=-title&after={}", next.unwrap()), &[], "")), 422);
}

fn an_occurrence_is_one_task(stage: &Stage, bob: &Browser<'_>) {
    let user = stage.sql("SELECT user_id FROM api.addresses WHERE email = 'bob@example.com'").unwrap();
    let task = json!({ "title": "Water", "due_date": "2030-05-01T08:00:00Z", "recurrence": { "frequency": "daily" } });
    let data = json!({ "event_id": "e", "user_id": user.trim(), "series_id": "s", "task": task });
    // The same event twice, and the same occurrence by another.
    for id in ["e", "e", "f"] {
        stage.publish("task-commands", &event(id, "task.create-requested", "s", &data)).unwrap();
    }
    stage.settled().unwrap();
    let page = body(&bob.send("GET", "/tasks?title=water", &[], ""));
    assert_eq!(page["tasks"].as_array().unwrap().len(), 1, "{page}");
    assert_eq!((&page["tasks"][0]["series_id"], &page["tasks"][0]["version"]), (&json!("s"), &json!(1)));
}

fn what_is_wrong_is_told(bob: &Browser<'_>) {
    let wrong = json!({
        "title": "", "priority": "urgent", "due_date": "tomorrow", "reminder_offset": -1, "tags": [1], "colour": "red"
    });
    let answer = bob.send("POST", "/tasks", &[], &wrong.to_string());
    assert_eq!(refused(&answer), 422);
    let problem = body(&answer);
    let mut fields: Vec<&str> =
        problem["problems"].as_array().unwrap().iter().map(|one| one["field"].as_str().unwrap()).collect();
    fields.sort_unstable();
    fields.dedup();
    assert_eq!(fields, ["colour", "due_date", "priority", "reminder_offset", "tags", "title"], "{problem}");

    let unequal = r#"{"title":"t","due_date":"2030-01-01T00:00:00Z","reminder_offset":60,"reminder_time":"2030-01-01T00:00:00Z"}"#;
    assert_eq!(refused(&bob.send("POST", "/tasks", &[], unequal)), 422);
    assert_eq!(refused(&bob.send("POST", "/tasks", &[], "{")), 400);
    assert_eq!(refused(&bob.send("POST", "/tasks", &[("content-type", "text/plain")], "{}")), 415);
    assert_eq!(refused(&bob.send("POST", "/tasks/1/finish", &[], "")), 404);
    assert_eq!(refused(&bob.send("GET", "/elsewhere", &[], "")), 404);
    assert_eq!(refused(&bob.send("PUT", "/tasks", &[], "{}")), 405);
    assert_eq!(refused(&bob.send("GET", "/tasks?limit=0&sort=size&x=1", &[], "")), 422);
    // What the form allows, and what carries the events does not.
    let long = json!({ "title": "t", "description": "x".repeat(19_900) }).to_string();
    let answer = bob.send("POST", "/tasks", &[], &long);
    assert_eq!((refused(&answer), &body(&answer)["largest"]), (413, &json!(20_000)));
    assert_eq!(refused(&bob.send("POST", "/tasks", &[], &" ".repeat(300_000))), 413);
    let document = body(&bob.send("GET", "/openapi.json", &[], ""));
    assert_eq!(document["openapi"], "3.1.0");
}

fn nothing_hostile_is_an_error_of_the_server(bob: &Browser<'_>) {
    let bodies = [
        r#"{"title":"\u0000"}"#,
        r#"{"title":"t","description":"a\u0000b"}"#,
        r#"{"title":"\ud800"}"#,
        r#"{"title":"t","reminder_offset":9007199254740993,"due_date":"2030-01-01T00:00:00Z"}"#,
        r#"{"title":"t","reminder_offset":1e400}"#,
        r#"{"title":"t","due_date":"9999-12-31T23:59:59-23:59"}"#,
        r#"{"title":"t","due_date":"0000-01-01T00:00:00Z"}"#,
        r#"{"title":"t","tags":["\u0000"]}"#,
        r#"{"title":"t","recurrence":{"frequency":"daily","interval":0}}"#,
        r#"[{"title":"t"}]"#,
        "null",
        "\u{feff}{}",
    ];
    for text in bodies.iter().map(ToString::to_string).chain(["[".repeat(100_000)]) {
        let status = refused(&bob.send("POST", "/tasks", &[], &text));
        assert!([400, 422].contains(&status), "{status}: {text:.80}");
    }
    let sql = "Robert'); DROP TABLE api.tasks;--";
    assert_eq!(bob.create(&json!({ "title": sql }))["title"], sql);
    for path in ["/tasks/%00", "/tasks/%ff", "/tasks/'%20OR%201=1", "/tasks/..%2f..%2fetc"] {
        assert_eq!(refused(&bob.send("GET", path, &[], "")), 404, "{path}");
    }
    for query in [
        "title=%00",
        "tag=%00",
        "title=%ff%00",
        "after=AAAA",
        "after=Y3JlYXRlZF9hdAp4Cm5ldmVy",
        "due_from=-1",
        "limit=99999999999999999999",
    ] {
        let status = refused(&bob.send("GET", &format!("/tasks?{query}"), &[], ""));
        assert!([400, 422].contains(&status), "{status}: {query}");
    }
    for (name, value) in [("if-match", "nonsense"), ("if-match", "\"a"), ("idempotency-key", "\"\"")] {
        let headers = [("if-match", "*"), (name, value)];
        let headers = if name == "if-match" { &headers[1..] } else { &headers[..] };
        assert_eq!(refused(&bob.send("PATCH", "/tasks/1", headers, "{}")), 400, "{name}: {value}");
    }
}

fn who_asks_has_to_be_known(auth: &mut BetterAuth, port: u16) {
    let cookies = ["", "better-auth.session_token=forged"];
    for cookie in cookies {
        let answer = Browser { port, cookie }.send("GET", "/tasks", &[], "");
        assert_eq!((refused(&answer), header(&answer, "www-authenticate")), (401, Some("Bearer")));
    }
    auth.stop().unwrap();
    let answer = Browser { port, cookie: "better-auth.session_token=other" }.send("GET", "/tasks", &[], "");
    assert_eq!((refused(&answer), header(&answer, "retry-after")), (503, Some("5")));
    auth.start_again().unwrap();
    assert_eq!(
        refused(&Browser { port, cookie: "better-auth.session_token=other" }.send("GET", "/tasks", &[], "")),
        401
    );
}
