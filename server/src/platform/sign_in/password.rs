//! Passwords: what is good enough (aliyun-5.3-4), and argon2id. No password is stored in a form that gives it back
//! (aliyun-3-2).
//!
//! Length and a list of the commonest, and no rules about kinds of characters: those lead to `Passw0rd!` and nothing
//! better. A password is brought to Unicode NFKC first, so that the same keys give the same password on every input method.

use super::error::SignInError;
use crate::platform::config;
use crate::platform::db::{StoreError, Stored};
use crate::platform::keyring::Identifier;
use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use icu_normalizer::ComposingNormalizerBorrowed;
use std::sync::OnceLock;
use zeroize::Zeroizing;

/// Characters a password has at least.
pub const SHORTEST: usize = 10;
/// Characters a password has at most: room for any phrase, and a bound for what is hashed.
pub const LONGEST: usize = 128;
/// A part of an identifier shorter than this may stand in any word.
const TELLING_CHARS: usize = 4;

/// The commonest passwords of at least [`SHORTEST`] characters, in lower case. A guesser begins with these.
const COMMONEST: &[&str] = &[
    "1234567890",
    "0123456789",
    "0987654321",
    "12345678910",
    "123456789a",
    "a123456789",
    "a1234567890",
    "123456789q",
    "1q2w3e4r5t",
    "1q2w3e4r5t6y",
    "1qaz2wsx3edc",
    "1qazxsw23edc",
    "q1w2e3r4t5",
    "qwertyuiop",
    "qwerty12345",
    "qwerty123456",
    "asdfghjkl1",
    "zxcvbnm123",
    "password12",
    "password123",
    "password1234",
    "password12345",
    "passw0rd123",
    "p@ssw0rd123",
    "p@ssword123",
    "welcome123",
    "welcome1234",
    "admin12345",
    "admin123456",
    "administrator",
    "letmein123",
    "changeme123",
    "iloveyou123",
    "iloveyou1314",
    "woaini1314",
    "woaini1314520",
    "woaini520520",
    "5201314520",
    "1314520520",
    "13145201314",
    "520131452013",
    "abc1234567",
    "abcd123456",
    "abcd1234567",
    "aa12345678",
    "aa123456789",
    "asd123456789",
    "qq123456789",
    "wang123456",
    "zhang123456",
    "test123456",
    "root123456",
    "dingding123",
    "dingtalk123",
    "alibaba123",
    "tencent123",
    "company123",
    "zhongguo123",
    "beijing2008",
    "shanghai123",
];

/// Why a password is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    /// Fewer than [`SHORTEST`] characters.
    #[error("the password has fewer than {SHORTEST} characters")]
    TooShort,
    /// More than [`LONGEST`] characters.
    #[error("the password has more than {LONGEST} characters")]
    TooLong,
    /// It is, or begins with, what one signs in with.
    #[error("the password is made of the e-mail address or phone number")]
    IsIdentifier,
    /// One of those that are tried first.
    #[error("the password is one of the commonest")]
    TooCommon,
}

/// The hash of a password that was found good enough. Only made here.
pub struct PasswordHash(String);

impl PasswordHash {
    pub(super) fn into_text(self) -> String {
        self.0
    }
}

/// Checks and hashes. Takes tens of milliseconds and megabytes: never inside a transaction, never on the event loop.
pub(super) struct Passwords {
    argon2: Argon2<'static>,
    nobodys: OnceLock<Option<String>>,
}

impl Passwords {
    pub fn new(settings: &config::SignIn) -> Stored<Self> {
        let params = Params::new(settings.argon2_memory_kib, settings.argon2_iterations, 1, None)
            .map_err(|e| StoreError::Keyring(format!("argon2: {e}")))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        Ok(Self { argon2, nobodys: OnceLock::new() })
    }

    /// The hash of a password that is good enough for somebody with these identifiers.
    ///
    /// # Errors
    /// [`SignInError::Weak`], or no randomness for the salt.
    pub fn accept(&self, password: &str, identifiers: &[Identifier]) -> Result<PasswordHash, SignInError> {
        let password = normal(password);
        if let Some(weakness) = weakness(&password, identifiers) {
            return Err(SignInError::Weak(weakness));
        }
        Ok(PasswordHash(self.hash(&password)?))
    }

    /// Whether the password is the stored one. Without a stored one it takes the same time to say no.
    pub fn is_right(&self, password: &str, stored: Option<&str>) -> bool {
        let password = normal(password);
        let nobodys = || self.nobodys.get_or_init(|| self.hash("nobody's password").ok()).as_deref();
        let Some(against) = stored.or_else(nobodys).and_then(|text| Phc::new(text).ok()) else { return false };
        let fits = password.chars().count() <= LONGEST;
        fits && self.argon2.verify_password(password.as_bytes(), &against).is_ok() && stored.is_some()
    }

