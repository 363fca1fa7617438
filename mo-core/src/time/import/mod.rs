//! [`PeriodReader`]: the periods of other systems, with instants, pseudo-infinities and ends in the middle of a day, as
//! [`Period`]s of civil days. Reads one period at a time; formats of files are elsewhere.

mod end;

use std::fmt;

use thiserror::Error;

use self::end::End;
pub use self::end::{ImportedEnd, ImportedEndError};
use super::zone::nearest_instant;
use super::{Copenhagen, Day, Period, PeriodError, Zone};

const SECONDS_PER_DAY: i64 = 86_400;
const MICROS_PER_SECOND: i64 = 1_000_000;

/// From here to midnight an end means midnight: `23:59`, `23:59:59` and `23:59:59.999` are ways to write the end of a day
/// in systems whose periods include their end.
const END_OF_DAY: i64 = SECONDS_PER_DAY - 60;

/// Why two texts are not the ends of a period. Says which end.
///
/// ```
/// use mo_core::time::{PeriodReader, PeriodReaderError};
/// let refused = PeriodReader::new().read(Some("2025-01-01"), Some("soon")).unwrap_err();
/// assert!(matches!(refused, PeriodReaderError::Until(_)), "{refused}");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PeriodReaderError {
    /// The start cannot be read.
    #[error("the start of the period: {0}")]
    From(#[source] ImportedEndError),
    /// The end cannot be read.
    #[error("the end of the period: {0}")]
    Until(#[source] ImportedEndError),
}

/// What has become of an imported period.
///
/// ```
/// use mo_core::time::{Imported, Period, PeriodReader};
///
/// let year = PeriodReader::new().read(Some("2025-01-01"), Some("9999-12-31"))?;
/// assert_eq!(year, Imported::Period(Period::since("2025-01-01".parse()?))); // the year 9999 stands for an open end
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Imported {
    /// The days it holds.
    Period(Period),
    /// It holds no day and is to be left out and reported.
    Dropped(Dropped),
}

impl Imported {
    /// The days, if any.
    pub fn period(self) -> Option<Period> {
        match self {
            Imported::Period(period) => Some(period),
            Imported::Dropped(_) => None,
        }
    }
}

/// Why an imported period holds no day. `Display` is a sentence for the report.
///
/// ```
/// use mo_core::time::{Dropped, Imported, PeriodReader};
///
/// let read = PeriodReader::new().read(Some("2025-01-01T08:00:00Z"), Some("2025-01-01T16:00:00Z"))?;
/// let Imported::Dropped(why) = read else { panic!("it holds no midnight") };
/// assert_eq!(why, Dropped::WithinDay("2025-01-01".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dropped {
    /// Both ends fall to the same day.
    WithinDay(Day),
    /// The end lies on an earlier day than the start.
    Reversed {
        /// The day to which the start falls.
        from: Day,
        /// The day to which the end falls.
        until: Day,
    },
    /// All of it lies before [`Day::MIN`] or after [`Day::MAX`].
    OutsideTime,
}

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Dropped::WithinDay(day) => {
                write!(f, "the period begins and ends on {day} and holds no whole day")
            }
            Dropped::Reversed { from, until } => {
                write!(f, "the period ends on {until}, before it begins on {from}")
            }
            Dropped::OutsideTime => {
                write!(f, "the period lies wholly before {} or after {}", Day::MIN, Day::MAX)
            }
        }
    }
}

/// Turns the periods of another system into [`Period`]s, and counts what it had to change.
///
/// Each end falls to the civil day that contains it in the reader's zone; at 23:59 or later, to the next one. Both ends
/// follow the same rule, so periods that meet still meet and periods apart do not come to overlap. The second end is the
/// first day (or moment) after the period, unless [`dates_are_last_days`](PeriodReader::dates_are_last_days) says otherwise.
/// A start before 0001-01-02 and an end after 9998-12-31 are open ends: 0001-01-01, 9999-12-31, 9999-12-30 and their like.
///
/// ```
/// use mo_core::time::{Imported, PeriodReader};
///
/// let mut reader = PeriodReader::new();
/// let leave = reader.read(Some("2025-01-01T23:30Z"), Some("2025-03-31T23:59:59+02:00"))?;
/// assert_eq!(leave.period().unwrap().to_string(), "2025-01-02 … 2025-03-31");
///
/// let post = reader.read(Some("2020-01-01"), Some("9999-12-30"))?;
/// assert_eq!(post.period().unwrap().to_string(), "2020-01-01 …");
///
/// let slip = reader.read(Some("2025-01-01T08:00+01:00"), Some("2025-01-01T16:00+01:00"))?;
/// assert!(matches!(slip, Imported::Dropped(_)));
///
/// assert_eq!((reader.opened(), reader.dropped()), (1, 1));
/// # Ok::<(), mo_core::time::PeriodReaderError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct PeriodReader<Z = Copenhagen> {
    zone: Z,
    last_days: bool,
    opened: usize,
    dropped: usize,
}

