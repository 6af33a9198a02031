//! Fields, commands and flags: each is named in the pages.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use anyhow::Result;
use serde_json::Value;

use crate::pages::{root, with_commands};

#[test]
fn the_page_of_the_spec_names_every_field() -> Result<()> {
    let page = fs::read_to_string(root().join("docs/guide/spec.md"))?;
    let mut fields = BTreeSet::new();
    for schema in ["stack", "contract"] {
        let text = fs::read_to_string(root().join(format!("infra/schema/{schema}.schema.json")))?;
        collect_fields(&serde_json::from_str(&text)?, &mut fields);
    }
    let unnamed: Vec<&String> = fields.iter().filter(|field| !page.contains(&format!("`{field}`"))).collect();
    assert!(fields.len() > 50, "only {fields:?}");
    assert_eq!(unnamed, Vec::<&String>::new(), "docs/guide/spec.md leaves them out");
    Ok(())
}

/// The names of all properties, at any depth.
fn collect_fields(schema: &Value, fields: &mut BTreeSet<String>) {
    match schema {
        Value::Object(map) => {
            if let Some(Value::Object(properties)) = map.get("properties") {
                fields.extend(properties.keys().cloned());
            }
            map.values().for_each(|value| collect_fields(value, fields));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_fields(item, fields)),
        _ => {}
    }
}

/// Whatever is counted has its line in the guide, and the guide's lines are counted.
#[test]
fn the_page_of_monitoring_names_every_metric() -> Result<()> {
    let page = fs::read_to_string(root().join("docs/guide/monitoring.md"))?;
    let table = page.split("Of portolan's own runtime").nth(1).unwrap_or_default();
    let told: BTreeSet<&str> = table.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    let mut code = String::new();
    for file in ["handler-runtime/src/metrics.rs", "websocket-sync-service/src/counts.rs"] {
        code += &fs::read_to_string(root().join("handlers").join(file))?;
    }
    let registered = code.split("register(").filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next());
    let registered: BTreeSet<&str> = registered.collect();
    let told: BTreeSet<&str> = told.into_iter().map(|name| name.trim_end_matches("_total")).collect();
    assert!(told.len() > 8, "only {told:?}");
    assert_eq!(told, registered, "docs/guide/monitoring.md and the code differ");
    Ok(())
}

#[test]
fn the_pages_name_every_command_and_every_flag() -> Result<()> {
    let pages = with_commands()?.into_iter().map(|page| page.text).collect::<String>();
    let help = help(&[])?;
    let commands: Vec<&str> = commands(&help).filter(|command| *command != "help").collect();
    assert!(commands.contains(&"render"), "{commands:?}");
    for command in commands {
        assert!(pages.contains(&format!("portolan {command}")), "no page says `portolan {command}`");
        for flag in flags(&self::help(&[command])?).filter(|flag| *flag != "--help") {
            assert!(pages.contains(flag), "no page says {flag} of `portolan {command}`");
        }
    }
    Ok(())
}

fn help(words: &[&str]) -> Result<String> {
    let output = Command::new(env!("CARGO_BIN_EXE_portolan")).args(words).arg("--help").output()?;
    Ok(String::from_utf8(output.stdout)?)
}

fn commands(help: &str) -> impl Iterator<Item = &str> {
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    listed.filter_map(|line| line.split_whitespace().next())
}

/// The long flags of a help text, from the lines that introduce them.
fn flags(help: &str) -> impl Iterator<Item = &str> {
    let introduced = help.lines().filter(|line| line.trim_start().starts_with('-'));
    introduced.filter_map(|line| line.split([' ', ',']).find(|word| word.starts_with("--")))
}