    fn hash(&self, password: &str) -> Stored<String> {
        let salt = super::secret::random::<16>()?;
        let hashed: Phc = self
            .argon2
            .hash_password_with_salt(password.as_bytes(), salt.as_slice())
            .map_err(|e| StoreError::Keyring(format!("argon2: {e}")))?;
        Ok(hashed.to_string())
    }
}

/// The first weakness found, if there is one.
fn weakness(password: &str, identifiers: &[Identifier]) -> Option<Weakness> {
    let chars = password.chars().count();
    let folded = Zeroizing::new(password.to_lowercase());
    let first = password.chars().next();
    if chars < SHORTEST {
        Some(Weakness::TooShort)
    } else if chars > LONGEST {
        Some(Weakness::TooLong)
    } else if identifiers.iter().any(|identifier| is_made_of(&folded, identifier.as_str())) {
        Some(Weakness::IsIdentifier)
    } else if COMMONEST.contains(&folded.as_str()) || password.chars().all(|c| Some(c) == first) {
        Some(Weakness::TooCommon)
    } else {
        None
    }
}

/// The identifier, its name before the `@` or its digits, with at most a short tail: `linxiao@acme.cn`, `linxiao2026`.
fn is_made_of(password: &str, identifier: &str) -> bool {
    let name = identifier.split('@').next().unwrap_or_default().trim_start_matches('+');
    let domestic = name.strip_prefix("86").unwrap_or(name);
    [identifier, name, domestic].into_iter().any(|part| {
        part.chars().count() >= TELLING_CHARS
            && password.strip_prefix(part).is_some_and(|tail| tail.chars().count() <= TELLING_CHARS)
    })
}

fn normal(password: &str) -> Zeroizing<String> {
    // Nothing that long is ever accepted; it need not be normalised to find out.
    let bounded: String = password.chars().take(4 * LONGEST).collect();
    Zeroizing::new(ComposingNormalizerBorrowed::new_nfkc().normalize(&bounded).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passwords() -> Passwords {
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8, 1, 1, None).unwrap());
        Passwords { argon2, nobodys: OnceLock::new() }
    }

    #[test]
    fn weak_ones_are_named_and_good_ones_taken() {
        let lin = [Identifier::email("LinXiao@acme.cn").unwrap(), Identifier::phone("13800138000").unwrap()];
        for (password, expected) in [
            ("短密码", Some(Weakness::TooShort)),
            ("123456789", Some(Weakness::TooShort)),
            ("QwertyUiop", Some(Weakness::TooCommon)),
            ("１２３４５６７８９０", Some(Weakness::TooCommon)),
            ("aaaaaaaaaaaa", Some(Weakness::TooCommon)),
            ("linxiao@acme.cn", Some(Weakness::IsIdentifier)),
            ("LinXiao2026", Some(Weakness::IsIdentifier)),
            ("13800138000", Some(Weakness::IsIdentifier)),
            ("+8613800138000!", Some(Weakness::IsIdentifier)),
            ("linxiao likes long walks", None),
            ("远山的呼唤在春天里回响", None),
            ("correct horse battery", None),
        ] {
            assert_eq!(weakness(&normal(password), &lin), expected, "{password}");
        }
        assert_eq!(weakness(&"长".repeat(LONGEST), &lin), Some(Weakness::TooCommon));
        assert_eq!(weakness(&"长短".repeat(LONGEST), &lin), Some(Weakness::TooLong));
    }

    #[test]
    fn the_list_holds_nothing_that_is_refused_for_its_length_anyway() {
        assert!(COMMONEST.iter().all(|p| p.chars().count() >= SHORTEST && *p == p.to_lowercase()));
    }

    #[test]
    fn only_the_right_password_is_right() {
        let passwords = passwords();
        let stored = passwords.accept("correct horse battery", &[]).unwrap().into_text();
        assert!(stored.starts_with("$argon2id$v=19$"));
        assert!(passwords.is_right("correct horse battery", Some(&stored)));
        assert!(passwords.is_right("ｃorrect horse battery", Some(&stored)));
        assert!(!passwords.is_right("correct horse batterY", Some(&stored)));
        assert!(!passwords.is_right("correct horse battery", Some("not a hash")));
    }

    #[test]
    fn nobodys_password_is_never_right() {
        let passwords = passwords();
        assert!(!passwords.is_right("nobody's password", None));
    }
}
