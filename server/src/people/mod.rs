//! People as one tenant knows them: subjects, memberships, the department tree, roles.
//!
//! A *person* is one human being across tenants and never leaves the platform; a *subject* is that person in one tenant
//! (gbt35273-3.3); a *membership* is one tenure of theirs. Coming back opens a new membership for the same subject.

mod directory;
mod error;
mod export;
mod forget;
mod model;
mod named;
mod operations;
mod role_routes;
pub mod roles;
pub mod routes;
mod said;
mod search;
mod spelling;
mod store;
mod within;

pub use directory::Directories;
pub use error::PeopleError;
pub use forget::forget;
pub use model::{AccountKind, Department, Membership, MembershipState, RoleAssignment, Via};
pub use named::{MemberName, Names, SubjectName};
pub use operations::{
    Change, HrFacts, Joining, Leaving, PlatformAnswers, Taken, active_by_staff_number, apply_change, are_subjects,
    count_present, department_names, departments_of, end_access, hire, memberships_by_id, name_of, names,
    newest_by_staff_number, rescind_leaving, rewind, staff_number_of, start_leaving, subject_of, upsert_department,
    with_staff_number,
};
pub use store::{find_membership, memberships_of_subject, newest_by_account, some_memberships};
pub use within::subjects_within;
