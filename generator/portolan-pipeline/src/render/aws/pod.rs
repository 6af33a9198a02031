use super::queue::{Queue, render_queue};
use super::request::{Requests, Step};
use super::role::{Role, render_role};
use super::statement::allow;
use super::{is_on_the_bus, publishes_on_the_bus, source, tags};
use crate::model::{Service, Subscription};
use crate::render::tree::{Map, Tree};

/// Between two tries of one event the queue hides it for so long.
const RESERVE_SECONDS: u64 = 30;
/// SQS's longest, in seconds.
const LONGEST_VISIBILITY: u64 = 43_200;
/// SQS's own limit.
const MOST_DELIVERIES: u64 = 1_000;

/// Of a pod: the queues that its sidecar takes events from, and a role with what it may do.
pub(super) fn render_pod(requests: &mut Requests<'_>, service: &Service) {
    let (stack, aws) = (requests.stack, requests.aws);
    let on_the_bus = service.subscriptions.iter().filter(|subscription| is_on_the_bus(stack, subscription));
    let subscriptions: Vec<&Subscription> = on_the_bus.collect();
    let mut statements = Vec::new();
    if publishes_on_the_bus(stack, service) {
        statements.push(allow(&["events:PutEvents"], [aws.bus_arn()]));
    }
    if !subscriptions.is_empty() {
        let queues = subscriptions.iter().map(|known| aws.queue_arn(&aws.queue_name(&service.name, &known.topic)));
        // What Dapr's binding calls.
        statements.push(allow(&["sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"], queues));
        let given_up = subscriptions.iter().filter(|_| service.contract.is_some());
        let queues = given_up.map(|known| aws.queue_arn(&aws.dead_letter_queue(&service.name, &known.topic)));
        let queues: Vec<String> = queues.collect();
        if !queues.is_empty() {
            statements.push(allow(&["sqs:SendMessage"], queues));
        }
    }
    let Some(cluster) = aws.cluster.as_ref().filter(|_| !statements.is_empty()) else { return };
    for subscription in subscriptions {
        render_work_queue(requests, service, subscription);
    }
    let name = aws.function_name(&service.name);
    let role = Role {
        name: &name,
        principal: "pods.eks.amazonaws.com",
        actions: &["sts:AssumeRole", "sts:TagSession"],
        condition: Some(source(aws, aws.arn("eks", &format!("cluster/{}", cluster.value)))),
        statements,
    };
    render_role(requests, role);
    let body = Map::new()
        .with("clusterName", Tree::text(cluster))
        .with("namespace", Tree::text(&stack.cluster.namespace))
        .with("serviceAccount", service.name.as_str())
        .with("roleArn", aws.role_arn(&name))
        .with("tags", tags(stack));
    requests.add(Step::PodIdentity, &name, body);
}

/// Hidden for longer than one try may take, or a slow handler gets the same event twice at once.
fn render_work_queue(requests: &mut Requests<'_>, service: &Service, subscription: &Subscription) {
    let (stack, aws) = (requests.stack, requests.aws);
    let deliver = stack.resiliency.policy("deliver");
    let timeout = deliver.and_then(|deliver| deliver.timeout.as_ref());
    let retry = deliver.and_then(|deliver| deliver.retry.as_ref());
    let one_try = timeout.map_or(0, |timeout| timeout.value.as_seconds());
    let hidden = (one_try + RESERVE_SECONDS).min(LONGEST_VISIBILITY);
    let deliveries = (retry.map_or(0, |retry| u64::from(retry.max_retries.value)) + 1).min(MOST_DELIVERIES);
    let dead_letters = aws.dead_letter_queue(&service.name, &subscription.topic);
    let queue = Queue {
        name: aws.queue_name(&service.name, &subscription.topic),
        sender: Some(aws.rule_arn(&aws.rule_name(&service.name, &subscription.topic))),
        visibility: Some(Tree::from(hidden.to_string()).at_place(timeout.and_then(|timeout| timeout.at))),
        redrive: Some((deliveries, dead_letters)),
    };
    render_queue(requests, &queue);
}
