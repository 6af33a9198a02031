use super::pattern::render_pattern;
use super::queue::{Queue, render_queue};
use super::request::{Requests, Step};
use super::tag_list;
use crate::model::{Service, Subscription};
use crate::render::tree::{Map, Tree};

/// EventBridge's own limits: for a day, and at most so often.
const LONGEST_WAIT: u64 = 86_400;
const RETRIES: u64 = 185;

/// A rule on the bus for one topic of one service, its target, and a queue of what could not be delivered.
pub(super) fn render_rule(requests: &mut Requests<'_>, service: &Service, subscription: &Subscription) {
    let (stack, aws) = (requests.stack, requests.aws);
    let rule = aws.rule_name(&service.name, &subscription.topic);
    let rule_arn = aws.rule_arn(&rule);
    let dead_letters = aws.dead_letter_queue(&service.name, &subscription.topic);
    render_queue(requests, &Queue::for_dead_letters(dead_letters.clone(), Some(rule_arn.clone())));
    let pattern = render_pattern(stack, subscription).into_json().at_place(Some(subscription.at));
    let body = Map::new()
        .with("Name", rule.as_str())
        .with("EventBusName", Tree::text(&aws.bus))
        .with("EventPattern", pattern)
        .with("State", "ENABLED")
        .with("Tags", tag_list(stack));
    requests.add(Step::Rule, &rule, body);
    let target = if service.function.is_some() {
        let function = aws.function_name(&service.name);
        permit(requests, &rule, &rule_arn, &function);
        Map::new().with("Id", "function").with("Arn", aws.function_arn(&function))
    } else {
        let queue = aws.queue_name(&service.name, &subscription.topic);
        // A sidecar posts what it finds as it is, so only the event itself goes there.
        Map::new().with("Id", "queue").with("Arn", aws.queue_arn(&queue)).with("InputPath", "$.detail")
    };
    let retry = Map::new().with("MaximumRetryAttempts", RETRIES).with("MaximumEventAgeInSeconds", LONGEST_WAIT);
    let target = target
        .with("RetryPolicy", retry)
        .with("DeadLetterConfig", Map::new().with("Arn", aws.queue_arn(&dead_letters)));
    let body = Map::new()
        .with("Rule", rule.as_str())
        .with("EventBusName", Tree::text(&aws.bus))
        .with("Targets", vec![target.into()]);
    requests.add(Step::Targets, &rule, body);
}

/// The function says itself that this rule may invoke it.
fn permit(requests: &mut Requests<'_>, rule: &str, rule_arn: &str, function: &str) {
    let body = Map::new()
        .with("FunctionName", function)
        .with("StatementId", rule.replace('.', "-"))
        .with("Action", "lambda:InvokeFunction")
        .with("Principal", "events.amazonaws.com")
        .with("SourceArn", rule_arn);
    requests.add(Step::Permission, rule, body);
}
