//! Promise: what is rendered of bindings, middleware, access control, external addresses, resiliency and closed APIs is in
//! effect on a real sidecar. All of it without an outer system.

mod support;

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result};
use portolan_parts::{Daprd, Recorder, Scratch};
use serde_json::{Value, json};
use support::{files, portolan};

const PATIENCE: Duration = Duration::from_secs(30);

/// What several tests speak to: the project as it is rendered, and an address outside of the stack.
struct Desk {
    scratch: Scratch,
    outside: Recorder,
}

impl Desk {
    fn new() -> Result<Self> {
        let scratch = Scratch::new("desk")?;
        let outside = Recorder::start()?;
        fs::create_dir_all(scratch.join("infra/environments"))?;
        fs::create_dir_all(scratch.join("drawer"))?;
        scratch.write("infra/environments/live.yaml", "environment: live\n")?;
        scratch.write("infra/stack.yaml", stack(outside.port(), &scratch.join("drawer").display().to_string()))?;
        portolan(scratch.path(), &["render", "live"])?;
        Ok(Self { scratch, outside })
    }

    /// The sidecar of a service, with the very files that were rendered, in front of an app.
    fn start(&self, service: &str) -> Result<(Daprd, Recorder)> {
        let rendered = self.scratch.join("dapr-components/live");
        let app = Recorder::start()?;
        let sidecar = Daprd::builder(service)
            .resources(self.resources(&rendered)?)
            .config(rendered.join(format!("configuration-{service}.yaml")))
            .namespace("desk-live")
            .app_port(app.port())
            .patience(PATIENCE)
            .start()?;
        Ok((sidecar, app))
    }

    /// All but the Configurations, which a sidecar gets by name.
    fn resources(&self, rendered: &std::path::Path) -> Result<PathBuf> {
        let resources = self.scratch.join("resources");
        fs::create_dir_all(&resources)?;
        for file in files(rendered) {
            let name = file.file_name().context("a name")?;
            if !name.to_string_lossy().starts_with("configuration-") {
                fs::copy(&file, resources.join(name))?;
            }
        }
        Ok(resources)
    }
}

fn stack(outside: u16, drawer: &str) -> String {
    format!(
        r#"portolan: v1
stack: desk
nameResolution: {{ type: nameresolution.mdns }}
components:
  tick: {{ type: bindings.cron, metadata: {{ schedule: "@every 1s" }} }}
  printer: {{ type: bindings.http, metadata: {{ url: "http://127.0.0.1:{outside}/print" }} }}
  drawer: {{ type: bindings.localstorage, metadata: {{ rootPath: {drawer} }} }}
  shout: {{ type: middleware.http.uppercase }}
  limit: {{ type: middleware.http.ratelimit, metadata: {{ maxRequestsPerSecond: 1 }} }}
services:
  clerk:
    bindings: {{ tick: {{ route: /ticks }}, printer: {{ operations: [post] }}, drawer: {{ operations: [create] }} }}
    invokes: [crm, closed, open]
  loud: {{ middleware: {{ app: [shout] }} }}
  slow: {{ middleware: {{ http: [limit] }} }}
  closed: {{ access: {{ callers: {{ clerk: {{ default: allow, operations: [{{ path: /secret, action: deny }}] }} }} }} }}
  open: {{ access: {{ default: allow }}, sidecar: {{ api: {{ denied: [metadata] }} }} }}
external:
  crm: {{ url: "http://127.0.0.1:{outside}", headers: {{ x-desk: clerk }} }}
resiliency:
  policies: {{ twice: {{ duration: 50ms, maxRetries: 2, httpCodes: "503" }} }}
  apps: {{ crm: twice }}
"#
    )
}

#[test]
fn bindings_bring_events_and_take_requests() -> Result<()> {
    let desk = Desk::new()?;
    let (clerk, app) = desk.start("clerk")?;
    app.wait(|request| request.method == "POST" && request.path == "/ticks", PATIENCE).with_context(|| clerk.log())?;
    assert!(app.requests().iter().all(|request| request.path != "/tick"), "the component's own route is left alone");
    // Only output: the app is not asked whether it takes events of these.
    assert!(app.requests().iter().all(|request| !["/printer", "/drawer"].contains(&request.path.as_str())));

    let ask = |binding: &str, body: Value| -> Result<u16> {
        let answer =
            clerk.post(&format!("/v1.0/bindings/{binding}"), "application/json", body.to_string().as_bytes())?;
        Ok(answer.status)
    };
    let printed = json!({ "operation": "post", "data": "a page" });
    assert!(ask("printer", printed)? < 300, "{}", clerk.log());
    let page = desk.outside.wait(|request| request.path == "/print", PATIENCE)?;
    assert_eq!((page.method.as_str(), String::from_utf8_lossy(&page.body).trim_matches('"')), ("POST", "a page"));

    let kept = json!({ "operation": "create", "data": "a note", "metadata": { "fileName": "note.txt" } });
    assert!(ask("drawer", kept)? < 300, "{}", clerk.log());
    assert!(fs::read_to_string(desk.scratch.join("drawer/note.txt"))?.contains("a note"));
    // What P610 says of an operation that the type does not have.
    assert!(ask("drawer", json!({ "operation": "lists" }))? >= 400);
    Ok(())
}

#[test]
fn requests_pass_the_middleware() -> Result<()> {
    let desk = Desk::new()?;
    let (loud, app) = desk.start("loud")?;
    let answer = loud.post("/v1.0/invoke/loud/method/say", "text/plain", b"quiet")?;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let heard = app.wait(|request| request.path == "/say", PATIENCE)?;
    assert_eq!(String::from_utf8_lossy(&heard.body), "QUIET");

    let (slow, _app) = desk.start("slow")?;
    let answers = (0..5).map(|_| Ok(slow.get("/v1.0/metadata")?.status)).collect::<Result<Vec<_>>>()?;
    assert!(answers.contains(&429), "{answers:?}");
    Ok(())
}

#[test]
fn an_address_outside_gets_headers_and_is_asked_again() -> Result<()> {
    let desk = Desk::new()?;
    desk.outside.answer("GET", "/busy", 503, "text/plain", b"");
    let (clerk, _app) = desk.start("clerk")?;
    let answer = clerk.get("/v1.0/invoke/crm/method/customers")?;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let asked = desk.outside.wait(|request| request.path == "/customers", PATIENCE)?;
    assert!(asked.headers.contains(&("x-desk".to_owned(), "clerk".to_owned())), "{:?}", asked.headers);

    clerk.get("/v1.0/invoke/crm/method/busy")?;
    let tries = desk.outside.requests().iter().filter(|request| request.path == "/busy").count();
    assert_eq!(tries, 3, "once and twice more");
    Ok(())
}

/// Without Dapr's Sentry nobody has a certificate, so the default of the service that is invoked decides.
#[test]
fn a_caller_is_refused_and_an_api_is_closed() -> Result<()> {
    let desk = Desk::new()?;
    let (clerk, _app) = desk.start("clerk")?;
    let (_closed, refusing) = desk.start("closed")?;
    let (open, _taking) = desk.start("open")?;
    assert_eq!(clerk.get("/v1.0/invoke/closed/method/shelf")?.status, 403);
    assert!(refusing.requests().iter().all(|request| request.path != "/shelf"));
    assert_eq!(clerk.get("/v1.0/invoke/open/method/shelf")?.status, 200);
    assert_ne!(open.get("/v1.0/metadata")?.status, 200);
    assert_eq!(clerk.get("/v1.0/metadata")?.status, 200);
    Ok(())
}
