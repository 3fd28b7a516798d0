//! Standard Webhooks 1.0.0 signatures: made for what we send, checked on what we receive.
//!
//! Pure functions over bytes: no clock, no network, no parsing of the body. The signed content is
//! `{webhook-id}.{webhook-timestamp}.{body}`, HMAC-SHA-256 under a secret that is written `whsec_<base64>`.
//!
//! What always holds: nothing about a message is believed before its signature fits, so "too old" is said only of a
//! message that the source really sent. Keeping the ids, so that a repeat changes nothing, is the caller's part.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use rand::TryRng;
use rand::rngs::{SysError, SysRng};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Header with the message's id: the same for every attempt to deliver it.
pub const ID_HEADER: &str = "webhook-id";
/// Header with the attempt's time, in Unix seconds.
pub const TIMESTAMP_HEADER: &str = "webhook-timestamp";
/// Header with one or more signatures, separated by spaces.
pub const SIGNATURE_HEADER: &str = "webhook-signature";

const SECRET_PREFIX: &str = "whsec_";
/// The specification's bounds: 192 to 512 bits.
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;
/// HMAC-SHA-256. A `v1a` (Ed25519) signature beside it is passed over.
const SCHEME: &str = "v1,";
const LONGEST_ID: usize = 256;
/// During a rotation there are two. More would only make us compute for a stranger.
const MOST_SIGNATURES: usize = 8;

/// Why a message or a secret was refused. Carries nothing that was in the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    /// The secret cannot be read.
    #[error("a webhook secret is whsec_ followed by the base64 of 24 to 64 bytes")]
    MalformedSecret,
    /// The id is not one that can be signed.
    #[error("webhook-id must be 1 to 256 visible ASCII characters without a full stop")]
    MalformedId,
    /// The time is not a number.
    #[error("webhook-timestamp must be whole Unix seconds, such as 1674087231")]
    MalformedTimestamp,
    /// No signature of a scheme that we know.
    #[error("webhook-signature must hold a signature such as v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=")]
    NoSignature,
    /// None of the signatures fits any of the secrets.
    #[error("no signature fits: the message was changed, or signed with another secret")]
    WrongSignature,
    /// Signed by the source, and too long ago: a replay, a queue that stood still, or a clock that is wrong.
    #[error("the message was signed {seconds} seconds ago, more than the {tolerance} that are allowed")]
    TooOld {
        /// Its age.
        seconds: u64,
        /// The most that is allowed.
        tolerance: u32,
    },
    /// Signed by the source, and too far in the future: one of the two clocks is wrong.
    #[error("the message was signed {seconds} seconds in the future, more than the {tolerance} that are allowed")]
    TooEarly {
        /// How far ahead.
        seconds: u64,
        /// The most that is allowed.
        tolerance: u32,
    },
}

/// A signing secret, wiped on drop.
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// A new one of 32 bytes.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn generate() -> Result<Self, SysError> {
        let mut key = Zeroizing::new(vec![0; 32]);
        SysRng.try_fill_bytes(&mut key)?;
        Ok(Self(key))
    }

    /// Reads `whsec_<base64>`.
    ///
    /// # Errors
    /// [`WebhookError::MalformedSecret`], which does not repeat it.
    pub fn parse(text: &str) -> Result<Self, WebhookError> {
        let encoded = text.strip_prefix(SECRET_PREFIX).ok_or(WebhookError::MalformedSecret)?;
        let key = BASE64_STANDARD.decode(encoded).map(Zeroizing::new).map_err(|_| WebhookError::MalformedSecret)?;
        if !SECRET_BYTES.contains(&key.len()) {
            return Err(WebhookError::MalformedSecret);
        }
        Ok(Self(key))
    }

    /// As it is shown once, to the one who sets up the other side.
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{SECRET_PREFIX}{}", BASE64_STANDARD.encode(self.0.as_slice())))
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(whsec_..)")
    }
}

/// The three headers of a received message, as they came.
#[derive(Clone, Copy, Debug)]
pub struct Headers<'a> {
    /// `webhook-id`
    pub id: &'a str,
    /// `webhook-timestamp`
    pub timestamp: &'a str,
    /// `webhook-signature`
    pub signature: &'a str,
}

/// The value of `webhook-signature` for a message sent at `timestamp` (Unix seconds): one signature per secret, the
/// current one first, so that a receiver may hold either while secrets are changed over.
///
/// # Errors
/// [`WebhookError::MalformedId`], or [`WebhookError::NoSignature`] for no secrets.
pub fn sign(secrets: &[Secret], id: &str, timestamp: i64, body: &[u8]) -> Result<String, WebhookError> {
    check_id(id)?;
    if secrets.is_empty() {
        return Err(WebhookError::NoSignature);
    }
    let timestamp = timestamp.to_string();
    let signatures: Vec<String> = secrets
        .iter()
        .map(|secret| {
            let signature = mac(secret, id, &timestamp, body).finalize().into_bytes();
            format!("{SCHEME}{}", BASE64_STANDARD.encode(signature))
        })
        .collect();
    Ok(signatures.join(" "))
}

