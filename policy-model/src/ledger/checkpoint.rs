//! The signature over a ledger: a C2SP tlog-checkpoint in a signed note, which other people's tools read too.
//!
//! ```text
//! tenure/0198f3a2-…                             the ledger's origin, which is also the name of its key
//! 1024                                          how many records
//! CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=  the root over them
//! time 2026-03-31T16:00:00.000000Z              when it was signed
//!
//! — tenure/0198f3a2-… Az3grlgtzPICa5OS8npVmf1…  Ed25519 over all lines above the empty one
//! ```
//!
//! What always holds: what a note says is out of reach before a key has verified it (`Checkpoint::verify`).

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, Utc};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use super::canonical::instant;
use super::tree::{EMPTY_ROOT, Hash};

/// The byte for Ed25519 in C2SP signed notes.
const ED25519: u8 = 0x01;
/// How a signature line begins: em dash and space.
const SIGNATURE_MARK: &str = "— ";
/// Of other keys (witnesses, a key being replaced) as many are read past as C2SP demands, and some.
const MAX_SIGNATURES: usize = 64;

/// The state of a ledger that was signed: so many records, this root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Whose ledger: see `origin_of`.
    pub origin: String,
    /// How many records.
    pub size: u64,
    /// The root over all of them.
    pub root: Hash,
    /// When it was signed.
    pub time: Option<DateTime<Utc>>,
}

/// The origin of a tenant's ledger and the name of the keys that sign it.
pub fn origin_of(tenant: &str) -> String {
    format!("tenure/{tenant}")
}

/// The tenant whose ledger has this origin.
pub(super) fn tenant_of(origin: &str) -> Option<&str> {
    origin.strip_prefix("tenure/")
}

/// Why a checkpoint is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The text is not a signed note with a checkpoint in it.
    #[error("the checkpoint is not of the form of a signed note: {0}")]
    Malformed(&'static str),
    /// No line was signed by this key.
    #[error("the checkpoint is not signed by the key {0}")]
    NotSignedBy(String),
    /// The signature by this key does not fit the text.
    #[error("the signature by the key {0} does not fit the checkpoint")]
    BadSignature(String),
    /// The checkpoint is of another ledger than the key.
    #[error("the key {key} signed a checkpoint of another ledger, {origin}")]
    OtherLedger {
        /// The key's name.
        key: String,
        /// The origin that the checkpoint states.
        origin: String,
    },
}

impl Checkpoint {
    /// The signed note. The key must be the ledger's own: its name is the origin.
    pub fn sign(&self, key: &SignerKey) -> String {
        let text = self.text();
        let signature = key.secret.sign(text.as_bytes());
        let mut signed = key.public.id().to_vec();
        signed.extend_from_slice(&signature.to_bytes());
        format!("{text}\n{SIGNATURE_MARK}{} {}\n", key.public.name, BASE64.encode(signed))
    }

    /// What a signed note says, once the key has verified it. Signatures by other keys are read past.
    pub fn verify(note: &str, key: &VerifierKey) -> Result<Self, CheckpointError> {
        let (text, signatures) = parse_note(note)?;
        let mut ours = signatures.iter().filter(|line| line.name == key.name && line.id == key.id()).peekable();
        if ours.peek().is_none() {
            return Err(CheckpointError::NotSignedBy(key.to_string()));
        }
        // C2SP: one signature by a known key that fails spoils the note, even beside one that holds.
        let holds = |line: &NoteSignature<'_>| {
            let signature = Signature::from_slice(&line.bytes).ok()?;
            key.public.verify_strict(text.as_bytes(), &signature).ok()
        };
        if !ours.all(|line| holds(line).is_some()) {
            return Err(CheckpointError::BadSignature(key.to_string()));
        }
        let checkpoint = Self::parse_text(text)?;
        if checkpoint.origin != key.name {
            return Err(CheckpointError::OtherLedger { key: key.to_string(), origin: checkpoint.origin });
        }
        Ok(checkpoint)
    }

    /// The lines that are signed, each with its end.
    fn text(&self) -> String {
        let time = self.time.map(|at| format!("time {}\n", instant::text(at))).unwrap_or_default();
        format!("{}\n{}\n{}\n{time}", self.origin, self.size, self.root)
    }

    fn parse_text(text: &str) -> Result<Self, CheckpointError> {
        let malformed = CheckpointError::Malformed;
        let mut lines = text.lines();
        let mut line = |what| lines.next().filter(|line| !line.is_empty()).ok_or(malformed(what));
        let origin = line("the origin is missing")?.to_owned();
        let size_text = line("the size is missing")?;
        let size: u64 = size_text.parse().map_err(|_| malformed("the size is not a number"))?;
        if size.to_string() != size_text {
            return Err(malformed("the size is not written plainly"));
        }
        let root = line("the root is missing")?.parse().map_err(|_| malformed("the root is not a hash"))?;
        if size == 0 && root != EMPTY_ROOT {
            return Err(malformed("an empty ledger has another root"));
        }
        let mut time = None;
        for extension in lines {
            if extension.is_empty() {
                return Err(malformed("an extension line is empty"));
            }
            if let Some(at) = extension.strip_prefix("time ") {
                time = Some(instant::parse(at).ok_or(malformed("the time is not an instant"))?);
            }
        }
        Ok(Self { origin, size, root, time })
    }
}

