//! What the verifier says: that all is well and how far that reaches, or the first thing that is not.
//!
//! Auditors read this, so each answer says in both languages what was found and what would be right, and carries a
//! stable code for machines. What always holds: a `Finding` names the line, and the record wherever it can be known.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::checkpoint::CheckpointError;
use super::csv::AlteredColumn;
use super::export::{EndError, HeaderError, Range};
use super::note::NoteError;
use super::tree::Hash;

/// A file in which everything holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verified {
    /// What sort of file.
    pub kind: VerifiedKind,
    /// Whose ledger.
    pub tenant: String,
    /// How many records it has.
    pub records: u64,
    /// Which records it is about.
    pub range: Range,
    /// How many records the signature covers.
    pub size: u64,
    /// The root that was signed.
    pub root: Hash,
    /// When it was signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<DateTime<Utc>>,
    /// The fingerprint of the key that signed.
    pub key_fingerprint: String,
    /// Whether that is the key the reader trusts. `false`: nobody said which key to trust.
    pub key_is_trusted: bool,
    /// Whether it has every record that was signed, from the first to the last.
    pub complete: bool,
    /// By what they were chosen, where they were; that these are all it chose is what the key signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<Value>,
    /// Personal texts that are readable, and are those that were sealed.
    pub opened: u64,
    /// Personal texts that are closed, because they were forgotten or not asked for.
    pub forgotten: u64,
    /// Of these, those that the export had opened: somebody took them out of this copy.
    pub redacted: u64,
}

/// What sort of file was verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum VerifiedKind {
    /// An export as JSON lines.
    Ndjson,
    /// An export for spreadsheets.
    Csv,
    /// The certificate of a departure.
    Certificate,
}

impl Verified {
    /// The result for a reader of English.
    pub fn summary_en(&self) -> String {
        let Self { records, size, root, key_fingerprint, opened, forgotten, .. } = self;
        let reach = match &self.filter {
            None if self.complete => "every record that was signed".to_owned(),
            None => "a part of those signed".to_owned(),
            Some(filter) => format!("all that the filter {filter} chose among those signed"),
        };
        let trust = if self.key_is_trusted { "the key you trust" } else { "not checked against a key you trust" };
        let redacted = match self.redacted {
            0 => String::new(),
            n => format!(", {n} of which were opened when this was exported and taken out since"),
        };
        format!(
            "All {records} records are as they were sealed ({reach}: {size}, root {root}). \
             Signed by key {key_fingerprint}, {trust}. Personal texts: {opened} opened and genuine, {forgotten} closed{redacted}."
        )
    }

    /// The result for a reader of Chinese.
    pub fn summary_zh(&self) -> String {
        let Self { records, size, root, key_fingerprint, opened, forgotten, .. } = self;
        let reach = match &self.filter {
            None if self.complete => "包含全部已签名记录".to_owned(),
            None => "为已签名记录的一部分".to_owned(),
            Some(filter) => format!("为已签名记录中符合筛选条件 {filter} 的全部"),
        };
        let trust = if self.key_is_trusted { "即您信任的密钥" } else { "未与您信任的密钥核对" };
        let redacted = match self.redacted {
            0 => String::new(),
            n => format!("，其中 {n} 条导出时已打开、之后被删去"),
        };
        format!(
            "全部 {records} 条记录均与封存时一致（{reach}，已签名 {size} 条，根 {root}）。\
             签名密钥 {key_fingerprint}，{trust}。个人信息文本：{opened} 条已打开且属实，{forgotten} 条未打开{redacted}。"
        )
    }
}

/// The first thing in a file that is not as it should be.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// What is wrong.
    pub fault: Fault,
    /// The line of the file, from 1.
    pub line: u64,
    /// The record, where it can be told.
    pub seq: Option<u64>,
}

