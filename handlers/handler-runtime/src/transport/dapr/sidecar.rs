//! The sidecar's own API.

use std::collections::HashMap;
use std::time::Duration;

use dapr::client::ApiTokenInterceptor;
use dapr::dapr::proto::runtime::v1::dapr_client::DaprClient;
use dapr::dapr::proto::runtime::v1::{
    BulkPublishRequest, BulkPublishRequestEntry, DeleteJobRequest, GetMetadataRequest, GetSecretRequest,
    PublishEventRequest, ScheduleJobRequest,
};
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Status};

use super::access::Access;

/// How long the sidecar may take for a call: longer than the attempts that its own policy gives a publication.
const DEADLINE: Duration = Duration::from_secs(30);
/// How long it may take for a job: without a scheduler it would wait for one for half a minute.
const SCHEDULER: Duration = Duration::from_secs(5);
/// How long it may take to read a secret from where it is kept.
const SECRET: Duration = Duration::from_secs(10);
/// How long it may take to say what it has.
const SOON: Duration = Duration::from_secs(1);

/// A connection that is made when it is needed, and again when it was lost.
#[derive(Clone, Debug)]
pub struct Sidecar(DaprClient<InterceptedService<Channel, ApiTokenInterceptor>>);

impl Sidecar {
    /// The one that is reached so.
    pub(crate) fn of(access: &Access) -> Result<Self, tonic::transport::Error> {
        let endpoint = Endpoint::from_shared(format!("http://127.0.0.1:{}", access.port))?.connect_timeout(SOON);
        Ok(Self(DaprClient::with_interceptor(endpoint.connect_lazy(), access.credentials.clone())))
    }

    /// The keys of a secret, each with its value.
    pub(super) async fn secret(&self, store: &str, secret: &str) -> Result<HashMap<String, String>, Status> {
        let request =
            GetSecretRequest { store_name: store.to_owned(), key: secret.to_owned(), metadata: HashMap::new() };
        Ok(within(SECRET, self.0.clone().get_secret(request)).await?.data)
    }

    /// The components that it has loaded.
    pub(super) async fn components(&self) -> Result<Vec<String>, Status> {
        let mut client = self.0.clone();
        let metadata = within(SOON, client.get_metadata(GetMetadataRequest {})).await?;
        Ok(metadata.registered_components.into_iter().map(|component| component.name).collect())
    }

    pub(super) async fn publish(&self, request: PublishEventRequest) -> Result<(), Status> {
        within(DEADLINE, self.0.clone().publish_event(request)).await
    }

    /// Schedules a job.
    #[expect(deprecated, reason = "a sidecar before 1.18 knows the call by its first name only")]
    pub(super) async fn schedule_job(&self, request: ScheduleJobRequest) -> Result<(), Status> {
        match within(SCHEDULER, self.0.clone().schedule_job(request.clone())).await {
            Err(status) if status.code() == Code::Unimplemented => {
                within(SCHEDULER, self.0.clone().schedule_job_alpha1(request)).await.map(|_| ())
            }
            answer => answer.map(|_| ()),
        }
    }

    /// Cancels a job.
    #[expect(deprecated, reason = "a sidecar before 1.18 knows the call by its first name only")]
    pub(super) async fn delete_job(&self, request: DeleteJobRequest) -> Result<(), Status> {
        match within(SCHEDULER, self.0.clone().delete_job(request.clone())).await {
            Err(status) if status.code() == Code::Unimplemented => {
                within(SCHEDULER, self.0.clone().delete_job_alpha1(request)).await.map(|_| ())
            }
            answer => answer.map(|_| ()),
        }
    }

    /// All of them, or an error that does not say which were taken.
    pub(super) async fn publish_all(&self, request: BulkPublishRequest) -> Result<(), Status> {
        let answer = within(DEADLINE, self.0.clone().bulk_publish_event(request)).await?;
        match answer.failed_entries.first() {
            None => Ok(()),
            Some(failed) => Err(Status::unknown(failed.error.clone())),
        }
    }
}

async fn within<T>(
    time: Duration,
    call: impl Future<Output = Result<tonic::Response<T>, Status>>,
) -> Result<T, Status> {
    match tokio::time::timeout(time, call).await {
        Ok(answer) => answer.map(tonic::Response::into_inner),
        Err(_) => Err(Status::deadline_exceeded("the sidecar does not answer")),
    }
}

/// A message as the sidecar takes it: as it is, so that its numbers stay what they are. What is said beside it becomes headers
/// where the broker has headers.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) component: String,
    pub(super) topic: String,
    pub(super) payload: Vec<u8>,
    pub(super) beside: Vec<(&'static str, String)>,
}

/// Tells the sidecar to send the bytes that it is given. It would else read the event and write it anew, and change numbers
/// past 2^53 on the way.
const AS_IT_IS: (&str, &str) = ("rawPayload", "true");

impl Message {
    pub(super) fn alone(self) -> PublishEventRequest {
        let beside = self.beside.into_iter().map(|(name, value)| (name.to_owned(), value));
        let as_it_is = [(AS_IT_IS.0.to_owned(), AS_IT_IS.1.to_owned())];
        PublishEventRequest {
            pubsub_name: self.component,
            topic: self.topic,
            data: self.payload,
            data_content_type: "application/cloudevents+json".to_owned(),
            metadata: beside.chain(as_it_is).collect(),
        }
    }

    /// Several of one component and topic.
    pub(super) fn together(messages: Vec<Self>) -> BulkPublishRequest {
        let (component, topic) = messages.first().map_or_else(Default::default, Self::way);
        let entries = messages.into_iter().enumerate().map(|(place, message)| BulkPublishRequestEntry {
            entry_id: place.to_string(),
            event: message.payload,
            content_type: "application/cloudevents+json".to_owned(),
            metadata: message.beside.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        });
        let entries = entries.collect();
        let metadata = [(AS_IT_IS.0.to_owned(), AS_IT_IS.1.to_owned())].into();
        BulkPublishRequest { pubsub_name: component, topic, entries, metadata }
    }

    /// The way that it takes.
    pub(super) fn way(&self) -> (String, String) {
        (self.component.clone(), self.topic.clone())
    }
}
