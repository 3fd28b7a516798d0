//! The bytes that are stored: `format (1) | algorithm (1) | nonce (12) | ciphertext | tag (16)`.
//!
//! Whoever holds such bytes can tell how they were made, and nothing else.

use super::aad::{Aad, Owner, authenticated};
use super::algorithm::{Algorithm, NONCE_BYTES, TAG_BYTES};
use super::root::{ROOT_BYTES, Root, Use, fill_random};
use super::{KeyringError, Opened};

const FORMAT: u8 = 1;
const HEADER_BYTES: usize = 2;
const TEXT_AT: usize = HEADER_BYTES + NONCE_BYTES;
const OVERHEAD: usize = TEXT_AT + TAG_BYTES;

/// A sealed payload or secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    algorithm: Algorithm,
    bytes: Vec<u8>,
}

/// A key, sealed under the key of the layer above.
#[derive(Clone, PartialEq, Eq)]
pub struct Wrapped {
    algorithm: Algorithm,
    bytes: Vec<u8>,
}

/// Who seals, with what, for where: the key's own half of every call.
#[derive(Clone, Copy)]
pub(super) struct Sealer<'a> {
    pub root: &'a Root,
    pub for_use: Use,
    pub owner: Owner,
}

impl Sealer<'_> {
    pub fn seal(self, algorithm: Algorithm, place: &Aad, plaintext: &[u8]) -> Result<Sealed, KeyringError> {
        let mut nonce = [0; NONCE_BYTES];
        fill_random(&mut nonce)?;
        let header = [FORMAT, algorithm.number()];
        let mut bytes = Vec::with_capacity(OVERHEAD + plaintext.len());
        bytes.extend_from_slice(&header);
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(plaintext);
        let aad = authenticated(header, self.owner, place);
        let tag = algorithm.encrypt((self.root, self.for_use), &nonce, &aad, &mut bytes[TEXT_AT..])?;
        bytes.extend_from_slice(&tag);
        Ok(Sealed { algorithm, bytes })
    }

    pub fn open(self, place: &Aad, sealed: &Sealed) -> Result<Opened, KeyringError> {
        self.open_bytes(place, &sealed.bytes)
    }

    fn open_bytes(self, place: &Aad, bytes: &[u8]) -> Result<Opened, KeyringError> {
        let Parts { algorithm, nonce, text, tag } = Parts::of(bytes)?;
        let mut opened = Opened::new(text.to_vec());
        let aad = authenticated([FORMAT, algorithm.number()], self.owner, place);
        algorithm.decrypt((self.root, self.for_use), nonce, &aad, &mut opened, tag)?;
        Ok(opened)
    }

    pub fn wrap(self, algorithm: Algorithm, place: &Aad, key: &Root) -> Result<Wrapped, KeyringError> {
        let Sealed { algorithm, bytes } = self.seal(algorithm, place, key.expose())?;
        Ok(Wrapped { algorithm, bytes })
    }

    pub fn unwrap_key(self, place: &Aad, wrapped: &Wrapped) -> Result<Root, KeyringError> {
        let opened = self.open_bytes(place, &wrapped.bytes)?;
        let bytes: &[u8; ROOT_BYTES] = opened.as_slice().try_into().map_err(|_| KeyringError::DoesNotOpen)?;
        Ok(Root::from_bytes(bytes))
    }
}

struct Parts<'a> {
    algorithm: Algorithm,
    nonce: &'a [u8; NONCE_BYTES],
    text: &'a [u8],
    tag: &'a [u8; TAG_BYTES],
}

impl<'a> Parts<'a> {
    fn of(bytes: &'a [u8]) -> Result<Self, KeyringError> {
        let too_short = KeyringError::TooShort { found: bytes.len(), least: OVERHEAD };
        let Some(([format, algorithm], rest)) = bytes.split_first_chunk() else { return Err(too_short) };
        if *format != FORMAT {
            return Err(KeyringError::UnknownFormat(*format));
        }
        let algorithm = Algorithm::of_number(*algorithm)?;
        let Some((nonce, rest)) = rest.split_first_chunk() else { return Err(too_short) };
        let Some((text, tag)) = rest.split_last_chunk() else { return Err(too_short) };
        Ok(Self { algorithm, nonce, text, tag })
    }
}

macro_rules! stored_bytes {
    ($($name:ident),+) => {$(
        impl $name {
            /// Takes back what [`Self::as_bytes`] gave; checks its form, not its authenticity.
            ///
            /// # Errors
            /// Too short, of a format or an algorithm that is not known.
            pub fn parse(bytes: Vec<u8>) -> Result<Self, KeyringError> {
                let algorithm = Parts::of(&bytes)?.algorithm;
                Ok(Self { algorithm, bytes })
            }

            /// What is stored.
            pub fn as_bytes(&self) -> &[u8] {
                &self.bytes
            }

            /// What is stored, without a copy.
            pub fn into_bytes(self) -> Vec<u8> {
                self.bytes
            }

            /// The algorithm it was made with (gbt35273-6.3-a-n).
            pub fn algorithm(&self) -> Algorithm {
                self.algorithm
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({}, {} bytes)"), self.algorithm, self.bytes.len())
            }
        }
    )+};
}

stored_bytes!(Sealed, Wrapped);
