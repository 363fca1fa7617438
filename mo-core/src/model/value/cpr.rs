//! [`Cpr`]: the Danish personal identification number, masked wherever it could be seen by accident. Says what the
//! number itself says; whether the person exists is asked of Serviceplatformen.

use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

use super::form::{ascii_digits, number};
use crate::quote::MASK;
use crate::serde_text::deserialize_text;
use crate::time::Day;

/// A CPR number: ten digits `DDMMYYSSSS`, where the seventh digit tells the century.
///
/// `Display` and `Debug` print `**********`; only [`reveal`](Cpr::reveal) and serde show the digits (journal and exports
/// hold it in clear). The tenth digit is no statement about gender, and the birth date of the CPR register wins over
/// [`birth_date`](Cpr::birth_date). Eight bytes, also as `Option<Cpr>`.
///
/// Rules: CPR-kontoret, *Personnummeret i CPR-systemet*; replacement numbers after its recommendation on
/// erstatningspersonnumre.
///
/// ```
/// use mo_core::model::value::{Cpr, CprForm};
///
/// let cpr: Cpr = "010150-5000".parse()?;
/// assert_eq!(cpr.to_string(), "**********");
/// assert_eq!(cpr.reveal(), "0101505000");
/// assert_eq!(cpr.birth_date().to_string(), "2050-01-01");
/// assert_eq!(cpr.form(), CprForm::Ordinary);
/// assert!("310250-5000".parse::<Cpr>().is_err());
/// # Ok::<(), mo_core::model::value::CprError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[doc(alias = "personnummer")]
#[doc(alias = "CPR-nummer")]
pub struct Cpr(NonZeroU64);

/// What kind of number a [`Cpr`] is.
///
/// ```
/// use mo_core::model::value::{Cpr, CprForm};
/// let replacement: Cpr = "6101010001".parse()?; // 1 January, 60 added to the day
/// assert_eq!(replacement.form(), CprForm::Replacement);
/// # Ok::<(), mo_core::model::value::CprError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[doc(alias = "erstatningspersonnummer")]
pub enum CprForm {
    /// As assigned by the CPR register. Administrative numbers look like these.
    Ordinary,
    /// Made by a local system for a person without a number, with 60 added to the day (61–91). The CPR register does not
    /// know it, so it is never looked up, and it must be marked where it is shown.
    Replacement,
}

/// Why a text is not a [`Cpr`]. Holds nothing of the text.
///
/// ```
/// use mo_core::model::value::{Cpr, CprError};
/// assert_eq!("010101-000".parse::<Cpr>(), Err(CprError::Form));
/// assert_eq!("3102010001".parse::<Cpr>(), Err(CprError::NoSuchDay)); // 31 February
/// assert_eq!("0000000000".parse::<Cpr>(), Err(CprError::Placeholder));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CprError {
    /// Not ten ASCII digits with at most one hyphen or space after the sixth.
    #[error("this is not a CPR number: write ten digits, DDMMYYSSSS or DDMMYY-SSSS")]
    Form,
    /// The birth date that the number tells is not in the calendar.
    #[error(
        "this is not a CPR number: its date is not in the calendar; check the first six digits and the seventh, which tells the century (a replacement number has 60 added to the day)"
    )]
    NoSuchDay,
    /// `0000000000`, a placeholder of some systems.
    #[error("0000000000 stands for no CPR number: leave the field empty instead")]
    Placeholder,
}

impl Cpr {
    /// The ten digits in clear. Never put them in a log, an error or a URL.
    pub fn reveal(self) -> String {
        format!("{:010}", self.0)
    }

    /// Whether the number is ordinary or a local replacement.
    pub fn form(self) -> CprForm {
        if Parts::of(self.0.get()).day > 60 { CprForm::Replacement } else { CprForm::Ordinary }
    }

    /// The birth date the number tells, which may lie in the future. It exists in the calendar.
    pub fn birth_date(self) -> Day {
        // Parsing has found this day in the calendar already.
        Parts::of(self.0.get()).birth_date().unwrap_or(Day::MIN)
    }

    /// Whether the number satisfies modulus 11. Information only: numbers assigned since 1 October 2007, and all
    /// replacement numbers, may fail it and are as valid as the rest.
    #[doc(alias = "modulus 11-kontrol")]
    pub fn modulus_11(self) -> bool {
        let mut rest = self.0.get();
        let mut sum = 0;
        for weight in [1, 2, 3, 4, 5, 6, 7, 2, 3, 4] {
            sum += rest % 10 * weight;
            rest /= 10;
        }
        sum % 11 == 0
    }

    /// Whether it is worth asking the user "is this typed right?": an ordinary number that fails modulus 11 though its
    /// birth date is none of those known to have such numbers (1 January of the years CPR-kontoret listed on 10 May 2023,
    /// by its own words not exhaustive). A hint, never a reason to refuse.
    pub fn typing_hint(self) -> bool {
        let (year, month, day) = self.birth_date().ymd();
        let listed = (month, day) == (1, 1)
            && matches!(
                year,
                1960 | 1962 | 1964..=1967 | 1969 | 1970 | 1974 | 1975 | 1978 | 1980..=1992 | 1994 | 1995
            );
        self.form() == CprForm::Ordinary && !self.modulus_11() && !listed
    }
}

