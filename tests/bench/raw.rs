//! The peer of the ledger: the same rows in one insert of 256 and a commit, with nothing before and nothing after.
//!
//! Same database, same connection settings, same columns, bodies that the ledger itself has written. No chain of calls, no
//! hashes, no records about whom, no row-level security.

use crate::workload::BATCH;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use std::path::Path;

/// A connection with the settings that the server gives its own.
pub fn sqlite(file: &Path) -> SqliteConnection {
    let mut connection = SqliteConnection::establish(&file.to_string_lossy()).expect("SQLite opens a file");
    let settings = "PRAGMA busy_timeout=10000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; \
                    PRAGMA foreign_keys=ON; PRAGMA cache_size=-4096; PRAGMA journal_size_limit=16777216; \
                    PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY; PRAGMA wal_autocheckpoint=4000;";
    connection.batch_execute(settings).expect("they are the server's");
    connection
}

/// A connection as the server has it.
pub fn postgres(url: &str) -> PgConnection {
    PgConnection::establish(url).expect("the cluster answers")
}

/// Where rows are put, again and again.
pub trait Rows {
    /// The body of a tenant's newest record.
    fn newest_body(&mut self, tenant: &str) -> String;
    /// One transaction with one insert of `BATCH` rows from place `first` on.
    fn insert(&mut self, first: i64, body: &str);
}

/// A table for rows shaped as records, its rows, and a connection that inserts them.
macro_rules! raw_rows {
    ($module:ident, $connection:ty, $Uid:ident, $At:ident, $blob:literal, $time:literal, $bytes:literal, $new_id:expr, $now:expr, $see:literal) => {
        mod $module {
            use super::*;

            diesel::table! {
                raw_records (tenant_id, seq) {
                    tenant_id -> $Uid, seq -> BigInt, id -> $Uid, at -> $At, actor_kind -> Text, actor -> Text, act -> Text,
                    object_kind -> Nullable<Text>, object -> Nullable<Text>, class -> Nullable<Text>,
                    instruction -> Nullable<Text>, outcome -> Text, body -> Text, leaf_hash -> Binary,
                }
            }

            impl super::Raw<$connection> {
                /// An empty table with the ledger's columns and its key.
                pub fn new(mut connection: $connection) -> Self {
                    let (blob, time, bytes) = ($blob, $time, $bytes);
                    let table = format!(
                        "CREATE TABLE raw_records (tenant_id {blob} NOT NULL, seq bigint NOT NULL, id {blob} NOT NULL, \
                         at {time} NOT NULL, actor_kind text NOT NULL, actor text NOT NULL, act text NOT NULL, \
                         object_kind text, object text, class text, instruction text, outcome text NOT NULL, \
                         body text NOT NULL, leaf_hash {bytes} NOT NULL, PRIMARY KEY (tenant_id, seq))"
                    );
                    connection.batch_execute(&table).expect("the table is new");
                    Self { connection }
                }
            }

            impl Rows for super::Raw<$connection> {
                fn newest_body(&mut self, tenant: &str) -> String {
                    let see = $see.replace("{tenant}", tenant);
                    self.connection.batch_execute(&see).expect("the tenant is shown");
                    diesel::sql_query("SELECT body FROM records ORDER BY seq DESC LIMIT 1")
                        .get_result::<Body>(&mut self.connection)
                        .expect("there are records")
                        .body
                }

                fn insert(&mut self, first: i64, text: &str) {
                    use self::raw_records::dsl::*;
                    let (new_id, now) = ($new_id, $now);
                    let rows: Vec<_> = (first..first + BATCH as i64)
                        .map(|place| {
                            (
                                (tenant_id.eq(new_id(0)), seq.eq(place), id.eq(new_id(place)), at.eq(now)),
                                (actor_kind.eq("operator"), actor.eq(""), act.eq("data.read"), outcome.eq("permitted")),
                                (object_kind.eq("holding"), object.eq("0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b")),
                                (class.eq("attendance.clock_in"), instruction.eq("pack:dingtalk#attendance")),
                                (body.eq(text), leaf_hash.eq([7_u8; 32].as_slice())),
                            )
                        })
                        .collect();
                    self.connection
                        .transaction(|c| diesel::insert_into(raw_records).values(rows).execute(c))
                        .expect("the rows are new");
                }
            }
        }
    };
}

/// A raw table behind a connection.
pub struct Raw<C> {
    connection: C,
}

#[derive(QueryableByName)]
struct Body {
    #[diesel(sql_type = diesel::sql_types::Text)]
    body: String,
}

raw_rows!(
    on_sqlite,
    SqliteConnection,
    Binary,
    BigInt,
    "blob",
    "integer",
    "blob",
    sqlite_id,
    1_775_000_000_000_000_i64,
    ""
);
raw_rows!(
    on_postgres,
    PgConnection,
    Uuid,
    Timestamptz,
    "uuid",
    "timestamptz",
    "bytea",
    postgres_id,
    chrono::DateTime::UNIX_EPOCH + chrono::TimeDelta::seconds(1_775_000_000),
    "SET app.tenant = '{tenant}'"
);

fn sqlite_id(place: i64) -> Vec<u8> {
    postgres_id(place).as_bytes().to_vec()
}

fn postgres_id(place: i64) -> ::uuid::Uuid {
    ::uuid::Uuid::from_u128(0x0190_a1b2_c3d4_7e5f_8a9b_0000_0000_0000 + place as u128)
}
