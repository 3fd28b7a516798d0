//! Records on their way into PostgreSQL: a column at a time, in one statement whose text never changes. It is read and planned
//! once a connection, where an insert of so many rows would be every time.

use super::model::NewRecord;
use crate::platform::db::{SqlTs, SqlUid, Ts};
use crate::platform::ids::{RecordId, TenantId};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Binary, Nullable, Text};

/// New records of a tenant, turned round.
pub(super) struct Columnwise<'r> {
    tenant: TenantId,
    seq: Vec<i64>,
    id: Vec<RecordId>,
    at: Vec<Ts>,
    actor_kind: Vec<&'r str>,
    actor: Vec<&'r str>,
    act: Vec<&'r str>,
    object_kind: Vec<Option<&'r str>>,
    object: Vec<Option<&'r str>>,
    class: Vec<Option<&'r str>>,
    instruction: Vec<Option<&'r str>>,
    outcome: Vec<&'r str>,
    body: Vec<&'r str>,
    leaf_hash: Vec<&'r [u8]>,
}

impl<'r> Columnwise<'r> {
    /// These, as the tenant's.
    pub(super) fn of(tenant: TenantId, rows: &'r [NewRecord<'_>]) -> Self {
        fn all<'r, 'n, T>(rows: &'r [NewRecord<'n>], column: impl Fn(&'r NewRecord<'n>) -> T) -> Vec<T> {
            rows.iter().map(column).collect()
        }
        Self {
            tenant,
            seq: all(rows, |row| row.seq),
            id: all(rows, |row| row.id),
            at: all(rows, |row| row.at),
            actor_kind: all(rows, |row| row.actor_kind),
            actor: all(rows, |row| row.actor),
            act: all(rows, |row| row.act),
            object_kind: all(rows, |row| row.object_kind),
            object: all(rows, |row| row.object),
            class: all(rows, |row| row.class),
            instruction: all(rows, |row| row.instruction),
            outcome: all(rows, |row| row.outcome),
            body: all(rows, |row| row.body),
            leaf_hash: all(rows, |row| row.leaf_hash),
        }
    }
}

impl QueryFragment<Pg> for Columnwise<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "INSERT INTO records (tenant_id, seq, id, at, actor_kind, actor, act, object_kind, object, class, \
             instruction, outcome, body, leaf_hash) SELECT ",
        );
        out.push_bind_param::<SqlUid, _>(&self.tenant)?;
        out.push_sql(", * FROM unnest(");
        out.push_bind_param::<Array<BigInt>, _>(&self.seq)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<SqlUid>, _>(&self.id)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<SqlTs>, _>(&self.at)?;
        for texts in [&self.actor_kind, &self.actor, &self.act] {
            out.push_sql(", ");
            out.push_bind_param::<Array<Text>, _>(texts)?;
        }
        for texts in [&self.object_kind, &self.object, &self.class, &self.instruction] {
            out.push_sql(", ");
            out.push_bind_param::<Array<Nullable<Text>>, _>(texts)?;
        }
        for texts in [&self.outcome, &self.body] {
            out.push_sql(", ");
            out.push_bind_param::<Array<Text>, _>(texts)?;
        }
        out.push_sql(", ");
        out.push_bind_param::<Array<Binary>, _>(&self.leaf_hash)?;
        out.push_sql(")");
        Ok(())
    }
}

impl QueryId for Columnwise<'_> {
    type QueryId = Columnwise<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}
