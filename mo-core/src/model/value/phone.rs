//! [`Phone`]: a telephone number, kept as written and compared as dialled.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::Text;
use crate::quote::quote;
use crate::serde_text::serde_as_text;

/// A telephone number, kept as written.
///
/// [`str::parse`] takes what registries hold today: an optional `+` and at most 20 digits with spaces, hyphens, full
/// stops, slashes and parentheses between. [`Phone::international`] demands the form of ITU-T E.164. Equality is as
/// written, so that a change of spacing is a change; [`same_number`](Phone::same_number) compares what is dialled.
///
/// ```
/// use mo_core::model::value::Phone;
///
/// let phone: Phone = "38 12 34 56".parse()?;
/// assert_eq!(phone.to_string(), "38 12 34 56");
/// assert_eq!(phone.normalised(), "+4538123456");
/// assert!(phone.same_number(&"0045 38-12-34-56".parse()?));
/// assert!(Phone::international("38 12 34 56").is_err());
/// # Ok::<(), mo_core::model::value::PhoneError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[doc(alias = "telefonnummer")]
pub struct Phone(Text);

/// Why a text is not a [`Phone`].
///
/// ```
/// use mo_core::model::value::{Phone, PhoneError};
/// assert!(matches!("local 12".parse::<Phone>(), Err(PhoneError::Form(_))));
/// assert_eq!("+".parse::<Phone>(), Err(PhoneError::Digits(0)));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PhoneError {
    /// Something else than digits, separators and a leading `+`.
    #[error(
        "{0:?} is not a telephone number: write digits, with a + first where the country code is meant; spaces, hyphens, full stops, slashes and parentheses may stand between"
    )]
    Form(String),
    /// No digit, or more than 20.
    #[error("a telephone number has 1 to 20 digits, this has {0}")]
    Digits(usize),
    /// Not the international form that was asked for.
    #[error(
        "{0:?} is not in international form: write + and the country code, 15 digits at most, such as +4538123456"
    )]
    NotInternational(String),
}

impl Phone {
    /// Reads the international form of ITU-T E.164: `+`, then a country code that does not begin with 0, at most 15 digits
    /// in all; separators as in [`str::parse`].
    ///
    /// # Errors
    /// [`PhoneError`].
    pub fn international(text: &str) -> Result<Phone, PhoneError> {
        let phone: Phone = text.parse()?;
        let dialled = phone.dialled();
        match dialled.strip_prefix('+') {
            Some(digits) if digits.len() <= 15 && !digits.starts_with('0') => Ok(phone),
            _ => Err(PhoneError::NotInternational(quote(text))),
        }
    }

    /// The number as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is dialled: no separators, `+` for a leading `00`, and `+45` before a Danish subscriber number (eight digits, the
    /// first 2–9). Short numbers such as 112 and 1813 and foreign national forms stay as they are.
    pub fn normalised(&self) -> String {
        let dialled = self.dialled();
        if let Some(rest) = dialled.strip_prefix("00") {
            format!("+{rest}")
        } else if dialled.len() == 8 && dialled.starts_with(|c: char| ('2'..='9').contains(&c)) {
            format!("+45{dialled}")
        } else {
            dialled
        }
    }

    /// Whether both dial the same number, as [`normalised`](Phone::normalised) writes it.
    pub fn same_number(&self, other: &Phone) -> bool {
        self.normalised() == other.normalised()
    }

    fn dialled(&self) -> String {
        self.0.chars().filter(|c| !is_separator(*c)).collect()
    }
}

/// U+00A0 is the space that word processors put into numbers.
fn is_separator(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '-' | '.' | '/' | '(' | ')')
}

impl FromStr for Phone {
    type Err = PhoneError;

    fn from_str(text: &str) -> Result<Phone, PhoneError> {
        let bare: String = text.chars().filter(|c| !is_separator(*c)).collect();
        let digits = bare.strip_prefix('+').unwrap_or(&bare);
        if !digits.bytes().all(|c| c.is_ascii_digit()) {
            return Err(PhoneError::Form(quote(text)));
        }
        if !(1..=20).contains(&digits.len()) {
            return Err(PhoneError::Digits(digits.len()));
        }
        Ok(Phone(Text::from(text)))
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

serde_as_text!(Phone, "a telephone number");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_kept_and_what_is_dialled_is_compared() {
        for (written, dialled) in [
            ("38123456", "+4538123456"),
            ("38 12 34 56", "+4538123456"),
            ("38-12.34/56", "+4538123456"),
            ("+45 38 12 34 56", "+4538123456"),
            ("(+45) 38123456", "+4538123456"),
            ("004538123456", "+4538123456"),
            ("38\u{a0}12\u{a0}34\u{a0}56", "+4538123456"),
            ("+46 8 123 456", "+468123456"),
            ("112", "112"),
            ("1813", "1813"),
            ("18123456", "18123456"),
            ("7", "7"),
        ] {
            let phone: Phone = written.parse().unwrap();
            assert_eq!(phone.as_str(), written);
            assert_eq!(phone.normalised(), dialled, "{written}");
            assert_eq!(serde_json::to_value(&phone).unwrap(), written);
        }
    }

    #[test]
    fn another_spacing_is_another_value_but_the_same_number() {
        let (a, b): (Phone, Phone) = ("38123456".parse().unwrap(), "38 12 34 56".parse().unwrap());
        assert_ne!(a, b);
        assert!(a.same_number(&b));
        assert!(!a.same_number(&"38123457".parse().unwrap()));
    }

    #[test]
    fn each_refusal_names_its_rule() {
        for (text, error) in [
            ("", PhoneError::Digits(0)),
            ("+", PhoneError::Digits(0)),
            ("123456789012345678901", PhoneError::Digits(21)),
            ("38+123456", PhoneError::Form("38+123456".into())),
            ("++4538123456", PhoneError::Form("++**********".into())),
            ("lokal 12", PhoneError::Form("lokal 12".into())),
            ("٣٨١٢٣٤", PhoneError::Form("٣٨١٢٣٤".into())),
            ("38123456\n", PhoneError::Form("38123456\n".into())),
        ] {
            assert_eq!(text.parse::<Phone>(), Err(error));
        }
    }

    #[test]
    fn the_international_form_has_a_country_code_and_15_digits_at_most() {
        for (text, good) in [
            ("+4538123456", true),
            ("+45 38 12 34 56", true),
            ("+123456789012345", true),
            ("+1234567890123456", false),
            ("004538123456", false),
            ("38123456", false),
            ("+0538123456", false),
        ] {
            assert_eq!(Phone::international(text).is_ok(), good, "{text}");
        }
    }
}
