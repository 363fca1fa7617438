//! The text form of an instant in a message (`xs:dateTime`): written in Copenhagen's time, read in any.

use mo_core::time::{Copenhagen, Day, DayError, Instant, Zone};

const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3_600 * SECOND;
const DAY: i64 = 24 * HOUR;

/// What a text of type `xs:dateTime` says.
pub(super) enum DateTime {
    /// An instant; finer than microseconds is cut off.
    At(Instant),
    /// A time before every [`Instant`], such as one of the year 0001's first day.
    Before,
    /// A time after every [`Instant`], such as the year 9999.
    After,
}

/// Microseconds that Copenhagen is ahead of UTC at `utc`, microseconds since 1970.
fn offset(utc: i64) -> i64 {
    Instant::from_epoch_micros(utc).map_or(HOUR, |instant| i64::from(Copenhagen.utc_offset(instant)) * SECOND)
}

/// When Copenhagen's clocks show `local`, microseconds since they showed 1970; in the hour that is shown twice the first
/// time.
fn utc_of(local: i64) -> i64 {
    if offset(local - 2 * HOUR) == 2 * HOUR { local - 2 * HOUR } else { local - HOUR }
}

/// `2025-01-01T00:00:00.000+01:00`: Copenhagen's time with its offset, in milliseconds, or microseconds where needed.
pub(super) fn write(instant: Instant) -> String {
    let utc = instant.epoch_micros();
    let offset = offset(utc);
    let local = utc + offset;
    let day = i32::try_from(local.div_euclid(DAY)).ok().and_then(Day::from_epoch_days);
    // The last hour of the last day is already the next year in Copenhagen.
    let Some(day) = day else { return instant.to_string() };
    let (year, month, day) = day.ymd();
    let time = local.rem_euclid(DAY);
    let seconds = time / SECOND;
    let mut text = String::with_capacity(32);
    digits(&mut text, i64::from(year), 4);
    for (separator, number) in [
        ('-', i64::from(month)),
        ('-', i64::from(day)),
        ('T', seconds / 3600),
        (':', seconds / 60 % 60),
        (':', seconds % 60),
    ] {
        text.push(separator);
        digits(&mut text, number, 2);
    }
    text.push('.');
    match time % SECOND {
        fraction if fraction % 1000 == 0 => digits(&mut text, fraction / 1000, 3),
        fraction => digits(&mut text, fraction, 6),
    }
    text.push_str(if offset == HOUR { "+01:00" } else { "+02:00" });
    text
}

fn digits(text: &mut String, number: i64, count: u32) {
    for place in (0..count).rev() {
        let digit = number / 10i64.pow(place) % 10;
        text.push(char::from(b'0' + u8::try_from(digit).unwrap_or_default()));
    }
}

/// Reads `xs:dateTime`. Without an offset it is Copenhagen's time. `None` when it is no such text.
pub(super) fn read(text: &str) -> Option<DateTime> {
    let text = text.trim().as_bytes();
    let (sign, text) = match text {
        [b'-', rest @ ..] => (-1, rest),
        _ => (1, text),
    };
    let year_digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (year, rest) = (number(text.get(..year_digits)?)?, text.get(year_digits..)?);
    let [b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', n1, n2, b':', s1, s2, rest @ ..] = rest else {
        return None;
    };
    let (month, day) = (number(&[*m1, *m2])?, number(&[*d1, *d2])?);
    let (hour, minute, second) = (number(&[*h1, *h2])?, number(&[*n1, *n2])?, number(&[*s1, *s2])?);
    let (fraction, zone) = match rest {
        [b'.', rest @ ..] => {
            let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let (shown, zone) = rest.split_at_checked(count).filter(|(shown, _)| !shown.is_empty())?;
            (micros(shown), zone)
        }
        _ => (0, rest),
    };
    let midnight_after = hour == 24 && minute == 0 && second == 0 && fraction == 0;
    if year_digits < 4 || minute > 59 || second > 59 || (hour > 23 && !midnight_after) {
        return None;
    }
    let time = (hour * 3600 + minute * 60 + second) * SECOND + fraction;
    let offset = match zone {
        [] => None,
        [b'Z'] => Some(0),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let minutes = number(&[*h1, *h2])? * 60 + number(&[*m1, *m2]).filter(|minutes| *minutes < 60)?;
            let ahead = if *sign == b'+' { minutes } else { -minutes };
            Some(ahead).filter(|ahead| ahead.abs() <= 14 * 60)
        }
        _ => return None,
    };
    if !zone.is_empty() && offset.is_none() {
        return None;
    }
    let (month, day) = (u32::try_from(month).ok()?, u32::try_from(day).ok()?);
    let date = match i32::try_from(sign * year).ok().map(|year| Day::from_ymd(year, month, day)) {
        Some(Ok(date)) => date,
        Some(Err(DayError::OutOfRange)) | None if sign * year < 1000 => return Some(DateTime::Before),
        Some(Err(DayError::OutOfRange)) | None => return Some(DateTime::After),
        Some(Err(_)) => return None,
    };
    let local = i64::from(date.epoch_days()) * DAY + time;
    let utc = offset.map_or_else(|| utc_of(local), |minutes| local - minutes * 60 * SECOND);
    Some(match Instant::from_epoch_micros(utc) {
        Some(instant) => DateTime::At(instant),
        None if utc < 0 => DateTime::Before,
        None => DateTime::After,
    })
}

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0i64, |sum, byte| {
        byte.is_ascii_digit().then(|| sum.saturating_mul(10).saturating_add(i64::from(byte - b'0')))
    })
}

