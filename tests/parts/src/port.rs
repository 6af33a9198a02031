//! Ports that nobody else takes meanwhile.
//!
//! A port that the system gives and that is then released may be taken by another test, or by an outgoing connection, before the part
//! listens on it. So ports come from below the range of outgoing connections, and a locked file holds each for as long as it is used.

use std::fmt;
use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result, bail};

use crate::cache;

const FIRST: u16 = 20_000;
const COUNT: u16 = 12_000;

/// A port on the loopback address, ours until this value is dropped.
#[derive(Debug)]
pub struct Port {
    number: u16,
    _held: File,
}

impl Port {
    /// Reserves a free port.
    pub fn reserve() -> Result<Self> {
        let folder = cache::root()?.join(".ports");
        fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        let start = start();
        for offset in 0..COUNT {
            let number = FIRST + (start + offset) % COUNT;
            if let Some(port) = Self::take(&folder, number)? {
                return Ok(port);
            }
        }
        bail!("no port from {FIRST} on is free");
    }

    fn take(folder: &Path, number: u16) -> Result<Option<Self>> {
        let held = File::create(folder.join(number.to_string()))?;
        let free = held.try_lock().is_ok() && TcpListener::bind((Ipv4Addr::LOCALHOST, number)).is_ok();
        Ok(free.then_some(Self { number, _held: held }))
    }

    /// Its number.
    pub fn number(&self) -> u16 {
        self.number
    }
}

impl fmt::Display for Port {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.number.fmt(formatter)
    }
}

/// Where to look first: processes start apart, so that they seldom meet, and each goes on where it was.
fn start() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let spread = std::process::id().wrapping_mul(97).wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
    // Below COUNT, which fits.
    u16::try_from(spread % u32::from(COUNT)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn reserved_ports_differ() -> Result<()> {
        let ports: Vec<Port> = (0..20).map(|_| Port::reserve()).collect::<Result<_>>()?;
        let numbers: BTreeSet<u16> = ports.iter().map(Port::number).collect();
        assert_eq!(numbers.len(), ports.len());
        Ok(())
    }

    #[test]
    fn a_port_in_use_is_passed_over() -> Result<()> {
        let port = Port::reserve()?;
        let folder = cache::root()?.join(".ports");
        let number = port.number();
        assert!(Port::take(&folder, number)?.is_none());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, number))?;
        drop(port);
        assert!(Port::take(&folder, number)?.is_none());
        drop(listener);
        Ok(())
    }
}
