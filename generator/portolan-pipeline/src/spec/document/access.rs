use crate::spec::decode::{Entries, Located, record, words};

record! {
    /// Who may invoke a service, beside those who say that they do.
    pub struct Access {
        /// What holds for a caller without a policy; default deny.
        "default" => default: Option<Located<Action>>,
        /// The trust domain of the service itself; default public.
        "trustDomain" => trust_domain: Option<Located<String>>,
        /// Callers by name: services, or external apps.
        "callers" => callers: Entries<Caller>,
    }
}

words! {
    /// What is done with a request.
    pub enum Action {
        /// It goes through.
        Allow = "allow",
        /// It is answered with 403.
        Deny = "deny",
    }
}

record! {
    /// What one caller may do.
    pub struct Caller {
        /// What holds for a path without an operation; default deny, allow where the caller invokes any method.
        "default" => default: Option<Located<Action>>,
        /// What holds for single paths; it wins over what follows from the caller's own `invokes`.
        "operations" => operations: Vec<Operation>,
    }
}

record! {
    /// What holds for one path.
    pub struct Operation {
        /// The path: `*` stands for one part of it, `**` at its end for any number.
        "path" => path: Option<Located<String>>,
        /// The HTTP verbs; default all.
        "verbs" => verbs: Vec<Located<String>>,
        /// What is done; default allow.
        "action" => action: Option<Located<Action>>,
    }
}