/// The first six decimals as microseconds.
fn micros(decimals: &[u8]) -> i64 {
    let padded = decimals.iter().chain(std::iter::repeat(&b'0')).take(6);
    padded.fold(0, |sum, byte| sum * 10 + i64::from(byte - b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> String {
        match read(text) {
            Some(DateTime::At(instant)) => instant.to_string(),
            Some(DateTime::Before) => "before".to_owned(),
            Some(DateTime::After) => "after".to_owned(),
            None => "no".to_owned(),
        }
    }

    #[test]
    fn texts_become_instants() {
        for (text, instant) in [
            ("2025-01-01T00:00:00.000+01:00", "2024-12-31T23:00:00Z"),
            ("2020-08-06T12:02:38.2737109+02:00", "2020-08-06T10:02:38.273710Z"),
            ("2020-08-06T12:02:38.5Z", "2020-08-06T12:02:38.500000Z"),
            ("2020-08-06T12:02:38", "2020-08-06T10:02:38Z"),
            ("2020-12-06T24:00:00Z", "2020-12-07T00:00:00Z"),
            (" 2020-08-06T00:00:00-03:30\n", "2020-08-06T03:30:00Z"),
            ("0001-01-01T00:00:00Z", "before"),
            ("0001-01-02T00:00:00+01:00", "before"),
            ("0000-12-31T00:00:00Z", "before"),
            ("9999-12-31T00:00:00+01:00", "after"),
            ("9998-12-31T23:30:00-01:00", "after"),
            ("-0044-03-15T00:00:00Z", "before"),
            ("12025-01-01T00:00:00Z", "after"),
            ("2025-02-30T00:00:00Z", "no"),
            ("2025-01-01", "no"),
            ("2025-01-01T25:00:00Z", "no"),
            ("2025-01-01T24:00:01Z", "no"),
            ("2025-01-01T00:00:00+15:00", "no"),
            ("2025-01-01T00:00:00.Z", "no"),
            ("25-01-01T00:00:00Z", "no"),
            ("", "no"),
        ] {
            assert_eq!(at(text), instant, "{text}");
        }
    }

    #[test]
    fn the_hour_shown_twice_is_read_as_its_first_time() {
        assert_eq!(at("2024-10-27T02:30:00"), "2024-10-27T00:30:00Z");
        assert_eq!(at("2024-03-31T03:30:00"), "2024-03-31T01:30:00Z");
    }

    #[test]
    fn copenhagens_midnights_are_written_with_the_offset_of_winter_or_summer() {
        for (day, text) in [
            ("2025-01-01", "2025-01-01T00:00:00.000+01:00"),
            ("2025-07-01", "2025-07-01T00:00:00.000+02:00"),
            ("2100-07-01", "2100-07-01T00:00:00.000+01:00"),
        ] {
            let begins = Copenhagen.midnight(day.parse().unwrap());
            assert_eq!(write(begins), text);
            assert_eq!(at(text), begins.to_string());
        }
    }

    #[test]
    fn the_ends_of_time_can_be_written() {
        assert_eq!(write(Instant::MIN), "0001-01-02T01:00:00.000+01:00");
        assert_eq!(write(Instant::MAX), "9998-12-31T23:59:59.999999Z");
    }
}
