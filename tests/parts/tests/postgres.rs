//! `PostgreSQL`.

use std::path::Path;
use std::time::Instant;

use anyhow::Result;
use portolan_parts::Postgres;

#[test]
fn a_server_stores_and_ends() -> Result<()> {
    let begun = Instant::now();
    let mut server = Postgres::start()?;
    note("ready", begun);
    let url = server.create_database("todo")?;
    assert!(url.starts_with("postgres://postgres@127.0.0.1:") && url.ends_with("/todo"));
    server.psql("todo", "CREATE TABLE task (id int); INSERT INTO task VALUES (1), (2)")?;
    assert_eq!(server.psql("todo", "SELECT id FROM task ORDER BY id")?, "1\n2");
    let refused = server.psql("todo", "SELECT * FROM nothing");
    assert!(refused.is_err_and(|error| error.to_string().contains("nothing")));

    let pid = server.process().pid();
    drop(server);
    assert!(!Path::new(&format!("/proc/{pid}")).exists());
    Ok(())
}

#[test]
fn a_durable_one_waits_for_the_disk_and_tells_when_a_row_was_committed() -> Result<()> {
    let server = Postgres::durable()?;
    assert_eq!(server.psql("postgres", "SHOW fsync")?, "on");
    server.psql("postgres", "CREATE TABLE task (id int); INSERT INTO task VALUES (1)")?;
    let committed = "SELECT pg_xact_commit_timestamp(xmin) <= clock_timestamp() FROM task";
    assert_eq!(server.psql("postgres", committed)?, "t");
    Ok(())
}

/// For whoever runs the test with `--nocapture`.
#[expect(clippy::print_stderr, reason = "a measurement")]
fn note(what: &str, begun: Instant) {
    eprintln!("{what} in {:?}", begun.elapsed());
}
