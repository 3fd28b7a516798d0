//! Consents over HTTP: recorded with their evidence, or given and taken back by the person.

use super::consents::{self, Consent, ConsentKind};
use super::error::HoldingError;
use crate::people;
use crate::platform::attempt::{Act, Attempt, OwnAttempt};
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::http::{Answer, Answered};
use crate::platform::ids::{ConsentId, MembershipId, SubjectId};
use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of consents.
pub(super) fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(list_consents)
        .service(record_consent)
        .service(record_withdrawal)
        .service(own_consents)
        .service(give_consent)
        .service(withdraw_consent);
}

/// A consent.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct ConsentView {
    /// Its id.
    id: ConsentId,
    /// Whose.
    subject_id: SubjectId,
    /// To which classes.
    class_pattern: String,
    /// Who agreed.
    kind: ConsentKind,
    /// Where it can be found; absent once its subject was forgotten.
    evidence: Option<String>,
    /// When it was given.
    given_at: Ts,
    /// Who recorded it.
    recorded_by: Option<MembershipId>,
    /// When it was taken back.
    withdrawn_at: Option<Ts>,
}

fn view(tx: &mut TenantTx<'_>, c: &Consent) -> Stored<ConsentView> {
    Ok(ConsentView {
        id: c.id,
        subject_id: c.subject_id,
        class_pattern: c.class_pattern.clone(),
        kind: c.kind,
        evidence: c.evidence(tx)?,
        given_at: c.given_at,
        recorded_by: c.recorded_by,
        withdrawn_at: c.withdrawn_at,
    })
}

fn views(tx: &mut TenantTx<'_>, subject: SubjectId) -> Result<Vec<ConsentView>, HoldingError> {
    let all = consents::of_subject(tx, subject)?;
    Ok(all.iter().map(|c| view(tx, c)).collect::<Stored<_>>()?)
}

/// `?subject=…`
#[derive(Debug, Deserialize, utoipa::IntoParams)]
struct ConsentFilter {
    /// Whose.
    subject: SubjectId,
}

/// A person's consents, oldest first.
#[utoipa::path(tag = "consents", params(ConsentFilter), responses((status = 200, body = Vec<ConsentView>)))]
#[get("/consents")]
async fn list_consents(at: Attempt, of: web::Query<ConsentFilter>) -> Answer<Vec<ConsentView>> {
    let subject = of.subject;
    at.run(Act::on("consents.manage", "subject", subject), move |tx| views(tx, subject)).await.map(Answered::ok)
}

/// A consent that somebody gave outside.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct NewConsent {
    /// Whose, by staff number.
    subject: String,
    /// To which classes: `im.colleague_direct_chat`, `im.*`.
    class_pattern: String,
    /// `explicit`, or `guardian` for a minor.
    kind: ConsentKind,
    /// Where it can be found: the number of a signed form. Going on using a service is none.
    evidence: String,
}

/// Records that a person agreed expressly, with what shows it. What is held is ruled anew where the rules follow consent.
#[utoipa::path(tag = "consents", request_body = NewConsent, responses((status = 201, body = ConsentView)))]
#[post("/consents")]
async fn record_consent(at: Attempt, body: web::Json<NewConsent>) -> Answer<ConsentView> {
    at.once(Act::named("consents.manage"), body.into_inner(), |tx, new| {
        let subject =
            people::subject_of(tx, &new.subject)?.ok_or_else(|| HoldingError::UnknownSubject(new.subject.clone()))?;
        let consent = consents::give(tx, subject, &new.class_pattern, new.kind, &new.evidence)?;
        Ok::<_, HoldingError>(view(tx, &consent)?)
    })
    .await
}

/// Records that a consent was taken back: from now on.
#[utoipa::path(tag = "consents", responses((status = 201, body = ConsentView)))]
#[post("/consents/{id}/withdraw")]
async fn record_withdrawal(at: Attempt, id: web::Path<ConsentId>) -> Answer<ConsentView> {
    let id = id.into_inner();
    at.once(Act::on("consents.manage", "consent", id), id, |tx, id| {
        let consent = consents::withdraw(tx, *id, None)?;
        Ok::<_, HoldingError>(view(tx, &consent)?)
    })
    .await
}

/// The caller's own consents.
#[utoipa::path(tag = "consents", responses((status = 200, body = Vec<ConsentView>)))]
#[get("/me/consents")]
async fn own_consents(at: OwnAttempt) -> Answer<Vec<ConsentView>> {
    at.run(Act::named("self.consent"), |tx, own| views(tx, own.subject())).await.map(Answered::ok)
}

/// What the caller agrees to.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct OwnConsent {
    /// To which classes.
    class_pattern: String,
}

/// The caller agrees, expressly and signed in. A minor's consent is their guardian's to give, and is recorded.
#[utoipa::path(tag = "consents", request_body = OwnConsent, responses((status = 201, body = ConsentView)))]
#[post("/me/consents")]
async fn give_consent(at: Attempt, body: web::Json<OwnConsent>) -> Answer<ConsentView> {
    at.once(Act::named("self.consent"), body.into_inner(), |tx, new| {
        let evidence = format!("本人登录后作出 / given by the person, signed in, in request {}", tx.request());
        let subject = own(tx)?;
        let consent = consents::give(tx, subject, &new.class_pattern, ConsentKind::Explicit, &evidence)?;
        Ok::<_, HoldingError>(view(tx, &consent)?)
    })
    .await
}

/// The caller takes a consent back: from now on. Also open to those who have left.
#[utoipa::path(tag = "consents", responses((status = 201, body = ConsentView)))]
#[post("/me/consents/{id}/withdraw")]
async fn withdraw_consent(at: OwnAttempt, id: web::Path<ConsentId>) -> Answer<ConsentView> {
    let id = id.into_inner();
    at.once(Act::on("self.consent", "consent", id), id, |tx, own, id| {
        let consent = consents::withdraw(tx, *id, Some(own.subject()))?;
        Ok::<_, HoldingError>(view(tx, &consent)?)
    })
    .await
}

/// Consent takes a person.
fn own(tx: &TenantTx<'_>) -> Result<SubjectId, HoldingError> {
    tx.actor().subject().ok_or(HoldingError::NoSubject)
}
