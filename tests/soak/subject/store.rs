//! The ledger in PostgreSQL.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::PgConnection;

use crate::domain::{Line, Subject};
use crate::runtime::{Schema, Store};

/// The ledger.
pub(crate) struct Ledger;

impl Store<Subject> for Ledger {
    const SCHEMA: Schema = Schema::named("soak");
    const TABLES: &'static str = "
CREATE TABLE IF NOT EXISTS soak.pages (page text PRIMARY KEY, lines bigint NOT NULL);
CREATE TABLE IF NOT EXISTS soak.lines (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  page text NOT NULL,
  before bigint NOT NULL,
  event text NOT NULL
);
";

    async fn load(connection: &mut PgConnection, pages: &BTreeSet<String>) -> sqlx::Result<BTreeMap<String, i64>> {
        let pages: Vec<&str> = pages.iter().map(String::as_str).collect();
        let rows: Vec<(String, i64)> =
            sqlx::query_as("SELECT page, lines FROM soak.pages WHERE page = ANY ($1) ORDER BY page FOR UPDATE")
                .bind(pages)
                .fetch_all(connection)
                .await?;
        Ok(rows.into_iter().collect())
    }

    async fn save(connection: &mut PgConnection, changed: &BTreeMap<String, i64>, lines: &[Line]) -> sqlx::Result<()> {
        let (pages, counts): (Vec<&str>, Vec<i64>) =
            changed.iter().map(|(page, count)| (page.as_str(), *count)).unzip();
        sqlx::query(
            "INSERT INTO soak.pages (page, lines) SELECT page, lines FROM unnest($1::text[], $2::bigint[]) AS p (page, lines)
             ON CONFLICT (page) DO UPDATE SET lines = excluded.lines",
        )
        .bind(pages)
        .bind(counts)
        .execute(&mut *connection)
        .await?;
        sqlx::query(
            "INSERT INTO soak.lines (page, before, event) SELECT page, before, event
             FROM unnest($1::text[], $2::bigint[], $3::text[]) AS l (page, before, event)",
        )
        .bind(lines.iter().map(|line| line.page.as_str()).collect::<Vec<_>>())
        .bind(lines.iter().map(|line| line.before).collect::<Vec<_>>())
        .bind(lines.iter().map(|line| line.event.as_str()).collect::<Vec<_>>())
        .execute(connection)
        .await?;
        Ok(())
    }
}
