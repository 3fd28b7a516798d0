//! Consents (同意): a person has agreed, expressly, that the organisation controls data of some classes; or a guardian for
//! them; and may take it back. Going on using a service is none (coremail-change-continue).

use super::anew;
use super::error::HoldingError;
use crate::packs;
use crate::people;
use crate::platform::db::tx::tenant_table;
use crate::platform::db::{MultiBackend, Stored, TenantTx, Ts};
use crate::platform::ids::{ConsentId, MembershipId, SubjectId};
use crate::platform::keyring::Aad;
use crate::platform::record::Record;
use crate::platform::vault::{self, Drawer};
use crate::text_enum;
use diesel::prelude::*;
use diesel::{pg::Pg, sqlite::Sqlite};
use policy_model::class::ClassPattern;
use policy_model::facts::Consent as Fact;

tenant_table! {
    consents (id) decides Holdings {
        id -> SqlUid, subject_id -> SqlUid, class_pattern -> Text, kind -> Text, sealed_evidence -> Binary,
        given_at -> SqlTs, recorded_by -> Nullable<SqlUid>, withdrawn_at -> Nullable<SqlTs>,
        withdrawn_by -> Nullable<SqlUid>,
    }
}

const EVIDENCE: Aad = Aad::new("consents.evidence");

text_enum! {
    /// Who agreed.
    ConsentKind {
        /// The person, expressly.
        Explicit = "explicit",
        /// A parent or guardian, expressly, on the person's behalf.
        Guardian = "guardian",
    }
}

/// One consent.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = consents, treat_none_as_default_value = false, check_for_backend(MultiBackend, Pg, Sqlite))]
pub(super) struct Consent {
    pub id: ConsentId,
    pub subject_id: SubjectId,
    pub class_pattern: String,
    pub kind: ConsentKind,
    sealed_evidence: Vec<u8>,
    pub given_at: Ts,
    pub recorded_by: Option<MembershipId>,
    pub withdrawn_at: Option<Ts>,
    pub withdrawn_by: Option<MembershipId>,
}

impl Consent {
    fn covers(&self, class: &str) -> bool {
        self.class_pattern.parse::<ClassPattern>().is_ok_and(|p| p.matches(class))
    }

    /// What shows that it was given; unreadable once its subject was forgotten.
    pub fn evidence(&self, tx: &mut TenantTx<'_>) -> Stored<Option<String>> {
        let Some(key) = vault::existing_key(tx, self.subject_id, Drawer::Identity)? else { return Ok(None) };
        Ok(vault::open_text(&key, &EVIDENCE.row(self.id), self.sealed_evidence.clone()).ok())
    }
}

/// Consents of a subject, oldest first.
pub(super) fn of_subject(tx: &mut TenantTx<'_>, subject: SubjectId) -> Stored<Vec<Consent>> {
    tx.load(consents::table, |rows| {
        rows.filter(consents::subject_id.eq(subject)).order(consents::id).limit(1_000).select(Consent::as_select())
    })
}

/// Whether a person has taken back, by now, what they agreed to for this class. Rulings follow a little later.
pub(super) fn is_withdrawn(tx: &mut TenantTx<'_>, subject: SubjectId, class: &str) -> Stored<bool> {
    Ok(fact(&of_subject(tx, subject)?, class) == Fact::Withdrawn)
}

/// What these consents say about a class now: the newest that is in force; else that one was taken back; else nothing.
pub(super) fn fact(all: &[Consent], class: &str) -> Fact {
    let about: Vec<&Consent> = all.iter().filter(|c| c.covers(class)).collect();
    match about.iter().rev().find(|c| c.withdrawn_at.is_none()).map(|c| c.kind) {
        Some(ConsentKind::Explicit) => Fact::Explicit,
        Some(ConsentKind::Guardian) => Fact::Guardian,
        None if about.is_empty() => Fact::None,
        None => Fact::Withdrawn,
    }
}

/// A consent in force, as its person sees it.
#[derive(Debug, Clone)]
pub struct Given {
    /// Its id.
    pub id: ConsentId,
    /// To which classes.
    pub class_pattern: String,
    /// Who agreed.
    pub kind: ConsentKind,
    /// When.
    pub given_at: Ts,
}

