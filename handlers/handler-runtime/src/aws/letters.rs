//! What was given up waits in a queue of SQS, where no broker has a topic for it.

use aws_config::SdkConfig;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::{BuildError, ProvideErrorMetadata};
use aws_sdk_sqs::types::MessageAttributeValue;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use handler_protocol::{DeadLetter, Outgoing, What};
use tokio::task::JoinSet;

use super::explained;
use crate::destinations::Destinations;
use crate::relay::{Carried, Carrier};

/// The largest message that SQS takes, in bytes, attributes among them.
const LARGEST: usize = 1_048_576;
/// What SQS says of a message that it will never take.
const NEVER: [&str; 3] = ["InvalidMessageContents", "InvalidParameterValue", "UnsupportedOperation"];

/// Sends dead letters to queues.
pub(crate) struct LetterCarrier {
    client: Client,
    destinations: Destinations,
}

/// A message, and what is told beside it.
#[derive(Debug)]
struct Message {
    body: String,
    attributes: Vec<(&'static str, String)>,
}

impl LetterCarrier {
    /// To the queues that topics of dead letters have.
    pub(crate) fn new(aws: &SdkConfig, destinations: Destinations) -> Self {
        Self { client: Client::new(aws), destinations }
    }

    /// The message of a row, and the address of its queue.
    fn message(&self, row: &Outgoing) -> Result<(String, Message), Carried> {
        let What::DeadLetter(letter) = &row.what else {
            return Err(Carried::Refused("nothing but dead letters goes to a queue".to_owned()));
        };
        let queue = self.destinations.queue(&format!("{}.dlq", letter.topic));
        let queue = queue.ok_or_else(|| Carried::Later(format!("no queue is named for {}.dlq", letter.topic)))?;
        Ok((queue.queue_url(), Message::of(letter, &row.key).map_err(Carried::Refused)?))
    }
}

impl Carrier for LetterCarrier {
    /// The rows are of different keys, so they go side by side.
    async fn carry(&self, rows: &[Outgoing]) -> Vec<Carried> {
        let mut carried = vec![Carried::Later("SQS has not answered".to_owned()); rows.len()];
        let mut requests = JoinSet::new();
        for (place, row) in rows.iter().enumerate() {
            match self.message(row) {
                Ok((url, message)) => {
                    let client = self.client.clone();
                    requests.spawn(async move { (place, send(&client, url, message).await) });
                }
                Err(answer) => carried[place] = answer,
            }
        }
        while let Some(request) = requests.join_next().await {
            if let Ok((place, answer)) = request {
                carried[place] = answer;
            }
        }
        carried
    }
}

async fn send(client: &Client, url: String, message: Message) -> Carried {
    let mut request = client.send_message().queue_url(url).message_body(message.body);
    for (name, value) in message.attributes {
        match attribute(value) {
            Ok(value) => request = request.message_attributes(name, value),
            Err(error) => return Carried::Refused(error.to_string()),
        }
    }
    match request.send().await {
        Ok(_) => Carried::Delivered,
        Err(error) if error.code().is_some_and(|code| NEVER.iter().any(|never| code.contains(never))) => {
            Carried::Refused(explained(&error))
        }
        Err(error) => Carried::Later(explained(&error)),
    }
}

fn attribute(value: String) -> Result<MessageAttributeValue, BuildError> {
    MessageAttributeValue::builder().data_type("String").string_value(value).build()
}

impl Message {
    /// The message as it came, with what helps to mend it in attributes, under the names that it has in every transport.
    fn of(letter: &DeadLetter, key: &str) -> Result<Self, String> {
        let text =
            std::str::from_utf8(&letter.message).ok().filter(|text| !text.is_empty() && text.chars().all(is_taken));
        let told = [
            ("portolan-topic", letter.topic.clone()),
            ("portolan-handler", letter.handler.clone()),
            ("portolan-reason", letter.reason.clone()),
            ("portolan-attempts", letter.attempts.to_string()),
            ("portolan-key", key.to_owned()),
        ];
        let encoded = text.is_none().then(|| ("portolan-encoding", "base64".to_owned()));
        let told = told.into_iter().map(|(name, value)| (name, value.replace(|letter| !is_taken(letter), " ")));
        // SQS takes no empty attribute.
        let attributes = told.chain(encoded).filter(|(_, value)| !value.is_empty()).collect();
        let body = text.map_or_else(|| STANDARD.encode(&letter.message), str::to_owned);
        let message = Self { body, attributes };
        let size = message.size();
        if size > LARGEST {
            Err(format!("the message has {size} bytes; SQS takes {LARGEST} at most"))
        } else {
            Ok(message)
        }
    }

    fn size(&self) -> usize {
        let told = |(name, value): &(&str, String)| name.len() + "String".len() + value.len();
        self.body.len() + self.attributes.iter().map(told).sum::<usize>()
    }
}

/// The letters that SQS takes: those of XML 1.0.
const fn is_taken(letter: char) -> bool {
    matches!(letter, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(bytes: &[u8], reason: &str) -> Result<Message, String> {
        let (topic, handler, reason) = ("tasks".to_owned(), String::new(), reason.to_owned());
        Message::of(&DeadLetter { topic, handler, reason, attempts: 3, message: bytes.to_vec() }, "7")
    }

    #[test]
    fn what_sqs_takes_no_letters_of_is_encoded_and_says_so() {
        let told = |bytes: &[u8]| {
            let message = message(bytes, "not\u{1}yet").unwrap();
            let attribute =
                |name| message.attributes.iter().find(|(told, _)| *told == name).map(|(_, value)| value.clone());
            (message.body.clone(), attribute("portolan-encoding"), attribute("portolan-reason"))
        };
        let reason = Some("not yet".to_owned());
        assert_eq!(told(b"{\"a\":1}"), ("{\"a\":1}".to_owned(), None, reason.clone()));
        for (bytes, encoded) in [(&b"\xff\x00"[..], "/wA="), (b"\x01", "AQ=="), (b"", "")] {
            assert_eq!(told(bytes), (encoded.to_owned(), Some("base64".to_owned()), reason.clone()));
        }
    }

    #[test]
    fn one_that_is_too_large_is_refused() {
        assert!(message(&vec![b'x'; LARGEST - 200], "").is_ok());
        assert!(message(&vec![b'x'; LARGEST], "").is_err());
    }
}
