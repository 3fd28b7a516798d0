//! Typed ids: every id that is stored has a type of its own, so that a membership's id cannot be passed for a person's.
//!
//! All are UUIDv7 (RFC 9562): they sort by the time they were made, which keeps inserts at the end of every index.

use crate::platform::db::SqlUid;
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::pg::Pg;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types as st;
use diesel::sqlite::Sqlite;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What all typed ids can do.
pub trait Id: Copy + Eq + std::hash::Hash + From<Uuid> {
    /// The bare id, for bytes and file formats.
    fn uuid(self) -> Uuid;
}

macro_rules! typed_ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
                 diesel::expression::AsExpression, diesel::deserialize::FromSqlRow, utoipa::ToSchema)]
        #[diesel(sql_type = SqlUid)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl Id for $name {
            fn uuid(self) -> Uuid { self.0 }
        }
        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self { Self(id) }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }
        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(s: &str) -> Result<Self, Self::Err> { s.parse().map(Self) }
        }
        impl ToSql<SqlUid, Pg> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                <Uuid as ToSql<st::Uuid, Pg>>::to_sql(&self.0, out)
            }
        }
        impl FromSql<SqlUid, Pg> for $name {
            fn from_sql(v: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                <Uuid as FromSql<st::Uuid, Pg>>::from_sql(v).map(Self)
            }
        }
        impl ToSql<SqlUid, Sqlite> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                out.set_value(&self.0.as_bytes()[..]);
                Ok(IsNull::No)
            }
        }
        impl FromSql<SqlUid, Sqlite> for $name {
            fn from_sql(v: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                let bytes = <Vec<u8> as FromSql<st::Binary, Sqlite>>::from_sql(v)?;
                Ok(Self(Uuid::from_slice(&bytes)?))
            }
        }
        $crate::platform::db::multi!($name => SqlUid);
    )+};
}

typed_ids! {
    /// An organisation: the controller of its organisation-controlled data (dingtalk-def-7).
    TenantId,
    /// A human being, once, whatever tenants they are in. Never leaves the platform: a tenant sees subjects.
    PersonId,
    /// What a person signs in with.
    AccountId,
    /// A person as one tenant knows them (gbt35273-3.3): not an account, not a membership.
    SubjectId,
    /// A person's tenure in a tenant.
    MembershipId,
    /// A node of the department tree.
    DepartmentId,
    /// A role held by a membership, from when until when.
    RoleAssignmentId,
    /// A role that an organisation defined for itself.
    OwnRoleId,
    /// A signed-in session.
    SessionId,
    /// A machine's key.
    ApiKeyId,
    /// A place HR events come from.
    SourceId,
    /// One HR message as it was received.
    MessageId,
    /// An external system that keeps holdings.
    ConnectorId,
    /// One item of data about a person, or a unit that stands for many.
    HoldingId,
    /// One answer to who controls a holding.
    RulingId,
    /// What a source document leaves open, for all that is alike.
    QuestionId,
    /// One reasoned answer to such a question.
    SettlementId,
    /// A time in which a feature was switched on.
    FeaturePeriodId,
    /// A person's word against a ruling.
    ContestId,
    /// A person's express consent.
    ConsentId,
    /// Something that suspends deletion.
    HoldId,
    /// What an admin orders the platform to do or allow.
    InstructionId,
    /// One rehearsal of a change.
    RehearsalId,
    /// The execution of an instruction.
    OrderId,
    /// The case an instruction or order came from, of whatever kind: a departure, a hold.
    CaseId,
    /// One asking of a connector for everything it has.
    InventoryId,
    /// An order on its way to a connector.
    DeliveryId,
    /// The case opened when a membership ends.
    DepartureId,
    /// One group of holdings in a departure.
    LineId,
    /// Something that waits for a person to look at it.
    AttentionId,
    /// One look at everything that anybody has.
    CertificationId,
    /// One role or grant that somebody has, in such a look.
    CertificationLineId,
    /// A change of the pack that an organisation lives by.
    PackChangeId,
    /// One entry of the ledger.
    RecordId,
    /// A piece of background work.
    JobId,
    /// One request, across log lines and records.
    RequestId,
}