/// What the digits of a number say, before it is known whether they say something possible.
struct Parts {
    day: u32,
    month: u32,
    year_of_century: u32,
    seventh: u32,
}

impl Parts {
    fn of(number: u64) -> Parts {
        let part = |divisor: u64, modulus: u64| u32::try_from(number / divisor % modulus).unwrap_or_default();
        Parts {
            day: part(100_000_000, 100),
            month: part(1_000_000, 100),
            year_of_century: part(10_000, 100),
            seventh: part(1_000, 10),
        }
    }

    fn birth_date(&self) -> Result<Day, CprError> {
        let century = match (self.seventh, self.year_of_century) {
            (4 | 9, 0..=36) | (5..=8, 0..=57) => 2000,
            (5..=8, _) => 1800,
            _ => 1900,
        };
        let day = if self.day > 60 { self.day - 60 } else { self.day };
        let year = (century + self.year_of_century).cast_signed();
        Day::from_ymd(year, self.month, day).map_err(|_| CprError::NoSuchDay)
    }
}

impl FromStr for Cpr {
    type Err = CprError;

    /// Reads `DDMMYYSSSS`, `DDMMYY-SSSS` or `DDMMYY SSSS`, ASCII digits only, nothing before or after.
    ///
    /// # Errors
    /// [`CprError`], which holds nothing of the text.
    fn from_str(text: &str) -> Result<Cpr, CprError> {
        let joined;
        let ten = match text.split_once(['-', ' ']) {
            Some((date, serial)) if date.len() == 6 => {
                joined = format!("{date}{serial}");
                &joined
            }
            Some(_) => return Err(CprError::Form),
            None => text,
        };
        let digits = ascii_digits::<10>(ten).ok_or(CprError::Form)?;
        let number = NonZeroU64::new(number(&digits)).ok_or(CprError::Placeholder)?;
        Parts::of(number.get()).birth_date()?;
        Ok(Cpr(number))
    }
}

impl fmt::Display for Cpr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl fmt::Debug for Cpr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl Serialize for Cpr {
    /// The ten digits, in clear.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.reveal())
    }
}

impl<'de> Deserialize<'de> for Cpr {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Cpr, D::Error> {
        deserialize_text(deserializer, "a CPR number")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The century rule as the table of CPR-kontoret prints it: seventh digit from–to, year from–to, first two digits of
    /// the year of birth.
    const CENTURIES: [(u32, u32, u32, u32, i32); 7] = [
        (0, 3, 0, 99, 19),
        (4, 4, 0, 36, 20),
        (4, 4, 37, 99, 19),
        (5, 8, 0, 57, 20),
        (5, 8, 58, 99, 18),
        (9, 9, 0, 36, 20),
        (9, 9, 37, 99, 19),
    ];

    fn cpr(text: &str) -> Cpr {
        text.parse().unwrap()
    }

    #[test]
    fn the_century_follows_the_printed_table_for_all_thousand_combinations() {
        for seventh in 0..=9 {
            for yy in 0..=99 {
                let rows: Vec<_> = CENTURIES
                    .iter()
                    .filter(|(s1, s2, y1, y2, _)| (*s1..=*s2).contains(&seventh) && (*y1..=*y2).contains(&yy))
                    .collect();
                let [(.., century)] = rows[..] else { panic!("{seventh} {yy}: {rows:?}") };
                let expected = Day::from_ymd(century * 100 + yy.cast_signed(), 7, 15).unwrap();
                assert_eq!(cpr(&format!("1507{yy:02}{seventh}123")).birth_date(), expected);
                assert_eq!(cpr(&format!("7507{yy:02}{seventh}123")).birth_date(), expected);
            }
        }
    }

    #[test]
    fn every_date_of_every_century_exists_or_is_refused() {
        for yy in 0..=99 {
            for seventh in [0, 4, 5, 9] {
                for month in 0..=13 {
                    for day in 0..=99 {
                        let read = format!("{day:02}{month:02}{yy:02}{seventh}001").parse::<Cpr>();
                        let day = if day > 60 { day - 60 } else { day };
                        let year = match seventh {
                            0 => 1900,
                            5 if yy > 57 => 1800,
                            5 => 2000,
                            _ if yy > 36 => 1900,
                            _ => 2000,
                        } + yy;
                        let exists = chrono::NaiveDate::from_ymd_opt(year, month, day).is_some();
                        assert_eq!(read.is_ok(), exists, "{day} {month} {yy} {seventh}");
                    }
                }
            }
        }
    }

    #[test]
    fn all_ways_to_write_a_number_give_the_same_ten_digits() {
        for text in ["0101505000", "010150-5000", "010150 5000"] {
            assert_eq!(cpr(text).reveal(), "0101505000");
        }
        assert!(cpr("0101505000") < cpr("0101505001"));
    }

