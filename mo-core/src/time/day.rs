//! [`Day`]: one civil day, the unit of valid time. No time of day and no zone; zones live in `zone`.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::padded::padded;
use crate::quote::quote;
use crate::serde_text::serde_as_text;

/// A civil day between 0001-01-02 and 9998-12-31, the grain of *valid* time (virkning).
///
/// Days outside that range do not exist: what lies before is an open start and what lies after an open end of a
/// [`Period`](super::Period). Stored as days since 1970-01-01.
///
/// ```
/// use mo_core::time::Day;
///
/// let day: Day = "2024-02-29".parse()?;
/// assert_eq!(day.next().map(|d| d.to_string()), Some("2024-03-01".into()));
/// assert!("2023-02-29".parse::<Day>().is_err());
/// # Ok::<(), mo_core::time::DayError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[doc(alias = "dag")]
#[doc(alias = "virkningsdato")]
pub struct Day(i32);

/// Why a text or a date is not a [`Day`].
///
/// ```
/// use mo_core::time::{Day, DayError};
/// assert!(matches!("31-12-2025".parse::<Day>(), Err(DayError::Form(_))));
/// assert_eq!(Day::from_ymd(2025, 2, 30), Err(DayError::NoSuchDay { year: 2025, month: 2, day: 30 }));
/// assert_eq!("9999-12-31".parse::<Day>(), Err(DayError::OutOfRange)); // an open end, not a day
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DayError {
    /// The text is not of the form `YYYY-MM-DD` (ASCII digits).
    #[error("{0:?} is not a day: write it as YYYY-MM-DD, for example 2026-01-31")]
    Form(String),
    /// The form is right but the calendar has no such day.
    #[error("{year:04}-{month:02}-{day:02} is not in the calendar: correct the day, the month or the year")]
    NoSuchDay {
        /// Year as given.
        year: i32,
        /// Month as given.
        month: u32,
        /// Day of the month as given.
        day: u32,
    },
    /// Before 0001-01-02 or after 9998-12-31: such an end is open, not a day.
    #[error("a day lies between 0001-01-02 and 9998-12-31; leave the end open instead")]
    OutOfRange,
}

impl Day {
    /// 0001-01-02, the first day.
    pub const MIN: Day = Day(-719_161);
    /// 9998-12-31, the last day.
    pub const MAX: Day = Day(2_932_531);

    /// The day with this calendar date.
    ///
    /// # Errors
    /// [`DayError::NoSuchDay`] when the calendar has no such date, [`DayError::OutOfRange`] outside the range.
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Result<Day, DayError> {
        if !(1..=12).contains(&month) || day == 0 || day > days_in_month(year, month) {
            return Err(DayError::NoSuchDay { year, month, day });
        }
        if !(1..=9998).contains(&year) {
            return Err(DayError::OutOfRange);
        }
        Day::from_epoch_days(days_from_civil(year, month, day)).ok_or(DayError::OutOfRange)
    }

    /// The day `n` days after 1970-01-01 (before, when negative); `None` outside the range.
    pub fn from_epoch_days(n: i32) -> Option<Day> {
        (Day::MIN.0..=Day::MAX.0).contains(&n).then_some(Day(n))
    }

    /// Days since 1970-01-01.
    pub fn epoch_days(self) -> i32 {
        self.0
    }

    /// Year, month (1–12) and day of the month (1–31).
    pub fn ymd(self) -> (i32, u32, u32) {
        civil_from_days(self.0)
    }

    /// The day after, or `None` after the last day.
    pub fn next(self) -> Option<Day> {
        Day::from_epoch_days(self.0 + 1)
    }

    /// The day before, or `None` before the first day.
    pub fn previous(self) -> Option<Day> {
        Day::from_epoch_days(self.0 - 1)
    }

    /// This day moved by `days`, or `None` where that leaves the range.
    pub fn plus(self, days: i32) -> Option<Day> {
        self.0.checked_add(days).and_then(Day::from_epoch_days)
    }
}

pub(super) fn days_in_month(year: i32, month: u32) -> u32 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar, counting years from March so that the leap day is last.
pub(super) fn days_from_civil(year: i32, month: u32, day: u32) -> i32 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = (month.cast_signed() + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day.cast_signed() - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn civil_from_days(days: i32) -> (i32, u32, u32) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + i32::from(month <= 2);
    (year, month.cast_unsigned(), day.cast_unsigned())
}

impl FromStr for Day {
    type Err = DayError;

