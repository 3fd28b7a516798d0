//! People from a table. Each row becomes the words that an HR system would have said, kept as messages and applied by the very
//! function that applies those: no rule is passed by. A row is in as a whole or not at all, and one that is not is named by its
//! line. A dry run does the same and takes it back.

use super::apply::apply;
use super::error::IntakeError;
use super::event::EventKind;
use super::model::MessageState;
use super::store::{self, NewMessage};
use super::table::{Cells, Rows};
use super::{operations, sources};
use crate::people::{self, MembershipState};
use crate::platform::attempt::{Act, Attempt};
use crate::platform::db::{TenantTx, Ts};
use crate::platform::http::further::{self, FurtherLines};
use crate::platform::http::{Answer, Answered, AsProblem, Problem};
use crate::platform::ids::{MessageId, SourceId};
use crate::platform::record::Record;
use actix_web::{post, web};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::sync::Arc;

/// Rows that one transaction takes.
const CHUNK: usize = 100;
/// Bytes of a file at most: some 300,000 people.
const MOST_BYTES: usize = 64 * 1_024 * 1_024;
/// Rejected rows that a report explains one by one; the others stand in it by their lines.
const MOST_EXPLAINED: usize = 1_000;

/// What became of a file.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
struct ImportReport {
    /// Whether nothing was kept.
    dry_run: bool,
    /// Rows that were read.
    rows: u64,
    /// People who joined.
    joined: u64,
    /// People of whom something changed.
    changed: u64,
    /// People whose last day was said.
    leaving: u64,
    /// People who stay after all.
    rescinded: u64,
    /// Rows that said nothing new.
    unchanged: u64,
    /// Rows that are not in.
    rejected: u64,
    /// Those rows, each with its reason; of more than a thousand, the first thousand.
    rejections: Vec<RejectedRow>,
    /// The others, by their lines.
    #[serde(default)]
    #[schema(required = true)]
    further: Vec<FurtherLines>,
}

/// A row that is not in.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct RejectedRow {
    /// Its line in the file, from 1.
    line: u64,
    /// Whom it is about, as far as that could be read.
    staff_number: Option<String>,
    /// The stable code.
    code: String,
    /// Which column, where it is one.
    column: Option<String>,
    /// What was found.
    detail: String,
    /// What would be right.
    help: Option<String>,
}

/// `?dry_run=true`
#[derive(Debug, Clone, Copy, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ImportQuery {
    /// Does everything and takes it back; false when absent.
    dry_run: Option<bool>,
}

/// People from a CSV file in UTF-8, with a first line that names its columns, in English (as an export writes them) or in
/// Chinese. Rows that cannot be applied are named with line and reason; the others are in. The same file again changes nothing.
#[utoipa::path(tag = "people", params(ImportQuery), request_body(content = String, content_type = "text/csv"),
               responses((status = 200, body = ImportReport)))]
#[post("/members/import")]
pub(super) async fn import_members(
    at: Attempt,
    query: web::Query<ImportQuery>,
    body: web::Payload,
) -> Answer<ImportReport> {
    let is_dry = query.dry_run == Some(true);
    let longest = at.limits().import_line_bytes;
    let at = Arc::new(at);
    // Nobody's file is read before it is known that they may.
    let source = begin(&at, is_dry).await?;
    let mut rows = Rows::new(body, longest, MOST_BYTES);
    let columns = columns(rows.next_chunk(1).await?)?;
    let work = Arc::new(Work { columns, source, is_dry });
    let mut sum = Sum { report: ImportReport { dry_run: is_dry, ..ImportReport::default() }, joined: HashSet::new() };
    loop {
        let chunk = rows.next_chunk(CHUNK).await?;
        let is_last = chunk.len() < CHUNK;
        let hash = is_last.then(|| rows.sha256());
        let (at, work, before) = (at.clone(), work.clone(), sum);
        let after = web::block(move || {
            at.run_here(&Act::named("members.write"), |tx| work.chunk(tx, &chunk, before.clone(), hash.as_deref()))
        });
        sum = after.await.map_err(|_| Problem::unavailable("server.busy"))??;
        if is_last {
            return Ok(Answered::ok(sum.report));
        }
    }
}

async fn begin(at: &Arc<Attempt>, is_dry: bool) -> Result<Option<SourceId>, Problem> {
    let at = at.clone();
    web::block(move || {
        at.run_here(&Act::named("members.write"), |tx| if is_dry { Ok(None) } else { sources::of_files(tx).map(Some) })
    })
    .await
    .map_err(|_| Problem::unavailable("server.busy"))?
}

