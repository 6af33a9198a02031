//! What a sidecar is given: as it is rendered, with time-outs that suit a test.

use std::path::Path;

use anyhow::Result;

/// Without a policy the first failure goes to the dead-letter topic; the runtime's own attempts are fewer than the sidecar's.
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
        duration: 200ms
        maxRetries: -1
  targets:
    components:
      bus:
        inbound:
          retry: deliver
";

/// Writes the resources of every sidecar.
pub(crate) fn write(folder: &Path, brokers: &str, group: &str) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    let component = format!(
        "\
apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: bus
spec:
  type: pubsub.kafka
  version: v1
  metadata:
  - {{ name: brokers, value: \"{brokers}\" }}
  - {{ name: authType, value: none }}
  - {{ name: consumerGroup, value: \"{group}\" }}
  - {{ name: initialOffset, value: oldest }}
  - {{ name: sessionTimeout, value: 1500ms }}
  - {{ name: heartbeatInterval, value: 500ms }}
"
    );
    std::fs::write(folder.join("bus.yaml"), component)?;
    std::fs::write(folder.join("resiliency.yaml"), RESILIENCY)?;
    for topic in ["work", "done"] {
        let subscription = format!(
            "\
apiVersion: dapr.io/v2alpha1
kind: Subscription
metadata:
  name: {topic}
spec:
  pubsubname: bus
  topic: {topic}
  routes:
    default: /events/{topic}
  deadLetterTopic: {topic}.dlq
"
        );
        std::fs::write(folder.join(format!("{topic}.yaml")), subscription)?;
    }
    Ok(())
}
