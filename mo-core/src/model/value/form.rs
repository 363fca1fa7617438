//! Reading numbers of a fixed length, for the value types that are such numbers. No value type of its own.

/// The digit values of a text of exactly `N` ASCII digits; `None` for any other text, other scripts' digits included.
pub(super) fn ascii_digits<const N: usize>(text: &str) -> Option<[u8; N]> {
    let bytes: [u8; N] = text.as_bytes().try_into().ok()?;
    bytes.iter().all(u8::is_ascii_digit).then(|| bytes.map(|c| c - b'0'))
}

/// The number these digit values write.
pub(super) fn number(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |sum, d| sum * 10 + u64::from(*d))
}
