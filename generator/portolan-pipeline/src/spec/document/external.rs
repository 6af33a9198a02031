use crate::spec::decode::{Located, record};

record! {
    /// A service that others invoke and that is not deployed from here.
    pub struct External {
        /// Its Dapr app-id, or `app-id.namespace`; default its name.
        "app" => app: Option<Located<String>>,
        /// Its trust domain, where it invokes services of this stack; default public.
        "trustDomain" => trust_domain: Option<Located<String>>,
        /// Its address, where it is no Dapr app: an HTTPEndpoint is rendered.
        "url" => url: Option<Located<String>>,
    }
}
