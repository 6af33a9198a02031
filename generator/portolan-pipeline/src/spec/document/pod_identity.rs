use crate::spec::decode::{Located, record, words};

record! {
    /// How KEDA proves who it is, without a secret (`podIdentity` of a `TriggerAuthentication`).
    pub struct PodIdentity {
        /// Whose identities these are.
        "provider" => provider: Option<Located<IdentityProvider>>,
        /// The identity that KEDA takes on instead of its own: a client ID on Azure, a service account on Google Cloud.
        "identityId" => identity: Option<Located<String>>,
        /// The tenant of that identity, on Azure.
        "identityTenantId" => tenant: Option<Located<String>>,
        /// The authority that gives out tokens, on Azure.
        "identityAuthorityHost" => authority_host: Option<Located<String>>,
        /// The role that KEDA takes on, on AWS.
        "roleArn" => role: Option<Located<String>>,
        /// What the role's owner wants to hear, on AWS.
        "externalID" => external_id: Option<Located<String>>,
        /// Whether KEDA's own identity counts or that of the service, on AWS; default keda.
        "identityOwner" => owner: Option<Located<IdentityOwner>>,
    }
}

words! {
    /// Whose identities KEDA can take on.
    pub enum IdentityProvider {
        /// Azure's workload identity.
        AzureWorkload = "azure-workload",
        /// AWS, by a role for service accounts.
        Aws = "aws",
        /// Google Cloud's workload identity.
        Gcp = "gcp",
    }
}

words! {
    /// Whose identity counts.
    pub enum IdentityOwner {
        /// KEDA's own.
        Keda = "keda",
        /// That of the service which is scaled.
        Workload = "workload",
    }
}
