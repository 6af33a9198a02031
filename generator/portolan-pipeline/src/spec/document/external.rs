use crate::spec::decode::{Entries, Located, record, words};
use crate::spec::secret_reference::SecretReference;
use crate::spec::setting::Setting;

record! {
    /// A service that others invoke, or that invokes others, and that is not deployed from here.
    pub struct External {
        /// Its Dapr app-id, or `app-id.namespace`; default its name.
        "app" => app: Option<Located<String>>,
        /// Its trust domain, where it invokes services of this stack; default public.
        "trustDomain" => trust_domain: Option<Located<String>>,
        /// Its address, where it is no Dapr app: an HTTPEndpoint is rendered.
        "url" => url: Option<Located<String>>,
        /// Headers of every request to the address.
        "headers" => headers: Entries<Located<Setting>>,
        /// How the connection to the address is made safe; default with the system's authorities.
        "tls" => tls: Option<ClientTls>,
        /// The services that may use the address; default those that invoke it.
        "scopes" => scopes: Option<Vec<Located<String>>>,
    }
}

record! {
    /// TLS of a client.
    pub struct ClientTls {
        /// The certificate of an authority of its own.
        "ca" => ca: Option<Located<SecretReference>>,
        /// The client's certificate.
        "certificate" => certificate: Option<Located<SecretReference>>,
        /// The client's private key.
        "key" => key: Option<Located<SecretReference>>,
        /// Whether the other side may ask for a new handshake; default never.
        "renegotiation" => renegotiation: Option<Located<Renegotiation>>,
    }
}

words! {
    /// Whether the other side may ask for a new handshake.
    pub enum Renegotiation {
        /// It may not.
        Never = "never",
        /// Once.
        Once = "once",
        /// As often as it likes.
        Freely = "freely",
    }
}
