//! What would be otherwise: the law as it is beside the law as it would be, and who and what has to be asked about.

use super::error::RehearsalError;
use super::model::{Change, Granted};
use crate::decisions::{self, Law, Standing, standings};
use crate::holdings;
use crate::instructions::{self, Draft, Instruction, Kind, Policies, Scope, State, Supposed};
use crate::packs::{self, SettingsChange};
use crate::people::roles::{self, WouldHold};
use crate::people::{self, Membership};
use crate::platform::db::{Stored, TenantTx};
use crate::platform::ids::{InstructionId, MembershipId, SubjectId};
use policy_model::class::ClassPattern;
use policy_model::instruction::Action;
use policy_model::pack::Pack;
use std::collections::BTreeSet;
use std::sync::Arc;

/// People, or combinations of roles, that an inventory is asked for at most.
const MOST_ASKERS: usize = 60;
/// Operations with their purposes.
const MOST_USES: usize = 30;

/// The world as it is and as it would be.
pub(super) struct Worlds {
    pub before: Law,
    pub after: Law,
    /// Whose roles would be others.
    pub would_hold: Option<WouldHold>,
    /// What would be ruled otherwise.
    pub settings: Option<Settings>,
    /// The purpose that the change is for, where it is for one.
    pub purpose: Option<String>,
    pub inventory: Inventory,
}

/// Another pack, or other features.
pub(super) struct Settings {
    pub pack: Arc<Pack>,
    pub changes: Vec<holdings::Change>,
    pub on: Vec<String>,
}

impl Settings {
    pub fn supposed(&self) -> holdings::Supposed<'_> {
        holdings::Supposed { pack: &self.pack, changes: &self.changes, on: &self.on }
    }
}

/// Which part of the inventory a change can touch, and who could reach it by what.
pub(super) struct Inventory {
    /// Only these classes; any where none are named.
    pub classes: Option<Vec<String>>,
    /// Only these people's; everybody's when empty.
    pub subjects: Vec<SubjectId>,
    /// Who could: as they stand, and as they would.
    pub askers: Vec<(Standing, Standing)>,
    /// Operation and purpose.
    pub uses: Vec<(String, String)>,
    /// Whether there were more of either than are asked.
    pub is_part: bool,
}

impl Worlds {
    /// Both worlds, or why there is no change between them.
    pub fn of(tx: &mut TenantTx<'_>, policies: &Policies, change: &Change) -> Result<Self, RehearsalError> {
        let before = decisions::law(tx, policies)?;
        match change {
            Change::Draft { instruction } => {
                let id = drawn_up(tx, instruction)?.id;
                Self::granted(tx, policies, before, (id, instruction.clone()))
            }
            Change::Approval { instruction } => {
                let i = permitting_one(tx, *instruction, State::Pending)?;
                let scope = instructions::scope_of(&i)?;
                let granted = Granted { kind: i.kind, purpose: i.purpose, scope, until: i.until };
                Self::granted(tx, policies, before, (i.id, granted))
            }
            Change::Revocation { instruction } => {
                let i = permitting_one(tx, *instruction, State::InForce)?;
                let scope = instructions::scope_of(&i)?;
                let policy = policies.supposing(tx, &Supposed::Revoked(i.id))?;
                let after = Law { policy: Arc::new(policy), pack: before.pack.clone() };
                let inventory = of_scope(tx, &before.pack, &scope, &i.purpose)?;
                Ok(Self { before, after, would_hold: None, settings: None, purpose: None, inventory })
            }
            Change::Assignment { membership_id, role, department_id } => {
                let would_hold = roles::if_assigned(tx, *membership_id, role, *department_id)?;
                Self::of_roles(tx, before, would_hold)
            }
            Change::Removal { assignment } => {
                let would_hold = roles::if_revoked(tx, *assignment)?;
                Self::of_roles(tx, before, would_hold)
            }
            Change::Settings { pack, features } => {
                let wanted =
                    SettingsChange { pack: pack.clone(), features: features.clone(), ..SettingsChange::default() };
                Self::of_settings(tx, before, &wanted)
            }
        }
    }

