//! Takes spans by OTLP, as a collector does.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{TraceService, TraceServiceServer};
use opentelemetry_proto::tonic::collector::trace::v1::{ExportTraceServiceRequest, ExportTraceServiceResponse};
use opentelemetry_proto::tonic::trace::v1::Span;
use portolan_parts::Port;
use prost::Message;
use tokio::sync::oneshot;
use tonic::transport::Server;
use tonic::{Request, Response, Status};

type Taken = Arc<Mutex<Vec<ExportTraceServiceRequest>>>;

/// A receiver, which can go away and come back.
pub(crate) struct Collector {
    port: Port,
    taken: Taken,
    server: Mutex<Option<(oneshot::Sender<()>, JoinHandle<()>)>>,
}

struct Receiver(Taken);

#[tonic::async_trait]
impl TraceService for Receiver {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        self.0.lock().unwrap().push(request.into_inner());
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

impl Collector {
    pub(crate) fn start() -> Self {
        let (port, taken) = (Port::reserve().unwrap(), Taken::default());
        let collector = Self { port, taken, server: Mutex::new(None) };
        collector.come_back();
        collector
    }

    pub(crate) fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port.number())
    }

    /// Listens until it goes away.
    pub(crate) fn come_back(&self) {
        let (leave, left) = oneshot::channel();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port.number()));
        let service = TraceServiceServer::new(Receiver(Arc::clone(&self.taken))).max_decoding_message_size(usize::MAX);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let server = Server::builder().add_service(service).serve(address);
                tokio::select! {
                    served = server => served.unwrap(),
                    _ = left => {}
                }
            });
        });
        *self.server.lock().unwrap() = Some((leave, thread));
    }

    /// Closes its connections and takes no more.
    pub(crate) fn go_away(&self) {
        if let Some((leave, thread)) = self.server.lock().unwrap().take() {
            let _ = leave.send(());
            thread.join().unwrap();
        }
    }

    /// All spans of a trace so far.
    pub(crate) fn trace(&self, id: &str) -> Vec<Span> {
        let taken = self.taken.lock().unwrap();
        let resources = taken.iter().flat_map(|request| &request.resource_spans);
        let spans = resources.flat_map(|resource| &resource.scope_spans).flat_map(|scope| &scope.spans);
        spans.filter(|span| hex(&span.trace_id) == id).cloned().collect()
    }

    /// Whether a text is in anything that has come.
    pub(crate) fn holds(&self, text: &str) -> bool {
        let holds = |request: &ExportTraceServiceRequest| {
            request.encode_to_vec().windows(text.len()).any(|window| window == text.as_bytes())
        };
        self.taken.lock().unwrap().iter().any(holds)
    }
}

/// An id as `traceparent` has it.
pub(crate) fn hex(id: &[u8]) -> String {
    id.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