/// A column that an import takes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    /// A field of the event's data.
    Data(&'static str),
    /// What is said: `joined` …
    Event,
    /// The department's key, name, and the key of the one above.
    Department(&'static str),
    /// Written by an export and passed over.
    Ignored,
}

/// The names of columns: as an export writes them, and as people write them.
const NAMES: [(&str, Column); 34] = [
    ("staff_number", Column::Data("staff_number")),
    ("工号", Column::Data("staff_number")),
    ("name", Column::Data("name")),
    ("姓名", Column::Data("name")),
    ("email", Column::Data("email")),
    ("邮箱", Column::Data("email")),
    ("phone", Column::Data("phone")),
    ("手机", Column::Data("phone")),
    ("手机号", Column::Data("phone")),
    ("account", Column::Data("account")),
    ("账号类型", Column::Data("account")),
    ("first_day", Column::Data("first_day")),
    ("入职日期", Column::Data("first_day")),
    ("last_day", Column::Data("last_day")),
    ("离职日期", Column::Data("last_day")),
    ("department", Column::Department("ref")),
    ("部门编码", Column::Department("ref")),
    ("department_name", Column::Department("name")),
    ("部门", Column::Department("name")),
    ("department_parent", Column::Department("parent")),
    ("上级部门", Column::Department("parent")),
    ("position", Column::Data("position")),
    ("职位", Column::Data("position")),
    ("manager", Column::Data("manager")),
    ("上级工号", Column::Data("manager")),
    ("reason", Column::Data("reason")),
    ("离职原因", Column::Data("reason")),
    ("successor", Column::Data("successor")),
    ("接替人工号", Column::Data("successor")),
    ("event", Column::Event),
    ("事件", Column::Event),
    ("state", Column::Ignored),
    ("roles", Column::Ignored),
    ("状态", Column::Ignored),
];

fn columns(head: Vec<(u64, Cells)>) -> Result<Vec<Column>, Problem> {
    let wrong = |detail: String| {
        Problem::invalid("intake.columns")
            .detail(detail)
            .help("The first line names the columns: staff_number (工号) and any of name, email, phone, account, first_day, last_day, department, department_name, department_parent, position, manager, reason, successor, event.")
    };
    let Some((_, cells)) = head.into_iter().next() else { return Err(wrong("The file is empty.".into())) };
    let cells = cells.map_err(|what| wrong(format!("The first line cannot be read: {what}.")))?;
    let mut columns: Vec<Column> = Vec::with_capacity(cells.len());
    for name in &cells {
        let known = NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, column)| *column);
        let column = known.ok_or_else(|| wrong(format!("There is no column `{}`.", short(name))))?;
        if column != Column::Ignored && columns.contains(&column) {
            return Err(wrong(format!("The column `{}` stands there twice.", short(name))));
        }
        columns.push(column);
    }
    if columns.contains(&Column::Data("staff_number")) {
        Ok(columns)
    } else {
        Err(wrong("No column has the staff number.".into()))
    }
}

fn short(text: &str) -> String {
    text.chars().take(60).collect()
}

/// What a row says: one event or two.
struct Said {
    kind: EventKind,
    data: Map<String, Value>,
}

struct Work {
    columns: Vec<Column>,
    /// Where the messages come from; none in a dry run, which makes it within what it takes back.
    source: Option<SourceId>,
    is_dry: bool,
}

/// What became of the rows so far.
#[derive(Clone)]
struct Sum {
    report: ImportReport,
    /// In a dry run, who joined by an earlier row: a later word about them has somebody.
    joined: HashSet<String>,
}

/// What takes a dry run back.
enum Undone {
    Dry,
    Failed(IntakeError),
}

impl From<crate::platform::db::StoreError> for Undone {
    fn from(e: crate::platform::db::StoreError) -> Self {
        Self::Failed(e.into())
    }
}

impl Work {
    fn chunk(
        &self,
        tx: &mut TenantTx<'_>,
        rows: &[(u64, Cells)],
        mut sum: Sum,
        hash: Option<&str>,
    ) -> Result<Sum, IntakeError> {
        let before = (sum.report.rows, sum.report.rejected);
        if self.is_dry {
            let undone = tx.part(|tx| {
                self.rows(tx, rows, &mut sum).map_err(Undone::Failed)?;
                Err::<(), _>(Undone::Dry)
            });
            if let Err(Undone::Failed(e)) = undone {
                return Err(e);
            }
        } else {
            self.rows(tx, rows, &mut sum)?;
        }
        let mut record = Record::of("members.import")
            .with("rows", sum.report.rows - before.0)
            .with("rejected", sum.report.rejected - before.1)
            .with("dry_run", self.is_dry);
        if let Some(hash) = hash {
            record = record.with("file_sha256", hash);
        }
        tx.record(record);
        Ok(sum)
    }

