//! [`ImportedEnd`]: one end of a foreign period, and the forms of text it is read from. Where it falls among mo's days is
//! decided by the reader, which knows the zone.

use std::str::FromStr;

use thiserror::Error;

use super::{MICROS_PER_SECOND, SECONDS_PER_DAY};
use crate::quote::quote;
use crate::time::day::{days_from_civil, days_in_month};
use crate::time::{Day, Instant};

/// One end of a period as another system gives it: a date, an instant, or open.
///
/// Read from text with [`str::parse`], or made from a [`Day`], an [`Instant`], an `Option` of them (`None` is open) and,
/// with feature `chrono`, from chrono's `NaiveDate` and `DateTime`. Read are
///
/// * `2025-01-01`;
/// * `2025-01-01T23:30Z`, `2025-01-01T00:00:00+01:00`, `2025-01-01 00:00:00.123+01`: seconds, fraction and the minutes of
///   the offset may be left out, `T` may be a space. `24:00` is the midnight that follows;
/// * `2025-01-01T00:00:00` without an offset: what the clocks show in the reader's zone;
/// * `infinity`, `-infinity`, and the empty text for an open end;
/// * years of four to six digits with or without a sign, so that what lies outside mo's days is understood as open.
///
/// ```
/// use mo_core::time::ImportedEnd;
///
/// assert!("2025-01-01T23:30Z".parse::<ImportedEnd>().is_ok());
/// assert!("9999-12-31".parse::<ImportedEnd>().is_ok());
/// assert!("2025-02-30".parse::<ImportedEnd>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportedEnd(pub(super) End);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Open,
    Infinity,
    MinusInfinity,
    /// Days since the epoch, perhaps no [`Day`].
    Date(i64),
    /// What the clocks show, as seconds since they showed the epoch.
    Local(i64),
    /// Seconds since the epoch, perhaps no [`Instant`].
    Utc(i64),
}

/// Why a text is not an [`ImportedEnd`].
///
/// ```
/// use mo_core::time::{ImportedEnd, ImportedEndError};
/// assert!(matches!("01/02/2025".parse::<ImportedEnd>(), Err(ImportedEndError::Form(_))));
/// assert!(matches!("2025-02-30".parse::<ImportedEnd>(), Err(ImportedEndError::NoSuchDay(_))));
/// assert!(matches!("2025-02-28T25:00:00Z".parse::<ImportedEnd>(), Err(ImportedEndError::NoSuchTime(_))));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ImportedEndError {
    /// The text has none of the forms of [`ImportedEnd`].
    #[error(
        "{0:?} is neither a day nor an instant: write 2025-01-01 or 2025-01-01T00:00:00+01:00, or nothing for an open end"
    )]
    Form(String),
    /// The form is right but the calendar has no such day.
    #[error("{0:?}: the calendar has no such day; check month and day, written YYYY-MM-DD")]
    NoSuchDay(String),
    /// The form is right but no clock shows such a time, or no zone is that far from UTC.
    #[error(
        "{0:?}: there is no such time; hours go to 23 (24:00 ends a day), minutes to 59, offsets to 23:59"
    )]
    NoSuchTime(String),
}

impl ImportedEnd {
    /// An open end.
    pub const OPEN: ImportedEnd = ImportedEnd(End::Open);

    /// The civil date this many days after 1970-01-01, be it a [`Day`] or not.
    pub(in crate::time) fn from_epoch_days(days: i32) -> ImportedEnd {
        ImportedEnd(End::Date(days.into()))
    }

    /// The moment this many seconds after 1970-01-01T00:00:00Z, be it an [`Instant`] or not.
    pub(in crate::time) fn from_epoch_seconds(seconds: i64) -> ImportedEnd {
        ImportedEnd(End::Utc(seconds))
    }

    /// Whether the end was given as a date or a time.
    pub(super) fn is_written(self) -> bool {
        matches!(self.0, End::Date(_) | End::Local(_) | End::Utc(_))
    }
}

impl From<Day> for ImportedEnd {
    fn from(day: Day) -> ImportedEnd {
        ImportedEnd::from_epoch_days(day.epoch_days())
    }
}

impl From<Instant> for ImportedEnd {
    fn from(instant: Instant) -> ImportedEnd {
        ImportedEnd::from_epoch_seconds(instant.epoch_micros().div_euclid(MICROS_PER_SECOND))
    }
}

impl<T: Into<ImportedEnd>> From<Option<T>> for ImportedEnd {
    fn from(end: Option<T>) -> ImportedEnd {
        end.map_or(ImportedEnd::OPEN, Into::into)
    }
}

impl FromStr for ImportedEnd {
    type Err = ImportedEndError;

