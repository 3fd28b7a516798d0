//! The one door. Whatever anybody does to a tenant's data is an attempt: it asks, runs, records and commits, or it is
//! refused and that leaves a record too (gbt35273-11.7-b).
//!
//! The work runs inside one transaction and may be run again when it lost a race, so it touches nothing but `tx`.

use crate::platform::Platform;
use crate::platform::caller::{Actor, Caller};
use crate::platform::db::tx::{platform_tx, tenant_tx};
use crate::platform::db::{StoreError, Stored, TenantTx, Ts, Work};
use crate::platform::http::{Answer, Answered, AsProblem, Problem};
use crate::platform::ids::{RequestId, SessionId, SubjectId, TenantId};
use crate::platform::record::{Outcome, Record};
use crate::platform::sign_in::{self, Presented, SignInError};
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, web};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

/// What is attempted: the power it needs, and the thing it is done to.
#[derive(Clone, Debug)]
pub struct Act {
    /// The power's name, as packs grant it: `departures.approve`.
    pub name: &'static str,
    /// The kind and id of the thing.
    pub object: Option<(&'static str, String)>,
    /// Whether a page asks again and again: then one record a minute says so.
    polls: bool,
}

impl Act {
    /// An act on nothing in particular: a list, a creation.
    pub fn named(name: &'static str) -> Self {
        Self { name, object: None, polls: false }
    }

    /// An act on one thing.
    pub fn on(name: &'static str, kind: &'static str, id: impl ToString) -> Self {
        Self { name, object: Some((kind, id.to_string())), polls: false }
    }

    /// A page that is left open asks this every few seconds. What one session reads so leaves one record a minute; what it
    /// does leaves its own as ever.
    #[must_use]
    pub fn polled(mut self) -> Self {
        self.polls = true;
        self
    }

    fn work(&self) -> Work {
        (self.name, self.object.as_ref().map_or("", |(kind, _)| *kind))
    }
}

/// What a permitted act rests on: an instruction's id, or the pack's power.
#[derive(Clone, Debug)]
pub struct Grant {
    /// For the record.
    pub rests_on: String,
}

/// Who may do what. The platform asks; a slice answers.
pub trait Authority: Send + Sync {
    /// Whether the transaction's actor may do this now, and by what.
    fn may(&self, tx: &mut TenantTx<'_>, act: &Act) -> Result<Grant, Problem>;
}

/// Where records go. The platform hands them over; the ledger keeps them, in the same transaction.
pub trait RecordSink: Send + Sync {
    /// Appends in the order given.
    fn append(&self, tx: &mut TenantTx<'_>, records: Vec<Record>) -> Stored<()>;
}

/// A caller with an intention.
pub struct Attempt {
    platform: Arc<Platform>,
    caller: Caller,
    request: RequestId,
    if_match: Option<String>,
    idempotency_key: Option<String>,
}

/// How often an attempt that lost a race is run.
const RUNS: usize = 4;

impl Attempt {
    /// An attempt of somebody whose identity was established otherwise than by a request: a webhook's source, the command line.
    pub fn by(platform: Arc<Platform>, tenant: TenantId, actor: Actor) -> Self {
        let request = platform.new_id(platform.now());
        Self { platform, caller: Caller { tenant, actor }, request, if_match: None, idempotency_key: None }
    }

    /// The caller.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The bounds of inputs.
    pub fn limits(&self) -> &crate::platform::config::Limits {
        &self.platform.config().limits
    }

    /// The version that the caller read, from `If-Match`. Without one, a change is not attempted. A proxy that compresses marks
    /// our tags as weak on their way out; the version in them is as good.
    pub fn version(&self) -> Result<i64, Problem> {
        let text = self.if_match.as_deref().ok_or_else(Problem::precondition_required)?;
        text.trim().trim_start_matches("W/").trim_matches('"').parse().map_err(|_| {
            Problem::invalid("request.if-match").detail(format!("`If-Match: {text}` is not an ETag of ours."))
        })
    }

