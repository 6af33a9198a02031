//! What people and programs see. Only modules in here write to the terminal, through the one writer of [`Output`]; they
//! all show the same [`crate::report::Report`].

pub(crate) mod asyncapi;
pub(crate) mod catalogue;
#[cfg(feature = "world")]
mod confirm;
pub(crate) mod contract;
pub(crate) mod diff;
mod excerpt;
pub(crate) mod failure;
pub(crate) mod human;
pub(crate) mod imported;
pub(crate) mod json;
#[cfg(feature = "world")]
pub(crate) mod letters;
pub(crate) mod pages;
pub(crate) mod provenance;
pub(crate) mod rendered;
pub(crate) mod sarif;
pub(crate) mod started;
#[cfg(test)]
mod tests;

use std::io::{self, BufWriter, StdoutLock, Write};

use anstream::{AutoStream, ColorChoice};
#[cfg(feature = "world")]
pub(crate) use confirm::confirm;

use crate::cli::Color;
use crate::exit::Exit;
use crate::failure::Failure;

/// Standard output: locked once, buffered, with or without colour.
pub(crate) struct Output {
    to: BufWriter<AutoStream<StdoutLock<'static>>>,
    colored: bool,
    closed: bool,
}

/// What a view writes to.
pub(crate) struct Page<'a> {
    to: &'a mut dyn Write,
    /// Whether it may use colour.
    pub(crate) colored: bool,
}

impl Output {
    /// Standard output, coloured as the user wants it.
    pub(crate) fn new(color: Color) -> Self {
        match color {
            Color::Auto => {}
            Color::Always => ColorChoice::Always.write_global(),
            Color::Never => ColorChoice::Never.write_global(),
        }
        let stream = AutoStream::auto(io::stdout().lock());
        let colored = stream.current_choice() != ColorChoice::Never;
        Self { to: BufWriter::with_capacity(1 << 16, stream), colored, closed: false }
    }

    /// Prints one view. A reader who has seen enough and closes the pipe is no failure.
    pub(crate) fn print(&mut self, view: impl FnOnce(&mut Page<'_>) -> io::Result<()>) -> Result<(), Failure> {
        let mut page = Page { to: &mut self.to, colored: self.colored };
        match view(&mut page).and_then(|()| self.to.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::output(&error)),
            Err(_) => {
                self.closed = true;
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    /// Whether the reader has closed the pipe: what goes on for long has no reason to.
    #[cfg_attr(not(feature = "world"), allow(dead_code, reason = "what only reads files ends soon"))]
    pub(crate) const fn is_closed(&self) -> bool {
        self.closed
    }
}

impl Write for Page<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.to.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Shows bytes as they are.
pub(crate) fn verbatim(bytes: &[u8], to: &mut Page<'_>) -> io::Result<()> {
    to.write_all(bytes)
}

/// Shows what clap has to say: help and version on request, or what is wrong with the command line.
pub(crate) fn refusal(refusal: &clap::Error) -> Exit {
    match refusal.print() {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            let failure = Failure::output(&error);
            failure::show(&failure);
            failure.exit
        }
        _ if refusal.use_stderr() => Exit::Usage,
        _ => Exit::Done,
    }
}
