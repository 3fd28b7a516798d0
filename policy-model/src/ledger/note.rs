//! Signed notes in the form of C2SP, and the keys that sign and verify them: some lines of text, an empty line, and a line
//! for each signature over what stands above it.
//!
//! A ledger's key signs two sorts of text, the checkpoint of a ledger and the end of an export; their first lines can never
//! be the same, so that one is never taken for the other. What always holds: what a note says is out of reach before a key
//! has verified it (`VerifierKey::open`).

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use super::tree::Hash;

/// The byte for Ed25519 in C2SP signed notes.
const ED25519: u8 = 0x01;
/// How a signature line begins: em dash and space.
const SIGNATURE_MARK: &str = "— ";
/// Of other keys (witnesses, a key being replaced) as many are read past as C2SP demands, and some.
const MAX_SIGNATURES: usize = 64;

/// Why a note is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// The text is not a signed note.
    #[error("it is not of the form of a signed note: {0}")]
    Malformed(&'static str),
    /// No line was signed by this key.
    #[error("it is not signed by the key {0}")]
    NotSignedBy(String),
    /// The signature by this key does not fit the text.
    #[error("the signature by the key {0} does not fit it")]
    BadSignature(String),
}

struct NoteSignature<'a> {
    name: &'a str,
    id: [u8; 4],
    bytes: Vec<u8>,
}

/// Cuts a note at its last empty line into the text (with its last line end) and the signatures.
fn parse_note(note: &str) -> Result<(&str, Vec<NoteSignature<'_>>), NoteError> {
    let malformed = NoteError::Malformed;
    if note.bytes().any(|byte| byte < 0x20 && byte != b'\n') {
        return Err(malformed("it has control characters"));
    }
    let cut = note.rfind("\n\n").ok_or(malformed("no empty line before the signatures"))?;
    let (text, rest) = (&note[..=cut], &note[cut + 2..]);
    let lines = rest.strip_suffix('\n').ok_or(malformed("the last line does not end"))?;
    let signatures: Vec<_> = lines
        .split('\n')
        .take(MAX_SIGNATURES + 1)
        .map(parse_signature)
        .collect::<Option<_>>()
        .ok_or(malformed("a signature line is not of the form \"— name base64\""))?;
    if signatures.len() > MAX_SIGNATURES {
        return Err(malformed("there are too many signatures"));
    }
    Ok((text, signatures))
}

fn parse_signature(line: &str) -> Option<NoteSignature<'_>> {
    let (name, encoded) = line.strip_prefix(SIGNATURE_MARK)?.split_once(' ')?;
    let decoded = BASE64.decode(encoded).ok()?;
    let (id, bytes) = decoded.split_first_chunk::<4>()?;
    let is_whole = is_key_name(name) && !bytes.is_empty();
    is_whole.then(|| NoteSignature { name, id: *id, bytes: bytes.to_vec() })
}

fn is_key_name(name: &str) -> bool {
    !name.is_empty() && !name.chars().any(|c| c.is_whitespace() || c.is_control() || c == '+')
}

/// The key that signs a ledger. It shows itself to nobody; the bytes come from the caller and stay sealed there.
pub struct SignerKey {
    secret: SigningKey,
    public: VerifierKey,
}

impl SignerKey {
    /// The key of the ledger with this origin, from its 32 secret bytes.
    pub fn new(origin: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let secret = SigningKey::from_bytes(seed);
        let public = VerifierKey::new(origin, secret.verifying_key())?;
        Ok(Self { secret, public })
    }

    /// A text, each of whose lines has its end, as a signed note.
    pub(super) fn sign(&self, text: &str) -> String {
        let signature = self.secret.sign(text.as_bytes());
        let mut signed = self.public.id().to_vec();
        signed.extend_from_slice(&signature.to_bytes());
        format!("{text}\n{SIGNATURE_MARK}{} {}\n", self.public.name, BASE64.encode(signed))
    }

    /// The key to give to those who verify.
    pub fn verifier(&self) -> &VerifierKey {
        &self.public
    }
}

impl fmt::Debug for SignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignerKey({}, secret)", self.public)
    }
}