    fn from_str(text: &str) -> Result<ImportedEnd, ImportedEndError> {
        let end = match text.trim() {
            "" => Ok(End::Open),
            word if word.eq_ignore_ascii_case("infinity") => Ok(End::Infinity),
            word if word.eq_ignore_ascii_case("-infinity") => Ok(End::MinusInfinity),
            written => date_or_time(written),
        };
        end.map(ImportedEnd).map_err(|flaw| match flaw {
            Flaw::Form => ImportedEndError::Form(quote(text)),
            Flaw::Day => ImportedEndError::NoSuchDay(quote(text)),
            Flaw::Time => ImportedEndError::NoSuchTime(quote(text)),
        })
    }
}

/// What is wrong with a text, before it is quoted.
enum Flaw {
    Form,
    Day,
    Time,
}

fn date_or_time(text: &str) -> Result<End, Flaw> {
    let Some((date, time)) = text.split_once(['T', 't', ' ']) else {
        return date(text).map(End::Date);
    };
    let midnight = self::date(date)? * SECONDS_PER_DAY;
    let (clock, offset) = match time.find(['Z', 'z', '+', '-']) {
        Some(at) => time.split_at(at),
        None => (time, ""),
    };
    let local = midnight + time_of_day(clock.trim_end())?;
    Ok(match offset {
        "" => End::Local(local),
        "Z" | "z" => End::Utc(local),
        offset => End::Utc(local - offset_seconds(offset)?),
    })
}

/// Days since the epoch of `YYYY-MM-DD`; the year may have a sign and up to six digits.
fn date(text: &str) -> Result<i64, Flaw> {
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut parts = unsigned.split('-');
    let mut part = |least, most| parts.next().and_then(|part| number(part, least, most)).ok_or(Flaw::Form);
    let (year, month, day) = (part(4, 6)?, part(2, 2)?, part(2, 2)?);
    if parts.next().is_some() {
        return Err(Flaw::Form);
    }
    let year = sign * year.cast_signed();
    if !(1..=12).contains(&month) || !(1..=days_in_month(year, month)).contains(&day) {
        return Err(Flaw::Day);
    }
    Ok(days_from_civil(year, month, day).into())
}

/// Seconds since midnight of `hh:mm`, `hh:mm:ss` or `hh:mm:ss.f…`; the fraction is checked and dropped.
fn time_of_day(text: &str) -> Result<i64, Flaw> {
    let mut parts = text.splitn(3, ':');
    let two = |text: Option<&str>| text.and_then(|text| number(text, 2, 2)).ok_or(Flaw::Form);
    let (hour, minute) = (two(parts.next())?, two(parts.next())?);
    let (second, fraction) = match parts.next() {
        None => (0, "0"),
        Some(second) => {
            let (second, fraction) = second.split_once(['.', ',']).unwrap_or((second, "0"));
            (two(Some(second))?, fraction)
        }
    };
    if fraction.is_empty() || !fraction.bytes().all(|c| c.is_ascii_digit()) {
        return Err(Flaw::Form);
    }
    // A leap second is written :60.
    let on_the_clock = hour <= 23 && minute <= 59 && second <= 60;
    let end_of_day = (hour, minute, second) == (24, 0, 0) && fraction.bytes().all(|c| c == b'0');
    if !on_the_clock && !end_of_day {
        return Err(Flaw::Time);
    }
    Ok(i64::from(hour * 3600 + minute * 60 + second))
}

/// Seconds east of UTC of `+hh`, `+hhmm`, `+hh:mm` or `+hh:mm:ss`. PostgreSQL prints the last for local mean time.
fn offset_seconds(text: &str) -> Result<i64, Flaw> {
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').ok_or(Flaw::Form)?),
    };
    let two = |text: Option<&str>| text.map_or(Some(0), |text| number(text, 2, 2)).ok_or(Flaw::Form);
    let (hour, minute, second) = match (unsigned.contains(':'), unsigned.split_at_checked(2)) {
        (false, Some((hour, ""))) => (two(Some(hour))?, 0, 0),
        (false, Some((hour, minute))) => (two(Some(hour))?, two(Some(minute))?, 0),
        _ => {
            let mut parts = unsigned.splitn(3, ':');
            (two(parts.next())?, two(parts.next())?, two(parts.next())?)
        }
    };
    if hour > 23 || minute > 59 || second > 59 {
        return Err(Flaw::Time);
    }
    Ok(sign * i64::from(hour * 3600 + minute * 60 + second))
}

/// The number written by `least` to `most` ASCII digits (nine at most) and nothing else.
fn number(text: &str, least: usize, most: usize) -> Option<u32> {
    let fits = (least..=most).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_digit());
    if fits { text.parse().ok() } else { None }
}
