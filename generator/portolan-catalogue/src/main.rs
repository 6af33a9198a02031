//! `just catalogue`: writes the catalogue's data, so that a new version of Dapr or KEDA is a line in a table and a run.

use std::fs;

fn main() -> anyhow::Result<()> {
    let folder = portolan_catalogue::data_folder();
    for file in portolan_catalogue::generate()? {
        fs::write(folder.join(&file.name), file.text)?;
    }
    Ok(())
}
