//! Scalers: what their fields say of themselves, and what their code looks up beside.

use anyhow::{Result, ensure};
use portolan_parts::cache;
use serde::Serialize;

use crate::components::kind_of;
use crate::entry::{Key, Scaler};
use crate::reader::{self, CodeKey, Report};
use crate::releases::{KEDA, KedaSource};
use crate::{corrections, lines};

/// A scaler that stands in the builder for KEDA's own tests.
const ONLY_IN_TESTS: &str = "external-mock";

#[derive(Serialize)]
struct Header<'a> {
    source: String,
    minor: &'a str,
    release: &'a str,
    index: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
}

/// The data of one release.
pub(crate) fn write(source: &KedaSource) -> Result<String> {
    let reports = reader::scalers(&cache::folder(&format!("keda-{}", source.minor))?)?;
    let corrections = corrections::read("keda")?;
    let mut scalers = Vec::new();
    for (kind, report) in reports.iter().filter(|(kind, _)| *kind != ONLY_IN_TESTS) {
        let mut scaler = Scaler::new(kind, report);
        for correction in &corrections {
            correction.apply_to_scaler(&mut scaler, source.minor);
        }
        scalers.push(scaler);
    }
    if source.minor == KEDA[KEDA.len() - 1].minor {
        for correction in &corrections {
            let known = |name: &str| scalers.iter().flat_map(|scaler| &scaler.keys).any(|key| key.name == name);
            let idle: Vec<&str> = correction.idle(known).collect();
            ensure!(idle.is_empty(), "a correction of {:?} speaks of {idle:?}, which nothing has", correction.types);
        }
    }
    let header = Header {
        source: format!("keda {}", source.release),
        minor: source.minor,
        release: source.release,
        index: scalers.iter().map(|scaler| Row { kind: &scaler.kind }).collect(),
    };
    lines::write(&header, &scalers)
}

impl Scaler {
    fn new(kind: &str, report: &Report) -> Self {
        let mut keys: Vec<Key> = Vec::new();
        // `<name>FromEnv` that the code looks up itself is the variable of `<name>`.
        let (variables, names): (Vec<_>, Vec<_>) =
            report.keys.iter().partition(|key| key.tag.is_none() && key.trigger && key.name.ends_with("FromEnv"));
        keys.extend(names.into_iter().map(CodeKey::to_scaler_key));
        for variable in variables {
            let name = variable.name.trim_end_matches("FromEnv");
            match keys.iter_mut().find(|key| key.name == name) {
                Some(key) => key.from_env = true,
                None => keys.push(Key { name: name.to_owned(), from_env: true, undocumented: true, ..Key::default() }),
            }
        }
        let deprecated = report.keys.iter().any(|key| key.tag.as_ref().is_some_and(|tag| tag.announced));
        Self { kind: kind.to_owned(), deprecated, note: None, keys }
    }
}

impl CodeKey {
    fn to_scaler_key(&self) -> Key {
        let mut key = Key { name: self.name.clone(), kind: kind_of(&self.kind), ..Key::default() };
        let Some(tag) = &self.tag else {
            return Key {
                undocumented: true,
                trigger_metadata: self.trigger,
                authentication: self.authentication,
                ..key
            };
        };
        let takes = |place: &str| tag.order.iter().any(|from| from.trim() == place);
        key.trigger_metadata = takes("triggerMetadata");
        key.from_env = takes("resolvedEnv");
        key.authentication = takes("authParams");
        key.required = !tag.optional && tag.default.is_none() && !tag.deprecated;
        key.default.clone_from(&tag.default);
        key.allowed.clone_from(&tag.allowed);
        key.deprecated = tag.deprecated;
        key.separator = tag.separator.clone().or_else(|| self.kind.starts_with("[]").then(|| ",".to_owned()));
        // One of several names is enough.
        key.aliases.clone_from(&tag.alternatives);
        if let Some(begins) = key.name.strip_suffix('*').map(str::to_owned) {
            key.name = begins;
            key.matches = Some("prefix".to_owned());
        }
        key
    }
}
