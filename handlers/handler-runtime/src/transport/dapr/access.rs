//! How the sidecar is reached.

use dapr::client::ApiTokenInterceptor;

use crate::environment::{Environment, Problems};

/// Where its gRPC API is, and what is shown there.
#[derive(Clone, Debug)]
pub(crate) struct Access {
    pub(super) port: u16,
    pub(super) credentials: ApiTokenInterceptor,
}

/// Where a sidecar listens that is told nothing.
const PORT: u64 = 50001;

impl Access {
    /// Reads the environment; every problem is told.
    pub(crate) fn read(environment: &Environment, problems: &mut Problems) -> Self {
        let port = environment.number("DAPR_GRPC_PORT", problems).unwrap_or(PORT);
        let port = u16::try_from(port).unwrap_or_else(|_| {
            problems.add("DAPR_GRPC_PORT is no port".to_owned());
            0
        });
        let credentials = ApiTokenInterceptor::try_new(environment.optional("DAPR_API_TOKEN")).unwrap_or_else(|_| {
            problems.add("DAPR_API_TOKEN has characters that no header may have".to_owned());
            ApiTokenInterceptor::default()
        });
        Self { port, credentials }
    }
}
