//! The client of the story: what anybody could do with curl.

use super::Said;
use serde_json::Value;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

/// Long enough for the slowest step on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(60);

/// One server, over HTTP.
pub(super) struct Api {
    agent: ureq::Agent,
    base_url: String,
}

impl Api {
    pub fn at(base_url: &str) -> Self {
        let config =
            ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(TIMEOUT)).proxy(None);
        Self { agent: config.build().into(), base_url: base_url.to_owned() }
    }

    pub fn get(&self, token: &str, path: &str) -> Said<Value> {
        let request =
            self.agent.get(format!("{}{path}", self.base_url)).header("Authorization", format!("Bearer {token}"));
        json(path, request.call()?)
    }

    /// Headers beside the content type; a token is one of them.
    pub fn post(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Said<Value> {
        let mut request =
            self.agent.post(format!("{}{path}", self.base_url)).header("Content-Type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        json(path, request.send(body)?)
    }

    /// A POST of somebody who is signed in.
    pub fn does(&self, token: &str, path: &str, body: &Value) -> Said<Value> {
        self.post(path, &[("Authorization", &format!("Bearer {token}"))], body.to_string().as_bytes())
    }

    /// Changes what was read in this version.
    pub fn patch(&self, token: &str, path: &str, version: i64, body: &Value) -> Said<Value> {
        let request = self.agent.patch(format!("{}{path}", self.base_url));
        let request =
            request.header("Authorization", format!("Bearer {token}")).header("If-Match", format!("\"{version}\""));
        json(path, request.header("Content-Type", "application/json").send(body.to_string())?)
    }

    /// Text that needs nobody signed in.
    pub fn public(&self, path: &str) -> Said<String> {
        let mut answer = self.agent.get(format!("{}{path}", self.base_url)).call()?;
        let text = answer.body_mut().read_to_string()?;
        if answer.status().is_success() { Ok(text) } else { Err(unwelcome(path, answer.status().as_u16(), &text)) }
    }

    /// Streams an answer to a file.
    pub fn download(&self, token: &str, path: &str, to: &Path) -> Said<()> {
        let request =
            self.agent.get(format!("{}{path}", self.base_url)).header("Authorization", format!("Bearer {token}"));
        let answer = request.call()?;
        let status = answer.status();
        let mut body = answer.into_body().into_reader();
        if !status.is_success() {
            let mut text = String::new();
            body.read_to_string(&mut text)?;
            return Err(unwelcome(path, status.as_u16(), &text));
        }
        std::io::copy(&mut body, &mut std::fs::File::create(to)?)?;
        Ok(())
    }
}

fn json(path: &str, mut answer: ureq::http::Response<ureq::Body>) -> Said<Value> {
    let text = answer.body_mut().read_to_string()?;
    if !answer.status().is_success() {
        return Err(unwelcome(path, answer.status().as_u16(), &text));
    }
    if text.is_empty() { Ok(Value::Null) } else { Ok(serde_json::from_str(&text)?) }
}

fn unwelcome(path: &str, status: u16, text: &str) -> Box<dyn std::error::Error> {
    format!("{path} answered {status}: {text}").into()
}
