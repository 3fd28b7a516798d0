//! What the player of the sample tells: to people in both languages, to scripts as one JSON object.

use super::Said;
use super::api::Api;
use super::kit::{Kit, OrganisationKit};
use super::play;
use crate::sample;
use serde_json::{Map, Value, json};
use std::fmt::Write as _;

pub(super) const MAKING: &str = "正在准备示例数据…… / Making the sample…";
pub(super) const NOT_A_SAMPLE: &str = "数据库中已有企业组织，不再制作示例数据。 / \
     The database has organisations already, so no sample is made; they are served as they are.";

/// To whom the story is told.
#[derive(Clone, Copy)]
pub(super) enum Telling {
    /// At a terminal, on standard output.
    People,
    /// On standard error, because standard output holds one JSON object and nothing else.
    Json,
}

impl Telling {
    pub fn say(self, words: &str) {
        match self {
            // Nobody reads along: the story goes on.
            Self::People => drop(say!("{words}")),
            Self::Json => eprintln!("{words}"),
        }
    }
}

/// Whom a badge stands for.
const WHO: [(&str, &str); 9] = [
    ("primary_admin", "主管理员 primary admin"),
    ("hr_admin", "人事管理员 HR admin"),
    ("privacy_officer", "隐私负责人 privacy officer"),
    ("security_admin", "安全管理员 security admin"),
    ("data_operator", "数据操作员 data operator"),
    ("auditor", "审计员 auditor"),
    ("employee", "员工 employee"),
    ("shared", "两个组织的成员 member of both"),
    ("leaver", "离职者 the leaver: 只见自己的数据 their own data alone"),
];

/// Where to look and who to sign in as.
pub(super) fn where_to_look(kit: &Kit, is_first: bool) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = tell(&mut text, kit, is_first);
    text
}

fn tell(text: &mut String, kit: &Kit, is_first: bool) -> std::fmt::Result {
    let base = &kit.base_url;
    writeln!(text, "\nAPI        {base}/api/openapi.json")?;
    if let Some(departure) = &kit.departure {
        writeln!(text, "离职处置   {base}/api/v1/departures/{departure}")?;
    }
    for organisation in &kit.organisations {
        writeln!(text, "\n{} ({})", organisation.name, organisation.slug)?;
        for (badge, who) in WHO {
            if let Some(identifier) = organisation.accounts.get(badge) {
                writeln!(text, "  {identifier:<32} {who}")?;
            }
        }
    }
    if is_first {
        writeln!(text, "\n密码 / password of all of them: {}", kit.password)?;
    }
    writeln!(text, "\n登录账号、密码与密钥 / accounts, password and secrets: . {}", kit.path().display())?;
    write!(text, "接下来 / what next: README.md. Ctrl-C 停止 / stops.")
}

/// Everything that a script needs to go on from here.
pub(super) fn as_json(kit: &Kit) -> Said<Value> {
    let api = Api::at(&kit.base_url);
    let organisations = kit.organisations.iter().map(|o| organisation(&api, kit, o)).collect::<Said<Vec<_>>>()?;
    let slug = kit.organisations.first().map_or("", |o| o.slug);
    Ok(json!({
        "base_url": kit.base_url,
        "organisations": organisations,
        "departure": departure(&api, kit)?,
        "export_path": play::export_path(kit),
        "verifier_key": play::verifier_key(&api, slug)?,
        "data_dir": kit.data_dir,
    }))
}

fn organisation(api: &Api, kit: &Kit, o: &OrganisationKit) -> Said<Value> {
    let (mut tokens, mut accounts) = (Map::new(), Map::new());
    for (badge, identifier) in &o.accounts {
        accounts.insert(badge.clone(), json!({ "identifier": identifier, "password": kit.password }));
        let has_left = badge == "leaver";
        if !has_left {
            tokens.insert(badge.clone(), play::sign_in(api, kit, o, badge)?.into());
        }
    }
    let members = kit.made.iter().filter(|(slug, _)| *slug == o.slug).flat_map(|(_, members)| members);
    let members: Map<String, Value> = members.map(|(number, id)| (number.clone(), json!(id))).collect();
    Ok(json!({
        "name": o.name,
        "slug": o.slug,
        "tenant_id": o.tenant,
        "tokens": tokens,
        "accounts": accounts,
        "members": members,
        "webhook": { "url": format!("{}{}", kit.base_url, o.webhook_path), "secret": o.webhook_secret },
        "connector": {
            "id": o.connector_id, "api_key": o.connector_api_key, "signing_secret": o.connector_signing_secret,
        },
        "verifier_key": play::verifier_key(api, o.slug)?,
    }))
}

fn departure(api: &Api, kit: &Kit) -> Said<Value> {
    let first = kit.organisations.first().ok_or("the sample has no organisation")?;
    let id = kit.departure.as_deref().ok_or("nothing was played")?;
    let hr = play::sign_in(api, kit, first, "hr_admin")?;
    let seen = api.get(&hr, &format!("/api/v1/departures/{id}"))?;
    Ok(json!({
        "id": id,
        "membership_id": seen["membership_id"],
        "subject_id": seen["subject_id"],
        "staff_number": sample::LEAVER,
        "state": seen["state"],
        "certificate_path": play::certificate_path(kit),
    }))
}
