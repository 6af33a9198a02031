//! A session as a browser has it.

use std::time::Duration;

use futures_util::StreamExt;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// How long anything is waited for.
pub(crate) const LIMIT: Duration = Duration::from_secs(30);

/// A connected session.
pub(crate) struct Client(WebSocketStream<MaybeTlsStream<TcpStream>>);

/// What came.
#[derive(Debug, PartialEq)]
pub(crate) enum Came {
    /// A message.
    Message(Value),
    /// The close frame's code; none when the connection ended without one.
    Closed(Option<u16>),
}

impl Client {
    /// Connects with these headers; the status, where it is refused.
    pub(crate) async fn connect(port: u16, headers: &[(&'static str, &str)]) -> Result<Self, u16> {
        let mut request = format!("ws://127.0.0.1:{port}/ws").into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, HeaderValue::from_str(value).unwrap());
        }
        match connect_async(request).await {
            Ok((stream, _)) => Ok(Self(stream)),
            Err(Error::Http(answer)) => Err(answer.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    /// Connects as a user, and hears the hello.
    pub(crate) async fn of(port: u16, user: &str) -> Self {
        let cookie = format!("session={user}");
        let mut client = Self::connect(port, &[("cookie", cookie.as_str())]).await.unwrap();
        let Came::Message(hello) = client.next().await else { panic!("no hello") };
        assert_eq!(hello["type"], "hello");
        assert!(hello["time"].as_str().is_some_and(|time| time.ends_with('Z')), "{hello}");
        client
    }

    /// What comes next.
    pub(crate) async fn next(&mut self) -> Came {
        loop {
            match timeout(LIMIT, self.0.next()).await.expect("nothing comes") {
                Some(Ok(Message::Text(text))) => return Came::Message(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(frame))) => return Came::Closed(frame.map(|frame| frame.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Came::Closed(None),
            }
        }
    }

    /// The next change.
    pub(crate) async fn change(&mut self) -> Value {
        loop {
            match self.next().await {
                Came::Message(message) if message["type"] == "beat" => {}
                Came::Message(message) => return message,
                Came::Closed(code) => panic!("closed: {code:?}"),
            }
        }
    }

    /// How it is closed, after whatever comes before.
    pub(crate) async fn closed(&mut self) -> Option<u16> {
        loop {
            if let Came::Closed(code) = self.next().await {
                return code;
            }
        }
    }
}
