//! A conversation with the mail server.

use std::time::Duration;

use lettre::Message;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::DEFAULT_MECHANISMS;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::extension::ClientId;

use super::MailConfig;
use super::config::Security;

/// How long it may take until the server is ready for a mail.
const READY: Duration = Duration::from_secs(10);
/// How long the server may take for a mail. Past it, nobody knows whether it has it.
const TAKEN: Duration = Duration::from_secs(30);
/// What a server that wants to know the sender first says.
const UNKNOWN_SENDER: u16 = 530;

/// A conversation that goes on until something fails.
pub(super) struct Connection(AsyncSmtpConnection);

/// What the server said of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// It has it.
    Accepted,
    /// It does not have it, and may take it later.
    Later(String),
    /// It does not have it, and never takes it.
    Never(String),
    /// Nothing: it may have it.
    Silence(String),
}

impl Connection {
    /// Connects and logs in. Whatever goes wrong here concerns no mail, so nothing here is for ever: the password may be
    /// mended, and the mail must still be there then.
    pub(super) async fn open(config: &MailConfig) -> Result<Self, String> {
        match tokio::time::timeout(READY, open(config)).await {
            Ok(Ok(connection)) => Ok(Self(connection)),
            Ok(Err(error)) => Err(describe(&error)),
            Err(_) => Err("the mail server is not ready in time".to_owned()),
        }
    }

    /// Sends a mail. After anything but [`Answer::Accepted`] the conversation is over.
    pub(super) async fn send(&mut self, message: &Message) -> Answer {
        let bytes = message.formatted();
        let sent = tokio::time::timeout(TAKEN, self.0.send(message.envelope(), &bytes)).await;
        match sent {
            Ok(Ok(_)) => Answer::Accepted,
            Ok(Err(error)) => answer(&error),
            Err(_) => Answer::Silence("the mail server did not answer in time".to_owned()),
        }
    }

    /// Says goodbye; nobody minds whether it is heard.
    pub(super) async fn close(mut self) {
        let _ = tokio::time::timeout(Duration::from_secs(1), self.0.abort()).await;
    }
}

async fn open(config: &MailConfig) -> Result<AsyncSmtpConnection, Error> {
    let hello = ClientId::default();
    let wrapper = match &config.security {
        Security::Tls(tls) => Some(tls.clone()),
        Security::StartTls(_) | Security::None => None,
    };
    let server = (config.host.as_str(), config.port);
    let mut connection = AsyncSmtpConnection::connect_tokio1(server, Some(READY), &hello, wrapper, None).await?;
    if let Security::StartTls(tls) = &config.security {
        connection.starttls(tls.clone(), &hello).await?;
    }
    if let Some(credentials) = &config.credentials {
        connection.auth(DEFAULT_MECHANISMS, credentials).await?;
    }
    Ok(connection)
}

fn answer(error: &Error) -> Answer {
    let said = describe(error);
    match error.status().map(u16::from) {
        Some(code) if error.is_permanent() && code != UNKNOWN_SENDER => Answer::Never(said),
        Some(_) => Answer::Later(said),
        // Before a byte was sent: the server lacks what the mail needs.
        None if error.is_client() => Answer::Never(said),
        None => Answer::Silence(said),
    }
}

/// By its code: a server's words quote addresses.
fn describe(error: &Error) -> String {
    match error.status() {
        Some(code) => format!("the mail server says {code}"),
        None if error.is_tls() => "no TLS with the mail server".to_owned(),
        None if error.is_client() => "the mail server lacks what is needed".to_owned(),
        None => "the mail server cannot be reached".to_owned(),
    }
}
