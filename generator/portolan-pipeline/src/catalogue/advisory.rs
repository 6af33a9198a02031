use std::sync::OnceLock;

use serde::Deserialize;

/// What is known to be wrong with releases, until it was mended.
#[derive(Debug, Deserialize)]
pub struct Advisory {
    /// `dapr` or `keda`.
    pub tool: String,
    /// What it lets happen, in a few words.
    pub what: String,
    /// The first release of each line that has the remedy; a line older than all of them has none.
    pub fixed: Vec<String>,
    /// Where that was read.
    pub source: String,
}

type Release = [u32; 3];

/// What is known to be wrong with a release, each with the nearest one that is mended. A minor version alone says nothing:
/// its newest release is installed.
pub fn advisories(tool: &str, version: &str) -> impl Iterator<Item = (&'static Advisory, &'static str)> {
    let release = parse(version);
    let known = all().iter().filter(move |advisory| advisory.tool == tool);
    known.filter_map(move |advisory| Some((advisory, mended(advisory, release?)?)))
}

fn all() -> &'static [Advisory] {
    static ALL: OnceLock<Vec<Advisory>> = OnceLock::new();
    #[expect(clippy::expect_used, reason = "the data is part of the program, and a test reads all of it")]
    ALL.get_or_init(|| serde_json::from_str(include_str!("advisories.json")).expect("advisories"))
}

/// The release to go to; nothing where this one is mended.
fn mended(advisory: &'static Advisory, release: Release) -> Option<&'static str> {
    let fixed: Vec<(Release, &str)> =
        advisory.fixed.iter().filter_map(|fixed| Some((parse(fixed)?, fixed.as_str()))).collect();
    if let Some((own, name)) = fixed.iter().find(|(own, _)| own[..2] == release[..2]) {
        return (release < *own).then_some(*name);
    }
    // Lines that came after the remedy have it; older ones never got it.
    let (oldest, name) = fixed.iter().min()?;
    (release < *oldest).then_some(*name)
}

/// A full release; what follows a `-` comes before it and is not told apart.
fn parse(version: &str) -> Option<Release> {
    let mut parts = version.split('-').next()?.split('.').map(|part| part.parse().ok());
    let release = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(release)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_advisory_can_be_read_and_names_releases() {
        assert!(!all().is_empty());
        for advisory in all() {
            assert!(["dapr", "keda"].contains(&advisory.tool.as_str()), "{advisory:?}");
            assert!(
                !advisory.fixed.is_empty() && advisory.fixed.iter().all(|fixed| parse(fixed).is_some()),
                "{advisory:?}"
            );
            assert!(!advisory.what.is_empty() && !advisory.source.is_empty(), "{advisory:?}");
        }
    }

    #[test]
    fn a_line_is_bad_up_to_its_remedy() {
        let fixed = |version: &str| advisories("dapr", version).map(|(_, fixed)| fixed).next();
        for (version, remedy) in [("1.15.9", "1.16.14"), ("1.16.13", "1.16.14"), ("1.17.4", "1.17.5")] {
            assert_eq!(fixed(version), Some(remedy), "{version}");
        }
        for version in ["1.16.14", "1.17.5", "1.17.12", "1.18.0", "1.19.0", "1.17", "edge", "1.17.x", "1.17.4.1"] {
            assert_eq!(fixed(version), None, "{version}");
        }
    }
}