impl PeriodReader {
    /// A reader for Danish systems: days are those of [`Copenhagen`].
    pub fn new() -> PeriodReader {
        PeriodReader::default()
    }
}

impl<Z: Zone> PeriodReader<Z> {
    /// A reader whose days are those of `zone`.
    pub fn in_zone(zone: Z) -> PeriodReader<Z> {
        PeriodReader { zone, last_days: false, opened: 0, dropped: 0 }
    }

    /// The same reader for a system whose second date is the last day of the period, not the first day after. Instants are
    /// read as before.
    #[must_use]
    pub fn dates_are_last_days(self) -> PeriodReader<Z> {
        PeriodReader { last_days: true, ..self }
    }

    /// The period between two ends given as text; `None` is an open end.
    ///
    /// # Errors
    /// [`PeriodReaderError`] when an end cannot be read; nothing is counted then.
    pub fn read(&mut self, from: Option<&str>, until: Option<&str>) -> Result<Imported, PeriodReaderError> {
        let end = |text: Option<&str>| text.map(str::parse::<ImportedEnd>).transpose();
        let from = end(from).map_err(PeriodReaderError::From)?;
        let until = end(until).map_err(PeriodReaderError::Until)?;
        Ok(self.period(from, until))
    }

    /// The period between two ends.
    pub fn period(&mut self, from: impl Into<ImportedEnd>, until: impl Into<ImportedEnd>) -> Imported {
        let (from, until) = (from.into(), until.into());
        let imported = match (self.place(from, false), self.place(until, true)) {
            (Place::After, _) | (_, Place::Before) => Imported::Dropped(Dropped::OutsideTime),
            (start, end) => match Period::new(start.day(), end.day()) {
                Ok(period) => Imported::Period(period),
                Err(PeriodError::Empty { from, until }) if from == until => {
                    Imported::Dropped(Dropped::WithinDay(from))
                }
                Err(PeriodError::Empty { from, until }) => {
                    Imported::Dropped(Dropped::Reversed { from, until })
                }
            },
        };
        match imported {
            Imported::Dropped(_) => self.dropped += 1,
            Imported::Period(period) => {
                self.opened += usize::from(period.from().is_none() && from.is_written());
                self.opened += usize::from(period.until().is_none() && until.is_written());
            }
        }
        imported
    }

    /// How many ends of the periods read so far were written as a date or an instant outside mo's days and are open now.
    /// Ends that were open from the start (`None`, `infinity`) are not counted, nor are those of dropped periods.
    pub fn opened(&self) -> usize {
        self.opened
    }

    /// How many of the periods read so far held no day.
    pub fn dropped(&self) -> usize {
        self.dropped
    }

    fn place(&self, end: ImportedEnd, second: bool) -> Place {
        let day = match end.0 {
            End::Open if second => return Place::After,
            End::Open | End::MinusInfinity => return Place::Before,
            End::Infinity => return Place::After,
            End::Date(day) if second && self.last_days => day + 1,
            End::Date(day) => day,
            End::Local(seconds) => day_of_local(seconds),
            End::Utc(seconds) => {
                let instant = nearest_instant(seconds.saturating_mul(MICROS_PER_SECOND));
                day_of_local(seconds + i64::from(self.zone.utc_offset(instant)))
            }
        };
        if day < i64::from(Day::MIN.epoch_days()) {
            Place::Before
        } else {
            i32::try_from(day).ok().and_then(Day::from_epoch_days).map_or(Place::After, Place::On)
        }
    }
}