    /// Reads `YYYY-MM-DD`, ASCII digits only, nothing before or after.
    fn from_str(text: &str) -> Result<Day, DayError> {
        let form = || DayError::Form(quote(text));
        let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text.as_bytes() else {
            return Err(form());
        };
        let number = |digits: &[u8]| {
            digits.iter().try_fold(0u32, |sum, c| c.is_ascii_digit().then(|| sum * 10 + u32::from(c - b'0')))
        };
        let (Some(year), Some(month), Some(day)) =
            (number(&[y1, y2, y3, y4]), number(&[m1, m2]), number(&[d1, d2]))
        else {
            return Err(form());
        };
        Day::from_ymd(year.cast_signed(), month, day)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.ymd();
        padded(f, |f| write!(f, "{year:04}-{month:02}-{day:02}"))
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

serde_as_text!(Day, "a day");

#[cfg(test)]
mod tests {
    use chrono::{Datelike, NaiveDate};
    use proptest::prelude::*;

    use super::*;

    fn any_day() -> impl Strategy<Value = Day> {
        (Day::MIN.epoch_days()..=Day::MAX.epoch_days()).prop_map(|n| Day::from_epoch_days(n).unwrap())
    }

    proptest! {
        #[test]
        fn the_calendar_is_that_of_chrono(day in any_day()) {
            let date = NaiveDate::from_epoch_days(day.epoch_days()).unwrap();
            prop_assert_eq!(day.ymd(), (date.year(), date.month(), date.day()));
            prop_assert_eq!(Day::from_ymd(date.year(), date.month(), date.day()), Ok(day));
            prop_assert_eq!(day.to_string(), date.to_string());
            prop_assert_eq!(day.next(), date.succ_opt().and_then(|d| Day::from_epoch_days(d.to_epoch_days())));
            prop_assert_eq!(day.previous(), date.pred_opt().and_then(|d| Day::from_epoch_days(d.to_epoch_days())));
        }

        #[test]
        fn text_and_json_are_read_back(day in any_day()) {
            prop_assert_eq!(day.to_string().parse(), Ok(day));
            prop_assert_eq!(serde_json::from_value::<Day>(serde_json::to_value(day).unwrap()).unwrap(), day);
        }

        #[test]
        fn dates_exist_as_in_chrono(year in 1..=9998i32, month in 0..=14u32, day in 0..=33u32) {
            let date = NaiveDate::from_ymd_opt(year, month, day).map(|d| d.to_epoch_days());
            let ours = Day::from_ymd(year, month, day);
            prop_assert_eq!(ours.as_ref().ok().map(|d| d.epoch_days()), date.filter(|n| *n >= Day::MIN.epoch_days()));
            if date.is_none() {
                prop_assert_eq!(ours, Err(DayError::NoSuchDay { year, month, day }));
            }
        }

        #[test]
        fn plus_counts_days(day in any_day(), n in any::<i32>()) {
            let sum = i64::from(day.epoch_days()) + i64::from(n);
            let expected = i32::try_from(sum).ok().and_then(Day::from_epoch_days);
            prop_assert_eq!(day.plus(n), expected);
        }
    }

    #[test]
    fn every_day_of_eight_centuries_is_that_of_chrono() {
        let mut date = NaiveDate::from_ymd_opt(1600, 1, 1).unwrap();
        while date.year() < 2400 {
            let day = Day::from_ymd(date.year(), date.month(), date.day()).unwrap();
            assert_eq!(day.epoch_days(), date.to_epoch_days());
            assert_eq!(day.ymd(), (date.year(), date.month(), date.day()));
            date = date.succ_opt().unwrap();
        }
    }

    #[test]
    fn days_end_at_the_first_and_the_last_one() {
        assert_eq!((Day::MIN.previous(), Day::MAX.next()), (None, None));
        for text in ["0001-01-01", "0000-12-31", "9999-01-01", "9999-12-31"] {
            assert_eq!(text.parse::<Day>(), Err(DayError::OutOfRange), "{text}");
        }
    }

    #[test]
    fn other_forms_are_refused_and_quoted() {
        for text in
            ["", "2025-1-1", "20250101", "01-01-2025", "2025-01-01T00:00", " 2025-01-01", "２０２５-01-01"]
        {
            assert_eq!(text.parse::<Day>(), Err(DayError::Form(text.into())), "{text}");
        }
        assert_eq!("0101505000".parse::<Day>(), Err(DayError::Form("**********".into())));
    }
}