struct NoteSignature<'a> {
    name: &'a str,
    id: [u8; 4],
    bytes: Vec<u8>,
}

/// Cuts a note at its last empty line into the text (with its last line end) and the signatures.
fn parse_note(note: &str) -> Result<(&str, Vec<NoteSignature<'_>>), CheckpointError> {
    let malformed = CheckpointError::Malformed;
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

    fn key() -> SignerKey {
        SignerKey::new("tenure/t", &[7; 32]).unwrap()
    }

    fn checkpoint() -> Checkpoint {
        let time = DateTime::parse_from_rfc3339("2026-03-31T16:00:00Z").unwrap().to_utc();
        Checkpoint { origin: "tenure/t".into(), size: 1_024, root: Hash::leaf(b"x"), time: Some(time) }
    }

    /// The example of the specification of signed notes, with the key its other implementations test with.
    #[test]
    fn a_note_signed_by_others_verifies() {
        let key: VerifierKey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k".parse().unwrap();
        let note = "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
        // It is signed well, and it is no checkpoint.
        assert_eq!(Checkpoint::verify(note, &key), Err(CheckpointError::Malformed("the size is missing")));
        let changed = note.replace("example message", "example massage");
        assert_eq!(Checkpoint::verify(&changed, &key), Err(CheckpointError::BadSignature(key.to_string())));
    }

    #[test]
    fn a_checkpoint_survives_its_note() {
        let note = checkpoint().sign(&key());
        assert_eq!(Checkpoint::verify(&note, key().verifier()), Ok(checkpoint()));
        let timeless = Checkpoint { time: None, ..checkpoint() };
        assert_eq!(Checkpoint::verify(&timeless.sign(&key()), key().verifier()), Ok(timeless));
    }

    #[test]
    fn only_the_ledgers_own_key_is_believed() {
        let stranger = SignerKey::new("tenure/t", &[8; 32]).unwrap();
        let note = checkpoint().sign(&stranger);
        assert!(matches!(Checkpoint::verify(&note, key().verifier()), Err(CheckpointError::NotSignedBy(_))));
        let neighbour = SignerKey::new("tenure/neighbour", &[7; 32]).unwrap();
        let note = checkpoint().sign(&neighbour);
        assert!(matches!(Checkpoint::verify(&note, neighbour.verifier()), Err(CheckpointError::OtherLedger { .. })));
    }

    #[test]
    fn a_witness_may_sign_beside_and_a_bad_signature_of_ours_spoils_all() {
        let (ours, witness) = (key(), SignerKey::new("witness.example/w", &[9; 32]).unwrap());
        let (note, other) = (checkpoint().sign(&ours), checkpoint().sign(&witness));
        let witness_line = other.lines().last().unwrap();
        assert_eq!(Checkpoint::verify(&format!("{note}{witness_line}\n"), ours.verifier()), Ok(checkpoint()));
        let bad = Checkpoint { size: 1, ..checkpoint() }.sign(&ours);
        let bad_line = bad.lines().last().unwrap();
        let spoilt = Checkpoint::verify(&format!("{note}{bad_line}\n"), ours.verifier());
        assert!(matches!(spoilt, Err(CheckpointError::BadSignature(_))));
    }

    proptest! {
        #[test]
        fn any_changed_byte_of_a_note_is_noticed(at: proptest::sample::Index, byte: u8) {
            let mut note = checkpoint().sign(&key()).into_bytes();
            let at = at.index(note.len());
            prop_assume!(note[at] != byte);
            note[at] = byte;
            if let Ok(note) = std::str::from_utf8(&note) {
                prop_assert!(Checkpoint::verify(note, key().verifier()).is_err());
            }
        }

        #[test]
        fn no_text_makes_it_panic(note in "(\\PC|\n){0,60}", key_text in "\\PC{0,40}") {
            let _ = Checkpoint::verify(&note, key().verifier());
            let _ = key_text.parse::<VerifierKey>();
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
