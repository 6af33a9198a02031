//! Where transports differ. The suite asserts each difference, and the guide's table is made of them.

use std::time::Duration;

/// Where a transport differs from the others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Features {
    /// What waits with an event that comes again.
    pub(crate) waits: Waits,
    /// Who says when it comes again.
    pub(crate) paced: Paced,
    /// Whether the dead letter of bytes that are no JSON tells a reason.
    pub(crate) reason: bool,
    /// Whether numbers past 2^53 stay what they are.
    pub(crate) numbers: bool,
    /// Where counts are found.
    pub(crate) counted: Counted,
    /// So late a job may be, on a machine with much to do.
    pub(crate) late: Duration,
    /// The letters of an event that passes.
    pub(crate) letters: usize,
}

/// Of who keeps time by himself: so late a job may be on a machine with much to do.
pub(crate) const LATE: Duration = Duration::from_secs(8);
/// Of who has no limit but those that are configured.
pub(crate) const LETTERS: usize = 5 * 1024 * 1024;

/// Where counts are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counted {
    /// Prometheus asks for them.
    Asked,
    /// They stand in the log.
    Logged,
}

/// What waits with an event that comes again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waits {
    /// Later events of its key.
    Key,
    /// Later events of its partition.
    Partition,
    /// All later events that its component brings.
    Component,
}

/// Who says when an event comes again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paced {
    /// The runtime.
    Runtime,
    /// The sidecar.
    Sidecar,
}

/// What a cell of the table says.
type Cell = fn(&Features) -> &'static str;

const ROWS: [(&str, Cell); 7] = [
    ("what waits with an event that comes again", |features| match features.waits {
        Waits::Key => "later events of its key",
        Waits::Partition => "later events of its partition",
        Waits::Component => "all later events of its component",
    }),
    ("when it comes again", |features| match features.paced {
        Paced::Runtime => "after `PORTOLAN_FIRST_RETRY_MS`, then doubled",
        Paced::Sidecar => "when the sidecar's resiliency policy says",
    }),
    ("the dead letter of bytes that are no JSON", |features| {
        if features.reason { "tells its reason" } else { "is the sidecar's, and tells none" }
    }),
    ("whole numbers past 2^53 in a payload", |features| {
        if features.numbers { "stay as they are" } else { "are rounded by the sidecar" }
    }),
    ("a job that is due comes", |features| {
        if features.late == LATE { "within a second" } else { "within a minute, which is what Scheduler promises" }
    }),
    ("how large an event may be", |features| {
        if features.letters == LETTERS { "as the topic allows" } else { "4 MB: an invocation has 6 MB, in base64" }
    }),
    ("what is counted", |features| match features.counted {
        Counted::Asked => "is told to Prometheus",
        Counted::Logged => "stands in the log, for each invocation",
    }),
];

/// The table of the guide, a column for each transport.
pub(crate) fn table(transports: &[(&str, Features)]) -> String {
    let line = |first: &str, cells: Vec<&str>| format!("| {first} | {} |\n", cells.join(" | "));
    let mut table = line("what differs", transports.iter().map(|(name, _)| *name).collect());
    table.push_str(&line("---", transports.iter().map(|_| "---").collect()));
    for (name, cell) in ROWS {
        table.push_str(&line(name, transports.iter().map(|(_, features)| cell(features)).collect()));
    }
    table
}
