//! The two requests of Kafka's protocol that tests need before a client of theirs runs: create topics, and see them led.
//!
//! The broker's own tools do the same in two seconds and a JVM; this takes milliseconds. Both requests have been unchanged since
//! Kafka 1, and 4 still takes them.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

const METADATA: (i16, i16) = (3, 4);
const CREATE_TOPICS: (i16, i16) = (19, 2);
const PATIENCE: Duration = Duration::from_secs(20);
const NO_CONFIGURED_ASSIGNMENT: i32 = 0;

/// Creates topics with one replica each, all with the same settings, and waits until every partition has a leader.
pub(crate) fn create_topics(port: u16, topics: &[(&str, u32)], settings: &[(&str, &str)]) -> Result<()> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut reply = exchange(&mut stream, CREATE_TOPICS, &create_body(topics, settings)?)?;
    reply.skip(4)?;
    for _ in 0..reply.int()? {
        let (name, code, message) = (reply.string()?, reply.short()?, reply.string()?);
        ensure!(code == 0, "topic {name} is not created: error {code} {message}");
    }
    let deadline = Instant::now() + PATIENCE;
    while !all_led(&mut stream, topics)? {
        if Instant::now() > deadline {
            bail!("topics without a leader after {PATIENCE:?}");
        }
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

fn create_body(topics: &[(&str, u32)], settings: &[(&str, &str)]) -> Result<Request> {
    let mut body = Request::default();
    body.count(topics.len())?;
    for (name, partitions) in topics {
        body.string(name)?;
        body.int(i32::try_from(*partitions)?);
        body.short(1);
        body.int(NO_CONFIGURED_ASSIGNMENT);
        body.count(settings.len())?;
        for (key, value) in settings {
            body.string(key)?;
            body.string(value)?;
        }
    }
    body.int(15_000);
    body.0.push(0);
    Ok(body)
}

fn all_led(stream: &mut TcpStream, topics: &[(&str, u32)]) -> Result<bool> {
    let mut body = Request::default();
    body.count(topics.len())?;
    for (name, _) in topics {
        body.string(name)?;
    }
    body.0.push(0);
    let mut reply = exchange(stream, METADATA, &body)?;
    reply.skip(4)?;
    for _ in 0..reply.int()? {
        reply.skip(4)?;
        reply.string()?;
        reply.skip(4)?;
        reply.string()?;
    }
    reply.string()?;
    reply.skip(4)?;
    let mut led = true;
    for _ in 0..reply.int()? {
        led &= reply.topic_is_led()?;
    }
    Ok(led)
}

fn exchange(stream: &mut TcpStream, (key, version): (i16, i16), body: &Request) -> Result<Reply> {
    let mut head = Request::default();
    head.short(key);
    head.short(version);
    head.int(1);
    head.string("portolan-parts")?;
    let size = i32::try_from(head.0.len() + body.0.len())?;
    stream.write_all(&[&size.to_be_bytes(), head.0.as_slice(), body.0.as_slice()].concat())?;

    let mut size = [0; 4];
    stream.read_exact(&mut size).context("the broker closed the connection")?;
    let mut bytes = vec![0; usize::try_from(i32::from_be_bytes(size))?];
    stream.read_exact(&mut bytes)?;
    let mut reply = Reply { bytes, at: 0 };
    // The correlation id: there is one request at a time.
    reply.skip(4)?;
    Ok(reply)
}

#[derive(Default)]
struct Request(Vec<u8>);

impl Request {
    fn short(&mut self, value: i16) {
        self.0.extend(value.to_be_bytes());
    }

    fn int(&mut self, value: i32) {
        self.0.extend(value.to_be_bytes());
    }

    fn count(&mut self, value: usize) -> Result<()> {
        self.int(i32::try_from(value)?);
        Ok(())
    }

    fn string(&mut self, text: &str) -> Result<()> {
        self.short(i16::try_from(text.len())?);
        self.0.extend(text.as_bytes());
        Ok(())
    }
}

struct Reply {
    bytes: Vec<u8>,
    at: usize,
}

impl Reply {
    fn take(&mut self, length: usize) -> Result<&[u8]> {
        let taken = self.bytes.get(self.at..self.at + length).context("the broker's answer is cut short")?;
        self.at += length;
        Ok(taken)
    }

    fn skip(&mut self, length: usize) -> Result<()> {
        self.take(length).map(|_| ())
    }

    fn short(&mut self) -> Result<i16> {
        Ok(i16::from_be_bytes(self.take(2)?.try_into()?))
    }

    fn int(&mut self) -> Result<i32> {
        Ok(i32::from_be_bytes(self.take(4)?.try_into()?))
    }

    /// A string; an absent one is empty.
    fn string(&mut self) -> Result<String> {
        let length = usize::try_from(self.short()?).unwrap_or(0);
        Ok(String::from_utf8_lossy(self.take(length)?).into_owned())
    }

    fn topic_is_led(&mut self) -> Result<bool> {
        let mut led = self.short()? == 0;
        self.string()?;
        self.skip(1)?;
        let partitions = self.int()?;
        for _ in 0..partitions {
            led &= self.short()? == 0;
            self.skip(4)?;
            led &= self.int()? >= 0;
            for _ in 0..2 {
                let brokers = usize::try_from(self.int()?)?;
                self.skip(4 * brokers)?;
            }
        }
        Ok(led && partitions > 0)
    }
}
