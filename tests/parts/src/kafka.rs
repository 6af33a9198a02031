//! A Kafka broker that is its own controller.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::certificates::Authority;
use crate::{Launch, Port, Process, Scratch, cache, command, kafka_wire, tool};

const LOGGING: &str = "\
rootLogger.level = INFO
rootLogger.appenderRef.out.ref = OUT
appender.out.type = Console
appender.out.name = OUT
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d{HH:mm:ss.SSS} %p %c{1} %m%n
";

/// One node is all there is, so nothing is replicated, and nobody waits for members that may still come.
const COMMON: &str = "\
node.id=1
process.roles=broker,controller
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,INTERNAL:PLAINTEXT,SASL_SSL:SASL_SSL
offsets.topic.replication.factor=1
offsets.topic.num.partitions=10
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=10
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
";

/// The prod dialect. Rights are enforced on whatever has an access rule, and the first user may do everything.
const SCRAM: &str = "\
inter.broker.listener.name=INTERNAL
sasl.enabled.mechanisms=SCRAM-SHA-256,SCRAM-SHA-512
listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
ssl.keystore.type=PEM
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
allow.everyone.if.no.acl.found=true
";

/// A running broker without topics. Topics are created by name, never by use.
#[derive(Debug)]
pub struct Kafka {
    process: Process,
    brokers: String,
    admin: Port,
    _ports: Vec<Port>,
    authority: Option<Authority>,
    _scratch: Scratch,
}

impl Kafka {
    /// Starts one that anybody may use.
    pub fn plaintext() -> Result<Self> {
        let scratch = Scratch::new("kafka")?;
        let (port, controller) = (Port::reserve()?, Port::reserve()?);
        let listeners = format!(
            "inter.broker.listener.name=PLAINTEXT\n\
             listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}\n\
             advertised.listeners=PLAINTEXT://127.0.0.1:{port}\n"
        );
        let process = start(&scratch, &controller, &listeners, &[])?;
        let brokers = format!("127.0.0.1:{port}");
        Ok(Self { process, brokers, admin: port, _ports: vec![controller], authority: None, _scratch: scratch })
    }

    /// Starts one that demands TLS and SCRAM, with users and their passwords; each may use SHA-256 and SHA-512.
    pub fn scram(users: &[(&str, &str)]) -> Result<Self> {
        let scratch = Scratch::new("kafka")?;
        let authority = Authority::create(scratch.path())?;
        let keystore = scratch.write("keystore.pem", authority.server("broker")?.bundle(&authority)?)?;
        let (port, controller, admin) = (Port::reserve()?, Port::reserve()?, Port::reserve()?);
        let first = users.first().context("a broker with SCRAM needs a user")?.0;
        // Some clients match a certificate against names only, so the broker tells them a name.
        let settings = format!(
            "{SCRAM}\
             listeners=SASL_SSL://127.0.0.1:{port},INTERNAL://127.0.0.1:{admin},CONTROLLER://127.0.0.1:{controller}\n\
             advertised.listeners=SASL_SSL://localhost:{port},INTERNAL://127.0.0.1:{admin}\n\
             super.users=User:ANONYMOUS;User:{first}\n\
             ssl.keystore.location={}\n",
            keystore.display()
        );
        let process = start(&scratch, &controller, &settings, users)?;
        let brokers = format!("localhost:{port}");
        let ports = vec![port, controller];
        Ok(Self { process, brokers, admin, _ports: ports, authority: Some(authority), _scratch: scratch })
    }

    /// The address that clients are given.
    pub fn brokers(&self) -> &str {
        &self.brokers
    }

    /// The authority that clients must trust; none without TLS.
    pub fn ca_pem(&self) -> Option<&str> {
        self.authority.as_ref().map(Authority::pem)
    }

    /// The same as a file.
    pub fn ca_file(&self) -> Option<PathBuf> {
        self.authority.as_ref().map(Authority::file)
    }

    /// Creates topics, each with its number of partitions.
    pub fn create_topics(&self, topics: &[(&str, u32)]) -> Result<()> {
        kafka_wire::create_topics(self.admin.number(), topics).context("cannot create topics")
    }

    /// Runs one of Kafka's own tools by its class, such as `org.apache.kafka.tools.consumer.group.ConsumerGroupCommand`, as an
    /// administrator, and returns what it printed.
    pub fn tool(&self, class: &str, arguments: &[&str]) -> Result<String> {
        let mut tool = java(&["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"])?;
        tool.args([class, "--bootstrap-server", &format!("127.0.0.1:{}", self.admin)]).args(arguments);
        Ok(String::from_utf8_lossy(&command::output(tool)?.stdout).into_owned())
    }

    /// The broker's process.
    pub fn process(&mut self) -> &mut Process {
        &mut self.process
    }
}

fn start(scratch: &Scratch, controller: &Port, listeners: &str, users: &[(&str, &str)]) -> Result<Process> {
    let logs = scratch.join("data");
    let settings =
        format!("{COMMON}{listeners}controller.quorum.voters=1@127.0.0.1:{controller}\nlog.dirs={}\n", logs.display());
    let settings = scratch.write("server.properties", settings)?;
    let logging = format!("-Dlog4j2.configurationFile={}", scratch.write("log4j2.properties", LOGGING)?.display());
    format_storage(&settings, users)?;

    let mut broker = java(&["-Xmx512m", &logging])?;
    broker.arg("kafka.Kafka").arg(&settings);
    let mut process = Launch::new("Kafka", broker, scratch.join("log")).start()?;
    let log = scratch.join("log");
    process.wait_until(Duration::from_mins(1), || started(&log))?;
    Ok(process)
}

fn format_storage(settings: &Path, users: &[(&str, &str)]) -> Result<()> {
    let mut format = java(&["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"])?;
    format
        .args(["kafka.tools.StorageTool", "format", "--cluster-id", "cG9ydG9sYW4tcGFydHMtMQ", "--config"])
        .arg(settings);
    for (name, password) in users {
        for mechanism in ["SCRAM-SHA-256", "SCRAM-SHA-512"] {
            format.arg("--add-scram").arg(format!("{mechanism}=[name={name},password={password}]"));
        }
    }
    command::output(format)?;
    Ok(())
}

/// A Java command with Kafka's jars, up to the class to run.
fn java(options: &[&str]) -> Result<Command> {
    let mut java = Command::new(tool::java()?);
    java.args(options).arg("-cp").arg(cache::folder("kafka")?.join("libs/*"));
    Ok(java)
}

/// The broker listens long before it serves; it says when it does.
fn started(log: &Path) -> bool {
    std::fs::read_to_string(log).is_ok_and(|text| text.contains("Kafka Server started"))
}
