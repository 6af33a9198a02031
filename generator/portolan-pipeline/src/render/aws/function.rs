use super::event_source::{allow_event_sources, render_event_sources};
use super::queue::{Queue, render_queue};
use super::request::{Requests, Step};
use super::role::{Role, render_role};
use super::schedule::{allow_schedules, render_schedules};
use super::statement::{allow, allow_network, allow_secrets};
use super::{publishes_on_the_bus, tags};
use crate::model::{Code, Fact, Function, Service};
use crate::render::tree::{Map, Tree};
use crate::spec::Setting;

/// Lambda's limit. What fails three times is looked at by a person.
const RETRIES: u64 = 2;
/// Lambda's limit, in seconds: six hours.
const LONGEST_WAIT: u64 = 21_600;
/// Where a function is told the places of its secrets: `NAME=REFERENCE`, parted by commas.
const SECRETS_VARIABLE: &str = "PORTOLAN_SECRETS";

/// A function with all that it needs: logs, a role, a queue of what it failed on, what brings it events.
pub(super) fn render_function(requests: &mut Requests<'_>, service: &Service, function: &Function) {
    let aws = requests.aws;
    let name = aws.function_name(&service.name);
    render_logs(requests, &name);
    render_queue(requests, &Queue::for_dead_letters(aws.failed_queue(&service.name), None));
    let statements = statements(requests, service);
    let role = Role {
        name: &name,
        principal: "lambda.amazonaws.com",
        actions: &["sts:AssumeRole"],
        // Lambda takes it on before there is a function to name.
        condition: None,
        statements,
    };
    render_role(requests, role);
    create(requests, service, function, &name);
    if let Some(reserved) = &function.reserved_concurrency {
        let body =
            Map::new().with("FunctionName", name.as_str()).with("ReservedConcurrentExecutions", Tree::number(reserved));
        requests.add(Step::Concurrency, &name, body);
    }
    render_invocation(requests, service, &name);
    render_event_sources(requests, service, &name);
    render_schedules(requests, service, &name);
}

fn log_group(function: &str) -> String {
    format!("/aws/lambda/{function}")
}

fn render_logs(requests: &mut Requests<'_>, function: &str) {
    let (stack, aws) = (requests.stack, requests.aws);
    let body = Map::new().with("logGroupName", log_group(function)).with("tags", tags(stack));
    requests.add(Step::LogGroup, function, body);
    let days = aws.log_retention.value.as_seconds() / 86_400;
    let body = Map::new()
        .with("logGroupName", log_group(function))
        .with("retentionInDays", Tree::from(days).at_place(aws.log_retention.at));
    requests.add(Step::LogRetention, function, body);
}

/// Each right follows from the graph, and names one thing of it.
fn statements(requests: &Requests<'_>, service: &Service) -> Vec<Map> {
    let (stack, aws) = (requests.stack, requests.aws);
    let group = log_group(&aws.function_name(&service.name));
    let mut statements = vec![
        // Lambda names the streams itself.
        allow(&["logs:CreateLogStream", "logs:PutLogEvents"], [aws.arn("logs", &format!("log-group:{group}:*"))]),
        allow(&["sqs:SendMessage"], [aws.queue_arn(&aws.failed_queue(&service.name))]),
    ];
    if publishes_on_the_bus(stack, service) {
        statements.push(allow(&["events:PutEvents"], [aws.bus_arn()]));
    }
    let secrets = allow_secrets(aws, service);
    let (sources, in_network) = allow_event_sources(stack, service);
    let reads_secrets = !secrets.is_empty() || !sources.is_empty();
    if reads_secrets && !aws.keys.is_empty() {
        statements.push(allow(&["kms:Decrypt"], aws.keys.iter().map(|key| key.value.to_string())));
    }
    statements.extend(secrets);
    statements.extend(sources);
    statements.extend(allow_schedules(aws, service));
    if in_network || aws.network.is_some() {
        statements.push(allow_network());
    }
    statements
}

fn create(requests: &mut Requests<'_>, service: &Service, function: &Function, name: &str) {
    let (stack, aws) = (requests.stack, requests.aws);
    let logging = Map::new().with("LogFormat", "JSON").with("LogGroup", log_group(name));
    let (code, file) = render_code(&function.code);
    let body = Map::new()
        .with("FunctionName", name)
        .with("Runtime", "provided.al2023")
        .with("Role", aws.role_arn(name))
        .with("Handler", "bootstrap")
        .with("Code", code)
        .with("Timeout", Tree::from(function.timeout.value.as_seconds()).at_place(function.timeout.at))
        .with("MemorySize", Tree::number(&function.memory))
        .with("PackageType", "Zip")
        .with("Environment", Map::new().with("Variables", render_variables(requests, service)))
        .with("Architectures", vec![Tree::from(function.architecture.value.word()).at_place(function.architecture.at)])
        .with("LoggingConfig", logging)
        .maybe("VpcConfig", aws.network.as_ref().map(render_network))
        .with("Tags", tags(stack));
    match file {
        Some(file) => requests.add_with_file(Step::Function, name, body, file),
        None => requests.add(Step::Function, name, body),
    }
}

fn render_network(network: &crate::model::Network) -> Map {
    let texts = |facts: &[Fact<String>]| facts.iter().map(Tree::text).collect::<Vec<_>>();
    Map::new().with("SubnetIds", texts(&network.subnets)).with("SecurityGroupIds", texts(&network.security_groups))
}

/// An object in S3, or the member that whoever sends the request fills in from a file.
fn render_code(code: &Code) -> (Map, Option<Map>) {
    match code {
        Code::Bucket { bucket, key, version } => {
            let object = Map::new()
                .with("S3Bucket", Tree::text(bucket))
                .with("S3Key", Tree::text(key))
                .maybe("S3ObjectVersion", version.as_ref().map(Tree::text));
            (object, None)
        }
        Code::Zip(path) => (Map::new(), Some(Map::new().with("Code.ZipFile", Tree::text(path)))),
    }
}

/// What is plain stands under its name. Of what is secret only the place is told.
fn render_variables(requests: &Requests<'_>, service: &Service) -> Map {
    let plain = service.env.iter().filter_map(|(name, value)| match &value.value {
        Setting::Plain(text) => Some((name.clone(), Tree::from(text.as_str()).at_place(value.at))),
        Setting::Secret(_) => None,
    });
    let secrets: Vec<String> = service
        .env
        .iter()
        .filter_map(|(name, value)| {
            let Setting::Secret(key) = &value.value else { return None };
            Some(format!("{name}={}", requests.aws.secret_reference(key)?.value))
        })
        .collect();
    let secrets = (!secrets.is_empty()).then(|| (SECRETS_VARIABLE.to_owned(), Tree::from(secrets.join(","))));
    plain.chain(secrets).collect()
}

/// Events come one by one and asynchronously; what a function fails on waits in its queue.
fn render_invocation(requests: &mut Requests<'_>, service: &Service, name: &str) {
    let failed = requests.aws.queue_arn(&requests.aws.failed_queue(&service.name));
    let body = Map::new()
        .with("FunctionName", name)
        .with("MaximumRetryAttempts", RETRIES)
        .with("MaximumEventAgeInSeconds", LONGEST_WAIT)
        .with("DestinationConfig", Map::new().with("OnFailure", Map::new().with("Destination", failed)));
    requests.add(Step::Invocation, name, body);
}
