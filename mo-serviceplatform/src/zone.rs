//! Danish civil days of moments. Nothing else about zones.

use mo_core::time::{Day, Instant};

/// The Danish civil day that contains a moment.
pub(crate) fn danish_day(at: Instant) -> Day {
    let utc = at.epoch_micros().div_euclid(1_000_000);
    let days = (utc + copenhagen_offset(utc)).div_euclid(86_400);
    i32::try_from(days).ok().and_then(Day::from_epoch_days).unwrap_or(Day::MAX)
}

/// Seconds that Danish time is ahead of UTC at this moment (seconds since 1970). Summer time from the last Sunday of
/// March to the last of October, 01:00 UTC; to the last of September before 1996, and in 1980 from 6 April.
pub(crate) fn copenhagen_offset(utc: i64) -> i64 {
    let Some(day) = i32::try_from(utc.div_euclid(86_400)).ok().and_then(Day::from_epoch_days) else {
        return 3600;
    };
    let (year, ..) = day.ymd();
    if !(1980..=2099).contains(&year) {
        return 3600;
    }
    let last_sunday = |month, length| {
        let last = Day::from_ymd(year, month, length).unwrap_or(day).epoch_days();
        // 1970-01-01 was a Thursday, so day number 3 was a Sunday.
        last - (last - 3).rem_euclid(7)
    };
    let begins = if year == 1980 { last_sunday(4, 6) } else { last_sunday(3, 31) };
    let ends = if year < 1996 { last_sunday(9, 30) } else { last_sunday(10, 31) };
    let at = |day: i32| i64::from(day) * 86_400 + 3600;
    if (at(begins)..at(ends)).contains(&utc) { 7200 } else { 3600 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summer_time_begins_and_ends_on_its_sundays() {
        for (summer_from, summer_until) in [
            ("1980-04-06", "1980-09-28"),
            ("1995-03-26", "1995-09-24"),
            ("1996-03-31", "1996-10-27"),
            ("2026-03-29", "2026-10-25"),
        ] {
            let at = |day: &str| i64::from(day.parse::<Day>().unwrap().epoch_days()) * 86_400 + 3600;
            for (moment, offset) in [
                (at(summer_from) - 1, 3600),
                (at(summer_from), 7200),
                (at(summer_until) - 1, 7200),
                (at(summer_until), 3600),
            ] {
                assert_eq!(copenhagen_offset(moment), offset, "{summer_from}");
            }
        }
        assert_eq!(copenhagen_offset(0), 3600);
    }

    #[test]
    fn the_danish_day_begins_an_hour_or_two_before_that_of_utc() {
        for (at, day) in [
            ("2025-01-01T23:30:00Z", "2025-01-02"),
            ("2025-07-01T22:00:00Z", "2025-07-02"),
            ("2025-07-01T21:59:59Z", "2025-07-01"),
        ] {
            assert_eq!(danish_day(at.parse().unwrap()).to_string(), day);
        }
    }
}
