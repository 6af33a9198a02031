//! Logs of all processes in one file, each line with whose it is.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

const LOOK: Duration = Duration::from_millis(200);

/// Gathers what the sources say into a file, for as long as this process lives.
pub fn gather(sources: Vec<(String, PathBuf)>, into: &Path) -> io::Result<()> {
    let mut all = File::create(into)?;
    let mut open = Vec::new();
    for (name, path) in sources {
        open.push((name, BufReader::new(File::open(path)?), String::new()));
    }
    thread::spawn(move || -> io::Result<()> {
        loop {
            for (name, reader, line) in &mut open {
                // The last line may not be whole yet; what is there of it is kept until it is.
                while reader.read_line(line)? > 0 && line.ends_with('\n') {
                    write!(all, "{name}: {line}")?;
                    line.clear();
                }
            }
            thread::sleep(LOOK);
        }
    });
    Ok(())
}
