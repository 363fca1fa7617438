//! [`Zone`]: how instants become civil days, and [`Copenhagen`], the zone of Danish registries. No zone database; a
//! program that needs other zones implements the trait with one.

use std::sync::Arc;

use super::day::days_from_civil;
use super::instant::MICROS_PER_DAY;
use super::{Day, Instant};

const MICROS_PER_SECOND: i64 = 1_000_000;
const SECONDS_PER_DAY: i64 = 86_400;

/// A time zone: what the clocks on the wall show at an instant.
///
/// One method is to be written, [`utc_offset`](Zone::utc_offset); the others follow from it.
///
/// ```
/// use mo_core::time::{Day, Instant, Zone};
///
/// struct NewYorkInWinter;
///
/// impl Zone for NewYorkInWinter {
///     fn utc_offset(&self, _: Instant) -> i32 {
///         -5 * 3600
///     }
/// }
///
/// let day: Day = "2025-01-01".parse()?;
/// assert_eq!(NewYorkInWinter.midnight(day).to_string(), "2025-01-01T05:00:00Z");
/// assert_eq!(NewYorkInWinter.day_of("2025-01-02T04:59:59Z".parse()?), day);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "tidszone")]
pub trait Zone: Send + Sync {
    /// How far local time is ahead of UTC at `instant`, in seconds; negative west of Greenwich, less than a day either way.
    fn utc_offset(&self, instant: Instant) -> i32;

    /// The civil day that contains `instant`. Near the ends of time, where that day would lie outside
    /// [`Day::MIN`] … [`Day::MAX`], the nearest day.
    fn day_of(&self, instant: Instant) -> Day {
        let local = instant.epoch_micros() + i64::from(self.utc_offset(instant)) * MICROS_PER_SECOND;
        nearest_day(local.div_euclid(MICROS_PER_DAY))
    }

    /// The instant at which the civil day begins: 00:00, or the first time the clocks show where they jump over it. (Where
    /// clocks are set back across midnight, so that it comes twice, one of the two.) Near the ends of time, where that lies outside [`Instant::MIN`] … [`Instant::MAX`], the nearest instant.
    ///
    /// # Complexity
    /// About forty calls of [`utc_offset`](Zone::utc_offset), unless the zone knows better, as [`Copenhagen`] does.
    fn midnight(&self, day: Day) -> Instant {
        // No zone is a whole day away from UTC, so the day begins within a day of the UTC day.
        let utc = i64::from(day.epoch_days()) * MICROS_PER_DAY;
        let (mut before, mut begun) = (utc - MICROS_PER_DAY, utc + MICROS_PER_DAY);
        while begun - before > 1 {
            let middle = before.midpoint(begun);
            let local = middle + i64::from(self.utc_offset(nearest_instant(middle))) * MICROS_PER_SECOND;
            if local < utc {
                before = middle;
            } else {
                begun = middle;
            }
        }
        nearest_instant(begun)
    }
}

/// A borrowed or shared zone is the zone.
macro_rules! zone_behind {
    ($pointer:ty) => {
        impl<Z: Zone + ?Sized> Zone for $pointer {
            fn utc_offset(&self, instant: Instant) -> i32 {
                (**self).utc_offset(instant)
            }

            fn day_of(&self, instant: Instant) -> Day {
                (**self).day_of(instant)
            }

            fn midnight(&self, day: Day) -> Instant {
                (**self).midnight(day)
            }
        }
    };
}
zone_behind!(&Z);
zone_behind!(Arc<Z>);

/// Europe/Copenhagen from 1950 to 2099; before and after that UTC+1 all year.
///
/// UTC+1, and UTC+2 in summer: since 1980, from the last Sunday of March (in 1980 from 6 April) to the last Sunday of
/// September, since 1996 of October, each at 01:00 UTC. Equal to the IANA time zone database on every hour of those years.
/// What it leaves out is local mean time before 1894 and the summer times of 1916 and 1940–1948.
///
/// ```
/// use mo_core::time::{Copenhagen, Zone};
///
/// assert_eq!(Copenhagen.day_of("2025-01-01T23:30:00Z".parse()?).to_string(), "2025-01-02");
/// assert_eq!(Copenhagen.midnight("2025-07-01".parse()?).to_string(), "2025-06-30T22:00:00Z");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[doc(alias = "dansk tid")]
pub struct Copenhagen;

const WINTER: i32 = 3600;
const SUMMER: i32 = 7200;

impl Zone for Copenhagen {
    fn utc_offset(&self, instant: Instant) -> i32 {
        let seconds = instant.epoch_micros().div_euclid(MICROS_PER_SECOND);
        let year = nearest_day(seconds.div_euclid(SECONDS_PER_DAY)).ymd().0;
        let (begins, ends) = match year {
            1980 => (days_from_civil(year, 4, 6), last_sunday(year, 9, 30)),
            1981..=1995 => (last_sunday(year, 3, 31), last_sunday(year, 9, 30)),
            1996..=2099 => (last_sunday(year, 3, 31), last_sunday(year, 10, 31)),
            _ => return WINTER,
        };
        let one_o_clock = |day: i32| i64::from(day) * SECONDS_PER_DAY + 3600;
        if (one_o_clock(begins)..one_o_clock(ends)).contains(&seconds) { SUMMER } else { WINTER }
    }

    fn midnight(&self, day: Day) -> Instant {
        // The clocks are never moved between 22:00 and 23:00 UTC, so either of the two has the offset of midnight.
        let utc = i64::from(day.epoch_days()) * MICROS_PER_DAY;
        let winter = nearest_instant(utc - i64::from(WINTER) * MICROS_PER_SECOND);
        nearest_instant(utc - i64::from(self.utc_offset(winter)) * MICROS_PER_SECOND)
    }
}

