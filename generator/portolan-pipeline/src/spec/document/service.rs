use super::aws::Function;
use super::behavior::{Behavior, FallbackBehavior, Modifiers};
use super::job::{Job, Workload};
use super::pod_identity::PodIdentity;
use super::{Access, Binding, Invoked, Middleware, Sidecar, Workflow};
use crate::spec::contract::{Delivery, RouteRule};
use crate::spec::decode::{Entries, Located, record, words};
use crate::spec::duration::Duration;
use crate::spec::percent::Percent;
use crate::spec::rate::Rate;
use crate::spec::secret_reference::SecretReference;
use crate::spec::setting::Setting;

record! {
    /// A service. Its contract says what it subscribes to and publishes; here it is placed and sized.
    pub struct Service {
        /// The image, where it does not follow from `images.registry` and the service's name.
        "image" => image: Option<Located<String>>,
        /// The port of the app's HTTP server; default 8080.
        "port" => port: Option<Located<u16>>,
        /// Whether other pods reach it by a Kubernetes Service; default false.
        "expose" => expose: Option<Located<bool>>,
        /// How it gets its events; default dapr.
        "run" => run: Option<Located<Run>>,
        /// Whether it is deployed in this environment; default true.
        "deploy" => deploy: Option<Located<bool>>,
        /// What its Lambda function is given, where that is not what `aws.function` says.
        "function" => function: Function,
        /// The Dapr app-id; default the service's name.
        "appId" => app_id: Option<Located<String>>,
        /// Path of its contract; default `handlers/<service>/contract.json`, where that exists.
        "contract" => contract: Option<Located<String>>,
        /// Subscriptions by topic: what the contract does not say, or an override of what it does.
        "subscribes" => subscribes: Entries<Subscription>,
        /// Topics it publishes, beside those of the contract.
        "publishes" => publishes: Vec<Located<String>>,
        /// Services it invokes, beside those of the contract.
        "invokes" => invokes: Vec<Invoked>,
        /// Jobs that it schedules, beside those of the contract.
        "schedules" => schedules: Vec<Located<String>>,
        /// Bindings by component: what the contract does not say, or an override of what it does.
        "bindings" => bindings: Entries<Binding>,
        /// The middleware that requests go through.
        "middleware" => middleware: Middleware,
        /// Who may invoke it, beside those who say that they do.
        "access" => access: Access,
        /// How its sidecar runs.
        "sidecar" => sidecar: Sidecar,
        /// Configuration stores that it follows, each with the keys.
        "configuration" => configuration: Entries<Vec<Located<String>>>,
        /// The state store that keeps its actors and workflows.
        "actorStore" => actor_store: Option<Located<String>>,
        /// How it runs workflows.
        "workflow" => workflow: Option<Located<Workflow>>,
        /// Components and secrets it uses, beside those of the contract.
        "uses" => uses: Vec<Located<String>>,
        /// The token by which the app knows its sidecar (`dapr.io/app-token-secret`); its key is `token`.
        "appToken" => app_token: Option<Located<SecretReference>>,
        /// The token by which the sidecar knows its app (`dapr.io/api-token-secret`); its key is `token`.
        "apiToken" => api_token: Option<Located<SecretReference>>,
        /// Environment variables of the container.
        "env" => env: Entries<Located<Setting>>,
        /// How many replicas, and by what they are counted.
        "scale" => scale: Scale,
        /// Its identity in the cloud: a client ID on aks, a service account on gke, a role's ARN on eks; default the cluster's.
        "identity" => identity: Option<Located<String>>,
        /// What a replica is given.
        "resources" => resources: Resources,
        /// How long a replica may take to finish what it began; default 60s.
        "grace" => grace: Option<Located<Duration>>,
        /// How many events one replica handles, as far as that was measured; held against the rate of its topics.
        "handles" => handles: Option<Located<Rate>>,
        /// TCP ports outside the cluster's control plane that it connects to, beside those that follow from its components.
        "egress" => egress: Vec<Located<u16>>,
    }
}

words! {
    /// How a service gets its events.
    pub enum Run {
        /// From a Dapr sidecar.
        Dapr = "dapr",
        /// From Kafka itself, as a consumer that KEDA scales.
        Kafka = "kafka",
        /// From AWS Lambda.
        Lambda = "lambda",
    }
}

record! {
    /// A subscription to one topic.
    pub struct Subscription {
        /// The path that events are posted to.
        "route" => route: Option<Located<String>>,
        /// The consumer group; default the app-id.
        "group" => group: Option<Located<String>>,
        /// Whether the replicas share the events or each sees all; default what the contract says, else shared.
        "delivery" => delivery: Option<Located<Delivery>>,
        /// Paths for single event types; default those of the contract.
        "rules" => rules: Vec<RouteRule>,
        /// Metadata of the subscription, as the component type names it.
        "metadata" => metadata: Entries<Located<Setting>>,
        /// Whether there is this subscription; default true.
        "enabled" => enabled: Option<Located<bool>>,
        /// Several events in one request; default one by one.
        "bulk" => bulk: Option<Bulk>,
    }
}

