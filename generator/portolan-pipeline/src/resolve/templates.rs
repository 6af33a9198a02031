//! Templates in Tera, rendered under limits: no file, no clock, no chance, so the same stack gives the same text.

use std::io::{self, Write};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tera::{Context, Error, ErrorKind, Kwargs, State, Tera, TeraResult, Value};

use super::template_view::view;
use crate::model::Stack;
use crate::source::Position;
use crate::spec::{MAX_MANIFEST_BYTES, ManifestFile};
use crate::suggest::did_you_mean;

/// How many numbers all calls of `range` give out together: enough for what anybody applies, too few to wait for.
const MAX_RANGE: usize = 100_000;

/// What stands in the way of a template.
pub(super) struct Trouble {
    /// What is wrong.
    pub(super) message: String,
    /// Where in the template, where that is known.
    pub(super) place: Option<Place>,
    /// What to do.
    pub(super) help: String,
}

/// A place in a template.
pub(super) enum Place {
    /// These bytes.
    Range(Range<usize>),
    /// This line and column.
    Position(Position),
}

/// All templates of an environment, which may include one another.
pub(super) struct Templates<'a> {
    tera: Tera,
    context: Context,
    troubles: Vec<(&'a ManifestFile, Trouble)>,
}

impl<'a> Templates<'a> {
    /// Reads the templates. One that is wrong is left out, and the others that need it fail where they name it.
    pub(super) fn read(files: impl Iterator<Item = (&'a ManifestFile, &'a String)>, stack: &Stack) -> Self {
        let mut left: Vec<_> = files.collect();
        let mut tera = engine();
        let mut troubles = Vec::new();
        loop {
            let texts = left.iter().map(|(file, text)| (file.path.value.as_str(), text.as_str()));
            let Err(error) = tera.add_raw_templates(texts) else { break };
            let blamed = left.iter().position(|(file, _)| Some(file.path.value.as_str()) == blamed(&error));
            // Whatever cannot be told apart is the first one's.
            let place = blamed.unwrap_or_default();
            if left.is_empty() {
                break;
            }
            let (file, _) = left.remove(place);
            troubles.push((file, trouble(&error, &[])));
            tera = engine();
        }
        let context = Context::from_serialize(&view(stack)).unwrap_or_default();
        Self { tera, context, troubles }
    }

    /// What was wrong with the templates as such.
    pub(super) fn troubles(&self) -> impl Iterator<Item = (&'a ManifestFile, &Trouble)> {
        self.troubles.iter().map(|(file, trouble)| (*file, trouble))
    }

    /// What a template becomes; nothing where it could not be read.
    pub(super) fn render(&mut self, path: &str) -> Option<Result<String, Trouble>> {
        if !self.tera.contains_template(path) {
            return None;
        }
        let mut output = Bounded { text: Vec::new(), full: false };
        let ended = self.tera.render_to(path, &self.context, &mut output);
        Some(match ended {
            _ if output.full => Err(Trouble {
                message: format!("`{path}` becomes larger than {MAX_MANIFEST_BYTES} bytes"),
                place: None,
                help: "look for a loop inside a loop, or part the template".to_owned(),
            }),
            Ok(()) => Ok(String::from_utf8_lossy(&output.text).into_owned()),
            Err(error) => Err(trouble(&error, &[path])),
        })
    }
}

fn engine() -> Tera {
    let mut tera = Tera::new();
    // What is rendered is YAML, whatever a template is called.
    tera.autoescape_on(Vec::<&str>::new());
    tera.register_filter("json", |value: Value, _: Kwargs, _: &State| json(&value));
    let given = Arc::new(AtomicUsize::new(0));
    tera.register_function("range", move |arguments: Kwargs, _: &State| range(&arguments, &given));
    tera
}

/// A value as JSON, which is YAML that means the same whatever stands in it.
fn json(value: &Value) -> TeraResult<String> {
    serde_json::to_string(value).map_err(|error| Error::message(error.to_string()))
}

