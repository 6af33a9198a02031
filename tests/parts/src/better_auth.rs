//! better-auth, which knows who is signed in.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::{Launch, Port, Process, Scratch, cache, http, tool};

/// A running server. Its users and sessions are in memory.
#[derive(Debug)]
pub struct BetterAuth {
    process: Process,
    port: Port,
    scratch: Scratch,
}

impl BetterAuth {
    /// Starts one.
    pub fn start() -> Result<Self> {
        let (scratch, port) = (Scratch::new("better-auth")?, Port::reserve()?);
        let process = launch(&port, &scratch)?;
        Ok(Self { process, port, scratch })
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port.number()
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Makes a user of this address and signs in. What comes back is the `Cookie` of the session.
    pub fn sign_in(&self, email: &str) -> Result<String> {
        let user = json!({ "email": email, "password": "correct horse", "name": email });
        self.post("sign-up", &user.to_string())?;
        let answer = self.post("sign-in", &user.to_string())?;
        let cookie = answer.headers.iter().find(|(name, _)| name == "set-cookie");
        let cookie = cookie.and_then(|(_, value)| value.split(';').next()).context("the answer sets no cookie")?;
        Ok(cookie.to_owned())
    }

    fn post(&self, verb: &str, body: &str) -> Result<http::Response> {
        let origin = self.url();
        let headers = [("content-type", "application/json"), ("origin", origin.as_str())];
        let path = format!("/api/auth/{verb}/email");
        let answer = http::send(self.port(), "POST", &path, &headers, body.as_bytes())?;
        ensure!(answer.status == 200, "{verb}: {} {}", answer.status, answer.text());
        Ok(answer)
    }

    /// Ends it; it can be started again, and then knows nobody.
    pub fn stop(&mut self) -> Result<()> {
        self.process.kill().map(|_| ())
    }

    /// Starts it again at its port.
    pub fn start_again(&mut self) -> Result<()> {
        self.process = launch(&self.port, &self.scratch)?;
        Ok(())
    }

    /// Its process.
    pub fn process(&mut self) -> &mut Process {
        &mut self.process
    }
}

fn launch(port: &Port, scratch: &Scratch) -> Result<Process> {
    let folder = cache::folder("better-auth")?;
    let mut server = Command::new(tool::node()?);
    server.arg(folder.join("server.mjs")).current_dir(&folder).env("PORT", port.to_string());
    server.env("BETTER_AUTH_SECRET", "of-this-machine-and-of-no-worth-to-anybody").env("BETTER_AUTH_TELEMETRY", "0");
    let mut process = Launch::new("better-auth", server, scratch.join("log")).start()?;
    let ready = || http::get(port.number(), "/api/auth/ok").is_ok_and(|answer| answer.status == 200);
    process.wait_until(Duration::from_mins(1), ready)?;
    Ok(process)
}
