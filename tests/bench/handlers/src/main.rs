//! What handlers are measured against: the same done by hand, without what a runtime promises. Each peer is as quick as it can be
//! made with the same crates, the same statements and the same tables; none is held back.

mod bare;
mod consumer;
mod counts;
mod empty;
mod entry;
mod join;
mod plain;
mod requests;
mod serve;
mod sidecar;
mod task;
mod told;

use anyhow::{Result, bail};
use tokio::runtime::Runtime;

fn main() -> Result<()> {
    let peer = std::env::args().nth(1).unwrap_or_default();
    match peer.as_str() {
        "bare" => bare::run(),
        "join" => join::run(),
        "plain" => plain::run(),
        "empty" => Runtime::new()?.block_on(empty::run()),
        "requests" => Runtime::new()?.block_on(requests::run()),
        "sidecar" => Runtime::new()?.block_on(sidecar::run()),
        _ => bail!("there is no peer `{peer}`"),
    }
}
