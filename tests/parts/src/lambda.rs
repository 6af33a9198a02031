//! Lambda's runtime API, as cargo-lambda has it: who runs a function asks it for work, and a function is invoked through it.

use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::{Launch, Port, Process, Scratch, cache, http};

/// The API. A function that is to run finds it by its environment.
#[derive(Debug)]
pub struct LambdaApi {
    process: Process,
    port: Port,
    _scratch: Scratch,
}

/// cargo-lambda works in a package only.
const PACKAGE: &str = "[package]\nname = \"function\"\nversion = \"0.0.0\"\nedition = \"2024\"\n";

impl LambdaApi {
    /// Starts it, and waits until it answers.
    pub fn start() -> Result<Self> {
        let (scratch, port) = (Scratch::new("lambda-api")?, Port::reserve()?);
        std::fs::create_dir(scratch.join("src"))?;
        std::fs::write(scratch.join("Cargo.toml"), PACKAGE)?;
        std::fs::write(scratch.join("src/main.rs"), "fn main() {}\n")?;
        let mut api = Command::new(cache::folder("cargo-lambda")?.join("bin/cargo-lambda"));
        api.args(["lambda", "watch", "--only-lambda-apis", "--invoke-address", "127.0.0.1"]);
        api.args(["--invoke-port", &port.to_string()]).current_dir(scratch.path());
        let mut process = Launch::new("cargo-lambda", api, scratch.join("log")).start()?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port.number()));
        process.wait_until(Duration::from_mins(1), || TcpStream::connect(address).is_ok())?;
        Ok(Self { process, port, _scratch: scratch })
    }

    /// What Lambda tells each function.
    pub fn tell(&self, function: &mut Command) {
        function.env("AWS_LAMBDA_RUNTIME_API", format!("http://127.0.0.1:{}/.rt", self.port));
        function.env("AWS_LAMBDA_FUNCTION_NAME", "_").env("AWS_LAMBDA_FUNCTION_VERSION", "1");
        function.env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256");
    }

    /// Invokes the function and waits so long for its answer. A function that fails, or ends, is an error.
    pub fn invoke(&self, payload: &str, patience: Duration) -> Result<Value> {
        let path = "/2015-03-31/functions/_/invocations";
        let kind = [("content-type", "application/json")];
        let answer = http::send_within(patience, self.port.number(), "POST", path, &kind, payload.as_bytes())?;
        let text = answer.text();
        ensure!(answer.status == 200, "the function has failed: {} {text}", answer.status);
        let value: Value = serde_json::from_str(&text).with_context(|| format!("no JSON: {text}"))?;
        ensure!(value.get("errorType").is_none(), "the function has failed: {text}");
        Ok(value)
    }

    /// What it has said.
    pub fn log(&self) -> String {
        self.process.log_text()
    }
}
