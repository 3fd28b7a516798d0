//! The departure, played as people and systems would: by signed webhook and over the API, with tokens got by signing in.

use super::Said;
use super::api::Api;
use super::kit::{Kit, OrganisationKit};
use super::words::Telling;
use crate::platform::Platform;
use crate::platform::standard_webhooks::{self, ID_HEADER, SIGNATURE_HEADER, Secret, TIMESTAMP_HEADER};
use crate::sample;
use chrono_tz::Asia::Shanghai;
use policy_model::ledger::{VerifierKey, verify};
use serde_json::{Value, json};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Between two looks, each of which leaves a record, and how many of them.
const PAUSE: Duration = Duration::from_millis(200);
const LOOKS: u32 = 600;
/// Who may say yes to a departure, in the order in which they are asked.
const APPROVERS: [&str; 2] = ["privacy_officer", "primary_admin"];

/// The certificate's file.
pub(super) fn certificate_path(kit: &Kit) -> PathBuf {
    kit.data_dir.join("sample-certificate.json")
}

/// The export's file.
pub(super) fn export_path(kit: &Kit) -> PathBuf {
    kit.data_dir.join("sample-records.ndjson")
}

/// The access token of the holder of a badge, who signs in with the password.
pub(super) fn sign_in(api: &Api, kit: &Kit, organisation: &OrganisationKit, badge: &str) -> Said<String> {
    let identifier = organisation.accounts.get(badge).ok_or_else(|| format!("nobody of the sample is {badge}"))?;
    let body = json!({ "identifier": identifier, "password": kit.password, "tenant": organisation.slug });
    let answer = api.post("/api/v1/auth/sign-in", &[], body.to_string().as_bytes())?;
    Ok(text(&answer, "access_token")?.to_owned())
}

/// The public keys of an organisation's ledger, the one in use first.
pub(super) fn verifier_key(api: &Api, slug: &str) -> Said<String> {
    let keys = api.public(&format!("/.well-known/tenure-ledger/{slug}"))?;
    Ok(keys.lines().next().ok_or("the ledger has no key")?.to_owned())
}

/// From the webhook to the verified export. Returns the departure's id.
pub(super) fn departure(platform: &Platform, kit: &Kit, telling: Telling) -> Said<String> {
    let api = Api::at(&kit.base_url);
    let yuanshan = kit.organisations.first().ok_or("the sample has no organisation")?;
    let hr = sign_in(&api, kit, yuanshan, "hr_admin")?;
    if opened(&api, &hr)?.is_none() {
        say_leaving(&api, platform, yuanshan)?;
    }
    telling.say("1. 人事系统通过签名 webhook 通知：林晓（A0017）昨日离职。 / The HR system's signed webhook: A0017 left yesterday.");
    let departure = wait_until("the departure is opened and access has ended", || {
        Ok(opened(&api, &hr)?.filter(|d| !d["access_ended_at"].is_null()))
    })?;
    let id = text(&departure, "id")?.to_owned();
    telling.say("2. 方案已生成，访问权限已终止。 / The plan is made, and access has ended.");
    let done = wait_until("the departure is carried out and certified", || {
        let now = api.get(&hr, &format!("/api/v1/departures/{id}"))?;
        match text(&now, "state")? {
            "planned" => plan(&api, &hr, &id, telling).map(|()| None),
            "submitted" => approve(&api, kit, yuanshan, &id, telling).map(|()| None),
            "completed" if now["certified"] == true => Ok(Some(now)),
            "rescinded" => Err("the departure was rescinded".into()),
            _ => Ok(None),
        }
    })?;
    telling.say(&format!("5. 已执行 {0} 项并出具证明。 / {0} lines carried out and certified.", done["lines_done"]));
    download_and_verify(&api, kit, yuanshan, (&hr, &id), telling)?;
    Ok(id)
}

/// The leaver's departure, once it is there.
fn opened(api: &Api, hr: &str) -> Said<Option<Value>> {
    let all = api.get(hr, "/api/v1/departures?limit=200")?;
    let is_ours = |d: &&Value| d["staff_number"] == sample::LEAVER;
    Ok(all["items"].as_array().into_iter().flatten().find(is_ours).cloned())
}

