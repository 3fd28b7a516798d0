//! `tenure export`: an organisation's access records with their proofs, for whoever runs the platform. The operator sees
//! what was done and to what, and never a personal text: those stay closed here, whatever is asked (gbt35273-7.1).

use crate::ledger::{self, Export, ExportFailure, Personal, RecordFilter, Wanted};
use crate::packs;
use crate::platform::Platform;
use crate::platform::attempt::{Act, Attempt, across_tenants};
use crate::platform::caller::Actor;
use crate::platform::db::{StoreError, Stored, Ts};
use crate::platform::http::Problem;
use crate::platform::ids::{SubjectId, TenantId};
use chrono::{DateTime, Utc};
use policy_model::ledger::Format;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Exports an organisation's access records with their proofs. 导出企业组织的访问记录及其证明。
#[derive(Debug, clap::Args)]
pub struct ExportArgs {
    /// The organisation's short name.
    #[arg(long, value_name = "SLUG")]
    tenant: String,
    /// JSON lines, or for spreadsheets.
    #[arg(long, value_enum, default_value_t = ExportForm::Ndjson)]
    format: ExportForm,
    /// Where to write; standard output without it.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Only of this actor, by id.
    #[arg(long, value_name = "ID")]
    actor: Option<String>,
    /// Only of this act, such as departures.approve.
    #[arg(long, value_name = "ACT")]
    act: Option<String>,
    /// Only on this thing, by id.
    #[arg(long, value_name = "ID")]
    object: Option<String>,
    /// Only under this instruction, by id.
    #[arg(long, value_name = "ID")]
    instruction: Option<String>,
    /// Only about this person, by the id of the subject.
    #[arg(long, value_name = "ID")]
    subject: Option<SubjectId>,
    /// From this instant on, such as 2026-03-31T00:00:00+08:00.
    #[arg(long, value_name = "INSTANT")]
    since: Option<DateTime<Utc>>,
    /// Before this instant.
    #[arg(long, value_name = "INSTANT")]
    until: Option<DateTime<Utc>>,
}

/// The form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum ExportForm {
    Ndjson,
    Csv,
}

/// Why nothing, or not everything, was exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportCommandError {
    /// No organisation has this short name.
    #[error("there is no organisation with the short name {0}; `tenure tenant list` shows them")]
    UnknownTenant(String),
    /// The export was refused.
    #[error("{0}")]
    Refused(Problem),
    /// The file could not be made.
    #[error("{} cannot be written: {source}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It stopped half way.
    #[error("{0}; what was written has no end line and does not verify")]
    BrokenOff(#[from] ExportFailure),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Carries out `tenure export`.
///
/// # Errors
/// When the organisation is not there, the file cannot be written or the store fails.
pub fn run(platform: Arc<Platform>, args: ExportArgs) -> Result<(), ExportCommandError> {
    let tenant = tenant_id(&platform, &args.tenant)?;
    // The file comes first: one that cannot be written leaves no record of an export.
    let out = args.out.as_deref().map_or_else(|| Ok(to_standard_output()), to_file)?;
    let wanted = Wanted {
        format: match args.format {
            ExportForm::Ndjson => Format::Ndjson,
            ExportForm::Csv => Format::Csv,
        },
        personal: Personal::Closed,
        filter: args.filter(),
    };
    let attempt = Attempt::by(platform.clone(), tenant, Actor::Operator);
    attempt
        .run_here(&Act::named("records.export"), |tx| ledger::announce(tx, &wanted))
        .map_err(ExportCommandError::Refused)?;
    let export = Export::begin(platform, attempt.caller().clone(), wanted)?;
    export.write(out)?;
    Ok(())
}

impl ExportArgs {
    fn filter(self) -> RecordFilter {
        let Self { actor, act, object, instruction, subject, since, until, .. } = self;
        let (since, until) = (since.map(Ts::from), until.map(Ts::from));
        RecordFilter { actor, act, object, instruction, subject, since, until, ..RecordFilter::default() }
    }
}

fn tenant_id(platform: &Platform, slug: &str) -> Result<TenantId, ExportCommandError> {
    let found: Stored<_> = across_tenants(platform, |p| packs::find_tenant_by_slug(p, slug));
    found?.map(|tenant| tenant.id).ok_or_else(|| ExportCommandError::UnknownTenant(slug.to_owned()))
}

fn to_standard_output() -> Box<dyn Write> {
    Box::new(BufWriter::new(io::stdout().lock()))
}

fn to_file(path: &Path) -> Result<Box<dyn Write>, ExportCommandError> {
    let file = File::create(path).map_err(|source| ExportCommandError::Unwritable { path: path.to_owned(), source })?;
    Ok(Box::new(BufWriter::new(file)))
}