/// Checks a received message against the secrets that its source may use, and its age at `now` (Unix seconds).
///
/// # Errors
/// The first thing that is wrong; only [`WebhookError::TooOld`] and [`WebhookError::TooEarly`] say that the source did
/// send it.
pub fn verify(
    secrets: &[Secret],
    headers: Headers<'_>,
    body: &[u8],
    now: i64,
    tolerance_seconds: u32,
) -> Result<(), WebhookError> {
    check_id(headers.id)?;
    let sent_at = unix_seconds(headers.timestamp)?;
    let signatures: Vec<Vec<u8>> = signatures(headers.signature);
    if signatures.is_empty() {
        return Err(WebhookError::NoSignature);
    }
    let fits = secrets.iter().any(|secret| {
        let expected = mac(secret, headers.id, headers.timestamp, body);
        // `verify_slice` takes the same time wherever the first difference is.
        signatures.iter().any(|signature| expected.clone().verify_slice(signature).is_ok())
    });
    if !fits {
        return Err(WebhookError::WrongSignature);
    }
    check_age(sent_at, now, tolerance_seconds)
}

/// A full stop would let one message's id and time be read as another's.
fn check_id(id: &str) -> Result<(), WebhookError> {
    let is_plain = id.bytes().all(|b| b.is_ascii_graphic() && b != b'.');
    if is_plain && (1..=LONGEST_ID).contains(&id.len()) { Ok(()) } else { Err(WebhookError::MalformedId) }
}

/// Digits only: `parse` alone would also take a sign.
fn unix_seconds(text: &str) -> Result<i64, WebhookError> {
    let digits = Some(text).filter(|t| t.bytes().all(|b| b.is_ascii_digit()));
    digits.and_then(|t| t.parse().ok()).ok_or(WebhookError::MalformedTimestamp)
}

fn signatures(header: &str) -> Vec<Vec<u8>> {
    header
        .split(' ')
        .filter_map(|signature| signature.strip_prefix(SCHEME))
        .filter_map(|encoded| BASE64_STANDARD.decode(encoded).ok())
        .take(MOST_SIGNATURES)
        .collect()
}

fn check_age(sent_at: i64, now: i64, tolerance: u32) -> Result<(), WebhookError> {
    let seconds = now.abs_diff(sent_at);
    if seconds <= u64::from(tolerance) {
        Ok(())
    } else if sent_at < now {
        Err(WebhookError::TooOld { seconds, tolerance })
    } else {
        Err(WebhookError::TooEarly { seconds, tolerance })
    }
}

