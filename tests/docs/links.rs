//! Links that stay inside the repository.

use std::path::Path;

use anyhow::{Context as _, Result};

use crate::blocks::prose;
use crate::pages::{for_readers, root};

#[test]
fn every_relative_link_leads_to_a_file() -> Result<()> {
    let mut broken = Vec::new();
    for page in for_readers()? {
        let path = root().join(&page.name);
        let folder = path.parent().context("a folder")?;
        let text = prose(&page.text);
        let dangling = targets(&text).filter(|target| !leads_somewhere(folder, target));
        broken.extend(dangling.map(|target| format!("{}: {target}", page.name)));
    }
    assert_eq!(broken, Vec::<String>::new());
    Ok(())
}

fn targets(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target)
}

fn leads_somewhere(folder: &Path, target: &str) -> bool {
    let elsewhere = target.contains("://") || target.starts_with("mailto:") || target.starts_with('#');
    let path = target.split('#').next().unwrap_or_default();
    elsewhere || folder.join(path).exists()
}
