//! The lexical forms of XML Schema's simple types that the services use, read into this crate's types. Not the rules
//! of any one service.

use mo_core::time::Day;

use crate::zone::copenhagen_offset;

/// `xsd:boolean`: `true`, `false`, `1`, `0`, with white space around.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    match text.trim() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// `xsd:integer` as far as it fits: an optional sign, then digits, with white space around. Leading zeros do not count.
pub(crate) fn integer(text: &str) -> Option<i64> {
    let text = text.trim();
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|c| c.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// A text that is no date of XML Schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotADate;

/// A day as XML Schema writes it; `Ok(None)` where it lies outside the days there are, such as 9999-12-31 for an end
/// that is open.
pub(crate) type DayRead = Result<Option<Day>, NotADate>;

/// `xsd:date`, with or without a zone. The zone says where the day was, not that it is another day.
pub(crate) fn date(text: &str) -> DayRead {
    let (day, zone) = split_date(text.trim())?;
    zone_minutes(zone)?;
    Ok(day)
}

/// The Danish civil day of an `xsd:dateTime`. Without a zone the time is Danish already.
pub(crate) fn date_time_day(text: &str) -> DayRead {
    let (day, rest) = split_date(text.trim())?;
    let (seconds, rest) = seconds_of_day(rest).ok_or(NotADate)?;
    let offset = zone_minutes(rest)?;
    let Some(day) = day else { return Ok(None) };
    let midnight = i64::from(day.epoch_days()) * 86_400;
    let local = match offset {
        None => midnight + seconds,
        Some(offset) => {
            let utc = midnight + seconds - i64::from(offset) * 60;
            utc + copenhagen_offset(utc)
        }
    };
    Ok(i32::try_from(local.div_euclid(86_400)).ok().and_then(Day::from_epoch_days))
}

/// The seconds since midnight that `Thh:mm:ss` with a fraction tells (86,400 for 24:00:00), and what follows.
fn seconds_of_day(text: &str) -> Option<(i64, &str)> {
    let text = text.strip_prefix('T')?;
    let (clock, mut rest) = text.split_at_checked(8)?;
    let [h1, h2, b':', m1, m2, b':', s1, s2] = *clock.as_bytes() else { return None };
    let (hour, minute, second) = (two(h1, h2)?, two(m1, m2)?, two(s1, s2)?);
    if let Some(fraction) = rest.strip_prefix('.') {
        let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
        rest = fraction.get(digits..).filter(|_| digits > 0)?;
    }
    let seconds = i64::from(hour * 3600 + minute * 60 + second);
    (minute < 60 && second < 60 && seconds <= 86_400).then_some((seconds, rest))
}

/// The day a text begins with, and what follows it.
fn split_date(text: &str) -> Result<(Option<Day>, &str), NotADate> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let year = unsigned.bytes().take_while(u8::is_ascii_digit).count();
    if year > 4 || (year == 4 && unsigned != text) {
        // Years before 1 and of more than four digits lie outside the days there are; the rest must still be a date.
        let (month_and_day, rest) =
            unsigned.get(year..).and_then(|rest| rest.split_at_checked(6)).ok_or(NotADate)?;
        return match format!("2000{month_and_day}").parse::<Day>() {
            Ok(_) => Ok((None, rest)),
            Err(_) => Err(NotADate),
        };
    }
    let (date, rest) = text.split_at_checked(10).ok_or(NotADate)?;
    match date.parse::<Day>() {
        Ok(day) => Ok((Some(day), rest)),
        Err(mo_core::time::DayError::OutOfRange) => Ok((None, rest)),
        Err(_) => Err(NotADate),
    }
}

/// Minutes ahead of UTC; `Ok(None)` without a zone.
fn zone_minutes(zone: &str) -> Result<Option<i32>, NotADate> {
    match *zone.as_bytes() {
        [] => Ok(None),
        [b'Z'] => Ok(Some(0)),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (Some(hours), Some(minutes)) = (two(h1, h2), two(m1, m2)) else { return Err(NotADate) };
            let offset = hours * 60 + minutes;
            if minutes > 59 || offset > 14 * 60 {
                return Err(NotADate);
            }
            Ok(Some(if sign == b'+' { offset } else { -offset }))
        }
        _ => Err(NotADate),
    }
}

fn two(tens: u8, ones: u8) -> Option<i32> {
    (tens.is_ascii_digit() && ones.is_ascii_digit())
        .then(|| i32::from(tens - b'0') * 10 + i32::from(ones - b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(day: DayRead) -> String {
        day.map_or("no".into(), |day| day.map_or("open".into(), |day| day.to_string()))
    }

    #[test]
    fn booleans_and_integers_have_all_their_lexical_forms() {
        for (text, value) in [
            ("true", Some(true)),
            (" 1\n", Some(true)),
            ("0", Some(false)),
            ("false", Some(false)),
            ("TRUE", None),
            ("", None),
        ] {
            assert_eq!(boolean(text), value, "{text:?}");
        }
        for (text, value) in [
            ("0751", Some(751)),
            ("+00", Some(0)),
            (" -7 ", Some(-7)),
            ("", None),
            ("+", None),
            ("1e3", None),
            ("--1", None),
            ("٣", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(integer(text), value, "{text:?}");
        }
    }

    #[test]
    fn a_date_is_its_day_whatever_its_zone() {
        for (text, day) in [
            ("2001-01-01", "2001-01-01"),
            ("2001-01-01+01:00", "2001-01-01"),
            (" 2001-01-01Z ", "2001-01-01"),
            ("9999-12-31", "open"),
            ("0001-01-01", "open"),
            ("12001-01-01", "open"),
            ("-0044-03-15", "open"),
            ("2001-02-29", "no"),
            ("2001-01-01+15:00", "no"),
            ("2001-01-01T00:00:00", "no"),
            ("01-01-2001", "no"),
            ("", "no"),
        ] {
            assert_eq!(shown(date(text)), day, "{text:?}");
        }
    }

    #[test]
    fn a_moment_is_the_danish_day_that_contains_it() {
        for (text, day) in [
            ("2001-01-08T12:00:00", "2001-01-08"),
            ("2001-01-08T23:59:59.999", "2001-01-08"),
            ("2001-01-08T24:00:00", "2001-01-09"),
            ("2025-01-01T23:30:00Z", "2025-01-02"),
            ("2025-01-01T22:30:00Z", "2025-01-01"),
            ("2025-07-01T22:30:00Z", "2025-07-02"),
            ("2025-07-01T21:30:00Z", "2025-07-01"),
            ("2025-07-01T00:00:00+02:00", "2025-07-01"),
            ("2025-01-01T00:00:00+02:00", "2024-12-31"),
            ("9999-12-31T23:59:59Z", "open"),
            ("2001-01-08T24:00:01", "no"),
            ("2001-01-08T12:60:00", "no"),
            ("2001-01-08T12:00", "no"),
            ("2001-01-08T12:00:00.", "no"),
            ("2001-01-08 12:00:00", "no"),
            ("2001-01-08", "no"),
        ] {
            assert_eq!(shown(date_time_day(text)), day, "{text:?}");
        }
    }
}
