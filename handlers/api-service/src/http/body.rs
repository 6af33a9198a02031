//! What a request says in its body. Every problem is told, not the first one only.

#![expect(clippy::option_option, reason = "a field is not said, said to be none, or said")]

use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use handler_runtime::Problem;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::answer::wrong;
use crate::domain::{Fields, Patch, Priority, Recurrence, Wrong};
use crate::store::row::priority;

/// Receives JSON.
pub(super) async fn receive(request: Request, largest: usize) -> Result<(Parts, Bytes), Problem> {
    if !is_json(request.headers()) {
        let detail = "the body has to be application/json or application/merge-patch+json";
        return Err(Problem::of(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail).header(header::ACCEPT, "application/json"));
    }
    let (parts, body) = request.into_parts();
    // A little more is read than is taken: an answer before the end of the body is not heard by everybody.
    match to_bytes(body, largest * 4).await {
        Ok(bytes) if bytes.len() <= largest => Ok((parts, bytes)),
        // Or the connection broke, and then nobody reads the answer.
        _ => Err(Problem::of(StatusCode::PAYLOAD_TOO_LARGE, format!("the body has to be at most {largest} bytes"))),
    }
}

/// Receives a request that has nothing to say.
pub(super) async fn receive_none(request: Request, largest: usize) -> Result<(Parts, Bytes), Problem> {
    let (parts, body) = request.into_parts();
    match to_bytes(body, largest).await {
        Ok(bytes) if bytes.trim_ascii().is_empty() || bytes.trim_ascii() == b"{}" => Ok((parts, bytes)),
        Ok(_) => Err(Problem::of(StatusCode::UNPROCESSABLE_ENTITY, "the request has no body")),
        Err(_) => Err(Problem::of(StatusCode::PAYLOAD_TOO_LARGE, "the request has no body")),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    ["application/json", "application/merge-patch+json"].iter().any(|json| kind.eq_ignore_ascii_case(json))
}

/// A task as it shall be.
pub(super) fn fields(bytes: &[u8]) -> Result<Fields, Problem> {
    let mut members = Members::read(bytes)?;
    // What is said to be none is as if it were not said.
    let fields = Fields {
        title: members.text("title").flatten().unwrap_or_default(),
        description: members.text("description").flatten(),
        priority: members.priority().flatten(),
        tags: members.value("tags", "has to be a list of texts").flatten().unwrap_or_default(),
        due_date: members.time("due_date").flatten(),
        reminder_offset: members.offset().flatten(),
        reminder_time: members.time("reminder_time").flatten(),
        recurrence: members.recurrence().flatten(),
    };
    let rules = match fields.clone().tidied() {
        Ok(fields) => fields.check().err(),
        Err(wrong) => Some(wrong),
    };
    members.end(rules.unwrap_or_default())?;
    Ok(fields)
}

/// What shall change, as a JSON merge patch (RFC 7396).
pub(super) fn patch(bytes: &[u8]) -> Result<Patch, Problem> {
    let mut members = Members::read(bytes)?;
    let title = members.text("title");
    let tags: Option<Option<Vec<String>>> = members.value("tags", "has to be a list of texts");
    let patch = Patch {
        title: title.map(Option::unwrap_or_default),
        description: members.text("description"),
        priority: members.priority(),
        tags: tags.map(Option::unwrap_or_default),
        due_date: members.time("due_date"),
        reminder_offset: members.offset(),
        reminder_time: members.time("reminder_time"),
        recurrence: members.recurrence(),
    };
    members.end(Vec::new())?;
    Ok(patch)
}

/// The members of a body, and what is wrong with them so far. A member that is not there is none, and one that is null is none
/// in itself.
struct Members {
    members: Map<String, Value>,
    wrong: Vec<Wrong>,
}

impl Members {
    fn read(bytes: &[u8]) -> Result<Self, Problem> {
        match serde_json::from_slice(bytes) {
            Ok(Value::Object(members)) => Ok(Self { members, wrong: Vec::new() }),
            Ok(_) => Err(wrong(&[Wrong::new("", "has to be an object")])),
            Err(error) => {
                let place = format!("the body is no JSON (line {}, column {})", error.line(), error.column());
                Err(Problem::of(StatusCode::BAD_REQUEST, place))
            }
        }
    }

    fn value<T: DeserializeOwned>(&mut self, name: &str, otherwise: &str) -> Option<Option<T>> {
        let value = self.members.remove(name)?;
        let Ok(value) = serde_json::from_value(value) else {
            self.wrong.push(Wrong::new(name, otherwise));
            return None;
        };
        Some(value)
    }

    fn text(&mut self, name: &str) -> Option<Option<String>> {
        self.value(name, "has to be text")
    }

    fn offset(&mut self) -> Option<Option<i64>> {
        self.value("reminder_offset", "has to be 0 to 31622400 seconds")
    }

    fn recurrence(&mut self) -> Option<Option<Recurrence>> {
        let detail = "has to have frequency (daily, weekly, monthly, yearly), and may have interval (from 1), start and until (dates)";
        self.value("recurrence", detail)
    }

    fn time(&mut self, name: &str) -> Option<Option<OffsetDateTime>> {
        let said = self.text(name)?;
        let Some(text) = said else { return Some(None) };
        let Ok(time) = OffsetDateTime::parse(&text, &Rfc3339) else {
            self.wrong.push(Wrong::new(name, "has to be a time as in 2026-11-24T18:00:00Z (RFC 3339)"));
            return None;
        };
        Some(Some(time))
    }

    fn priority(&mut self) -> Option<Option<Priority>> {
        let said = self.text("priority")?;
        let Some(text) = said else { return Some(None) };
        let found = priority(&text);
        if found.is_none() {
            self.wrong.push(Wrong::new("priority", "has to be low, medium or high"));
        }
        found.map(Some)
    }

    /// Nothing, or all that is wrong; a field that could not be read is told once.
    fn end(self, rules: Vec<Wrong>) -> Result<(), Problem> {
        let Self { members, wrong: mut all } = self;
        let told: Vec<String> = all.iter().map(|one| one.field.clone()).collect();
        all.extend(rules.into_iter().filter(|one| !told.contains(&one.field)));
        // What the asker calls a field may be long.
        let unknown = members.keys().take(20).map(|name| name.chars().take(64).collect::<String>());
        all.extend(unknown.map(|name| Wrong::new(&name, "is no field that can be set")));
        if all.is_empty() { Ok(()) } else { Err(wrong(&all)) }
    }
}