/// Tera's own `range`, but for the sum of all calls.
fn range(arguments: &Kwargs, given: &AtomicUsize) -> TeraResult<Vec<i64>> {
    let start = arguments.get::<i64>("start")?.unwrap_or_default();
    let end = arguments.must_get::<i64>("end")?;
    let step = arguments.get::<i64>("step_by")?.unwrap_or(1);
    let step = usize::try_from(step).ok().filter(|step| *step > 0);
    let step = step.ok_or_else(|| Error::message("`step_by` of `range` is 1 or more"))?;
    let length = usize::try_from(end.saturating_sub(start)).unwrap_or_default().div_ceil(step);
    if given.fetch_add(length.min(MAX_RANGE + 1), Ordering::Relaxed) + length.min(MAX_RANGE + 1) > MAX_RANGE {
        return Err(Error::message(format!("`range` gives out {MAX_RANGE} numbers in all and no more")));
    }
    Ok((start..end).step_by(step).collect())
}

/// Takes so much text and no more.
struct Bounded {
    text: Vec<u8>,
    full: bool,
}

impl Write for Bounded {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        if self.text.len() + part.len() > MAX_MANIFEST_BYTES {
            self.full = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.text.extend_from_slice(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The template that an error is of.
fn blamed(error: &Error) -> Option<&str> {
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => Some(report.filename()),
        ErrorKind::CircularExtend { tpl, .. } | ErrorKind::CircularInclude { tpl, .. } => Some(tpl),
        ErrorKind::MissingParent { current, .. } => Some(current),
        ErrorKind::Msg(message) => located(message).map(|(path, _)| path),
        _ => None,
    }
}

/// An error in our words; `rendered` is the template that was asked for, in which its place is meant.
fn trouble(error: &Error, rendered: &[&str]) -> Trouble {
    let (message, place) = match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            let here = rendered.is_empty() || rendered.contains(&report.filename());
            let elsewhere = if here { String::new() } else { format!("in `{}`: ", report.filename()) };
            (format!("{elsewhere}{}", report.message()), here.then(|| Place::Range(report.span().range.clone())))
        }
        ErrorKind::Msg(message) => {
            let first = message.strip_prefix("error: ").unwrap_or(message);
            (first.to_owned(), located(message).map(|(_, position)| Place::Position(position)))
        }
        ErrorKind::CircularInclude { tpl, .. } => (format!("`{tpl}` includes itself"), None),
        ErrorKind::CircularExtend { tpl, .. } => (format!("`{tpl}` extends itself"), None),
        _ => (error.to_string(), None),
    };
    let (message, known) = match message.split_once(". Available ").or(message.split_once(" Available ")) {
        Some((message, known)) => {
            (message.to_owned(), known.split_once(": ").map_or("", |(_, known)| known).to_owned())
        }
        None => (message, String::new()),
    };
    Trouble { message: fragment(&message), place, help: help(&message, &known) }
}

/// The place that Tera wrote into its message: ` --> path:line:column`.
fn located(message: &str) -> Option<(&str, Position)> {
    let arrow = message.lines().find_map(|line| line.trim_start().strip_prefix("--> "))?;
    let (rest, column) = arrow.rsplit_once(':')?;
    let (path, line) = rest.rsplit_once(':')?;
    Some((path, Position { line: line.parse().ok()?, column: column.parse().ok()? }))
}

/// Of a name that is not there, the nearest that is.
fn help(message: &str, known: &str) -> String {
    let unknown = message.split('`').nth(1).filter(|_| message.contains("is not defined"));
    match unknown {
        Some(unknown) if !known.is_empty() => did_you_mean(unknown, known.split(", ")),
        Some(_) => "nothing is known by any name here".to_owned(),
        None if message.contains("not found") => "only what stands under `manifests` can be included".to_owned(),
        None => "mend the template at this place; the guide has a page on templates".to_owned(),
    }
}

/// In lower case, without a full stop, on one line: as findings are written.
fn fragment(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default().trim_end_matches('.');
    let mut letters = line.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}
