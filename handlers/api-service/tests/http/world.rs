//! api-service on a real Kafka, a real `PostgreSQL` and a real better-auth.

use portolan_parts::BetterAuth;
use portolan_stage::{Setting, Stage};

/// What a test needs.
pub(crate) struct World {
    pub(crate) stage: Stage,
    pub(crate) auth: BetterAuth,
}

impl World {
    /// Starts it, as a consumer.
    pub(crate) fn start() -> Self {
        let auth = BetterAuth::start().unwrap();
        let stage = Stage::start(Setting {
            program: env!("CARGO_BIN_EXE_api-service"),
            name: "api-service",
            listens: vec!["task-commands"],
            publishes: vec!["task-events", "task-updates", "reminders"],
            environment: vec![
                ("USE_DAPR_INVOCATION", "false".to_owned()),
                ("BETTER_AUTH_URL", auth.url()),
                ("PORTOLAN_INVOKE", format!("better-auth-service={}", auth.url())),
                ("KAFKA_MAX_MESSAGE", "20000".to_owned()),
            ],
        })
        .unwrap();
        Self { stage, auth }
    }
}
