//! [`Cvr`]: the number of a legal unit in the Central Business Register. Its production units have a
//! [`PNumber`](super::PNumber).

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use thiserror::Error;

use super::form::{ascii_digits, number};
use crate::quote::quote;
use crate::serde_text::serde_as_text;

/// A CVR number: eight digits, the first not 0, that satisfy modulus 11 (weights 2 7 6 5 4 3 2 1). SE numbers have the
/// same form and check. Four bytes, also as `Option<Cvr>`.
///
/// ```
/// use mo_core::model::value::Cvr;
///
/// let cvr: Cvr = "29189846".parse()?;
/// assert_eq!(cvr.to_string(), "29189846");
/// assert!("12345678".parse::<Cvr>().is_err());
/// # Ok::<(), mo_core::model::value::CvrError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[doc(alias = "CVR-nummer")]
#[doc(alias = "SE-nummer")]
pub struct Cvr(NonZeroU32);

/// Why a text is not a [`Cvr`].
///
/// ```
/// use mo_core::model::value::{Cvr, CvrError};
/// assert!(matches!("DK99999993".parse::<Cvr>(), Err(CvrError::Form(_))));
/// assert!(matches!("99999994".parse::<Cvr>(), Err(CvrError::Check(_))));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CvrError {
    /// Not eight ASCII digits of which the first is not 0.
    #[error("{0:?} is not a CVR number: write eight digits, the first not 0, without spaces or DK")]
    Form(String),
    /// Eight digits that fail modulus 11, so at least one of them is wrong.
    #[error(
        "{0} is not a CVR number: its last digit does not fit the others (modulus 11); look for a typing error"
    )]
    Check(String),
}

impl FromStr for Cvr {
    type Err = CvrError;

    /// Reads eight ASCII digits, nothing before, between or after.
    fn from_str(text: &str) -> Result<Cvr, CvrError> {
        let form = || CvrError::Form(quote(text));
        let digits = ascii_digits::<8>(text).ok_or_else(form)?;
        let number = u32::try_from(number(&digits))
            .ok()
            .and_then(NonZeroU32::new)
            .filter(|number| number.get() >= 10_000_000)
            .ok_or_else(form)?;
        let weights = [2, 7, 6, 5, 4, 3, 2, 1];
        let sum: u32 = digits.into_iter().zip(weights).map(|(digit, weight)| u32::from(digit) * weight).sum();
        if sum.is_multiple_of(11) { Ok(Cvr(number)) } else { Err(CvrError::Check(number.to_string())) }
    }
}

impl fmt::Display for Cvr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Cvr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

serde_as_text!(Cvr, "a CVR number");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_satisfy_modulus_11_are_read_and_printed_unchanged() {
        for text in ["29189846", "55133018", "29189668", "19435075", "13392714"] {
            let cvr: Cvr = text.parse().unwrap();
            assert_eq!(cvr.to_string(), text);
            assert_eq!(serde_json::from_value::<Cvr>(text.into()).unwrap(), cvr);
            assert_eq!(serde_json::to_value(cvr).unwrap(), text);
        }
    }

    #[test]
    fn numbers_that_fail_modulus_11_are_refused_as_typing_errors() {
        for text in ["12345678", "88888888", "29189847", "29189864"] {
            assert_eq!(text.parse::<Cvr>(), Err(CvrError::Check(text.into())));
        }
    }

    #[test]
    fn anything_but_eight_ascii_digits_is_refused_for_its_form() {
        for text in
            ["", "2918984", "291898460", "09189846", "DK29189846", "29 18 98 46", "٢٩١٨٩٨٤٦", "29189846\n"]
        {
            assert!(matches!(text.parse::<Cvr>(), Err(CvrError::Form(_))), "{text:?}");
        }
    }

    #[test]
    fn a_cpr_number_in_the_wrong_field_is_not_repeated() {
        let error = "0101505000".parse::<Cvr>().unwrap_err().to_string();
        assert!(!error.contains("0101505000"), "{error}");
        let error = serde_json::from_str::<Cvr>("101505000").unwrap_err().to_string();
        assert!(!error.contains("101505000"), "{error}");
    }
}
