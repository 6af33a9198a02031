//! What a person sees while parts are obtained: a spinner on a terminal, a line a part elsewhere.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::cache::Origin;
use crate::part::Part;

/// Reports to stderr.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    announces: bool,
}

impl Progress {
    /// For a test that needs a part: says what it waits for, and nothing more.
    pub(crate) fn plain() -> Self {
        Self { bar: None, announces: true }
    }

    /// For a person at `total` parts.
    pub(crate) fn detect(total: usize) -> Self {
        if !io::stderr().is_terminal() {
            return Self { bar: None, announces: false };
        }
        let bar = ProgressBar::new(total as u64);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {pos}/{len} {wide_msg} {elapsed}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        Self { bar: Some(bar), announces: false }
    }

    /// A part is looked for or built.
    pub(crate) fn starts(&self, part: &Part) {
        if let Some(bar) = &self.bar {
            bar.set_message(format!("{} {}", part.name, part.version));
        } else if self.announces {
            line(&format!("obtaining {} {} ({})", part.name, part.version, part.recipe.source()));
        }
    }

    /// A part is there.
    pub(crate) fn ends(&self, part: &Part, origin: Origin) {
        let how = match origin {
            Origin::Provided => "provided".to_owned(),
            Origin::Cached => "cached".to_owned(),
            Origin::Built(time) => format!("obtained in {:.1} s", time.as_secs_f64()),
        };
        let text = format!("{} {} {how}", part.name, part.version);
        match &self.bar {
            Some(bar) => {
                bar.println(text);
                bar.inc(1);
            }
            None => line(&text),
        }
    }

    /// Nothing more comes.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// A stderr that is closed must not fail a build.
fn line(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}
