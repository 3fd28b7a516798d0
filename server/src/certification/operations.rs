//! A list is begun and answered.

use super::CERTIFY;
use super::error::CertificationError;
use super::model::{BY_HAND, Certification, Kind, Line, LineState, State, Verdict};
use super::still::{take_away, unanswered, who_appoint, without_ended};
use super::store::{self, Which};
use crate::attention;
use crate::instructions;
use crate::packs;
use crate::people::{self, roles};
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::{CertificationId, CertificationLineId, MembershipId, SubjectId};
use crate::platform::keyring::Aad;
use crate::platform::record::Record;
use crate::platform::vault;
use policy_model::calendar::{civil_day, end_of_day, start_of_day};
use policy_model::certification::{Quarter, Silence, What, appoints, on_silence};
use policy_model::instruction::Action;
use policy_model::pack::Pack;
use std::collections::{BTreeSet, HashMap};

/// Lines that one answer settles.
pub(super) const MOST: usize = 200;
/// Assignments looked at at a time.
const PAGE: i64 = 500;
const REASON: Aad = Aad::new("certification.reason");
/// What it rests on: the least reach that a duty needs, and each grant by itself.
const CLAUSES: [&str; 2] = ["gbt35273-7.1-a", "gbt35273-7.1-a-op"];

/// Begins the list of this quarter, if there is none yet and none is being answered. An organisation that came in the
/// middle of a quarter begins with the next one.
pub fn begin_when_due(tx: &mut TenantTx<'_>) -> Result<(), CertificationError> {
    let tz = packs::time_zone(tx)?;
    let quarter = Quarter::of(civil_day(*tx.now(), tz));
    let is_new = packs::tenant(tx)?.created_at >= Ts::from(start_of_day(quarter.first_day(), tz));
    let period = quarter.to_string();
    if is_new || store::of_period(tx, &period)?.is_some() || !store::standing(tx, &[State::Open])?.is_empty() {
        return Ok(());
    }
    begin(tx, &period).map(drop)
}

/// Begins a list between the quarters.
pub(super) fn begin_by_hand(tx: &mut TenantTx<'_>) -> Result<Certification, CertificationError> {
    person(tx)?;
    begin(tx, BY_HAND)
}

fn begin(tx: &mut TenantTx<'_>, period: &str) -> Result<Certification, CertificationError> {
    if !store::standing(tx, &[State::Open])?.is_empty() {
        return Err(CertificationError::AlreadyOpen);
    }
    for mut before in store::standing(tx, &[State::Overdue])? {
        carry_over(tx, &mut before)?;
    }
    let (tz, calendar) = (packs::time_zone(tx)?, packs::calendar()?);
    let pack = packs::in_force(tx)?;
    let due_on = pack.deadlines().certification_due(civil_day(*tx.now(), tz), &calendar);
    let certification = Certification {
        id: tx.new_id(),
        period: period.to_owned(),
        state: State::Open,
        started_at: tx.now(),
        started_by: tx.actor().membership(),
        due_on,
        ends_at: Ts::from(end_of_day(due_on, tz)),
        closed_at: None,
        version: 1,
    };
    store::insert(tx, &certification)?;
    let lines = write_lines(tx, &pack, certification.id)?;
    super::silence::watch(tx, &certification)?;
    tx.record(
        Record::of(CERTIFY)
            .on("certification", certification.id)
            .with("did", "begin")
            .with("period", period)
            .with("lines", lines)
            .with("due_on", due_on.to_string())
            .citing(CLAUSES),
    );
    Ok(certification)
}

/// Nobody ever answered what an older list raised; the new one has it again.
fn carry_over(tx: &mut TenantTx<'_>, before: &mut Certification) -> Result<(), CertificationError> {
    loop {
        let which = Which { state: Some(LineState::Raised), ..Which::default() };
        let raised = store::lines(tx, before.id, &which, None, PAGE)?;
        if raised.is_empty() {
            break;
        }
        for line in raised {
            store::settle(tx, line.id, LineState::Carried, (None, None))?;
        }
    }
    close(tx, before)
}

