//! The `parts` command.

use std::io::Write;

use anyhow::{Context, Result};
use clap::{Parser, ValueEnum};

use crate::part::Part;
use crate::progress::Progress;
use crate::{cache, listing};

/// Obtains the real parts that tests and benchmarks start, once, into a cache outside the work tree.
#[derive(Debug, Parser)]
#[command(name = "parts", version, after_help = EXAMPLES)]
pub struct Cli {
    /// The parts meant; all when none is named.
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Show name, version, state, size and source instead of obtaining anything.
    #[arg(long, conflicts_with_all = ["dir", "verify"])]
    list: bool,
    /// Print the folder of one part, obtained first where it is missing.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["names", "verify"])]
    dir: Option<String>,
    /// Read every file of the parts and compare it with its digest.
    #[arg(long)]
    verify: bool,
    /// How a list is written.
    #[arg(long, value_enum, default_value_t = Output::Text, requires = "list")]
    output: Output,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Output {
    Text,
    Json,
}

const EXAMPLES: &str = "\
Examples:
  parts                         obtain everything that is missing
  parts etcd kube-apiserver     obtain these
  parts --list                  what is there
  parts --list --output json    the same for programs
  parts --dir kafka             where it is
  parts --verify                read everything and compare digests

Environment:
  PORTOLAN_PARTS_CACHE   the cache, instead of ~/.cache/portolan-parts
  PORTOLAN_PARTS_DIR     a folder that has official binaries already; what is found there is not obtained
  PORTOLAN_KEEP=1        keep the folders of parts that tests started";

impl Cli {
    /// Does what the arguments say, with answers to `out` and progress to stderr.
    pub fn run(&self, out: &mut impl Write) -> Result<()> {
        if let Some(name) = &self.dir {
            writeln!(out, "{}", cache::folder(name)?.display())?;
            return Ok(());
        }
        let parts = cache::chosen(&self.names)?;
        if self.list {
            return self.show(&parts, out);
        }
        let progress = Progress::detect(parts.len());
        let outcome = parts.iter().try_for_each(|part| self.provide(part, &progress));
        progress.finish();
        outcome
    }

    fn provide(&self, part: &Part, progress: &Progress) -> Result<()> {
        let located = match cache::present(part)? {
            Some(found) => found,
            None => cache::obtain(part, progress)?,
        };
        if self.verify {
            cache::verify(part, &located)?;
        }
        progress.ends(part, located.origin);
        Ok(())
    }

    fn show(&self, parts: &[&'static Part], out: &mut impl Write) -> Result<()> {
        match self.output {
            Output::Text => writeln!(out, "{}", listing::text(parts)?)?,
            Output::Json => writeln!(
                out,
                "{}",
                serde_json::to_string_pretty(&listing::json(parts)?).context("the list is no JSON")?
            )?,
        }
        Ok(())
    }
}
