//! Who acts: a member, a machine, the platform itself. Every record names one.

use crate::platform::ids::{AccountId, ApiKeyId, ConnectorId, MembershipId, SessionId, SourceId, SubjectId, TenantId};

/// The author of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A signed-in person in one of their memberships.
    Member {
        /// In which tenure.
        membership: MembershipId,
        /// Which person of this tenant.
        subject: SubjectId,
        /// With which account.
        account: AccountId,
        /// In which session.
        session: SessionId,
    },
    /// Somebody whose tenure here has ended, signed in to what is their own and to nothing else (docs/decisions/0022). It has
    /// no [`Actor::membership`], so whatever asks for one finds nobody.
    Leaver {
        /// Which tenure it was.
        membership: MembershipId,
        /// Which person of this tenant.
        subject: SubjectId,
        /// With which account.
        account: AccountId,
        /// In which session.
        session: SessionId,
    },
    /// A machine with a key: what it may do is in its scopes, act by act.
    ApiKey {
        /// The key.
        id: ApiKeyId,
        /// The acts it was made for.
        scopes: Vec<String>,
        /// The connector it speaks for, if any.
        connector: Option<ConnectorId>,
        /// The membership that made it.
        made_by: Option<MembershipId>,
    },
    /// An HR system whose signature was checked.
    Source(SourceId),
    /// Background work, by its kind.
    Job(&'static str),
    /// The platform's own operator, at the command line.
    Operator,
    /// Nobody we know: a failed sign-in, a bad signature.
    Anonymous,
}

impl Actor {
    /// The kind, as records write it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Member { .. } | Self::Leaver { .. } => "member",
            Self::ApiKey { connector: Some(_), .. } => "connector",
            Self::ApiKey { connector: None, .. } => "api_key",
            Self::Source(_) => "source",
            Self::Job(_) => "job",
            Self::Operator => "operator",
            Self::Anonymous => "anonymous",
        }
    }

    /// The id, as records write it; empty for the operator and nobody.
    pub fn id(&self) -> String {
        match self {
            Self::Member { membership, .. } | Self::Leaver { membership, .. } => membership.to_string(),
            Self::ApiKey { connector: Some(id), .. } => id.to_string(),
            Self::ApiKey { id, .. } => id.to_string(),
            Self::Source(id) => id.to_string(),
            Self::Job(kind) => (*kind).to_string(),
            Self::Operator | Self::Anonymous => String::new(),
        }
    }

    /// The membership, when a person acts in one that stands.
    pub fn membership(&self) -> Option<MembershipId> {
        match self {
            Self::Member { membership, .. } => Some(*membership),
            Self::Leaver { .. }
            | Self::ApiKey { .. }
            | Self::Source(_)
            | Self::Job(_)
            | Self::Operator
            | Self::Anonymous => None,
        }
    }

    /// The session, when a person acts.
    pub fn session(&self) -> Option<SessionId> {
        self.signed_in().map(|(_, session)| session)
    }

    /// The account and the session, when a person acts.
    pub fn signed_in(&self) -> Option<(AccountId, SessionId)> {
        match self {
            Self::Member { account, session, .. } | Self::Leaver { account, session, .. } => Some((*account, *session)),
            Self::ApiKey { .. } | Self::Source(_) | Self::Job(_) | Self::Operator | Self::Anonymous => None,
        }
    }

    /// The person of this tenant, when a person acts. Separation of duties looks at this and not at the membership:
    /// somebody with two memberships is one person.
    pub fn subject(&self) -> Option<SubjectId> {
        match self {
            Self::Member { subject, .. } | Self::Leaver { subject, .. } => Some(*subject),
            Self::ApiKey { .. } | Self::Source(_) | Self::Job(_) | Self::Operator | Self::Anonymous => None,
        }
    }
}

/// An authenticated caller of one tenant.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Whose rows it may ask for.
    pub tenant: TenantId,
    /// Who it is.
    pub actor: Actor,
}
