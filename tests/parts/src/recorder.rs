//! The smallest app: it keeps every request and answers each, 200 unless told otherwise.

use std::io::{self, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::Port;
use crate::http::Message;

/// A request that came in.
#[derive(Clone, Debug)]
pub struct Request {
    /// Its method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The whole body.
    pub body: Vec<u8>,
}

impl Request {
    /// The body as JSON.
    pub fn json(&self) -> Result<serde_json::Value> {
        serde_json::from_slice(&self.body).with_context(|| format!("{} {} has no JSON", self.method, self.path))
    }
}

struct Answer {
    method: String,
    path: String,
    status: u16,
    content_type: String,
    body: Vec<u8>,
}

/// What Dapr wants to hear of a bulk: an entry that is not named is delivered again.
fn each_entry_done(request: &Request) -> Vec<u8> {
    let body = request.json().unwrap_or_default();
    let entries = body["entries"].as_array().cloned().unwrap_or_default();
    let done = entries.iter().map(|entry| serde_json::json!({ "entryId": entry["entryId"], "status": "SUCCESS" }));
    serde_json::json!({ "statuses": done.collect::<Vec<_>>() }).to_string().into_bytes()
}

#[derive(Default)]
struct State {
    requests: Vec<Request>,
    answers: Vec<Answer>,
    bulks: Vec<String>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    ended: AtomicBool,
}

/// A running recorder.
pub struct Recorder {
    port: Port,
    shared: Arc<Shared>,
}

impl Recorder {
    /// Starts one. Of Dapr's questions it knows none, and says so with 404.
    pub fn start() -> Result<Self> {
        let port = Port::reserve()?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port.number()))?;
        let shared = Arc::new(Shared::default());
        let served = Arc::clone(&shared);
        thread::spawn(move || serve(&listener, &served));
        let recorder = Self { port, shared };
        recorder.answer("GET", "/dapr/subscribe", 404, "text/plain", b"");
        recorder.answer("GET", "/dapr/config", 404, "text/plain", b"");
        Ok(recorder)
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port.number()
    }

    /// Answers requests of a method and path so from now on.
    pub fn answer(&self, method: &str, path: &str, status: u16, content_type: &str, body: &[u8]) {
        let (method, path, content_type) = (method.to_owned(), path.to_owned(), content_type.to_owned());
        self.shared.lock().answers.push(Answer { method, path, status, content_type, body: body.to_owned() });
    }

    /// Takes bulks of events at a path from now on, and says of each event that it is done.
    pub fn take_bulks(&self, path: &str) {
        self.shared.lock().bulks.push(path.to_owned());
    }

    /// All requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.lock().requests.clone()
    }

    /// The first request of that kind, past or to come within the limit.
    pub fn wait(&self, wanted: impl Fn(&Request) -> bool, limit: Duration) -> Result<Request> {
        let deadline = Instant::now() + limit;
        let mut state = self.shared.lock();
        loop {
            if let Some(found) = state.requests.iter().find(|request| wanted(request)) {
                return Ok(found.clone());
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let seen: Vec<String> =
                    state.requests.iter().map(|request| format!("{} {}", request.method, request.path)).collect();
                bail!("no such request within {limit:?}; seen: {}", seen.join(", "));
            }
            state = self.shared.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for connections; it ends with or without this one.
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port.number()));
    }
}

impl Shared {
    /// A test that panicked while it held the lock left nothing half done.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, request: Request) -> Vec<u8> {
        let mut state = self.lock();
        let head = |status: u16, content_type: &str, length: usize| {
            format!("HTTP/1.1 {status} -\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n\r\n")
                .into_bytes()
        };
        let fits = |answer: &&Answer| answer.method == request.method && answer.path == request.path;
        let reply = match state.answers.iter().rev().find(fits) {
            Some(answer) => {
                [head(answer.status, &answer.content_type, answer.body.len()), answer.body.clone()].concat()
            }
            None if state.bulks.contains(&request.path) => {
                let body = each_entry_done(&request);
                [head(200, "application/json", body.len()), body].concat()
            }
            None => head(200, "text/plain", 0),
        };
        state.requests.push(request);
        self.changed.notify_all();
        reply
    }
}

fn serve(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.ended.load(Ordering::SeqCst) {
            return;
        }
        let shared = Arc::clone(shared);
        if let Ok(stream) = stream {
            // A connection that breaks is the client's affair.
            thread::spawn(move || converse(&stream, &shared));
        }
    }
}

/// Answers the requests of one connection until it is closed.
fn converse(stream: &TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    let mut writer = stream;
    while let Some(head) = Message::read_head(&mut reader)? {
        if head.header("expect").is_some_and(|value| value.eq_ignore_ascii_case("100-continue")) {
            writer.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        let body = head.read_body(&mut reader, false)?;
        let mut words = head.start.split(' ').map(str::to_owned);
        let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        writer.write_all(&shared.keep(Request { method, path, headers: head.headers, body }))?;
    }
    Ok(())
}