/// The last Sunday of a month, as days since the epoch; `last` is the month's last day.
fn last_sunday(year: i32, month: u32, last: u32) -> i32 {
    let day = days_from_civil(year, month, last);
    // Day 0, 1 January 1970, was a Thursday.
    day - (day + 4).rem_euclid(7)
}

fn nearest_day(epoch_days: i64) -> Day {
    let end = if epoch_days < 0 { Day::MIN } else { Day::MAX };
    i32::try_from(epoch_days).ok().and_then(Day::from_epoch_days).unwrap_or(end)
}

pub(super) fn nearest_instant(epoch_micros: i64) -> Instant {
    let end = if epoch_micros < 0 { Instant::MIN } else { Instant::MAX };
    Instant::from_epoch_micros(epoch_micros).unwrap_or(end)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Offset, TimeZone};

    use super::*;

    /// Copenhagen without the shortcut for midnight.
    struct ByOffset;

    impl Zone for ByOffset {
        fn utc_offset(&self, instant: Instant) -> i32 {
            Copenhagen.utc_offset(instant)
        }
    }

    /// A made-up zone whose clocks jump from 00:00 to 01:00 on 2025-03-30, as some do.
    struct JumpsOverMidnight;

    impl Zone for JumpsOverMidnight {
        fn utc_offset(&self, instant: Instant) -> i32 {
            if instant < at("2025-03-30T03:00:00Z") { -3 * 3600 } else { -2 * 3600 }
        }
    }

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn days(from: (i32, u32, u32), until: (i32, u32, u32)) -> impl Iterator<Item = Day> {
        let until = Day::from_ymd(until.0, until.1, until.2).unwrap();
        std::iter::successors(Day::from_ymd(from.0, from.1, from.2).ok(), |day| day.next())
            .take_while(move |day| *day < until)
    }

    #[test]
    fn every_hour_from_1950_to_2099_is_that_of_the_zone_database() {
        let zone = chrono_tz::Europe::Copenhagen;
        let mut seconds = at("1949-12-31T23:00:00Z").epoch_micros() / MICROS_PER_SECOND;
        let end = at("2099-12-31T23:00:00Z").epoch_micros() / MICROS_PER_SECOND;
        let mut hours = 0;
        while seconds < end {
            for probe in [seconds, seconds + 3599] {
                let utc = DateTime::from_timestamp(probe, 0).unwrap().naive_utc();
                let theirs = zone.offset_from_utc_datetime(&utc).fix().local_minus_utc();
                let instant = Instant::from_epoch_micros(probe * MICROS_PER_SECOND).unwrap();
                assert_eq!(Copenhagen.utc_offset(instant), theirs, "{instant}");
                let date = (utc + chrono::TimeDelta::seconds(theirs.into())).date();
                assert_eq!(Copenhagen.day_of(instant).epoch_days(), date.to_epoch_days(), "{instant}");
            }
            seconds += 3600;
            hours += 1;
        }
        assert_eq!(hours, 24 * 54_787);
    }

    #[test]
    fn every_midnight_from_1950_to_2099_is_that_of_the_zone_database() {
        for day in days((1950, 1, 1), (2100, 1, 1)) {
            let date = NaiveDate::from_epoch_days(day.epoch_days()).unwrap();
            let local = date.and_time(NaiveTime::MIN);
            let theirs = chrono_tz::Europe::Copenhagen.from_local_datetime(&local).unwrap();
            assert_eq!(Copenhagen.midnight(day).epoch_micros(), theirs.timestamp_micros(), "{day}");
        }
    }

    #[test]
    fn outside_those_years_there_is_no_summer_time() {
        for year in [1, 2, 1850, 1916, 1940, 1949, 2100, 2150, 9998] {
            for month in 1..=12 {
                let day = Day::from_ymd(year, month, 15).unwrap();
                let midnight = Copenhagen.midnight(day);
                assert_eq!(Copenhagen.utc_offset(midnight), 3600, "{day}");
                assert_eq!(
                    midnight.epoch_micros(),
                    i64::from(day.epoch_days()) * MICROS_PER_DAY - 3600 * MICROS_PER_SECOND
                );
            }
        }
    }

    #[test]
    fn midnight_follows_from_the_offset_alone() {
        for day in days((1979, 1, 1), (1997, 1, 1)).chain([Day::MIN, Day::MAX]) {
            assert_eq!(ByOffset.midnight(day), Copenhagen.midnight(day), "{day}");
        }
    }

    #[test]
    fn a_day_whose_midnight_is_skipped_begins_after_the_jump() {
        let day = Day::from_ymd(2025, 3, 30).unwrap();
        assert_eq!(JumpsOverMidnight.midnight(day), at("2025-03-30T03:00:00Z"));
        assert_eq!(JumpsOverMidnight.day_of(at("2025-03-30T02:59:59Z")), day.previous().unwrap());
        assert_eq!(JumpsOverMidnight.day_of(at("2025-03-30T03:00:00Z")), day);
    }

    #[test]
    fn the_ends_of_time_answer_the_nearest_day_and_instant() {
        assert_eq!(Copenhagen.day_of(Instant::MAX), Day::MAX);
        assert_eq!(Copenhagen.day_of(Instant::MIN), Day::MIN);
        assert_eq!(Copenhagen.midnight(Day::MIN), Instant::MIN);
        assert_eq!(Copenhagen.midnight(Day::MAX), at("9998-12-30T23:00:00Z"));
        assert_eq!(NaiveDate::from_epoch_days(Day::MAX.epoch_days()).unwrap().year(), 9998);
    }
}
