//! What a letter says of itself, where it is a `CloudEvent`. The payload is not looked into.

use krafka::consumer::ConsumerRecord;
use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A `CloudEvent`'s attributes, in either of its forms.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Attributes {
    /// `id`.
    pub id: Option<String>,
    /// `source`.
    pub source: Option<String>,
    /// `type`; for a plain payload that Dapr wrapped, what the payload says in `event_type`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// `subject`.
    pub subject: Option<String>,
    /// `time`.
    #[serde(with = "time::serde::rfc3339::option")]
    pub time: Option<OffsetDateTime>,
    /// `partitionkey`.
    #[serde(rename = "partitionkey")]
    pub key: Option<String>,
    /// Dapr's `topic`.
    pub topic: Option<String>,
    /// Whether they stand in the message's body, and not in its headers.
    #[serde(skip)]
    pub structured: bool,
}

/// What Dapr makes of a payload that is no event.
const WRAPPED: &str = "com.dapr.event.sent";

#[derive(Deserialize)]
struct Wrapped {
    data: Inner,
}

#[derive(Deserialize)]
struct Inner {
    event_type: String,
}

impl Attributes {
    pub(super) fn of(record: &ConsumerRecord) -> Self {
        let header = |name: &str| {
            let found = record.headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name));
            found.and_then(|(_, value)| Some(String::from_utf8_lossy(value.as_ref()?).into_owned()))
        };
        if header("ce_specversion").is_some() {
            return Self {
                id: header("ce_id"),
                source: header("ce_source"),
                kind: header("ce_type"),
                subject: header("ce_subject"),
                time: header("ce_time").and_then(|time| OffsetDateTime::parse(&time, &Rfc3339).ok()),
                key: header("ce_partitionkey"),
                topic: header("ce_topic"),
                structured: false,
            };
        }
        let body = record.value.as_deref().unwrap_or_default();
        let Ok(mut read) = serde_json::from_slice::<Self>(body) else { return Self::default() };
        if read.kind.as_deref() == Some(WRAPPED) {
            read.kind =
                serde_json::from_slice::<Wrapped>(body).map(|wrapped| wrapped.data.event_type).ok().or(read.kind);
        }
        read.structured = read.is_event();
        read
    }

    /// Whether a handler knows it by its id, and so a repetition of it.
    pub fn is_event(&self) -> bool {
        [&self.id, &self.source, &self.kind].iter().all(|word| word.as_ref().is_some_and(|word| !word.is_empty()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(body: &str) -> Attributes {
        Attributes::of(&ConsumerRecord::new("t", 0, 0, None, Some(body.to_owned().into())))
    }

    #[test]
    fn an_event_says_who_it_is_in_its_body_or_in_headers() {
        let body = r#"{"specversion":"1.0","id":"1","source":"s","type":"t","time":"2026-01-02T03:04:05Z","partitionkey":"7","data":{"id":5}}"#;
        let read = of(body);
        assert!(read.is_event() && read.structured && read.time.is_some());
        assert_eq!((read.id.as_deref(), read.key.as_deref()), (Some("1"), Some("7")));
        let mut record = ConsumerRecord::new("t", 0, 0, None, Some("x".into()));
        record.headers = [("ce_specversion", "1.0"), ("CE_ID", "2"), ("ce_source", "s"), ("ce_type", "t")]
            .map(|(name, value)| (name.to_owned(), Some(value.into())))
            .into();
        let read = Attributes::of(&record);
        assert!(read.is_event() && !read.structured);
        assert_eq!(read.id.as_deref(), Some("2"));
    }

    #[test]
    fn what_dapr_wrapped_has_the_type_of_its_payload() {
        let body = r#"{"id":"1","source":"s","type":"com.dapr.event.sent","data":{"event_type":"task.created"}}"#;
        assert_eq!(of(body).kind.as_deref(), Some("task.created"));
        let body = r#"{"id":"1","source":"s","type":"com.dapr.event.sent","data":"text"}"#;
        assert_eq!(of(body).kind.as_deref(), Some("com.dapr.event.sent"));
    }

    #[test]
    fn what_is_no_event_says_nothing() {
        for body in ["", "nonsense", "[1]", r#"{"id":7}"#, r#"{"id":"1","source":"","type":"t"}"#] {
            assert!(!of(body).is_event(), "{body}");
        }
    }
}
