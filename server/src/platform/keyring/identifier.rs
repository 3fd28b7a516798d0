//! What people are found by, in one normal form each: made here or not at all, so an index is never of a raw spelling.
//!
//! Normal forms use Unicode NFKC first: a Chinese input method types `ｌｉｎ＠acme．cn` and `１３８…` as readily as plain ones.

use super::KeyringError;
use icu_normalizer::ComposingNormalizerBorrowed;
use zeroize::Zeroizing;

/// RFC 5321, 4.5.3.1: the longest path, less its angle brackets.
const LONGEST_EMAIL: usize = 254;
const LONGEST_STAFF_NUMBER: usize = 64;
/// E.164: country code and number together.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 8..=15;
/// The country whose code may be left out.
const HOME_COUNTRY: &str = "86";

/// What kind of identifier it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IdentifierKind {
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
    /// A number that an organisation gave its employee.
    StaffNumber,
}

impl IdentifierKind {
    /// Its name in tables and the API; part of what is indexed, so never change one.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::StaffNumber => "staff_number",
        }
    }
}

/// An e-mail address, phone number or staff number in normal form. Personal: wiped on drop, shown by no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Identifier {
    kind: IdentifierKind,
    text: Zeroizing<String>,
}

impl Identifier {
    /// Trimmed, lower case, the domain in its ASCII form. Lower case also before the `@`: two accounts that differ in
    /// nothing else are one person's slip, and a way to pass for somebody.
    ///
    /// # Errors
    /// [`KeyringError::NotAnIdentifier`], which does not repeat what was given.
    pub fn email(text: &str) -> Result<Self, KeyringError> {
        let refused = KeyringError::NotAnIdentifier { expected: "an e-mail address such as lin@example.com" };
        let folded = nfkc(&nfkc(text).to_lowercase());
        let Some((local, domain)) = folded.rsplit_once('@') else { return Err(refused) };
        let local_is_plain =
            !local.is_empty() && !local.contains(|c: char| c.is_whitespace() || c.is_control() || c == '@');
        let Ok(url::Host::Domain(domain)) = url::Host::parse(domain) else { return Err(refused) };
        let text = format!("{local}@{domain}");
        let domain_is_public = domain.contains('.') && !domain.starts_with('.') && !domain.ends_with('.');
        if !local_is_plain || !domain_is_public || text.len() > LONGEST_EMAIL {
            return Err(refused);
        }
        Ok(Self::of(IdentifierKind::Email, text))
    }

    /// E.164, `+8613800138000`. Separators go; without a country code it is a number in China, whose trunk `0` goes too.
    ///
    /// # Errors
    /// [`KeyringError::NotAnIdentifier`], which does not repeat what was given.
    pub fn phone(text: &str) -> Result<Self, KeyringError> {
        let refused =
            KeyringError::NotAnIdentifier { expected: "a phone number such as 13800138000 or +852 2345 6789" };
        let folded = nfkc(text);
        let compact: String = folded.chars().filter(|c| !is_separator(*c)).collect();
        let digits = match (compact.strip_prefix('+'), compact.strip_prefix("00")) {
            (Some(international), _) | (None, Some(international)) => international.to_owned(),
            (None, None) if names_home_country(&compact) => compact,
            (None, None) => format!("{HOME_COUNTRY}{}", compact.strip_prefix('0').unwrap_or(&compact)),
        };
        let is_number = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
        if !is_number || !PHONE_DIGITS.contains(&digits.len()) {
            return Err(refused);
        }
        Ok(Self::of(IdentifierKind::Phone, format!("+{digits}")))
    }

    /// Trimmed, upper case. Nothing else is known of how an organisation numbers its people.
    ///
    /// # Errors
    /// [`KeyringError::NotAnIdentifier`], which does not repeat what was given.
    pub fn staff_number(text: &str) -> Result<Self, KeyringError> {
        let text = nfkc(&nfkc(text).to_uppercase());
        if text.is_empty() || text.chars().count() > LONGEST_STAFF_NUMBER || text.contains(is_unseen) {
            let expected = "a staff number of 1 to 64 characters that can be seen";
            return Err(KeyringError::NotAnIdentifier { expected });
        }
        Ok(Self::of(IdentifierKind::StaffNumber, text))
    }

    fn of(kind: IdentifierKind, text: String) -> Self {
        Self { kind, text: Zeroizing::new(text) }
    }