fn mac(secret: &Secret, id: &str, timestamp: &str, body: &[u8]) -> Hmac<Sha256> {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(&secret.0).unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
    mac.update(id.as_bytes());
    mac.update(b".");
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(body);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The vector that the specification's reference libraries share.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const SENT_AT: i64 = 1_614_265_330;
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    fn secrets(texts: &[&str]) -> Vec<Secret> {
        texts.iter().map(|text| Secret::parse(text).unwrap()).collect()
    }

    fn other() -> Secret {
        Secret::parse(&format!("whsec_{}", BASE64_STANDARD.encode([9; 32]))).unwrap()
    }

    fn headers<'a>(signature: &'a str) -> Headers<'a> {
        Headers { id: ID, timestamp: "1614265330", signature }
    }

    fn verified(headers: Headers<'_>, now: i64) -> Result<(), WebhookError> {
        verify(&secrets(&[SECRET]), headers, BODY, now, 300)
    }

    #[test]
    fn it_agrees_with_the_reference_libraries() {
        assert_eq!(sign(&secrets(&[SECRET]), ID, SENT_AT, BODY).unwrap(), SIGNATURE);
        assert_eq!(verified(headers(SIGNATURE), SENT_AT), Ok(()));
    }

    #[test]
    fn while_secrets_change_over_either_one_fits() {
        let both = sign(&[other(), Secret::parse(SECRET).unwrap()], ID, SENT_AT, BODY).unwrap();
        assert_eq!(both.split(' ').count(), 2);
        assert_eq!(verified(headers(&both), SENT_AT), Ok(()), "the receiver has the old secret");
        let receiver = [other(), Secret::parse(SECRET).unwrap()];
        assert_eq!(verify(&receiver, headers(SIGNATURE), BODY, SENT_AT, 300), Ok(()), "the sender has the old secret");
    }

    #[test]
    fn schemes_we_do_not_know_are_passed_over() {
        let beside = format!(
            "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg== {SIGNATURE}"
        );
        assert_eq!(verified(headers(&beside), SENT_AT), Ok(()));
        for none in ["", "v2,abc", "g0hM9SsE", "v1,not-base64", "v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="] {
            assert_eq!(verified(headers(none), SENT_AT), Err(WebhookError::NoSignature), "{none}");
        }
    }

    #[test]
    fn whatever_was_changed_the_signature_does_not_fit() {
        let wrong = Err(WebhookError::WrongSignature);
        assert_eq!(verified(Headers { id: "msg_other", ..headers(SIGNATURE) }, SENT_AT), wrong);
        assert_eq!(verified(Headers { timestamp: "1614265331", ..headers(SIGNATURE) }, SENT_AT), wrong);
        assert_eq!(verified(Headers { timestamp: "01614265330", ..headers(SIGNATURE) }, SENT_AT), wrong);
        assert_eq!(verify(&secrets(&[SECRET]), headers(SIGNATURE), b"{}", SENT_AT, 300), wrong);
        assert_eq!(verify(&[other()], headers(SIGNATURE), BODY, SENT_AT, 300), wrong);
        assert_eq!(verify(&[], headers(SIGNATURE), BODY, SENT_AT, 300), wrong);
        assert_eq!(verified(headers("v1,g0hM9SsE+OTPJTGt/tmIKg=="), SENT_AT), wrong, "half a signature");
    }

    #[test]
    fn age_is_judged_both_ways_and_only_of_what_the_source_sent() {
        for (now, expected) in [
            (SENT_AT + 300, Ok(())),
            (SENT_AT + 301, Err(WebhookError::TooOld { seconds: 301, tolerance: 300 })),
            (SENT_AT - 300, Ok(())),
            (SENT_AT - 301, Err(WebhookError::TooEarly { seconds: 301, tolerance: 300 })),
        ] {
            assert_eq!(verified(headers(SIGNATURE), now), expected);
        }
        let forged = headers("v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
        assert_eq!(verified(forged, SENT_AT + 9000), Err(WebhookError::WrongSignature));
    }

    #[test]
    fn malformed_headers_are_named() {
        for id in ["", "msg.1", "msg 1", "消息", &"x".repeat(257)] {
            assert_eq!(verified(Headers { id, ..headers(SIGNATURE) }, SENT_AT), Err(WebhookError::MalformedId), "{id}");
            assert_eq!(sign(&[other()], id, SENT_AT, BODY), Err(WebhookError::MalformedId));
        }
        for timestamp in ["", "-1", "+1614265330", "1614265330.5", "now", "99999999999999999999"] {
            let found = verified(Headers { timestamp, ..headers(SIGNATURE) }, SENT_AT);
            assert_eq!(found, Err(WebhookError::MalformedTimestamp), "{timestamp}");
        }
        assert_eq!(sign(&[], ID, SENT_AT, BODY), Err(WebhookError::NoSignature));
    }

    #[test]
    fn a_secret_comes_back_and_is_not_shown() {
        let secret = Secret::generate().unwrap();
        assert_eq!(*Secret::parse(&secret.to_text()).unwrap().to_text(), *secret.to_text());
        assert_eq!(format!("{secret:?}"), "Secret(whsec_..)");
        let long = format!("whsec_{}", BASE64_STANDARD.encode([0; 65]));
        for text in ["", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2hvcnQ=", "whsec_!!", &long] {
            assert_eq!(Secret::parse(text).unwrap_err(), WebhookError::MalformedSecret, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_signed_verifies_and_nothing_else_does(body: Vec<u8>, changed: Vec<u8>, sent_at in 0_i64..4_000_000_000, id in "[a-z_0-9]{1,40}") {
            let secrets = [other()];
            let signature = sign(&secrets, &id, sent_at, &body).unwrap();
            let timestamp = sent_at.to_string();
            let headers = Headers { id: &id, timestamp: &timestamp, signature: &signature };
            prop_assert_eq!(verify(&secrets, headers, &body, sent_at, 0), Ok(()));
            if changed != body {
                prop_assert_eq!(verify(&secrets, headers, &changed, sent_at, 0), Err(WebhookError::WrongSignature));
            }
        }

        #[test]
        fn no_header_makes_it_panic(id: String, timestamp: String, signature: String, now: i64) {
            let headers = Headers { id: &id, timestamp: &timestamp, signature: &signature };
            let found = verify(&[other()], headers, b"body", now, u32::MAX);
            prop_assert!(found.is_err());
        }
    }
}