/// The key that verifies a ledger. In text a C2SP vkey: `name+hex id+base64(type and key)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    public: VerifyingKey,
}

/// Why a text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// It is not of the form of a vkey.
    #[error("a key is expected in the form name+8 hex digits+base64, as `tenure key show` prints it")]
    Malformed,
    /// The name is empty or has spaces or plus signs.
    #[error("the key's name is empty, or has a space or a plus sign")]
    Name,
    /// The id between the plus signs is not that of the key.
    #[error("the key's id does not fit the key: a part of it was changed or lost")]
    Id,
    /// Not a public Ed25519 key.
    #[error("it is no public Ed25519 key")]
    Point,
}

impl VerifierKey {
    fn new(name: &str, public: VerifyingKey) -> Result<Self, KeyError> {
        if !is_key_name(name) {
            return Err(KeyError::Name);
        }
        // Under a weak key one signature fits many texts.
        if public.is_weak() {
            return Err(KeyError::Point);
        }
        Ok(Self { name: name.to_owned(), public })
    }

    /// The text of a signed note, once this key has verified it. Signatures by other keys are read past.
    pub(super) fn open<'a>(&self, note: &'a str) -> Result<&'a str, NoteError> {
        let (text, signatures) = parse_note(note)?;
        let mut ours = signatures.iter().filter(|line| line.name == self.name && line.id == self.id()).peekable();
        if ours.peek().is_none() {
            return Err(NoteError::NotSignedBy(self.to_string()));
        }
        // C2SP: one signature by a known key that fails spoils the note, even beside one that holds.
        let holds = |line: &NoteSignature<'_>| {
            let signature = Signature::from_slice(&line.bytes).ok()?;
            self.public.verify_strict(text.as_bytes(), &signature).ok()
        };
        if !ours.all(|line| holds(line).is_some()) {
            return Err(NoteError::BadSignature(self.to_string()));
        }
        Ok(text)
    }

    /// The name, equal to the ledger's origin.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key id of C2SP: enough to find a key, not to trust one.
    pub fn id(&self) -> [u8; 4] {
        let hash = Hash::of(&[self.name.as_bytes(), b"\n", &[ED25519], self.public.as_bytes()]);
        let [a, b, c, d, ..] = *hash.as_bytes();
        [a, b, c, d]
    }

    /// What two people read to each other to know that they have the same key: SHA-256 of name and key.
    pub fn fingerprint(&self) -> String {
        format!("SHA256:{}", Hash::of(&[self.to_string().as_bytes()]))
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut typed = vec![ED25519];
        typed.extend_from_slice(self.public.as_bytes());
        write!(f, "{}+{:08x}+{}", self.name, u32::from_be_bytes(self.id()), BASE64.encode(typed))
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;
    fn from_str(text: &str) -> Result<Self, KeyError> {
        // The base64 at the end may have plus signs of its own.
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(encoded)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(KeyError::Malformed);
        };
        let typed = BASE64.decode(encoded).map_err(|_| KeyError::Malformed)?;
        let Some((&ED25519, bytes)) = typed.split_first() else { return Err(KeyError::Malformed) };
        let bytes: &[u8; 32] = bytes.try_into().map_err(|_| KeyError::Malformed)?;
        let key = Self::new(name, VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::Point)?)?;
        if format!("{:08x}", u32::from_be_bytes(key.id())) != id {
            return Err(KeyError::Id);
        }
        Ok(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_text_of_a_key_makes_it_panic(text in "\\PC{0,40}") {
            let _ = text.parse::<VerifierKey>();
        }

        #[test]
        fn a_key_survives_its_text_and_no_changed_text_is_a_key(seed: [u8; 32], at: proptest::sample::Index, byte in 0x20_u8..0x7f) {
            let key = SignerKey::new("tenure/t", &seed).unwrap();
            let text = key.verifier().to_string();
            prop_assert_eq!(&text.parse::<VerifierKey>().unwrap(), key.verifier());
            let mut changed = text.clone().into_bytes();
            let at = at.index(changed.len());
            changed[at] = byte;
            let changed = String::from_utf8(changed).unwrap();
            prop_assert!(changed == text || changed.parse::<VerifierKey>().is_err());
        }
    }
}
