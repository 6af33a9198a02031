//! Which tasks are asked for.

use axum::extract::Query as Parameters;
use axum::http::Uri;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use handler_runtime::Problem;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::answer::wrong;
use crate::domain::Wrong;
use crate::store::list::{Place, Query, Sort};
use crate::store::row::{priority, word};

/// Tasks in a page, unless fewer or more are asked for.
const PAGE: u16 = 50;
const MOST: u16 = 100;
const TEXT: usize = 200;

/// Reads a query; every problem is told.
pub(super) fn read(text: &str) -> Result<Query, Problem> {
    let mut query = Query { limit: PAGE, ..Query::default() };
    let mut problems = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    let mut after = None;
    for (name, value) in pairs(text) {
        if seen.contains(&name) {
            problems.push(Wrong::new(&name, "is said twice"));
            continue;
        }
        if name == "after" {
            after = Some(value);
        } else if let Err(detail) = set(&mut query, &name, value) {
            problems.push(Wrong::new(&name.chars().take(64).collect::<String>(), detail));
        }
        seen.push(name);
    }
    // A place is one in an order, so the order has to be known.
    if let Some(after) = after {
        query.behind = place(&query, &after);
        if query.behind.is_none() {
            problems.push(Wrong::new("after", "has to be the `next` of a page with the same sort"));
        }
    }
    if problems.is_empty() { Ok(query) } else { Err(wrong(&problems)) }
}

fn pairs(text: &str) -> Vec<(String, String)> {
    let uri = Uri::builder().path_and_query(format!("/?{text}")).build();
    let pairs = uri.ok().and_then(|uri| Parameters::<Vec<(String, String)>>::try_from_uri(&uri).ok());
    pairs.map(|Parameters(pairs)| pairs).unwrap_or_default()
}

fn set(query: &mut Query, name: &str, value: String) -> Result<(), &'static str> {
    match name {
        "status" => {
            query.completed = match value.as_str() {
                "all" => None,
                "open" => Some(false),
                "completed" => Some(true),
                _ => return Err("has to be all, open or completed"),
            }
        }
        "priority" => query.priority = Some(word(priority(&value).ok_or("has to be low, medium or high")?)),
        "tag" => query.tag = Some(line(value)?),
        "title" => query.title = Some(line(value)?),
        "due_from" => query.due_from = Some(time(&value)?),
        "due_before" => query.due_before = Some(time(&value)?),
        "sort" => {
            let (name, descending) = value.strip_prefix('-').map_or((value.as_str(), false), |name| (name, true));
            query.sort = sort(name).ok_or("has to be created_at, due_date or title, or one of them behind a minus")?;
            query.descending = descending;
        }
        "limit" => {
            let limit = value.parse().ok().filter(|limit| (1..=MOST).contains(limit));
            query.limit = limit.ok_or("has to be 1 to 100")?;
        }
        _ => return Err("is no parameter"),
    }
    Ok(())
}

fn sort(name: &str) -> Option<Sort> {
    [Sort::CreatedAt, Sort::DueDate, Sort::Title].into_iter().find(|sort| sort_name(*sort) == name)
}

const fn sort_name(sort: Sort) -> &'static str {
    match sort {
        Sort::CreatedAt => "created_at",
        Sort::DueDate => "due_date",
        Sort::Title => "title",
    }
}

fn line(value: String) -> Result<String, &'static str> {
    let fits = !value.is_empty() && value.chars().count() <= TEXT && !value.chars().any(char::is_control);
    fits.then_some(value).ok_or("has to be 1 to 200 characters without control characters")
}

fn time(value: &str) -> Result<OffsetDateTime, &'static str> {
    let time = OffsetDateTime::parse(value, &Rfc3339).ok();
    let time = time.and_then(|time| time.checked_to_offset(time::UtcOffset::UTC)).filter(|time| time.year() > 0);
    time.ok_or("has to be a time as in 2026-11-24T18:00:00Z (RFC 3339)")
}

/// What `after` has to be for the page behind a place.
pub(super) fn cursor(query: &Query, place: &Place) -> String {
    let sign = if query.descending { "-" } else { "" };
    let text = format!("{sign}{}\n{}\n{}", sort_name(query.sort), place.id, place.value);
    URL_SAFE_NO_PAD.encode(text)
}

fn place(query: &Query, after: &str) -> Option<Place> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(after).ok()?).ok()?;
    let (order, rest) = text.split_once('\n')?;
    let (id, value) = rest.split_once('\n')?;
    let (name, descending) = order.strip_prefix('-').map_or((order, false), |name| (name, true));
    let same = sort(name)? == query.sort && descending == query.descending;
    let plain = !text.contains('\0');
    (same && plain).then(|| Place { value: value.to_owned(), id: id.to_owned() })
}