impl Given {
    /// Whether it is about a class.
    pub fn covers(&self, class: &str) -> bool {
        self.class_pattern.parse::<ClassPattern>().is_ok_and(|p| p.matches(class))
    }
}

/// The consents of a subject that are in force, oldest first.
pub fn given_by(tx: &mut TenantTx<'_>, subject: SubjectId) -> Stored<Vec<Given>> {
    let in_force = of_subject(tx, subject)?.into_iter().filter(|c| c.withdrawn_at.is_none());
    let shown = |c: Consent| Given { id: c.id, class_pattern: c.class_pattern, kind: c.kind, given_at: c.given_at };
    Ok(in_force.map(shown).collect())
}

/// Records that somebody agreed. What is held already is ruled anew where the rules follow consent.
pub(super) fn give(
    tx: &mut TenantTx<'_>,
    subject_id: SubjectId,
    class_pattern: &str,
    kind: ConsentKind,
    evidence: &str,
) -> Result<Consent, HoldingError> {
    let pattern: ClassPattern =
        class_pattern.parse().map_err(|e| HoldingError::Invalid(format!("class_pattern: {e}")))?;
    if packs::in_force(tx)?.classes_of(&pattern).next().is_none() {
        return Err(HoldingError::UnknownClass(class_pattern.to_owned()));
    }
    if evidence.trim().is_empty() || evidence.chars().count() > 1_000 {
        return Err(HoldingError::Invalid("evidence: 1 to 1,000 characters that say where it can be found".into()));
    }
    if people::memberships_of_subject(tx, subject_id)?.is_empty() {
        return Err(HoldingError::NoSubject);
    }
    let id: ConsentId = tx.new_id();
    let key = vault::key(tx, subject_id, Drawer::Identity)?;
    let consent = Consent {
        id,
        subject_id,
        class_pattern: class_pattern.to_owned(),
        kind,
        sealed_evidence: vault::seal_text(&key, &EVIDENCE.row(id), evidence)?,
        given_at: tx.now(),
        recorded_by: tx.actor().membership(),
        withdrawn_at: None,
        withdrawn_by: None,
    };
    tx.add(consents::table, &consent)?;
    record(tx, "consents.give", &consent);
    anew::start(tx, &anew::Change::Consent { subject: subject_id, class_pattern: class_pattern.to_owned() })?;
    Ok(consent)
}

/// Records that it was taken back: from now on; what was done under it stays done (dingtalk-4.4-noretro).
pub(super) fn withdraw(tx: &mut TenantTx<'_>, id: ConsentId, own: Option<SubjectId>) -> Result<Consent, HoldingError> {
    let found: Option<Consent> =
        tx.first(consents::table, |rows| rows.filter(consents::id.eq(id)).select(Consent::as_select()))?;
    let mut consent =
        found.filter(|c| own.is_none_or(|own| c.subject_id == own)).ok_or(HoldingError::UnknownConsent)?;
    if consent.withdrawn_at.is_some() {
        return Ok(consent);
    }
    consent.withdrawn_at = Some(tx.now());
    consent.withdrawn_by = tx.actor().membership();
    let (at, by) = (consent.withdrawn_at, consent.withdrawn_by);
    tx.change(consents::table, |rows| {
        diesel::update(rows.filter(consents::id.eq(id)))
            .set((consents::withdrawn_at.eq(at), consents::withdrawn_by.eq(by)))
    })?;
    record(tx, "consents.withdraw", &consent);
    let class_pattern = consent.class_pattern.clone();
    anew::start(tx, &anew::Change::Consent { subject: consent.subject_id, class_pattern })?;
    Ok(consent)
}

fn record(tx: &mut TenantTx<'_>, act: &'static str, consent: &Consent) {
    tx.record(
        Record::of(act)
            .on("consent", consent.id)
            .about(consent.subject_id)
            .with("classes", consent.class_pattern.clone())
            .with("kind", consent.kind.as_str())
            .citing(["dingtalk-3.6.1-8"]),
    );
}
