use krafka::auth::{AuthConfig, TlsConfig};
use portolan_pipeline::model::{Addresses, Broker, Encryption};
use portolan_pipeline::spec::document::Sasl;

use crate::{SecretValue, Secrets, WorldError};

/// How one broker is reached, with the values of its secrets.
#[derive(Debug)]
pub struct Access {
    addresses: String,
    login: Option<(Sasl, SecretValue, SecretValue)>,
    encryption: Encrypted,
}

/// Whether the connection is encrypted, and whom we believe.
#[derive(Debug)]
enum Encrypted {
    Not,
    ByKnownAuthorities,
    By(SecretValue),
}

impl Access {
    /// What the stack says of a broker, with values for its references; `addresses` stand in for those of the stack, as those of a
    /// forwarded port do.
    pub fn of(broker: &Broker, addresses: Option<&str>, secrets: &mut Secrets) -> Result<Self, WorldError> {
        let addresses = match (addresses, &broker.addresses) {
            (Some(addresses), _) => addresses.to_owned(),
            (None, Addresses::Secret { key, .. }) => secrets.value(&key.value).reveal().to_owned(),
            (None, Addresses::Listed(endpoints)) => {
                endpoints.iter().map(|endpoint| endpoint.value.to_string()).collect::<Vec<_>>().join(",")
            }
        };
        let login = broker.credentials.as_ref().map(|credentials| {
            let (username, password) = (&credentials.username.value, &credentials.password.value);
            (credentials.sasl.value, secrets.value(username), secrets.value(password))
        });
        let encryption = match &broker.encryption.value {
            Encryption::Off => Encrypted::Not,
            Encryption::Tls { ca: None } => Encrypted::ByKnownAuthorities,
            Encryption::Tls { ca: Some(authority) } => Encrypted::By(secrets.value(authority)),
        };
        secrets.complete()?;
        Ok(Self { addresses, login, encryption })
    }

    /// Where it is.
    pub fn addresses(&self) -> &str {
        &self.addresses
    }

    /// In the client's words.
    pub(super) fn security(&self) -> AuthConfig {
        let plain = match &self.login {
            None => AuthConfig::plaintext(),
            Some((sasl, username, password)) => {
                let (username, password) = (username.reveal(), password.reveal());
                match sasl {
                    Sasl::Plain => AuthConfig::sasl_plain(username, password),
                    Sasl::ScramSha256 => AuthConfig::sasl_scram_sha256(username, password),
                    Sasl::ScramSha512 => AuthConfig::sasl_scram_sha512(username, password),
                }
            }
        };
        match &self.encryption {
            Encrypted::Not => plain,
            Encrypted::ByKnownAuthorities => plain.with_tls(TlsConfig::new()),
            Encrypted::By(authority) => plain.with_tls(TlsConfig::new().with_ca_cert_pem(authority.reveal())),
        }
    }
}