    /// Runs the work on a thread that may block.
    pub async fn run<T, E>(
        self,
        act: Act,
        work: impl Fn(&mut TenantTx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: AsProblem + Send + 'static,
    {
        web::block(move || self.run_here(&act, work)).await.map_err(|_| Problem::unavailable("server.busy"))?
    }

    /// Opens a view that goes on by itself: permitted and recorded once, at its opening, which stands for all that it shows.
    pub async fn open_view(self, act: Act) -> Result<View, Problem> {
        let opened = web::block(move || {
            self.run_here(&act, |_| Ok::<_, Problem>(()))?;
            Ok::<_, Problem>(View { attempt: self, act })
        });
        opened.await.map_err(|_| Problem::unavailable("server.busy"))?
    }

    /// Runs the work once per `Idempotency-Key`: a repeat gets the first answer again, and does nothing.
    pub async fn once<B, T, E>(
        mut self,
        act: Act,
        body: B,
        work: impl Fn(&mut TenantTx<'_>, &B) -> Result<T, E> + Send + 'static,
    ) -> Answer<T>
    where
        B: Serialize + Send + 'static,
        T: Serialize + DeserializeOwned + Send + 'static,
        E: AsProblem + Send + 'static,
    {
        let Some(key) = self.idempotency_key.take() else {
            return self.run(act, move |tx| work(tx, &body)).await.map(Answered::created);
        };
        let fingerprint = fingerprint(act.name, &body)?;
        let name = act.name;
        let answer = self
            .run(act, move |tx| {
                if let Some(before) = idempotency::find(tx, name, &key, &fingerprint)? {
                    return serde_json::from_str(&before).map_err(|e| Problem::store(&e.into()));
                }
                let done = work(tx, &body).map_err(|e| e.problem())?;
                let text = serde_json::to_string(&done).map_err(|e| Problem::store(&e.into()))?;
                idempotency::keep(tx, name, &key, &fingerprint, &text)?;
                Ok::<T, Problem>(done)
            })
            .await?;
        Ok(Answered::created(answer))
    }

    /// Runs the work on this thread: for the command line and for streams that are already off the event loop.
    pub fn run_here<T, E: AsProblem>(
        &self,
        act: &Act,
        work: impl Fn(&mut TenantTx<'_>) -> Result<T, E>,
    ) -> Result<T, Problem> {
        let mut lost = 0;
        loop {
            match self.run_one(act, &work) {
                Err(problem) if problem.lost_a_race() && lost + 1 < RUNS => lost += 1,
                Err(problem) => {
                    self.record_refusal(act, &problem);
                    return Err(problem);
                }
                done => return done,
            }
        }
    }

    fn run_one<T, E: AsProblem>(
        &self,
        act: &Act,
        work: impl Fn(&mut TenantTx<'_>) -> Result<T, E>,
    ) -> Result<T, Problem> {
        let Caller { tenant, actor } = &self.caller;
        tenant_tx(&self.platform, *tenant, actor.clone(), self.request, act.work(), |tx| {
            let grant = self.platform.authority().may(tx, act)?;
            tx.resting_on(&grant);
            let done = work(tx).map_err(|e| e.problem())?;
            let is_known = act.polls && self.platform.polls().is_recent(&self.caller, act, tx.now());
            tx.finish(act, &grant, is_known);
            Ok((done, tx.now()))
        })
        .map(|(done, at)| {
            if act.polls {
                self.platform.polls().note(&self.caller, act, at);
            }
            done
        })
    }

    /// The refusal's own record, alone: the work that led to it is gone.
    fn record_refusal(&self, act: &Act, problem: &Problem) {
        if problem.status().is_server_error() {
            return; // The store failed; it was logged where it failed, and a record would fail alike.
        }
        let outcome = match problem.status() {
            StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED | StatusCode::TOO_MANY_REQUESTS => Outcome::Refused,
            _ => Outcome::Failed,
        };
        let mut record = Record::of(act.name).ended(outcome, problem.code()).citing(problem.clauses());
        record.object.clone_from(&act.object);
        let Caller { tenant, actor } = &self.caller;
        let actor = if problem.is_by_nobody_known() { Actor::Anonymous } else { actor.clone() };
        let kept = tenant_tx(&self.platform, *tenant, actor, self.request, ("refusal", ""), |tx| {
            tx.record(record);
            Ok::<_, StoreError>(())
        });
        if let Err(e) = kept {
            tracing::error!(code = "ledger.refusal-not-recorded", error = %e, act = act.name);
        }
    }
}

/// Which session read what lately. It may be lost: then a minute has two records.
#[derive(Default)]
pub struct Polls(Mutex<HashMap<Polled, Ts>>);

/// Tenant, actor, session, act and object.
type Polled = (TenantId, String, Option<SessionId>, &'static str, Option<String>);

/// For how long one record stands for all reads of one session.
const POLLED_FOR: chrono::Duration = chrono::Duration::minutes(1);
const MOST_POLLED: usize = 20_000;

impl Polls {
    fn is_recent(&self, caller: &Caller, act: &Act, now: Ts) -> bool {
        self.lock().get(&polled(caller, act)).is_some_and(|at| *at <= now && *now - **at < POLLED_FOR)
    }

    /// Notes the read whose record was kept.
    fn note(&self, caller: &Caller, act: &Act, at: Ts) {
        let mut polls = self.lock();
        if polls.len() >= MOST_POLLED {
            polls.retain(|_, noted| *at - **noted < POLLED_FOR);
        }
        let noted = polls.entry(polled(caller, act)).or_insert(at);
        if *at - **noted >= POLLED_FOR {
            *noted = at;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Polled, Ts>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn polled(caller: &Caller, act: &Act) -> Polled {
    let object = act.object.as_ref().map(|(_, id)| id.clone());
    (caller.tenant, caller.actor.id(), caller.actor.session(), act.name, object)
}

/// A view that goes on by itself, made only by [`Attempt::open_view`].
pub struct View {
    attempt: Attempt,
    act: Act,
}

impl View {
    /// Looks again, on this thread: if the session still lasts and the caller still may. Leaves no record.
    ///
    /// # Errors
    /// What ended the session or took the power away.
    pub fn look<T, E: AsProblem>(&self, work: impl FnOnce(&mut TenantTx<'_>) -> Result<T, E>) -> Result<T, Problem> {
        let Attempt { platform, caller, request, .. } = &self.attempt;
        sign_in::lasts(platform, caller)?;
        tenant_tx(platform, caller.tenant, caller.actor.clone(), *request, self.act.work(), |tx| {
            platform.authority().may(tx, &self.act)?;
            work(tx).map_err(|e| e.problem())
        })
    }

    /// Who looks.
    pub fn caller(&self) -> &Caller {
        &self.attempt.caller
    }
}

/// What identifies a request's meaning: the act and its body, so that a key reused for something else is noticed.
fn fingerprint<B: Serialize>(act: &str, body: &B) -> Result<String, Problem> {
    let canonical = serde_json_canonicalizer::to_vec(&(act, body)).map_err(|e| Problem::store(&e.into()))?;
    Ok(Sha256::digest(canonical).iter().map(|b| format!("{b:02x}")).collect())
}

/// The request id that the middleware gave, or a fresh one.
pub fn request_id(req: &HttpRequest, platform: &Platform) -> RequestId {
    req.extensions().get::<RequestId>().copied().unwrap_or_else(|| platform.new_id(platform.now()))
}

type Arriving<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

/// Whoever it is that asks. What becomes of it is an [`Attempt`] or an [`OwnAttempt`].
pub(in crate::platform) fn arriving(req: &HttpRequest) -> Arriving<Attempt> {
    let asked = asked_of(req);
    Box::pin(async move {
        let Asked { platform, presented, request, if_match, idempotency_key } = asked?;
        // Reads the session, so off the event loop.
        let of = platform.clone();
        let caller = web::block(move || sign_in::identify(&of, &presented))
            .await
            .map_err(|_| Problem::unavailable("server.busy"))??;
        Ok(Attempt { platform, caller, request, if_match, idempotency_key })
    })
}

impl FromRequest for Attempt {
    type Error = Problem;
    type Future = Arriving<Self>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let arriving = arriving(req);
        Box::pin(async move {
            let attempt = arriving.await?;
            match &attempt.caller.actor {
                // Here, and so for every route that takes an attempt: nobody has to remember it.
                Actor::Leaver { .. } => Err(SignInError::MembershipEnded.problem()),
                Actor::Member { .. }
                | Actor::ApiKey { .. }
                | Actor::Source(_)
                | Actor::Job(_)
                | Actor::Operator
                | Actor::Anonymous => Ok(attempt),
            }
        })
    }
}

/// An attempt on one's own data: by a member, or by somebody who has left, for whom this is the only kind there is. A route
/// that takes an [`Attempt`] cannot be reached by them, so what is theirs to see has to be opened to them by name.
pub struct OwnAttempt {
    attempt: Attempt,
    own: Own,
}

/// Whose data an own attempt is about. Only an [`OwnAttempt`] makes one, so the person is never taken from a request's words.
///
/// ```compile_fail
/// let own = tenure::platform::attempt::Own { subject: todo!(), has_left: false };
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Own {
    subject: SubjectId,
    has_left: bool,
}

impl Own {
    /// The person, as this organisation knows them.
    pub fn subject(self) -> SubjectId {
        self.subject
    }

    /// Whether their membership here has ended.
    pub fn has_left(self) -> bool {
        self.has_left
    }
}

impl OwnAttempt {
    /// As [`Attempt::run`].
    pub async fn run<T, E>(
        self,
        act: Act,
        work: impl Fn(&mut TenantTx<'_>, Own) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: AsProblem + Send + 'static,
    {
        let own = self.own;
        self.attempt.run(act, move |tx| work(tx, own)).await
    }

    /// As [`Attempt::once`].
    pub async fn once<B, T, E>(
        self,
        act: Act,
        body: B,
        work: impl Fn(&mut TenantTx<'_>, Own, &B) -> Result<T, E> + Send + 'static,
    ) -> Answer<T>
    where
        B: Serialize + Send + 'static,
        T: Serialize + DeserializeOwned + Send + 'static,
        E: AsProblem + Send + 'static,
    {
        let own = self.own;
        self.attempt.once(act, body, move |tx, body| work(tx, own, body)).await
    }

    /// As [`Attempt::run_here`].
    pub fn run_here<T, E: AsProblem>(
        &self,
        act: &Act,
        work: impl Fn(&mut TenantTx<'_>, Own) -> Result<T, E>,
    ) -> Result<T, Problem> {
        self.attempt.run_here(act, |tx| work(tx, self.own))
    }
}

impl FromRequest for OwnAttempt {
    type Error = Problem;
    type Future = Arriving<Self>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let arriving = arriving(req);
        Box::pin(async move {
            let attempt = arriving.await?;
            let own = match &attempt.caller.actor {
                Actor::Member { subject, .. } => Own { subject: *subject, has_left: false },
                Actor::Leaver { subject, .. } => Own { subject: *subject, has_left: true },
                Actor::ApiKey { .. } | Actor::Source(_) | Actor::Job(_) | Actor::Operator | Actor::Anonymous => {
                    return Err(SignInError::NoSession.problem());
                }
            };
            Ok(Self { attempt, own })
        })
    }
}

/// What a request says about its attempt, before it is known who makes it.
struct Asked {
    platform: Arc<Platform>,
    presented: Presented,
    request: RequestId,
    if_match: Option<String>,
    idempotency_key: Option<String>,
}

fn asked_of(req: &HttpRequest) -> Result<Asked, Problem> {
    let platform = req.app_data::<web::Data<Platform>>().ok_or_else(Problem::internal)?.clone().into_inner();
    let header = |name: &str| req.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let presented = sign_in::presented(req, platform.config())?;
    let idempotency_key = header("Idempotency-Key");
    // One that cannot be read must not be taken for none: the request would be carried out twice.
    let is_unreadable = idempotency_key.is_none() && req.headers().contains_key("Idempotency-Key");
    if is_unreadable || idempotency_key.as_ref().is_some_and(|k| k.is_empty() || k.len() > 255) {
        return Err(Problem::invalid("request.idempotency-key")
            .detail("An Idempotency-Key has 1 to 255 visible ASCII characters."));
    }
    Ok(Asked {
        request: request_id(req, &platform),
        platform,
        presented,
        if_match: header("If-Match"),
        idempotency_key,
    })
}

/// Whether `actor` may speak at all is settled before any act: a background job enqueued by the platform needs no power.
pub(in crate::platform) fn job_tx<T, E: From<StoreError>>(
    platform: &Platform,
    tenant: TenantId,
    kind: &'static str,
    work: impl FnOnce(&mut TenantTx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let request = platform.new_id(platform.now());
    tenant_tx(platform, tenant, Actor::Job(kind), request, (kind, "job"), work)
}

/// The scheduler's and the operator's way across tenants.
pub fn across_tenants<T, E: From<StoreError>>(
    platform: &Platform,
    work: impl FnOnce(&mut crate::platform::db::PlatformTx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    platform_tx(platform, work)
}

pub mod idempotency {
    //! First answers by key, sealed: an answer may hold a name, or a secret that is shown once. Forgotten after a day.

    use super::{Problem, TenantTx};
    use crate::platform::db::tx::tenant_table;
    use crate::platform::db::{StoreError, Stored, Ts};
    use crate::platform::keyring::Aad;
    use crate::platform::vault;
    use diesel::prelude::*;

    tenant_table! {
        idempotency_keys (actor, key) {
            actor -> Text, key -> Text, act -> Text, fingerprint -> Text, answer -> Binary, created_at -> SqlTs,
        }
    }

    const ANSWER: Aad = Aad::new("idempotency.answer");

    /// Forgets the answers that were given before an instant.
    pub fn forget(tx: &mut TenantTx<'_>, before: Ts) -> Stored<usize> {
        tx.change(idempotency_keys::table, |rows| diesel::delete(rows.filter(idempotency_keys::created_at.lt(before))))
    }

    #[derive(Insertable)]
    #[diesel(table_name = idempotency_keys)]
    struct NewKey<'a> {
        actor: String,
        key: &'a str,
        act: &'a str,
        fingerprint: &'a str,
        answer: Vec<u8>,
        created_at: Ts,
    }

    pub(super) fn find(
        tx: &mut TenantTx<'_>,
        act: &str,
        key: &str,
        fingerprint: &str,
    ) -> Result<Option<String>, Problem> {
        let actor = format!("{}:{}", tx.actor().kind(), tx.actor().id());
        let found: Option<(String, String, Vec<u8>)> =
            tx.first(idempotency_keys::table, |rows| {
                rows.filter(idempotency_keys::actor.eq(actor))
                    .filter(idempotency_keys::key.eq(key.to_owned()))
                    .select((idempotency_keys::act, idempotency_keys::fingerprint, idempotency_keys::answer))
            })?;
        match found {
            None => Ok(None),
            Some((before, print, answer)) if before == act && print == fingerprint => {
                let opened = vault::open_secret(tx, &ANSWER, answer)?;
                Ok(Some(String::from_utf8(opened).map_err(|e| StoreError::Unreadable(e.to_string()))?))
            }
            Some(_) => Err(Problem::invalid("request.idempotency-key-reused")
                .detail("This Idempotency-Key was used for a different request.")
                .help("Use a fresh key for every request that means something new.")),
        }
    }

    pub(super) fn keep(tx: &mut TenantTx<'_>, act: &str, key: &str, fingerprint: &str, answer: &str) -> Stored<()> {
        let actor = format!("{}:{}", tx.actor().kind(), tx.actor().id());
        let created_at = tx.now();
        let answer = vault::seal_secret(tx, &ANSWER, answer.as_bytes())?;
        tx.add(idempotency_keys::table, &NewKey { actor, key, act, fingerprint, answer, created_at })
    }
}
