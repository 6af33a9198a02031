//! Redis.

use std::path::Path;
use std::time::Instant;

use anyhow::Result;
use portolan_parts::Redis;

#[test]
fn a_server_stores_and_ends() -> Result<()> {
    let begun = Instant::now();
    let mut server = Redis::start("redis-password")?;
    note("ready", begun);
    assert!(server.address().starts_with("localhost:") && server.ca_file().is_file());
    assert_eq!(server.command(&["SET", "task", "1"])?, "OK");
    assert_eq!(server.command(&["GET", "task"])?, "1");
    assert!(server.command(&["GET"]).is_err());

    let pid = server.process().pid();
    drop(server);
    assert!(!Path::new(&format!("/proc/{pid}")).exists());
    Ok(())
}

/// For whoever runs the test with `--nocapture`.
#[expect(clippy::print_stderr, reason = "a measurement")]
fn note(what: &str, begun: Instant) {
    eprintln!("{what} in {:?}", begun.elapsed());
}