    #[test]
    fn anything_else_is_refused_without_being_repeated() {
        for (text, error) in [
            ("", CprError::Form),
            ("010150500", CprError::Form),
            ("01015050000", CprError::Form),
            ("010150--5000", CprError::Form),
            ("010150 -5000", CprError::Form),
            ("0101-505000", CprError::Form),
            ("-0101505000", CprError::Form),
            (" 0101505000", CprError::Form),
            ("0101505000 ", CprError::Form),
            ("0101505000\n", CprError::Form),
            ("010150\u{a0}5000", CprError::Form),
            ("010150_500", CprError::Form),
            ("+101505000", CprError::Form),
            ("010150A000", CprError::Form),
            ("٠١٠١٥٠٥٠٠٠", CprError::Form),
            ("0000000000", CprError::Placeholder),
            ("000000-0000", CprError::Placeholder),
            ("0001505000", CprError::NoSuchDay),
            ("3201505000", CprError::NoSuchDay),
            ("6001505000", CprError::NoSuchDay),
            ("9201505000", CprError::NoSuchDay),
            ("0113505000", CprError::NoSuchDay),
            ("2902000000", CprError::NoSuchDay),
        ] {
            assert_eq!(text.parse::<Cpr>(), Err(error), "{text:?}");
            let json = serde_json::to_string(text).unwrap();
            let message = serde_json::from_str::<Cpr>(&json).unwrap_err().to_string();
            assert!(text.len() < 9 || error == CprError::Placeholder || !message.contains(text), "{message}");
        }
        assert_eq!(cpr("2902004000").birth_date().to_string(), "2000-02-29");
    }

    #[test]
    fn replacement_numbers_have_60_added_to_the_day() {
        for (text, form) in [
            ("0101505000", CprForm::Ordinary),
            ("3112505000", CprForm::Ordinary),
            ("6101505000", CprForm::Replacement),
            ("9112505000", CprForm::Replacement),
        ] {
            assert_eq!(cpr(text).form(), form);
        }
        assert_eq!(cpr("9112505000").birth_date(), cpr("3112505000").birth_date());
    }

    #[test]
    fn modulus_11_is_the_weighted_sum_and_never_refuses() {
        let mut satisfied = 0;
        for serial in 5000..6000 {
            let text = format!("010150{serial}");
            let sum: u32 = text
                .chars()
                .zip([4, 3, 2, 7, 6, 5, 4, 3, 2, 1])
                .map(|(digit, weight)| digit.to_digit(10).unwrap() * weight)
                .sum();
            assert_eq!(cpr(&text).modulus_11(), sum.is_multiple_of(11), "{text}");
            satisfied += u32::from(cpr(&text).modulus_11());
        }
        assert!((90..=92).contains(&satisfied), "{satisfied}");
    }

    #[test]
    fn the_hint_spares_listed_first_of_january_dates_and_replacement_numbers() {
        // A serial that fails modulus 11, found for each date.
        let failing = |date: &str| {
            (0..10).map(|n| cpr(&format!("{date}000{n}"))).find(|cpr| !cpr.modulus_11()).unwrap()
        };
        let listed = [
            60, 62, 64, 65, 66, 67, 69, 70, 74, 75, 78, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92,
            94, 95,
        ];
        for yy in 0..=99 {
            assert_eq!(failing(&format!("0101{yy:02}")).typing_hint(), !listed.contains(&yy), "{yy}");
            assert!(failing(&format!("0201{yy:02}")).typing_hint());
            assert!(!failing(&format!("6201{yy:02}")).typing_hint());
        }
        let satisfying = (0..99).map(|n| cpr(&format!("02015050{n:02}"))).find(|cpr| cpr.modulus_11());
        assert!(!satisfying.unwrap().typing_hint());
    }

    #[test]
    fn the_number_is_masked_in_print_and_clear_in_data() {
        let cpr = cpr("0101505000");
        assert_eq!(
            format!("{cpr} {cpr:?} {cpr:#?} {:?}", Some(cpr)),
            "********** ********** ********** Some(**********)"
        );
        assert_eq!(serde_json::to_string(&cpr).unwrap(), "\"0101505000\"");
        assert_eq!(serde_json::from_str::<Cpr>("\"010150-5000\"").unwrap(), cpr);
    }

    #[test]
    fn a_number_without_quotation_marks_is_refused_without_being_repeated() {
        for json in ["1012505000", "-1012505000", "1012505000.0", "10125050001012505000", "101250500e1"] {
            let message = serde_json::from_str::<Cpr>(json).unwrap_err().to_string();
            assert!(!message.contains("101250"), "{message}");
            assert!(message.contains("quotation marks"), "{message}");
        }
    }

    #[test]
    fn it_takes_eight_bytes() {
        assert_eq!((size_of::<Cpr>(), size_of::<Option<Cpr>>()), (8, 8));
    }
}
