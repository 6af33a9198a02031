//! api-service, against a bare handler with the same session check and the same statements.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use portolan_parts::{BetterAuth, wrk};

use crate::database::Database;
use crate::ground::Ground;
use crate::samples::Samples;
use crate::subject::Subject;
use crate::table::{Line, Unit, Wanted};

/// Connections that send one request after the other.
const CONNECTIONS: &str = "16";
/// Requests a second, the 99th percentile in milliseconds, and how many failed.
const REPORT: &str = "
done = function(summary, latency)
  local failed = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status + summary.errors.timeout
  io.write(string.format('measured %f %f %d\\n', summary.requests / summary.duration * 1e6, latency:percentile(99) / 1e3, failed))
end
";
const CREATE: &str = r#"
wrk.method = 'POST'
wrk.headers['Content-Type'] = 'application/json'
wrk.body = '{"title":"Water the plants on the balcony","description":"Not the cactus","priority":"medium","tags":["home","garden"],"due_date":"2999-01-01T10:00:00Z"}'
"#;
const LIST: &str = "";
/// The outbox is empty within this time.
const RELAYED: Duration = Duration::from_mins(2);

#[derive(Default)]
struct Measured {
    rate: Samples,
    slowest: Samples,
}

/// The lines of requests.
pub(crate) fn measure(ground: &Ground) -> Result<Vec<Line>> {
    let auth = BetterAuth::start()?;
    let cookie = auth.sign_in("ann@example.com")?;
    let (mut ours, peer) = (ground.database("api-service")?, ground.database("api-service")?);
    let mut service = service(ground, &auth, &ours)?;
    let mut bare = bare(ground, &auth, &peer)?;
    service.ready()?;
    bare.ready()?;
    let mut lines = Vec::new();
    for (name, script) in [("create", CREATE), ("list", LIST)] {
        let (mut left, mut right) = (Measured::default(), Measured::default());
        for run in 0..=ground.runs {
            for (measured, subject) in [(&mut left, &service), (&mut right, &bare)] {
                let (rate, slowest) = send(ground, subject, &cookie, script).with_context(|| subject.told())?;
                // The first run only fills the database.
                if run > 0 {
                    measured.rate.push(rate);
                    measured.slowest.push(slowest);
                }
                relayed(&mut ours)?;
            }
        }
        lines.extend(lines_of(name, left, right));
    }
    Ok(lines)
}

fn lines_of(name: &str, ours: Measured, peer: Measured) -> [Line; 2] {
    let rate = Line {
        name: format!("api-service, {name}, against a bare handler with the same session check and SQL"),
        unit: Unit::RequestsASecond,
        ours: ours.rate,
        peer: Some(("requests", peer.rate)),
        wanted: Wanted::AtLeast(0.7),
        profiles: Vec::new(),
    };
    let slowest = Line {
        name: format!("the same, p99 of {name}"),
        unit: Unit::Milliseconds,
        ours: ours.slowest,
        peer: Some(("requests", peer.slowest)),
        wanted: Wanted::AtMost(1.0 / 0.7),
        profiles: Vec::new(),
    };
    [rate, slowest]
}

/// What the service has to relay after its turn is not done in the peer's. Nobody relays for the peer; its rows stay.
fn relayed(database: &mut Database) -> Result<()> {
    let until = Instant::now() + RELAYED;
    while database.number("SELECT count(*) FROM api.portolan_outbox")? > 0 {
        ensure!(Instant::now() < until, "the outbox is not emptied");
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

fn service(ground: &Ground, auth: &BetterAuth, database: &Database) -> Result<Subject> {
    let (group, url) = (ground.name("api-service"), auth.url());
    let told = [
        ("DATABASE_URL", database.url.as_str()),
        ("PORTOLAN_TRANSPORT", "kafka"),
        ("KAFKA_BROKERS", ground.kafka.brokers()),
        ("KAFKA_GROUP", &group),
        ("KAFKA_TOPICS", "task-commands"),
        ("USE_DAPR_INVOCATION", "false"),
        ("BETTER_AUTH_URL", &url),
        ("PORTOLAN_INVOKE", &format!("better-auth-service={url}")),
    ];
    Subject::service(ground, "api-service", &told)
}

fn bare(ground: &Ground, auth: &BetterAuth, database: &Database) -> Result<Subject> {
    let told =
        [("DATABASE_URL", database.url.as_str()), ("USE_DAPR_INVOCATION", "false"), ("BETTER_AUTH_URL", &auth.url())];
    Subject::peer(ground, "requests", &told)
}

/// Requests a second, and the 99th percentile in milliseconds.
fn send(ground: &Ground, subject: &Subject, cookie: &str, script: &str) -> Result<(f64, f64)> {
    let script = ground.scratch.write(&ground.name("script"), format!("{script}{REPORT}"))?;
    let mut wrk: Command = wrk()?;
    wrk.args(["--threads", "1", "--connections", CONNECTIONS, "--duration", &format!("{}s", ground.seconds)]);
    wrk.arg("--header").arg(format!("Cookie: {cookie}")).arg("--script").arg(script);
    wrk.arg(format!("http://127.0.0.1:{}/tasks", subject.port));
    let output = wrk.output().context("wrk cannot be run")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().find_map(|line| line.strip_prefix("measured "));
    let line = line.with_context(|| format!("wrk measured nothing: {text}"))?;
    let figures: Vec<f64> = line.split(' ').map(str::parse).collect::<Result<_, _>>()?;
    ensure!(figures[2] == 0.0, "{} requests failed: {text}", figures[2]);
    Ok((figures[0], figures[1]))
}