/// What can be wrong with a file.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// The record is not the one that was sealed under its number.
    Changed,
    /// The record is missing; another follows, or none.
    Removed {
        /// The record that stands in its place.
        next: Option<u64>,
    },
    /// The record was put in: it repeats another, or was never sealed.
    Inserted,
    /// Another record stands where this one should, and this one comes later.
    Reordered {
        /// The record that stands here.
        found: u64,
    },
    /// The record says the same in other bytes.
    NotCanonical,
    /// A readable cell contradicts the record beside it.
    Column(AlteredColumn),
    /// The opened text is not the one that was committed to.
    Opened {
        /// Which text.
        field: String,
    },
    /// The record is another tenant's.
    OtherTenant {
        /// Whose.
        found: String,
    },
    /// Key, checkpoint, tenant and range do not fit together.
    Header(HeaderError),
    /// The file is signed by another key than the one trusted.
    WrongKey {
        /// The fingerprint of the file's key.
        found: String,
        /// The fingerprint of the trusted key.
        trusted: String,
    },
    /// The header is not the one that the export ended with.
    HeaderChanged,
    /// The file has no end: it was cut.
    Truncated,
    /// The end counts other than the file has.
    Count {
        /// As the end has it.
        promised: u64,
        /// As the file has it.
        found: u64,
    },
    /// As many records as there should be, but not the ones that the end was signed over.
    Exchanged,
    /// The end is not the one that was signed.
    End(EndError),
    /// Something follows the end.
    AfterEnd,
    /// The certificate is not the one that its last record sealed.
    Certificate,
    /// The line is none that an export can have.
    Malformed(String),
    /// The file could not be read on.
    Unreadable(String),
}

impl Fault {
    /// A stable name, for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Changed => "ledger.record-changed",
            Self::Removed { .. } => "ledger.record-removed",
            Self::Inserted => "ledger.record-inserted",
            Self::Reordered { .. } => "ledger.record-reordered",
            Self::NotCanonical => "ledger.record-not-canonical",
            Self::Column(_) => "ledger.column-altered",
            Self::Opened { .. } => "ledger.opened-text-differs",
            Self::OtherTenant { .. } => "ledger.other-tenant",
            Self::Header(HeaderError::Checkpoint(CheckpointError::Note(
                NoteError::BadSignature(_) | NoteError::NotSignedBy(_),
            ))) => "ledger.bad-signature",
            Self::Header(_) => "ledger.bad-header",
            Self::WrongKey { .. } => "ledger.wrong-key",
            Self::HeaderChanged => "ledger.header-changed",
            Self::Truncated => "ledger.truncated",
            Self::Count { .. } => "ledger.count-differs",
            Self::Exchanged => "ledger.records-exchanged",
            Self::End(_) => "ledger.end-changed",
            Self::AfterEnd => "ledger.after-end",
            Self::Certificate => "ledger.certificate-differs",
            Self::Malformed(_) => "ledger.malformed",
            Self::Unreadable(_) => "ledger.unreadable",
        }
    }
}

impl Finding {
    /// The finding for a reader of English.
    pub fn words_en(&self) -> String {
        let record = self.seq.map_or_else(|| "a record".to_owned(), |seq| format!("record {seq}"));
        let what = match &self.fault {
            Fault::Changed => {
                format!("{record} was changed: what stands here is not what was sealed under this number")
            }
            Fault::Removed { next: Some(next) } if self.seq == Some(*next) => {
                format!("a record was removed before {record}: its proof rests on one that is missing")
            }
            Fault::Removed { next: Some(next) } => format!("{record} was removed: record {next} stands in its place"),
            Fault::Removed { next: None } => format!("{record} was removed: the end comes before it"),
            Fault::Inserted => format!("{record} was put in: it repeats another or was never sealed"),
            Fault::Reordered { found } => {
                format!("records were put in another order: {record} should stand here, record {found} does")
            }
            Fault::NotCanonical => {
                format!(
                    "{record} is written otherwise than it was sealed; its content is the same (RFC 8785 is expected)"
                )
            }
            Fault::Column(AlteredColumn { column, found, expected }) => {
                format!("the column {column} of {record} was altered: it says {found:?}, the record says {expected:?}")
            }
            Fault::Opened { field } => format!("the text \"{field}\" of {record} is not the one that was sealed"),
            Fault::OtherTenant { found } => format!("{record} belongs to another tenant, {found}"),
            Fault::Header(error) => error.to_string(),
            Fault::WrongKey { found, trusted } => format!("signed by key {found}; you trust {trusted}"),
            Fault::HeaderChanged => "the header was changed: the end was written for another".to_owned(),
            Fault::Truncated => "the file was cut: it has no end line".to_owned(),
            Fault::Count { promised, found } => {
                format!("records were removed or put in: the end counts {promised}, there are {found}")
            }
            Fault::Exchanged => {
                "a record was exchanged for another: these are not the ones that the end was signed over".to_owned()
            }
            Fault::End(error) => format!("the end was changed: {error}"),
            Fault::AfterEnd => "something was added after the end".to_owned(),
            Fault::Certificate => "the certificate was changed: its last record sealed another".to_owned(),
            Fault::Malformed(why) => format!("not a line of an export: {why}"),
            Fault::Unreadable(why) => format!("the file could not be read: {why}"),
        };
        format!("line {}: {what}", self.line)
    }

