//! People as one tenant knows them: subjects, memberships, the department tree, roles.
//!
//! A *person* is one human being across tenants and never leaves the platform; a *subject* is that person in one tenant
//! (gbt35273-3.3); a *membership* is one tenure of theirs. Coming back opens a new membership for the same subject.

mod error;
mod forget;
mod model;
mod operations;
pub mod roles;
pub mod routes;
mod store;
mod within;

pub use error::PeopleError;
pub use forget::forget;
pub use model::{AccountKind, Department, Membership, MembershipState, RoleAssignment, Via};
pub use operations::{
    HrFacts, Joining, PlatformAnswers, active_by_staff_number, apply_change, change_last_day, department_names,
    departments_of, end_access, hire, memberships_by_id, name_of, names, newest_by_staff_number, rescind_leaving,
    start_leaving, subject_of, upsert_department,
};
pub use store::{find_membership, memberships_of_subject, newest_by_account, some_memberships};
pub use within::subjects_within;
