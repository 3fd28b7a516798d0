//! The casbin policy of a tenant: exactly its instructions in force plus the pack's powers, each line with its source.
//!
//! Built from the database whenever the version of what is permitted has moved, and kept in memory until then. A line whose
//! instruction ends by itself makes the whole table stale at that instant.

use super::model::{Instruction, Kind, Scope};
use super::store;
use crate::packs;
use crate::people::roles;
use crate::platform::attempt::{Act, Authority, Grant};
use crate::platform::caller::Actor;
use crate::platform::current;
use crate::platform::db::{StoreError, Stored, TenantTx, Ts};
use crate::platform::http::{AsProblem, Problem};
use crate::platform::ids::{InstructionId, MembershipId, SubjectId, TenantId};
use crate::platform::sign_in::{Scopes, SignInError};
use casbin::{DefaultModel, Model};
use policy_model::decision::table::TENURE;
use policy_model::decision::{Line, Question, Table};
use policy_model::pack::Pack;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

const MODEL: &str = include_str!("../../../config/casbin/model.conf");

/// One tenant's policy at one version.
pub struct Policy {
    /// Powers over Tenure itself come from the pack, and are the same for everybody who lives by it.
    powers: Arc<Table>,
    /// What the tenant's own instructions permit.
    table: Table,
    /// Who said yes to which of these instructions: it permits them nothing, whatever role they come by later.
    approved: HashMap<SubjectId, HashSet<Box<str>>>,
    version: i64,
    stale_at: Option<Ts>,
}

/// A change of what instructions permit that nobody has made yet.
#[derive(Debug, Clone)]
pub enum Supposed {
    /// This one is in force beside the others.
    Granted {
        /// Its id; one that is only being drawn up has nobody's.
        id: InstructionId,
        /// Standing or exceptional.
        kind: Kind,
        /// For what purpose.
        purpose: String,
        /// What it is about and whom it permits.
        scope: Box<Scope>,
    },
    /// This one is taken back.
    Revoked(InstructionId),
}

/// The policies of the tenants that this process has served.
#[derive(Default)]
pub struct Policies {
    tenants: Mutex<HashMap<TenantId, Arc<Policy>>>,
    powers: Mutex<HashMap<String, Arc<Table>>>,
}

/// More are not kept; the next use builds again.
const MOST_KEPT: usize = 10_000;

impl Policies {
    /// The policy in force now.
    pub fn of(&self, tx: &mut TenantTx<'_>) -> Stored<Arc<Policy>> {
        // Before anything else is read: what is kept is never older than its version says.
        let version = current::versions(tx)?.law;
        if tx.has_changed_law() {
            // It may yet be rolled back: nobody else may have it.
            return Ok(Arc::new(Policy::build(tx, self, version)?));
        }
        let now = tx.now();
        if let Some(known) = lock(&self.tenants).get(&tx.tenant())
            && known.version == version
            && known.stale_at.is_none_or(|at| now < at)
        {
            return Ok(known.clone());
        }
        let fresh = Arc::new(Policy::build(tx, self, version)?);
        let mut tenants = lock(&self.tenants);
        if tenants.len() >= MOST_KEPT {
            tenants.clear();
        }
        tenants.insert(tx.tenant(), fresh.clone());
        Ok(fresh)
    }

    /// The policy as it would be: compiled as the one in force is, from the same lines and what is supposed. Nobody else has it.
    pub fn supposing(&self, tx: &mut TenantTx<'_>, supposed: &Supposed) -> Stored<Policy> {
        let version = current::versions(tx)?.law;
        let mut permitting = store::permitting(tx)?;
        let (id, granted) = match supposed {
            Supposed::Revoked(id) => (*id, None),
            Supposed::Granted { id, kind, purpose, scope } => (*id, Some(lines(*id, *kind, purpose, scope))),
        };
        permitting.retain(|i| i.id != id);
        let mut all = Vec::new();
        for i in permitting.iter().filter(|i| i.id < id) {
            all.extend(lines_of(i)?);
        }
        all.extend(granted.unwrap_or_default());
        for i in permitting.iter().filter(|i| i.id > id) {
            all.extend(lines_of(i)?);
        }
        let stale_at = permitting.iter().filter_map(|i| i.until).min();
        let approved = approved(tx, permitting.iter().map(|i| i.id).chain([id]).collect())?;
        Ok(Policy { powers: self.powers_in(tx)?, table: compiled(all)?, approved, version, stale_at })
    }