    fn granted(
        tx: &mut TenantTx<'_>,
        policies: &Policies,
        before: Law,
        (id, granted): (InstructionId, Granted),
    ) -> Result<Self, RehearsalError> {
        let Granted { kind, purpose, scope, .. } = granted;
        let inventory = of_scope(tx, &before.pack, &scope, &purpose)?;
        let supposed = Supposed::Granted { id, kind, purpose: purpose.clone(), scope: Box::new(scope) };
        let policy = policies.supposing(tx, &supposed)?;
        let after = Law { policy: Arc::new(policy), pack: before.pack.clone() };
        Ok(Self { before, after, would_hold: None, settings: None, purpose: Some(purpose), inventory })
    }

    fn of_roles(tx: &mut TenantTx<'_>, before: Law, would_hold: WouldHold) -> Result<Self, RehearsalError> {
        let mut under = Vec::new();
        for (i, scope) in instructions::permitting(tx)? {
            if scope.roles.contains(&would_hold.role) {
                under.push((i.purpose, scope));
            }
        }
        let now = standings(tx, std::slice::from_ref(&would_hold.membership))?.pop();
        let askers =
            now.into_iter().map(|now| (now, Standing::of(&would_hold.membership, would_hold.held.clone()))).collect();
        let classes =
            under.iter().flat_map(|(_, scope)| keys_of(&before.pack, &scope.classes)).collect::<BTreeSet<_>>();
        let (uses, is_part) = uses_of(under.iter().map(|(purpose, scope)| (purpose, scope)));
        let classes = Some(classes.into_iter().collect());
        let inventory = Inventory { classes, subjects: Vec::new(), askers, uses, is_part };
        let after = before.clone();
        Ok(Self { before, after, would_hold: Some(would_hold), settings: None, purpose: None, inventory })
    }

    fn of_settings(tx: &mut TenantTx<'_>, before: Law, wanted: &SettingsChange) -> Result<Self, RehearsalError> {
        let (pack, moved, on) = packs::would_move(tx, wanted)?;
        let changes = holdings::Change::of(moved);
        if changes.is_empty() {
            return Err(RehearsalError::Nothing("neither the pack nor a feature would be another"));
        }
        let permitting = instructions::permitting(tx)?;
        let named: BTreeSet<MembershipId> = permitting.iter().flat_map(|(_, scope)| scope.members.clone()).collect();
        let roles: BTreeSet<&String> = permitting.iter().flat_map(|(_, scope)| &scope.roles).collect();
        let (askers, too_many) = askers(tx, &|role| roles.contains(role), &named.into_iter().collect::<Vec<_>>())?;
        let (uses, too_long) = uses_of(permitting.iter().map(|(i, scope)| (&i.purpose, scope)));
        let inventory = Inventory { classes: None, subjects: Vec::new(), askers, uses, is_part: too_many || too_long };
        let after = Law { policy: before.policy.clone(), pack: pack.clone() };
        let settings = Some(Settings { pack, changes, on });
        Ok(Self { before, after, would_hold: None, settings, purpose: None, inventory })
    }

    /// How somebody would stand.
    pub fn standing_after(&self, now: &Standing) -> Standing {
        match &self.would_hold {
            Some(would) if would.membership.id == now.membership => Standing::of(&would.membership, would.held.clone()),
            Some(_) | None => now.clone(),
        }
    }
}

/// What would be refused is not rehearsed.
fn drawn_up(tx: &mut TenantTx<'_>, granted: &Granted) -> Result<Instruction, RehearsalError> {
    let action = match granted.kind {
        Kind::Standing => Action::Standing,
        Kind::Exceptional => Action::Exceptional,
        Kind::Order => return Err(RehearsalError::Nothing("an order permits nothing; it is carried out once")),
    };
    let draft = Draft {
        kind: granted.kind,
        action,
        purpose: granted.purpose.clone(),
        scope: granted.scope.clone(),
        // For whoever says yes; nobody is asked yet.
        reason: "rehearsal".to_owned(),
        until: granted.until,
        holdings: 0,
        executor: None,
        author: None,
        drawn_by: None,
        origin: ("admin", None),
    };
    Ok(instructions::draw_up(tx, draft)?)
}

