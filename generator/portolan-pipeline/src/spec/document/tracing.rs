use crate::spec::decode::{Entries, Located, record, words};
use crate::spec::duration::Duration;
use crate::spec::endpoint::Endpoint;
use crate::spec::percent::Percent;
use crate::spec::setting::Setting;

record! {
    /// Where traces go.
    pub struct Tracing {
        /// The OTLP receiver.
        "otlp" => otlp: Option<Located<Endpoint>>,
        /// What the receiver speaks; default grpc.
        "protocol" => protocol: Option<Located<OtlpProtocol>>,
        /// Whether the connection to the receiver is encrypted; default false.
        "secure" => secure: Option<Located<bool>>,
        /// Headers of every request to the receiver.
        "headers" => headers: Entries<Located<Setting>>,
        /// How long a request to the receiver may take; default Dapr's.
        "timeout" => timeout: Option<Located<Duration>>,
        /// The address of a Zipkin receiver, beside or instead of `otlp`.
        "zipkin" => zipkin: Option<Located<String>>,
        /// Whether sidecars write traces into their logs; default false.
        "stdout" => stdout: Option<Located<bool>>,
        /// How many of the traces are kept; default 100%.
        "sampling" => sampling: Option<Located<Percent>>,
    }
}

words! {
    /// What an OTLP receiver speaks.
    pub enum OtlpProtocol {
        /// gRPC.
        Grpc = "grpc",
        /// HTTP.
        Http = "http",
    }
}
