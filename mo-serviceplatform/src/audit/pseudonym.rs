//! [`PseudonymKey`] and [`Pseudonym`]: what stands for a CPR number where the number may not. A plain hash would not do:
//! there are so few possible numbers that all can be tried; without the key they cannot.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use mo_core::model::value::Cpr;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::Sha256;
use thiserror::Error;
use uuid::Uuid;
use zeroize::Zeroizing;

/// The deployment's secret from which pseudonyms and cache keys are made. Wiped from memory when dropped, and never
/// shown.
///
/// Keep it: with another key, earlier records about a person are not found any more.
///
/// ```
/// use mo_serviceplatform::audit::PseudonymKey;
///
/// let key = PseudonymKey::new(*b"sixteen bytes or more")?;
/// let number = "0101505000".parse()?;
/// assert_eq!(key.pseudonym(number), key.pseudonym(number));
/// assert_eq!(format!("{key:?}"), "PseudonymKey(…)");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct PseudonymKey(Arc<Zeroizing<Vec<u8>>>);

/// A key that could be guessed.
///
/// ```
/// use mo_serviceplatform::audit::{KeyTooShort, PseudonymKey};
///
/// assert_eq!(PseudonymKey::new(*b"short").err(), Some(KeyTooShort(5)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a pseudonym key has 16 bytes or more, random ones; this has {0}")]
pub struct KeyTooShort(pub usize);

impl PseudonymKey {
    /// A key of these bytes, which should be random.
    ///
    /// # Errors
    /// [`KeyTooShort`] below 16 bytes.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Result<PseudonymKey, KeyTooShort> {
        let bytes = Zeroizing::new(bytes.into());
        if bytes.len() < 16 {
            return Err(KeyTooShort(bytes.len()));
        }
        Ok(PseudonymKey(Arc::new(bytes)))
    }

    /// What stands for this number.
    pub fn pseudonym(&self, number: Cpr) -> Pseudonym {
        Pseudonym(self.hash("cpr", number.reveal().as_bytes()))
    }

    /// HMAC-SHA-256 of `data`, apart from that of other purposes.
    pub(crate) fn hash(&self, purpose: &str, data: &[u8]) -> [u8; 32] {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else {
            // HMAC takes keys of any length.
            return [0; 32];
        };
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(data);
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for PseudonymKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PseudonymKey(…)")
    }
}

/// What stands for a CPR number in audit records: HMAC-SHA-256 under a [`PseudonymKey`]. Shown as 64 hexadecimal
/// digits.
///
/// ```
/// use mo_serviceplatform::audit::{Pseudonym, PseudonymKey};
///
/// let pseudonym = PseudonymKey::new(*b"sixteen bytes or more")?.pseudonym("0101505000".parse()?);
/// assert_eq!(pseudonym.to_string().parse::<Pseudonym>()?, pseudonym);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pseudonym([u8; 32]);

/// A text that is no [`Pseudonym`].
///
/// ```
/// use mo_serviceplatform::audit::{Pseudonym, PseudonymError};
///
/// assert_eq!("0101505000".parse::<Pseudonym>(), Err(PseudonymError));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a pseudonym is written as 64 hexadecimal digits")]
pub struct PseudonymError;

impl Pseudonym {
    /// A UUID for the pseudonym, by which a store indexes rows about it.
    pub fn uuid(self) -> Uuid {
        let first = self.0.first_chunk::<16>().copied().unwrap_or_default();
        uuid::Builder::from_custom_bytes(first).into_uuid()
    }
}

impl fmt::Display for Pseudonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Pseudonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Pseudonym {
    type Err = PseudonymError;

    fn from_str(text: &str) -> Result<Pseudonym, PseudonymError> {
        let mut bytes = [0; 32];
        if text.len() != 64 {
            return Err(PseudonymError);
        }
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            let digits = std::str::from_utf8(pair).map_err(|_| PseudonymError)?;
            if !digits.bytes().all(|c| c.is_ascii_hexdigit()) {
                return Err(PseudonymError);
            }
            *byte = u8::from_str_radix(digits, 16).map_err(|_| PseudonymError)?;
        }
        Ok(Pseudonym(bytes))
    }
}

impl Serialize for Pseudonym {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Pseudonym {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Pseudonym, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_hmac_sha_256() {
        // RFC 4231, test case 2 has a four-byte key, so case 1: twenty bytes 0x0b. The purpose and its end mark precede
        // the data, so the oracle is the construction of RFC 2104 written out.
        use sha2::Digest;
        let key = [0x0b; 20];
        let mut block = [0u8; 64];
        block[..20].copy_from_slice(&key);
        let inner = Sha256::new()
            .chain_update(block.map(|b| b ^ 0x36))
            .chain_update(b"cpr\0")
            .chain_update(b"Hi There")
            .finalize();
        let outer = Sha256::new().chain_update(block.map(|b| b ^ 0x5c)).chain_update(inner).finalize();
        assert_eq!(PseudonymKey::new(key).unwrap().hash("cpr", b"Hi There")[..], outer[..]);
    }

    #[test]
    fn another_key_number_or_purpose_is_another_pseudonym() {
        let (a, b) = (PseudonymKey::new([1; 16]).unwrap(), PseudonymKey::new([2; 16]).unwrap());
        let number: Cpr = "0101505000".parse().unwrap();
        assert_ne!(a.pseudonym(number), b.pseudonym(number));
        assert_ne!(a.pseudonym(number), a.pseudonym("0101505001".parse().unwrap()));
        assert_ne!(a.hash("cpr", b"x"), a.hash("cache", b"x"));
        let shown = a.pseudonym(number).to_string();
        assert_eq!(shown.parse(), Ok(a.pseudonym(number)));
        assert!(!shown.contains("0101505000"));
        assert_eq!("xyz".parse::<Pseudonym>(), Err(PseudonymError));
        assert!(PseudonymKey::new([1; 15]).is_err());
    }
}
