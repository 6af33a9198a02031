use super::request::{Requests, Step};
use super::role::{Role, render_role};
use super::statement::allow;
use super::{source, tag_list};
use crate::model::{Aws, Service};
use crate::render::tree::{Map, Tree};

/// What a function is asked, so that no event stays in its outbox when no other one follows.
const DRAIN: &str = r#"{"portolan":"drain"}"#;
/// How long an event may wait for that.
const DRAIN_EVERY: &str = "rate(5 minutes)";
const LONGEST_WAIT: u64 = 3_600;

/// The group of a function's schedules, the role that they invoke it by, and the one that drains its outbox. Those of the
/// contract's jobs it makes itself, in this group.
pub(super) fn render_schedules(requests: &mut Requests<'_>, service: &Service, function: &str) {
    let (stack, aws) = (requests.stack, requests.aws);
    if !is_scheduled(service) {
        return;
    }
    let body = Map::new().with("Name", function).with("Tags", tag_list(stack));
    requests.add(Step::ScheduleGroup, function, body);
    let role = aws.scheduler_role(&service.name);
    let failed = aws.queue_arn(&aws.failed_queue(&service.name));
    let statements = vec![
        allow(&["lambda:InvokeFunction"], [aws.function_arn(function)]),
        allow(&["sqs:SendMessage"], [failed.clone()]),
    ];
    let condition = Some(source(aws, aws.arn("scheduler", &format!("schedule-group/{function}"))));
    let taken =
        Role { name: &role, principal: "scheduler.amazonaws.com", actions: &["sts:AssumeRole"], condition, statements };
    render_role(requests, taken);
    if has_outbox(service) {
        let retry = Map::new().with("MaximumRetryAttempts", 3).with("MaximumEventAgeInSeconds", LONGEST_WAIT);
        let target = Map::new()
            .with("Arn", aws.function_arn(function))
            .with("RoleArn", aws.role_arn(&role))
            .with("Input", DRAIN)
            .with("RetryPolicy", retry)
            .with("DeadLetterConfig", Map::new().with("Arn", failed));
        let body = Map::new()
            .with("Name", "drain")
            .with("GroupName", function)
            .with("ScheduleExpression", DRAIN_EVERY)
            .with("FlexibleTimeWindow", Map::new().with("Mode", "OFF"))
            .with("Target", target);
        requests.add(Step::Schedule, &format!("{function}-drain"), body);
    }
}

/// To make, move and take back the schedules of its own group, and to hand them the one role.
pub(super) fn allow_schedules(aws: &Aws, service: &Service) -> Vec<Map> {
    if service.jobs.is_empty() {
        return Vec::new();
    }
    let group = aws.function_name(&service.name);
    let actions = ["CreateSchedule", "DeleteSchedule", "GetSchedule", "UpdateSchedule"];
    let actions: Vec<String> = actions.iter().map(|action| format!("scheduler:{action}")).collect();
    let actions: Vec<&str> = actions.iter().map(String::as_str).collect();
    let passed = Map::new().with("iam:PassedToService", "scheduler.amazonaws.com");
    vec![
        // Their names are made while it runs.
        allow(&actions, [aws.arn("scheduler", &format!("schedule/{group}/*"))]),
        allow(&["iam:PassRole"], [aws.role_arn(&aws.scheduler_role(&service.name))])
            .with("Condition", Tree::from(Map::new().with("StringEquals", passed))),
    ]
}

fn is_scheduled(service: &Service) -> bool {
    !service.jobs.is_empty() || has_outbox(service)
}

/// One with a contract has: its dead letters leave by it, whatever else does.
fn has_outbox(service: &Service) -> bool {
    service.contract.is_some() || !service.publishes.is_empty()
}
