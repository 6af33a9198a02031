//! How the mail server is reached.

use handler_contract::Contract;
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, TlsParameters};

use crate::environment::{Environment, Problems};

/// How the mail server is reached. It cannot be shown, and so the password cannot.
#[derive(Clone)]
pub struct MailConfig {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) security: Security,
    pub(super) credentials: Option<Credentials>,
    pub(super) from: Mailbox,
}

/// How the connection is kept from others.
#[derive(Clone)]
pub(super) enum Security {
    /// TLS after `STARTTLS`; a server that does not offer it is not sent anything.
    StartTls(TlsParameters),
    /// TLS from the first byte.
    Tls(TlsParameters),
    /// Not at all.
    None,
}

const WORDS: [&str; 3] = ["starttls", "tls", "none"];
/// The port on which servers expect TLS from the first byte.
const TLS_PORT: u64 = 465;

impl MailConfig {
    /// What the environment says; nothing where the contract names no `SMTP_HOST`, for then the service sends no mail.
    pub fn read(environment: &Environment, contract: &Contract, problems: &mut Problems) -> Option<Self> {
        if !sends_mail(contract) {
            return None;
        }
        let host = environment.required("SMTP_HOST", problems);
        let port = environment.number("SMTP_PORT", problems);
        let usual = if port == Some(TLS_PORT) { "tls" } else { "starttls" };
        let security = environment.one_of("SMTP_TLS", &WORDS, usual, problems);
        let port = port.unwrap_or(match security.as_str() {
            "tls" => TLS_PORT,
            "none" => 25,
            _ => 587,
        });
        let port = u16::try_from(port).ok().filter(|port| *port > 0).unwrap_or_else(|| {
            problems.add("SMTP_PORT is no port".to_owned());
            0
        });
        let credentials = credentials(environment, problems);
        if credentials.is_some() && security == "none" {
            problems.add("SMTP_TLS=none would show SMTP_PASSWORD to the network".to_owned());
        }
        let from = environment.required("SMTP_FROM_EMAIL", problems);
        let from: Option<Mailbox> = from.parse().ok();
        if from.is_none() && environment.optional("SMTP_FROM_EMAIL").is_some() {
            problems.add("SMTP_FROM_EMAIL is no address".to_owned());
        }
        let security = match security.as_str() {
            "none" => Some(Security::None),
            word => tls(environment, &host, problems)
                .map(|tls| if word == "tls" { Security::Tls(tls) } else { Security::StartTls(tls) }),
        };
        Some(Self { host, port, security: security?, credentials, from: from? })
    }
}

/// Whether a service sends mail, as its contract says.
pub(crate) fn sends_mail(contract: &Contract) -> bool {
    contract.secrets.iter().any(|secret| secret.ends_with("/SMTP_HOST"))
}

fn credentials(environment: &Environment, problems: &mut Problems) -> Option<Credentials> {
    let has = |name| environment.optional(name).is_some();
    if !has("SMTP_USERNAME") && !has("SMTP_PASSWORD") {
        return None;
    }
    let (user, password) =
        (environment.required("SMTP_USERNAME", problems), environment.required("SMTP_PASSWORD", problems));
    Some(Credentials::new(user, password))
}

/// The server's certificate has to be for its name and by an authority that browsers know, or by the one in `SMTP_CA`.
fn tls(environment: &Environment, host: &str, problems: &mut Problems) -> Option<TlsParameters> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(authority) = environment.optional("SMTP_CA") {
        match Certificate::from_pem(authority.as_bytes()) {
            Ok(certificate) => builder = builder.add_root_certificate(certificate),
            Err(_) => problems.add("SMTP_CA is no certificate in PEM".to_owned()),
        }
    }
    let parameters = builder.build();
    if parameters.is_err() && !host.is_empty() {
        problems.add("SMTP_HOST cannot be the name in a certificate".to_owned());
    }
    parameters.ok()
}

#[cfg(test)]
mod tests {
    use handler_contract::Mode;

    use super::*;

    fn read<const N: usize>(variables: [(&str, &str); N]) -> (Option<MailConfig>, String) {
        let mut contract = Contract::of("mailer", vec![Mode::Kafka]);
        contract.secrets = vec!["backend-secrets/SMTP_HOST"];
        let mut problems = Problems::default();
        let config = MailConfig::read(&Environment::from(variables), &contract, &mut problems);
        (config, problems.into_result().map_or_else(|error| error.to_string(), |()| String::new()))
    }

    #[test]
    fn the_port_says_how_where_nothing_else_does() {
        let base = [("SMTP_HOST", "mail.example.com"), ("SMTP_FROM_EMAIL", "Todo <todo@example.com>")];
        let (config, problems) = read(base);
        assert!(matches!(config.unwrap(), MailConfig { port: 587, security: Security::StartTls(_), .. }), "{problems}");
        let (config, _) = read([base[0], base[1], ("SMTP_PORT", "465")]);
        assert!(matches!(config.unwrap().security, Security::Tls(_)));
        let (config, _) = read([base[0], base[1], ("SMTP_TLS", "none")]);
        assert!(matches!(config.unwrap(), MailConfig { port: 25, security: Security::None, .. }));
    }

    #[test]
    fn every_problem_is_named_and_no_value_shows() {
        let (_, problems) = read([("SMTP_PASSWORD", "hunter2"), ("SMTP_PORT", "70000"), ("SMTP_TLS", "none")]);
        for part in ["SMTP_HOST is", "SMTP_USERNAME is", "SMTP_FROM_EMAIL is", "SMTP_PORT is", "SMTP_TLS=none"] {
            assert!(problems.contains(part), "{part}: {problems}");
        }
        let (_, problems) = read([("SMTP_HOST", "h"), ("SMTP_FROM_EMAIL", "hunter2"), ("SMTP_CA", "hunter3")]);
        assert!(problems.contains("SMTP_FROM_EMAIL is no address") && !problems.contains("hunter"), "{problems}");
    }

    #[test]
    fn a_service_that_sends_no_mail_needs_no_server() {
        let mut problems = Problems::default();
        let contract = Contract::of("audit-service", vec![Mode::Kafka]);
        assert!(MailConfig::read(&Environment::from([]), &contract, &mut problems).is_none());
        assert!(problems.into_result().is_ok());
    }
}
