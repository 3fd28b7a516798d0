//! SQL types that read the same from both databases: ids are `uuid` on PostgreSQL and 16 bytes on SQLite, instants are
//! `timestamptz` and microseconds since the epoch. Enums are text, by `text_enum!`.

use super::MultiBackend;
use chrono::{DateTime, Datelike, Utc};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::query_builder::QueryId;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types as st;
use diesel::sql_types::{HasSqlType, SqlType};
use diesel::sqlite::Sqlite;
use serde::{Deserialize, Serialize};

/// An id column.
#[derive(Clone, Copy, Debug, Default, SqlType, QueryId)]
#[diesel(postgres_type(oid = 2950, array_oid = 2951))]
#[diesel(sqlite_type(name = "Binary"))]
pub struct SqlUid;

/// An instant column.
#[derive(Clone, Copy, Debug, Default, SqlType, QueryId)]
#[diesel(postgres_type(oid = 1184, array_oid = 1185))]
#[diesel(sqlite_type(name = "Long"))]
pub struct SqlTs;

impl st::SqlOrd for SqlUid {}
impl st::SqlOrd for SqlTs {}

/// An instant in UTC, in microseconds: the precision that both databases keep.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow, Serialize, utoipa::ToSchema,
)]
#[diesel(sql_type = SqlTs)]
#[serde(transparent)]
pub struct Ts(pub DateTime<Utc>);

impl Ts {
    /// Years that both databases store and every time zone can be applied to.
    pub const YEARS: std::ops::RangeInclusive<i32> = 1900..=2999;

    /// As records and exports write it: `2026-03-31T16:00:00.000000Z`.
    pub fn rfc3339(self) -> String {
        self.0.to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
    }
}

/// What comes from outside is cut to what is kept, so that the same line sent twice is the same, and bounded.
impl<'de> Deserialize<'de> for Ts {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let at = DateTime::<Utc>::deserialize(from)?;
        if Self::YEARS.contains(&at.year()) {
            Ok(at.into())
        } else {
            Err(serde::de::Error::custom("an instant lies in the years 1900 to 2999"))
        }
    }
}

impl From<DateTime<Utc>> for Ts {
    fn from(at: DateTime<Utc>) -> Self {
        Ts(DateTime::from_timestamp_micros(at.timestamp_micros()).unwrap_or(at))
    }
}

impl std::ops::Deref for Ts {
    type Target = DateTime<Utc>;
    fn deref(&self) -> &DateTime<Utc> {
        &self.0
    }
}

impl ToSql<SqlTs, Pg> for Ts {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<st::Timestamptz, Pg>::to_sql(&self.0, &mut out.reborrow())
    }
}
impl FromSql<SqlTs, Pg> for Ts {
    fn from_sql(v: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        <DateTime<Utc> as FromSql<st::Timestamptz, Pg>>::from_sql(v).map(Ts)
    }
}
impl ToSql<SqlTs, Sqlite> for Ts {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.timestamp_micros());
        Ok(IsNull::No)
    }
}
impl FromSql<SqlTs, Sqlite> for Ts {
    fn from_sql(v: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let micros = <i64 as FromSql<st::BigInt, Sqlite>>::from_sql(v)?;
        DateTime::from_timestamp_micros(micros).map(Ts).ok_or_else(|| "instant out of range".into())
    }
}

/// Glue from (Rust type, SQL type) to the backend that stands for both.
macro_rules! multi {
    ($rust:ty => new $sql:ident) => {
        impl HasSqlType<$sql> for MultiBackend {
            fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
                MultiBackend::lookup_sql_type::<$sql>(lookup)
            }
        }
        multi!($rust => $sql);
    };
    ($rust:ty => $sql:ident) => {
        impl diesel::serialize::ToSql<$sql, $crate::platform::db::MultiBackend> for $rust {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, $crate::platform::db::MultiBackend>,
            ) -> diesel::serialize::Result {
                out.set_value(($sql, self));
                Ok(diesel::serialize::IsNull::No)
            }
        }
        impl diesel::deserialize::FromSql<$sql, $crate::platform::db::MultiBackend> for $rust {
            fn from_sql(
                v: <$crate::platform::db::MultiBackend as diesel::backend::Backend>::RawValue<'_>,
            ) -> diesel::deserialize::Result<Self> {
                v.from_sql::<$rust, $sql>()
            }
        }
    };
}
pub(crate) use multi;

impl HasSqlType<SqlUid> for MultiBackend {
    fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
        MultiBackend::lookup_sql_type::<SqlUid>(lookup)
    }
}
multi!(Ts => new SqlTs);

/// An enum that is stored and shown as text, the same word in code, API and tables.
#[macro_export]
macro_rules! text_enum {
    ($(#[$meta:meta])* $name:ident { $($rest:tt)+ }) => {
        $crate::text_enum! { $(#[$meta])* $name as stringify!($name) => { $($rest)+ } }
    };
    // `State as "DepartureState" => { … }`: the name in the API's description, where another slice has the same.
    ($(#[$meta:meta])* $name:ident as $described:expr => {
        $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)?
    }) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, diesel::expression::AsExpression,
                 diesel::deserialize::FromSqlRow, serde::Serialize, serde::Deserialize)]
        $(#[$meta])*
        #[diesel(sql_type = diesel::sql_types::Text)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant),+ }

        #[allow(dead_code, reason = "not every enum needs all three")]
        impl $name {
            /// Every value, in the order of the source.
            pub const ALL: &'static [$name] = &[$(Self::$variant),+];
            /// The word that is stored and shown.
            pub const fn as_str(self) -> &'static str { match self { $(Self::$variant => $text),+ } }
            /// The value a word stands for.
            pub fn parse(word: &str) -> Option<Self> { match word { $($text => Some(Self::$variant),)+ _ => None } }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }
        // By hand: the derive does not see through this macro to the words, and would describe the variants' names.
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .enum_values(Some(Self::ALL.iter().map(|value| value.as_str())))
                    .into()
            }
        }
        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> { $described.into() }
        }
        impl<DB> diesel::serialize::ToSql<diesel::sql_types::Text, DB> for $name
        where DB: diesel::backend::Backend, str: diesel::serialize::ToSql<diesel::sql_types::Text, DB> {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                self.as_str().to_sql(out)
            }
        }
        impl<DB> diesel::deserialize::FromSql<diesel::sql_types::Text, DB> for $name
        where DB: diesel::backend::Backend, String: diesel::deserialize::FromSql<diesel::sql_types::Text, DB> {
            fn from_sql(v: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                let word = String::from_sql(v)?;
                Self::parse(&word).ok_or_else(|| format!("not a {}: {word}", stringify!($name)).into())
            }
        }
    };
}