    /// What kind it is.
    pub fn kind(&self) -> IdentifierKind {
        self.kind
    }

    /// Its normal form: personal data, to be sealed before it is stored.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// Characters that nobody sees: with one of them in it a staff number would look like somebody else's.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

impl std::fmt::Debug for Identifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Identifier({})", self.kind.as_str())
    }
}

/// Needed again after a change of case, which may leave what composes: `ῗ` in upper case is three characters.
fn nfkc(text: &str) -> String {
    ComposingNormalizerBorrowed::new_nfkc().normalize(text).trim().to_owned()
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '‐' | '‑' | '–' | '—' | '.' | '/' | '(' | ')')
}

/// `8613800138000`: the country code without its `+`. Only mobile numbers are told apart so; a landline could be both.
fn names_home_country(digits: &str) -> bool {
    digits.len() == 13 && digits.strip_prefix(HOME_COUNTRY).is_some_and(|rest| rest.starts_with('1'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn e_mail_addresses_have_one_spelling() {
        for (given, normal) in [
            ("lin@acme.cn", "lin@acme.cn"),
            ("  Lin.Xiao@ACME.cn\n", "lin.xiao@acme.cn"),
            ("ｌｉｎ＠ａｃｍｅ．ｃｎ", "lin@acme.cn"),
            ("lin@远山.中国", "lin@xn--rht990j.xn--fiqs8s"),
            ("Andre\u{301}@acme.cn", "andré@acme.cn"),
        ] {
            assert_eq!(Identifier::email(given).unwrap().as_str(), normal, "{given}");
        }
        for given in [
            "",
            "lin",
            "@acme.cn",
            "lin@",
            "lin@localhost",
            "lin@127.0.0.1",
            "a b@acme.cn",
            "a@b@acme.cn",
            "lin@acme.cn.",
        ] {
            assert!(Identifier::email(given).is_err(), "{given}");
        }
        assert!(Identifier::email(&format!("{}@acme.cn", "x".repeat(250))).is_err());
    }

    #[test]
    fn phone_numbers_have_one_spelling() {
        for (given, normal) in [
            ("13800138000", "+8613800138000"),
            ("138-0013-8000", "+8613800138000"),
            (" +86 138 0013 8000", "+8613800138000"),
            ("8613800138000", "+8613800138000"),
            ("008613800138000", "+8613800138000"),
            ("１３８００１３８０００", "+8613800138000"),
            ("(010) 8888 8888", "+861088888888"),
            ("+852 2345 6789", "+85223456789"),
        ] {
            assert_eq!(Identifier::phone(given).unwrap().as_str(), normal, "{given}");
        }
        for given in ["", "+", "12", "1380013800a", "+0138001380", "1234567890123456", "138001380001234", "lin@acme.cn"]
        {
            assert!(Identifier::phone(given).is_err(), "{given}");
        }
    }

    #[test]
    fn staff_numbers_have_one_spelling() {
        assert_eq!(Identifier::staff_number(" yz-0042 ").unwrap().as_str(), "YZ-0042");
        assert_eq!(Identifier::staff_number("工号７").unwrap().as_str(), "工号7");
        for given in ["", "  ", "a\u{0}b", "A0001\u{200b}", "\u{202e}A0001"] {
            assert!(Identifier::staff_number(given).is_err());
        }
        assert!(Identifier::staff_number(&"9".repeat(65)).is_err());
    }

    #[test]
    fn a_refusal_and_a_debug_repeat_nothing_personal() {
        let refused = Identifier::email("lin-at-acme").unwrap_err().to_string();
        assert_eq!(refused, "this is not an e-mail address such as lin@example.com");
        assert_eq!(format!("{:?}", Identifier::email("lin@acme.cn").unwrap()), "Identifier(email)");
    }

    proptest! {
        #[test]
        fn a_normal_form_is_its_own_normal_form(text in "\\PC{0,24}", digits in "[0-9+() -]{0,20}", mail in "[a-zA-Z.]{1,8}@[a-z]{1,8}\\.(cn|com)") {
            for make in [Identifier::email, Identifier::phone, Identifier::staff_number] {
                for given in [&text, &digits, &mail] {
                    if let Ok(once) = make(given) {
                        let twice = make(once.as_str()).unwrap();
                        prop_assert_eq!(twice.as_str(), once.as_str());
                    }
                }
            }
        }
    }
}