    fn rows(&self, tx: &mut TenantTx<'_>, rows: &[(u64, Cells)], sum: &mut Sum) -> Result<(), IntakeError> {
        let source = match self.source {
            Some(source) => source,
            None => sources::of_files(tx)?,
        };
        for (line, cells) in rows {
            sum.report.rows += 1;
            let said = match self.said(tx, cells) {
                Ok(said) => said,
                Err(e) => {
                    sum.reject(*line, self.number(cells), e)?;
                    continue;
                }
            };
            let applied = tx.part(|tx| say(tx, source, *line, &said));
            match applied {
                Ok(moved) => sum.count(&said, &moved),
                Err(IntakeError::Waiting) if said.iter().any(|s| sum.has_joined(s)) => {
                    sum.count(&said, &vec![true; said.len()]);
                }
                Err(e) => sum.reject(*line, self.number(cells), e)?,
            }
            if self.is_dry {
                let new = said.iter().filter(|s| s.kind == EventKind::Joined).filter_map(number_of);
                sum.joined.extend(new.map(str::to_owned));
            }
        }
        Ok(())
    }

    /// Whom a row is about.
    fn number(&self, cells: &Cells) -> Option<String> {
        let at = self.columns.iter().position(|c| *c == Column::Data("staff_number"))?;
        cells.as_ref().ok()?.get(at).map(|number| short(number))
    }

    /// What a row says, in the words of an HR system.
    fn said(&self, tx: &mut TenantTx<'_>, cells: &Cells) -> Result<Vec<Said>, IntakeError> {
        let cells = cells.as_ref().map_err(|what| IntakeError::Unreadable(what.clone()))?;
        if cells.len() > self.columns.len() {
            return Err(IntakeError::Unreadable("the row has more cells than the first line has columns".into()));
        }
        let (mut data, mut department, mut event) = (Map::new(), Map::new(), String::new());
        for (column, cell) in self.columns.iter().zip(cells).filter(|(_, cell)| !cell.is_empty()) {
            match column {
                Column::Data("account") => drop(data.insert("account".into(), account(cell)?.into())),
                Column::Data(field @ ("first_day" | "last_day")) => {
                    drop(data.insert((*field).into(), day(cell).into()))
                }
                Column::Data(field) => drop(data.insert((*field).into(), cell.as_str().into())),
                Column::Department(field) => drop(department.insert((*field).into(), cell.as_str().into())),
                Column::Event => event = cell.trim_start_matches("member.").to_owned(),
                Column::Ignored => {}
            }
        }
        // A department that has no key is known by its name.
        if let (None, Some(name)) = (department.get("ref"), department.get("name").cloned()) {
            department.insert("ref".into(), name);
        }
        if !department.is_empty() {
            data.insert("department".into(), department.into());
        }
        let Some(number) = data.get("staff_number").and_then(Value::as_str) else {
            return Err(IntakeError::Missing("/data/staff_number"));
        };
        if !event.is_empty() {
            return Ok(vec![Said { kind: kind(&event)?, data }]);
        }
        // Without a word, a row says how somebody stands: they join if they are not there yet, and leave if it has a last day.
        let known = people::newest_by_staff_number(tx, number)?.filter(|m| {
            let first_day = data.get("first_day").and_then(Value::as_str).and_then(|day| day.parse().ok());
            m.state != MembershipState::Departed || first_day.is_none_or(|day: chrono::NaiveDate| day == m.first_day)
        });
        let last_day = data.remove("last_day");
        // A row about a time before the membership that there is does not move that one's first day.
        let is_past = |m: &people::Membership| {
            let last = last_day.as_ref().and_then(Value::as_str).and_then(|day| day.parse().ok());
            last.is_some_and(|last: chrono::NaiveDate| last < m.first_day)
        };
        if known.as_ref().is_some_and(is_past) {
            data.remove("first_day");
        }
        let leaving = last_day.filter(|day| match &known {
            Some(m) => m.last_day.map(|d| d.to_string()).as_deref() != day.as_str(),
            None => true,
        });
        let mut about_leaving = Map::new();
        for field in ["staff_number", "reason", "successor"] {
            if let Some(value) = data.get(field) {
                about_leaving.insert(field.into(), value.clone());
            }
        }
        data.remove("reason");
        data.remove("successor");
        let first = if known.is_some() { EventKind::Changed } else { EventKind::Joined };
        let mut said = vec![Said { kind: first, data }];
        if let Some(day) = leaving {
            about_leaving.insert("last_day".into(), day);
            said.push(Said { kind: EventKind::Leaving, data: about_leaving });
        }
        Ok(said)
    }
}