    /// The powers that a pack gives.
    fn powers(&self, pack: &Pack) -> Stored<Arc<Table>> {
        let mut known = lock(&self.powers);
        if let Some(powers) = known.get(&pack.header().name) {
            return Ok(powers.clone());
        }
        let powers = Arc::new(compiled(lines_of_powers(pack))?);
        known.insert(pack.header().name.clone(), powers.clone());
        Ok(powers)
    }

    /// The powers over Tenure itself in the transaction's tenant.
    fn powers_in(&self, tx: &mut TenantTx<'_>) -> Stored<Arc<Table>> {
        let pack = packs::in_force(tx)?;
        self.powers(&pack)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Policy {
    fn build(tx: &mut TenantTx<'_>, policies: &Policies, version: i64) -> Stored<Self> {
        let permitting = store::permitting(tx)?;
        let mut lines = Vec::new();
        for instruction in &permitting {
            lines.extend(lines_of(instruction)?);
        }
        let stale_at = permitting.iter().filter_map(|i| i.until).min();
        let approved = approved(tx, permitting.iter().map(|i| i.id).collect())?;
        Ok(Self { powers: policies.powers_in(tx)?, table: compiled(lines)?, approved, version, stale_at })
    }

    /// The policy of these lines, as casbin has them, under a pack.
    pub(crate) fn of_lines(policies: &Policies, pack: &Pack, lines: Vec<Vec<String>>) -> Stored<Self> {
        Ok(Self {
            powers: policies.powers(pack)?,
            table: compiled(lines)?,
            approved: HashMap::new(),
            version: 0,
            stale_at: None,
        })
    }

    /// What the instructions in force permit, compiled.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// Whether this person said yes to the instruction that a line comes from (gbt35273-7.1-b: who approves is not who executes).
    pub fn was_approved_by(&self, person: SubjectId, source: &str) -> bool {
        self.approved.get(&person).is_some_and(|own| own.contains(source))
    }

    /// Until when it is what is in force, unless something changes before.
    pub fn stale_at(&self) -> Option<Ts> {
        self.stale_at
    }

    /// About how many bytes it takes beside the powers, which it shares.
    pub fn bytes(&self) -> usize {
        size_of::<Self>() + self.table.bytes()
    }

    /// The source of the first line that gives one of these callers' names a power over Tenure itself, if any does.
    pub fn empowers(&self, names: &[String], act: &str) -> Option<String> {
        empowers(&self.powers, names, act)
    }

    /// Every power over Tenure itself that one of these names has, of those that `acts` lists.
    pub fn powers<'a>(&self, names: &[String], acts: impl Iterator<Item = &'a str>) -> Vec<String> {
        acts.filter(|act| self.empowers(names, act).is_some()).map(str::to_owned).collect()
    }
}

fn empowers(powers: &Table, names: &[String], act: &str) -> Option<String> {
    let question = Question { object: TENURE, act, purpose: "*", whose: "*" };
    powers.first(names.iter().map(String::as_str), &question).map(str::to_owned)
}

/// Who said yes to which of these.
fn approved(tx: &mut TenantTx<'_>, of: Vec<InstructionId>) -> Stored<HashMap<SubjectId, HashSet<Box<str>>>> {
    let mut approved: HashMap<SubjectId, HashSet<Box<str>>> = HashMap::new();
    for (instruction, approver) in store::approvers_of(tx, &of)? {
        approved.entry(approver).or_default().insert(instruction.to_string().into());
    }
    Ok(approved)
}

fn compiled(lines: Vec<Vec<String>>) -> Stored<Table> {
    compile(lines).map_err(|e| StoreError::Unreadable(e.to_string()))
}

/// casbin takes the lines in and gives back its policy, and that is what is compiled: nothing else permits anything.
fn compile(lines: Vec<Vec<String>>) -> casbin::Result<Table> {
    // It reads neither a file nor a socket: the future is ready when it is made.
    let mut model = futures_executor::block_on(DefaultModel::from_str(MODEL))?;
    model.add_policies("p", "p", lines);
    let policy = model.get_policy("p", "p");
    Ok(Table::compile(policy.iter().filter_map(|line| match line.as_slice() {
        [who, object, act, purpose, whose, source] => Some(Line { who, object, act, purpose, whose, source }),
        _ => None,
    })))
}

fn lines_of_powers(pack: &Pack) -> Vec<Vec<String>> {
    let line = |role: &str, act: &str, id: &str| {
        vec![
            format!("role:{role}"),
            TENURE.into(),
            act.into(),
            "*".into(),
            "*".into(),
            format!("pack:{}#{id}", pack.header().name),
        ]
    };
    pack.powers().iter().flat_map(|p| p.acts.iter().map(move |act| line(&p.role, act, &p.id))).collect()
}

fn lines_of(instruction: &Instruction) -> Stored<Vec<Vec<String>>> {
    let scope: Scope = serde_json::from_str(&instruction.scope)?;
    Ok(lines(instruction.id, instruction.kind, &instruction.purpose, &scope))
}

fn lines(id: InstructionId, kind: Kind, purpose: &String, scope: &Scope) -> Vec<Vec<String>> {
    let subjects: Vec<String> = match kind {
        Kind::Standing => scope.roles.iter().map(|r| format!("role:{r}")).collect(),
        Kind::Exceptional => scope.members.iter().map(|m| format!("member:{m}")).collect(),
        Kind::Order => Vec::new(),
    };
    let whose: Vec<String> = match scope.subjects.as_slice() {
        [] => vec!["*".into()],
        named => named.iter().map(ToString::to_string).collect(),
    };
    let source = id.to_string();
    let purposes = if scope.purposes.is_empty() { std::slice::from_ref(purpose) } else { &scope.purposes };
    let mut lines = Vec::new();
    for subject in &subjects {
        for class in &scope.classes {
            for operation in &scope.operations {
                for purpose in purposes {
                    let line = |of: &String| {
                        [subject, class, operation, purpose, of, &source].into_iter().cloned().collect::<Vec<_>>()
                    };
                    lines.extend(whose.iter().map(line));
                }
            }
        }
    }
    lines
}

/// By which names casbin knows the caller: themselves and each of their roles.
pub(super) fn names_of_caller(tx: &mut TenantTx<'_>) -> Stored<Vec<String>> {
    match tx.actor().membership() {
        Some(membership) => names_of(tx, membership),
        None => Ok(Vec::new()),
    }
}

/// Themselves first: a task of one's own opens what a role alone does not.
fn names_of(tx: &mut TenantTx<'_>, membership: MembershipId) -> Stored<Vec<String>> {
    let roles = roles::of_membership(tx, membership)?;
    let own = (!roles.is_empty()).then(|| format!("member:{membership}"));
    Ok(own.into_iter().chain(roles.into_iter().map(|r| format!("role:{r}"))).collect())
}

/// Answers the platform's question "who may?".
#[derive(Default)]
pub struct PolicyAuthority {
    policies: Arc<Policies>,
}

impl PolicyAuthority {
    /// With the policies that decisions use too.
    pub fn new(policies: Arc<Policies>) -> Self {
        Self { policies }
    }
}

impl Authority for PolicyAuthority {
    fn may(&self, tx: &mut TenantTx<'_>, act: &Act) -> Result<Grant, Problem> {
        match tx.actor().clone() {
            Actor::Member { .. } => {
                let names = names_of_caller(tx)?;
                if names.is_empty() {
                    return Err(Problem::refused("membership.ended")
                        .detail("The membership has ended.")
                        .help("Sign in again if you have another one.")
                        .clause("gbt35273-11.6-c"));
                }
                let powers = self.policies.powers_in(tx)?;
                let source = empowers(&powers, &names, act.name);
                source.map(|rests_on| Grant { rests_on }).ok_or_else(|| no_power(tx, act))
            }
            // No pack gives it and none takes it away: what somebody may do about their own data, the law gives them.
            Actor::Leaver { .. } if OWN_AFTER_LEAVING.contains(&act.name) => Ok(Grant { rests_on: "subject".into() }),
            Actor::Leaver { .. } => Err(SignInError::MembershipEnded.problem()),
            Actor::ApiKey { id, scopes, connector, made_by } => {
                if scopes.iter().any(|s| s == act.name) {
                    // A key made by a member reaches no further than they do now; a connector's is the organisation's.
                    if let (None, Some(maker)) = (connector, made_by) {
                        let names = names_of(tx, maker)?;
                        if empowers(&*self.policies.powers_in(tx)?, &names, act.name).is_none() {
                            return Err(Problem::refused("key.maker")
                                .detail(format!("Whoever made this key may not do `{}` any more.", act.name))
                                .help("Have somebody who may do it make a key.")
                                .clause("gbt35273-11.6-c"));
                        }
                    }
                    Ok(Grant { rests_on: format!("key:{id}") })
                } else {
                    Err(Problem::refused("key.scope")
                        .detail(format!("This key was not made for `{}`.", act.name))
                        .help("Issue a key whose scopes name it."))
                }
            }
            Actor::Source(id) => Ok(Grant { rests_on: format!("source:{id}") }),
            Actor::Job(kind) => Ok(Grant { rests_on: format!("job:{kind}") }),
            Actor::Operator => Ok(Grant { rests_on: "operator".into() }),
            Actor::Anonymous => Err(Problem::unauthenticated("sign-in.required")),
        }
    }
}

/// A refusal that says who could do it.
fn no_power(tx: &mut TenantTx<'_>, act: &Act) -> Problem {
    let able: Vec<String> = packs::in_force(tx)
        .map(|pack| {
            pack.powers().iter().filter(|p| p.acts.iter().any(|a| a == act.name)).map(|p| p.role.clone()).collect()
        })
        .unwrap_or_default();
    let problem = Problem::refused("power.missing")
        .detail(format!("None of your roles may do `{}`.", act.name))
        .clause("gbt35273-7.1-a-op");
    if able.is_empty() { problem } else { problem.help(format!("These roles may: {}.", able.join(", "))) }
}

/// What somebody who has left may still do: all of it about their own data (gbt35273-8.1-a, gbt35273-8.4-a, gbt35273-8.6-a,
/// gbt35273-8.8).
const OWN_AFTER_LEAVING: [&str; 4] = ["self.read", "self.consent", "self.contest", "self.download"];

/// What takes a person: one who is known by name, cannot approve their own, and holds no role that excludes it. A
/// machine's word would be nobody's (gbt35273-7.1-b).
const TAKES_A_PERSON: [&str; 24] = [
    "self.request",
    "self.reveal",
    "self.cases",
    "cases.manage",
    "subjects.forget",
    "consents.manage",
    "contests.decide",
    "notice.write",
    "self.consent",
    "self.contest",
    "self.download",
    "rulings.settle",
    "roles.assign",
    "roles.certify",
    "keys.manage",
    "members.invite",
    "holds.manage",
    "instructions.propose",
    "instructions.approve",
    "instructions.revoke",
    "departures.plan",
    "departures.submit",
    "departures.approve",
    "departures.rescind",
];

/// Which acts a member may give to a key: those that are their own, and that do not take a person.
pub struct KeyScopes {
    policies: Arc<Policies>,
}

impl KeyScopes {
    /// With the policies that decisions use too.
    pub fn new(policies: Arc<Policies>) -> Self {
        Self { policies }
    }
}

impl Scopes for KeyScopes {
    fn may_give(&self, tx: &mut TenantTx<'_>, scope: &str) -> Stored<bool> {
        let names = names_of_caller(tx)?;
        Ok(!TAKES_A_PERSON.contains(&scope) && empowers(&*self.policies.powers_in(tx)?, &names, scope).is_some())
    }
}

#[cfg(test)]
mod tests {
    //! casbin is the source of truth; the compiled table says the same as it does.

