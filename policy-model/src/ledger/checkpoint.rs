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

use chrono::{DateTime, Utc};

use super::canonical::instant;
use super::note::{NoteError, SignerKey, VerifierKey};
use super::tree::{EMPTY_ROOT, Hash};

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
    /// The note around it does not hold.
    #[error("the checkpoint does not hold: {0}")]
    Note(#[from] NoteError),
    /// What was signed is no checkpoint.
    #[error("what is signed is no checkpoint: {0}")]
    Malformed(&'static str),
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
        key.sign(&self.text())
    }

    /// What a signed note says, once the key has verified it.
    pub fn verify(note: &str, key: &VerifierKey) -> Result<Self, CheckpointError> {
        let checkpoint = Self::parse_text(key.open(note)?)?;
        if checkpoint.origin != key.name() {
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
        assert_eq!(Checkpoint::verify(&changed, &key), Err(NoteError::BadSignature(key.to_string()).into()));
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
        assert!(matches!(
            Checkpoint::verify(&note, key().verifier()),
            Err(CheckpointError::Note(NoteError::NotSignedBy(_)))
        ));
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
        assert!(matches!(spoilt, Err(CheckpointError::Note(NoteError::BadSignature(_)))));
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
        fn no_text_makes_it_panic(note in "(\\PC|\n){0,60}") {
            let _ = Checkpoint::verify(&note, key().verifier());
        }
    }
}
