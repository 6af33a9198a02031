//! The cluster of the pages has an API and no controllers: nobody runs a Job, and helm would wait for one for ever.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::Result;
use portolan_parts::kubectl;

const POLL: Duration = Duration::from_millis(500);
/// Namespace and name of each.
const NAMES: &str = "jsonpath={range .items[*]}{.metadata.namespace}/{.metadata.name} {end}";
/// What the Job controller writes when a Job's pod has done its work.
const DONE: &str = r#"{"status":{"startTime":"2026-01-01T00:00:00Z","completionTime":"2026-01-01T00:00:01Z","succeeded":1,"conditions":[{"type":"SuccessCriteriaMet","status":"True"},{"type":"Complete","status":"True"}]}}"#;

/// Says of every Job of a cluster that it is done, for as long as this value lives.
pub(crate) struct Jobs {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Jobs {
    pub(crate) fn finish(kubeconfig: PathBuf) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                // A cluster that is busy, or about to end, is asked again.
                let _ = finish_open(&kubeconfig);
                std::thread::sleep(POLL);
            }
        });
        Self { stop, thread: Some(thread) }
    }
}

impl Drop for Jobs {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn finish_open(kubeconfig: &Path) -> Result<()> {
    let client = || -> Result<Command> {
        let mut client = kubectl()?;
        client.env("KUBECONFIG", kubeconfig);
        Ok(client)
    };
    let mut open = client()?;
    open.args(["get", "jobs", "--all-namespaces", "--field-selector", "status.successful=0", "--output", NAMES]);
    let open = open.output()?;
    for job in String::from_utf8_lossy(&open.stdout).split_whitespace() {
        if let Some((namespace, name)) = job.split_once('/') {
            let mut patch = client()?;
            patch.args(["patch", "job", name, "--namespace", namespace, "--subresource=status", "--type=merge"]);
            patch.args(["--patch", DONE]).output()?;
        }
    }
    Ok(())
}
