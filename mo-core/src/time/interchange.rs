//! Conversions between mo's time types and those of chrono: infallible towards chrono, which holds more, fallible from
//! it. No zones: a date-time in a zone becomes `DateTime<Utc>` first.

use chrono::{DateTime, NaiveDate, TimeZone, Utc};

use super::{Day, DayError, ImportedEnd, Instant, InstantError};

impl From<Day> for NaiveDate {
    fn from(day: Day) -> NaiveDate {
        // chrono's calendar holds every day mo knows.
        NaiveDate::from_epoch_days(day.epoch_days()).unwrap_or_default()
    }
}

impl TryFrom<NaiveDate> for Day {
    type Error = DayError;

    /// # Errors
    /// [`DayError::OutOfRange`] outside [`Day::MIN`] … [`Day::MAX`].
    fn try_from(date: NaiveDate) -> Result<Day, DayError> {
        Day::from_epoch_days(date.to_epoch_days()).ok_or(DayError::OutOfRange)
    }
}

impl From<Instant> for DateTime<Utc> {
    fn from(instant: Instant) -> DateTime<Utc> {
        // chrono's calendar holds every instant mo knows.
        DateTime::from_timestamp_micros(instant.epoch_micros()).unwrap_or_default()
    }
}

impl TryFrom<DateTime<Utc>> for Instant {
    type Error = InstantError;

    /// The microsecond that contains the moment; what is finer is cut off.
    ///
    /// # Errors
    /// [`InstantError::OutOfRange`] outside [`Instant::MIN`] … [`Instant::MAX`].
    fn try_from(moment: DateTime<Utc>) -> Result<Instant, InstantError> {
        Instant::from_epoch_micros(moment.timestamp_micros()).ok_or(InstantError::OutOfRange)
    }
}

impl From<NaiveDate> for ImportedEnd {
    /// Also for dates that are no [`Day`]; they become open ends.
    fn from(date: NaiveDate) -> ImportedEnd {
        ImportedEnd::from_epoch_days(date.to_epoch_days())
    }
}

impl<Z: TimeZone> From<DateTime<Z>> for ImportedEnd {
    /// Also for moments that are no [`Instant`]; they become open ends.
    fn from(moment: DateTime<Z>) -> ImportedEnd {
        ImportedEnd::from_epoch_seconds(moment.timestamp())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::time::{Period, PeriodReader};

    #[test]
    fn the_first_and_the_last_survive_the_way_there_and_back() {
        for day in [Day::MIN, Day::MAX] {
            assert_eq!(NaiveDate::from(day).to_string(), day.to_string());
            assert_eq!(Day::try_from(NaiveDate::from(day)), Ok(day));
        }
        for instant in [Instant::MIN, Instant::MAX] {
            assert_eq!(DateTime::from(instant).format("%FT%T%.fZ").to_string(), instant.to_string());
            assert_eq!(Instant::try_from(DateTime::from(instant)), Ok(instant));
        }
    }

    #[test]
    fn what_only_chrono_holds_is_refused() {
        for date in [NaiveDate::MIN, NaiveDate::MAX, NaiveDate::from_ymd_opt(1, 1, 1).unwrap()] {
            assert_eq!(Day::try_from(date), Err(DayError::OutOfRange));
        }
        for moment in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
            assert_eq!(Instant::try_from(moment), Err(InstantError::OutOfRange));
        }
    }

    #[test]
    fn chronos_values_are_ends_of_imported_periods() {
        let mut reader = PeriodReader::new();
        let from: DateTime<chrono::FixedOffset> = "2025-01-01T23:30:00+00:00".parse().unwrap();
        let period = reader.period(from, NaiveDate::MAX).period();
        assert_eq!(period, Some(Period::since("2025-01-02".parse().unwrap())));
        let period = reader.period(DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC).period();
        assert_eq!(period, Some(Period::ALWAYS));
        assert_eq!(reader.opened(), 3);
    }

    proptest! {
        #[test]
        fn a_day_survives_the_way_there_and_back(n in Day::MIN.epoch_days()..=Day::MAX.epoch_days()) {
            let day = Day::from_epoch_days(n).unwrap();
            prop_assert_eq!(Day::try_from(NaiveDate::from(day)), Ok(day));
        }

        #[test]
        fn an_instant_survives_the_way_there_and_back(
            micros in Instant::MIN.epoch_micros()..=Instant::MAX.epoch_micros(),
            nanos in 0..1000i64,
        ) {
            let instant = Instant::from_epoch_micros(micros).unwrap();
            let moment: DateTime<Utc> = instant.into();
            prop_assert_eq!(Instant::try_from(moment), Ok(instant));
            // Also before 1970 the part below a microsecond is cut off towards the past.
            prop_assert_eq!(Instant::try_from(moment + chrono::TimeDelta::nanoseconds(nanos)), Ok(instant));
        }
    }
}
