//! Accounts, sessions, keys, and what the platform has to ask about memberships.

use super::store::accounts::{accounts, tenants};
use super::store::keys::{api_keys, signing_keys};
use super::store::sessions::sessions;
use crate::platform::caller::Actor;
use crate::platform::db::{MultiBackend, Stored, TenantTx, Ts};
use crate::platform::ids::{AccountId, ApiKeyId, ConnectorId, MembershipId, PersonId, SessionId, SubjectId, TenantId};
use crate::text_enum;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sqlite::Sqlite;
use serde::Serialize;

text_enum! {
    /// Whose account it is (dingtalk-def-17).
    AccountKind as "SignInAccountKind" => {
        /// 个人账号: the person's own.
        Personal = "personal",
        /// 企业账号: issued and owned by the tenant.
        Enterprise = "enterprise",
    }
}

text_enum! {
    /// How a session is carried on.
    SessionKind {
        /// By a program, with access and refresh tokens.
        Token = "token",
        /// By a browser, in a cookie that no script can read.
        Browser = "browser",
    }
}

text_enum! {
    /// How far a session reaches.
    SessionReach {
        /// As far as the member's roles.
        Member = "member",
        /// To what is the person's own and no further: their membership has ended.
        OwnData = "own_data",
    }
}

text_enum! {
    /// Whether an account can be used.
    AccountState {
        /// It can.
        Open = "open",
        /// It was closed for good; its identifiers are free again.
        Closed = "closed",
    }
}

/// To whom a new account belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// To the person: a personal account.
    Person,
    /// To this tenant: an enterprise account. It lets into this tenant and no other.
    Tenant(TenantId),
}

impl Owner {
    /// The kind of account this makes.
    pub fn kind(self) -> AccountKind {
        match self {
            Self::Person => AccountKind::Personal,
            Self::Tenant(_) => AccountKind::Enterprise,
        }
    }

    /// The tenant that owns it, if one does.
    pub fn tenant(self) -> Option<TenantId> {
        match self {
            Self::Person => None,
            Self::Tenant(tenant) => Some(tenant),
        }
    }
}

/// What a person signs in with.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = accounts, check_for_backend(MultiBackend, Pg, Sqlite))]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Whose it is, or for whom it was issued.
    pub person_id: PersonId,
    /// Personal or enterprise.
    pub kind: AccountKind,
    /// The tenant that owns it, of an enterprise account.
    pub tenant_id: Option<TenantId>,
    /// Whether it can be used.
    pub state: AccountState,
    pub(super) password_hash: Option<String>,
    pub(super) locked_until: Option<Ts>,
}

impl Account {
    /// Whether a password was set. Until then only a set-up link leads in.
    pub fn has_password(&self) -> bool {
        self.password_hash.is_some()
    }

    /// Whether it can lead into a tenant: the person's own into any of theirs, an enterprise account into its owner only.
    pub(super) fn leads_into(&self, tenant: TenantId) -> bool {
        match self.kind {
            AccountKind::Personal => true,
            AccountKind::Enterprise => self.tenant_id == Some(tenant),
        }
    }

    pub(super) fn is_locked(&self, now: Ts) -> bool {
        self.locked_until.is_some_and(|until| now < until)
    }
}

/// What the platform has to know of somebody's place in a tenant before it lets them in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The tenure they come in with.
    pub membership: MembershipId,
    /// The person as this tenant knows them.
    pub subject: SubjectId,
    /// Whether it is a present one (employed or leaving).
    pub lets_in: bool,
    /// The roles held now, for the answer; authority asks anew with every act.
    pub roles: Vec<String>,
}

/// A member as they see themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Present {
    /// Their name, while it is known.
    pub name: Option<String>,
    /// 工号.
    pub staff_number: String,
    /// The roles held now.
    pub roles: Vec<String>,
}

