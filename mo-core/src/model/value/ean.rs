//! [`Ean`]: the location number that electronic invoices are sent to.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::form::{ascii_digits, number};
use crate::quote::quote;
use crate::serde_text::deserialize_text;

/// An EAN location number (GLN): thirteen digits, of which the last is a check digit (GS1 General Specifications §7.9).
///
/// [`str::parse`] demands the check digit. [`lenient`](Ean::lenient), and reading through serde, demand only thirteen
/// digits, because registries of today hold numbers that were never checked; [`check_digit_fits`](Ean::check_digit_fits)
/// tells which. Eight bytes.
///
/// ```
/// use mo_core::model::value::Ean;
///
/// let ean: Ean = "5798000420526".parse()?;
/// assert_eq!(ean.to_string(), "5798000420526");
/// assert!("5798000000000".parse::<Ean>().is_err());
/// assert!(!Ean::lenient("5798000000000")?.check_digit_fits());
/// # Ok::<(), mo_core::model::value::EanError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[doc(alias = "EAN-lokationsnummer")]
#[doc(alias = "EAN-nummer")]
#[doc(alias = "GLN")]
pub struct Ean(u64);

/// Why a text is not an [`Ean`].
///
/// ```
/// use mo_core::model::value::{Ean, EanError};
/// assert!(matches!("5790".parse::<Ean>(), Err(EanError::Form(_))));
/// assert_eq!("5790000000000".parse::<Ean>(), Err(EanError::Check { expected: 5 }));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EanError {
    /// Not thirteen ASCII digits.
    #[error("{0:?} is not an EAN location number: write thirteen digits without spaces")]
    Form(String),
    /// The last digit is not the check digit of the twelve before it.
    #[error(
        "the thirteen digits are not an EAN location number: the last would be {expected}; look for a typing error"
    )]
    Check {
        /// The check digit that the first twelve digits demand.
        expected: u8,
    },
}

impl Ean {
    /// Reads thirteen ASCII digits, whether or not the check digit fits.
    ///
    /// # Errors
    /// [`EanError::Form`].
    pub fn lenient(text: &str) -> Result<Ean, EanError> {
        ascii_digits::<13>(text).map(|digits| Ean(number(&digits))).ok_or_else(|| EanError::Form(quote(text)))
    }

    /// Whether the last digit is the check digit of the twelve before it.
    pub fn check_digit_fits(self) -> bool {
        self.0 % 10 == u64::from(self.expected_check_digit())
    }

    /// The digit that brings the sum, weighted 3 and 1 in turn from the last of the twelve, to a multiple of ten.
    fn expected_check_digit(self) -> u8 {
        let mut rest = self.0 / 10;
        let mut sum = 0;
        for weight in [3, 1].into_iter().cycle().take(12) {
            sum += rest % 10 * weight;
            rest /= 10;
        }
        u8::try_from((10 - sum % 10) % 10).unwrap_or_default()
    }
}

impl FromStr for Ean {
    type Err = EanError;

    /// Reads thirteen ASCII digits, nothing before, between or after, and demands the check digit.
    fn from_str(text: &str) -> Result<Ean, EanError> {
        let ean = Ean::lenient(text)?;
        if ean.check_digit_fits() {
            Ok(ean)
        } else {
            Err(EanError::Check { expected: ean.expected_check_digit() })
        }
    }
}

impl fmt::Display for Ean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:013}", self.0)
    }
}

impl fmt::Debug for Ean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl serde::Serialize for Ean {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Ean {
    /// Demands thirteen digits, not the check digit: what was stored must be readable.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Ean, D::Error> {
        deserialize_text::<D, Stored>(deserializer, "an EAN location number").map(|stored| stored.0)
    }
}

/// An [`Ean`] read leniently.
struct Stored(Ean);

impl FromStr for Stored {
    type Err = EanError;

    fn from_str(text: &str) -> Result<Stored, EanError> {
        Ean::lenient(text).map(Stored)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_their_check_digit_are_read_and_printed_unchanged() {
        for text in ["5798000420526", "5790000000012", "5798009811578", "5798000416604", "0000000000000"] {
            assert_eq!(text.parse::<Ean>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn exactly_one_last_digit_fits_and_the_error_names_it() {
        let fits: Vec<String> = (0..10)
            .map(|last| format!("579800042052{last}"))
            .filter(|text| match text.parse::<Ean>() {
                Ok(_) => true,
                Err(error) if error == (EanError::Check { expected: 6 }) => {
                    // The digits may be anybody's CPR number and three more.
                    assert!(!error.to_string().contains("579800042052"), "{error}");
                    false
                }
                Err(other) => panic!("{other}"),
            })
            .collect();
        assert_eq!(fits, ["5798000420526"]);
    }

    #[test]
    fn a_stored_number_with_a_wrong_check_digit_is_read_leniently() {
        let ean: Ean = serde_json::from_str("\"5798000000000\"").unwrap();
        assert!(!ean.check_digit_fits());
        assert_eq!(serde_json::to_string(&ean).unwrap(), "\"5798000000000\"");
    }

    #[test]
    fn anything_but_thirteen_ascii_digits_is_refused() {
        for text in
            ["", "579800042052", "57980004205260", "5798 000420526", "5798000420526\n", "579800042052x"]
        {
            assert!(matches!(text.parse::<Ean>(), Err(EanError::Form(_))), "{text:?}");
            assert!(matches!(Ean::lenient(text), Err(EanError::Form(_))), "{text:?}");
        }
    }
}