    use super::*;
    use casbin::{CoreApi, Enforcer, NullAdapter};
    use proptest::prelude::*;
    use proptest::sample::select;

    fn enforcer(lines: Vec<Vec<String>>) -> Enforcer {
        futures_executor::block_on(async {
            let mut model = DefaultModel::from_str(MODEL).await.unwrap();
            model.add_policies("p", "p", lines);
            let mut enforcer = Enforcer::new_raw(model, NullAdapter).await.unwrap();
            enforcer.enable_log(false);
            enforcer
        })
    }

    const WHO: [&str; 3] = ["role:hr_admin", "role:auditor", "member:7"];
    const OBJECTS: [&str; 8] = ["tenure", "*", "hr.*", "hr.pay.*", "hr.name", "hr.pay.bonus", "mail.*", "t*"];
    const ACTS: [&str; 3] = ["*", "read", "export"];
    const PURPOSES: [&str; 3] = ["*", "payroll", "audit"];
    const WHOSE: [&str; 3] = ["*", "lin", "chen"];

    fn any_lines() -> impl Strategy<Value = Vec<Vec<String>>> {
        let line =
            (select(&WHO[..]), select(&OBJECTS[..]), select(&ACTS[..]), select(&PURPOSES[..]), select(&WHOSE[..]));
        prop::collection::vec(line, 0..12).prop_map(|lines| {
            let numbered = lines.into_iter().enumerate();
            numbered.map(|(n, (a, b, c, d, e))| [a, b, c, d, e, &format!("i{n}")].map(str::to_owned).to_vec()).collect()
        })
    }