/// Who is a member. The platform asks; a slice answers.
pub trait Memberships: Send + Sync {
    /// The person's membership in the transaction's tenant in which they act with this account: a present one before one
    /// that has ended, the newest of several.
    fn standing(&self, tx: &mut TenantTx<'_>, person: PersonId, account: AccountId) -> Stored<Option<Standing>>;

    /// The member behind a session, as they see themselves.
    fn present(&self, tx: &mut TenantTx<'_>, membership: MembershipId) -> Stored<Option<Present>>;
}

/// A signed-in session.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions, treat_none_as_default_value = false, check_for_backend(MultiBackend, Pg, Sqlite))]
pub(super) struct Session {
    pub id: SessionId,
    pub account_id: AccountId,
    pub tenant_id: TenantId,
    pub membership_id: MembershipId,
    pub subject_id: SubjectId,
    pub user_agent: String,
    pub created_at: Ts,
    pub last_used_at: Ts,
    pub ended_at: Option<Ts>,
    pub end_reason: Option<String>,
    pub kind: SessionKind,
    /// What is stored of a browser's cookie.
    pub token_hash: Option<Vec<u8>>,
    pub reach: SessionReach,
}

impl Session {
    /// Who acts in it. Read from the row with every request: no token says how far it reaches.
    pub fn actor(&self) -> Actor {
        let (membership, subject) = (self.membership_id, self.subject_id);
        let (account, session) = (self.account_id, self.id);
        match self.reach {
            SessionReach::Member => Actor::Member { membership, subject, account, session },
            SessionReach::OwnData => Actor::Leaver { membership, subject, account, session },
        }
    }

    /// Whether it goes on where its person stands so now.
    pub fn fits(&self, standing: &Standing) -> bool {
        self.membership_id == standing.membership
            && match self.reach {
                SessionReach::Member => standing.lets_in,
                SessionReach::OwnData => !standing.lets_in,
            }
    }
}

/// A machine's key, without its secret.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = api_keys, check_for_backend(MultiBackend, Pg, Sqlite))]
pub struct ApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// Whose rows it may ask for.
    pub tenant_id: TenantId,
    /// What people call it.
    pub name: String,
    /// The part of it that may be shown.
    pub prefix: String,
    pub(super) scopes: String,
    /// The connector it speaks for, if any.
    pub connector_id: Option<ConnectorId>,
    /// The membership that made it; none when the operator did.
    pub created_by: Option<MembershipId>,
    /// When it was made.
    pub created_at: Ts,
    /// Until when it is good.
    pub expires_at: Ts,
    /// When it was taken back.
    pub revoked_at: Option<Ts>,
    /// When it was last used, to the hour.
    pub last_used_at: Option<Ts>,
}

/// An organisation as its members see it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Serialize, utoipa::ToSchema)]
#[diesel(table_name = tenants, check_for_backend(MultiBackend, Pg, Sqlite))]
#[schema(as = SessionOrganisation)]
pub struct Organisation {
    /// Its id.
    pub id: TenantId,
    /// Its short name.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// In which its civil deadlines are computed.
    pub time_zone: String,
    /// The language of what it is sent.
    pub locale: String,
    /// The pack it lives by.
    pub pack: String,
}

/// An organisation to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Choice {
    /// Its short name, for `tenant`.
    pub tenant: String,
    /// Its name.
    pub name: String,
    /// How far it would let in: to what is the person's own, where they have left it.
    pub reach: SessionReach,
}

/// A key that signs access tokens, as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = signing_keys, treat_none_as_default_value = false, check_for_backend(MultiBackend, Pg, Sqlite))]
pub struct SigningKey {
    /// Its public name.
    pub kid: String,
    pub(super) sealed_private: Vec<u8>,
    pub(super) public_key: Vec<u8>,
    /// When it was made, and published.
    pub created_at: Ts,
    /// From when it signs: until then the world learns of it.
    pub signs_from: Ts,
    /// When its last token has expired; nothing for a key without a successor.
    pub retires_at: Option<Ts>,
}
