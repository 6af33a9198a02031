//! Mistakes that this runtime does not make. Built with `--cfg portolan_faults` it makes the one that `PORTOLAN_FAULT` names, so that
//! tests can show that they would see it (docs/decisions/0024). Without that flag nothing of this file is compiled.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use handler_contract::{Handler, Identity};
use handler_protocol::{Batch, Verdict};
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer, ConsumerContext};
use rdkafka::{Offset, TopicPartitionList};
use sqlx::{PgPool, PgTransaction};

use crate::perform::Performed;
use crate::relay::Carried;
use crate::store::Store;

/// An event is answered before its transaction.
pub(crate) const ANSWER_FIRST: &str = "commit-before-the-transaction";
/// Nothing remembers what was handled.
pub(crate) const NO_INBOX: &str = "no-inbox";
/// The inbox keys are durable before the effects are.
const INBOX_APART: &str = "inbox-in-a-second-transaction";
/// The aggregates are those from before the inbox insert.
const READ_FIRST: &str = "read-before-the-inbox-insert";
/// Inbox keys are inserted in no order.
const UNSORTED: &str = "unsorted-inbox-keys";
/// A relay goes by the number of the last row that left.
const CURSOR: &str = "outbox-by-cursor";
/// A relay locks rows, not their shard.
pub(crate) const TWO_RELAYS: &str = "two-relays-on-one-key";
/// A row that was sent is deleted, whatever the report says.
const REPORT_IGNORED: &str = "delivery-report-ignored";
/// What comes again is waited for in the poll loop.
const SLEEP: &str = "sleep-in-the-poll-loop";
/// The offset of a partition that was taken away is committed when another process has it.
const COMMIT_LATE: &str = "commit-after-revoke";
/// Nothing is announced before the handler runs.
pub(crate) const COUNTED_AFTER: &str = "attempts-counted-after-the-handler";
/// A process that is told to end leaves at once.
pub(crate) const LEAVE_AT_ONCE: &str = "leave-without-draining";

/// All of them.
const FAULTS: [&str; 12] = [
    ANSWER_FIRST,
    NO_INBOX,
    INBOX_APART,
    READ_FIRST,
    UNSORTED,
    CURSOR,
    TWO_RELAYS,
    REPORT_IGNORED,
    SLEEP,
    COMMIT_LATE,
    COUNTED_AFTER,
    LEAVE_AT_ONCE,
];

/// Whether this mistake is made.
pub(crate) fn is(fault: &str) -> bool {
    static MADE: LazyLock<Option<String>> = LazyLock::new(|| {
        let made = std::env::var("PORTOLAN_FAULT").ok();
        assert!(made.as_deref().is_none_or(|made| FAULTS.contains(&made)), "PORTOLAN_FAULT names no fault");
        made
    });
    MADE.as_deref() == Some(fault)
}

/// Answers for so many events, and performs them all the same.
pub(crate) fn answer_first(count: usize, perform: impl Future<Output: Send> + Send + 'static) -> Performed {
    tokio::spawn(perform);
    Performed { verdicts: vec![Verdict::Done; count], pushes: Vec::new() }
}

/// Makes durable what was done so far, and goes on in another transaction.
pub(crate) async fn apart<'a>(transaction: PgTransaction<'a>, pool: &PgPool) -> sqlx::Result<PgTransaction<'a>> {
    if !is(INBOX_APART) {
        return Ok(transaction);
    }
    transaction.commit().await?;
    pool.begin().await
}

/// The aggregates as they are before anything is locked.
pub(crate) async fn read_first<H: Handler, S: Store<H>>(
    handler: &H,
    pool: &PgPool,
    batch: &Batch,
    identities: &BTreeSet<Identity>,
) -> sqlx::Result<Option<BTreeMap<H::Key, H::Aggregate>>> {
    let keys = batch.keys(handler, identities);
    if !is(READ_FIRST) || keys.is_empty() {
        return Ok(None);
    }
    Ok(Some(S::load(&mut *pool.acquire().await?, &keys).await?))
}

/// The statement that inserts inbox keys.
pub(crate) fn unsorted(statement: String) -> String {
    if is(UNSORTED) { statement.replace("ORDER BY source, id", "ORDER BY random()") } else { statement }
}

/// The place of the last row that left stands beside the places of topics, so that it outlives the process.
const BY_CURSOR: &str = "
WITH oldest AS (
  SELECT position, outgoing FROM {schema}.portolan_outbox WHERE shard = $1 AND failed IS NULL AND position > coalesce(
    (SELECT next_offset FROM {schema}.portolan_positions WHERE handler = 'cursor' AND topic = '' AND part = $1), 0)
  ORDER BY position LIMIT $2
), moved AS (
  INSERT INTO {schema}.portolan_positions (handler, topic, part, next_offset, mark)
  SELECT 'cursor', '', $1, max(position), gen_random_uuid() FROM oldest HAVING count(*) > 0
  ON CONFLICT (handler, topic, part) DO UPDATE SET next_offset = excluded.next_offset
)
SELECT position, outgoing FROM oldest ORDER BY position";

/// The statement that reads the oldest rows of a shard.
pub(crate) fn oldest(statement: String, schema: crate::Schema) -> String {
    if is(CURSOR) {
        schema.statement(BY_CURSOR)
    } else if is(TWO_RELAYS) {
        format!("{statement} FOR UPDATE SKIP LOCKED")
    } else {
        statement
    }
}

/// What is sent counts as delivered soon after.
pub(crate) async fn unreported(sending: impl Future<Output = Vec<Carried>>, rows: usize) -> Vec<Carried> {
    if !is(REPORT_IGNORED) {
        return sending.await;
    }
    let _ = tokio::time::timeout(Duration::from_millis(20), sending).await;
    vec![Carried::Delivered; rows]
}

/// Waits where nobody must.
pub(crate) fn sleep_until(at: Instant) {
    if is(SLEEP) {
        std::thread::sleep(at.saturating_duration_since(Instant::now()));
    }
}

/// So long after it was taken away a partition's offset is committed.
const LATE: Duration = Duration::from_secs(3);
static TAKEN_AWAY: Mutex<Vec<(String, i32, i64, Instant)>> = Mutex::new(Vec::new());

/// Remembers the offset of a partition that is taken away.
pub(crate) fn taken_away(topic: &str, partition: i32, offset: Option<i64>) {
    if let Some(offset) = offset.filter(|_| is(COMMIT_LATE)) {
        let mut taken = TAKEN_AWAY.lock().unwrap_or_else(PoisonError::into_inner);
        taken.push((topic.to_owned(), partition, offset, Instant::now() + LATE));
    }
}

/// Commits what was remembered long enough.
pub(crate) fn commit_late<C: ConsumerContext>(consumer: &BaseConsumer<C>) {
    let mut taken = TAKEN_AWAY.lock().unwrap_or_else(PoisonError::into_inner);
    let now = Instant::now();
    for (topic, partition, offset, _) in taken.extract_if(.., |(.., at)| *at <= now) {
        let mut list = TopicPartitionList::new();
        let added = list.add_partition_offset(&topic, partition, Offset::Offset(offset));
        let committed = added.and_then(|()| consumer.commit(&list, CommitMode::Sync));
        tracing::info!(?committed, topic, partition, offset, "committed late");
    }
}
