//! What can be wrong with what is said about people.

use crate::platform::db::StoreError;
use crate::platform::http::{AsProblem, Problem};
use chrono::NaiveDate;

/// Why an operation on people was refused.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// There is no such membership in this tenant.
    #[error("no such membership")]
    UnknownMembership,
    /// Nobody here has this staff number.
    #[error("nobody here has this staff number")]
    UnknownStaffNumber,
    /// There is no such department in this tenant.
    #[error("no such department")]
    UnknownDepartment,
    /// A department would stand above itself.
    #[error("the department would stand above itself")]
    DepartmentLoop,
    /// The last day lies before the first.
    #[error("last day {last} is before first day {first}")]
    LeavesBeforeJoining {
        /// The first day of the membership.
        first: NaiveDate,
        /// The last day that was sent.
        last: NaiveDate,
    },
    /// Somebody with this staff number works here already.
    #[error("somebody with this staff number is a member since {since}")]
    AlreadyMember {
        /// Since when.
        since: NaiveDate,
    },
    /// Another membership under this staff number began after the one that is to be taken up again.
    #[error("another membership began on {since}; this one stays ended")]
    CameBack {
        /// When that began.
        since: NaiveDate,
    },
    /// A sign-in name is somebody else's already.
    #[error("the {0} is another account's already")]
    IdentifierTaken(&'static str),
    /// The pack in force has no such role.
    #[error("the pack has no role {0}")]
    UnknownRole(String),
    /// Two roles that exclude each other would meet in one person.
    #[error("{wanted} and {held} exclude each other")]
    Excluded {
        /// The role that was asked for.
        wanted: String,
        /// The role held already.
        held: String,
        /// Why, from the pack.
        reason: String,
        /// The clauses.
        clauses: Vec<String>,
    },
    /// A role of the organisation's own does not hold together.
    #[error("{0}")]
    OwnRoleInvalid(String),
    /// There is such a key, or was.
    #[error("there is a role {0} already, or was")]
    OwnRoleTaken(String),
    /// It would do the work of two roles that exclude each other.
    #[error("it would do the work of {} and of {}, which exclude each other", .roles[0], .roles[1])]
    Combines {
        /// The two.
        roles: [String; 2],
        /// Why they exclude each other, from the pack.
        reason: String,
        /// The clauses.
        clauses: Vec<String>,
    },
    /// Nobody takes away their own role or gives themselves one.
    #[error("nobody changes their own roles")]
    OwnRole,
    /// The role is not held.
    #[error("the role is not held")]
    RoleNotHeld,
    /// There is no account to sign in with.
    #[error("the membership has no open account")]
    NoAccount,
    /// A membership that has ended holds no role.
    #[error("the membership has ended")]
    Departed,
    /// A phone number, mailbox or name is none.
    #[error("{0}")]
    Invalid(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AsProblem for PeopleError {
    fn problem(&self) -> Problem {
        let words = self.to_string();
        match self {
            Self::UnknownMembership => Problem::not_found("membership"),
            Self::UnknownStaffNumber => Problem::invalid("people.unknown-staff-number")
                .detail(words)
                .at("/data/staff_number")
                .help("Send the joining first; what was sent is kept and applied when it arrives."),
            Self::UnknownDepartment => Problem::not_found("department"),
            Self::DepartmentLoop => Problem::invalid("people.department-loop")
                .detail(words)
                .at("/data/department/parent")
                .help("Choose a parent that is not below this department."),
            Self::LeavesBeforeJoining { first, .. } => Problem::invalid("people.leaves-before-joining")
                .detail(words)
                .at("/data/last_day")
                .help(format!("Send {first} or later, or correct the first day.")),
            Self::AlreadyMember { .. } => Problem::conflict("people.already-member")
                .detail(words)
                .help("Send `member.changed`, or a first day on or after the last day of the membership that ends."),
            Self::CameBack { .. } => Problem::conflict("people.came-back")
                .detail(words)
                .help("Nobody has two memberships at a time. What there is of the earlier one is in its departure."),
            Self::IdentifierTaken(kind) => Problem::conflict("people.identifier-taken")
                .detail(words)
                .at(format!("/data/{kind}"))
                .help("Find out whose it is. What was sent is kept, and can be replayed."),
            Self::UnknownRole(_) => {
                Problem::invalid("people.unknown-role").detail(words).at("/role").help("GET /api/v1/roles lists them.")
            }
            Self::Excluded { wanted, held, reason, clauses } => {
                let problem = Problem::refused("people.roles-exclude")
                    .detail(format!("{words}: {reason}"))
                    .at("/role")
                    .help("Appoint somebody else, or revoke the other role first.")
                    .with("wanted", wanted.clone())
                    .with("held", held.clone());
                clauses.iter().fold(problem, |p, c| p.clause(c.clone()))
            }
            Self::OwnRoleInvalid(_) => Problem::invalid("people.own-role-invalid").detail(words),
            Self::OwnRoleTaken(_) => Problem::conflict("people.own-role-taken")
                .detail(words)
                .at("/key")
                .help("Choose another key: what is on record of one role must never be read as of another."),
            Self::Combines { reason, clauses, .. } => {
                let problem = Problem::refused("people.own-role-combines")
                    .detail(format!("{words}: {reason}"))
                    .at("/classes")
                    .help("Define two roles, and give them to two people.");
                clauses.iter().fold(problem, |p, c| p.clause(c.clone()))
            }
            Self::OwnRole => Problem::refused("people.own-role")
                .detail("Nobody changes their own roles.")
                .help("Another administrator can do it.")
                .clause("gbt35273-7.1-c"),
            Self::NoAccount => Problem::conflict("people.no-account").detail(words),
            Self::RoleNotHeld => Problem::conflict("people.role-not-held").detail(words),
            Self::Departed => {
                Problem::conflict("people.departed").detail("The membership has ended; it holds no role.")
            }
            Self::Invalid(_) => Problem::invalid("people.invalid").detail(words),
            Self::Store(e) => Problem::store(e),
        }
    }
}
