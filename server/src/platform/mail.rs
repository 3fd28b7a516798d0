//! Mail through SMTP. A message is an outbox row that commits with what it tells about, sealed because it names an address
//! and may carry a token; it is delivered later, under the job's own id, and tried again until it is taken.
//!
//! Without `mail.smtp_url` nothing is sent, and whoever asked for it is told so.

use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::{AccountId, JobId};
use crate::platform::jobs::{JobError, Outside, Registry, Step};
use crate::platform::keyring::{Aad, IdentifierKind};
use crate::platform::record::{Outcome, Record};
use crate::platform::sign_in::accounts;
use crate::platform::vault;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lettre::message::header::ContentType;
use lettre::{Message, SmtpTransport, Transport};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Delivers a message.
const SEND: &str = "mail.send";
const BODY: Aad = Aad::new("mail.body");

/// What can be told by mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Template {
    /// A one-time token to set a password.
    SetUp,
    /// A departure waits for somebody's yes or no.
    ApprovalWaits,
}

impl Template {
    /// The text in a language; Chinese where there is no other.
    fn text(self, locale: &str) -> &'static str {
        match (self, locale) {
            (Self::SetUp, "en") => include_str!("../../../config/mail/en/set-up.txt"),
            (Self::SetUp, _) => include_str!("../../../config/mail/zh-CN/set-up.txt"),
            (Self::ApprovalWaits, "en") => include_str!("../../../config/mail/en/approval-waits.txt"),
            (Self::ApprovalWaits, _) => include_str!("../../../config/mail/zh-CN/approval-waits.txt"),
        }
    }

    /// Subject and body with the words filled in. A place that nobody filled stays visible, so that a test sees it.
    fn fill(self, locale: &str, words: &BTreeMap<String, String>) -> (String, String) {
        let filled = words
            .iter()
            .fold(self.text(locale).to_owned(), |text, (key, word)| text.replace(&format!("{{{{{key}}}}}"), word));
        let (subject, body) = filled.split_once('\n').unwrap_or((&filled, ""));
        (subject.to_owned(), body.trim_start().to_owned())
    }
}

/// A message in the outbox.
#[derive(Debug, Serialize, Deserialize)]
struct Letter {
    to: String,
    template: Template,
    locale: String,
    words: BTreeMap<String, String>,
}

/// Puts a message into the outbox, to the e-mail address of an account. Returns whether it will be sent: there is an
/// address, and mail is set up.
pub fn post(
    tx: &mut TenantTx<'_>,
    to: AccountId,
    template: Template,
    locale: &str,
    words: impl IntoIterator<Item = (&'static str, String)>,
) -> Stored<bool> {
    if tx.platform().config().mail.is_none() {
        return Ok(false);
    }
    let known = tx.as_platform(|p| accounts::identifiers_of(p, to))?;
    let Some(address) = known.iter().find(|i| i.kind() == IdentifierKind::Email) else { return Ok(false) };
    let words = words.into_iter().map(|(key, word)| (key.to_owned(), word)).collect();
    let letter = Letter { to: address.as_str().to_owned(), template, locale: locale.to_owned(), words };
    let id: JobId = tx.new_id();
    let sealed = vault::seal_secret(tx, &BODY.row(id), &serde_json::to_vec(&letter)?)?;
    let payload = json!({ "id": id, "sealed": STANDARD.encode(sealed), "template": template });
    tx.run_at(tx.now(), SEND, &id.to_string(), &payload)?;
    Ok(true)
}

/// Tells the workers how.
pub fn register(registry: &mut Registry) {
    registry.outward(SEND, step);
}

fn step(outside: &Outside<'_>, payload: &Value) -> Result<Step, JobError> {
    let wrong = |e: &dyn std::fmt::Display| JobError::of(format!("mail: {e}"));
    let Some(mail) = &outside.platform().config().mail else { return Err(JobError::of("mail is not set up any more")) };
    let id: JobId = serde_json::from_value(payload["id"].clone()).map_err(|e| wrong(&e))?;
    let sealed = STANDARD.decode(payload["sealed"].as_str().unwrap_or_default()).map_err(|e| wrong(&e))?;
    let opened = outside.tx(|tx| vault::open_secret(tx, &BODY.row(id), sealed.clone()))?;
    let letter: Letter = serde_json::from_slice(&opened).map_err(|e| wrong(&e))?;
    let (subject, body) = letter.template.fill(&letter.locale, &letter.words);
    let message = Message::builder()
        .message_id(Some(format!("<{id}@tenure>")))
        .from(mail.from.parse().map_err(|e| wrong(&e))?)
        .to(letter.to.parse().map_err(|_| JobError::of("mail: the address is not one that mail can go to"))?)
        .subject(subject)
        .header(ContentType::TEXT_PLAIN)
        .body(body)
        .map_err(|e| wrong(&e))?;
    let transport = SmtpTransport::from_url(mail.smtp_url.expose()).map_err(|e| wrong(&e))?.build();
    let sent = transport.send(&message).map(drop);
    Ok(outside.tx(|tx| settle(tx, id, sent.as_ref().err(), payload))?)
}

/// Taken, or tried again with the pauses of deliveries, or given up: a record says which. An SMTP answer may quote the
/// address, so only its code goes anywhere.
fn settle(
    tx: &mut TenantTx<'_>,
    id: JobId,
    failed: Option<&lettre::transport::smtp::Error>,
    payload: &Value,
) -> Stored<Step> {
    let record = Record::of("mail.send").on("mail", id).with("template", payload["template"].clone());
    let Some(why) = failed else {
        tx.record(record);
        return Ok(Step::Done);
    };
    let tries = payload["tries"].as_u64().unwrap_or(0) + 1;
    let code = why.status().map_or_else(|| "no answer".to_owned(), |code| code.to_string());
    tracing::warn!(code = "mail.not-taken", mail = %id, tries, answer = code);
    let pauses = &tx.platform().config().delivery.retry_after;
    match usize::try_from(tries - 1).ok().and_then(|n| pauses.get(n)) {
        Some(pause) => {
            let due = Ts(*tx.now() + chrono::Duration::from_std(*pause).unwrap_or(chrono::Duration::hours(1)));
            let mut next = payload.clone();
            next["tries"] = tries.into();
            Ok(Step::WaitUntil(due, next))
        }
        None => {
            tx.record(record.ended(Outcome::Failed, "mail.not-taken").with("answer", code));
            Ok(Step::Done)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_is_filled_in_both_languages() {
        let words: BTreeMap<String, String> =
            [("organisation", "远山科技"), ("token", "T"), ("where", "W"), ("expires", "E")]
                .into_iter()
                .map(|(k, w)| (k.to_owned(), w.to_owned()))
                .collect();
        for template in [Template::SetUp, Template::ApprovalWaits] {
            for locale in ["zh-CN", "en"] {
                let (subject, body) = template.fill(locale, &words);
                assert!(subject.contains("远山科技"), "{subject}");
                assert!(!body.is_empty() && !body.contains("{{") && !subject.contains("{{"), "{body}");
            }
        }
    }
}
