use super::request::{Requests, Step};
use super::{source, tags};
use crate::render::tree::{Map, Tree};

/// The longest that SQS keeps a message, in seconds: a person may be on holiday.
const RETENTION: &str = "1209600";

/// A queue and who may send to it.
pub(super) struct Queue {
    pub(super) name: String,
    /// The ARN of the rule that sends to it, where a rule does.
    pub(super) sender: Option<String>,
    /// How long a message that was taken is hidden, in seconds.
    pub(super) visibility: Option<Tree>,
    /// After so many deliveries a message goes to this queue.
    pub(super) redrive: Option<(u64, String)>,
}

impl Queue {
    /// A queue in which messages wait for a person.
    pub(super) fn for_dead_letters(name: String, sender: Option<String>) -> Self {
        Self { name, sender, visibility: None, redrive: None }
    }
}

/// All attributes of a queue are text.
pub(super) fn render_queue(requests: &mut Requests<'_>, queue: &Queue) {
    let (stack, aws) = (requests.stack, requests.aws);
    let arn = aws.queue_arn(&queue.name);
    let policy = queue.sender.as_ref().map(|rule| {
        let statement = Map::new()
            .with("Effect", "Allow")
            .with("Principal", Map::new().with("Service", "events.amazonaws.com"))
            .with("Action", "sqs:SendMessage")
            .with("Resource", arn)
            .with("Condition", source(aws, rule.clone()));
        Map::new().with("Version", "2012-10-17").with("Statement", vec![statement.into()]).into_json()
    });
    let redrive = queue.redrive.as_ref().map(|(deliveries, target)| {
        let target = aws.queue_arn(target);
        Map::new().with("deadLetterTargetArn", target).with("maxReceiveCount", *deliveries).into_json()
    });
    let attributes = Map::new()
        .with("MessageRetentionPeriod", RETENTION)
        .with("SqsManagedSseEnabled", "true")
        .maybe("VisibilityTimeout", queue.visibility.clone())
        .maybe("RedrivePolicy", redrive)
        .maybe("Policy", policy);
    let body =
        Map::new().with("QueueName", queue.name.as_str()).with("Attributes", attributes).with("tags", tags(stack));
    // A queue is there before one that sends its dead letters to it.
    requests.add(Step::Queue, &queue.name, body);
}