fn write_lines(tx: &mut TenantTx<'_>, pack: &Pack, id: CertificationId) -> Result<usize, CertificationError> {
    let (mut after, mut written) = (None, 0);
    loop {
        let held = roles::all_held(tx, after, PAGE)?;
        let Some(last) = held.last() else { break };
        after = Some(last.id);
        let lines: Vec<Line> = held
            .iter()
            .map(|a| Line {
                assignment_id: Some(a.id),
                role: a.role.clone(),
                until: a.until,
                given_by: a.granted_by,
                ..line(tx, id, Kind::Role, (a.membership_id, a.subject_id), a.granted_at)
            })
            .map(|line| Line { silence: on_silence(pack, line.what()).into(), ..line })
            .collect();
        written += lines.len();
        store::insert_lines(tx, &lines)?;
    }
    let grants = grants(tx, id)?;
    store::insert_lines(tx, &grants)?;
    Ok(written + grants.len())
}

/// Whoever is let do more than their role now. What a case opens goes with the case, and is looked at there.
fn grants(tx: &mut TenantTx<'_>, id: CertificationId) -> Result<Vec<Line>, CertificationError> {
    let mut granted = instructions::permitting(tx)?;
    granted.retain(|(i, _)| i.action == Action::Exceptional.as_str());
    let named: Vec<MembershipId> = granted.iter().flat_map(|(_, scope)| scope.members.iter().copied()).collect();
    let subjects: HashMap<MembershipId, SubjectId> =
        people::memberships_by_id(tx, &named)?.into_iter().map(|(id, m)| (id, m.subject_id)).collect();
    let mut lines = Vec::with_capacity(named.len());
    for (i, scope) in &granted {
        for member in &scope.members {
            let Some(subject) = subjects.get(member) else { continue };
            lines.push(Line {
                instruction_id: Some(i.id),
                until: i.until,
                given_by: i.author_id,
                ..line(tx, id, Kind::Exceptional, (*member, *subject), i.in_force_at.unwrap_or(i.created_at))
            });
        }
    }
    Ok(lines)
}

fn line(
    tx: &TenantTx<'_>,
    of: CertificationId,
    kind: Kind,
    (membership_id, subject_id): (MembershipId, SubjectId),
    since: Ts,
) -> Line {
    Line {
        id: tx.new_id(),
        certification_id: of,
        kind,
        assignment_id: None,
        instruction_id: None,
        membership_id,
        subject_id,
        role: String::new(),
        since,
        until: None,
        given_by: None,
        silence: Silence::Ends.into(),
        state: LineState::Waiting,
        decided_at: None,
        decided_by: None,
        sealed_reason: None,
    }
}

/// What somebody says of some lines.
#[derive(Debug, Clone)]
pub(super) struct Said {
    pub lines: Vec<CertificationLineId>,
    pub verdict: Verdict,
    pub reason: String,
}

/// Keeps lines that are alike, or revokes one. A line whose matter has ended meanwhile is settled by that.
pub(super) fn decide(
    tx: &mut TenantTx<'_>,
    id: CertificationId,
    said: &Said,
) -> Result<(Certification, Vec<Line>), CertificationError> {
    let (by, _) = person(tx)?;
    if said.reason.trim().is_empty() || said.reason.chars().count() > 2_000 {
        return Err(CertificationError::Reason);
    }
    let ids: BTreeSet<CertificationLineId> = said.lines.iter().copied().collect();
    if ids.is_empty() || ids.len() > MOST || ids.len() != said.lines.len() {
        return Err(CertificationError::Count(MOST));
    }
    let mut certification = store::find(tx, id)?.ok_or(CertificationError::Unknown)?;
    let ids: Vec<CertificationLineId> = ids.into_iter().collect();
    let wanted = store::some_lines(tx, id, &ids)?;
    if wanted.len() != ids.len() {
        return Err(CertificationError::UnknownLine);
    }
    are_alike(&wanted, said.verdict)?;
    for line in &wanted {
        may_answer(tx, &certification, line)?;
    }
    for line in without_ended(tx, wanted)? {
        answer(tx, &line, said, by)?;
    }
    close_when_done(tx, &mut certification)?;
    let answered = store::some_lines(tx, id, &ids)?;
    Ok((certification, answered))
}

fn answer(tx: &mut TenantTx<'_>, line: &Line, said: &Said, by: MembershipId) -> Result<(), CertificationError> {
    let sealed = vault::seal_secret(tx, &REASON.row(line.id), said.reason.as_bytes())?;
    let state = match said.verdict {
        Verdict::Keep => LineState::Kept,
        Verdict::Revoke => {
            may_end(tx, line)?;
            take_away(tx, line, &said.reason)?;
            LineState::Revoked
        }
    };
    store::settle(tx, line.id, state, (Some(by), Some(sealed)))?;
    let record = about(line, said.verdict.as_str());
    tx.record(match tx.actor().subject() {
        Some(subject) => record.personal("reason", subject, said.reason.as_str()),
        None => record,
    });
    Ok(())
}

