//! Instructions (管理员指令): the only source of authority over organisation-controlled data.
//!
//! Standing and exceptional ones permit, and become lines of the casbin policy; orders are carried out once. Each passes
//! the approval rules of the pack before it is in force: nobody approves their own, who executes is not who approved, and
//! silence never means yes (gbt35273-7.1-b).

mod decide;
mod error;
mod looking;
mod model;
mod operations;
mod own_roles;
mod policy;
mod propose;
pub mod routes;
mod store;
mod view;
mod waiting;

pub use decide::{decide, may_decide, waiting_roles};
pub use error::InstructionError;
pub use model::{Decision, Instruction, InstructionView, Kind, May, Scope, State};
pub use operations::{
    InForce, carried_out, expire_lapsed, find, in_force, lapse, of_origin, one_at_a_time, permitting, revoke, scope_of,
};
pub use policy::{KeyScopes, Policies, Policy, PolicyAuthority, Supposed};
pub use propose::{Draft, draw_up, is_proposed, pending_about, pending_of_kind, propose};
pub use view::views;
pub use waiting::{Said, WaitingForCaller, asked_by, clauses_in, clauses_of, reason_of, said_by};

/// Announces that an order may be carried out, or never will be; the case it came from picks it up.
pub const SETTLED: &str = "instructions.settled";
/// Announces that something that would permit waits for a yes: whoever says it should see what it would do.
pub const PROPOSED: &str = "instructions.proposed";
/// Ends requests that nobody answered in time.
pub const LAPSE: &str = "instructions.lapse";

/// Tells the workers how.
pub fn register(registry: &mut crate::platform::jobs::Registry) {
    registry.inside(LAPSE, |tx, _| {
        expire_lapsed(tx)?;
        Ok(crate::platform::jobs::Step::Done)
    });
}
