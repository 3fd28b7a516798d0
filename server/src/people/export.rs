//! Members out, as a table for spreadsheets: the columns that an import takes in, so that what goes out can come back. A page a
//! transaction, none of them open while the reader is slow. Addresses and numbers are not in it: the organisation keeps no
//! copy of them that it could read (docs/decisions/0009).

use super::directory::Directories;
use super::error::PeopleError;
use super::model::{Department, Membership};
use super::routes::{MemberFilter, MemberView, views};
use super::search::{self, Search};
use super::{operations, store};
use crate::platform::attempt::{Act, Attempt, View};
use crate::platform::db::TenantTx;
use crate::platform::http::{Cursor, PageQuery, Problem, stream};
use crate::platform::ids::{DepartmentId, MembershipId};
use crate::platform::record::Record;
use actix_web::{HttpResponse, get, web};
use std::collections::HashMap;
use std::io::Write;
use utoipa_actix_web::service_config::ServiceConfig;

/// Members that one transaction reads.
const PAGE: i64 = 500;
/// The first line.
const COLUMNS: [&str; 12] = [
    "staff_number",
    "name",
    "account",
    "first_day",
    "last_day",
    "department",
    "department_name",
    "department_parent",
    "position",
    "manager",
    "state",
    "roles",
];

pub(super) fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(export_members);
}

/// Members and former members as CSV, with the columns that an import takes in. Leaves its record before the first line.
#[utoipa::path(tag = "people", params(MemberFilter), responses((status = 200, content((String = "text/csv")))))]
#[get("/members/export")]
async fn export_members(
    at: Attempt,
    filter: web::Query<MemberFilter>,
    directories: web::Data<Directories>,
) -> Result<HttpResponse, Problem> {
    let search = filter.into_inner().search();
    let view = at.open_view(Act::named("members.export")).await?;
    let (writer, body) = stream::body();
    let breaker = writer.breaker();
    tokio::task::spawn_blocking(move || {
        if let Err(e) = write(&view, &search, &directories, writer) {
            tracing::warn!(code = "people.export-broken-off", error = %e);
            breaker.break_off();
        }
    });
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header(("Content-Disposition", "attachment; filename=\"tenure-members.csv\""))
        .insert_header(("Cache-Control", "no-store"))
        .body(body))
}

/// Why an export broke off.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error("{0}")]
    Read(String),
    #[error(transparent)]
    Write(#[from] csv::Error),
    #[error(transparent)]
    Flush(#[from] std::io::Error),
}

fn write(view: &View, search: &Search, directories: &Directories, out: impl Write) -> Result<(), Broken> {
    let mut out = out;
    // Without it, spreadsheets take UTF-8 for the code page of the machine.
    out.write_all("\u{feff}".as_bytes())?;
    let mut lines = csv::Writer::from_writer(out);
    lines.write_record(COLUMNS)?;
    let (mut after, mut count) = (None, 0_usize);
    loop {
        let (rows, next) =
            view.look(|tx| page(tx, search, directories, after)).map_err(|p| Broken::Read(p.to_string()))?;
        count += rows.len();
        for row in &rows {
            lines.write_record(row.iter().map(|cell| guarded(cell)))?;
        }
        lines.flush()?;
        match next {
            Some(cursor) => after = Some(cursor),
            None => break,
        }
    }
    let told = view.look(|tx| {
        tx.record(Record::of("members.export").with("members", count));
        Ok::<_, PeopleError>(())
    });
    told.map_err(|p| Broken::Read(p.to_string()))
}

type Row = [String; COLUMNS.len()];

fn page(
    tx: &mut TenantTx<'_>,
    search: &Search,
    directories: &Directories,
    after: Option<Cursor>,
) -> Result<(Vec<Row>, Option<Cursor>), PeopleError> {
    let page = search::members(tx, directories, search, (PAGE, after))?;
    let next =
        PageQuery { limit: None, cursor: page.next }.cursor().map_err(|p| PeopleError::Invalid(p.to_string()))?;
    let departments: HashMap<DepartmentId, Department> =
        operations::departments_of(tx)?.into_iter().map(|d| (d.id, d)).collect();
    let managers = page.items.iter().filter_map(|m| m.manager_id).collect::<Vec<MembershipId>>();
    let managers: HashMap<MembershipId, Membership> =
        store::load_memberships(tx, &managers)?.into_iter().map(|m| (m.id, m)).collect();
    let rows = views(tx, page.items)?.iter().map(|m| row(m, &departments, &managers)).collect();
    Ok((rows, next))
}

fn row(
    view: &MemberView,
    departments: &HashMap<DepartmentId, Department>,
    managers: &HashMap<MembershipId, Membership>,
) -> Row {
    let m = &view.membership;
    let department = m.department_id.and_then(|id| departments.get(&id));
    // One that came otherwise than by a key is known by its name.
    let key = |d: &Department| d.external_ref.clone().unwrap_or_else(|| d.name.clone());
    let parent = department.and_then(|d| d.parent_id).and_then(|id| departments.get(&id));
    [
        m.staff_number.clone(),
        view.name.clone().unwrap_or_default(),
        m.account_kind.as_str().into(),
        m.first_day.to_string(),
        m.last_day.map(|day| day.to_string()).unwrap_or_default(),
        department.map(key).unwrap_or_default(),
        department.map(|d| d.name.clone()).unwrap_or_default(),
        parent.map(key).unwrap_or_default(),
        m.position.clone(),
        m.manager_id.and_then(|id| managers.get(&id)).map(|m| m.staff_number.clone()).unwrap_or_default(),
        m.state.as_str().into(),
        view.roles.join(" "),
    ]
}

/// A cell that a spreadsheet would take for a formula is marked as text; an import takes the mark off again.
fn guarded(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::guarded;

    #[test]
    fn no_cell_is_a_formula() {
        assert_eq!(guarded("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(guarded("-1"), "'-1");
        assert_eq!(guarded("林晓"), "林晓");
    }
}
