//! [`PNumber`]: the number of a production unit, a place where a legal unit works.

use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

use thiserror::Error;

use super::form::{ascii_digits, number};
use crate::quote::quote;
use crate::serde_text::serde_as_text;

/// A P-number: ten digits, 1000000000 to 9999999999, without a check digit. Eight bytes, also as `Option<PNumber>`.
///
/// ```
/// use mo_core::model::value::PNumber;
///
/// let number: PNumber = "1003123456".parse()?;
/// assert_eq!(number.to_string(), "1003123456");
/// assert!("0003123456".parse::<PNumber>().is_err());
/// # Ok::<(), mo_core::model::value::PNumberError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[doc(alias = "p-nummer")]
#[doc(alias = "produktionsenhedsnummer")]
pub struct PNumber(NonZeroU64);

/// Why a text is not a [`PNumber`].
///
/// ```
/// use mo_core::model::value::{PNumber, PNumberError};
/// assert!(matches!("12345".parse::<PNumber>(), Err(PNumberError::Form(_))));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PNumberError {
    /// Not ten ASCII digits of which the first is not 0.
    #[error("{0:?} is not a P-number: write ten digits, the first not 0")]
    Form(String),
}

impl FromStr for PNumber {
    type Err = PNumberError;

    /// Reads ten ASCII digits, nothing before, between or after.
    fn from_str(text: &str) -> Result<PNumber, PNumberError> {
        ascii_digits::<10>(text)
            .filter(|digits| digits.first() != Some(&0))
            .and_then(|digits| NonZeroU64::new(number(&digits)))
            .map(PNumber)
            .ok_or_else(|| PNumberError::Form(quote(text)))
    }
}

impl fmt::Display for PNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for PNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

serde_as_text!(PNumber, "a P-number");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_digits_from_the_first_to_the_last_number_are_read_and_printed_unchanged() {
        for text in ["1000000000", "1003123456", "9999999999"] {
            let number: PNumber = text.parse().unwrap();
            assert_eq!(number.to_string(), text);
            assert_eq!(serde_json::to_value(number).unwrap(), text);
        }
    }

    #[test]
    fn other_forms_are_refused_and_what_may_be_a_cpr_number_is_masked() {
        for (text, quoted) in [
            ("", ""),
            ("100000000", "**********"),
            ("0999999999", "**********"),
            ("10000000000", "**********"),
            ("1003-123456", "1003-123456"),
            ("１００３１２３４５６", "**********"),
            ("P100312345", "P**********"),
        ] {
            assert_eq!(text.parse::<PNumber>(), Err(PNumberError::Form(quoted.into())));
        }
    }
}
