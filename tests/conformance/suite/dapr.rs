//! The subject behind a Dapr sidecar.

use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex};

use portolan_parts::{Daprd, Port, Scheduler};

use crate::features::{Counted, Features, LATE, LETTERS, Paced, Waits};
use crate::world::{LARGEST, Parts, Transport};

/// The subject with a sidecar, which brings events one by one, or several at a time.
pub(crate) struct Dapr<const BULK: bool> {
    http: Arc<Port>,
    grpc: Arc<Port>,
    resources: PathBuf,
    scheduler: Scheduler,
    sidecar: Mutex<Option<Daprd>>,
}

/// Events in a request.
const AT_ONCE: usize = 100;

/// By which the subject knows its sidecar.
pub(crate) const TOKEN: &str = "the-app-s-own-token";

impl<const BULK: bool> Transport for Dapr<BULK> {
    const FEATURES: Features = Features {
        waits: if BULK { Waits::Component } else { Waits::Partition },
        paced: Paced::Sidecar,
        reason: false,
        numbers: !BULK,
        counted: Counted::Asked,
        late: LATE,
        letters: LETTERS,
    };

    fn prepare(parts: &Parts) -> Self {
        let resources = parts.scratch.join("resources");
        std::fs::create_dir_all(&resources).unwrap();
        std::fs::write(resources.join("bus.yaml"), component(parts.kafka.brokers())).unwrap();
        std::fs::write(resources.join("work.yaml"), subscription(BULK)).unwrap();
        std::fs::write(resources.join("other.yaml"), endpoint(parts.other.port())).unwrap();
        std::fs::write(resources.join("resiliency.yaml"), RESILIENCY).unwrap();
        let port = || Arc::new(Port::reserve().unwrap());
        let scheduler = Scheduler::start().unwrap();
        Self { http: port(), grpc: port(), resources, scheduler, sidecar: Mutex::new(None) }
    }

    fn tell(&self, subject: &mut Command, _: &Parts) {
        subject.env("PORTOLAN_TRANSPORT", "dapr").env("DAPR_GRPC_PORT", self.grpc.to_string());
        subject.env("DAPR_HTTP_PORT", self.http.to_string());
        subject.env("PORTOLAN_PUBLISH", "done=bus,work.dlq=bus").env("APP_API_TOKEN", TOKEN);
        subject.env("PORTOLAN_MAX_BODY", (if BULK { AT_ONCE * LARGEST } else { LARGEST }).to_string());
    }

    fn accompany(&self, parts: &Parts) {
        let mut sidecar = self.sidecar.lock().unwrap();
        if sidecar.as_mut().is_some_and(|sidecar| sidecar.process().is_running()) {
            return;
        }
        let builder = Daprd::builder("subject").resources(&self.resources).app_port(parts.port.number());
        let builder =
            builder.scheduler(&self.scheduler).env("APP_API_TOKEN", TOKEN).arg(&format!("--max-body-size={LARGEST}"));
        *sidecar = Some(builder.ports(Arc::clone(&self.http), Arc::clone(&self.grpc)).start().unwrap());
    }

    fn log(&self) -> String {
        self.sidecar.lock().unwrap().as_ref().map(Daprd::log).unwrap_or_default()
    }

    fn leave(&self) {
        if let Some(sidecar) = self.sidecar.lock().unwrap().as_mut() {
            let status = sidecar.process().stop().unwrap();
            // One that still repeats an event is killed, and its group waits for it until the session times out.
            assert!(status.success(), "the sidecar leaves with {status}\n{}", sidecar.log());
        }
    }
}

fn component(brokers: &str) -> String {
    format!(
        "\
apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: bus
spec:
  type: pubsub.kafka
  version: v1
  metadata:
  - name: brokers
    value: {brokers}
  - name: authType
    value: none
  - name: consumerGroup
    value: subject
  - name: initialOffset
    value: oldest
  - name: maxMessageBytes
    value: '{LARGEST}'
"
    )
}

fn endpoint(port: u16) -> String {
    format!(
        "\
apiVersion: dapr.io/v1alpha1
kind: HTTPEndpoint
metadata:
  name: other
spec:
  baseUrl: http://127.0.0.1:{port}
"
    )
}

/// As it is rendered: with the dead-letter topic, which takes what the sidecar cannot read.
fn subscription(bulk: bool) -> String {
    let several = format!(
        "  bulkSubscribe:
    enabled: true
    maxMessagesCount: {AT_ONCE}
    maxAwaitDurationMs: 20
"
    );
    format!(
        "\
apiVersion: dapr.io/v2alpha1
kind: Subscription
metadata:
  name: work
spec:
  pubsubname: bus
  topic: work
  routes:
    rules:
    - match: event.type == \"of-another-version\"
      path: /events/of-another-version
    default: /events/work
  deadLetterTopic: work.dlq
{}",
        if bulk { several.as_str() } else { "" }
    )
}

/// Without a policy the first failure goes to the dead-letter topic. The runtime's own attempts are fewer than the sidecar's.
const RESILIENCY: &str = "\
apiVersion: dapr.io/v1alpha1
kind: Resiliency
metadata:
  name: resiliency
spec:
  policies:
    retries:
      deliver:
        policy: constant
        duration: 400ms
        maxRetries: -1
  targets:
    components:
      bus:
        inbound:
          retry: deliver
";