/// Where an end lies among mo's days.
#[derive(Clone, Copy)]
enum Place {
    Before,
    On(Day),
    After,
}

impl Place {
    fn day(self) -> Option<Day> {
        match self {
            Place::On(day) => Some(day),
            Place::Before | Place::After => None,
        }
    }
}

fn day_of_local(seconds: i64) -> i64 {
    let day = seconds.div_euclid(SECONDS_PER_DAY);
    if seconds.rem_euclid(SECONDS_PER_DAY) >= END_OF_DAY { day + 1 } else { day }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::time::Instant;

    fn read(from: &str, until: &str) -> Imported {
        PeriodReader::new().read(Some(from), Some(until)).unwrap()
    }

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    /// The day to which a start falls.
    fn start(text: &str) -> Day {
        read(text, "").period().unwrap().from().unwrap()
    }

    #[test]
    fn both_ends_fall_to_the_copenhagen_day_that_contains_them() {
        for (text, expected) in [
            ("2025-01-01", "2025-01-01"),
            (" 2025-01-01 ", "2025-01-01"),
            ("2025-01-01T23:30Z", "2025-01-02"),
            ("2025-01-01T22:58:59Z", "2025-01-01"),
            ("2025-01-01T00:00:00+01:00", "2025-01-01"),
            ("2024-12-31T23:00:00Z", "2025-01-01"),
            ("2025-07-01T00:00:00+02:00", "2025-07-01"),
            ("2025-07-01T00:00:00+01:00", "2025-07-01"),
            ("2025-06-30T22:00:00Z", "2025-07-01"),
            ("2025-06-30T21:58:00Z", "2025-06-30"),
            ("2025-01-01t12:00z", "2025-01-01"),
            ("2025-01-01 00:00:00+01", "2025-01-01"),
            ("2025-01-01 00:00:00.123456 +0100", "2025-01-01"),
            ("2025-01-01T00:00:00,5+01:00", "2025-01-01"),
            ("2025-01-01T00:00", "2025-01-01"),
            ("2025-01-01T12:00:00", "2025-01-01"),
            ("2025-01-01T12:00-11:30", "2025-01-02"),
            ("2025-01-01T12:00+23:59", "2024-12-31"),
            ("1890-01-01 00:00:00+00:50:20", "1890-01-01"),
            ("2024-02-29", "2024-02-29"),
        ] {
            assert_eq!(start(text), day(expected), "{text}");
            let until = read("", text).period().unwrap().until();
            assert_eq!(until, Some(day(expected)), "{text}");
        }
    }

    #[test]
    fn an_end_at_23_59_or_later_counts_as_the_next_midnight() {
        for (text, expected) in [
            ("2025-01-01T23:58:59.999+01:00", "2025-01-01"),
            ("2025-01-01T23:59+01:00", "2025-01-02"),
            ("2025-01-01T23:59:59+01:00", "2025-01-02"),
            ("2025-01-01T23:59:59.999999+01:00", "2025-01-02"),
            ("2025-01-01T23:59:60+01:00", "2025-01-02"),
            ("2025-01-01T24:00:00+01:00", "2025-01-02"),
            ("2025-01-01T24:00", "2025-01-02"),
            ("2025-01-01T23:59:59", "2025-01-02"),
            ("2025-06-30T21:59:59Z", "2025-07-01"),
            ("2025-03-30T23:59:59+02:00", "2025-03-31"),
            ("2025-10-26T23:59:59+01:00", "2025-10-27"),
            ("2024-12-31T23:59:59", "2025-01-01"),
        ] {
            assert_eq!(read("", text).period().unwrap().until(), Some(day(expected)), "{text}");
            assert_eq!(start(text), day(expected), "{text}");
        }
    }

    #[test]
    fn what_lies_outside_mos_days_is_an_open_end_and_counted_where_it_was_written() {
        for (from, until, opened) in [
            ("", "", 0),
            ("-infinity", "infinity", 0),
            ("-INFINITY", "Infinity", 0),
            ("0001-01-01", "9999-12-31", 2),
            ("0000-01-01", "9999-12-30", 2),
            ("-4712-01-01", "9999-12-29", 2),
            ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", 2),
            ("0001-01-01T12:00+01:00", "9999-01-01", 2),
            ("", "9998-12-31T23:59:59+01:00", 1),
            ("", "9998-12-31T23:30Z", 1),
            ("0001-01-01", "", 1),
            ("-999999-01-01", "999999-12-31", 2),
            ("", "+10000-01-01T00:00Z", 1),
        ] {
            let mut reader = PeriodReader::new();
            let imported = reader.read(Some(from), Some(until)).unwrap();
            assert_eq!(imported, Imported::Period(Period::ALWAYS), "{from} {until}");
            assert_eq!((reader.opened(), reader.dropped()), (opened, 0), "{from} {until}");
        }
        let mut reader = PeriodReader::new();
        assert_eq!(reader.read(None, None), Ok(Imported::Period(Period::ALWAYS)));
        assert_eq!(reader.opened(), 0);
    }

    #[test]
    fn the_first_and_the_last_day_are_days() {
        for from in ["0001-01-02", "0001-01-02T00:00:00+01:00", "0001-01-01T23:30Z"] {
            let period = read(from, "9998-12-31").period().unwrap();
            assert_eq!((period.from(), period.until()), (Some(Day::MIN), Some(Day::MAX)), "{from}");
        }
    }

    #[test]
    fn a_period_that_becomes_empty_is_dropped_with_its_reason() {
        let new_year = day("2025-01-01");
        for (from, until, why) in [
            ("2025-01-01", "2025-01-01", Dropped::WithinDay(new_year)),
            ("2025-01-01T08:00+01:00", "2025-01-01T16:00+01:00", Dropped::WithinDay(new_year)),
            ("2025-01-01T16:00+01:00", "2025-01-01T08:00+01:00", Dropped::WithinDay(new_year)),
            ("2024-12-31T23:59:59", "2025-01-01T12:00", Dropped::WithinDay(new_year)),
            ("2025-02-01", "2025-01-01", Dropped::Reversed { from: day("2025-02-01"), until: new_year }),
            ("9999-12-31", "9999-12-31", Dropped::OutsideTime),
            ("0001-01-01", "0001-01-01", Dropped::OutsideTime),
            ("infinity", "", Dropped::OutsideTime),
            ("", "-infinity", Dropped::OutsideTime),
            ("9999-12-31", "2025-01-01", Dropped::OutsideTime),
        ] {
            let mut reader = PeriodReader::new();
            let imported = reader.read(Some(from), Some(until)).unwrap();
            assert_eq!(imported, Imported::Dropped(why), "{from} {until}");
            assert_eq!(imported.period(), None);
            assert_eq!((reader.opened(), reader.dropped()), (0, 1));
        }
    }

    #[test]
    fn a_last_day_belongs_to_the_period_where_the_system_says_so() {
        let mut reader = PeriodReader::new().dates_are_last_days();
        for (from, until, period) in [
            ("2025-01-01", "2025-12-31", Period::new(day("2025-01-01"), day("2026-01-01")).ok()),
            ("2025-01-01", "2025-01-01", Some(Period::day(day("2025-01-01")))),
            ("2025-01-01", "2025-01-02T00:00:00+01:00", Some(Period::day(day("2025-01-01")))),
            ("2025-01-02", "2025-01-01", None),
            ("2025-01-01", "9998-12-31", Some(Period::since(day("2025-01-01")))),
        ] {
            assert_eq!(reader.read(Some(from), Some(until)).unwrap().period(), period, "{from} {until}");
        }
        assert_eq!((reader.opened(), reader.dropped()), (1, 1));
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_its_end_and_its_rule() {
        use ImportedEndError::{Form, NoSuchDay, NoSuchTime};
        type Rule = fn(String) -> ImportedEndError;
        let cases: [(&str, Rule); 30] = [
            ("i går", Form),
            ("2025", Form),
            ("2025-1-1", Form),
            ("20250101", Form),
            ("01-01-2025", Form),
            ("2025-01-01-01", Form),
            ("2025-01-01T", Form),
            ("2025-01-01T12", Form),
            ("2025-01-01T12Z", Form),
            ("2025-01-01T1:00Z", Form),
            ("2025-01-01T12:00.5Z", Form),
            ("2025-01-01T12:00:00.Z", Form),
            ("2025-01-01T12.0:00Z", Form),
            ("2025-01-01T12:00:00.5xZ", Form),
            ("2025-01-01T12:00:00:00Z", Form),
            ("2025-01-01T12:00ZZ", Form),
            ("2025-01-01T12:00+1", Form),
            ("2025-01-01T12:00+01:0", Form),
            ("2025-01-01T12:00+01000", Form),
            ("2025-01-01T12:00+01:00:00:00", Form),
            ("２０２５-01-01", Form),
            ("2025-13-01", NoSuchDay),
            ("2025-00-01", NoSuchDay),
            ("2025-02-29", NoSuchDay),
            ("2025-01-32T00:00Z", NoSuchDay),
            ("2025-01-01T24:01Z", NoSuchTime),
            ("2025-01-01T24:00:00.1Z", NoSuchTime),
            ("2025-01-01T12:60Z", NoSuchTime),
            ("2025-01-01T12:00:61Z", NoSuchTime),
            ("2025-01-01T12:00+24:00", NoSuchTime),
        ];
        for (text, rule) in cases {
            let mut reader = PeriodReader::new();
            let error = rule(text.to_owned());
            assert_eq!(reader.read(Some(text), None), Err(PeriodReaderError::From(error.clone())));
            assert_eq!(reader.read(None, Some(text)), Err(PeriodReaderError::Until(error)));
            assert_eq!((reader.opened(), reader.dropped()), (0, 0));
        }
    }

    #[test]
    fn a_cpr_number_in_a_date_column_is_not_repeated() {
        let error = "010150-5000".parse::<ImportedEnd>().unwrap_err();
        assert_eq!(error, ImportedEndError::Form("**********".into()));
    }

    #[test]
    fn another_zone_has_other_days() {
        struct Utc;
        impl Zone for Utc {
            fn utc_offset(&self, _: Instant) -> i32 {
                0
            }
        }
        let imported = PeriodReader::in_zone(Utc).read(Some("2025-01-01T23:30Z"), None).unwrap();
        assert_eq!(imported.period().unwrap().from(), Some(day("2025-01-01")));
    }

    fn any_text() -> impl Strategy<Value = String> {
        prop_oneof![
            "[-+0-9TtZz:., ]{0,30}",
            "[0-9]{4}-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9](:[0-6][0-9])?[Z+-]([0-2][0-9](:?[0-6][0-9])?)?",
            any::<String>(),
        ]
    }

    proptest! {
        #[test]
        fn every_text_is_read_or_refused(from in any_text(), until in any_text()) {
            let _ = PeriodReader::new().read(Some(&from), Some(&until));
        }

        #[test]
        fn an_instant_falls_where_the_zone_says_or_to_the_next_day(
            micros in Instant::MIN.epoch_micros()..=Instant::MAX.epoch_micros() - SECONDS_PER_DAY * MICROS_PER_SECOND,
        ) {
            let instant = Instant::from_epoch_micros(micros).unwrap();
            let day = Copenhagen.day_of(instant);
            let next = day.next().unwrap();
            let last_minute = instant >= Copenhagen.midnight(next).plus_micros(-60 * MICROS_PER_SECOND).unwrap();
            let imported = PeriodReader::new().period(instant, None::<Day>).period().unwrap();
            prop_assert_eq!(imported.from(), Some(if last_minute { next } else { day }));
            prop_assert_eq!(PeriodReader::new().read(Some(&instant.to_string()), None).unwrap().period(), Some(imported));
        }

        #[test]
        fn periods_that_meet_still_meet_and_none_come_to_overlap(mut ends in prop::collection::vec(0..40 * 86_400i64, 3)) {
            ends.sort_unstable();
            let [a, b, c] = [ends[0], ends[1], ends[2]].map(|s| Instant::from_epoch_micros(s * MICROS_PER_SECOND).unwrap());
            let mut reader = PeriodReader::new();
            let (first, second) = (reader.period(a, b).period(), reader.period(b, c).period());
            if let (Some(first), Some(second)) = (first, second) {
                prop_assert!(first.meets(second));
            }
            let whole = reader.period(a, c).period();
            prop_assert_eq!(whole.is_some(), first.is_some() || second.is_some());
        }
    }
}