fn permitting_one(tx: &mut TenantTx<'_>, id: InstructionId, state: State) -> Result<Instruction, RehearsalError> {
    let i = instructions::find(tx, id)?;
    let is_over = i.until.is_some_and(|until| until <= tx.now());
    if i.kind == Kind::Order {
        return Err(RehearsalError::Nothing("an order permits nothing; it is carried out once"));
    }
    if i.state != state || is_over {
        return Err(RehearsalError::Nothing(match state {
            State::Pending => "the instruction does not wait for a yes",
            _ => "the instruction is not in force",
        }));
    }
    Ok(i)
}

/// What one instruction's scope reaches.
fn of_scope(tx: &mut TenantTx<'_>, pack: &Pack, scope: &Scope, purpose: &String) -> Stored<Inventory> {
    let (askers, too_many) = askers(tx, &|role| scope.roles.contains(role), &scope.members)?;
    let (uses, too_long) = uses_of([(purpose, scope)].into_iter());
    Ok(Inventory {
        classes: Some(keys_of(pack, &scope.classes)),
        subjects: scope.subjects.clone(),
        askers,
        uses,
        is_part: too_many || too_long,
    })
}

/// Every combination of roles with one of these among them, and these members by name.
fn askers(
    tx: &mut TenantTx<'_>,
    has: &dyn Fn(&String) -> bool,
    members: &[MembershipId],
) -> Stored<(Vec<(Standing, Standing)>, bool)> {
    let mut all: Vec<Standing> = Vec::new();
    let mut named: Vec<Membership> = people::memberships_by_id(tx, members)?.into_values().collect();
    named.sort_by_key(|m| m.id);
    let mut is_part = named.len() > MOST_ASKERS;
    named.truncate(MOST_ASKERS);
    all.extend(standings(tx, &named)?);
    for held in roles::combinations(tx)?.into_iter().filter(|held| held.iter().any(has)) {
        is_part |= all.len() >= 2 * MOST_ASKERS;
        if all.len() < 2 * MOST_ASKERS {
            all.push(nobody_acting(&held));
        }
    }
    Ok((all.into_iter().map(|standing| (standing.clone(), standing)).collect(), is_part))
}

/// A role of the organisation's own has several; any other instruction is for its own.
fn purposes_of<'s>(purpose: &'s String, scope: &'s Scope) -> &'s [String] {
    if scope.purposes.is_empty() { std::slice::from_ref(purpose) } else { &scope.purposes }
}

fn uses_of<'s>(all: impl Iterator<Item = (&'s String, &'s Scope)>) -> (Vec<(String, String)>, bool) {
    let uses = all.flat_map(|(purpose, scope)| {
        let each = move |purpose: &'s String| scope.operations.iter().map(move |operation| (operation, purpose));
        purposes_of(purpose, scope).iter().flat_map(each)
    });
    // A line for any operation is asked as a read.
    let word = |operation: &String| if operation == "*" { "read".to_owned() } else { operation.clone() };
    let mut uses: Vec<(String, String)> = uses
        .map(|(operation, purpose)| (word(operation), purpose.clone()))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let is_part = uses.len() > MOST_USES;
    uses.truncate(MOST_USES);
    (uses, is_part)
}

/// The keys of the pack's classes that any of the patterns fits.
fn keys_of(pack: &Pack, patterns: &[String]) -> Vec<String> {
    let patterns: Vec<ClassPattern> = patterns.iter().filter_map(|p| p.parse().ok()).collect();
    let fits = |key: &&str| patterns.iter().any(|p| p.matches(key));
    pack.classes().iter().map(|c| c.key.as_str()).filter(fits).map(str::to_owned).collect()
}

/// Whoever has these roles and is nobody in particular.
fn nobody_acting(roles: &[String]) -> Standing {
    let nobody = uuid::Uuid::nil();
    let names = roles.iter().map(|role| format!("role:{role}")).collect();
    Standing::acting(nobody.into(), nobody.into(), names)
}
