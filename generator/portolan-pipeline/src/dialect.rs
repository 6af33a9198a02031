//! One fact, each tool's word for it.

use crate::model::Encryption;
use crate::spec::document::Sasl;

impl Sasl {
    /// Dapr's `saslMechanism`. It is case-sensitive, and any other word silently means PLAINTEXT
    /// (components-contrib 1.18, `common/component/kafka`).
    pub fn dapr(self) -> &'static str {
        match self {
            Self::Plain => "PLAINTEXT",
            Self::ScramSha256 => "SHA-256",
            Self::ScramSha512 => "SHA-512",
        }
    }

    /// KEDA's `sasl` (kedacore/keda 2.21, `pkg/scalers/kafka_scaler.go`).
    pub fn keda(self) -> &'static str {
        match self {
            Self::Plain => "plaintext",
            Self::ScramSha256 => "scram_sha256",
            Self::ScramSha512 => "scram_sha512",
        }
    }

    /// Kafka's own name, which librdkafka's `sasl.mechanism` takes.
    pub fn kafka(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::ScramSha512 => "SCRAM-SHA-512",
        }
    }
}

impl Encryption {
    /// KEDA's `tls`, whose default is that there is none (kedacore/keda 2.21, `pkg/scalers/kafka_scaler.go`).
    pub fn keda(&self) -> &'static str {
        if self.is_tls() { "enable" } else { "disable" }
    }
}
