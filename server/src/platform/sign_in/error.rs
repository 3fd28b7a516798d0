//! Why somebody did not get in, or a key or link was not made. Nothing here tells a stranger whether an account exists.

use super::password::Weakness;
use crate::platform::db::StoreError;
use crate::platform::http::{AsProblem, Problem};

/// A refusal of sign-in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Unknown account, wrong password, no password yet, or locked: one answer for all.
    #[error("the identifier or the password is not right")]
    Refused,
    /// Too many wrong passwords for one identifier, known or not.
    #[error("too many attempts with this identifier")]
    Locked {
        /// Seconds to wait.
        retry_after_seconds: u64,
    },
    /// Too many wrong attempts from one address.
    #[error("too many attempts from this address")]
    TooMany {
        /// Seconds to wait.
        retry_after_seconds: u64,
    },
    /// The membership is over.
    #[error("the membership has ended")]
    MembershipEnded,
    /// The password is right, but there is no membership in that tenant, or no such tenant.
    #[error("no membership there")]
    NoMembership,
    /// The organisation has not yet made sure that this account is its member's.
    #[error("the account is not confirmed for this organisation")]
    NotConfirmed,
    /// No token, or none of ours, or past its time.
    #[error("no valid token")]
    NoToken,
    /// An API key where a signed-in person is meant.
    #[error("an API key has no session")]
    NoSession,
    /// The session has ended.
    #[error("the session has ended")]
    SessionEnded,
    /// A browser's session was not used for too long, or is too old.
    #[error("the session has expired")]
    SessionExpired,
    /// The account has no such session here.
    #[error("no such session")]
    UnknownSession,
    /// Something that only a browser's session can do.
    #[error("this needs the session of a browser")]
    NoCookie,
    /// A changing request by cookie without the session's own token.
    #[error("the X-CSRF-Token is missing or another session's")]
    ForgedToken,
    /// A changing request by cookie from another site's page, or from nowhere that says so.
    #[error("the request does not come from a page of this server")]
    ForgedOrigin,
    /// A refresh token came a second time: somebody has a copy.
    #[error("the refresh token was used before")]
    TokenReused,
    /// The set-up link is unknown, used or too old.
    #[error("the set-up link is not valid")]
    LinkInvalid,
    /// The password is not good enough.
    #[error("{0}")]
    Weak(Weakness),
    /// There is no such account, or it is not this tenant's to deal with.
    #[error("no such account")]
    UnknownAccount,
    /// An e-mail address or phone number is somebody's already.
    #[error("an identifier belongs to another account")]
    IdentifierTaken,
    /// A staff number is unique in one tenant only, so nobody signs in with it.
    #[error("a staff number is not for signing in")]
    NotASignInName,
    /// There is no such key in this tenant.
    #[error("no such API key")]
    UnknownKey,
    /// Another live key has this name.
    #[error("a key of this name exists")]
    KeyNameTaken,
    /// The name is empty, too long or holds control characters.
    #[error("the key's name has 1 to {} characters, none of them control characters", super::api_keys::LONGEST_NAME)]
    KeyName,
    /// No scope, too many, or one that is no act's name.
    #[error("scope {0:?} is not the name of an act")]
    KeyScope(String),
    /// No scope, or too many.
    #[error("a key has 1 to {} scopes", super::api_keys::MOST_SCOPES)]
    KeyScopes,
    /// The maker of the key may not do that themselves.
    #[error("you may not do {0} yourself")]
    ScopeNotYours(String),
    /// Not in the future, or more than a year away.
    #[error("a key expires within a year")]
    KeyExpiry,
    /// The store failed; what was done is rolled back.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AsProblem for SignInError {
    fn problem(&self) -> Problem {
        match self {
            Self::Refused => Problem::unauthenticated("sign-in.refused")
                .detail("The identifier or the password is not right, or the account is locked for a while.")
                .help("Check both, and wait a while after many attempts. Your administrator can send a set-up link."),
            Self::Locked { retry_after_seconds } => Problem::too_many("sign-in.locked", *retry_after_seconds)
                .detail("There were too many attempts with this identifier.")
                .help(format!("Wait {retry_after_seconds} seconds.")),
            Self::TooMany { retry_after_seconds } => Problem::too_many("sign-in.too-many", *retry_after_seconds)
                .detail("There were too many attempts from this network address.")
                .help(format!("Wait {retry_after_seconds} seconds.")),
            Self::MembershipEnded => Problem::refused("membership.ended")
                .detail("Your membership in this organisation has ended, and your access with it.")
                .help("With a personal account and `own_data` you still see what was kept of you, and take what is yours.")
                .clause("gbt35273-11.6-c"),
            Self::NoMembership => Problem::refused("sign-in.no-membership")
                .detail("You are not a member of such an organisation with this account.")
                .at("/tenant")
                .help("Leave `tenant` out to see where you can sign in."),
            Self::NotConfirmed => Problem::refused("sign-in.not-confirmed")
                .detail("This organisation has not yet made sure that this account is yours.")
                .help("Use the set-up link that it gave you, with your present password."),
            Self::NoToken => Problem::unauthenticated("sign-in.required")
                .detail("The access token or API key is not valid, or its time is over.")
                .help("Refresh the token, or sign in again."),
            Self::NoSession => Problem::refused("session.none")
                .detail("An API key has no session.")
                .help("Sign in as a person, or revoke the key to end its access."),
            Self::SessionEnded => {
                Problem::unauthenticated("session.ended").detail("This session has ended.").help("Sign in again.")
            }
            Self::SessionExpired => Problem::unauthenticated("session.expired")
                .detail("This session was not used for a while, or has lasted as long as one may.")
                .help("Sign in again; nothing that was saved is lost."),
            Self::UnknownSession => Problem::not_found("session"),
            Self::NoCookie => Problem::refused("session.no-cookie")
                .detail("This is for a session that was opened by `POST /api/v1/session`.")
                .help("With tokens, sign in anew and name the organisation."),
            Self::ForgedToken => Problem::refused("csrf.token")
                .detail("A request that changes something needs the session's own `X-CSRF-Token`.")
                .help("Read it from `GET /api/v1/session`."),
            Self::ForgedOrigin => Problem::refused("csrf.origin")
                .detail("This request does not come from a page of this server.")
                .help("Behind a proxy that changes the host name, set `public_url`."),
            Self::TokenReused => Problem::unauthenticated("session.token-reused")
                .detail("This refresh token was used before. Somebody may have a copy, so the session was ended.")
                .help("Sign in again, and sign out everywhere if you do not know why this happened."),
            Self::LinkInvalid => Problem::invalid("setup.link-invalid")
                .detail("This set-up link is unknown, was used before, or is too old.")
                .at("/token")
                .help("Ask your administrator for a new one."),
            Self::Weak(weakness) => weak(*weakness),
            Self::UnknownAccount => Problem::not_found("account"),
            Self::IdentifierTaken => Problem::conflict("account.identifier-taken")
                .detail("An e-mail address or phone number belongs to another account.")
                .help("Use the account that has it, or another address."),
            Self::NotASignInName => Problem::invalid("account.not-a-sign-in-name")
                .detail("Nobody signs in with a staff number.")
                .help("Send an e-mail address or a phone number."),
            Self::UnknownKey => Problem::not_found("api-key"),
            Self::KeyNameTaken => Problem::conflict("keys.name-taken")
                .detail("An API key of this name exists already.")
                .at("/name")
                .help("Choose another name, or revoke that key first if its secret was lost."),
            Self::KeyName => Problem::invalid("keys.name").detail(self.to_string()).at("/name"),
            Self::KeyScope(_) => Problem::invalid("keys.scope")
                .detail(self.to_string())
                .at("/scopes")
                .help("Send names such as `holdings.register`."),
            Self::KeyScopes => Problem::invalid("keys.scopes").detail(self.to_string()).at("/scopes"),
            Self::ScopeNotYours(_) => Problem::refused("keys.scope-not-yours")
                .detail(self.to_string())
                .at("/scopes")
                .help("Nobody gives a key what they may not do; somebody who may can make it.")
                .clause("gbt35273-7.1-c"),
            Self::KeyExpiry => Problem::invalid("keys.expiry")
                .detail("An API key expires in the future, and within a year.")
                .at("/expires_at")
                .help("Send an instant at most 366 days from now."),
            Self::Store(e) => Problem::store(e),
        }
    }
}

fn weak(weakness: Weakness) -> Problem {
    let help = match weakness {
        Weakness::TooShort => "Several words are easy to remember and hard to guess.",
        Weakness::TooLong => "Choose a shorter one.",
        Weakness::IsIdentifier => "Choose one that has nothing to do with your address or number.",
        Weakness::TooCommon => "Choose one that nobody tries first.",
    };
    let problem = Problem::invalid(weakness_code(weakness)).detail(format!("{weakness}.")).at("/password");
    problem.help(help).clause("aliyun-5.3-4")
}

fn weakness_code(weakness: Weakness) -> &'static str {
    match weakness {
        Weakness::TooShort => "password.too-short",
        Weakness::TooLong => "password.too-long",
        Weakness::IsIdentifier => "password.is-identifier",
        Weakness::TooCommon => "password.too-common",
    }
}
