//! The `parts` command on a cache of its own, with nothing fetched.

use std::fs;
use std::process::{Command, Output};

use anyhow::{Context, Result};
use portolan_parts::Scratch;

/// Runs `parts` with an empty cache and, beside it, a folder of provided programs.
fn parts(scratch: &Scratch, arguments: &[&str]) -> Result<Output> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_parts"));
    command.args(arguments);
    command.env("PORTOLAN_PARTS_CACHE", scratch.join("cache")).env("PORTOLAN_PARTS_DIR", scratch.join("given"));
    Ok(command.output()?)
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn row(output: &Output, name: &str) -> Result<serde_json::Value> {
    let list: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let rows = list["parts"].as_array().context("a list of parts")?;
    rows.iter().find(|row| row["name"] == name).cloned().with_context(|| format!("no row for {name}"))
}

#[test]
fn the_list_tells_missing_from_provided() -> Result<()> {
    let scratch = Scratch::new("command")?;
    fs::create_dir_all(scratch.join("given/kafka/libs"))?;
    scratch.write("given/etcd", "a program")?;

    let list = parts(&scratch, &["--list", "--output", "json"])?;
    assert!(list.status.success());
    assert_eq!(row(&list, "helm")?["state"], "missing");
    assert_eq!(row(&list, "etcd")?["state"], "provided");
    assert_eq!(row(&list, "kafka")?["folder"], scratch.join("given/kafka").display().to_string());

    let text = String::from_utf8(parts(&scratch, &["--list", "etcd", "helm"])?.stdout)?;
    let states: Vec<&str> = text.lines().filter_map(|line| line.split_whitespace().nth(2)).collect();
    assert_eq!(states, ["STATE", "provided", "missing"]);
    Ok(())
}

#[test]
fn a_provided_part_is_not_obtained() -> Result<()> {
    let scratch = Scratch::new("command")?;
    fs::create_dir(scratch.join("given"))?;
    scratch.write("given/etcd", "a program")?;
    let output = parts(&scratch, &["etcd"])?;
    assert!(output.status.success());
    assert_eq!(said(&output), "etcd 3.6.16 provided\n");
    let folder = parts(&scratch, &["--dir", "etcd"])?;
    assert_eq!(String::from_utf8(folder.stdout)?.trim(), scratch.join("given").display().to_string());
    Ok(())
}

#[test]
fn an_unknown_name_is_refused_with_the_known_ones() -> Result<()> {
    let scratch = Scratch::new("command")?;
    let output = parts(&scratch, &["ectd"])?;
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).starts_with("error: there is no part `ectd`; there are helm, kubectl"), "{}", said(&output));
    Ok(())
}

#[test]
fn a_changed_part_is_refused_with_the_way_out() -> Result<()> {
    let scratch = Scratch::new("command")?;
    let folder = scratch.join("cache/etcd-3.6.16");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("etcd"), "not what was built")?;
    fs::write(folder.join(".sha256"), "00 3 0 etcd\n")?;
    let output = parts(&scratch, &["etcd"])?;
    assert_eq!(output.status.code(), Some(1));
    let said = said(&output);
    assert!(said.contains("remove") && said.contains("`parts etcd`") && said.contains("etcd has changed"), "{said}");
    let list = parts(&scratch, &["--list", "--output", "json"])?;
    assert_eq!(row(&list, "etcd")?["state"], "damaged");
    Ok(())
}

#[test]
fn two_processes_obtain_a_part_once() -> Result<()> {
    let scratch = Scratch::new("command")?;
    let start = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_parts"));
        command.arg("dapr-chart").env("PORTOLAN_PARTS_CACHE", scratch.join("cache")).env_remove("PORTOLAN_PARTS_DIR");
        command.stderr(std::process::Stdio::piped()).spawn()
    };
    let (one, two) = (start()?, start()?);
    let said = [said(&one.wait_with_output()?), said(&two.wait_with_output()?)];
    assert_eq!(said.iter().filter(|text| text.contains("obtained")).count(), 1, "{said:?}");
    assert_eq!(said.iter().filter(|text| text.contains("cached")).count(), 1, "{said:?}");
    Ok(())
}
