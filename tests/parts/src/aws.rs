//! What stands in for AWS, and botocore's client to talk to it.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use crate::tools::python;
use crate::{Launch, Port, Process, Scratch, http};

/// A running stand-in. It takes every credential, and the number of the account from it.
#[derive(Debug)]
pub struct Aws {
    process: Process,
    port: Port,
    account: String,
    region: String,
    _scratch: Scratch,
}

impl Aws {
    /// ministack: it delivers what is put on a bus, runs functions as processes, and refuses what AWS refuses.
    pub fn ministack(account: &str, region: &str) -> Result<Self> {
        let (scratch, port) = (Scratch::new("ministack")?, Port::reserve()?);
        let mut server = python("ministack")?;
        server.args(["-m", "ministack"]).current_dir(scratch.path()).env("TMPDIR", scratch.path());
        server.env("BIND_HOST", "127.0.0.1").env("GATEWAY_PORT", port.to_string());
        server
            .env("SERVICES", "events,scheduler,lambda,sqs,iam,logs,sts,eks,secretsmanager,ssm")
            .env("LAMBDA_EXECUTOR", "local");
        // It listens on a fixed port else.
        server.env("IOT_MTLS_ENABLED", "0");
        Self::start("ministack", server, scratch, port, "/_ministack/health", [account, region])
    }

    /// moto: a second opinion on what each API takes.
    pub fn moto(account: &str, region: &str) -> Result<Self> {
        let (scratch, port) = (Scratch::new("moto")?, Port::reserve()?);
        let mut server = python("moto")?;
        server.args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &port.to_string()]).current_dir(scratch.path());
        Self::start("moto", server, scratch, port, "/moto-api/", [account, region])
    }

    /// It does not end when it is asked to, so it is killed.
    fn start(
        name: &'static str,
        server: Command,
        scratch: Scratch,
        port: Port,
        health: &str,
        [account, region]: [&str; 2],
    ) -> Result<Self> {
        let mut process = Launch::new(name, server, scratch.join("log")).start()?;
        let ready = || http::get(port.number(), health).is_ok_and(|answer| answer.status == 200);
        process.wait_until(Duration::from_mins(1), ready)?;
        Ok(Self { process, port, account: account.to_owned(), region: region.to_owned(), _scratch: scratch })
    }

    /// Sends one request; a refusal is an error.
    pub fn call(&self, api: &str, operation: &str, request: &Value) -> Result<Value> {
        let call = json!({ "api": api, "operation": operation, "request": request });
        self.call_all(&[call])?.pop().context("no outcome")?
    }

    /// Sends requests one after the other, each `{ api, operation, request }`, and says what came of each. One with
    /// `send: false` is only held against the service's own model.
    pub fn call_all(&self, calls: &[Value]) -> Result<Vec<Result<Value>>> {
        let endpoint = format!("http://127.0.0.1:{}", self.port);
        let job = json!({ "endpoint": endpoint, "account": self.account, "region": self.region, "calls": calls });
        let mut client = python("ministack")?;
        client.args(["-c", include_str!("../python/aws.py")]);
        let mut client = client.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        client.stdin.take().context("its input")?.write_all(job.to_string().as_bytes())?;
        let output = client.wait_with_output()?;
        ensure!(output.status.success(), "the client: {}", String::from_utf8_lossy(&output.stderr));
        let outcomes: Vec<Value> = serde_json::from_slice(&output.stdout)?;
        ensure!(outcomes.len() == calls.len(), "{} outcomes of {} calls", outcomes.len(), calls.len());
        Ok(outcomes.into_iter().map(outcome).collect())
    }

    /// What a program of ours is told to find it, and to be taken for an account.
    pub fn tell(&self, program: &mut Command) {
        program.env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{}", self.port)).env("AWS_REGION", &self.region);
        program.env("AWS_ACCESS_KEY_ID", &self.account).env("AWS_SECRET_ACCESS_KEY", "none");
    }

    /// Sends one request to an API that speaks JSON, such as `AmazonSQS.ReceiveMessage`, without a client in between: cheap enough
    /// to be asked again and again.
    pub fn ask(&self, target: &str, request: &Value) -> Result<Value> {
        let scope = format!("{}/20260101/{}/sqs/aws4_request", self.account, self.region);
        let signed = format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=none");
        let headers =
            [("content-type", "application/x-amz-json-1.0"), ("x-amz-target", target), ("authorization", &signed)];
        let answer = http::send(self.port.number(), "POST", "/", &headers, request.to_string().as_bytes())?;
        ensure!(answer.status == 200, "{target}: {} {}", answer.status, answer.text());
        Ok(serde_json::from_slice(&answer.body).unwrap_or_default())
    }

    /// Its process.
    pub fn process(&mut self) -> &mut Process {
        &mut self.process
    }
}

fn outcome(mut outcome: Value) -> Result<Value> {
    match outcome.get("error").and_then(Value::as_str) {
        Some(error) => bail!("{error}"),
        None => Ok(outcome["answer"].take()),
    }
}