/// Keeps what a row says as messages and applies them, as a webhook's would be. Returns which of them changed something.
fn say(tx: &mut TenantTx<'_>, source: SourceId, line: u64, said: &[Said]) -> Result<Vec<bool>, IntakeError> {
    let mut moved = Vec::with_capacity(said.len());
    for (n, one) in said.iter().enumerate() {
        // Of two words that a row says, the second is the later one.
        let at = Ts(*tx.now() + chrono::Duration::microseconds(i64::try_from(n).unwrap_or(0)));
        let body = json!({ "type": one.kind.as_str(), "timestamp": at, "data": one.data }).to_string().into_bytes();
        let id: MessageId = tx.new_id();
        let message = NewMessage {
            id,
            source_id: source,
            message_id: format!("line-{line}-{id}"),
            sent_at: tx.now(),
            received_at: tx.now(),
            body_hash: Sha256::digest(&body).to_vec(),
            sealed_body: operations::sealed(tx, id, &body)?,
            state: MessageState::Received,
            attempts: 0,
        };
        store::insert_message(tx, &message)?;
        moved.push(apply(tx, id)?);
    }
    Ok(moved)
}

fn kind(word: &str) -> Result<EventKind, IntakeError> {
    let word = match word {
        "入职" => "joined",
        "变动" => "changed",
        "即将离职" => "leaving",
        "离职" | "已离职" => "left",
        "撤回离职" => "rescinded",
        other => other,
    };
    EventKind::parse(&format!("member.{word}")).ok_or_else(|| IntakeError::UnknownEvent(short(word)))
}

fn account(cell: &str) -> Result<&'static str, IntakeError> {
    match cell.to_ascii_lowercase().as_str() {
        "personal" | "个人" | "个人账号" => Ok("personal"),
        "enterprise" | "企业" | "企业账号" => Ok("enterprise"),
        _ => Err(IntakeError::Unreadable("account: `personal` (个人) or `enterprise` (企业)".into())),
    }
}

/// A day as spreadsheets write it, `2026/3/1`, or as it is.
fn day(cell: &str) -> String {
    let parts: Vec<&str> = cell.split(['/', '.']).collect();
    match parts.as_slice() {
        [year, month, day] if year.len() == 4 => format!("{year}-{month:0>2}-{day:0>2}"),
        _ => cell.to_owned(),
    }
}

fn number_of(said: &Said) -> Option<&str> {
    said.data.get("staff_number").and_then(Value::as_str)
}

impl Sum {
    fn has_joined(&self, said: &Said) -> bool {
        number_of(said).is_some_and(|number| self.joined.contains(number))
    }

    fn count(&mut self, said: &[Said], moved: &[bool]) {
        let report = &mut self.report;
        if !moved.contains(&true) {
            report.unchanged += 1;
            return;
        }
        for (one, _) in said.iter().zip(moved).filter(|(_, moved)| **moved) {
            match one.kind {
                EventKind::Joined => report.joined += 1,
                EventKind::Changed => report.changed += 1,
                EventKind::Leaving | EventKind::Left => report.leaving += 1,
                EventKind::Rescinded => report.rescinded += 1,
            }
        }
    }

    /// Names a row; the database's own trouble is no row's, and ends the import.
    fn reject(&mut self, line: u64, staff_number: Option<String>, e: IntakeError) -> Result<(), IntakeError> {
        let problem = e.problem();
        if problem.status().is_server_error() || problem.lost_a_race() {
            return Err(e);
        }
        self.report.rejected += 1;
        if self.report.rejections.len() >= MOST_EXPLAINED {
            further::name(&mut self.report.further, problem.code(), line);
        } else {
            self.report.rejections.push(RejectedRow {
                line,
                staff_number,
                code: problem.code().to_owned(),
                column: problem.pointer().map(|p| p.trim_start_matches("/data/").to_owned()),
                detail: e.to_string(),
                help: problem.helping().map(str::to_owned),
            });
        }
        Ok(())
    }
}
