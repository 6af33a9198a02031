//! decode_: a message of the client is a record.

use rdkafka::Message;
use rdkafka::message::{Headers, OwnedMessage};

use crate::transport::record::Record;

impl<'a> From<&'a OwnedMessage> for Record<'a> {
    fn from(message: &'a OwnedMessage) -> Self {
        let headers = message.headers().into_iter().flat_map(Headers::iter);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self {
            topic: message.topic(),
            partition: message.partition(),
            offset: message.offset(),
            key: message.key(),
            payload: message.payload(),
            headers: headers
                .filter_map(|header| Some((header.key.to_ascii_lowercase(), text(header.value?))))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use rdkafka::Timestamp;
    use rdkafka::message::{Header, OwnedHeaders};

    use super::*;

    #[test]
    fn a_record_has_all_of_its_message() {
        let header = Header { key: "Content-Type", value: Some("application/json") };
        let headers = OwnedHeaders::new().insert(header).insert(Header::<&str> { key: "none", value: None });
        let (payload, key) = (Some(b"{}".to_vec()), Some(b"7".to_vec()));
        let message =
            OwnedMessage::new(payload, key, "tasks".to_owned(), Timestamp::NotAvailable, 2, 41, Some(headers));
        let record = Record::from(&message);
        assert_eq!((record.topic, record.partition, record.offset), ("tasks", 2, 41));
        assert_eq!((record.key.unwrap(), record.payload.unwrap()), (&b"7"[..], &b"{}"[..]));
        assert_eq!(record.headers, [("content-type".to_owned(), "application/json".to_owned())].into());
    }
}