/// Whether the caller may answer for a line.
pub(super) fn may_answer(
    tx: &TenantTx<'_>,
    certification: &Certification,
    line: &Line,
) -> Result<(), CertificationError> {
    if tx.actor().subject() == Some(line.subject_id) {
        return Err(CertificationError::Own);
    }
    match line.state {
        LineState::Raised => Ok(()),
        LineState::Waiting if tx.now() < certification.ends_at => Ok(()),
        LineState::Waiting => Err(CertificationError::Over),
        LineState::Kept | LineState::Revoked | LineState::Lapsed | LineState::Ended | LineState::Carried => {
            Err(CertificationError::Settled(line.state.as_str()))
        }
    }
}

/// An organisation keeps somebody who can appoint.
fn may_end(tx: &mut TenantTx<'_>, line: &Line) -> Result<(), CertificationError> {
    let pack = packs::in_force(tx)?;
    match line.what() {
        What::Role(role) if appoints(&pack, role) && who_appoint(tx)? <= 1 => Err(CertificationError::LastWhoAppoints),
        What::Role(_) | What::Exceptional => Ok(()),
    }
}

fn are_alike(lines: &[Line], verdict: Verdict) -> Result<(), CertificationError> {
    let is_one_by_one = verdict == Verdict::Revoke && lines.len() > 1;
    let differ = lines.windows(2).any(|two| (two[0].kind, &two[0].role) != (two[1].kind, &two[1].role));
    if is_one_by_one || differ { Err(CertificationError::NotAlike) } else { Ok(()) }
}

/// With the last answer a list is closed, and what was raised about it is settled.
pub(super) fn close_when_done(
    tx: &mut TenantTx<'_>,
    certification: &mut Certification,
) -> Result<(), CertificationError> {
    if certification.state == State::Closed || unanswered(&store::counts(tx, certification.id)?) > 0 {
        return Ok(());
    }
    close(tx, certification)
}

fn close(tx: &mut TenantTx<'_>, certification: &mut Certification) -> Result<(), CertificationError> {
    certification.state = State::Closed;
    certification.closed_at = Some(tx.now());
    store::save(tx, certification)?;
    attention::resolve_about(tx, "certification", &certification.id.to_string(), "answered")?;
    tx.record(Record::of(CERTIFY).on("certification", certification.id).with("did", "close").citing(CLAUSES));
    Ok(())
}

/// The record of what became of a line.
pub(super) fn about(line: &Line, did: &str) -> Record {
    let record = Record::of(CERTIFY)
        .on("certification", line.certification_id)
        .about(line.subject_id)
        .with("did", did)
        .with("line", line.id.to_string())
        .with("member", line.membership_id.to_string())
        .with("kind", line.kind.as_str())
        .citing(CLAUSES);
    match line.instruction_id {
        Some(instruction) => record.under(instruction),
        None => record.with("role", line.role.clone()),
    }
}

/// Why somebody answered so.
pub(super) fn reason(tx: &mut TenantTx<'_>, line: &Line) -> Stored<Option<String>> {
    match line.sealed_reason.clone() {
        None => Ok(None),
        Some(sealed) => {
            let opened = vault::open_secret(tx, &REASON.row(line.id), sealed)?;
            Ok(Some(String::from_utf8_lossy(&opened).into_owned()))
        }
    }
}

/// The open list, where it has lines that the caller may answer.
pub fn waiting_for_caller(tx: &mut TenantTx<'_>) -> Stored<Vec<Certification>> {
    let Some(me) = tx.actor().subject().filter(|_| tx.actor().membership().is_some()) else { return Ok(Vec::new()) };
    let mut waiting = Vec::new();
    for certification in store::standing(tx, &[State::Open])? {
        if tx.now() < certification.ends_at && store::waits_for(tx, certification.id, me)? {
            waiting.push(certification);
        }
    }
    Ok(waiting)
}

fn person(tx: &TenantTx<'_>) -> Result<(MembershipId, SubjectId), CertificationError> {
    tx.actor().membership().zip(tx.actor().subject()).ok_or(CertificationError::NotAPerson)
}