record! {
    /// Several events in one request.
    pub struct Bulk {
        /// At most so many; default 100.
        "maxMessages" => max_messages: Option<Located<u32>>,
        /// The longest that an event waits for others; default 40ms. Dapr's own default for Kafka is ten seconds.
        "maxAwait" => max_await: Option<Located<Duration>>,
    }
}

record! {
    /// How many replicas.
    pub struct Scale {
        /// What the replicas are; default deployment.
        "as" => workload: Option<Located<Workload>>,
        /// What a job is like, where they are jobs.
        "job" => job: Job,
        /// At least so many; default 1, of jobs 0. Zero needs a trigger that wakes the service.
        "min" => min: Option<Located<u32>>,
        /// At most so many; default 3, or `min` where that is more.
        "max" => max: Option<Located<u32>>,
        /// One more replica for every so many events that wait, for each topic.
        "lag" => lag: Option<Located<u32>>,
        /// The CPU use that replicas are kept at.
        "cpu" => cpu: Option<Located<Percent>>,
        /// The memory use that replicas are kept at.
        "memory" => memory: Option<Located<Percent>>,
        /// Times of the day or week with replicas of their own (KEDA's cron scaler).
        "schedules" => schedules: Vec<Schedule>,
        /// Any of KEDA's scalers, in its own keys.
        "scalers" => scalers: Vec<Scaler>,
        /// What holds while KEDA cannot ask.
        "fallback" => fallback: Option<Fallback>,
        /// Whether KEDA leaves the replicas as they are; default false.
        "paused" => paused: Option<Located<bool>>,
        /// How long the highest recent need is kept to before replicas go; default 300s.
        "scaleDownStabilization" => scale_down_stabilization: Option<Located<Duration>>,
        /// How fast the number of replicas changes; default Kubernetes' own.
        "behavior" => behavior: Behavior,
        /// So many replicas while there is nothing to do, below `min`: KEDA takes 0 only.
        "idle" => idle: Option<Located<u32>>,
        /// Whether the Deployment gets its own number of replicas back when the ScaledObject is deleted; default false.
        "restoreToOriginalReplicaCount" => restore: Option<Located<bool>>,
        /// The name of the HPA that KEDA makes; default `keda-hpa-<service>`.
        "hpaName" => hpa_name: Option<Located<String>>,
        /// One value computed from those of several triggers.
        "modifiers" => modifiers: Option<Modifiers>,
        /// How often KEDA asks; default 30s.
        "pollingInterval" => polling_interval: Option<Located<Duration>>,
        /// How long nothing may wait before the last replica goes; default 300s.
        "cooldownPeriod" => cooldown_period: Option<Located<Duration>>,
        /// How long after the ScaledObject is made the last replica stays; default 0s.
        "initialCooldownPeriod" => initial_cooldown_period: Option<Located<Duration>>,
        /// Overrides of a topic's trigger, in KEDA's own keys.
        "triggers" => triggers: Entries<Entries<Located<Setting>>>,
    }
}

record! {
    /// A time with replicas of its own.
    pub struct Schedule {
        /// When it begins: five cron fields, minute first.
        "start" => start: Option<Located<String>>,
        /// When it ends.
        "end" => end: Option<Located<String>>,
        /// The IANA time zone; default UTC.
        "timezone" => timezone: Option<Located<String>>,
        /// How many replicas.
        "replicas" => replicas: Option<Located<u32>>,
    }
}

record! {
    /// One of KEDA's scalers.
    pub struct Scaler {
        /// Its type, as KEDA calls it.
        "type" => kind: Option<Located<String>>,
        /// Its name among the triggers of the service; default its type.
        "name" => name: Option<Located<String>>,
        /// Its metadata; a secret never stands here.
        "metadata" => metadata: Entries<Located<Setting>>,
        /// What its TriggerAuthentication takes from secrets.
        "authentication" => authentication: Entries<Located<SecretReference>>,
        /// How KEDA proves who it is, without a secret.
        "podIdentity" => pod_identity: Option<PodIdentity>,
        /// How the value is read; default KEDA's.
        "metricType" => metric_type: Option<Located<MetricType>>,
    }
}

words! {
    /// How an HPA reads a value (autoscaling/v2).
    pub enum MetricType {
        /// The sum over all replicas divided by their number.
        AverageValue = "AverageValue",
        /// The value as it is.
        Value = "Value",
        /// A share of what was requested.
        Utilization = "Utilization",
    }
}

record! {
    /// What holds while KEDA cannot ask a scaler.
    pub struct Fallback {
        /// After so many failures in a row; default 3.
        "failures" => failures: Option<Located<u32>>,
        /// So many replicas.
        "replicas" => replicas: Option<Located<u32>>,
        /// Whether it is this number, or the number that there is; default static.
        "behavior" => behavior: Option<Located<FallbackBehavior>>,
    }
}

record! {
    /// What a replica is given, in Kubernetes' own quantities.
    pub struct Resources {
        /// CPU request; default 50m.
        "cpu" => cpu: Option<Located<String>>,
        /// Memory request; default 64Mi.
        "memory" => memory: Option<Located<String>>,
        /// Memory limit; default 256Mi.
        "memoryLimit" => memory_limit: Option<Located<String>>,
    }
}
