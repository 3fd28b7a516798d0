//! People as one tenant knows them: subjects, memberships, the department tree, roles.
//!
//! A *person* is one human being across tenants and never leaves the platform; a *subject* is that person in one tenant
//! (gbt35273-3.3); a *membership* is one tenure of theirs. Coming back opens a new membership for the same subject.

mod directory;
mod error;
mod export;
mod forget;
mod joining;
mod leaving;
mod model;
mod named;
mod operations;
pub mod own_roles;
mod role_routes;
pub mod roles;
pub mod routes;
mod said;
mod search;
mod separation;
mod spelling;
mod store;
mod within;

pub use directory::Directories;
pub use error::PeopleError;
pub use forget::forget;
pub use joining::{Joining, hire, is_about_known};
pub use leaving::{Leaving, Strayed, Taken, rescind_leaving, rewind, start_leaving};
pub use model::{AccountKind, Department, Membership, MembershipState, RoleAssignment, Via};
pub use named::{MemberName, Names, SubjectName};
pub use operations::{
    Change, HrFacts, Placed, PlatformAnswers, active_by_staff_number, apply_change, are_subjects, count_present,
    department_names, departments_of, end_access, is_number_of_forgotten, memberships_by_id, name_of, names,
    newest_by_staff_number, staff_number_of, subject_of, succeeded_by, upsert_department, with_staff_number,
    works_here,
};
pub use store::{find_membership, memberships_of_subject, newest_by_account, some_memberships};
pub use within::subjects_within;
