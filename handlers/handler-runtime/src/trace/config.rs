//! Where spans go.

use opentelemetry_otlp::tonic_types::transport::ClientTlsConfig;
use opentelemetry_otlp::{ExporterBuildError, Protocol, SpanExporter, WithExportConfig, WithTonicConfig};

use crate::environment::{Environment, Problems};

/// An OTLP receiver.
pub(super) struct Receiver {
    address: String,
    http: bool,
}

impl Receiver {
    /// Reads the environment; none where nobody says where spans go.
    pub(super) fn read(environment: &Environment, problems: &mut Problems) -> Option<Self> {
        let address = environment.optional("OTEL_EXPORTER_OTLP_ENDPOINT")?;
        let protocol = environment.one_of("OTEL_EXPORTER_OTLP_PROTOCOL", &["grpc", "http/protobuf"], "grpc", problems);
        Some(Self { address, http: protocol != "grpc" })
    }

    /// What sends spans to it; connects when there is something to send. Whoever speaks TLS trusts whom the system trusts.
    pub(super) fn exporter(self) -> Result<SpanExporter, ExporterBuildError> {
        let builder = SpanExporter::builder();
        if self.http {
            let address = format!("{}/v1/traces", self.address.trim_end_matches('/'));
            return builder.with_http().with_protocol(Protocol::HttpBinary).with_endpoint(address).build();
        }
        let secure = self.address.starts_with("https://");
        let builder = builder.with_tonic().with_endpoint(self.address);
        let builder =
            if secure { builder.with_tls_config(ClientTlsConfig::new().with_enabled_roots()) } else { builder };
        builder.build()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::Traces;

    #[test]
    fn nothing_is_traced_where_nobody_asks_for_it() {
        let mut problems = Problems::default();
        assert!(Traces::read(&Environment::from([]), "clerk", &mut problems).0.is_none());
        assert!(problems.into_result().is_ok());
    }

    #[tokio::test]
    async fn a_receiver_speaks_grpc_or_http_and_an_address_is_never_quoted() {
        let read = |address, protocol| {
            let told = [("OTEL_EXPORTER_OTLP_ENDPOINT", address), ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol)];
            let mut problems = Problems::default();
            let traces = Traces::read(&Environment::from(told), "clerk", &mut problems);
            problems.into_result().map(|()| traces.0.is_some()).map_err(|error| error.to_string())
        };
        for protocol in ["", "grpc", "http/protobuf"] {
            assert_eq!(read("http://collector:4317", protocol), Ok(true), "{protocol}");
            assert_eq!(read("https://collector:4317", protocol), Ok(true), "{protocol}");
        }
        assert!(read("http://collector:4317", "carrier-pigeon").unwrap_err().contains("OTEL_EXPORTER_OTLP_PROTOCOL"));
        let refused = read("http://clerk:secret@ no address", "").unwrap_err();
        assert!(refused.contains("OTEL_EXPORTER_OTLP_ENDPOINT") && !refused.contains("secret"), "{refused}");
    }
}