/// Said again after a first start that was cut off, it changes nothing.
fn say_leaving(api: &Api, platform: &Platform, organisation: &OrganisationKit) -> Said<()> {
    let now = platform.now();
    let yesterday = now.with_timezone(&Shanghai).date_naive().pred_opt().ok_or("there is no yesterday")?;
    let body = json!({
        "type": "member.leaving",
        "timestamp": now.rfc3339(),
        "data": {
            "staff_number": sample::LEAVER, "last_day": yesterday, "reason": sample::REASON, "successor": sample::SUCCESSOR,
        },
    })
    .to_string();
    let secret = Secret::parse(&organisation.webhook_secret)?;
    let sent_at = now.timestamp();
    let id = format!("msg-sample-{}", now.timestamp_micros());
    let signature = standard_webhooks::sign(&[secret], &id, sent_at, body.as_bytes())?;
    let headers =
        [(ID_HEADER, id.as_str()), (TIMESTAMP_HEADER, &sent_at.to_string()), (SIGNATURE_HEADER, signature.as_str())];
    api.post(&organisation.webhook_path, &headers, body.as_bytes())?;
    Ok(())
}

/// HR looks at the plan, changes one line within what is allowed, and submits it.
fn plan(api: &Api, hr: &str, id: &str, telling: Telling) -> Said<()> {
    let lines = api.get(hr, &format!("/api/v1/departures/{id}/lines"))?;
    let lines = lines.as_array().ok_or("a plan has lines")?;
    let kept = |l: &&Value| l["class"] == sample::STOPPED_KEEPING && l["disposition"] == "retain";
    if let Some(line) = lines.iter().find(kept) {
        let path = format!("/api/v1/departures/{id}/lines/{}", text(line, "id")?);
        api.patch(hr, &path, line["version"].as_i64().unwrap_or(1), &json!({ "disposition": "delete" }))?;
    }
    api.does(hr, &format!("/api/v1/departures/{id}/submit"), &json!({}))?;
    telling.say(&format!(
        "3. 人事管理员查看 {0} 项方案，将紧急联系人改为立即删除并提交。 / \
         HR reads the plan of {0} lines, has the emergency contacts deleted at once, and submits it.",
        lines.len()
    ));
    Ok(())
}

/// Each of those who may say yes says it; who has nothing to decide is left in peace.
fn approve(api: &Api, kit: &Kit, organisation: &OrganisationKit, id: &str, telling: Telling) -> Said<()> {
    for badge in APPROVERS {
        let token = sign_in(api, kit, organisation, badge)?;
        let seen = api.get(&token, &format!("/api/v1/departures/{id}"))?;
        if seen["can"]["approve"]["allowed"] == true {
            let word = json!({ "reason": "离职处置方案合规，同意。" });
            api.does(&token, &format!("/api/v1/departures/{id}/approve"), &word)?;
            telling.say(&format!("4. 审批同意：{badge}。 / Approved: {badge}."));
        }
    }
    Ok(())
}

fn download_and_verify(
    api: &Api,
    kit: &Kit,
    organisation: &OrganisationKit,
    (hr, id): (&str, &str),
    telling: Telling,
) -> Said<()> {
    let key: VerifierKey = verifier_key(api, organisation.slug)?.parse()?;
    let certificate = certificate_path(kit);
    api.download(hr, &format!("/api/v1/departures/{id}/certificate"), &certificate)?;
    let auditor = sign_in(api, kit, organisation, "auditor")?;
    let export = export_path(kit);
    api.download(&auditor, "/api/v1/records/export?format=ndjson", &export)?;
    for (what, path) in [("6. 离职处置证明 / certificate", &certificate), ("7. 审计员导出 / auditor's export", &export)]
    {
        telling.say(&format!("{what}: {}\n   {}", path.display(), verdict(path, &key)?));
    }
    Ok(())
}

/// What the verifier says of a file, offline.
fn verdict(path: &Path, key: &VerifierKey) -> Said<String> {
    match verify(BufReader::new(File::open(path)?), Some(key)) {
        Ok(verified) => Ok(format!("{}\n   {}", verified.summary_zh(), verified.summary_en())),
        Err(finding) => Err(format!("{} does not verify: {}", path.display(), finding.words_en()).into()),
    }
}

/// Looks until there is something to see.
fn wait_until<T>(what: &str, mut look: impl FnMut() -> Said<Option<T>>) -> Said<T> {
    for _ in 0..LOOKS {
        if let Some(seen) = look()? {
            return Ok(seen);
        }
        std::thread::sleep(PAUSE);
    }
    Err(format!("waited in vain until {what}").into())
}

fn text<'v>(value: &'v Value, key: &str) -> Said<&'v str> {
    value[key].as_str().ok_or_else(|| format!("an answer lacks `{key}`").into())
}
