//! A user's tasks, a page at a time. A page begins behind the last task of the one before it, so what is added or deleted
//! meanwhile neither repeats nor hides a task.

use handler_contract::Id;
use sqlx::{AssertSqlSafe, FromRow, PgPool};
use time::OffsetDateTime;

use super::row::{COLUMNS, Row};
use crate::domain::Task;

/// Which tasks, and in which order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query {
    pub(crate) completed: Option<bool>,
    pub(crate) priority: Option<&'static str>,
    pub(crate) tag: Option<String>,
    pub(crate) due_from: Option<OffsetDateTime>,
    pub(crate) due_before: Option<OffsetDateTime>,
    /// A part of the title, in any case.
    pub(crate) title: Option<String>,
    pub(crate) sort: Sort,
    pub(crate) descending: bool,
    pub(crate) limit: u16,
    pub(crate) behind: Option<Place>,
}

/// By what tasks are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Sort {
    #[default]
    CreatedAt,
    /// What is never due comes last.
    DueDate,
    Title,
}

/// The place of a task in the order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// What it is sorted by, as PostgreSQL writes it.
    pub(crate) value: String,
    pub(crate) id: String,
}

#[derive(FromRow)]
struct Placed {
    #[sqlx(flatten)]
    row: Row,
    place: String,
}

impl Sort {
    const fn expression(self, descending: bool) -> (&'static str, &'static str) {
        match (self, descending) {
            (Self::CreatedAt, _) => ("created_at", "timestamptz"),
            (Self::DueDate, false) => ("coalesce(due_date, 'infinity')", "timestamptz"),
            (Self::DueDate, true) => ("coalesce(due_date, '-infinity')", "timestamptz"),
            (Self::Title, _) => ("lower(title) COLLATE \"C\"", "text"),
        }
    }
}

/// The tasks of a page, and the place behind which the next one begins.
pub(crate) async fn list(pool: &PgPool, user: &Id, query: &Query) -> sqlx::Result<(Vec<Task>, Option<Place>)> {
    let (expression, kind) = query.sort.expression(query.descending);
    let (order, beyond) = if query.descending { ("DESC", "<") } else { ("ASC", ">") };
    let text = format!(
        "SELECT ({expression})::text AS place, {COLUMNS}
         WHERE tasks.user_id = $1 AND NOT deleted
           AND ($2::boolean IS NULL OR completed = $2)
           AND ($3::text IS NULL OR priority = $3)
           AND ($4::text IS NULL OR tags @> ARRAY[$4])
           AND ($5::timestamptz IS NULL OR due_date >= $5)
           AND ($6::timestamptz IS NULL OR due_date < $6)
           AND ($7::text IS NULL OR position(lower($7) IN lower(title)) > 0)
           AND ($8::text IS NULL OR ({expression}, tasks.id) {beyond} ($8::{kind}, $9))
         ORDER BY {expression} {order}, tasks.id {order} LIMIT $10"
    );
    let behind = query.behind.as_ref();
    let rows: Vec<Placed> = sqlx::query_as(AssertSqlSafe(text))
        .bind(user.as_str())
        .bind(query.completed)
        .bind(query.priority)
        .bind(&query.tag)
        .bind(query.due_from)
        .bind(query.due_before)
        .bind(&query.title)
        .bind(behind.map(|place| place.value.as_str()))
        .bind(behind.map(|place| place.id.as_str()))
        .bind(i64::from(query.limit) + 1)
        .fetch_all(pool)
        .await?;
    let more = rows.len() > usize::from(query.limit);
    let mut last = None;
    let mut tasks = Vec::with_capacity(rows.len());
    for placed in rows.into_iter().take(usize::from(query.limit)) {
        let task = placed.row.task()?;
        last = Some(Place { value: placed.place, id: task.id.to_string() });
        tasks.push(task);
    }
    Ok((tasks, last.filter(|_| more)))
}
