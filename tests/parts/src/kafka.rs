//! A Kafka broker that is its own controller.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::certificates::Authority;
use crate::{Launch, Port, Process, Scratch, cache, command, kafka_wire, tool};

const SERVER: &str = "server.properties";
const LOG4J: &str = "log4j2.properties";

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
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,INTERNAL:PLAINTEXT,SASL_SSL:SASL_SSL,PLAIN:SASL_SSL,SHA256:SASL_SSL,SHA512:SASL_SSL
offsets.topic.replication.factor=1
offsets.topic.num.partitions=10
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=10
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
auto.create.topics.enable=false
";

/// Rights are enforced on whatever has an access rule, and the first user may do everything.
const SECURED: &str = "\
inter.broker.listener.name=INTERNAL
ssl.keystore.type=PEM
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
allow.everyone.if.no.acl.found=true
";

/// A listener's name and the mechanisms that it takes.
type Listener = (&'static str, &'static [&'static str]);

const EACH_MECHANISM: [Listener; 3] =
    [("PLAIN", &["PLAIN"]), ("SHA256", &["SCRAM-SHA-256"]), ("SHA512", &["SCRAM-SHA-512"])];

/// A running broker without topics. Topics are created by name, never by use.
#[derive(Debug)]
pub struct Kafka {
    process: Process,
    /// Of each mechanism; without users there is one, for none.
    addresses: Vec<(String, String)>,
    admin: Port,
    _ports: Vec<Port>,
    authority: Option<Authority>,
    scratch: Scratch,
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
        let addresses = vec![(String::new(), format!("127.0.0.1:{port}"))];
        Ok(Self { process, addresses, admin: port, _ports: vec![controller], authority: None, scratch })
    }

    /// Starts one that demands TLS and SCRAM, with users and their passwords; each may use SHA-256 and SHA-512.
    pub fn scram(users: &[(&str, &str)]) -> Result<Self> {
        Self::secured(users, &[("SASL_SSL", &["SCRAM-SHA-256", "SCRAM-SHA-512"])])
    }

    /// The same with a listener for each mechanism that takes no other one: [`Kafka::brokers_for`] is its address.
    pub fn every_mechanism(users: &[(&str, &str)]) -> Result<Self> {
        Self::secured(users, &EACH_MECHANISM)
    }

    fn secured(users: &[(&str, &str)], listeners: &[Listener]) -> Result<Self> {
        let scratch = Scratch::new("kafka")?;
        let authority = Authority::create(scratch.path())?;
        let keystore = scratch.write("keystore.pem", authority.server("broker")?.bundle(&authority)?)?;
        let (controller, admin) = (Port::reserve()?, Port::reserve()?);
        let first = users.first().context("a broker with users needs one")?.0;
        let mut addresses = Vec::new();
        let mut ports = Vec::new();
        let mut settings = SECURED.to_owned();
        let (mut listening, mut advertised) = (String::new(), String::new());
        for (listener, mechanisms) in listeners {
            let port = Port::reserve()?;
            // Some clients match a certificate against names only, so the broker tells them a name.
            write!(listening, "{listener}://127.0.0.1:{port},")?;
            write!(advertised, "{listener}://localhost:{port},")?;
            settings += &listener_settings(listener, mechanisms, users);
            addresses.extend(mechanisms.iter().map(|mechanism| ((*mechanism).to_owned(), format!("localhost:{port}"))));
            ports.push(port);
        }
        write!(
            settings,
            "listeners={listening}INTERNAL://127.0.0.1:{admin},CONTROLLER://127.0.0.1:{controller}\n\
             advertised.listeners={advertised}INTERNAL://127.0.0.1:{admin}\n\
             super.users=User:ANONYMOUS;User:{first}\n\
             ssl.keystore.location={}\n",
            keystore.display()
        )?;
        let process = start(&scratch, &controller, &settings, users)?;
        ports.push(controller);
        Ok(Self { process, addresses, admin, _ports: ports, authority: Some(authority), scratch })
    }

    /// The address that clients with this mechanism are given, in Kafka's own word for it.
    pub fn brokers_for(&self, mechanism: &str) -> Result<&str> {
        let found = self.addresses.iter().find(|(name, _)| name == mechanism);
        Ok(&found.with_context(|| format!("no listener takes {mechanism}"))?.1)
    }

    /// The address that clients are given.
    pub fn brokers(&self) -> &str {
        self.addresses.first().map_or("", |(_, address)| address)
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
        kafka_wire::create_topics(self.admin.number(), topics, &[]).context("cannot create topics")
    }

    /// Creates one topic with settings of its own, such as `max.message.bytes`.
    pub fn create_topic(&self, name: &str, partitions: u32, settings: &[(&str, &str)]) -> Result<()> {
        kafka_wire::create_topics(self.admin.number(), &[(name, partitions)], settings)
            .with_context(|| format!("cannot create topic {name}"))
    }

    /// Runs one of Kafka's own tools by its class, such as `org.apache.kafka.tools.consumer.group.ConsumerGroupCommand`, as an
    /// administrator, and returns what it printed.
    pub fn tool(&self, class: &str, arguments: &[&str]) -> Result<String> {
        let mut tool = java(&["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"])?;
        tool.args([class, "--bootstrap-server", &format!("127.0.0.1:{}", self.admin)]).args(arguments);
        Ok(String::from_utf8_lossy(&command::output(tool)?.stdout).into_owned())
    }

    /// Ends it at once, as a crash would. Its data stays.
    pub fn kill(&mut self) -> Result<()> {
        self.process.kill()?;
        Ok(())
    }

    /// Starts it again on its data.
    pub fn revive(&mut self) -> Result<()> {
        self.process = serve(&self.scratch)?;
        Ok(())
    }

    /// The broker's process.
    pub fn process(&mut self) -> &mut Process {
        &mut self.process
    }
}

/// What a listener takes. SCRAM's users stand in the cluster's metadata, PLAIN's stand here.
fn listener_settings(listener: &str, mechanisms: &[&str], users: &[(&str, &str)]) -> String {
    let prefix = format!("listener.name.{}", listener.to_lowercase());
    let modules = mechanisms.iter().map(|mechanism| {
        let login = if *mechanism == "PLAIN" {
            let users: Vec<String> =
                users.iter().map(|(name, password)| format!("user_{name}=\"{password}\"")).collect();
            format!("plain.PlainLoginModule required {}", users.join(" "))
        } else {
            "scram.ScramLoginModule required".to_owned()
        };
        let mechanism = mechanism.to_lowercase();
        format!("{prefix}.{mechanism}.sasl.jaas.config=org.apache.kafka.common.security.{login};\n")
    });
    let enabled = format!("{prefix}.sasl.enabled.mechanisms={}\n", mechanisms.join(","));
    std::iter::once(enabled).chain(modules).collect()
}

fn start(scratch: &Scratch, controller: &Port, listeners: &str, users: &[(&str, &str)]) -> Result<Process> {
    let logs = scratch.join("data");
    let settings =
        format!("{COMMON}{listeners}controller.quorum.voters=1@127.0.0.1:{controller}\nlog.dirs={}\n", logs.display());
    let settings = scratch.write(SERVER, settings)?;
    scratch.write(LOG4J, LOGGING)?;
    format_storage(&settings, users)?;
    serve(scratch)
}

/// Starts the broker on what is in its folder.
fn serve(scratch: &Scratch) -> Result<Process> {
    let logging = format!("-Dlog4j2.configurationFile={}", scratch.join(LOG4J).display());
    let mut broker = java(&["-Xmx512m", &logging])?;
    broker.arg("kafka.Kafka").arg(scratch.join(SERVER));
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
