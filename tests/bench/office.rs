//! An organisation of the bench, staffed: founded on the command line, filled by its HR system, appointed by its first admin, all
//! over HTTP, as in life.

use crate::program::{Program, Running};
use scenarios::signature;
use serde_json::{Value, json};
use std::time::UNIX_EPOCH;

/// Everybody's.
pub const PASSWORD: &str = "correct horse 远山";
const ADMIN: &str = "admin@yuanshan.example";

/// The organisation, staffed, and a server that serves it.
pub struct Office {
    /// Its HR system.
    pub source: Value,
    /// Its id.
    pub tenant: String,
    /// Everybody in it, as the API shows them.
    members: Vec<Value>,
}

impl Office {
    /// With these people: staff number, and role where they have one. The server goes when this is done.
    pub fn opened(program: &Program, staff: &[(&str, Option<&str>)]) -> Self {
        let founding = ["tenant", "create", "--name", "远山科技", "--slug", "yuanshan", "--pack", "dingtalk"];
        let said = program.says(&[&founding[..], &["--admin-email", ADMIN]].concat());
        let token = said.lines().find_map(|line| line.strip_prefix("set-up token")).expect("it says the token").trim();
        let server = program.starts(&["serve"]);
        let call = |path: &str, token: Option<&str>, body: Value| server.call("POST", path, token, Some(&body));
        call("/api/v1/auth/setup", None, json!({"token": token, "password": PASSWORD}));
        let admin = &signed_in(&server, ADMIN);
        let source = call("/api/v1/sources", Some(admin), json!({"name": "人事系统"}));
        for (staff_number, _) in staff {
            let joined = json!({
                "staff_number": staff_number, "name": staff_number, "email": email(staff_number), "account": "personal",
                "first_day": "2020-03-01", "position": "工程师",
            });
            says(&server, &source, "member.joined", &joined);
        }
        let members = server.until("everybody has joined", || {
            let page = server.call("GET", "/api/v1/members?limit=200", Some(admin), None);
            page["items"].as_array().filter(|items| items.len() > staff.len()).cloned()
        });
        let tenant = text(&server.call("GET", "/api/v1/me", Some(admin), None), "tenant_id");
        let office = Self { source, tenant, members };
        for (staff_number, role) in staff {
            let Some(role) = role else { continue };
            let id = text(office.member(staff_number), "id");
            call("/api/v1/role-assignments", Some(admin), json!({"membership_id": id, "role": role}));
            let link = call(&format!("/api/v1/members/{id}/setup-link"), Some(admin), json!({}));
            call("/api/v1/auth/setup", None, json!({"token": link["setup_token"], "password": PASSWORD}));
        }
        office
    }

    /// Somebody, as the API shows them.
    pub fn member(&self, staff_number: &str) -> &Value {
        let found = self.members.iter().find(|member| member["staff_number"] == staff_number);
        found.expect("they have joined")
    }
}

/// Signs somebody in.
pub fn signed_in(server: &Running, identifier: &str) -> String {
    let body = json!({"identifier": identifier, "password": PASSWORD});
    text(&server.call("POST", "/api/v1/auth/sign-in", None, Some(&body)), "access_token")
}

/// The HR system says something about somebody, signed.
pub fn says(server: &Running, source: &Value, what: &str, data: &Value) {
    let now = UNIX_EPOCH.elapsed().expect("after 1970");
    let (id, seconds) = (format!("msg_{}", now.as_nanos()), i64::try_from(now.as_secs()).expect("a time of ours"));
    let body = json!({"type": what, "timestamp": chrono::DateTime::UNIX_EPOCH + now, "data": data}).to_string();
    let signature = signature::sign(&text(source, "secret"), &id, seconds, body.as_bytes());
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("webhook-id", id),
        ("webhook-timestamp", seconds.to_string()),
        ("webhook-signature", signature),
    ];
    let (status, answer) = server.send("POST", &text(source, "path"), &headers, &body).expect("it answers");
    assert_eq!(status, 202, "{what}: {answer}");
}

/// Their address.
pub fn email(staff_number: &str) -> String {
    format!("{staff_number}@yuanshan.example")
}

/// A text of an answer.
pub fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_else(|| panic!("no {key} in {value}")).to_owned()
}
