//! The certificate as paper: a PDF in both languages that carries the document that proves it as an attachment.
//!
//! What always holds: it is made of the certificate's document and of nothing else, so that the same certificate is the same
//! bytes whenever and by whomever it is asked for; and what is printed proves nothing by itself, which it says.

mod fonts;
mod sheets;

use crate::packs;
use crate::platform::db::{StoreError, Stored};
use policy_model::departure::Disposition;
use policy_model::pack::Pack;
use serde::Deserialize;
use serde_json::Value;
use sheets::{Face, Sheets, TEXT_WIDTH};
use std::sync::Arc;

use super::model::LineState;

/// As much of the document as is printed.
#[derive(Deserialize)]
struct Document {
    certificate: Summary,
    key: String,
    checkpoint: String,
    records: Vec<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Summary {
    title_zh: String,
    title_en: String,
    organisation: String,
    departure: String,
    subject: String,
    last_day: String,
    access_ended_at: Option<String>,
    completed_at: Option<String>,
    pack: String,
    lines: Vec<Line>,
}

#[derive(Deserialize)]
struct Line {
    class: String,
    disposition: Value,
    items: u64,
    bytes: u64,
    retain_until: Option<String>,
    then: Option<Value>,
    then_on: Option<String>,
    state: String,
    clauses: Vec<String>,
}

/// Columns of the table: class, what became of it, how much, clauses.
const COLUMNS: [f32; 4] = [150.0, 150.0, 70.0, 113.0];
const GAP: f32 = 8.0;

/// The certificate of a document that the ledger put together, as a PDF file.
pub(super) fn of(document: &str) -> Stored<Vec<u8>> {
    let read: Document = serde_json::from_str(document).map_err(|e| StoreError::Unreadable(e.to_string()))?;
    let said = &read.certificate;
    // By the pack that the certificate names: what the organisation lives by today has no say in what was certified.
    let pack = packs::by_name(&said.pack);
    let file = format!("certificate-{}.json", said.departure);
    let mut sheets = Sheets::new(&said.departure);
    head(&mut sheets, said);
    table(&mut sheets, said, pack);
    proof(&mut sheets, &read, &file);
    Ok(sheets.finish(&format!("{} · {}", said.title_zh, said.title_en), &file, document.as_bytes()))
}

fn head(sheets: &mut Sheets, said: &Summary) {
    sheets.paragraph(&said.organisation, Face::Text, 11.0, 0.35);
    sheets.space(6.0);
    sheets.paragraph(&said.title_zh, Face::Text, 20.0, 0.0);
    sheets.paragraph(&said.title_en, Face::Text, 12.0, 0.35);
    sheets.space(14.0);
    let facts = [
        ("处置编号 / Departure", Some(said.departure.clone())),
        ("离职人员编号 / Person", Some(said.subject.clone())),
        ("最后工作日 / Last day", Some(said.last_day.clone())),
        ("访问终止 / Access ended", said.access_ended_at.as_deref().map(minute)),
        ("完成 / Completed", said.completed_at.as_deref().map(minute)),
        ("策略包 / Pack", Some(said.pack.clone())),
    ];
    for (name, value) in facts {
        if let Some(value) = value {
            sheets.row(&[(name, 150.0, 0.35), (&value, TEXT_WIDTH - 150.0, 0.0)], 9.5, GAP, false);
        }
    }
    sheets.space(12.0);
}

fn table(sheets: &mut Sheets, said: &Summary, pack: Option<Arc<Pack>>) {
    let [class, became, amount, clauses] = COLUMNS;
    let heads = [
        ("数据类别 / Data class", class),
        ("处置结果 / Became", became),
        ("数量 / Amount", amount),
        ("依据 / By", clauses),
    ];
    let heads = heads.map(|(text, width)| (text, width, 0.35));
    sheets.row(&heads, 8.5, GAP, true);
    sheets.repeats(&heads);
    for line in &said.lines {
        let name = pack.as_deref().and_then(|p| p.class(&line.class));
        let name = name.map_or_else(|| line.class.clone(), |c| format!("{}\n{}", c.name_zh, c.name_en));
        let amount_text = format!("{}\n{}", line.items, size(line.bytes));
        let cells = [
            (name.as_str(), class, 0.0),
            (&outcome(line), became, 0.0),
            (&amount_text, amount, 0.0),
            (&line.clauses.join(" "), clauses, 0.35),
        ];
        sheets.row(&cells, 8.5, GAP, true);
    }
    sheets.repeats(&[]);
    sheets.space(16.0);
}

fn proof(sheets: &mut Sheets, read: &Document, file: &str) {
    sheets.paragraph("证明 / Proof", Face::Text, 12.0, 0.0);
    sheets.space(4.0);
    let records = read.records.len();
    for text in [
        format!(
            "本证明由账本中的 {records} 条访问记录支持，每条都可追溯到下方签名的检查点。记录与证明在附件 {file} 中；\
             以附件为准，纸面本身不能证明任何事。"
        ),
        format!(
            "This certificate rests on {records} access records, each with its path to the signed checkpoint below. They are \
             in the attachment {file}, which is what counts: print proves nothing by itself."
        ),
    ] {
        sheets.paragraph(&text, Face::Text, 9.0, 0.0);
        sheets.space(4.0);
    }
    sheets.paragraph(read.checkpoint.trim_end(), Face::Mono, 7.5, 0.2);
    sheets.space(6.0);
    sheets.paragraph(
        "签名公钥（请从组织公布的地址核对） / Signing key (compare it with what the organisation publishes)",
        Face::Text,
        9.0,
        0.0,
    );
    sheets.paragraph(&read.key, Face::Mono, 7.5, 0.2);
    sheets.space(6.0);
    sheets.paragraph("任何人都可离线核验附件 / Anybody verifies the attachment offline", Face::Text, 9.0, 0.0);
    sheets.paragraph(&format!("tenure verify {file} --key '{}'", read.key), Face::Mono, 7.5, 0.2);
}

/// What became of a line, in both languages.
fn outcome(line: &Line) -> String {
    let (mut zh, mut en) = words_of(&line.disposition);
    if let Some(day) = &line.retain_until {
        zh = format!("{zh}至 {day}");
        en = format!("{en} until {day}");
    }
    if let Some(then) = line.then.as_ref().filter(|then| !then.is_null()) {
        let (then_zh, then_en) = words_of(then);
        let on = |before: &str, after: &str| {
            line.then_on.as_deref().map(|day| format!("{before}{day}{after}")).unwrap_or_default()
        };
        zh = format!("{zh}，之后{}{then_zh}", on("于 ", " "));
        en = format!("{en}, then {then_en}{}", on(" on ", ""));
    }
    if let Some((state_zh, state_en)) = unfinished(&line.state) {
        zh = format!("{zh}（{state_zh}）");
        en = format!("{en} ({state_en})");
    }
    format!("{zh}\n{en}")
}

fn words_of(disposition: &Value) -> (String, String) {
    let words = match serde_json::from_value::<Disposition>(disposition.clone()) {
        Ok(Disposition::Retain) => ("留存", "kept"),
        Ok(Disposition::HandOver) => ("移交继任者", "handed over"),
        Ok(Disposition::Hide) => ("对本人隐藏", "hidden from the person"),
        Ok(Disposition::Release) => ("向本人提供副本", "a copy released"),
        Ok(Disposition::Detach) => ("与组织解除关联", "detached"),
        Ok(Disposition::Anonymise) => ("匿名化", "anonymised"),
        Ok(Disposition::Delete) => ("删除", "deleted"),
        // From a version that knew another one: as it stands.
        Err(_) => return (disposition.as_str().unwrap_or_default().to_owned(), String::new()),
    };
    (words.0.to_owned(), words.1.to_owned())
}

/// What a line is that is not simply done.
fn unfinished(state: &str) -> Option<(&'static str, &'static str)> {
    match LineState::parse(state)? {
        LineState::Done => None,
        LineState::Planned => Some(("已计划", "planned")),
        LineState::Instructed => Some(("等待执行", "waiting to run")),
        LineState::Running => Some(("执行中", "running")),
        LineState::DoneWithFailures => Some(("部分未完成", "partly not done")),
        LineState::Undone => Some(("未执行", "not done")),
        LineState::LeftAlone => Some(("不作处置", "left alone")),
    }
}

/// `2026-03-31T16:00:00Z` to the minute.
fn minute(at: &str) -> String {
    match at.split_at_checked(16) {
        Some((minute, _)) => format!("{} UTC", minute.replace('T', " ")),
        None => at.to_owned(),
    }
}

/// Bytes as the console says them.
fn size(bytes: u64) -> String {
    let mut tenths = u128::from(bytes) * 10;
    let mut unit = "B";
    for larger in ["kB", "MB", "GB", "TB"] {
        if tenths < 10_000 {
            break;
        }
        tenths = (tenths + 500) / 1_000;
        unit = larger;
    }
    if unit == "B" { format!("{bytes} B") } else { format!("{}.{} {unit}", tenths / 10, tenths % 10) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn document(lines: usize, organisation: &str) -> String {
        let line = json!({
            "class": "hr.position", "controller": "organisation", "disposition": "retain", "holdings": 1, "items": 12,
            "bytes": 15_340, "retain_until": "2028-03-31", "then": "delete", "then_on": null, "state": "done",
            "clauses": ["gbt35273-6.1-a"], "instruction": null, "order": null,
        });
        json!({
            "kind": "tenure.certificate/1",
            "certificate": {
                "title_zh": "离职数据处置证明", "title_en": "Certificate", "organisation": organisation, "tenant": "t",
                "departure": "01a220eb-e624-7adb-8e58-4711cb51cdf2", "supplements": 0, "subject": "s", "membership": "m",
                "last_day": "2026-03-31", "effective_at": "2026-03-31T16:00:00Z", "access_ended_at": "2026-03-31T16:00:00Z",
                "completed_at": "2026-03-31T16:05:00Z", "pack": "dingtalk", "lines": vec![line; lines],
            },
            "key": "tenure/x+0+AAAA", "checkpoint": "tenure/x\n1\nroot\n", "records": [{"record": {}, "path": []}],
        })
        .to_string()
    }

    #[test]
    fn the_same_certificate_is_the_same_bytes() {
        let text = document(60, "远山科技");
        assert_eq!(of(&text).unwrap(), of(&text).unwrap());
        assert_ne!(of(&text).unwrap(), of(&document(60, "远山")).unwrap());
    }

    #[test]
    fn whatever_an_organisation_is_called_it_is_a_file() {
        for name in ["", "👩‍🚀", "شركة", &"很长的名称".repeat(200), "a\u{0}\u{200b}\n(\\)", &"x".repeat(2_000)]
        {
            assert!(of(&document(1, name)).unwrap().starts_with(b"%PDF-1.7"), "{name}");
        }
        assert!(of(&document(2_000, "远山科技")).unwrap().len() < 2_000_000);
    }

    #[test]
    fn sizes_are_said_as_in_the_console() {
        let said: Vec<String> = [0, 999, 1_000, 15_340, 1_000_000, u64::MAX].into_iter().map(size).collect();
        assert_eq!(said, ["0 B", "999 B", "1.0 kB", "15.3 kB", "1.0 MB", "18446744.1 TB"]);
    }
}
