//! Jars fetched by Maven, and the resource definitions that Strimzi's generator writes from its own.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::Site;
use crate::{command, tool};

/// The goal, with its version: the one that Maven would choose by itself differs between machines.
const COPY: &str = "org.apache.maven.plugins:maven-dependency-plugin:3.11.0:copy-dependencies";

/// All jars of one project.
#[derive(Debug)]
pub struct Jars {
    project: &'static str,
    /// The artifact in words.
    pub source: &'static str,
}

impl Jars {
    /// The broker, in `libs` as in its distribution.
    pub const KAFKA: Self =
        Self { project: include_str!("../../maven/kafka/pom.xml"), source: "org.apache.kafka:kafka_2.13" };
    const STRIMZI: Self = Self { project: include_str!("../../maven/strimzi/pom.xml"), source: "io.strimzi:api" };

    /// Fetches them.
    pub(super) fn build(&self, site: &Site) -> Result<()> {
        self.fetch(site, &site.out.join("libs"))
    }

    fn fetch(&self, site: &Site, libs: &Path) -> Result<()> {
        tool::java()?;
        fs::write(site.work.join("pom.xml"), self.project)?;
        let mut maven = Command::new(tool::maven()?);
        maven.args(["-q", "-B", COPY]).arg(format!("-DoutputDirectory={}", libs.display())).current_dir(&site.work);
        command::run(maven, &site.log)
    }
}

/// Fetches Strimzi's types and generator, and lets it write the definitions of `KafkaTopic` and `KafkaUser`.
pub(super) fn build_crds(site: &Site) -> Result<()> {
    let libs = site.work.join("libs");
    Jars::STRIMZI.fetch(site, &libs)?;
    let crds = site.out.join("crds");
    fs::create_dir_all(&crds)?;
    let target = |kind: &str, file: &str| format!("io.strimzi.api.kafka.model.{kind}={}", crds.join(file).display());
    let mut generator = Command::new(tool::java()?);
    generator.arg("-cp").arg(libs.join("*"));
    generator.args(["io.strimzi.crdgenerator.CrdGenerator", "--yaml", "--target-kube", "1.27+"]);
    generator.args([target("topic.KafkaTopic", "topic.yaml"), target("user.KafkaUser", "user.yaml")]);
    command::run(generator, &site.log)
}