    /// The finding for a reader of Chinese.
    pub fn words_zh(&self) -> String {
        let record = self.seq.map_or_else(|| "某条记录".to_owned(), |seq| format!("第 {seq} 号记录"));
        let what = match &self.fault {
            Fault::Changed => format!("{record}被篡改：此处内容与该编号封存时不一致"),
            Fault::Removed { next: Some(next) } if self.seq == Some(*next) => {
                format!("{record}之前有记录被删除：其证明所依据的记录缺失")
            }
            Fault::Removed { next: Some(next) } => format!("{record}被删除：此处为第 {next} 号记录"),
            Fault::Removed { next: None } => format!("{record}被删除：文件在其之前结束"),
            Fault::Inserted => format!("{record}系插入：与另一条重复，或从未封存"),
            Fault::Reordered { found } => format!("记录顺序被改动：此处应为{record}，实为第 {found} 号记录"),
            Fault::NotCanonical => format!("{record}的书写形式与封存时不同，内容一致（应为 RFC 8785 规范形式）"),
            Fault::Column(AlteredColumn { column, found, expected }) => {
                format!("{record}的 {column} 列被改动：现为“{found}”，记录中为“{expected}”")
            }
            Fault::Opened { field } => format!("{record}的文本“{field}”与封存时不一致"),
            Fault::OtherTenant { found } => format!("{record}属于另一企业组织 {found}"),
            Fault::Header(error) => header_zh(error),
            Fault::WrongKey { found, trusted } => format!("签名密钥为 {found}，您信任的是 {trusted}"),
            Fault::HeaderChanged => "文件头被改动：与结束行不符".to_owned(),
            Fault::Truncated => "文件不完整：缺少结束行".to_owned(),
            Fault::Count { promised, found } => format!("记录被删除或插入：结束行为 {promised} 条，实有 {found} 条"),
            Fault::Exchanged => "有记录被换成另一条：与结束行签名时的记录不符".to_owned(),
            Fault::End(EndError::Malformed) => "结束行被改动：不是导出文件应有的结束行".to_owned(),
            Fault::End(EndError::Note(error)) => format!("结束行被改动：{}", note_zh(error)),
            Fault::AfterEnd => "结束行之后有多余内容".to_owned(),
            Fault::Certificate => "证明书被改动：与其最后一条记录所封存的不一致".to_owned(),
            Fault::Malformed(why) => format!("不是导出文件应有的内容（{why}）"),
            Fault::Unreadable(why) => format!("文件无法读取（{why}）"),
        };
        format!("第 {} 行：{what}", self.line)
    }
}

fn header_zh(error: &HeaderError) -> String {
    match error {
        HeaderError::Key(error) => format!("文件中的公钥无效（{error}）"),
        HeaderError::Checkpoint(CheckpointError::Note(error)) => format!("检查点无效：{}", note_zh(error)),
        HeaderError::Checkpoint(CheckpointError::Malformed(why)) => format!("检查点格式有误（{why}）"),
        HeaderError::Checkpoint(CheckpointError::OtherLedger { key, origin }) => {
            format!("密钥 {key} 签名的是另一账本 {origin} 的检查点")
        }
        HeaderError::OtherTenant { tenant, origin } => format!("文件头为企业组织 {tenant}，检查点属于 {origin}"),
        HeaderError::Range { from, to, size } => format!("第 {from} 至 {to} 号记录超出检查点所含的 {size} 条"),
    }
}

fn note_zh(error: &NoteError) -> String {
    match error {
        NoteError::Malformed(why) => format!("签名文本格式有误（{why}）"),
        NoteError::NotSignedBy(key) => format!("不是由密钥 {key} 签名的"),
        NoteError::BadSignature(key) => format!("密钥 {key} 的签名与内容不符"),
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words_en())
    }
}

impl std::error::Error for Finding {}

impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let mut members = out.serialize_struct("Finding", 5)?;
        members.serialize_field("code", self.fault.code())?;
        members.serialize_field("line", &self.line)?;
        members.serialize_field("seq", &self.seq)?;
        members.serialize_field("words_zh", &self.words_zh())?;
        members.serialize_field("words_en", &self.words_en())?;
        members.end()
    }
}