    type Asked = (Vec<&'static str>, &'static str, &'static str, &'static str, &'static str);

    fn any_question() -> impl Strategy<Value = Asked> {
        let names = prop::sample::subsequence(vec!["member:7", "role:auditor", "role:hr_admin", "role:x"], 0..=4);
        const ASKED: [&str; 8] = ["tenure", "hr.name", "hr.pay.bonus", "hr.", "hrm.name", "mail.body", "*", "hr.*"];
        let words = (select(&["read", "export", "delete", "*"][..]), select(&["payroll", "audit", "", "*"][..]));
        (names, select(&ASKED[..]), words, select(&["lin", "chen", "zhao", "*"][..]))
            .prop_map(|(names, object, (act, purpose), whose)| (names, object, act, purpose, whose))
    }

    proptest! {
        /// What answers "who can see this?" is what decides: a line is listed and fits exactly when casbin says yes.
        #[test]
        fn what_is_listed_is_what_casbin_permits(lines in any_lines(), asked in prop::collection::vec(any_question(), 20)) {
            let (casbin, table) = (enforcer(lines.clone()), compile(lines).unwrap());
            for (_, object, act, purpose, whose) in asked {
                let listed = table.about(object);
                let is = |of_line: &str, asked: &str| of_line == "*" || of_line == asked;
                for name in WHO {
                    let fits = |l: &&Line<'_>| {
                        l.who == name && is(l.act, act) && is(l.purpose, purpose) && is(l.whose, whose)
                    };
                    let (yes, lines) = casbin.enforce_ex((name, object, act, purpose, whose)).unwrap();
                    let source = lines.first().and_then(|line| line.get(5)).cloned().filter(|_| yes);
                    let first = listed.iter().find(fits).map(|l| l.source.to_owned());
                    prop_assert_eq!(first, source, "{} {} {} {} {}", name, object, act, purpose, whose);
                }
            }
        }

        #[test]
        fn the_table_says_what_casbin_says(lines in any_lines(), asked in prop::collection::vec(any_question(), 20)) {
            let (casbin, table) = (enforcer(lines.clone()), compile(lines).unwrap());
            for (names, object, act, purpose, whose) in asked {
                let said = names.iter().find_map(|name| {
                    let (yes, lines) = casbin.enforce_ex((*name, object, act, purpose, whose)).unwrap();
                    yes.then(|| lines.first().and_then(|line| line.get(5)).cloned().unwrap())
                });
                let question = Question { object, act, purpose, whose };
                prop_assert_eq!(table.first(names.iter().copied(), &question), said.as_deref(), "{:?} {:?}", names, question);
            }
        }
    }
}
