use crate::model::{Aws, Stack};
use crate::render::file::RenderedFile;
use crate::render::tree::Map;

/// What an API is asked for, and when: a thing comes after those that it names.
#[derive(Clone, Copy)]
pub(super) enum Step {
    Bus,
    LogGroup,
    LogRetention,
    Queue,
    Role,
    RolePolicy,
    Function,
    Concurrency,
    Invocation,
    EventSource,
    Rule,
    Permission,
    Targets,
    ScheduleGroup,
    Schedule,
    PodIdentity,
}

impl Step {
    /// Place in the order, kind in the file's name, API and operation.
    fn facts(self) -> (u8, &'static str, &'static str, &'static str) {
        match self {
            Self::Bus => (10, "event-bus", "events", "CreateEventBus"),
            Self::LogGroup => (20, "log-group", "logs", "CreateLogGroup"),
            Self::LogRetention => (21, "log-retention", "logs", "PutRetentionPolicy"),
            Self::Queue => (30, "queue", "sqs", "CreateQueue"),
            Self::Role => (40, "role", "iam", "CreateRole"),
            Self::RolePolicy => (41, "role-policy", "iam", "PutRolePolicy"),
            Self::Function => (50, "function", "lambda", "CreateFunction"),
            Self::Concurrency => (51, "concurrency", "lambda", "PutFunctionConcurrency"),
            Self::Invocation => (52, "invocation", "lambda", "PutFunctionEventInvokeConfig"),
            Self::EventSource => (60, "event-source", "lambda", "CreateEventSourceMapping"),
            Self::Rule => (70, "rule", "events", "PutRule"),
            Self::Permission => (71, "permission", "lambda", "AddPermission"),
            Self::Targets => (72, "targets", "events", "PutTargets"),
            Self::ScheduleGroup => (80, "schedule-group", "scheduler", "CreateScheduleGroup"),
            Self::Schedule => (81, "schedule", "scheduler", "CreateSchedule"),
            Self::PodIdentity => (90, "pod-identity", "eks", "CreatePodIdentityAssociation"),
        }
    }
}

/// The requests so far.
pub(super) struct Requests<'a> {
    pub(super) stack: &'a Stack,
    pub(super) aws: &'a Aws,
    files: Vec<RenderedFile>,
}

impl<'a> Requests<'a> {
    pub(super) fn new(stack: &'a Stack, aws: &'a Aws) -> Self {
        Self { stack, aws, files: Vec::new() }
    }

    /// Adds one; the body is as the API's own model describes it.
    pub(super) fn add(&mut self, step: Step, name: &str, body: Map) {
        let (order, kind, api, operation) = step.facts();
        self.push(order, kind, name, Map::new().with("api", api).with("operation", operation).with("request", body));
    }

    /// Adds one whose member comes from a file of this machine.
    pub(super) fn add_with_file(&mut self, step: Step, name: &str, body: Map, file: Map) {
        let (order, kind, api, operation) = step.facts();
        let document = Map::new().with("api", api).with("operation", operation).with("request", body);
        self.push(order, kind, name, document.with("files", file));
    }

    fn push(&mut self, order: u8, kind: &str, name: &str, document: Map) {
        let path = format!("infra/manifests/{}/aws/{order}-{kind}-{name}.json", self.stack.environment);
        self.files.push(RenderedFile::new(path, document));
    }

    pub(super) fn into_files(self) -> Vec<RenderedFile> {
        self.files
    }
}
